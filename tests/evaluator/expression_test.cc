// SPDX-License-Identifier: Apache-2.0
#include "evaluator/expression.h"

#include <gtest/gtest.h>

#include <limits>

#include "base/limits.h"
#include "tests/evaluator/expression_case.h"

namespace plumbline {
namespace {

using namespace plumbline::testing;

class ExpressionTest : public ::testing::Test {
 protected:
  ExpressionTest() : type_(request_type()), calendar_(test_calendar()), facts_(no_facts()) {
    facts_.fields[kChannel] = text_value(Kind::kEnum, "web");
    facts_.fields[kDue] = number_value(Kind::kInstant, instant("2015-01-10T00:00:00Z").ms);
    facts_.fields[kFee] = number_value(Kind::kDecimal, 2'500'000);
    facts_.fields[kItems] = number_value(Kind::kCount, 7);
    facts_.fields[kName] = text_value(Kind::kString, "Büro 12");
    facts_.steps[0] = instant("2015-01-02T12:00:00Z");
  }

  Expression compile(const std::string& text, std::optional<ExprType> wanted = std::nullopt) {
    Problems problems;
    auto out = Expression::compile(text, type_, calendar_, wanted, {"x.yaml", 1, 1}, problems);
    EXPECT_TRUE(out.has_value()) << text << "\n" << problems.text();
    if (!out) out = Expression::compile("true", type_, calendar_, {}, {}, problems);
    return *out;
  }

  // The result in words: "true", "12", "0.5", "\"x\"", "2015-01-02T12:00:00Z", "5000 ms",
  // "missing", or the error's sentence.
  std::string run(const std::string& text) {
    Expression expression = compile(text);
    auto result = expression.evaluate(facts_);
    if (!result.ok()) return result.error().text();
    if (!*result) return "missing";
    const ExprValue& value = **result;
    EXPECT_EQ(value.type, expression.type());
    switch (value.type) {
      case ExprType::kBool:
        return value.number == 1 ? "true" : "false";
      case ExprType::kInteger:
        return std::to_string(value.number);
      case ExprType::kDecimal:
        return format_decimal_short(Decimal{value.number});
      case ExprType::kText:
        return "\"" + value.text + "\"";
      case ExprType::kInstant:
        return format_instant(Instant{value.number});
      case ExprType::kDuration:
        return std::to_string(value.number) + " ms";
    }
    return "?";
  }

  TypeSpec type_;
  Calendar calendar_;
  CaseFacts facts_;
};

TEST_F(ExpressionTest, ReadsFieldsOfEveryKind) {
  facts_.fields[kShift] = number_value(Kind::kInteger, -3);
  facts_.fields[kUrgent] = number_value(Kind::kBool, 1);
  EXPECT_EQ(run("case.channel"), "\"web\"");
  EXPECT_EQ(run("case.due"), "2015-01-10T00:00:00Z");
  EXPECT_EQ(run("case.fee"), "2.5");
  EXPECT_EQ(run("case.items"), "7");
  EXPECT_EQ(run("case.name"), "\"Büro 12\"");
  EXPECT_EQ(run("case.shift"), "-3");
  EXPECT_EQ(run("case.urgent"), "true");
  EXPECT_EQ(run("case.opened.time"), "2015-01-02T12:00:00Z");
}

TEST_F(ExpressionTest, LiteralsAreReadAsWritten) {
  EXPECT_EQ(run("12"), "12");
  EXPECT_EQ(run("0.95"), "0.95");
  EXPECT_EQ(run("\"a \\\" b \\\\ \\' \""), "\"a \" b \\ ' \"");
  EXPECT_EQ(run("'单引号'"), "\"单引号\"");
  EXPECT_EQ(run("true"), "true");
  EXPECT_EQ(run("-9223372036854775808"), "-9223372036854775808");
  EXPECT_EQ(run("- 5"), "-5");
  EXPECT_EQ(run("--5"), "5");
  EXPECT_EQ(run("duration(\"72h30m15s500ms\")"), "261015500 ms");
  EXPECT_EQ(run("duration(\"-90m\")"), "-5400000 ms");
  EXPECT_EQ(run("timestamp(\"2015-01-01T08:00:00+08:00\")"), "2015-01-01T00:00:00Z");
}

TEST_F(ExpressionTest, ArithmeticOfIntegersAndDecimals) {
  EXPECT_EQ(run("1 + 2 * 3"), "7");
  EXPECT_EQ(run("(1 + 2) * 3"), "9");
  EXPECT_EQ(run("10 - 4 - 3"), "3");
  EXPECT_EQ(run("7 / 2"), "3");
  EXPECT_EQ(run("-7 / 2"), "-3");
  EXPECT_EQ(run("7 / 2.0"), "3.5");
  EXPECT_EQ(run("1 / 3.0"), "0.333333");
  EXPECT_EQ(run("2 / 3.0"), "0.666667");
  EXPECT_EQ(run("-2 / 3.0"), "-0.666667");
  EXPECT_EQ(run("case.fee * 2"), "5");
  EXPECT_EQ(run("case.items * case.fee"), "17.5");
  EXPECT_EQ(run("-case.fee"), "-2.5");
}

TEST_F(ExpressionTest, ArithmeticOfInstantsAndDurations) {
  EXPECT_EQ(run("case.due - case.opened.time"), "648000000 ms");
  EXPECT_EQ(run("case.opened.time + duration(\"36h\")"), "2015-01-04T00:00:00Z");
  EXPECT_EQ(run("duration(\"36h\") + case.opened.time"), "2015-01-04T00:00:00Z");
  EXPECT_EQ(run("case.opened.time - duration(\"12h\")"), "2015-01-02T00:00:00Z");
  EXPECT_EQ(run("duration(\"1h\") + duration(\"1m\") - duration(\"1s\")"), "3659000 ms");
  EXPECT_EQ(run("duration(\"1h\") * 3"), "10800000 ms");
  EXPECT_EQ(run("-3 * duration(\"1s\")"), "-3000 ms");
  EXPECT_EQ(run("-(duration(\"1s\"))"), "-1000 ms");
}

TEST_F(ExpressionTest, Comparisons) {
  EXPECT_EQ(run("1 < 2 && 2 <= 2 && 3 > 2 && 3 >= 3 && 1 == 1 && 1 != 2"), "true");
  EXPECT_EQ(run("1 == 1.0"), "true");
  EXPECT_EQ(run("case.fee > 2"), "true");
  EXPECT_EQ(run("2 > case.fee"), "false");
  EXPECT_EQ(run("9223372036854775807 > case.fee"), "true") << "compared without overflow";
  EXPECT_EQ(run("case.due > case.opened.time"), "true");
  EXPECT_EQ(run("case.due - case.opened.time > duration(\"179h\")"), "true");
  EXPECT_EQ(run("\"a\" < \"b\""), "true");
  EXPECT_EQ(run("\"é\" > \"z\""), "true") << "by bytes, which is by code point";
  EXPECT_EQ(run("case.channel == \"web\""), "true");
  EXPECT_EQ(run("\"phone\" == case.channel"), "false");
  EXPECT_EQ(run("true == (1 > 2)"), "false");
  EXPECT_EQ(run("1 < 2 == true"), "true") << "relations bind from the left";
}

TEST_F(ExpressionTest, MembershipInAList) {
  EXPECT_EQ(run("case.channel in [\"phone\", \"web\"]"), "true");
  EXPECT_EQ(run("case.channel in [\"phone\"]"), "false");
  EXPECT_EQ(run("case.items in [1, 7]"), "true");
  EXPECT_EQ(run("case.fee in [2, 2.5]"), "true") << "an integer in a list of decimals";
  EXPECT_EQ(run("case.shift in [-1, 2]"), "missing");
  EXPECT_EQ(run("case.due in [timestamp(\"2015-01-10T00:00:00Z\")]"), "true");
  EXPECT_EQ(run("!(case.items in [7]) || case.items in [7]"), "true");
}

TEST_F(ExpressionTest, Text) {
  EXPECT_EQ(run("case.name.startsWith(\"Büro\")"), "true");
  EXPECT_EQ(run("case.name.endsWith(\"13\")"), "false");
  EXPECT_EQ(run("case.name.contains(\"o 1\")"), "true");
  EXPECT_EQ(run("case.name.size()"), "7") << "characters, not bytes";
  EXPECT_EQ(run("size(case.name)"), "7");
  EXPECT_EQ(run("\"知识产权\".size()"), "4");
  EXPECT_EQ(run("case.name.contains(\"\")"), "true");
}

TEST_F(ExpressionTest, Conditional) {
  EXPECT_EQ(run("case.items > 5 ? \"many\" : \"few\""), "\"many\"");
  EXPECT_EQ(run("case.items > 9 ? 1 : 0.5"), "0.5") << "an integer beside a decimal is one";
  EXPECT_EQ(run("case.items > 5 ? 1 : 0.5"), "1");
  EXPECT_EQ(run("false ? 1 : false ? 2 : 3"), "3");
  EXPECT_EQ(run("has(case.shift) ? case.shift : 0"), "0") << "only the chosen value is computed";
  EXPECT_EQ(run("case.urgent ? 1 : 2"), "missing");
}

TEST_F(ExpressionTest, HasSeesFieldsAndSteps) {
  EXPECT_EQ(run("has(case.due)"), "true");
  EXPECT_EQ(run("has(case.shift)"), "false");
  EXPECT_EQ(run("has(case.opened)"), "true");
  EXPECT_EQ(run("has(case.closed)"), "false");
  EXPECT_EQ(run("has(case.closed.time)"), "false");
  EXPECT_EQ(run("!has(case.closed)"), "true");
}

TEST_F(ExpressionTest, MissingSpreadsThroughEveryOperationButTheDecidedLogic) {
  EXPECT_EQ(run("case.shift"), "missing");
  EXPECT_EQ(run("case.shift + 1"), "missing");
  EXPECT_EQ(run("1 - case.shift"), "missing");
  EXPECT_EQ(run("case.shift == case.shift"), "missing");
  EXPECT_EQ(run("case.closed.time <= case.due"), "missing");
  EXPECT_EQ(run("!case.urgent"), "missing");
  EXPECT_EQ(run("workday_due(case.closed.time, 1)"), "missing");
  EXPECT_EQ(run("case.urgent && false"), "false");
  EXPECT_EQ(run("false && case.urgent"), "false");
  EXPECT_EQ(run("case.urgent && true"), "missing");
  EXPECT_EQ(run("true && case.urgent"), "missing");
  EXPECT_EQ(run("case.urgent || true"), "true");
  EXPECT_EQ(run("true || case.urgent"), "true");
  EXPECT_EQ(run("case.urgent || false"), "missing");
  EXPECT_EQ(run("true && case.urgent && true && false"), "false");
}

TEST_F(ExpressionTest, OverflowAndDivisionByZeroAreErrors) {
  EXPECT_EQ(run("9223372036854775807 + case.items"),
            "the expression \"9223372036854775807 + case.items\" fails at character 21: the result "
            "does not fit into 64 bits");
  EXPECT_EQ(run("case.items / (case.items - 7)"),
            "the expression \"case.items / (case.items - 7)\" fails at character 12: division by "
            "zero");
  for (const char* text :
       {"-9223372036854775808 - case.items", "-(-9223372036854775808)",
        "9223372036854775807 * case.items", "case.items * 9000000000000000 + case.fee",
        "case.fee * 9000000000000", "-9223372036854775808 / -1", "case.fee / (case.fee - 2.5)",
        "case.opened.time + duration(\"2562047788015h\")",
        "duration(\"2562047788015h\") * case.items"}) {
    auto result = compile(text).evaluate(facts_);
    ASSERT_FALSE(result.ok()) << text;
    EXPECT_EQ(result.error().code(), Code::kInvalid) << text;
  }
}

TEST_F(ExpressionTest, AnErrorIsStrongerThanMissingAndGivesWayToADecidedLogic) {
  const std::string fails = "1 / (case.items - 7) > 0";
  EXPECT_NE(run(fails + " && case.urgent").find("division by zero"), std::string::npos);
  EXPECT_NE(run("case.urgent && " + fails).find("division by zero"), std::string::npos);
  EXPECT_NE(run("case.shift + 1 / (case.items - 7)").find("division by zero"), std::string::npos);
  EXPECT_EQ(run(fails + " && false"), "false");
  EXPECT_EQ(run("false && " + fails), "false");
  EXPECT_EQ(run(fails + " || true"), "true");
}

TEST_F(ExpressionTest, WorkdayDueFollowsTheCalendar) {
  // Opened on Friday 2015-01-02 at 13:00 local; Monday is the 5th. Local midnight is 23:00Z.
  EXPECT_EQ(run("workday_due(case.opened.time, 1)"), "2015-01-05T23:00:00Z");
  EXPECT_EQ(run("workday_due(case.opened.time, 5)"), "2015-01-09T23:00:00Z");
  EXPECT_EQ(run("workday_due(case.opened.time, case.items)"), "2015-01-13T23:00:00Z");
  EXPECT_EQ(run("workday_due(timestamp(\"2014-12-31T10:00:00Z\"), 1)"), "2015-01-02T23:00:00Z")
      << "the holiday on January 1 does not count";
  EXPECT_NE(run("workday_due(case.opened.time, case.items - 7)").find("outside of 1 to 3660"),
            std::string::npos);
  EXPECT_NE(run("workday_due(case.opened.time, case.items + 3654)").find("outside of 1 to 3660"),
            std::string::npos);
  EXPECT_EQ(run("workday_due(timestamp(\"2199-12-31T00:00:00Z\"), 1)"), "2200-01-01T23:00:00Z")
      << "the last day that can be written";
  for (const char* text :
       {"workday_due(timestamp(\"2199-12-31T00:00:00Z\") + duration(\"24h\"), 1)",
        "workday_due(timestamp(\"1900-01-01T00:00:00Z\") - duration(\"1ms\"), 1)"}) {
    EXPECT_NE(run(text).find("years 1900 to 2199"), std::string::npos) << text;
  }
  facts_.steps[0] = Instant{std::numeric_limits<std::int64_t>::max()};
  EXPECT_NE(run("workday_due(case.opened.time, 1)").find("years 1900 to 2199"), std::string::npos);
}

TEST_F(ExpressionTest, OverdueMakesTheValueDependOnTime) {
  EXPECT_EQ(run("case.overdue"), "false");
  facts_.overdue = true;
  EXPECT_EQ(run("has(case.due) && (has(case.closed) || case.overdue)"), "true");
  EXPECT_TRUE(compile("has(case.due) && (has(case.closed) || case.overdue)").depends_on_time());
  EXPECT_FALSE(compile("has(case.due)").depends_on_time());
}

TEST_F(ExpressionTest, ATypeWithoutStepsHasOneTime) {
  type_.steps.clear();
  type_.due_field.reset();
  facts_.steps.resize(1);
  EXPECT_EQ(run("case.time"), "2015-01-02T12:00:00Z");
  EXPECT_EQ(run("has(case.time)"), "true");
}

TEST_F(ExpressionTest, AnIntegerIsTakenWhereADecimalIsWanted) {
  Expression expression = compile("case.items", ExprType::kDecimal);
  EXPECT_EQ(expression.type(), ExprType::kDecimal);
  EXPECT_EQ((**expression.evaluate(facts_)).number, 7'000'000);
  EXPECT_EQ((**compile("2", ExprType::kDecimal).evaluate(facts_)).number, 2'000'000);
}

TEST_F(ExpressionTest, LongChainsOfLogicAreOneLevel) {
  std::string text = "has(case.due)";
  for (int i = 0; i < 200; ++i) text += " && true";
  ASSERT_LT(text.size(), limits::kMaxExpressionBytes);
  EXPECT_EQ(run(text), "true");
}

TEST_F(ExpressionTest, KeepsItsText) {
  EXPECT_EQ(compile(" case.items  > 3 ").text(), " case.items  > 3 ");
}

}  // namespace
}  // namespace plumbline
