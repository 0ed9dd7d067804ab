// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVALUATOR_EXPRESSION_NAMES_H_
#define PLUMBLINE_EVALUATOR_EXPRESSION_NAMES_H_

#include <string>
#include <variant>
#include <vector>

#include "evaluator/expression_node.h"

// What the names in an expression mean: fields and steps of a case type, functions.
namespace plumbline {

// The node that a name stands for, or why it stands for none.
using NameResult = std::variant<Expression::Node, SyntaxError>;

// "an integer", "a text": for sentences.
std::string a_type(ExprType type);

// The names behind `case.`. `type` must outlive it and the nodes.
class CaseNames {
 public:
  explicit CaseNames(const TypeSpec& type) : type_(type) {}

  NameResult lone_name(const ExprSyntax& name) const;  // always a SyntaxError with the remedy
  NameResult member(const ExprSyntax& path) const;     // case.x, case.x.time
  NameResult has(const ExprSyntax& call) const;        // has(case.x), has(case.x.time)

 private:
  NameResult field_or_time(const ExprSyntax& path) const;
  NameResult unknown(const ExprSyntax& path) const;

  const TypeSpec& type_;
};

// duration(), timestamp(), size(), workday_due() with checked arguments.
NameResult resolve_call(const ExprSyntax& call, std::vector<Expression::Node> args,
                        const Calendar& calendar);
// startsWith(), endsWith(), contains(), size(); args[0] is what the method is called on.
NameResult resolve_method(const ExprSyntax& call, std::vector<Expression::Node> args);

}  // namespace plumbline

#endif  // PLUMBLINE_EVALUATOR_EXPRESSION_NAMES_H_
