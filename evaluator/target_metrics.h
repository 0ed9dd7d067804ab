// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVALUATOR_TARGET_METRICS_H_
#define PLUMBLINE_EVALUATOR_TARGET_METRICS_H_

#include <array>
#include <map>
#include <string>
#include <vector>

#include "base/json.h"
#include "evaluator/target.h"
#include "packs/calendar.h"
#include "store/results.h"

namespace prometheus {
template <typename T>
class Family;
class Gauge;
class Registry;
}  // namespace prometheus

namespace plumbline {

// What the targets in force ask for, and what they stand at. Used by one thread.
//
//   plumbline_target_info{pack,target,reading,title_zh,title_en}   1; `reading` is the headline
//   plumbline_target_deadline_timestamp_seconds{pack,target}       the end of the deadline's day
//   plumbline_target_goal{pack,target}                             a share, or a whole number
//   plumbline_target_value{pack,target,reading,statement}          nothing known: no series
//   plumbline_target_reached{pack,target,reading,statement}        1 met, 0 not met, else no series
//   plumbline_county_covered{pack,target,county}                   1 or 0: strict reading, running
class TargetMetrics {
 public:
  // `registry` must outlive the metrics.
  explicit TargetMetrics(prometheus::Registry& registry);

  // Shows a row of a target in place of what the same row showed before, or takes it away. Rows
  // that are neither a target's nor a county's show nothing.
  void show(const std::string& pack, const ResultRow& row);
  void hide(const std::string& pack, const ResultRow& row);

  // Shows the targets of a rule set in place of those shown before. Costs nothing while the hash
  // is that of the last time.
  void show(const std::string& pack, const std::string& rule_hash,
            const std::vector<Target>& targets, const Calendar& calendar);

 private:
  using Family = prometheus::Family<prometheus::Gauge>;
  struct Series {
    Family* family = nullptr;
    prometheus::Gauge* gauge = nullptr;
    bool operator==(const Series&) const = default;
  };
  using Shown = std::vector<Series>;
  using Labels = std::map<std::string, std::string>;
  using Key = std::array<std::string, 5>;  // pack, then the row's key

  static Key key_of(const std::string& pack, const ResultRow& row);
  static void add(Family& family, const Labels& labels, double value, Shown& shown);
  static void remove(const Shown& shown);
  Shown network_row(const std::string& pack, const Json& body);
  Shown unit_row(const std::string& pack, const Json& body);

  Family& infos_;
  Family& deadlines_;
  Family& goals_;
  Family& values_;
  Family& reached_;
  Family& covered_;
  std::map<Key, Shown> rows_;
  Shown rule_set_;
  std::string rule_hash_;
};

}  // namespace plumbline

#endif  // PLUMBLINE_EVALUATOR_TARGET_METRICS_H_
