// SPDX-License-Identifier: Apache-2.0
// Figures over figures: exact sums and ratios, and through the whole engine.
#include "evaluator/measured.h"

#include <gtest/gtest.h>

#include <limits>

#include "evaluator/rebuild.h"
#include "evaluator/rules_json.h"
#include "tests/support/evaluator/small_ledger.h"

namespace plumbline {
namespace {

using testing::body_of;
using testing::closed;
using testing::criterion_of;
using testing::indicator_of;
using testing::opened;
using testing::visit;
using testing::word;

Measured part(std::int64_t n, Wide numerator, Wide denominator = 1) {
  Measured out;
  out.n = n;
  out.figure = Fraction{numerator, denominator};
  return out;
}

Measured over(IndicatorOver form, const std::vector<Measured>& parts, std::int64_t least = 1) {
  Indicator indicator;
  indicator.over = form;
  indicator.min_sample = least;
  std::vector<const Measured*> pointers;
  for (const Measured& one : parts) pointers.push_back(&one);
  return measured_over(indicator, pointers);
}

std::string text(const Measured& of) {
  return of.figure ? fraction_text(*of.figure, 6).value() : "none";
}

TEST(Measured, ASumAddsExactFiguresAndTheirCases) {
  Measured sum =
      over(IndicatorOver::kSum, {part(2, 1, 3), part(1, 1, 3), part(0, 0), part(4, 1, 3)});
  EXPECT_EQ(text(sum), "1.000000") << "three thirds, none of them rounded";
  EXPECT_EQ(sum.n, 7);
  EXPECT_TRUE(sum.sufficient);
}

TEST(Measured, ASumOfNothingIsZeroAndSufficientOnlyWhereZeroIsAsked) {
  EXPECT_EQ(text(over(IndicatorOver::kSum, {part(0, 0), part(0, 0)})), "0.000000");
  EXPECT_FALSE(over(IndicatorOver::kSum, {part(0, 0), part(0, 0)}).sufficient);
  EXPECT_TRUE(over(IndicatorOver::kSum, {part(0, 0), part(0, 0)}, 0).sufficient);
  EXPECT_FALSE(over(IndicatorOver::kSum, {part(2, 9), part(2, 9)}, 5).sufficient);
  EXPECT_TRUE(over(IndicatorOver::kSum, {part(2, 9), part(3, 9)}, 5).sufficient);
}

TEST(Measured, ARatioIsNoShareAndHasTheCasesOfWhatItIsOver) {
  Measured ratio = over(IndicatorOver::kRatio, {part(9, 3), part(2, 2)}, 2);
  EXPECT_EQ(text(ratio), "1.500000");
  EXPECT_EQ(ratio.n, 2);
  EXPECT_TRUE(ratio.sufficient);
  EXPECT_FALSE(over(IndicatorOver::kRatio, {part(9, 3), part(2, 2)}, 3).sufficient);
  EXPECT_EQ(text(over(IndicatorOver::kRatio, {part(0, 0), part(2, 2)})), "0.000000");
}

TEST(Measured, ARatioOverZeroIsNoFigure) {
  Measured ratio = over(IndicatorOver::kRatio, {part(3, 3), part(0, 0)});
  EXPECT_EQ(text(ratio), "none");
  EXPECT_FALSE(ratio.sufficient);
  EXPECT_TRUE(ratio.error.empty());
  // Cases that add up to zero are as little to divide by as no cases.
  EXPECT_FALSE(over(IndicatorOver::kRatio, {part(3, 3), part(5, 0)}).sufficient);
}

TEST(Measured, ANegativeDenominatorKeepsTheSignOfTheQuotient) {
  EXPECT_EQ(text(over(IndicatorOver::kRatio, {part(1, 1), part(1, -4)})), "-0.250000");
  EXPECT_EQ(text(over(IndicatorOver::kRatio, {part(1, -1), part(1, -4)})), "0.250000");
}

TEST(Measured, WhatDoesNotFitSaysSoAndIsCarriedOn) {
  const Wide huge = (Wide{1} << 126) + 1;
  Measured sum = over(IndicatorOver::kSum, {part(1, huge), part(1, huge), part(1, 1)});
  EXPECT_EQ(text(sum), "none");
  EXPECT_NE(sum.error.find("128 bits"), std::string::npos);
  Measured ratio = over(IndicatorOver::kRatio, {part(1, 1), sum});
  EXPECT_EQ(ratio.error, sum.error);
  EXPECT_FALSE(ratio.sufficient);
  EXPECT_FALSE(over(IndicatorOver::kRatio, {part(1, huge, 3), part(1, 7, huge)}).error.empty());
}

// The small pack with figures over its own: people for each request, and both together.
PackFiles over_pack(const std::string& more = "") {
  return testing::small_pack(
      {{"standards/service.yaml", "blocks:\n",
        "  per_request: {title: {zh: 每件走访人数, en: People for each request},"
        " levels: [network, city, outlet], ratio: {of: people, over: opened},"
        " unit: {id: none, decimals: 3}" +
            more +
            "}\n"
            "  both: {title: {zh: 合计, en: Both}, levels: [network, outlet],"
            " sum: [opened, people], min_sample: 0}\n"
            "blocks:\n"},
       {"standards/service.yaml", "        indicator: overdue_open\n",
        "        indicator: per_request\n"},
       {"standards/service.yaml", "linear: {zero: 0.5, full: 0}\n        met_at: 0.1\n",
        "linear: {zero: 0, full: 1.5}\n"}});
}

std::vector<ResultRow> rows_of(const PackFiles& pack, int requests_of_b) {
  testing::SmallLedger ledger;
  ledger.activate(pack, true);
  for (const char* id : {"a", "b"}) ledger.add_outlet(id, "c1");
  std::size_t a = ledger.enroll("a");
  std::size_t b = ledger.enroll("b");
  ledger.batch(a, {opened("r1", "2015-01-05T10:00:00Z"), visit("v1", "2015-01-06T10:00:00Z", 1)});
  std::vector<Event> of_b = {visit("v1", "2015-01-06T10:00:00Z", 3)};
  for (int i = 0; i < requests_of_b; ++i) {
    of_b.push_back(opened("r" + std::to_string(i), "2015-01-05T10:00:00Z"));
  }
  ledger.batch(b, of_b);
  return rebuild(ledger, ledger.length(), testing::at("2015-02-10T00:00:00Z")).value().rows;
}

TEST(Measured, AHigherLevelDividesItsTotals) {
  std::vector<ResultRow> rows = rows_of(over_pack(), 3);
  auto ratio = [&](const std::string& level, const std::string& unit) {
    return indicator_of(body_of(rows, level, unit, "2015-01"), "per_request");
  };
  EXPECT_EQ(word(ratio("outlet", "a"), "value"), "1.000");
  EXPECT_EQ(word(ratio("outlet", "b"), "value"), "1.000");
  EXPECT_EQ(word(ratio("city", "c1"), "value"), "1.000");
  rows = rows_of(over_pack(), 1);
  EXPECT_EQ(word(ratio("outlet", "b"), "value"), "3.000");
  EXPECT_EQ(word(ratio("network", "ALL"), "value"), "2.000") << "4 over 2";
  EXPECT_EQ(word(ratio("network", "ALL"), "n"), "2");
  EXPECT_EQ(word(ratio("network", "ALL"), "numerator"), "absent");
  EXPECT_EQ(word(ratio("network", "ALL"), "by"), "[]");
  Json sum = indicator_of(body_of(rows, "network", "ALL", "2015-01"), "both");
  EXPECT_EQ(word(sum, "value"), "6");
  EXPECT_EQ(word(sum, "n"), "4");
}

TEST(Measured, ACriterionOverARatioEarnsPointsOrLacksData) {
  std::vector<ResultRow> rows = rows_of(over_pack(), 0);
  Json a = criterion_of(body_of(rows, "outlet", "a", "2015-01"), "overdue_open");
  EXPECT_EQ(word(a, "verdict"), "not_met");
  EXPECT_EQ(word(*a.find("figure"), "value"), "1.000");
  Json b = criterion_of(body_of(rows, "outlet", "b", "2015-01"), "overdue_open");
  EXPECT_EQ(word(b, "verdict"), "insufficient_data") << "three people over no request";
  EXPECT_EQ(word(*b.find("figure"), "value"), "null");
  rows = rows_of(over_pack(", min_sample: 2"), 1);
  EXPECT_EQ(word(criterion_of(body_of(rows, "outlet", "b", "2015-01"), "overdue_open"), "verdict"),
            "insufficient_data");
  EXPECT_EQ(
      word(indicator_of(body_of(rows, "network", "ALL", "2015-01"), "per_request"), "sufficient"),
      "true");
}

TEST(Measured, TheRulesSayThemInWords) {
  Json rules = rules_json(*testing::compiled(over_pack(", min_sample: 2")));
  const Json& standard = rules.find("standards")->as_array()[0];
  Json ratio = indicator_of(standard, "per_request");
  EXPECT_EQ(word(ratio, "aggregate"), "ratio");
  EXPECT_EQ(word(ratio, "parts"), R"(["people","opened"])");
  EXPECT_EQ(word(ratio, "text"),
            R"({"en":"\"People visited\" divided by \"Opened\"; insufficient data with fewer than )"
            R"(2 cases","zh":"「走访人数」除以「受理量」；不足 2 件时数据不足"})");
  EXPECT_EQ(word(*indicator_of(standard, "both").find("text"), "en"),
            R"("Opened" plus "People visited"; none at all counts as zero)");
}

}  // namespace
}  // namespace plumbline
