// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVALUATOR_LEVER_H_
#define PLUMBLINE_EVALUATOR_LEVER_H_

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "evaluator/improvement.h"
#include "evaluator/measured.h"

// The ways in which cases move the figure of a criterion or a cap. Pure.
namespace plumbline {

// What is to be moved: a criterion, or a cap.
struct Aim {
  std::size_t indicator = 0;
  bool rising = true;  // more of the figure is better
  Decimal bound;       // met_at, or the cap's
  std::size_t block = 0;
  std::size_t criterion = 0;
  std::optional<std::size_t> cap = {};
};

// One way of one aim.
struct Lever {
  Aim aim;
  std::size_t indicator = 0;  // over cases; whose cases they are
  Way way = Way::kAdditional;
  bool up = true;           // the indicator's figure rises; false: falls
  std::int64_t number = 0;  // quantile: the value of each case
  std::int64_t open = 0;    // as Move::open
  std::int64_t most = 0;    // cases that this way has
  bool monotone = true;     // more cases never worsen anything while the same figures have data
  // The indicators whose figure hangs on the cases: its own, then sums, then ratios.
  std::vector<std::size_t> moved;
  std::map<std::int64_t, std::vector<Measured>> kept;  // cases -> as `moved`, once made
};

// The figures of all indicators.
std::vector<Measured> figures_of(const Standard& standard, const UnitMeasures& measures);

// All ways of an aim that have a case: its own indicator's, or those of its parts.
Result<std::vector<Lever>> levers_of(const Standard& standard, const UnitMeasures& measures,
                                     const std::vector<Measured>& figures, const Aim& aim);

// The figures of `moved` after so many cases. `figures` are those of now.
const std::vector<Measured>& figures_after(const Standard& standard, const UnitMeasures& measures,
                                           const std::vector<Measured>& figures, Lever& lever,
                                           std::int64_t cases);

}  // namespace plumbline

#endif  // PLUMBLINE_EVALUATOR_LEVER_H_
