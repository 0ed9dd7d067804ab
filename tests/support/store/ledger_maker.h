// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_TESTS_SUPPORT_STORE_LEDGER_MAKER_H_
#define PLUMBLINE_TESTS_SUPPORT_STORE_LEDGER_MAKER_H_

#include <future>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/crypto.h"
#include "ledger/entry.h"
#include "model/office_record.h"
#include "store/store.h"

// Real records and sealed batches for the tests of the store.
namespace plumbline::testing {

// 2025-01-02T03:04:05Z
constexpr Instant kStart{1735787045000};

// A folder of its own that goes with the object.
class TempFolder {
 public:
  TempFolder();
  ~TempFolder();
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  std::string path(std::string_view name = "") const;

 private:
  std::string path_;
};

// A key that does not change from run to run.
PrivateKey key_of(int number);

// The records of an office whose key is key_of(1000).
Bytes genesis_record();
Bytes outlet_record(std::string_view outlet);
Bytes enroll_record(const KeyEnrolled& enrolled);
Bytes rotate_record(const KeyRotated& rotated);
Bytes revoke_record(const StreamId& stream);
// Withdraws the content of a batch that stands at `index`.
ContentRedacted redaction_of(LedgerIndex index, const Admission& batch);
Bytes redact_record(const ContentRedacted& redacted);

// An agent with one stream: seals batches that continue its chain.
class Source {
 public:
  Source(int key_number, std::string_view outlet);

  const StreamId& stream() const { return stream_; }
  KeyEnrolled enrolment() const;
  // The change to the key of `next`, which speaks about the same outlet, as things stand now.
  KeyRotated rotation_to(const Source& next) const;

  // Seals the next batch and goes on behind it.
  Admission next(std::uint32_t events = 3);
  // Another batch of the number, and with the previous hash, that next() would give it.
  Admission fork(std::uint32_t events = 3) const;
  // A batch with fields of the test's choice, without going on.
  Admission seal(BatchNumber number, const Hash& previous, Sequence first, std::uint32_t events,
                 std::string_view mark = "") const;

  BatchNumber number() const { return number_; }  // of the batch that next() would give
  const Hash& previous() const { return previous_; }
  Sequence first() const { return first_; }

 private:
  PrivateKey key_;
  OutletId outlet_;
  StreamId stream_;
  BatchNumber number_{1};
  Hash previous_;
  Sequence first_{1};
};

// The writer, with the waiting that tests want.
class Admitting {
 public:
  explicit Admitting(LedgerWriter& writer) : writer_(writer) {}
  // Queues and returns the future answer; what admit() itself refuses is the answer too.
  std::future<Result<Admitted>> later(Admission admission);
  Result<Admitted> at_once(Admission admission) { return later(std::move(admission)).get(); }
  LedgerIndex genesis();
  LedgerIndex enroll(const Source& source);

 private:
  LedgerWriter& writer_;
};

// All entries from the front, read in chunks.
Result<std::vector<StoredEntry>> read_all(LedgerReader& reader);

}  // namespace plumbline::testing

#endif  // PLUMBLINE_TESTS_SUPPORT_STORE_LEDGER_MAKER_H_
