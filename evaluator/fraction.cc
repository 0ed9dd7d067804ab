// SPDX-License-Identifier: Apache-2.0
#include "evaluator/fraction.h"

#include <algorithm>

namespace plumbline {
namespace {

Error overflow() {
  return Error(Code::kInvalid, "a figure does not fit: its exact value needs over 128 bits");
}

std::string digits(Wide value) {
  std::string text;
  do {
    text.push_back(static_cast<char>('0' + static_cast<int>(value % 10)));
    value /= 10;
  } while (value != 0);
  std::reverse(text.begin(), text.end());
  return text;
}

}  // namespace

Fraction reduced(Fraction value) {
  CHECK(value.denominator > 0, "a fraction's denominator is positive");
  Wide a = value.numerator < 0 ? -value.numerator : value.numerator;
  Wide b = value.denominator;
  while (b != 0) {
    Wide rest = a % b;
    a = b;
    b = rest;
  }
  return a <= 1 ? value : Fraction{value.numerator / a, value.denominator / a};
}

Result<Wide> wide_multiply(Wide a, Wide b) {
  Wide product = 0;
  if (__builtin_mul_overflow(a, b, &product)) return overflow();
  return product;
}

Result<Wide> wide_subtract(Wide a, Wide b) {
  Wide difference = 0;
  if (__builtin_sub_overflow(a, b, &difference)) return overflow();
  return difference;
}

Wide divide_half_away(Wide a, Wide b) {
  CHECK(b > 0, "the divisor of a rounding is positive");
  Wide quotient = a / b;
  Wide rest = a % b;
  if (rest < 0) rest = -rest;
  if (rest >= b - rest) quotient += a < 0 ? -1 : 1;
  return quotient;
}

Result<std::strong_ordering> compare(const Fraction& value, Decimal bound) {
  Fraction small = reduced(value);
  ASSIGN_OR_RETURN(Wide left, wide_multiply(small.numerator, Decimal::kOne));
  ASSIGN_OR_RETURN(Wide right, wide_multiply(small.denominator, bound.units));
  if (left == right) return std::strong_ordering::equal;
  return left < right ? std::strong_ordering::less : std::strong_ordering::greater;
}

Result<std::string> fraction_text(const Fraction& value, int decimals) {
  CHECK(decimals >= 0 && decimals <= Decimal::kScale, "a figure has 0 to 6 decimals");
  Wide power = 1;
  for (int i = 0; i < decimals; ++i) power *= 10;
  Fraction small = reduced(value);
  ASSIGN_OR_RETURN(Wide scaled, wide_multiply(small.numerator, power));
  Wide rounded = divide_half_away(scaled, small.denominator);
  bool negative = rounded < 0;
  if (negative) rounded = -rounded;
  std::string text = (negative ? "-" : "") + digits(rounded / power);
  if (decimals == 0) return text;
  std::string part = digits(rounded % power);
  return text + "." + std::string(static_cast<std::size_t>(decimals) - part.size(), '0') + part;
}

}  // namespace plumbline
