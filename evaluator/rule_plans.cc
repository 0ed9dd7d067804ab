// SPDX-License-Identifier: Apache-2.0
#include "evaluator/rule_plans.h"

#include <algorithm>
#include <utility>

namespace plumbline {

RulePlans::RulePlans(std::shared_ptr<const RuleSet> rule_set)
    : rules(std::move(rule_set)), plans_of_type(rules->pack->events.types.size()) {
  for (std::uint32_t s = 0; s < rules->standards.size(); ++s) {
    const Standard& standard = rules->standards[s];
    first_plan.push_back(static_cast<std::uint32_t>(plans.size()));
    std::vector<bool> rows;
    for (const LevelSpec& level : pack().levels) rows.push_back(level.id == standard.level);
    for (const Indicator& indicator : standard.indicators) {
      Plan plan{IndicatorPlan(indicator, pack()), s, {}};
      for (std::size_t l = 0; l < pack().levels.size(); ++l) {
        const auto& declared = indicator.levels;
        plan.levels.push_back(std::find(declared.begin(), declared.end(), pack().levels[l].id) !=
                              declared.end());
        if (plan.levels.back()) rows[l] = true;
      }
      if (indicator.over == IndicatorOver::kCases) {
        plans_of_type[indicator.type_index].push_back(static_cast<std::uint32_t>(plans.size()));
      }
      plans.push_back(std::move(plan));
    }
    row_levels.push_back(std::move(rows));
  }
}

}  // namespace plumbline
