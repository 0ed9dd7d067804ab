// SPDX-License-Identifier: Apache-2.0
#include "evaluator/wilson.h"

#include "base/check.h"
#include "evaluator/fraction.h"

namespace plumbline {
namespace {

// 1.96^2 = 38416 / 10^4.
constexpr Wide kSquareOfZ = 38'416;
constexpr Wide kScaleOfZ = 10'000;
constexpr Wide kScale = Decimal::kOne;

// False below the lower end and true from there up to the share itself and beyond: left of the
// share the quadratic has one root.
bool reaches(Wide numerator, Wide n, Wide k) {
  Wide distance = numerator * kScale - n * k;
  if (distance <= 0) return true;
  return kScaleOfZ * distance * distance <= kSquareOfZ * n * k * (kScale - k);
}

}  // namespace

Decimal wilson_lower(std::int64_t numerator, std::int64_t n) {
  CHECK(numerator >= 0 && numerator <= n, "a share's numerator lies within its cases");
  CHECK(n >= 1 && n <= kMaxWilsonSample,
        "an interval is of at least one case and of no more than "
        "128 bits can square");
  std::int64_t low = 0;
  std::int64_t high = Decimal::kOne;
  while (low < high) {
    std::int64_t middle = low + (high - low) / 2;
    if (reaches(numerator, n, middle)) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return {low};
}

Decimal wilson_upper(std::int64_t numerator, std::int64_t n) {
  return {Decimal::kOne - wilson_lower(n - numerator, n).units};
}

}  // namespace plumbline
