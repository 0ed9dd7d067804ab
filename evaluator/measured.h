// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVALUATOR_MEASURED_H_
#define PLUMBLINE_EVALUATOR_MEASURED_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "evaluator/fraction.h"
#include "evaluator/standard.h"
#include "evaluator/tally.h"

namespace plumbline {

// The figure of an indicator for one unit and period, exact and not yet written.
struct Measured {
  std::int64_t n = 0;                     // cases that count; of a ratio those it is over
  std::optional<std::int64_t> numerator;  // of a share
  std::optional<std::int64_t> left_out;   // cases; where kinds of source are demanded
  std::optional<int> days;                // taken in place of the period; 0: the period
  std::optional<Fraction> figure;         // nullopt without data
  bool sufficient = false;                // may carry points
  std::string error;                      // why the exact figure does not fit; or empty
};

// The figure over cases.
Measured measured(const Indicator& indicator, const Tally& tally);

// The figure over other figures: `parts` as Indicator::parts. A sum adds them; a ratio divides the
// first by the second, and is nothing where that is zero.
Measured measured_over(const Indicator& indicator, const std::vector<const Measured*>& parts);

}  // namespace plumbline

#endif  // PLUMBLINE_EVALUATOR_MEASURED_H_
