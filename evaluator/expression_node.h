// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVALUATOR_EXPRESSION_NODE_H_
#define PLUMBLINE_EVALUATOR_EXPRESSION_NODE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "evaluator/expression.h"
#include "evaluator/expression_syntax.h"

// The checked form of an expression: every name resolved, every type known.
namespace plumbline {

enum class ExprOp : std::uint8_t {
  kLiteral,
  kField,     // index into CaseFacts::fields
  kStepTime,  // index into CaseFacts::steps
  kHasField,
  kHasStep,
  kOverdue,
  kNot,
  kAnd,
  kOr,
  kConditional,
  kCompare,    // relation; `number` of a widened side counts units of 10^-6
  kIn,         // args[0] among the literals args[1]...
  kToDecimal,  // an integer as decimal
  kNegate,     // any type that is a number
  kAdd,        // both sides and the result have one scale: integer, decimal, ms
  kSubtract,
  kMultiply,  // at most one side is a duration, the rest integers
  kMultiplyDecimal,
  kDivide,  // integers, towards zero
  kDivideDecimal,
  kStartsWith,
  kEndsWith,
  kContains,
  kSize,  // in Unicode characters
  kWorkdayDue,
};

enum class Relation : std::uint8_t {
  kEqual,
  kNotEqual,
  kLess,
  kLessOrEqual,
  kGreater,
  kGreaterOrEqual,
};

struct Expression::Node {
  ExprOp op = ExprOp::kLiteral;
  ExprType type = ExprType::kBool;
  Relation relation = Relation::kEqual;
  bool widen_left = false;  // kCompare: an integer against a decimal
  bool widen_right = false;
  std::size_t offset = 0;  // of the operator in the text
  std::size_t index = 0;
  std::int64_t number = 0;             // kLiteral, as ExprValue::number
  std::string text;                    // kLiteral of text
  const Calendar* calendar = nullptr;  // kWorkdayDue
  const FieldSpec* field = nullptr;    // kField
  std::vector<Node> args;
};

// Resolves names and checks types. Every problem is reported at its place; nullopt when there is
// one. `depends_on_time` is set when the tree reads case.overdue.
std::optional<Expression::Node> check_expression(const ExprSyntax& syntax, const TypeSpec& type,
                                                 const Calendar& calendar, const Place& at,
                                                 Problems& problems, bool& depends_on_time);

// The value of the text in duration("..."): [-] and one or more of <digits>h, m, s, ms.
Result<Duration> parse_duration_text(std::string_view text);

}  // namespace plumbline

#endif  // PLUMBLINE_EVALUATOR_EXPRESSION_NODE_H_
