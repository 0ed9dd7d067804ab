// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVALUATOR_EXPRESSION_OPERATORS_H_
#define PLUMBLINE_EVALUATOR_EXPRESSION_OPERATORS_H_

#include <optional>
#include <string_view>

#include "evaluator/expression_node.h"

// What operators mean for types: the tables behind the checker.
namespace plumbline {

Expression::Node make_node(ExprOp op, ExprType type, std::size_t offset);

// An integer or a decimal.
bool is_number(ExprType type);

// "==", "&&", "+": an operator between two operands as it is written; "" for the others.
std::string_view operator_symbol(ExprSyntax::Op op);

// The operation behind + - * / for two numbers of one type.
ExprOp arithmetic_op(ExprSyntax::Op op, ExprType type);

// The type of + - * / with instants and durations; nullopt where it has no meaning.
std::optional<ExprType> time_arithmetic_type(ExprSyntax::Op op, ExprType left, ExprType right);

// An integer node as decimal; a literal stays a literal. nullopt: the literal does not fit.
std::optional<Expression::Node> expression_to_decimal(Expression::Node node);

}  // namespace plumbline

#endif  // PLUMBLINE_EVALUATOR_EXPRESSION_OPERATORS_H_
