// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_TESTS_SUPPORT_FAULTS_SPOOL_HISTORY_H_
#define PLUMBLINE_TESTS_SUPPORT_FAULTS_SPOOL_HISTORY_H_

#include <optional>
#include <random>
#include <string>
#include <vector>

#include "agents/spool.h"
#include "tests/support/agents/desk.h"
#include "tests/support/faults/disk_recorder.h"

namespace plumbline::testing {

// What a spool took in its life, batch by batch: number n stands at n - 1.
struct SpoolTruth {
  struct Batch {
    std::vector<Submission> submissions;
    SpooledBatch sealed;
  };
  std::vector<Batch> batches;
  // Some were refused in between: behind what was answered one of them may stand, which then has
  // to be part of the chain.
  bool refusals = false;
};

// What was promised at a point of the trace, and what was done that promises nothing yet.
struct SpoolPromise {
  bool enrolled = false;
  BatchNumber accepted;      // answered, or handed to the sender
  BatchNumber acknowledged;  // at most so much was told of the server
  void take(const DiskStep& step);
};

// An agent's spool that lives in a recorded folder. Every answer is a mark of the trace.
class SpoolLife {
 public:
  SpoolLife(DiskRecorder& disk, std::string folder, const Desk& desk, std::uint64_t seed);

  Status enroll();
  // Reopens the spool. Where it holds batches that this life does not know of, they are those of
  // `before` or the last one that was refused: taken into truth(), handed in again, and shown to
  // the sender.
  Status open(const SpoolTruth& before);
  void close() { spool_.reset(); }
  // Batches of one to forty events, an acknowledgement and an error here and there.
  void work(int rounds);
  Result<std::vector<Answer>> accept();
  void acknowledge_some();
  // What SQLite does by itself every thousand pages.
  void move_log();

  const SpoolTruth& truth() const { return truth_; }
  Spool* spool() { return spool_ ? &*spool_ : nullptr; }

 private:
  void mark_accepted(BatchNumber number);

  DiskRecorder& disk_;
  std::string folder_;
  const Desk& desk_;
  std::mt19937_64 random_;
  int next_event_;
  std::optional<Spool> spool_;
  SpoolTruth truth_;
  SpoolTruth::Batch refused_;  // it may be in the spool all the same
};

enum class SpoolLook { kQuick, kWhole };

// Opens the spool as the agent does and returns what breaks the promise; "" when all is well. Then
// goes on with it.
std::string broken_promise(const std::string& folder, const Desk& desk, const SpoolTruth& truth,
                           const SpoolPromise& promise, SpoolLook look);

}  // namespace plumbline::testing

#endif  // PLUMBLINE_TESTS_SUPPORT_FAULTS_SPOOL_HISTORY_H_
