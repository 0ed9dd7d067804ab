// SPDX-License-Identifier: Apache-2.0
#include "evaluator/scoring.h"

#include <gtest/gtest.h>

namespace plumbline {
namespace {

Decimal decimal(std::string_view text) {
  return parse_decimal(text).value();
}

Criterion linear(std::string_view weight, std::string_view zero, std::string_view full) {
  Criterion out;
  out.id = "linear";
  out.weight = decimal(weight);
  out.linear = Criterion::Linear{decimal(zero), decimal(full)};
  out.met_at = decimal(full);
  out.higher_is_better = out.linear->full > out.linear->zero;
  return out;
}

// Two blocks: 50 + 20 and 30; figures are shares, full at 1.
Standard standard() {
  Standard out;
  out.blocks = {{"one", {}, {linear("50", "0", "1"), linear("20", "0", "1")}},
                {"two", {}, {linear("30", "0", "1")}}};
  out.grades = {{"top", {}, decimal("90"), {}},
                {"good", {}, decimal("60"), {}},
                {"low", {}, decimal("0"), {}}};
  out.max_weight_without_data = decimal("40");
  return out;
}

using Figures = std::vector<std::vector<std::optional<Fraction>>>;

std::string text(const std::optional<Decimal>& value) {
  return value ? format_decimal(*value, 2) : "none";
}

TEST(Points, LinearIsExactAndRoundedOnce) {
  Criterion rising = linear("45.5", "0.4", "0.95");
  auto points = [&](Wide n, Wide d) {
    return format_decimal(points_of(rising, {n, d}, rising.weight).value(), 6);
  };
  EXPECT_EQ(points(2, 5), "0.000000");
  EXPECT_EQ(points(19, 20), "45.500000");
  EXPECT_EQ(points(1, 1), "45.500000");
  EXPECT_EQ(points(0, 1), "0.000000");
  // 45.5 * (2/3 - 0.4) / 0.55 = 22.0606...
  EXPECT_EQ(points(2, 3), "22.060000");
}

TEST(Points, LinearMayFall) {
  Criterion falling = linear("30", "0.5", "0");
  auto points = [&](Wide n, Wide d) {
    return format_decimal(points_of(falling, {n, d}, falling.weight).value(), 2);
  };
  EXPECT_EQ(points(0, 1), "30.00");
  EXPECT_EQ(points(1, 4), "15.00");
  EXPECT_EQ(points(1, 2), "0.00");
  EXPECT_EQ(points(9, 10), "0.00");
  EXPECT_EQ(points(-1, 1), "30.00");
}

TEST(Points, ABandHoldsItsUpperBound) {
  Criterion bands;
  bands.weight = decimal("24.5");
  bands.bands = {{decimal("24"), decimal("1")},
                 {decimal("100"), decimal("0.6")},
                 {std::nullopt, decimal("0.1")}};
  auto points = [&](Wide n, Wide d) {
    return format_decimal(points_of(bands, {n, d}, bands.weight).value(), 2);
  };
  EXPECT_EQ(points(24, 1), "24.50");
  EXPECT_EQ(points(24'000'001, 1'000'000), "14.70");
  EXPECT_EQ(points(100, 1), "14.70");
  EXPECT_EQ(points(101, 1), "2.45");
}

TEST(Points, OverflowIsAnError) {
  Criterion wide = linear("50", "-9000000000000", "9000000000000");
  Wide huge = Wide{1} << 120;
  EXPECT_EQ(points_of(wide, {huge, 3}, wide.weight).error().code(), Code::kInvalid);
}

TEST(Split, LargestRemainderTiesToTheFirst) {
  auto split = [](std::string_view amount, std::vector<Decimal> weights) {
    std::string out;
    for (Decimal part : split_by_weight(decimal(amount), weights)) {
      out += format_decimal_short(part) + " ";
    }
    return out;
  };
  EXPECT_EQ(split("10", {decimal("1"), decimal("1"), decimal("1")}), "3.34 3.33 3.33 ");
  EXPECT_EQ(split("0.01", {decimal("20"), decimal("30")}), "0 0.01 ");
  EXPECT_EQ(split("0.02", {decimal("1"), decimal("1"), decimal("1")}), "0.01 0.01 0 ");
  EXPECT_EQ(split("30", {decimal("0"), decimal("50"), decimal("20")}), "0 21.43 8.57 ");
  EXPECT_EQ(split("0.000003", {decimal("0"), decimal("5")}), "0 0.000003 ") << "nothing is lost";
}

TEST(Score, SumsTheRoundedLinesAndGrades) {
  ScoreCard card =
      score_unit(standard(), Figures{{Fraction{1, 1}, Fraction{1, 3}}, {Fraction{2, 3}}}, true)
          .value();
  EXPECT_EQ(text(card.blocks[0][0].points), "50.00");
  EXPECT_EQ(text(card.blocks[0][1].points), "6.67");
  EXPECT_EQ(text(card.blocks[1][0].points), "20.00");
  EXPECT_EQ(text(card.score), "76.67");
  EXPECT_EQ(card.grade, 1u);
  EXPECT_EQ(card.verdict, Verdict::kNotMet);
  EXPECT_EQ(card.blocks[0][0].verdict, Verdict::kMet);
  EXPECT_EQ(card.blocks[0][1].verdict, Verdict::kNotMet);
}

TEST(Score, AGradeBeginsAtItsLeastScore) {
  auto grade = [](Wide n, Wide d) {
    return score_unit(standard(), Figures{{Fraction{n, d}, Fraction{n, d}}, {Fraction{n, d}}}, true)
        .value()
        .grade;
  };
  EXPECT_EQ(grade(9, 10), 0u);
  EXPECT_EQ(grade(8990, 10'000), 1u);
  // 45.00 + 18.00 + 27.00: the rounded lines are what is summed and graded.
  EXPECT_EQ(grade(8999, 10'000), 0u);
  EXPECT_EQ(grade(6, 10), 1u);
  EXPECT_EQ(grade(0, 10), 2u);
}

TEST(Score, MissingWeightGoesToItsBlockFirst) {
  ScoreCard card =
      score_unit(standard(), Figures{{Fraction{1, 1}, std::nullopt}, {Fraction{1, 1}}}, true)
          .value();
  EXPECT_EQ(text(card.blocks[0][0].weight_used), "70.00");
  EXPECT_EQ(text(card.blocks[0][0].redistributed), "20.00");
  EXPECT_EQ(text(card.blocks[0][1].weight_used), "0.00");
  EXPECT_EQ(text(card.blocks[0][1].redistributed), "-20.00");
  EXPECT_EQ(card.blocks[0][1].verdict, Verdict::kInsufficientData);
  EXPECT_EQ(text(card.blocks[0][1].points), "none");
  EXPECT_EQ(text(card.blocks[1][0].weight_used), "30.00");
  EXPECT_EQ(text(card.score), "100.00");
  EXPECT_EQ(card.verdict, Verdict::kInsufficientData);
  // The score reaches the top grade, but part of it rests on weight that had no data.
  EXPECT_TRUE(card.grade_limited);
  EXPECT_EQ(card.grade, 1u);
}

TEST(Score, ABlockWithoutDataGivesItsWeightToTheOthers) {
  ScoreCard card =
      score_unit(standard(), Figures{{Fraction{1, 1}, Fraction{1, 1}}, {std::nullopt}}, true)
          .value();
  EXPECT_EQ(text(card.blocks[0][0].weight_used), "71.43");
  EXPECT_EQ(text(card.blocks[0][1].weight_used), "28.57");
  EXPECT_EQ(text(card.score), "100.00");
  EXPECT_EQ(text(card.weight_without_data), "30.00");
}

TEST(Score, TooMuchWeightWithoutDataHasNoGrade) {
  auto card = [](const Figures& figures) { return score_unit(standard(), figures, true).value(); };
  ScoreCard lost = card({{std::nullopt, Fraction{1, 1}}, {Fraction{1, 1}}});
  EXPECT_EQ(text(lost.weight_without_data), "50.00");
  EXPECT_FALSE(lost.grade.has_value());
  EXPECT_EQ(lost.verdict, Verdict::kInsufficientData);
  EXPECT_EQ(text(lost.score), "100.00");
  Standard exact = standard();
  exact.max_weight_without_data = decimal("50");
  EXPECT_TRUE(score_unit(exact, {{std::nullopt, Fraction{1, 1}}, {Fraction{1, 1}}}, true)
                  .value()
                  .grade.has_value())
      << "as much as is allowed is allowed";
  ScoreCard nothing = card({{std::nullopt, std::nullopt}, {std::nullopt}});
  EXPECT_EQ(text(nothing.score), "none");
  EXPECT_EQ(nothing.verdict, Verdict::kInsufficientData);
}

TEST(Score, WithoutAReportEverythingIsNotReported) {
  ScoreCard card =
      score_unit(standard(), Figures{{Fraction{1, 1}, std::nullopt}, {Fraction{1, 1}}}, false)
          .value();
  EXPECT_EQ(card.verdict, Verdict::kNotReported);
  EXPECT_EQ(text(card.score), "none");
  EXPECT_FALSE(card.grade.has_value());
  EXPECT_EQ(text(card.weight_without_data), "100.00");
  for (const auto& block : card.blocks) {
    for (const CriterionLine& line : block) EXPECT_EQ(line.verdict, Verdict::kNotReported);
  }
}

TEST(Score, AllMetIsMet) {
  ScoreCard card =
      score_unit(standard(), Figures{{Fraction{1, 1}, Fraction{1, 1}}, {Fraction{1, 1}}}, true)
          .value();
  EXPECT_EQ(card.verdict, Verdict::kMet);
  EXPECT_EQ(card.grade, 0u);
  EXPECT_FALSE(card.grade_limited);
}

TEST(Score, MetAtIsComparedExactly) {
  Standard one = standard();
  one.blocks[0].criteria[0].met_at = decimal("0.333333");
  auto verdict = [&](Wide n, Wide d) {
    return score_unit(one, Figures{{Fraction{n, d}, std::nullopt}, {std::nullopt}}, true)
        .value()
        .blocks[0][0]
        .verdict;
  };
  EXPECT_EQ(verdict(333'333, 1'000'000), Verdict::kMet);
  EXPECT_EQ(verdict(333'332, 1'000'000), Verdict::kNotMet);
  one.blocks[0].criteria[0].higher_is_better = false;
  EXPECT_EQ(verdict(1, 3), Verdict::kNotMet) << "a third is above 0.333333";
}

TEST(Verdicts, HaveFiveWords) {
  EXPECT_EQ(verdict_name(Verdict::kMet), "met");
  EXPECT_EQ(verdict_name(Verdict::kNotMet), "not_met");
  EXPECT_EQ(verdict_name(Verdict::kInsufficientData), "insufficient_data");
  EXPECT_EQ(verdict_name(Verdict::kNotReported), "not_reported");
  EXPECT_EQ(verdict_name(Verdict::kNotApplicable), "not_applicable");
}

}  // namespace
}  // namespace plumbline
