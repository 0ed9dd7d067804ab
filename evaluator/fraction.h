// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVALUATOR_FRACTION_H_
#define PLUMBLINE_EVALUATOR_FRACTION_H_

#include <compare>
#include <cstdint>
#include <string>

#include "base/decimal.h"
#include "base/result.h"

namespace plumbline {

__extension__ using Wide = __int128;

// An exact figure before any rounding: numerator / denominator, denominator > 0. What does not fit
// in 128 bits on the way is kInvalid, never wrapped.
struct Fraction {
  Wide numerator = 0;
  Wide denominator = 1;
};

// The same value in lowest terms.
Fraction reduced(Fraction value);

Result<Wide> wide_multiply(Wide a, Wide b);
Result<Wide> wide_subtract(Wide a, Wide b);

// a / b rounded half away from zero; b > 0.
Wide divide_half_away(Wide a, Wide b);

Result<std::strong_ordering> compare(const Fraction& value, Decimal bound);

// Exactly `decimals` (0..6) decimals, rounded once, half away from zero; never "-0".
Result<std::string> fraction_text(const Fraction& value, int decimals);

}  // namespace plumbline

#endif  // PLUMBLINE_EVALUATOR_FRACTION_H_
