// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_TESTS_SUPPORT_EVALUATOR_SMALL_LEDGER_H_
#define PLUMBLINE_TESTS_SUPPORT_EVALUATOR_SMALL_LEDGER_H_

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/crypto.h"
#include "base/json.h"
#include "evaluator/standard.h"
#include "model/event.h"
#include "model/office_record.h"
#include "packs/amendment.h"
#include "packs/pack.h"
#include "store/results.h"
#include "store/store.h"

namespace plumbline::testing {

// The pack of tests/evaluator/data/small; `change` replaces text in its files (once each, which
// must be there).
struct Replace {
  std::string file;
  std::string from;
  std::string to;
};
PackFiles small_pack(const std::vector<Replace>& change = {});
// Compiled; a problem ends the test program.
std::shared_ptr<const RuleSet> compiled(const PackFiles& files);

Instant at(std::string_view rfc3339);

// A ledger in memory that is written like the server's: real records, real sealed batches.
// recorded_at of the next entry is `now`.
class SmallLedger : public LedgerReader {
 public:
  SmallLedger();

  Instant now = testing::at("2015-01-01T12:00:00Z");

  void add_outlet(const std::string& id, const std::string& city);
  void activate(const PackFiles& files, bool retroactive);
  void add_facts(const std::vector<Fact>& facts);
  // How far the agents' clocks are ahead of `now`.
  Duration agents_ahead{0};

  // A new stream of the outlet, a historical one or one that reports as it goes; its number.
  std::size_t enroll(const std::string& outlet, SourceKind source = SourceKind::kAgent);
  std::size_t enroll_live(const std::string& outlet, SourceKind source = SourceKind::kAgent);
  LedgerIndex batch(std::size_t stream, const std::vector<Event>& events);
  StreamId stream_id_of(std::size_t stream) const;
  // The event by which the stream voids or corrects the event with that sequence.
  Event voids(std::size_t stream, const Event& of, std::uint64_t sequence, std::string_view time);
  Event corrects(std::size_t stream, const Event& of, std::uint64_t sequence, std::string_view time,
                 std::vector<Field> fields);
  // A validly signed batch whose content is not what a content is.
  LedgerIndex hostile(std::size_t stream, Bytes content, std::uint32_t count);
  // Takes the content of a batch away.
  void withdraw(LedgerIndex index);
  void record(const OfficeRecord& record, EntryKind kind = EntryKind::kOffice);

  const std::vector<StoredEntry>& entries() const { return entries_; }
  LedgerSize length() const { return LedgerSize(entries_.size()); }

  // The chunk is small, so that loops over chunks are exercised.
  Result<LedgerSize> size() override { return length(); }
  Result<LedgerIndex> read(LedgerIndex from,
                           const std::function<Status(const StoredEntry&)>& take) override;
  Result<std::vector<Hash>> leaves(LedgerIndex, std::size_t) override;
  Result<StoredEntry> at_index(LedgerIndex index) const;
  Result<StoredEntry> at(LedgerIndex index) override { return at_index(index); }

 private:
  struct Stream {
    OutletId outlet;
    std::unique_ptr<PrivateKey> key;
    BatchNumber head;
    Hash head_hash;
    Sequence next{1};
  };
  std::size_t enroll_as(const std::string& outlet, TokenCreated token);
  LedgerIndex append(EntryKind kind, Bytes payload, std::optional<Bytes> content);
  LedgerIndex append_batch(Stream& stream, const BatchHeader& header, const BatchHead& head,
                           Bytes content);
  BatchHeader next_header(const Stream& stream) const;

  PrivateKey office_key_;
  std::vector<StoredEntry> entries_;
  std::vector<Stream> streams_;
};

// Events of the small pack. Fields are sorted by name.
Event opened(const std::string& subject, std::string_view time, std::vector<Field> fields = {});
Event closed(const std::string& subject, std::string_view time, std::vector<Field> fields = {});
Event visit(const std::string& subject, std::string_view time, std::int64_t people);
Field text_field(std::string name, Kind kind, std::string text);
Field number_field(std::string name, Kind kind, std::int64_t number);
Field due_field(std::string_view time);

// A row by its key; an empty Json when there is none.
Json body_of(const std::vector<ResultRow>& rows, const std::string& level, const std::string& unit,
             const std::string& period);
Json indicator_of(const Json& body, const std::string& id);
Json criterion_of(const Json& body, const std::string& id);
// The text of a member, digits of an integer, "null" for null, "absent".
std::string word(const Json& json, const std::string& key);

// Reads a ledger that the test owns.
class Borrowed : public LedgerReader {
 public:
  explicit Borrowed(SmallLedger& ledger) : ledger_(ledger) {}
  Result<LedgerSize> size() override { return ledger_.size(); }
  Result<LedgerIndex> read(LedgerIndex from,
                           const std::function<Status(const StoredEntry&)>& take) override {
    return ledger_.read(from, take);
  }
  Result<std::vector<Hash>> leaves(LedgerIndex from, std::size_t count) override {
    return ledger_.leaves(from, count);
  }
  Result<StoredEntry> at(LedgerIndex index) override { return ledger_.at(index); }

 private:
  SmallLedger& ledger_;
};

}  // namespace plumbline::testing

#endif  // PLUMBLINE_TESTS_SUPPORT_EVALUATOR_SMALL_LEDGER_H_
