// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <vector>

#include "base/limits.h"
#include "evaluator/expression.h"
#include "tests/evaluator/expression_case.h"

namespace plumbline {
namespace {

using namespace plumbline::testing;

// The problems of an expression that begins at x.yaml:3:10.
std::string problems_of(const std::string& text, std::optional<ExprType> wanted = std::nullopt,
                        const TypeSpec& type = request_type()) {
  Calendar calendar = test_calendar();
  Problems problems;
  auto out = Expression::compile(text, type, calendar, wanted, {"x.yaml", 3, 10}, problems);
  EXPECT_EQ(out.has_value(), problems.empty()) << text;
  return problems.text();
}

struct Refused {
  std::string text;
  std::string problem;  // after "x.yaml:3:"
};

void expect_refused(const std::vector<Refused>& table) {
  for (const Refused& row : table) {
    EXPECT_EQ(problems_of(row.text), "x.yaml:3:" + row.problem + "\n") << row.text;
  }
}

TEST(ExpressionErrors, Syntax) {
  expect_refused({
      {"", "10: expected a value, found the end of the expression"},
      {"1 +", "13: expected a value, found the end of the expression"},
      {"(1", "12: expected \")\", found the end of the expression"},
      {"1 2", "12: expected an operator or the end of the expression, found \"2\""},
      {"case.", "15: expected a name after \".\", found the end of the expression"},
      {"case.items > ? 1", "23: expected a value, found \"?\""},
      {"true ? 1",
       "18: expected \":\" and the other value of \"?\", found the end of the "
       "expression"},
      {"size(\"a\" \"b\")", "19: expected \",\" or \")\", found a text"},
      {"1 in [1, 2", "20: expected \",\" or \"]\", found the end of the expression"},
      {"in", "10: expected a value, found \"in\""},
  });
}

TEST(ExpressionErrors, Tokens) {
  expect_refused({
      {"1 = 1", "12: \"=\" is not an operator (did you mean \"==\"?)"},
      {"true & true", "15: \"&\" is not an operator (did you mean \"&&\"?)"},
      {"true | true", "15: \"|\" is not an operator (did you mean \"||\"?)"},
      {"7 % 2", "12: \"%\" is not part of the language; the arithmetic is + - * /"},
      {"1 # 2", "12: \"#\" is not part of the language"},
      {"\"abc", "10: the text that begins here has no closing \""},
      {"'a\"", "10: the text that begins here has no closing '"},
      {"\"a\\n\"", "12: in a text only \\\\, \\\" and \\' may follow a backslash"},
      {"1e3",
       "11: the number 1 goes on with \"e\"; a number is written 12 or 0.95, without "
       "exponent or suffix"},
      {"0x1F",
       "11: the number 0 goes on with \"x\"; a number is written 12 or 0.95, without "
       "exponent or suffix"},
      {"1.2.3",
       "13: the number 1.2 goes on with \".\"; a number is written 12 or 0.95, without "
       "exponent or suffix"},
      {"0.1234567", "10: the number 0.1234567 has more than six decimals or is too large"},
      {"9223372036854775808", "10: the integer 9223372036854775808 does not fit into 64 bits"},
      {"1 +\n2", "13: an expression stands on one line"},
      {"1 × 2", "12: outside of a quoted text only ASCII letters, digits and operators may stand"},
      {std::string("1 \0", 3),
       "12: outside of a quoted text only ASCII letters, digits and "
       "operators may stand"},
  });
}

TEST(ExpressionErrors, Names) {
  expect_refused({
      {"case.duee",
       "15: the case type \"request\" has no field or step \"duee\" (did you mean "
       "\"due\"?)"},
      {"has(case.close)",
       "19: the case type \"request\" has no field or step \"close\" (did you "
       "mean \"closed\"?)"},
      {"case.clsed.time",
       "15: the case type \"request\" has no field or step \"clsed\" (did you "
       "mean \"closed\"?)"},
      {"case.closed.tine",
       "22: the step \"closed\" has no member \"tine\" (did you mean "
       "\"time\"?)"},
      {"case.closed",
       "15: the step \"closed\" is not a value; write case.closed.time or "
       "has(case.closed)"},
      {"case.time", "15: the case type \"request\" has no field or step \"time\""},
      {"case.due.time", "19: case.due is a field and has no member \"time\""},
      {"case.closed.time.ms", "27: nothing has a member \"ms\" here"},
      {"case", "10: \"case\" alone is not a value; write case.<field>"},
      {"items > 3",
       "10: \"items\" is not a name here; what belongs to the case is written "
       "case.<name> (did you mean \"case.items\"?)"},
      {"ture",
       "10: \"ture\" is not a name here; what belongs to the case is written case.<name> "
       "(did you mean \"true\"?)"},
      {"case.items == null", "24: there is no null; has(case.<field>) asks for presence"},
      {"now()", "10: there is no function \"now\""},
      {"workdays_due(case.due, 1)",
       "10: there is no function \"workdays_due\" (did you mean "
       "\"workday_due\"?)"},
      {"case.name.startswith(\"a\")",
       "20: there is no method \"startswith\" (did you mean "
       "\"startsWith\"?)"},
      {"contains(case.name, \"a\")",
       "10: contains() is called on a text: "
       "case.<field>.contains(...)"},
  });
}

TEST(ExpressionErrors, Types) {
  expect_refused({
      {"1 + \"a\"", "12: integer + text has no meaning"},
      {"case.due + case.due", "19: instant + instant has no meaning"},
      {"duration(\"1h\") - case.due", "25: duration - instant has no meaning"},
      {"duration(\"1h\") * 1.5", "25: duration * decimal has no meaning"},
      {"duration(\"1h\") / 2", "25: duration / integer has no meaning"},
      {"true + true", "15: bool + bool has no meaning"},
      {"\"a\" + \"b\"", "14: text + text has no meaning"},
      {"case.items / 0", "21: division by zero"},
      {"case.fee / 0.0", "19: division by zero"},
      {"1 == \"1\"", "12: integer == text compares two different types"},
      {"case.due > duration(\"1h\")", "19: instant > duration compares two different types"},
      {"true < false", "15: \"<\" does not order bools"},
      {"case.channel < \"web\"", "23: \"<\" does not order the values of an enum"},
      {"!case.items", "10: \"!\" negates a bool, not an integer"},
      {"-case.due", "10: \"-\" cannot stand before an instant"},
      {"true && 1", "18: \"&&\" joins bools, and this is an integer"},
      {"case.items ? 1 : 2", "21: before \"?\" stands a bool, not an integer"},
      {"true ? 1 : \"a\"", "15: the two values of \"?\" differ in type: integer and text"},
      {"case.items < 1 < 2", "25: bool < integer compares two different types"},
      {"[1, 2]", "10: a list stands only after \"in\""},
      {"9300000000000 + 0.5",
       "10: the integer does not fit into a decimal "
       "(±9223372036854.775807)"},
  });
}

TEST(ExpressionErrors, EnumsAndLists) {
  expect_refused({
      {"case.channel == \"wep\"",
       "26: \"wep\" is not a value of case.channel (did you mean "
       "\"web\"?)"},
      {"\"fax\" != case.channel", "10: \"fax\" is not a value of case.channel"},
      {"case.channel in [\"web\", \"phon\"]",
       "34: \"phon\" is not a value of case.channel (did "
       "you mean \"phone\"?)"},
      {"case.items in []", "24: the list after \"in\" is empty"},
      {"case.items in 3", "24: after \"in\" stands a list, such as [1, 2]"},
      {"case.items in [1, \"2\"]", "28: the list holds a text, before \"in\" stands an integer"},
      {"case.items in [1, 2.5]", "28: the list holds a decimal, before \"in\" stands an integer"},
      {"case.items in [case.shift]",
       "25: a list holds only written values, no fields or "
       "operators"},
  });
}

TEST(ExpressionErrors, Calls) {
  expect_refused({
      {"has(1)", "10: has() takes one field or step: has(case.<field>), has(case.<step>)"},
      {"has()", "10: has() takes one field or step: has(case.<field>), has(case.<step>)"},
      {"has(case.overdue)", "19: case.overdue is never missing"},
      {"duration(case.name)", "19: duration() takes a written text"},
      {"duration(\"3d\")", "19: \"3d\" is not a duration such as \"72h30m15s500ms\""},
      {"duration(\"\")", "19: \"\" is not a duration such as \"72h30m15s500ms\""},
      {"duration(\"1.5h\")", "19: \"1.5h\" is not a duration such as \"72h30m15s500ms\""},
      {"duration(\"9999999999999h\")",
       "19: \"9999999999999h\" is not a duration such as "
       "\"72h30m15s500ms\""},
      {"duration(5)", "10: duration(text) was given (integer)"},
      {"size(5)", "10: size(text) was given (integer)"},
      {"workday_due(case.due)", "10: workday_due(instant, integer) was given (instant)"},
      {"workday_due(case.due, 1.5)",
       "10: workday_due(instant, integer) was given (instant, "
       "decimal)"},
      {"workday_due(case.due, 0)", "32: workday_due() counts 1 to 3660 work days, not 0"},
      {"case.name.size(1)",
       "20: size(text) was given (text, integer); the first stands before the "
       "dot"},
      {"case.items.contains(\"1\")",
       "21: contains(text, text) was given (integer, text); the "
       "first stands before the dot"},
  });
  EXPECT_NE(problems_of("timestamp(\"2015-01-01\")").find("x.yaml:3:20: "), std::string::npos);
}

TEST(ExpressionErrors, EveryErrorOfAnExpressionIsReported) {
  EXPECT_EQ(problems_of("case.a && case.channel == \"appp\" && 1 + true > 0"),
            "x.yaml:3:15: the case type \"request\" has no field or step \"a\"\n"
            "x.yaml:3:36: \"appp\" is not a value of case.channel (did you mean \"app\"?)\n"
            "x.yaml:3:48: integer + bool has no meaning\n");
}

TEST(ExpressionErrors, TheWantedType) {
  EXPECT_EQ(problems_of("case.items", ExprType::kBool),
            "x.yaml:3:10: the expression gives integer, expected bool\n");
  EXPECT_EQ(problems_of("case.fee", ExprType::kInteger),
            "x.yaml:3:10: the expression gives decimal, expected integer\n");
  EXPECT_EQ(problems_of("9300000000000", ExprType::kDecimal),
            "x.yaml:3:10: the integer does not fit into a decimal (±9223372036854.775807)\n");
}

TEST(ExpressionErrors, OverdueNeedsADueInstant) {
  TypeSpec type = request_type();
  type.due_field.reset();
  EXPECT_EQ(problems_of("case.overdue", std::nullopt, type),
            "x.yaml:3:15: cases of type \"request\" have no due instant, so none is overdue\n");
}

TEST(ExpressionErrors, ANameThatIsFieldAndStepIsRefused) {
  TypeSpec type = request_type();
  type.steps.push_back(step_spec("due", false));
  EXPECT_EQ(problems_of("case.due > case.opened.time", std::nullopt, type),
            "x.yaml:3:15: \"due\" is both a field and a step of \"request\"\n");
  EXPECT_EQ(problems_of("has(case.due)", std::nullopt, type),
            "x.yaml:3:19: \"due\" is both a field and a step of \"request\"\n");
}

// Every form that can nest, once just within the limit of depth and once far beyond it.
TEST(ExpressionErrors, DepthIsLimited) {
  auto nest = [](const std::string& open, const std::string& inside, const std::string& close,
                 int times) {
    std::string out;
    for (int i = 0; i < times; ++i) out += open;
    out += inside;
    for (int i = 0; i < times; ++i) out += close;
    return out;
  };
  const std::string sentence = "nested deeper than 64 levels";
  const int most = limits::kMaxExpressionDepth;
  EXPECT_EQ(problems_of(nest("(", "1", ")", most - 1)), "");
  EXPECT_NE(problems_of(nest("(", "1", ")", most)).find(sentence), std::string::npos);
  EXPECT_EQ(problems_of(nest("!", "true", "", most - 1)), "");
  EXPECT_NE(problems_of(nest("!", "true", "", most)).find(sentence), std::string::npos);
  EXPECT_EQ(problems_of(nest("", "1", " + 1", most - 1)), "");
  EXPECT_NE(problems_of(nest("", "1", " + 1", most)).find(sentence), std::string::npos);
  for (const char* open : {"(", "[", "!", "- ", "size(", "true ? 1 : ", "case.a(", "1+(", "!("}) {
    std::string text = nest(open, "1", "", 300);
    EXPECT_NE(problems_of(text).find(sentence), std::string::npos) << open;
  }
  EXPECT_NE(problems_of(nest("", "case", ".a", 1500)).find(sentence), std::string::npos);
  EXPECT_NE(problems_of(nest("", "1", "<1", 1500)).find(sentence), std::string::npos);
}

TEST(ExpressionErrors, SizeIsLimited) {
  std::string text = "\"" + std::string(limits::kMaxExpressionBytes - 2, 'a') + "\"";
  EXPECT_EQ(problems_of(text), "");
  EXPECT_EQ(problems_of(text + " "),
            "x.yaml:3:10: the expression has 4097 bytes, at most 4096 are allowed\n");
}

}  // namespace
}  // namespace plumbline
