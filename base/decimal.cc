// SPDX-License-Identifier: Apache-2.0
#include "base/decimal.h"

#include <fmt/format.h>

#include <limits>

namespace plumbline {
namespace {

__extension__ using Wide = __int128;

constexpr std::int64_t kPowersOfTen[] = {1, 10, 100, 1'000, 10'000, 100'000, 1'000'000};

Result<Decimal> narrow(Wide units) {
  if (units > std::numeric_limits<std::int64_t>::max() ||
      units < std::numeric_limits<std::int64_t>::min()) {
    return Error(Code::kInvalid, "a decimal does not fit: its size is limited to 9.2e12");
  }
  return Decimal{static_cast<std::int64_t>(units)};
}

// a / b rounded half away from zero; b is not zero.
Wide divide_rounded(Wide a, Wide b) {
  if (b < 0) {
    a = -a;
    b = -b;
  }
  Wide half_up = a < 0 ? a - b / 2 : a + b / 2;
  // For an odd b, b / 2 is rounded down, and a remainder equal to it is below one half.
  return half_up / b;
}

}  // namespace

Result<Decimal> decimal_add(Decimal a, Decimal b) { return narrow(Wide{a.units} + b.units); }
Result<Decimal> decimal_sub(Decimal a, Decimal b) { return narrow(Wide{a.units} - b.units); }

Result<Decimal> decimal_mul(Decimal a, Decimal b) {
  return narrow(divide_rounded(Wide{a.units} * b.units, Decimal::kOne));
}

Result<Decimal> decimal_div(Decimal a, Decimal b) {
  if (b.units == 0) return Error(Code::kInvalid, "division by zero");
  return narrow(divide_rounded(Wide{a.units} * Decimal::kOne, b.units));
}

Result<Decimal> decimal_ratio(std::int64_t numerator, std::int64_t denominator, int decimals) {
  CHECK(decimals >= 0 && decimals <= Decimal::kScale, "a decimal has 0 to 6 decimals");
  if (denominator == 0) return Error(Code::kInvalid, "division by zero");
  Wide rounded = divide_rounded(Wide{numerator} * kPowersOfTen[decimals], denominator);
  return narrow(rounded * kPowersOfTen[Decimal::kScale - decimals]);
}

Result<Decimal> decimal_round(Decimal value, int decimals) {
  CHECK(decimals >= 0 && decimals <= Decimal::kScale, "a decimal has 0 to 6 decimals");
  std::int64_t step = kPowersOfTen[Decimal::kScale - decimals];
  return narrow(divide_rounded(value.units, step) * step);
}

std::string format_decimal(Decimal value, int decimals) {
  CHECK(decimals >= 0 && decimals <= Decimal::kScale, "a decimal has 0 to 6 decimals");
  Wide scaled = divide_rounded(value.units, kPowersOfTen[Decimal::kScale - decimals]);
  bool negative = scaled < 0;
  auto magnitude = static_cast<std::uint64_t>(negative ? -scaled : scaled);
  auto power = static_cast<std::uint64_t>(kPowersOfTen[decimals]);
  std::string text = fmt::format("{}{}", negative ? "-" : "", magnitude / power);
  if (decimals > 0) text += fmt::format(".{:0{}}", magnitude % power, decimals);
  return text;
}

std::string format_decimal_short(Decimal value) {
  std::string text = format_decimal(value, Decimal::kScale);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

Result<Decimal> parse_decimal(std::string_view text) {
  auto refuse = [&] {
    return Error(Code::kInvalid,
                 fmt::format("\"{}\" is not a decimal number with at most six decimals", text));
  };
  std::string_view rest = text;
  bool negative = !rest.empty() && rest.front() == '-';
  if (negative) rest.remove_prefix(1);
  std::size_t dot = rest.find('.');
  std::string_view whole = rest.substr(0, dot);
  std::string_view fraction = dot == std::string_view::npos ? "" : rest.substr(dot + 1);
  bool bare_dot = dot != std::string_view::npos && fraction.empty();
  if (whole.empty() || whole.size() > 13 || fraction.size() > 6 || bare_dot) return refuse();
  Wide units = 0;
  for (std::string_view part : {whole, fraction}) {
    for (char digit : part) {
      if (digit < '0' || digit > '9') return refuse();
      units = units * 10 + (digit - '0');
    }
  }
  units *= kPowersOfTen[Decimal::kScale - fraction.size()];
  return narrow(negative ? -units : units);
}

}  // namespace plumbline
