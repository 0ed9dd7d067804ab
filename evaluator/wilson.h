// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVALUATOR_WILSON_H_
#define PLUMBLINE_EVALUATOR_WILSON_H_

#include <cstdint>

#include "base/decimal.h"

namespace plumbline {

// The ends of the Wilson interval (z = 1.96, 95 %) of `numerator` of `n`, in whole millionths. With
// S = 10^6 the lower end is the smallest k in 0..S with
//   10^4 * (numerator * S - n * k)^2 <= 38416 * n * k * (S - k)   or   n * k >= numerator * S,
// where the second part matters only when the interval holds no whole millionth; the upper end is
// S - lower(n - numerator, n). Exact integers throughout.
// 0 <= numerator <= n, 1 <= n <= kMaxWilsonSample.
Decimal wilson_lower(std::int64_t numerator, std::int64_t n);
Decimal wilson_upper(std::int64_t numerator, std::int64_t n);

// 10^4 * (10^10 * 10^6)^2 = 10^36 fits in 127 bits (1.7 * 10^38).
inline constexpr std::int64_t kMaxWilsonSample = 10'000'000'000;

}  // namespace plumbline

#endif  // PLUMBLINE_EVALUATOR_WILSON_H_
