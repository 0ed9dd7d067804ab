// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVALUATOR_RULE_LOOKUP_H_
#define PLUMBLINE_EVALUATOR_RULE_LOOKUP_H_

#include <string>
#include <string_view>

#include "evaluator/standard.h"

// Parts of compiled rules by their names. Pure.
namespace plumbline {

// nullptr when there is none.
const Standard* find_standard(const RuleSet& rules, std::string_view id);
const Target* find_target(const RuleSet& rules, std::string_view id);
const Indicator* find_indicator(const Standard& standard, std::string_view id);

// A criterion where it stands; all nullptr when there is none.
struct FoundCriterion {
  const Standard* standard = nullptr;
  const Block* block = nullptr;
  const Criterion* criterion = nullptr;
  const Indicator* indicator = nullptr;
};
FoundCriterion find_criterion(const Standard& standard, std::string_view id);

// What a target asks for: 超过 50%.
Title goal_text(const Target& target);

}  // namespace plumbline

#endif  // PLUMBLINE_EVALUATOR_RULE_LOOKUP_H_
