// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVALUATOR_CONTRIBUTION_H_
#define PLUMBLINE_EVALUATOR_CONTRIBUTION_H_

#include <cstdint>
#include <string>
#include <vector>

#include "evaluator/case_book.h"
#include "evaluator/standard.h"
#include "evaluator/tally.h"

namespace plumbline {

constexpr std::int8_t kMissingGroup = -1;

// What one case gives to one indicator, and when it counts.
struct Contribution {
  enum class State : std::uint8_t {
    kNone,  // does not count
    kCounted,
    kFailed,   // an expression overflowed or divided by zero; listed, not counted
    kLeftOut,  // would count, but only by events of kinds of source that are not demanded
  };
  State state = State::kNone;
  Date day;  // local; decides month and year
  Sample sample;
  std::vector<std::int8_t> groups;  // as Indicator::by: position of the value, or missing
  std::string failure;              // the sentence of kFailed
  bool operator==(const Contribution&) const = default;
};

// True of the aggregates that need an indicator's value of each case.
bool wants_value(Aggregate aggregate);

// An indicator bound to its case type; one over other indicators has none, and no case counts.
// Pure; safe from any thread.
class IndicatorPlan {
 public:
  // `indicator` and `pack` must outlive the plan.
  IndicatorPlan(const Indicator& indicator, const Pack& pack);

  // A case counts when it exists, `where` is true, the date is known and plausible and, for
  // aggregates of a value, the value is there. A missing numerator is not in the numerator. Without
  // `dated_by` a case is dated by its type's first step.
  Contribution contribution_of(const Case& of) const;

  const Indicator& indicator() const { return indicator_; }
  // The `by`-th grouping field, by its position in TypeSpec::fields, and its values in the order of
  // the pack.
  std::size_t field_of(std::size_t by) const { return by_fields_[by]; }
  const std::vector<std::string>& values_of(std::size_t by) const;

 private:
  Status fill(const Case& of, Contribution& out) const;

  const Indicator& indicator_;
  const TypeSpec* type_;  // nullptr: over other indicators
  const Calendar& calendar_;
  std::vector<std::size_t> by_fields_;
};

}  // namespace plumbline

#endif  // PLUMBLINE_EVALUATOR_CONTRIBUTION_H_
