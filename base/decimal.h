// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_BASE_DECIMAL_H_
#define PLUMBLINE_BASE_DECIMAL_H_

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace plumbline {

// An exact decimal number with six decimals: value = units / 10^6, units a 64-bit integer, so
// about ±9.2 * 10^12. Results hold nothing else: no floating point takes part in a result.
// Sums and products go through 128 bits; a value that does not fit is kInvalid, never wrapped.
struct Decimal {
  static constexpr std::int64_t kOne = 1'000'000;
  static constexpr int kScale = 6;

  std::int64_t units = 0;

  static constexpr Decimal whole(std::int32_t value) { return {value * kOne}; }
  auto operator<=>(const Decimal&) const = default;
};

Result<Decimal> decimal_add(Decimal a, Decimal b);
Result<Decimal> decimal_sub(Decimal a, Decimal b);
// Rounded half away from zero to six decimals.
Result<Decimal> decimal_mul(Decimal a, Decimal b);
// Rounded half away from zero to six decimals. A zero divisor is kInvalid.
Result<Decimal> decimal_div(Decimal a, Decimal b);

// numerator / denominator of whole numbers, rounded once, half away from zero, to `decimals`
// (0..6) decimals. A zero denominator is kInvalid.
Result<Decimal> decimal_ratio(std::int64_t numerator, std::int64_t denominator, int decimals = 6);

// Rounded half away from zero to `decimals` (0..6) decimals.
Result<Decimal> decimal_round(Decimal value, int decimals);

// Exactly `decimals` decimals ("0.741811", "70.6558"), rounding half away from zero; a plain
// "-" for negatives, never "-0".
std::string format_decimal(Decimal value, int decimals = 6);
// The shortest text that parses back to the same value: "0.5", "48", "-3.25".
std::string format_decimal_short(Decimal value);
// "12", "-0.5", "3.141593": digits with at most six decimals; no exponent, no plus sign, no bare
// dot. kInvalid otherwise or when it does not fit.
Result<Decimal> parse_decimal(std::string_view text);

}  // namespace plumbline

#endif  // PLUMBLINE_BASE_DECIMAL_H_
