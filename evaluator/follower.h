// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVALUATOR_FOLLOWER_H_
#define PLUMBLINE_EVALUATOR_FOLLOWER_H_

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/result.h"
#include "evaluator/closed_results.h"
#include "evaluator/engine.h"
#include "evaluator/evaluator_metrics.h"
#include "store/change_feed.h"
#include "store/results.h"
#include "store/store.h"

namespace plumbline {

// What a follower says of itself.
struct FollowerStatus {
  LedgerSize evaluated;          // what is published stands for this prefix
  std::optional<Instant> as_of;  // nullopt while nothing was published
  bool caught_up = false;        // `evaluated` was the whole ledger when last looked at
  FoldCounters counters;
  std::uint64_t outlets_scored = 0;
  std::int64_t evaluate_ms = 0;        // spent folding, rendering and publishing
  std::optional<std::string> failure;  // sticky: the follower has stopped
};

// A thread that keeps the results store equal to the ledger: reads what the change feed announces,
// folds it, and publishes the rows that changed with the size and as-of they stand for, in one
// transaction. As-of is the one that the pack fixes, else the first whole minute at or after
// max(clock, last recorded_at), and never goes back.
class Follower {
 public:
  // `feed`, `clock` and `metrics` must outlive the follower; `reader` and `results` are used on
  // its thread only. `metrics` may be nullptr.
  Follower(std::unique_ptr<LedgerReader> reader, std::unique_ptr<ResultsStore> results,
           ChangeFeed& feed, const Clock& clock, EvaluatorMetrics* metrics);
  // Stops and joins.
  ~Follower();

  // Once.
  void start();

  // Asks the thread to end after the chunk at hand; returns at once. The results stay as they were
  // published last; the next start folds the ledger again.
  void request_stop();
  // Waits for the thread's end. Without request_stop() it may not come.
  void join();

  FollowerStatus status() const;

  // Waits until the published results stand for at least `size` entries; false when `timeout`
  // passed or the follower failed first.
  bool wait_evaluated(LedgerSize size, std::chrono::milliseconds timeout) const;

 private:
  void run();
  Status follow();
  Status step();
  Status fold_and_publish(LedgerSize size);
  Status drop_foreign_results();
  Status set_as_of();
  Status publish_all();
  Status publish_changed();
  Result<std::vector<ResultRow>> frozen_rows(const PeriodClosed& closed);
  Status close_periods(ClosedResults::Changes& changes);
  void show(const std::string& pack, const std::vector<ResultRow>& changed,
            const std::vector<ResultRow>& gone);
  void stands_at(const ResultsHeader& header);
  void report(LedgerSize size);
  bool stopping() const;

  std::unique_ptr<LedgerReader> reader_;
  std::unique_ptr<ResultsStore> results_;
  ChangeFeed& feed_;
  const Clock& clock_;
  EvaluatorMetrics* const metrics_;

  // The follower's thread only.
  Engine engine_;
  ClosedResults closed_;
  std::size_t closings_ = 0;  // taken into closed_
  bool published_all_ = false;
  std::optional<ResultsHeader> published_;

  mutable Mutex mutex_;
  mutable CondVar changed_;
  FollowerStatus status_ GUARDED_BY(mutex_);
  bool stop_ GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace plumbline

#endif  // PLUMBLINE_EVALUATOR_FOLLOWER_H_
