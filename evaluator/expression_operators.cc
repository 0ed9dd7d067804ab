// SPDX-License-Identifier: Apache-2.0
#include "evaluator/expression_operators.h"

#include <utility>

namespace plumbline {

using Op = ExprSyntax::Op;

Expression::Node make_node(ExprOp op, ExprType type, std::size_t offset) {
  Expression::Node out;
  out.op = op;
  out.type = type;
  out.offset = offset;
  return out;
}

bool is_number(ExprType type) {
  return type == ExprType::kInteger || type == ExprType::kDecimal;
}

std::string_view operator_symbol(ExprSyntax::Op op) {
  switch (op) {
    case Op::kEqual:
      return "==";
    case Op::kNotEqual:
      return "!=";
    case Op::kLess:
      return "<";
    case Op::kLessOrEqual:
      return "<=";
    case Op::kGreater:
      return ">";
    case Op::kGreaterOrEqual:
      return ">=";
    case Op::kAdd:
      return "+";
    case Op::kSubtract:
      return "-";
    case Op::kMultiply:
      return "*";
    case Op::kDivide:
      return "/";
    case Op::kAnd:
      return "&&";
    case Op::kOr:
      return "||";
    default:
      return "";
  }
}

ExprOp arithmetic_op(ExprSyntax::Op op, ExprType type) {
  bool decimal = type == ExprType::kDecimal;
  if (op == Op::kAdd) return ExprOp::kAdd;
  if (op == Op::kSubtract) return ExprOp::kSubtract;
  if (op == Op::kMultiply) return decimal ? ExprOp::kMultiplyDecimal : ExprOp::kMultiply;
  return decimal ? ExprOp::kDivideDecimal : ExprOp::kDivide;
}

std::optional<ExprType> time_arithmetic_type(ExprSyntax::Op op, ExprType left, ExprType right) {
  constexpr ExprType kInstant = ExprType::kInstant;
  constexpr ExprType kDuration = ExprType::kDuration;
  constexpr ExprType kInteger = ExprType::kInteger;
  bool sum = op == Op::kAdd || op == Op::kSubtract;
  if (sum && left == kDuration && right == kDuration) return kDuration;
  if (sum && left == kInstant && right == kDuration) return kInstant;
  if (op == Op::kAdd && left == kDuration && right == kInstant) return kInstant;
  if (op == Op::kSubtract && left == kInstant && right == kInstant) return kDuration;
  if (op == Op::kMultiply && left == kDuration && right == kInteger) return kDuration;
  if (op == Op::kMultiply && left == kInteger && right == kDuration) return kDuration;
  return std::nullopt;
}

std::optional<Expression::Node> expression_to_decimal(Expression::Node node) {
  if (node.op == ExprOp::kLiteral) {
    node.type = ExprType::kDecimal;
    if (__builtin_mul_overflow(node.number, Decimal::kOne, &node.number)) return std::nullopt;
    return node;
  }
  Expression::Node out = make_node(ExprOp::kToDecimal, ExprType::kDecimal, node.offset);
  out.args.push_back(std::move(node));
  return out;
}

}  // namespace plumbline
