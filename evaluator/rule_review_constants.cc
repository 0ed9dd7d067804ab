// SPDX-License-Identifier: Apache-2.0
#include "evaluator/rule_review_constants.h"

#include <compare>

#include "base/decimal.h"
#include "evaluator/expression_syntax.h"

namespace plumbline {
namespace {

using Op = ExprSyntax::Op;

std::optional<Decimal> written_number(const ExprSyntax& node) {
  constexpr std::int64_t kMostWhole = 9'000'000'000'000;
  if (node.op == Op::kDecimal) return Decimal{node.number};
  if (node.op == Op::kInteger && node.number >= -kMostWhole && node.number <= kMostWhole) {
    return Decimal::whole(node.number);
  }
  if (node.op != Op::kNegate) return std::nullopt;
  std::optional<Decimal> inner = written_number(node.args[0]);
  if (inner) inner->units = -inner->units;
  return inner;
}

// case.<field> of kind count, which is never negative.
bool is_count(const ExprSyntax& node, const TypeSpec& type) {
  if (node.op != Op::kMember || node.args[0].op != Op::kName || node.args[0].text != "case") {
    return false;
  }
  const FieldSpec* field = type.field(node.text);
  return field != nullptr && field->kind == Kind::kCount;
}

std::optional<bool> decide(Op op, std::strong_ordering order) {
  switch (op) {
    case Op::kEqual:
      return order == 0;
    case Op::kNotEqual:
      return order != 0;
    case Op::kLess:
      return order < 0;
    case Op::kLessOrEqual:
      return order <= 0;
    case Op::kGreater:
      return order > 0;
    case Op::kGreaterOrEqual:
      return order >= 0;
    default:
      return std::nullopt;
  }
}

// The operator with its sides exchanged.
Op mirrored(Op op) {
  switch (op) {
    case Op::kLess:
      return Op::kGreater;
    case Op::kLessOrEqual:
      return Op::kGreaterOrEqual;
    case Op::kGreater:
      return Op::kLess;
    case Op::kGreaterOrEqual:
      return Op::kLessOrEqual;
    default:
      return op;
  }
}

// A count against a number: only "never" is known, for a count may be missing.
std::optional<bool> compare_count(Op op, Decimal with) {
  bool below_all = with < Decimal{};
  bool never = (op == Op::kLess && with <= Decimal{}) ||
               ((op == Op::kLessOrEqual || op == Op::kEqual) && below_all);
  if (never) return false;
  return std::nullopt;
}

std::optional<bool> compare(const ExprSyntax& node, const TypeSpec& type) {
  if (node.args.size() != 2) return std::nullopt;
  const ExprSyntax& a = node.args[0];
  const ExprSyntax& b = node.args[1];
  if (a.op == Op::kText && b.op == Op::kText) return decide(node.op, a.text <=> b.text);
  std::optional<Decimal> x = written_number(a);
  std::optional<Decimal> y = written_number(b);
  if (x && y) return decide(node.op, x->units <=> y->units);
  if (y && is_count(a, type)) return compare_count(node.op, *y);
  if (x && is_count(b, type)) return compare_count(mirrored(node.op), *x);
  return std::nullopt;
}

std::optional<bool> value_of(const ExprSyntax& node, const TypeSpec& type);

// A chain of && is false where a part is, a chain of || true.
std::optional<bool> chain(const ExprSyntax& node, const TypeSpec& type, bool decides) {
  bool all_known = true;
  for (const ExprSyntax& part : node.args) {
    std::optional<bool> value = value_of(part, type);
    if (value == decides) return decides;
    all_known = all_known && value.has_value();
  }
  if (all_known) return !decides;
  return std::nullopt;
}

std::optional<bool> value_of(const ExprSyntax& node, const TypeSpec& type) {
  switch (node.op) {
    case Op::kBool:
      return node.number != 0;
    case Op::kAnd:
      return chain(node, type, false);
    case Op::kOr:
      return chain(node, type, true);
    default:
      return compare(node, type);
  }
}

}  // namespace

std::optional<bool> constant_value(std::string_view expression, const TypeSpec& type) {
  std::optional<SyntaxError> error;
  std::optional<ExprSyntax> syntax = parse_expression(expression, error);
  if (!syntax) return std::nullopt;
  return value_of(*syntax, type);
}

}  // namespace plumbline
