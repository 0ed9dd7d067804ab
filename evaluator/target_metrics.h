// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVALUATOR_TARGET_METRICS_H_
#define PLUMBLINE_EVALUATOR_TARGET_METRICS_H_

#include <string>
#include <vector>

#include "evaluator/target.h"
#include "packs/calendar.h"

namespace prometheus {
template <typename T>
class Family;
class Gauge;
class Registry;
}  // namespace prometheus

namespace plumbline {

// What the targets in force say of themselves; their values are the evaluator's. Used by one
// thread.
//
//   plumbline_target_info{pack,target,reading,title_zh,title_en}   1; `reading` is the headline
//   plumbline_target_deadline_timestamp_seconds{pack,target}       the end of the deadline's day
class TargetMetrics {
 public:
  // `registry` must outlive the metrics.
  explicit TargetMetrics(prometheus::Registry& registry);

  // Shows the targets of a rule set in place of those shown before. Costs nothing while the hash
  // is that of the last time.
  void show(const std::string& pack, const std::string& rule_hash,
            const std::vector<Target>& targets, const Calendar& calendar);

 private:
  prometheus::Family<prometheus::Gauge>& infos_;
  prometheus::Family<prometheus::Gauge>& deadlines_;
  std::vector<prometheus::Gauge*> shown_infos_;
  std::vector<prometheus::Gauge*> shown_deadlines_;
  std::string rule_hash_;
};

}  // namespace plumbline

#endif  // PLUMBLINE_EVALUATOR_TARGET_METRICS_H_
