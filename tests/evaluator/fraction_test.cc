// SPDX-License-Identifier: Apache-2.0
#include "evaluator/fraction.h"

#include <gtest/gtest.h>

#include <limits>

namespace plumbline {
namespace {

constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();

TEST(Fraction, RoundsOnceHalfAwayFromZero) {
  EXPECT_EQ(fraction_text({3261, 4396}, 6).value(), "0.741811");
  EXPECT_EQ(fraction_text({1, 8}, 2).value(), "0.13");
  EXPECT_EQ(fraction_text({-1, 8}, 2).value(), "-0.13");
  EXPECT_EQ(fraction_text({12'345, 100'000}, 4).value(), "0.1235");
  EXPECT_EQ(fraction_text({5, 2}, 0).value(), "3");
  EXPECT_EQ(fraction_text({-1, 1000}, 2).value(), "0.00") << "never -0";
  // 254,360,999 ms in hours: rounding to minutes first would give another digit.
  EXPECT_EQ(fraction_text({254'360'999, 3'600'000}, 4).value(), "70.6558");
}

TEST(Fraction, TextOfLargeValuesIsExact) {
  EXPECT_EQ(fraction_text({Wide{kMax} * kMax, 1}, 0).value(),
            "85070591730234615847396907784232501249");
  EXPECT_EQ(fraction_text({Wide{kMax} * kMax, Wide{kMax}}, 6).value(),
            "9223372036854775807.000000");
  Result<std::string> too_large = fraction_text({Wide{kMax} * kMax, 1}, 6);
  ASSERT_FALSE(too_large.ok());
  EXPECT_EQ(too_large.error().code(), Code::kInvalid);
}

TEST(Fraction, ComparesWithoutRounding) {
  Decimal third{333'333};
  EXPECT_EQ(compare({1, 3}, third).value(), std::strong_ordering::greater);
  EXPECT_EQ(compare({333'333, 1'000'000}, third).value(), std::strong_ordering::equal);
  EXPECT_EQ(compare({-1, 3}, Decimal{}).value(), std::strong_ordering::less);
}

TEST(Fraction, ReducesToLowestTerms) {
  Fraction half = reduced({-50, 100});
  EXPECT_TRUE(half.numerator == -1 && half.denominator == 2);
  Fraction nothing = reduced({0, 7});
  EXPECT_TRUE(nothing.numerator == 0 && nothing.denominator == 1);
}

TEST(Fraction, DividesHalfAwayFromZero) {
  EXPECT_TRUE(divide_half_away(7, 2) == 4);
  EXPECT_TRUE(divide_half_away(-7, 2) == -4);
  EXPECT_TRUE(divide_half_away(10, 3) == 3);
  EXPECT_TRUE(divide_half_away(11, 3) == 4);
}

}  // namespace
}  // namespace plumbline
