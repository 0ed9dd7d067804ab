// SPDX-License-Identifier: Apache-2.0
#include "evaluator/target_metrics.h"

#include <prometheus/gauge.h>
#include <prometheus/registry.h>

namespace plumbline {

TargetMetrics::TargetMetrics(prometheus::Registry& registry)
    : infos_(prometheus::BuildGauge()
                 .Name("plumbline_target_info")
                 .Help("1 for each target, with its titles and its headline reading as labels")
                 .Register(registry)),
      deadlines_(prometheus::BuildGauge()
                     .Name("plumbline_target_deadline_timestamp_seconds")
                     .Help("The end of the day on which the target must be reached")
                     .Register(registry)) {}

void TargetMetrics::show(const std::string& pack, const std::string& rule_hash,
                         const std::vector<Target>& targets, const Calendar& calendar) {
  if (rule_hash_ == rule_hash) return;
  rule_hash_ = rule_hash;
  for (prometheus::Gauge* gauge : shown_infos_) infos_.Remove(gauge);
  for (prometheus::Gauge* gauge : shown_deadlines_) deadlines_.Remove(gauge);
  shown_infos_.clear();
  shown_deadlines_.clear();
  for (const Target& target : targets) {
    shown_infos_.push_back(&infos_.Add({{"pack", pack},
                                        {"target", target.id},
                                        {"reading", std::string(reading_name(target.headline))},
                                        {"title_zh", target.title.zh},
                                        {"title_en", target.title.en}}));
    shown_infos_.back()->Set(1);
    const Date after = date_from_days(days_from_date(target.deadline) + 1);
    shown_deadlines_.push_back(&deadlines_.Add({{"pack", pack}, {"target", target.id}}));
    shown_deadlines_.back()->Set(static_cast<double>(calendar.start_of(after).ms) / 1000);
  }
}

}  // namespace plumbline
