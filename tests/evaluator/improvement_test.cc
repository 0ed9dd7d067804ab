// SPDX-License-Identifier: Apache-2.0
#include "evaluator/improvement.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <string>

namespace plumbline {
namespace {

Decimal decimal(std::string_view text) {
  return parse_decimal(text).value();
}

Criterion linear(std::size_t indicator, std::string_view weight, std::string_view zero,
                 std::string_view full) {
  Criterion out;
  out.id = "c" + std::to_string(indicator);
  out.indicator_index = indicator;
  out.weight = decimal(weight);
  out.linear = Criterion::Linear{decimal(zero), decimal(full)};
  out.met_at = decimal(full);
  out.higher_is_better = out.linear->full > out.linear->zero;
  return out;
}

Indicator indicator(Aggregate aggregate, std::int64_t min_sample = 1) {
  Indicator out;
  out.id = "figure";
  out.aggregate = aggregate;
  out.quantile = decimal("0.5");
  out.min_sample = min_sample;
  return out;
}

Tally share(std::int64_t numerator, std::int64_t n) {
  Tally tally;
  if (numerator > 0) tally.add(Aggregate::kShare, {0, true, ""}, numerator);
  if (n > numerator) tally.add(Aggregate::kShare, {0, false, ""}, n - numerator);
  return tally;
}

// Two shares of 60 and 40 points, full at 1 and none at 0.
Standard two_shares() {
  Standard out;
  out.indicators = {indicator(Aggregate::kShare), indicator(Aggregate::kShare)};
  out.blocks = {{"one", {}, {linear(0, "60", "0", "1")}}, {"two", {}, {linear(1, "40", "0", "1")}}};
  out.grades = {{"top", {}, decimal("90")}, {"good", {}, decimal("60")}, {"low", {}, {}}};
  out.max_weight_without_data = decimal("40");
  return out;
}

UnitMeasures measures(std::vector<Tally> tallies) {
  UnitMeasures out;
  out.tallies = std::move(tallies);
  out.reported = true;
  return out;
}

Improvement improve(const Standard& standard, const UnitMeasures& of) {
  return improvement_of(standard, of).value();
}

// What was answered, without what the scoring gives then.
std::string said(const Reach& reach) {
  switch (reach.kind) {
    case Reach::Kind::kAlready:
      return "already";
    case Reach::Kind::kCases:
      return std::to_string(reach.cases);
    case Reach::Kind::kTooLate:
      return "too late: " + std::to_string(reach.cases);
    case Reach::Kind::kNotReachable:
      return "never";
  }
  return "";
}

std::string said(const std::optional<Pair>& pair) {
  if (!pair) return "none";
  auto part = [](const Pair::Part& of) {
    return std::to_string(of.block) + "." + std::to_string(of.criterion) + "/" +
           std::to_string(static_cast<int>(of.way)) + ": " + std::to_string(of.cases);
  };
  return part(pair->first) + ", " + part(pair->second);
}

TEST(Improvement, AdditionalCasesOfAShare) {
  // 60 * 5/10 + 40 * 5/10 = 50: low. 60 need 60 * x + 20 >= 60: x = 2/3: (5 + 5) / (10 + 5).
  Improvement got = improve(two_shares(), measures({share(5, 10), share(5, 10)}));
  ASSERT_EQ(got.next_grade, std::size_t{1});
  ASSERT_EQ(got.criteria[0][0].size(), 1u);
  EXPECT_EQ(said(got.criteria[0][0][0].next_grade), "5");
  // The other: 30 + 40 * x >= 60: x = 3/4: (5 + 10) / (10 + 10).
  EXPECT_EQ(said(got.criteria[1][0][0].next_grade), "10");
  EXPECT_EQ(said(got.criteria[0][0][0].met), "never") << "5 of 10 never become all";
  // Points are rounded to 0.01, so all are had before the share is whole: 60 * 5 / n <= 0.005.
  EXPECT_EQ(said(got.criteria[0][0][0].full), "59990");
}

TEST(Improvement, TurnedCasesAreNoMoreThanAreOpen) {
  UnitMeasures of = measures({share(5, 10), share(5, 10)});
  of.open.resize(2);
  of.open[0].out.turning = 1;
  of.open[1].out.turning = 4;
  Improvement got = improve(two_shares(), of);
  ASSERT_EQ(got.criteria[0][0].size(), 2u);
  EXPECT_EQ(got.criteria[0][0][1].way, Way::kTurned);
  EXPECT_EQ(said(got.criteria[0][0][1].next_grade), "never") << "56";
  EXPECT_EQ(said(got.criteria[1][0][1].next_grade), "3") << "30 + 40 * 8/10 = 62";
  EXPECT_EQ(said(got.criteria[1][0][1].met), "never");
  // 60 * 6/10 + 40 * 6/10 = 60: one of each is cheaper than three of one.
  EXPECT_EQ(said(got.pair), "0.0/1: 1, 1.0/1: 1");
  EXPECT_EQ(got.pair->score, decimal("60"));
  EXPECT_EQ(got.pair->grade, std::size_t{1});
}

// Cases that stand against a share or a count only as long as they are open.
TEST(Improvement, GoneCasesNoLongerStandAgainstAFigure) {
  Standard standard = two_shares();
  standard.indicators[1] = indicator(Aggregate::kCount, 0);
  standard.blocks[1].criteria = {linear(1, "40", "4", "0")};
  Tally three;
  three.add(Aggregate::kCount, {}, 3);
  UnitMeasures of = measures({share(5, 10), three});
  of.open.resize(2);
  of.open[0].out.leaving = 5;
  of.open[1].out.leaving = 2;
  Improvement got = improve(standard, of);
  EXPECT_EQ(got.now.card.score, decimal("40")) << "30 + 10";
  ASSERT_EQ(got.criteria[0][0].size(), 2u);
  EXPECT_EQ(got.criteria[0][0][1].way, Way::kGone);
  EXPECT_EQ(said(got.criteria[0][0][1].next_grade), "4") << "60 * 5/6 + 10";
  EXPECT_EQ(said(got.criteria[0][0][1].met), "5") << "5 of 5";
  ASSERT_EQ(got.criteria[1][0].size(), 1u) << "more cases lift no count that should fall";
  EXPECT_EQ(said(got.criteria[1][0][0].next_grade), "2") << "30 + 30";
  EXPECT_EQ(said(got.criteria[1][0][0].met), "never") << "one of the three is closed already";
}

TEST(Improvement, WhatIsAnsweredIsWhatTheScoringGives) {
  Improvement got = improve(two_shares(), measures({share(5, 10), share(5, 10)}));
  const Reach& reach = got.criteria[0][0][0].next_grade;
  EXPECT_EQ(reach.points, decimal("40")) << "60 * 10/15";
  EXPECT_EQ(reach.score, decimal("60"));
  EXPECT_EQ(reach.grade, std::size_t{1});
  const Reach& points = got.criteria[0][0][0].points;
  EXPECT_EQ(said(points), "1");
  EXPECT_EQ(points.points, decimal("32.73")) << "60 * 6/11";
}

TEST(Improvement, OfAPeriodThatHasEndedOnlyOpenCasesCanStillCome) {
  UnitMeasures of = measures({share(5, 10), share(5, 10)});
  of.ended = true;
  of.open.resize(2);
  of.open[1].in.joining = 10;
  Improvement got = improve(two_shares(), of);
  EXPECT_EQ(said(got.criteria[0][0][0].next_grade), "too late: 5");
  EXPECT_EQ(got.criteria[0][0][0].next_grade.score, decimal("60"));
  EXPECT_EQ(said(got.criteria[0][0][0].met), "never");
  EXPECT_EQ(said(got.criteria[1][0][0].next_grade), "10") << "ten are open, and would join";
  EXPECT_EQ(got.criteria[1][0][0].open, 10);
  EXPECT_FALSE(got.pair) << "nothing can still come to the first";
}

// 1 and 2 are counts; 3 is their sum, 4 the sum over 2, 5 is 1 over 2.
Standard derived() {
  Standard out = two_shares();
  out.indicators = {indicator(Aggregate::kShare), indicator(Aggregate::kCount, 0),
                    indicator(Aggregate::kCount, 0), indicator(Aggregate::kCount, 0),
                    indicator(Aggregate::kCount)};
  out.indicators[3].over = IndicatorOver::kSum;
  out.indicators[3].parts = {1, 2};
  out.indicators[4].over = IndicatorOver::kRatio;
  out.indicators[4].parts = {1, 2};
  return out;
}

Tally count(std::int64_t n) {
  Tally tally;
  if (n > 0) tally.add(Aggregate::kCount, {}, n);
  return tally;
}

TEST(Improvement, ASumIsMovedByTheCasesOfEachOfItsCounts) {
  Standard standard = derived();
  standard.blocks[1].criteria = {linear(3, "40", "0", "10")};
  Improvement got =
      improve(standard, measures({share(5, 10), count(2), count(3), Tally(), Tally()}));
  EXPECT_EQ(got.now.card.score, decimal("50")) << "30 + 40 * 5/10";
  ASSERT_EQ(got.criteria[1][0].size(), 2u);
  EXPECT_EQ(got.criteria[1][0][0].indicator, 1u);
  EXPECT_EQ(got.criteria[1][0][1].indicator, 2u);
  for (const Move& move : got.criteria[1][0]) {
    EXPECT_EQ(said(move.next_grade), "3") << "30 + 40 * 8/10 >= 60";
    EXPECT_EQ(said(move.met), "5");
  }
}

TEST(Improvement, ARatioRisesWithWhatIsAboveItAndFallsWithWhatIsBelow) {
  Standard standard = derived();
  standard.blocks[1].criteria = {linear(4, "40", "0", "1")};
  UnitMeasures of = measures({share(5, 10), count(2), count(4), Tally(), Tally()});
  of.open.resize(5);
  of.open[2].out.leaving = 4;
  Improvement got = improve(standard, of);
  ASSERT_EQ(got.criteria[1][0].size(), 2u);
  EXPECT_EQ(got.criteria[1][0][0].indicator, 1u);
  EXPECT_EQ(said(got.criteria[1][0][0].met), "2") << "4 over 4";
  EXPECT_EQ(got.criteria[1][0][1].indicator, 2u);
  EXPECT_EQ(got.criteria[1][0][1].way, Way::kGone);
  EXPECT_EQ(said(got.criteria[1][0][1].met), "2") << "2 over 2";
  standard.blocks[1].criteria = {linear(4, "40", "1", "0.25")};
  got = improve(standard, measures({share(5, 10), count(2), count(4), Tally(), Tally()}));
  ASSERT_EQ(got.criteria[1][0].size(), 1u);
  EXPECT_EQ(got.criteria[1][0][0].indicator, 2u);
  EXPECT_EQ(said(got.criteria[1][0][0].met), "4") << "2 over 8";
}

TEST(Improvement, ARatioOverNothingBeginsWithWhatIsBelow) {
  Standard standard = derived();
  standard.blocks[1].criteria = {linear(4, "40", "0", "1")};
  standard.indicators[4].min_sample = 3;
  Improvement got =
      improve(standard, measures({share(5, 10), count(4), count(0), Tally(), Tally()}));
  ASSERT_EQ(got.criteria[1][0].size(), 2u);
  EXPECT_EQ(said(got.criteria[1][0][0].met), "never") << "more above nothing is no ratio";
  EXPECT_EQ(got.criteria[1][0][1].indicator, 2u);
  EXPECT_EQ(said(got.criteria[1][0][1].met), "3") << "4 over 3";
}

// Two of the first and four of the second would do, but the sum counts the cases of both.
TEST(Improvement, FiguresWithCommonCasesAreNotPaired) {
  Standard standard = derived();
  standard.blocks[0].criteria = {linear(1, "60", "0", "4")};
  standard.blocks[1].criteria = {linear(3, "40", "0", "8")};
  UnitMeasures of = measures({share(1, 1), Tally(), Tally(), Tally(), Tally()});
  of.ended = true;
  of.open.resize(5);
  of.open[1].out.joining = 2;
  of.open[2].out.joining = 10;
  Improvement got = improve(standard, of);
  EXPECT_EQ(said(got.criteria[0][0][0].next_grade), "too late: 3");
  EXPECT_EQ(said(got.pair), "none");
}

TEST(Improvement, ACapIsLiftedByItsOwnFigure) {
  Standard standard = two_shares();
  standard.indicators.push_back(indicator(Aggregate::kCount, 0));
  Cap cap;
  cap.grade_index = 2;
  cap.indicator_index = 2;
  cap.above = decimal("1");
  standard.caps = {cap};
  UnitMeasures of = measures({share(10, 10), share(5, 10), count(3)});
  of.open.resize(3);
  of.open[2].out.leaving = 2;
  Improvement got = improve(standard, of);
  ASSERT_EQ(got.caps.size(), 1u);
  ASSERT_EQ(got.caps[0].size(), 1u);
  EXPECT_EQ(got.caps[0][0].way, Way::kGone);
  EXPECT_EQ(said(got.caps[0][0].met), "2");
  EXPECT_EQ(said(got.caps[0][0].next_grade), "2");
  EXPECT_EQ(said(got.criteria[1][0][0].next_grade), "never") << "the cap stays";
}

TEST(Improvement, AVetoIsLiftedByNoCase) {
  Standard standard = two_shares();
  standard.vetoes = {{"fabricated", {}, "fabricated_events"}};
  UnitMeasures of = measures({share(9, 10), share(9, 10)});
  of.vetoes = {0};
  Improvement got = improve(standard, of);
  EXPECT_EQ(got.now.grade, std::size_t{2});
  EXPECT_EQ(got.held.vetoes, std::vector<std::size_t>{0});
  EXPECT_EQ(said(got.criteria[0][0][0].next_grade), "never");
  EXPECT_FALSE(got.pair);
}

TEST(Improvement, ACapHoldsUntilItsFigureIsBack) {
  Standard standard = two_shares();
  Cap cap;
  cap.grade_index = 2;
  cap.indicator_index = 1;
  cap.below = decimal("0.5");
  standard.caps = {cap};
  Improvement got = improve(standard, measures({share(10, 10), share(4, 10)}));
  EXPECT_EQ(got.now.card.grade, std::size_t{1});
  EXPECT_EQ(got.held.caps, std::vector<std::size_t>{0});
  EXPECT_EQ(said(got.criteria[1][0][0].next_grade), "2") << "6 of 12";
  EXPECT_EQ(said(got.criteria[0][0][0].next_grade), "never");
}

TEST(Improvement, AConditionAndMissingDataAreNamed) {
  Standard standard = two_shares();
  standard.grades[1].conditions = {{1, decimal("30"), {}}};
  Improvement got = improve(standard, measures({share(10, 10), share(4, 10)}));
  EXPECT_EQ(got.conditions, std::vector<std::size_t>{0});
  EXPECT_EQ(said(got.criteria[1][0][0].next_grade), "14") << "18 of 24";
  EXPECT_FALSE(got.held_by_missing_data);
  got = improve(two_shares(), measures({share(10, 10), Tally()}));
  EXPECT_EQ(got.now.grade, std::size_t{1});
  EXPECT_TRUE(got.held_by_missing_data);
  EXPECT_EQ(said(got.criteria[1][0][0].next_grade), "1");
  EXPECT_EQ(said(got.criteria[0][0][0].next_grade), "never");
}

TEST(Improvement, OfTheFirstGradeNothingIsAsked) {
  Improvement got = improve(two_shares(), measures({share(10, 10), share(10, 10)}));
  EXPECT_FALSE(got.next_grade);
  EXPECT_EQ(said(got.criteria[0][0][0].met), "already");
  EXPECT_EQ(said(got.criteria[0][0][0].full), "already");
  EXPECT_FALSE(got.pair);
}

TEST(Improvement, WhoReportedNothingIsNotReachedBelowTheLeastSample) {
  Standard standard = two_shares();
  for (Indicator& one : standard.indicators) one.min_sample = 7;
  UnitMeasures of = measures({Tally(), Tally()});
  of.reported = false;
  Improvement got = improve(standard, of);
  EXPECT_EQ(got.next_grade, std::size_t{2}) << "any grade";
  EXPECT_EQ(said(got.criteria[0][0][0].met), "7");
  EXPECT_EQ(said(got.criteria[0][0][0].next_grade), "7");
  EXPECT_EQ(said(got.criteria[1][0][0].next_grade), "never")
      << "60 points of weight stay without data";
}

TEST(Improvement, NothingIsSaidOfMeansSumsAndOfCountsThatShouldFall) {
  Standard standard = two_shares();
  standard.indicators = {indicator(Aggregate::kMean), indicator(Aggregate::kCount, 0)};
  standard.blocks[1].criteria = {linear(1, "40", "10", "0")};
  Tally mean;
  mean.add(Aggregate::kMean, {0, false, ""});
  Tally count;
  count.add(Aggregate::kCount, {}, 5);
  Improvement got = improve(standard, measures({mean, count}));
  EXPECT_TRUE(got.criteria[0][0].empty());
  EXPECT_TRUE(got.criteria[1][0].empty());
}

TEST(Improvement, NoAnswerIsAboveTheBound) {
  Standard standard = two_shares();
  standard.indicators[0] = indicator(Aggregate::kCount, 0);
  standard.blocks[0].criteria = {linear(0, "60", "0", "100000")};
  UnitMeasures of = measures({Tally(), share(1, 2)});
  EXPECT_EQ(said(improve(standard, of).criteria[0][0][0].met), "100000");
  standard.blocks[0].criteria = {linear(0, "60", "0", "100001")};
  EXPECT_EQ(said(improve(standard, of).criteria[0][0][0].met), "never");
}

// With two criteria that pull one figure both ways, more is not better: each number is tried.
TEST(Improvement, AFigureThatIsPulledBothWaysIsScanned) {
  Standard standard = two_shares();
  standard.indicators = {indicator(Aggregate::kCount, 0)};
  standard.blocks[0].criteria = {linear(0, "60", "0", "10")};
  standard.blocks[1].criteria = {linear(0, "40", "40", "20")};
  Tally five;
  five.add(Aggregate::kCount, {}, 5);
  Improvement got = improve(standard, measures({five}));
  EXPECT_EQ(got.now.grade, std::size_t{1}) << "30 + 40";
  // 60 * n/10 + 40 >= 90 from 9 on, and below it again from 26 on.
  EXPECT_EQ(said(got.criteria[0][0][0].next_grade), "4");
}

}  // namespace
}  // namespace plumbline
