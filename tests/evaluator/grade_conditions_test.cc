// SPDX-License-Identifier: Apache-2.0
// Conditions of grades: from the points of a block to the grade, through the whole engine.
#include <gtest/gtest.h>

#include "evaluator/rebuild.h"
#include "evaluator/rules_json.h"
#include "evaluator/scoring.h"
#include "tests/support/evaluator/small_ledger.h"

namespace plumbline {
namespace {

using testing::body_of;
using testing::closed;
using testing::due_field;
using testing::opened;
using testing::word;

const char* const kTail = ", basis: For the tests., basis_kind: proposal}";

// The small pack whose best grade asks for `speed` of the 70 points of that block.
PackFiles asking(const std::string& speed, std::vector<testing::Replace> more = {}) {
  more.push_back({"standards/service.yaml", "min: 90,",
                  "min: 90, requires: {block: speed, at_least: " + speed + kTail + ","});
  return testing::small_pack(more);
}

// January of an outlet with one case on time and another that is closed after `hours`.
Json january(const PackFiles& pack, int hours) {
  testing::SmallLedger ledger;
  ledger.activate(pack, true);
  ledger.add_outlet("a", "c1");
  std::size_t stream = ledger.enroll("a");
  const Instant at = testing::at("2015-01-05T10:00:00Z");
  auto due = due_field("2015-01-19T10:00:00Z");
  ledger.batch(stream, {opened("r1", format_instant(at), {due}),
                        closed("r1", format_instant(at + Duration{hours * kMsPerHour})),
                        opened("r2", format_instant(at), {due}),
                        closed("r2", format_instant(at + Duration{hours * kMsPerHour}))});
  return body_of(rebuild(ledger, ledger.length(), testing::at("2015-02-10T00:00:00Z")).value().rows,
                 "outlet", "a", "2015-01");
}

TEST(GradeConditions, ABlockWithFewerPointsTakesTheGradeAndLeavesScoreAndVerdict) {
  // 45.50 on time, 14.70 of 24.50 for the speed, 30 for the backlog: 90.20 in all, 60.20 in speed.
  Json body = january(asking("60.21"), 48);
  EXPECT_EQ(word(body, "score"), "90.20");
  EXPECT_EQ(word(body, "grade_by_score"), "top");
  EXPECT_EQ(word(body, "grade"), "good");
  EXPECT_EQ(word(body, "grade_limited"), word(january(testing::small_pack(), 48), "grade_limited"));
  EXPECT_EQ(word(body, "verdict"), word(january(testing::small_pack(), 48), "verdict"));
  EXPECT_EQ(word(body, "conditions"), R"([{"at_least":"60.21","block":"speed","grade":"top",)"
                                      R"("holds":false,"points":"60.20"}])");
}

TEST(GradeConditions, AsManyPointsAsAskedForAreEnough) {
  Json body = january(asking("60.2"), 48);
  EXPECT_EQ(word(body, "grade"), "top");
  EXPECT_EQ(word(body, "conditions"), R"([{"at_least":"60.20","block":"speed","grade":"top",)"
                                      R"("holds":true,"points":"60.20"}])");
}

TEST(GradeConditions, AStandardWithoutAnyHasNoSuchMember) {
  EXPECT_EQ(word(january(testing::small_pack(), 48), "conditions"), "absent");
}

TEST(GradeConditions, WhoReportedNothingIsAskedForNothing) {
  testing::SmallLedger ledger;
  ledger.activate(asking("60"), true);
  ledger.add_outlet("a", "c1");
  Json body =
      body_of(rebuild(ledger, ledger.length(), testing::at("2015-02-10T00:00:00Z")).value().rows,
              "outlet", "a", "2015-01");
  EXPECT_EQ(word(body, "verdict"), "not_reported");
  EXPECT_EQ(word(body, "conditions"), "[]");
}

Decimal decimal(std::string_view text) {
  return parse_decimal(text).value();
}

// Two blocks of 60 and 40 points with one criterion each, three grades.
Standard two_blocks() {
  Standard standard;
  for (const char* weight : {"60", "40"}) {
    Criterion criterion;
    criterion.weight = decimal(weight);
    criterion.linear = Criterion::Linear{decimal("0"), decimal("1")};
    criterion.met_at = decimal("1");
    standard.blocks.push_back({weight, {}, {criterion}});
  }
  standard.grades = {{"top", {}, decimal("80")}, {"mid", {}, decimal("50")}, {"low", {}, {}}};
  standard.max_weight_without_data = decimal("70");
  return standard;
}

using Figures = std::vector<std::vector<std::optional<Fraction>>>;

std::optional<std::size_t> grade_of(const Standard& standard, const Figures& figures,
                                    const GradeLimits& limits = {}) {
  ScoreCard card = score_unit(standard, figures, true).value();
  return limited_grade(standard, limits, card.grade, card.conditions);
}

TEST(GradeConditions, TheNextGradeWhoseOwnConditionsHoldIsGiven) {
  Standard standard = two_blocks();
  standard.grades[0].conditions = {{1, decimal("30")}};
  standard.grades[1].conditions = {{1, decimal("28")}};
  auto with = [&](Wide part) {
    return grade_of(standard, {{Fraction{1, 1}}, {Fraction{part, 40}}});
  };
  EXPECT_EQ(with(30), 0u);
  EXPECT_EQ(with(29), 1u);
  EXPECT_EQ(with(28), 1u);
  EXPECT_EQ(with(27), 2u) << "87 points, and neither condition holds";
}

TEST(GradeConditions, EachConditionOfAGradeMustHold) {
  Standard standard = two_blocks();
  standard.grades[0].conditions = {{0, decimal("50")}, {1, decimal("30")}};
  auto with = [&](Wide a, Wide b) {
    return grade_of(standard, {{Fraction{a, 60}}, {Fraction{b, 40}}});
  };
  EXPECT_EQ(with(50, 30), 0u);
  EXPECT_EQ(with(49, 40), 1u);
  EXPECT_EQ(with(60, 29), 1u);
}

TEST(GradeConditions, ACapsGradeMustHoldItsConditionsToo) {
  Standard standard = two_blocks();
  standard.caps.resize(1);
  standard.caps[0].grade_index = 1;
  standard.grades[0].conditions = {{1, decimal("30")}};
  standard.grades[1].conditions = {{1, decimal("30")}};
  EXPECT_EQ(grade_of(standard, {{Fraction{1, 1}}, {Fraction{1, 1}}}, {{}, {0}}), 1u);
  EXPECT_EQ(grade_of(standard, {{Fraction{1, 1}}, {Fraction{1, 2}}}, {{}, {0}}), 2u);
  standard.vetoes.resize(1);
  EXPECT_EQ(grade_of(standard, {{Fraction{1, 1}}, {Fraction{1, 1}}}, {{0}, {}}), 2u);
}

// The other block's weight comes to this one; its points count as of 60 all the same.
TEST(GradeConditions, WeightThatABlockWasGivenBuysNoCondition) {
  Standard standard = two_blocks();
  standard.grades[0].conditions = {{0, decimal("54")}};
  standard.grades[1].conditions = {{0, decimal("54")}};
  ScoreCard card = score_unit(standard, {{Fraction{9, 10}}, {std::nullopt}}, true).value();
  EXPECT_EQ(format_decimal(*card.blocks[0][0].points, 2), "90.00");
  EXPECT_EQ(format_decimal(*card.conditions[1][0].points, 2), "54.00");
  EXPECT_TRUE(card.conditions[1][0].holds);
  EXPECT_EQ(grade_of(standard, {{Fraction{9, 10}}, {std::nullopt}}), 1u)
      << "the first grade needs all data";
  EXPECT_EQ(grade_of(standard, {{Fraction{89, 100}}, {std::nullopt}}), 2u)
      << "89 of 100 points are 53.40 of 60";
}

TEST(GradeConditions, ABlockWithoutDataHoldsNoCondition) {
  Standard standard = two_blocks();
  standard.grades[1].conditions = {{1, decimal("0.01")}};
  ScoreCard card = score_unit(standard, {{Fraction{1, 1}}, {std::nullopt}}, true).value();
  EXPECT_FALSE(card.conditions[1][0].points.has_value());
  EXPECT_EQ(grade_of(standard, {{Fraction{1, 1}}, {std::nullopt}}), 2u);
}

TEST(GradeConditions, TheRulesSayThemInWords) {
  Json rules = rules_json(*testing::compiled(asking("60.5")));
  const Json& grades = *rules.find("standards")->as_array()[0].find("grades");
  EXPECT_EQ(word(grades.as_array()[0], "requires"),
            R"([{"at_least":"60.50","basis":{"kind":"proposal","text":"For the tests."},)"
            R"("block":"speed","text":{"en":"at least 60.5 points in Speed",)"
            R"("zh":"「时效」得分不低于 60.5 分"}}])");
  EXPECT_EQ(word(grades.as_array()[1], "requires"), "[]");
}

}  // namespace
}  // namespace plumbline
