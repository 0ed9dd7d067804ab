// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_TESTS_SUPPORT_FAULTS_LEDGER_HISTORY_H_
#define PLUMBLINE_TESTS_SUPPORT_FAULTS_LEDGER_HISTORY_H_

#include <future>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "evidence/checkpoint_signer.h"
#include "store/change_feed.h"
#include "tests/support/faults/disk_recorder.h"
#include "tests/support/store/ledger_maker.h"

namespace plumbline::testing {

// A ledger and its published checkpoint that live in a recorded folder. Every acknowledgement and
// every publication is a mark of the trace, made on the thread and at the moment of the answer.
class LedgerLife {
 public:
  static constexpr int kSources = 3;
  // So small that the log is moved into the database every few commits.
  static constexpr std::uint64_t kCheckpointBytes = 96 << 10;

  // What the marks say.
  static std::uint64_t acknowledged_mark(LedgerSize size) { return size.value * 2; }
  static std::uint64_t published_mark(LedgerSize size) { return size.value * 2 + 1; }

  LedgerLife(DiskRecorder& disk, std::string folder, std::uint64_t seed);

  Status open();
  void close();
  // Genesis, outlets, tokens, enrolments; what is in the ledger already is passed over.
  void begin();
  // Commits of one to six batches, a record here and there, checkpoints between them.
  void work(int rounds);
  // Admits that many batches at once and waits; counts those that were acknowledged.
  int admit(int batches);
  void publish();
  // Behind another life: the sources go on behind what the ledger holds of what was handed in,
  // and the last batch of each is handed in again, as an agent does that got no answer.
  void take_up(const std::map<Hash, Admission>& handed_in);

  // Appends one record; false when it is refused.
  bool record();

  LedgerReader* reader() { return reader_.get(); }
  LedgerWriter* writer() { return writer_.get(); }
  // Every batch that was ever handed in, by its hash.
  const std::map<Hash, Admission>& handed_in() const { return handed_in_; }

 private:
  bool append(EntryKind kind, OfficeRecord record);
  std::future<bool> admit(const Admission& batch);

  DiskRecorder& disk_;
  std::string folder_;
  std::mt19937_64 random_;
  ManualClock clock_{kStart};
  ChangeFeed feed_;
  std::vector<Source> sources_;
  std::map<Hash, Admission> handed_in_;
  std::unique_ptr<LedgerWriter> writer_;
  std::unique_ptr<LedgerReader> reader_;
  std::unique_ptr<CheckpointSigner> signer_;
};

// What a ledger was at the end of its life, against which a state of its disk is held.
struct LedgerTruth {
  std::vector<StoredEntry> entries;
  std::vector<Hash> leaves;
  std::map<std::uint64_t, Admission> batches;  // by index
  // Some commits were refused in between: behind what is acknowledged one of them may stand,
  // which then has to verify.
  bool refusals = false;

  static LedgerTruth of(const std::string& folder, const LedgerLife& life);
};

// What was promised at a point of the trace.
struct LedgerPromise {
  LedgerSize acknowledged;
  LedgerSize published;
  void take(const DiskStep& step);
};

// How thorough a look is. kWhole adds the proof of all entries and SQLite's own check.
enum class Look { kQuick, kWhole };

// Opens the ledger in `folder` as plumbd does and returns what breaks the promise; "" when all is
// well. Then goes on with it: repeats, the next batch, the next checkpoint.
std::string broken_promise(const std::string& folder, const LedgerTruth& truth,
                           const LedgerPromise& promise, Look look);

}  // namespace plumbline::testing

#endif  // PLUMBLINE_TESTS_SUPPORT_FAULTS_LEDGER_HISTORY_H_
