// SPDX-License-Identifier: Apache-2.0
#include "evaluator/expression_trial.h"

#include <gtest/gtest.h>

namespace plumbline {
namespace {

constexpr const char* kData = R"({
  "channel": "web", "客": 1, "fee": 2.5, "items": 7, "urgent": true, "due": "2015-01-10T00:00:00Z",
  "opened": {"time": "2015-01-02T12:00:00Z"}, "closed": null, "overdue": true
})";

std::string tried(const std::string& expression, const std::string& data = kData) {
  Problems problems;
  std::optional<YamlNode> read = parse_yaml("case.json", data, problems);
  EXPECT_TRUE(read && problems.empty()) << problems.text();
  TypeSpec type = type_of_data(*read);
  Calendar calendar = plain_calendar();
  CaseFacts facts = facts_of_data(*read, type, calendar, problems);
  if (!problems.empty()) return problems.text();
  Result<std::string> value = try_expression(expression, type, calendar, facts);
  return value.ok() ? *value : value.error().sentence();
}

TEST(ExpressionTrial, KindAndValue) {
  EXPECT_EQ(tried("case.fee * 2"), "decimal 5");
  EXPECT_EQ(tried("case.items / 2"), "integer 3");
  EXPECT_EQ(tried("case.channel"), "text \"web\"");
  EXPECT_EQ(tried("case.urgent && case.overdue"), "bool true");
  EXPECT_EQ(tried("case.due - case.opened.time"), "duration 180h");
  EXPECT_EQ(tried("case.opened.time - case.due"), "duration -180h");
  EXPECT_EQ(tried("duration(\"1h2m3s4ms\")"), "duration 1h2m3s4ms");
  EXPECT_EQ(tried("case.due - case.due"), "duration 0s");
  // Friday noon: the next work day is Monday, which ends as Tuesday begins.
  EXPECT_EQ(tried("workday_due(case.opened.time, 1)"), "instant 2015-01-06T00:00:00Z");
}

TEST(ExpressionTrial, WhatIsNotThereIsMissing) {
  EXPECT_EQ(tried("has(case.opened) ? case.items : 0"), "integer 7");
  EXPECT_EQ(tried("case.closed"), "missing (a value would be of kind text)");
}

TEST(ExpressionTrial, EachProblemStandsUnderItsCaret) {
  EXPECT_EQ(tried("case.feee * 2"),
            "the expression is refused\n"
            "  case.feee * 2\n"
            "       ^\n"
            "  column 6: the case type \"data\" has no field or step \"feee\" (did you mean "
            "\"fee\"?)");
  // Columns count bytes; the caret stands where the eye sees the place.
  EXPECT_EQ(tried("case.channel == \"网点\" && case.x"),
            "the expression is refused\n"
            "  case.channel == \"网点\" && case.x\n"
            "                                 ^\n"
            "  column 34: the case type \"data\" has no field or step \"x\"");
}

TEST(ExpressionTrial, AnErrorOfTheCalculationIsNoValue) {
  EXPECT_EQ(
      tried("case.items / (case.items - 7)"),
      "the expression \"case.items / (case.items - 7)\" fails at character 12: division by zero");
}

TEST(ExpressionTrial, DataThatTheCaseDoesNotHaveIsRefused) {
  Problems problems;
  std::optional<YamlNode> data =
      parse_yaml("case.json", R"({"itmes": 1, "items": "x", "opened": 7})", problems);
  ASSERT_TRUE(data);
  TypeSpec type;
  type.id = "request";
  FieldSpec items;
  items.name = "items";
  items.kind = Kind::kCount;
  type.fields.push_back(items);
  type.steps.push_back({"opened", {}, false});
  facts_of_data(*data, type, plain_calendar(), problems);
  EXPECT_EQ(problems.text(),
            "case.json:1:2: the case has no field or step \"itmes\" (did you mean \"items\"?)\n"
            "case.json:1:23: the field \"items\" is of kind count, found \"x\"\n"
            "case.json:1:38: the step \"opened\" is written {\"time\": \"2015-01-02T12:00:00Z\"}, "
            "found \"7\"\n");
}

}  // namespace
}  // namespace plumbline
