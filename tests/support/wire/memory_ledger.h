// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_TESTS_SUPPORT_WIRE_MEMORY_LEDGER_H_
#define PLUMBLINE_TESTS_SUPPORT_WIRE_MEMORY_LEDGER_H_

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/file.h"
#include "ledger/checkpoint.h"
#include "ledger/entry.h"
#include "ledger/merkle.h"
#include "model/office_record.h"
#include "model/wire/session.h"
#include "packs/pack.h"
#include "store/store.h"
#include "tests/support/wire/samples.h"

namespace plumbline::samples {

inline constexpr std::string_view kLedgerId = "00112233445566778899aabbccddeeff";

// A ledger in vectors that a test may damage at will.
class MemoryLedger : public LedgerReader {
 public:
  std::vector<StoredEntry> entries;
  std::vector<Hash> recorded;
  std::map<std::uint64_t, Error> unreadable;  // entries that the store cannot give
  std::size_t chunk = 3;                      // entries handed out by one read
  std::optional<Error> down;                  // nothing works

  void append(EntryKind kind, Instant at, Bytes payload, std::optional<Bytes> content = {}) {
    Bytes entry = encode_entry({kind, at, std::move(payload)});
    recorded.push_back(leaf_hash(entry));
    entries.push_back({LedgerIndex(entries.size()), std::move(entry), std::move(content)});
  }

  Checkpoint checkpoint(std::uint64_t size) const {
    Frontier frontier;
    for (std::uint64_t i = 0; i < size; ++i) frontier.append(recorded[i]);
    return {checkpoint_origin(kLedgerId), LedgerSize(size), frontier.root()};
  }

  Result<LedgerSize> size() override {
    if (down.has_value()) return *down;
    return LedgerSize(entries.size());
  }
  Result<LedgerIndex> read(LedgerIndex from,
                           const std::function<Status(const StoredEntry&)>& take) override {
    if (down.has_value()) return *down;
    std::uint64_t i = from.value;
    for (; i < entries.size() && i < from.value + chunk; ++i) {
      if (auto bad = unreadable.find(i); bad != unreadable.end()) return bad->second;
      RETURN_IF_ERROR(take(entries[i]));
    }
    return LedgerIndex(i);
  }
  Result<std::vector<Hash>> leaves(LedgerIndex from, std::size_t count) override {
    if (down.has_value()) return *down;
    std::vector<Hash> out;
    for (std::size_t i = from.value; i < recorded.size() && out.size() < count; ++i) {
      out.push_back(recorded[i]);
    }
    return out;
  }
  Result<StoredEntry> at(LedgerIndex index) override {
    if (auto bad = unreadable.find(index.value); bad != unreadable.end()) return bad->second;
    if (index.value >= entries.size()) return Error(Code::kNotFound, "no such entry");
    return entries[index.value];
  }
};

// Writes a small ledger as a server would: keys 1 (office) and 2 (checkpoints), agents from 11 on.
class LedgerBuilder {
 public:
  LedgerBuilder() : now_(samples::at("2026-01-05T09:00:00Z")) {
    Genesis genesis;
    genesis.ledger_id = std::string(kLedgerId);
    genesis.network = "test";
    genesis.office_key = office_.public_key();
    genesis.checkpoint_key = samples::key(2).public_key();
    record(genesis);
  }

  MemoryLedger& ledger() { return ledger_; }
  const PrivateKey& office() const { return office_; }
  Instant tick() { return now_ = now_ + Duration{1'000}; }

  void record(decltype(OfficeRecord::body) body) {
    bool genesis = std::holds_alternative<Genesis>(body);
    Json json = to_json(OfficeRecord{"os:clerk", "test", std::move(body)});
    ledger_.append(genesis ? EntryKind::kGenesis : EntryKind::kOffice, tick(),
                   encode_record(json, office_));
  }

  // An outlet, a token and the enrolment of the agent's key `seed`.
  void enroll(std::uint8_t seed, const std::string& outlet) {
    PrivateKey agent = samples::key(seed);
    OutletId id = samples::outlet(outlet);
    record(OutletAdded{id, "", "网点", "Outlet", {}});
    Hash token = samples::hash_of("token " + outlet);
    record(TokenCreated{token, id, SourceKind::kAgent, false, now_ + Duration{kMsPerDay}});
    record(KeyEnrolled{agent.public_key(), id, stream_id(agent.public_key(), id),
                       SourceKind::kAgent, false, token, "test 1"});
  }

  // Where the agent's stream stands.
  StreamLink link(std::uint8_t seed, const std::string& outlet) const {
    StreamLink link{stream_id(samples::key(seed).public_key(), samples::outlet(outlet)), {}, {}};
    if (auto last = last_.find(seed); last != last_.end()) {
      link.last = last->second.header.number;
      link.last_hash = batch_hash(last->second.head.header);
    }
    return link;
  }

  // The change of the agent's key `from` to `to`, at `link`.
  KeyRotated rotation(std::uint8_t from, std::uint8_t to, const std::string& outlet,
                      const StreamLink& link) const {
    KeyRotated rotated;
    rotated.key = samples::key(to).public_key();
    rotated.outlet = samples::outlet(outlet);
    rotated.stream = stream_id(rotated.key, rotated.outlet);
    rotated.previous = link;
    rotated.consent = samples::key(from).sign(rotation_signed_bytes(link, rotated.key));
    rotated.software = "test 2";
    return rotated;
  }

  void rules() {
    RulesActivated rules{"test", "1", {}, false, {{"events.yaml", "types: []\n"}}};
    rules.rule_hash = rule_hash(rules.files);
    record(std::move(rules));
  }

  // The next batch of the agent.
  SealedBatch next_batch(std::uint8_t seed, const std::string& outlet, std::size_t events) {
    PrivateKey agent = samples::key(seed);
    auto last = last_.find(seed);
    BatchHeader header = last == last_.end() ? samples::header(agent, samples::outlet(outlet))
                                             : header_after(last->second);
    SealedBatch batch = seal_batch(header, mixed(events), agent).value();
    last_.insert_or_assign(seed, batch);
    return batch;
  }

  void write(const SealedBatch& batch) {
    ledger_.append(EntryKind::kBatch, tick(), encode_head(batch.head), batch.content);
  }

  void batch(std::uint8_t seed, const std::string& outlet, std::size_t events) {
    write(next_batch(seed, outlet, events));
  }

 private:
  PrivateKey office_ = samples::key(1);
  MemoryLedger ledger_;
  Instant now_;
  std::map<std::uint8_t, SealedBatch> last_;
};

}  // namespace plumbline::samples

#endif  // PLUMBLINE_TESTS_SUPPORT_WIRE_MEMORY_LEDGER_H_
