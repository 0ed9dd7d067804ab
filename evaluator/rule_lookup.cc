// SPDX-License-Identifier: Apache-2.0
#include "evaluator/rule_lookup.h"

namespace plumbline {
namespace {

template <typename List>
auto* find_by_id(const List& list, std::string_view id) {
  for (const auto& one : list) {
    if (one.id == id) return &one;
  }
  return static_cast<decltype(list.data())>(nullptr);
}

}  // namespace

const Standard* find_standard(const RuleSet& rules, std::string_view id) {
  return find_by_id(rules.standards, id);
}

const Target* find_target(const RuleSet& rules, std::string_view id) {
  return find_by_id(rules.targets, id);
}

const Indicator* find_indicator(const Standard& standard, std::string_view id) {
  return find_by_id(standard.indicators, id);
}

FoundCriterion find_criterion(const Standard& standard, std::string_view id) {
  for (const Block& block : standard.blocks) {
    const Criterion* found = find_by_id(block.criteria, id);
    if (found == nullptr) continue;
    return {&standard, &block, found, &standard.indicators[found->indicator_index]};
  }
  return {};
}

Title goal_text(const Target& target) {
  std::string number = format_decimal_short(target.goal.value);
  if (target.measure == Target::Measure::kCoverage) {
    constexpr std::int64_t kPerCent = 100;
    number = format_decimal_short({target.goal.value.units * kPerCent}) + "%";
  }
  if (target.goal.test == TargetGoal::Test::kAbove) return {"超过 " + number, "above " + number};
  return {"不少于 " + number, "at least " + number};
}

}  // namespace plumbline
