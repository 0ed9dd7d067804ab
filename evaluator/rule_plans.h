// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVALUATOR_RULE_PLANS_H_
#define PLUMBLINE_EVALUATOR_RULE_PLANS_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "evaluator/contribution.h"
#include "evaluator/standard.h"
#include "evaluator/unit_table.h"

namespace plumbline {

// The indicators of a rule set bound to its case types, and at which levels it has rows. Immutable;
// safe from any thread.
struct RulePlans {
  explicit RulePlans(std::shared_ptr<const RuleSet> rule_set);

  struct Plan {
    IndicatorPlan indicator;
    std::uint32_t standard = 0;
    std::vector<bool> levels;  // by LevelIndex: declared there
  };

  std::shared_ptr<const RuleSet> rules;
  std::vector<Plan> plans;                                // all indicators of all standards
  std::vector<std::vector<std::uint32_t>> plans_of_type;  // of those over cases
  std::vector<std::uint32_t> first_plan;                  // of each standard
  std::vector<std::vector<bool>> row_levels;              // standard, level

  const Pack& pack() const { return *rules->pack; }
};

}  // namespace plumbline

#endif  // PLUMBLINE_EVALUATOR_RULE_PLANS_H_
