// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVALUATOR_EVALUATOR_METRICS_H_
#define PLUMBLINE_EVALUATOR_EVALUATOR_METRICS_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "base/clock.h"
#include "evaluator/place_metrics.h"
#include "evaluator/target_metrics.h"
#include "store/results.h"

namespace prometheus {
class Registry;
}

namespace plumbline {

// The evaluator's figures for Prometheus. Safe from any thread.
//
//   plumbline_evaluator_lag_entries               entries of the ledger that are not folded yet
//   plumbline_evaluator_folded_events_total
//   plumbline_evaluator_set_aside_events_total
//   plumbline_evaluator_conflicting_streams       open streams with a conflict on record
//   plumbline_evaluator_doubtful_streams          open streams that look as if two machines sealed
//                                                 their batches (registry/stream_watch.h)
//   plumbline_evaluator_closed_periods            of a standard each; served as they were published
//   plumbline_evaluator_differing_results         of closed periods, that would be others now
//   plumbline_evaluator_stopped                   1 after a failure, until the next start
//   plumbline_evaluator_as_of_timestamp_seconds   of what is published; nothing yet, no series
//   plumbline_calendar_end_timestamp_seconds{pack}   from here on work days are provisional
//   plumbline_outlet_score{pack,standard,period,outlet,county,city}   no grade, no series; county
//                                                 and city are "" where the outlet has no place
//                                                 there
class EvaluatorMetrics {
 public:
  // `registry` must outlive the metrics.
  explicit EvaluatorMetrics(prometheus::Registry& registry);
  ~EvaluatorMetrics();
  EvaluatorMetrics(const EvaluatorMetrics&) = delete;
  EvaluatorMetrics& operator=(const EvaluatorMetrics&) = delete;

  void set_lag(std::uint64_t entries);
  void set_streams(std::uint64_t conflicting, std::uint64_t doubtful);
  void set_closed(std::uint64_t periods, std::uint64_t differing);
  // Totals so far; a lower total than before, after a restart of the fold, counts nothing.
  void count(std::uint64_t folded, std::uint64_t set_aside);
  // What is published stands for `as_of`, under a pack whose calendar ends at `calendar_end`.
  void stands_at(Instant as_of, const std::string& pack, Instant calendar_end);
  void stopped();
  // Used by the follower's thread alone.
  PlaceMetrics& places() { return places_; }
  TargetMetrics& targets() { return targets_; }
  // Shows the score of an outlet's row; a row without score or grade loses its series. `places` are
  // the outlet's, by level. Rows of another level have no series, those of targets theirs.
  using Places = std::map<std::string, std::string>;
  void show(const std::string& pack, const ResultRow& row, const Places& places = {});
  void hide(const std::string& pack, const ResultRow& row);

 private:
  struct Families;
  std::unique_ptr<Families> families_;
  PlaceMetrics places_;
  TargetMetrics targets_;
};

}  // namespace plumbline

#endif  // PLUMBLINE_EVALUATOR_EVALUATOR_METRICS_H_
