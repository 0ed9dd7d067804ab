// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVALUATOR_CONTRIBUTION_LANES_H_
#define PLUMBLINE_EVALUATOR_CONTRIBUTION_LANES_H_

#include <array>
#include <cstdint>

#include "evaluator/case_lanes.h"
#include "evaluator/contribution.h"

namespace plumbline {

// What many cases give to one indicator: IndicatorPlan::contribution_of of each, without groups,
// days and sentences.
class ContributionLanes {
 public:
  // Of the cases that `lanes` has chosen, which all exist.
  void compute(const Indicator& indicator, CaseLanes& lanes);

  Contribution::State state(std::size_t i) const { return states_[i]; }
  // Where the case counts: the instant that dates it, its value (a text as a number of the pool),
  // whether it is in the numerator.
  Instant at(std::size_t i) const { return {dated_.numbers[i]}; }
  std::int64_t value(std::size_t i) const { return value_.numbers[i]; }
  bool in_numerator(std::size_t i) const { return in_numerator_[i]; }

 private:
  void keep_where(const Expression& where, CaseLanes& lanes);
  void keep_values(const CaseLanes::Lane& lane, std::size_t count);

  std::array<Contribution::State, CaseLanes::kWidth> states_;
  std::array<bool, CaseLanes::kWidth> in_numerator_;
  CaseLanes::Lane dated_;
  CaseLanes::Lane value_;
};

}  // namespace plumbline

#endif  // PLUMBLINE_EVALUATOR_CONTRIBUTION_LANES_H_
