// SPDX-License-Identifier: Apache-2.0
#include "evaluator/tally.h"

#include <gtest/gtest.h>

#include <limits>

namespace plumbline {
namespace {

Indicator indicator(Aggregate aggregate, Decimal quantile = {}) {
  Indicator out;
  out.id = "figure";
  out.aggregate = aggregate;
  out.quantile = quantile;
  return out;
}

Tally tally_of(Aggregate aggregate, const std::vector<std::int64_t>& numbers) {
  Tally tally;
  for (std::int64_t number : numbers) tally.add(aggregate, {number, number > 0, ""});
  return tally;
}

std::string figure(const Indicator& of, const Tally& tally, int decimals) {
  std::optional<Fraction> value = figure_of(of, tally);
  return value ? fraction_text(*value, decimals).value() : "none";
}

TEST(Tally, QuantileIsTheNearestRank) {
  auto median = [](const std::vector<std::int64_t>& numbers) {
    return figure(indicator(Aggregate::kQuantile, Decimal{500'000}),
                  tally_of(Aggregate::kQuantile, numbers), 0);
  };
  EXPECT_EQ(median({5}), "5");
  EXPECT_EQ(median({4, 1, 3, 2}), "2") << "the lower middle";
  EXPECT_EQ(median({9, 9, 1}), "9");
  EXPECT_EQ(median({-5, -5, 7}), "-5");
  EXPECT_EQ(median({}), "none");
  auto quantile = [](std::int64_t millionths, const std::vector<std::int64_t>& numbers) {
    return figure(indicator(Aggregate::kQuantile, Decimal{millionths}),
                  tally_of(Aggregate::kQuantile, numbers), 0);
  };
  std::vector<std::int64_t> ten = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
  EXPECT_EQ(quantile(900'000, ten), "9") << "0.9 of 10 is exactly 9";
  EXPECT_EQ(quantile(900'001, ten), "10");
  EXPECT_EQ(quantile(1'000'000, ten), "10");
  EXPECT_EQ(quantile(1, ten), "1");
}

TEST(Tally, RemovingIsTheInverseOfAdding) {
  Indicator median = indicator(Aggregate::kQuantile, Decimal{500'000});
  Tally tally = tally_of(Aggregate::kQuantile, {1, 2, 3});
  tally.remove(Aggregate::kQuantile, {2, true, ""});
  tally.remove(Aggregate::kQuantile, {1, true, ""});
  EXPECT_EQ(figure(median, tally, 0), "3");
  tally.remove(Aggregate::kQuantile, {3, true, ""});
  EXPECT_TRUE(tally.empty());
  EXPECT_EQ(figure(median, tally, 0), "none");
}

TEST(TallyDeathTest, RemovingWhatWasNotAddedIsABug) {
  Tally tally = tally_of(Aggregate::kQuantile, {1});
  EXPECT_DEATH(tally.remove(Aggregate::kQuantile, {2, false, ""}), "never added");
}

TEST(Tally, MeanIsRoundedOnce) {
  Tally tally = tally_of(Aggregate::kMean, {1, 1, 2});
  EXPECT_EQ(figure(indicator(Aggregate::kMean), tally, 3), "1.333");
  EXPECT_EQ(figure(indicator(Aggregate::kMean), {}, 3), "none");
}

TEST(Tally, ShareHasNoFigureWithoutCases) {
  EXPECT_EQ(figure(indicator(Aggregate::kShare), tally_of(Aggregate::kShare, {1, 0, 0}), 6),
            "0.333333");
  EXPECT_EQ(figure(indicator(Aggregate::kShare), {}, 6), "none");
}

TEST(Tally, CountSumAndDistinctOfNothingAreZero) {
  EXPECT_EQ(figure(indicator(Aggregate::kCount), {}, 0), "0");
  EXPECT_EQ(figure(indicator(Aggregate::kSum), {}, 0), "0");
  EXPECT_EQ(figure(indicator(Aggregate::kDistinct), {}, 0), "0");
}

TEST(Tally, DistinctCountsATextOnce) {
  Tally tally;
  for (const char* text : {"x", "y", "x"}) tally.add(Aggregate::kDistinct, {0, false, text});
  EXPECT_EQ(figure(indicator(Aggregate::kDistinct), tally, 0), "2");
  tally.remove(Aggregate::kDistinct, {0, false, "x"});
  EXPECT_EQ(figure(indicator(Aggregate::kDistinct), tally, 0), "2");
  tally.remove(Aggregate::kDistinct, {0, false, "x"});
  EXPECT_EQ(figure(indicator(Aggregate::kDistinct), tally, 0), "1");
}

TEST(Tally, SumsBeyondSixtyFourBitsAreExact) {
  constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
  Tally tally = tally_of(Aggregate::kSum, {kMax, kMax, kMax});
  EXPECT_EQ(figure(indicator(Aggregate::kSum), tally, 0), "27670116110564327421");
}

TEST(Tally, IsSufficientFromItsLeastSample) {
  Indicator share = indicator(Aggregate::kShare);
  share.min_sample = 2;
  EXPECT_FALSE(is_sufficient(share, tally_of(Aggregate::kShare, {1})));
  EXPECT_TRUE(is_sufficient(share, tally_of(Aggregate::kShare, {1, 1})));
  share.min_sample = 0;
  EXPECT_FALSE(is_sufficient(share, {})) << "no share of nothing";
}

TEST(Tally, NoneIsAFigureWhereTheIndicatorSaysSo) {
  for (Aggregate aggregate : {Aggregate::kCount, Aggregate::kSum, Aggregate::kDistinct}) {
    Indicator counted = indicator(aggregate);
    EXPECT_FALSE(is_sufficient(counted, {}));
    counted.min_sample = 0;
    EXPECT_TRUE(is_sufficient(counted, {}));
    EXPECT_EQ(figure(counted, {}, 0), "0");
  }
  for (Aggregate aggregate : {Aggregate::kShare, Aggregate::kMean, Aggregate::kQuantile}) {
    Indicator shared = indicator(aggregate);
    shared.min_sample = 0;
    EXPECT_FALSE(is_sufficient(shared, {}));
  }
}

}  // namespace
}  // namespace plumbline
