// SPDX-License-Identifier: Apache-2.0
#include "evaluator/wilson.h"

#include <gtest/gtest.h>

#include <random>

#include "evaluator/fraction.h"

// Method. With z^2 = 3.8416 and p = k / S the ends of the interval are the roots of
//   (n + z^2) p^2 - (2x + z^2) p + x^2 / n = 0,
// the score test turned round. Cleared of fractions (times n * 625 * S^2, with z^2 = 2401 / 625)
// its value at k is a whole number, so that on which side of a root k lies is told exactly. That is
// another form than the one the code computes with.
namespace plumbline {
namespace {

constexpr Wide kS = 1'000'000;

// The sign of the quadratic at k: positive outside of the interval.
Wide quadratic(Wide x, Wide n, Wide k) {
  return n * (625 * n + 2401) * k * k - n * (1250 * x + 2401) * k * kS + 625 * x * x * kS * kS;
}

void expect_ends(std::int64_t x, std::int64_t n) {
  std::int64_t lower = wilson_lower(x, n).units;
  std::int64_t upper = wilson_upper(x, n).units;
  ASSERT_LE(0, lower);
  ASSERT_LE(lower, upper);
  ASSERT_LE(upper, Decimal::kOne);
  // lower is the smallest millionth inside, upper the largest.
  EXPECT_TRUE(quadratic(x, n, lower) <= 0) << x << " of " << n << ": " << lower;
  EXPECT_TRUE(lower == 0 || quadratic(x, n, lower - 1) > 0) << x << " of " << n << ": " << lower;
  EXPECT_TRUE(quadratic(x, n, upper) <= 0) << x << " of " << n << ": " << upper;
  EXPECT_TRUE(upper == Decimal::kOne || quadratic(x, n, upper + 1) > 0) << x << " of " << n;
}

TEST(Wilson, KnownIntervals) {
  // Wilson (1927) as printed in tables: 8 of 10, 0 of 10, 10 of 10, 1 of 1.
  EXPECT_EQ(format_decimal(wilson_lower(8, 10), 4), "0.4902");
  EXPECT_EQ(format_decimal(wilson_upper(8, 10), 4), "0.9433");
  EXPECT_EQ(wilson_lower(0, 10), Decimal{});
  EXPECT_EQ(format_decimal(wilson_upper(0, 10), 4), "0.2775");
  EXPECT_EQ(format_decimal(wilson_lower(10, 10), 4), "0.7225");
  EXPECT_EQ(wilson_upper(10, 10), Decimal::whole(1));
  EXPECT_EQ(format_decimal(wilson_lower(1, 1), 4), "0.2065");
  EXPECT_EQ(format_decimal(wilson_lower(90, 100), 4), "0.8256");
}

TEST(Wilson, EverySmallPairIsExact) {
  for (std::int64_t n = 1; n <= 60; ++n) {
    for (std::int64_t x = 0; x <= n; ++x) expect_ends(x, n);
  }
}

TEST(Wilson, RandomPairsAreExact) {
  std::mt19937_64 random(20260131);
  for (int i = 0; i < 20'000; ++i) {
    std::uint64_t most = std::uint64_t{1} << (1 + random() % 22);
    auto n = static_cast<std::int64_t>(1 + random() % most);
    // Often near an end, where intervals are skewed.
    auto x = static_cast<std::int64_t>(random() % (static_cast<std::uint64_t>(n) + 1));
    if (i % 3 == 1) x = std::min<std::int64_t>(n, x % 5);
    if (i % 3 == 2) x = std::max<std::int64_t>(0, n - x % 5);
    ASSERT_NO_FATAL_FAILURE(expect_ends(x, n));
  }
}

TEST(Wilson, AnIntervalWithoutAMillionthEndsAtTheShare) {
  // 1 of 10^10 lies between 0 and 10^-6, and so does its whole interval.
  EXPECT_EQ(wilson_lower(1, kMaxWilsonSample).units, 1);
  EXPECT_EQ(wilson_upper(1, kMaxWilsonSample).units, 0);
  EXPECT_EQ(wilson_lower(kMaxWilsonSample, kMaxWilsonSample).units, 1'000'000);
  EXPECT_EQ(wilson_lower(kMaxWilsonSample / 2, kMaxWilsonSample).units, 499'991);
}

TEST(Wilson, MoreCasesOfTheSameShareNarrowTheInterval) {
  std::int64_t before = 0;
  for (std::int64_t n = 10; n <= 100'000; n *= 10) {
    std::int64_t lower = wilson_lower(9 * n / 10, n).units;
    EXPECT_GT(lower, before);
    before = lower;
  }
  EXPECT_LT(before, 900'000);
}

}  // namespace
}  // namespace plumbline
