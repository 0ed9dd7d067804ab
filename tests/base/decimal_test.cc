// SPDX-License-Identifier: Apache-2.0
// The oracle computes with decimal digits in strings, as one does on paper, and shares no
// arithmetic with the code under test.
#include "base/decimal.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <random>
#include <vector>

namespace plumbline {
namespace {

constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min();

// Digits of a magnitude, most significant first, without leading zeros ("" = 0).
std::string trimmed(std::string digits) {
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size()));
  return digits;
}
std::string digits_of(std::int64_t value) {
  std::string text = std::to_string(value);
  if (text[0] == '-') text.erase(0, 1);
  return trimmed(text);
}
bool less(const std::string& a, const std::string& b) {
  return a.size() != b.size() ? a.size() < b.size() : a < b;
}
std::string plus(const std::string& a, const std::string& b) {
  std::string out;
  int carry = 0;
  for (std::size_t i = 0; i < std::max(a.size(), b.size()) || carry != 0; ++i) {
    int sum = carry + (i < a.size() ? a[a.size() - 1 - i] - '0' : 0) +
              (i < b.size() ? b[b.size() - 1 - i] - '0' : 0);
    out.push_back(static_cast<char>('0' + sum % 10));
    carry = sum / 10;
  }
  std::reverse(out.begin(), out.end());
  return trimmed(out);
}
// a - b for a >= b.
std::string minus(const std::string& a, const std::string& b) {
  std::string out = a;
  int borrow = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    int digit = a[a.size() - 1 - i] - '0' - borrow - (i < b.size() ? b[b.size() - 1 - i] - '0' : 0);
    borrow = digit < 0 ? 1 : 0;
    out[a.size() - 1 - i] = static_cast<char>('0' + digit + borrow * 10);
  }
  return trimmed(out);
}
std::string times(const std::string& a, const std::string& b) {
  std::string out;
  for (char digit : b) {
    out += out.empty() ? "" : "0";
    for (int i = 0; i < digit - '0'; ++i) out = plus(out, a);
  }
  return out;
}
// a / b to the nearest whole number, halves away from zero, by long division.
std::string divided(const std::string& a, const std::string& b) {
  std::string quotient;
  std::string rest;
  for (char digit : a) {
    rest = trimmed(rest + digit);
    char times_in = '0';
    while (!less(rest, b)) {
      rest = minus(rest, b);
      ++times_in;
    }
    quotient.push_back(times_in);
  }
  quotient = trimmed(quotient);
  return less(plus(rest, rest), b) ? quotient : plus(quotient, "1");
}
// The signed text of a magnitude, or "!" when it does not fit 64 bits.
std::string with_sign(const std::string& digits, int sign) {
  std::string limit = sign < 0 ? "9223372036854775808" : "9223372036854775807";
  if (less(limit, digits)) return "!";
  if (digits.empty()) return "0";
  return (sign < 0 ? "-" : "") + digits;
}
int sign_of(std::int64_t value) {
  return value < 0 ? -1 : 1;
}

std::string shown(const Result<Decimal>& result) {
  return result.ok() ? std::to_string(result->units) : "!";
}

// Values that sit at edges more often than chance would have it.
std::int64_t random_units(std::mt19937_64& random) {
  switch (random() % 6) {
    case 0:
      return static_cast<std::int64_t>(random());
    case 1:
      return static_cast<std::int64_t>(random() % 2'000'001) - 1'000'000;
    case 2:
      return (static_cast<std::int64_t>(random() % 2001) - 1000) * 500'000;
    case 3:
      return kMax - static_cast<std::int64_t>(random() % 3);
    case 4:
      return kMin + static_cast<std::int64_t>(random() % 3);
    default:
      return static_cast<std::int64_t>(random() % 21) - 10;
  }
}

TEST(Decimal, AgreesWithArithmeticOnPaper) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 4000; ++i) {
    std::int64_t a = random_units(random);
    std::int64_t b = random_units(random);
    int sign = sign_of(a) * sign_of(b);
    std::string x = digits_of(a);
    std::string y = digits_of(b);
    EXPECT_EQ(shown(decimal_mul({a}, {b})), with_sign(divided(times(x, y), "1000000"), sign))
        << a << " * " << b;
    std::string sum = sign_of(a) == sign_of(b) ? with_sign(plus(x, y), sign_of(a))
                      : less(x, y)             ? with_sign(minus(y, x), sign_of(b))
                                               : with_sign(minus(x, y), sign_of(a));
    EXPECT_EQ(shown(decimal_add({a}, {b})), sum) << a << " + " << b;
    if (b != kMin) {
      EXPECT_EQ(shown(decimal_sub({a}, {-b})), sum) << a << " - " << -b;
    }
    if (b == 0) continue;
    EXPECT_EQ(shown(decimal_div({a}, {b})), with_sign(divided(x + "000000", y), sign))
        << a << " / " << b;
  }
}

TEST(Decimal, RatiosAreRoundedOnceAtTheirPlace) {
  std::mt19937_64 random(2);
  for (int i = 0; i < 4000; ++i) {
    std::int64_t a = random_units(random);
    std::int64_t b = random_units(random);
    if (b == 0) continue;
    int decimals = static_cast<int>(random() % 7);
    std::string zeros(static_cast<std::size_t>(decimals), '0');
    std::string rest(static_cast<std::size_t>(6 - decimals), '0');
    std::string rounded = divided(digits_of(a) + zeros, digits_of(b));
    EXPECT_EQ(shown(decimal_ratio(a, b, decimals)),
              with_sign(trimmed(rounded + rest), sign_of(a) * sign_of(b)))
        << a << " : " << b << " to " << decimals;
  }
}

TEST(Decimal, HalvesGoAwayFromZero) {
  auto rounded = [](std::int64_t units, int decimals) {
    return format_decimal_short(decimal_round({units}, decimals).value());
  };
  EXPECT_EQ(rounded(500'000, 0), "1");
  EXPECT_EQ(rounded(-500'000, 0), "-1");
  EXPECT_EQ(rounded(499'999, 0), "0");
  EXPECT_EQ(rounded(-499'999, 0), "0");
  EXPECT_EQ(rounded(1'500'000, 0), "2");
  EXPECT_EQ(rounded(2'500'000, 0), "3");
  EXPECT_EQ(rounded(1'005'000, 2), "1.01");
  EXPECT_EQ(rounded(-1'005'000, 2), "-1.01");
  EXPECT_EQ(rounded(1'004'999, 2), "1");
  EXPECT_EQ(format_decimal(decimal_ratio(1, 3).value()), "0.333333");
  EXPECT_EQ(format_decimal(decimal_ratio(2, 3).value()), "0.666667");
  EXPECT_EQ(format_decimal(decimal_ratio(-1, 2'000'000).value()), "-0.000001");
  EXPECT_EQ(format_decimal(decimal_ratio(3, 7, 2).value(), 2), "0.43");
}

TEST(Decimal, WhatDoesNotFitIsAnError) {
  EXPECT_FALSE(decimal_add({kMax}, {1}).ok());
  EXPECT_FALSE(decimal_sub({kMin}, {1}).ok());
  EXPECT_FALSE(decimal_mul({kMax}, Decimal::whole(2)).ok());
  EXPECT_FALSE(decimal_div({kMax}, {1}).ok());
  EXPECT_FALSE(decimal_div({1}, {0}).ok());
  EXPECT_FALSE(decimal_ratio(1, 0).ok());
  EXPECT_FALSE(decimal_ratio(kMax, 1).ok());
  EXPECT_FALSE(decimal_round({kMax}, 0).ok());
  EXPECT_EQ(decimal_add({kMax}, {kMin})->units, -1);
}

TEST(Decimal, Formats) {
  EXPECT_EQ(format_decimal({0}), "0.000000");
  EXPECT_EQ(format_decimal({-1}), "-0.000001");
  EXPECT_EQ(format_decimal({-1}, 2), "0.00");
  EXPECT_EQ(format_decimal({-5'000}, 2), "-0.01");
  EXPECT_EQ(format_decimal({70'655'800}, 4), "70.6558");
  EXPECT_EQ(format_decimal({1'999'999}, 0), "2");
  EXPECT_EQ(format_decimal({kMax}), "9223372036854.775807");
  EXPECT_EQ(format_decimal({kMin}), "-9223372036854.775808");
  EXPECT_EQ(format_decimal_short({0}), "0");
  EXPECT_EQ(format_decimal_short({500'000}), "0.5");
  EXPECT_EQ(format_decimal_short({48'000'000}), "48");
  EXPECT_EQ(format_decimal_short({-3'250'000}), "-3.25");
  EXPECT_EQ(format_decimal_short({100'000'000}), "100");
}

TEST(Decimal, ParsesWhatItFormats) {
  std::mt19937_64 random(3);
  for (int i = 0; i < 1000; ++i) {
    Decimal value{random_units(random)};
    EXPECT_EQ(parse_decimal(format_decimal(value)).value(), value);
    EXPECT_EQ(parse_decimal(format_decimal_short(value)).value(), value);
  }
  EXPECT_EQ(parse_decimal("12").value(), Decimal::whole(12));
  EXPECT_EQ(parse_decimal("007.10").value().units, 7'100'000);
  for (const char* text : {"", "-", ".", "1.", ".5", "+1", "1e3", "1.0000000", " 1", "1 ", "1,5",
                           "0x1", "--1", "1.-5", "9223372036854.775808", "99999999999999", "½"}) {
    EXPECT_FALSE(parse_decimal(text).ok()) << text;
  }
}

}  // namespace
}  // namespace plumbline
