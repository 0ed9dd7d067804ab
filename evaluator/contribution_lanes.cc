// SPDX-License-Identifier: Apache-2.0
#include "evaluator/contribution_lanes.h"

#include "model/wire/instants.h"

namespace plumbline {

using State = Contribution::State;

// Of the cases that still count, those where the lane holds a value.
void ContributionLanes::keep_values(const CaseLanes::Lane& lane, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    if (states_[i] != State::kCounted || lane.states[i] == CaseLanes::kValue) continue;
    states_[i] = lane.states[i] == CaseLanes::kFailed ? State::kFailed : State::kNone;
  }
}

void ContributionLanes::keep_where(const Expression& where, CaseLanes& lanes) {
  lanes.evaluate(where, value_);
  keep_values(value_, lanes.count());
  for (std::size_t i = 0; i < lanes.count(); ++i) {
    if (states_[i] == State::kCounted && value_.numbers[i] == 0) states_[i] = State::kNone;
  }
}

void ContributionLanes::compute(const Indicator& indicator, CaseLanes& lanes) {
  std::size_t count = lanes.count();
  states_.fill(State::kCounted);
  if (indicator.where) keep_where(*indicator.where, lanes);
  if (indicator.dated_by) {
    lanes.evaluate(*indicator.dated_by, dated_);
  } else {
    lanes.first_step(dated_);
  }
  keep_values(dated_, count);
  for (std::size_t i = 0; i < count; ++i) {
    bool plausible = is_wire_instant(dated_.numbers[i]);
    if (states_[i] == State::kCounted && !plausible) states_[i] = State::kNone;
  }
  in_numerator_.fill(false);
  if (indicator.aggregate == Aggregate::kShare) {
    lanes.evaluate(*indicator.numerator, value_);
    for (std::size_t i = 0; i < count; ++i) {
      if (states_[i] != State::kCounted) continue;
      if (value_.states[i] == CaseLanes::kFailed) states_[i] = State::kFailed;
      in_numerator_[i] = value_.states[i] == CaseLanes::kValue && value_.numbers[i] != 0;
    }
  }
  if (wants_value(indicator.aggregate)) {
    lanes.evaluate(*indicator.value, value_);
    keep_values(value_, count);
  } else {
    value_.numbers.fill(0);
  }
}

}  // namespace plumbline
