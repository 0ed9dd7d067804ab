// SPDX-License-Identifier: Apache-2.0
#include "dashboards/portal/figure_text.h"

#include <gtest/gtest.h>

namespace plumbline {
namespace {

std::string percent(const char* value) {
  const Json json(value);
  return percent_text(&json);
}

TEST(FigureText, PerCentHasTwoDecimalsRoundedAwayFromZero) {
  EXPECT_EQ(percent("0.526316"), "52.63 %");
  EXPECT_EQ(percent("0.526250"), "52.63 %");
  EXPECT_EQ(percent("0.526249"), "52.62 %");
  EXPECT_EQ(percent("-0.526250"), "-52.63 %");
  EXPECT_EQ(percent("1"), "100.00 %");
  EXPECT_EQ(percent("0"), "0.00 %");
  EXPECT_EQ(percent("0.000049"), "0.00 %");
}

TEST(FigureText, WhatIsMissingIsNotZero) {
  const Json null;
  EXPECT_EQ(percent_text(&null), "—");
  EXPECT_EQ(points_text(nullptr), "—");
  EXPECT_EQ(fraction_text(nullptr, &null), "— / —");
  EXPECT_EQ(figure_text("share", "none", &null), "—");
}

TEST(FigureText, WhatIsNoDecimalIsShownAsItIs) {
  EXPECT_EQ(percent("1e9"), "1e9");
  EXPECT_EQ(percent("9999999999999"), "9999999999999");
  const Json wrong("x");
  EXPECT_EQ(points_text(&wrong), "x");
}

TEST(FigureText, FollowsAggregateAndUnit) {
  auto text = [](const char* aggregate, const char* unit, const char* value) {
    const Json json(value);
    return figure_text(aggregate, unit, &json);
  };
  EXPECT_EQ(text("share", "none", "0.947368"), "94.74 %");
  EXPECT_EQ(text("count", "none", "12"), "12");
  EXPECT_EQ(text("distinct", "none", "12.000000"), "12");
  EXPECT_EQ(text("quantile", "hour", "2.5000"), "2.50 h");
  EXPECT_EQ(text("mean", "day", "1.4"), "1.40 d");
  EXPECT_EQ(text("quantile", "minute", "7"), "7.00 min");
  EXPECT_EQ(text("mean", "none", "4.666667"), "4.67");
  EXPECT_EQ(text("sum", "none", "3.50"), "3.5");
}

TEST(FigureText, GoalsAndTargets) {
  auto goal = [](const char* measure, const char* test, const char* value) {
    const Json json = Json::object().set("test", test).set("value", value);
    return goal_text(measure, &json);
  };
  EXPECT_EQ(goal("coverage", "above", "0.5"), "> 50 %");
  EXPECT_EQ(goal("coverage", "at_least", "0.305"), "≥ 30.5 %");
  EXPECT_EQ(goal("count", "at_least", "100"), "≥ 100");
  EXPECT_EQ(goal_text("count", nullptr), "—");
  const Json value("0.526316");
  EXPECT_EQ(target_text("coverage", &value), "52.63 %");
  const Json count("98");
  EXPECT_EQ(target_text("count", &count), "98");
}

TEST(FigureText, TheBarIsAWholeNumberOfAHundred) {
  auto share = [](const char* points, const char* weight) {
    const Json of(points);
    const Json whole(weight);
    return share_of(&of, &whole).text();
  };
  EXPECT_EQ(share("7.20", "9.00"), "80");
  EXPECT_EQ(share("32.40", "40.00"), "81");
  EXPECT_EQ(share("10", "9"), "100");
  EXPECT_EQ(share("1", "0.00"), "null");
  EXPECT_EQ(share_of(nullptr, nullptr).text(), "null");
}

}  // namespace
}  // namespace plumbline
