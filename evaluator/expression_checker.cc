// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "evaluator/expression_names.h"
#include "evaluator/expression_node.h"
#include "evaluator/expression_operators.h"

namespace plumbline {
namespace {

using Node = Expression::Node;
using Checked = std::optional<Node>;
using Op = ExprSyntax::Op;

class Checker {
 public:
  Checker(const TypeSpec& type, const Calendar& calendar, const Place& at, Problems& problems,
          bool& depends_on_time)
      : names_(type),
        calendar_(calendar),
        at_(at),
        problems_(problems),
        depends_on_time_(depends_on_time) {}

  Checked check(const ExprSyntax& syntax) {
    switch (syntax.op) {
      case Op::kInteger:
        return literal(syntax, ExprType::kInteger);
      case Op::kDecimal:
        return literal(syntax, ExprType::kDecimal);
      case Op::kText:
        return literal(syntax, ExprType::kText);
      case Op::kBool:
        return literal(syntax, ExprType::kBool);
      case Op::kName:
        return accept(names_.lone_name(syntax));
      case Op::kMember:
        return accept(names_.member(syntax));
      case Op::kCall:
        return call(syntax);
      case Op::kMethod:
        return method(syntax);
      case Op::kList:
        return fail(syntax, "a list stands only after \"in\"");
      case Op::kNot:
        return negation(syntax);
      case Op::kNegate:
        return sign(syntax);
      case Op::kAnd:
        return logic(syntax, ExprOp::kAnd);
      case Op::kOr:
        return logic(syntax, ExprOp::kOr);
      case Op::kConditional:
        return conditional(syntax);
      case Op::kIn:
        return in(syntax);
      case Op::kAdd:
      case Op::kSubtract:
      case Op::kMultiply:
      case Op::kDivide:
        return arithmetic(syntax);
      default:
        return compare(syntax);
    }
  }

 private:
  Checked fail(const ExprSyntax& where, std::string sentence, std::string suggestion = "") {
    return fail_at(where.offset, std::move(sentence), std::move(suggestion));
  }
  Checked fail_at(std::size_t offset, std::string sentence, std::string suggestion = "") {
    Place place = at_;
    place.column += static_cast<int>(offset);
    problems_.add(place, std::move(sentence), std::move(suggestion));
    return std::nullopt;
  }
  Checked accept(NameResult result) {
    if (auto* error = std::get_if<SyntaxError>(&result)) {
      return fail_at(error->offset, error->sentence, error->suggestion);
    }
    Node node = std::get<Node>(std::move(result));
    if (node.op == ExprOp::kOverdue) depends_on_time_ = true;
    return node;
  }

  static Checked literal(const ExprSyntax& syntax, ExprType type) {
    Node out = make_node(ExprOp::kLiteral, type, syntax.offset);
    out.number = syntax.number;
    out.text = syntax.text;
    return out;
  }

  // Checks all arguments, so that each reports its own problems; empty when one has any.
  std::optional<std::vector<Node>> all(const std::vector<ExprSyntax>& args) {
    std::vector<Node> out;
    bool good = true;
    for (const ExprSyntax& arg : args) {
      Checked node = check(arg);
      good = good && node.has_value();
      if (node) out.push_back(*std::move(node));
    }
    if (!good) return std::nullopt;
    return out;
  }

  Checked negation(const ExprSyntax& syntax) {
    Checked arg = check(syntax.args[0]);
    if (!arg) return arg;
    if (arg->type != ExprType::kBool) {
      return fail(syntax, "\"!\" negates a bool, not " + a_type(arg->type));
    }
    Node out = make_node(ExprOp::kNot, ExprType::kBool, syntax.offset);
    out.args.push_back(*std::move(arg));
    return out;
  }

  Checked sign(const ExprSyntax& syntax) {
    Checked arg = check(syntax.args[0]);
    if (!arg) return arg;
    if (!is_number(arg->type) && arg->type != ExprType::kDuration) {
      return fail(syntax, "\"-\" cannot stand before " + a_type(arg->type));
    }
    Node out = make_node(ExprOp::kNegate, arg->type, syntax.offset);
    out.args.push_back(*std::move(arg));
    return out;
  }

  Checked logic(const ExprSyntax& syntax, ExprOp op) {
    auto args = all(syntax.args);
    if (!args) return std::nullopt;
    bool good = true;
    for (const Node& arg : *args) {
      if (arg.type == ExprType::kBool) continue;
      good = false;
      fail_at(arg.offset, "\"" + std::string(operator_symbol(syntax.op)) +
                              "\" joins bools, and this is " + a_type(arg.type));
    }
    if (!good) return std::nullopt;
    Node out = make_node(op, ExprType::kBool, syntax.offset);
    out.args = *std::move(args);
    return out;
  }

  Checked conditional(const ExprSyntax& syntax) {
    auto args = all(syntax.args);
    if (!args) return std::nullopt;
    std::vector<Node>& nodes = *args;
    if (nodes[0].type != ExprType::kBool) {
      return fail(syntax, "before \"?\" stands a bool, not " + a_type(nodes[0].type));
    }
    if (is_number(nodes[1].type) && is_number(nodes[2].type) && !match(nodes[1], nodes[2])) {
      return std::nullopt;
    }
    if (nodes[1].type != nodes[2].type) {
      return fail(syntax, "the two values of \"?\" differ in type: " +
                              std::string(expr_type_name(nodes[1].type)) + " and " +
                              std::string(expr_type_name(nodes[2].type)));
    }
    Node out = make_node(ExprOp::kConditional, nodes[1].type, syntax.offset);
    out.args = std::move(nodes);
    return out;
  }

  // Makes two numbers one type: an integer beside a decimal becomes a decimal.
  bool match(Node& a, Node& b) {
    if (a.type == b.type) return true;
    return to_decimal(a.type == ExprType::kInteger ? a : b);
  }

  bool to_decimal(Node& node) {
    std::size_t offset = node.offset;
    Checked decimal = expression_to_decimal(std::move(node));
    if (!decimal) {
      fail_at(offset, "the integer does not fit into a decimal (±9223372036854.775807)");
      return false;
    }
    node = *std::move(decimal);
    return true;
  }

  Checked arithmetic(const ExprSyntax& syntax) {
    auto args = all(syntax.args);
    if (!args) return std::nullopt;
    std::vector<Node>& nodes = *args;
    ExprType left = nodes[0].type;
    ExprType right = nodes[1].type;
    if (syntax.op == Op::kDivide && nodes[1].op == ExprOp::kLiteral && is_number(right) &&
        nodes[1].number == 0) {
      return fail(syntax, "division by zero");
    }
    if (is_number(left) && is_number(right)) {
      if (!match(nodes[0], nodes[1])) return std::nullopt;
      Node out = make_node(arithmetic_op(syntax.op, nodes[0].type), nodes[0].type, syntax.offset);
      out.args = std::move(nodes);
      return out;
    }
    std::optional<ExprType> type = time_arithmetic_type(syntax.op, left, right);
    if (!type) {
      return fail(syntax, std::string(expr_type_name(left)) + " " +
                              std::string(operator_symbol(syntax.op)) + " " +
                              std::string(expr_type_name(right)) + " has no meaning");
    }
    Node out = make_node(arithmetic_op(syntax.op, ExprType::kInteger), *type, syntax.offset);
    out.args = std::move(nodes);
    return out;
  }

  Checked compare(const ExprSyntax& syntax) {
    auto args = all(syntax.args);
    if (!args) return std::nullopt;
    const Node& left = (*args)[0];
    const Node& right = (*args)[1];
    bool equality = syntax.op == Op::kEqual || syntax.op == Op::kNotEqual;
    std::string symbol(operator_symbol(syntax.op));
    if (left.type != right.type && !(is_number(left.type) && is_number(right.type))) {
      return fail(syntax, std::string(expr_type_name(left.type)) + " " + symbol + " " +
                              std::string(expr_type_name(right.type)) +
                              " compares two different types");
    }
    if (!equality && left.type == ExprType::kBool) {
      return fail(syntax, "\"" + symbol + "\" does not order bools");
    }
    if (!equality && (is_enum(left) || is_enum(right))) {
      return fail(syntax, "\"" + symbol + "\" does not order the values of an enum");
    }
    if (!enum_holds(left, right) || !enum_holds(right, left)) return std::nullopt;
    Node out = make_node(ExprOp::kCompare, ExprType::kBool, syntax.offset);
    out.relation =
        static_cast<Relation>(static_cast<int>(syntax.op) - static_cast<int>(Op::kEqual));
    out.widen_left = left.type == ExprType::kInteger && right.type == ExprType::kDecimal;
    out.widen_right = left.type == ExprType::kDecimal && right.type == ExprType::kInteger;
    out.args = *std::move(args);
    return out;
  }

  static bool is_enum(const Node& node) {
    return node.field != nullptr && node.field->kind == Kind::kEnum;
  }

  // A text that is compared with an enum must be one of its values.
  bool enum_holds(const Node& field, const Node& value) {
    if (!is_enum(field) || value.op != ExprOp::kLiteral) return true;
    const std::vector<std::string>& values = field.field->values;
    for (const std::string& one : values) {
      if (one == value.text) return true;
    }
    fail_at(value.offset, "\"" + value.text + "\" is not a value of case." + field.field->name,
            did_you_mean(value.text, values));
    return false;
  }

  Checked in(const ExprSyntax& syntax) {
    const ExprSyntax& list = syntax.args[1];
    Checked left = check(syntax.args[0]);
    if (list.op != Op::kList) return fail(list, "after \"in\" stands a list, such as [1, 2]");
    auto items = all(list.args);
    if (!left || !items) return std::nullopt;
    if (items->empty()) return fail(list, "the list after \"in\" is empty");
    bool good = true;
    for (Node& item : *items) good = list_item(*left, item) && good;
    if (!good) return std::nullopt;
    Node out = make_node(ExprOp::kIn, ExprType::kBool, syntax.offset);
    out.args.push_back(*std::move(left));
    for (Node& item : *items) out.args.push_back(std::move(item));
    return out;
  }

  bool list_item(const Node& left, Node& item) {
    std::size_t offset = item.offset;
    if (item.op != ExprOp::kLiteral) {
      fail_at(offset, "a list holds only written values, no fields or operators");
      return false;
    }
    if (left.type == ExprType::kDecimal && item.type == ExprType::kInteger) {
      return to_decimal(item);
    }
    if (item.type != left.type) {
      fail_at(offset, "the list holds " + a_type(item.type) + ", before \"in\" stands " +
                          a_type(left.type));
      return false;
    }
    return enum_holds(left, item);
  }

  Checked call(const ExprSyntax& syntax) {
    if (syntax.text == "has") return accept(names_.has(syntax));
    auto args = all(syntax.args);
    if (!args) return std::nullopt;
    return accept(resolve_call(syntax, *std::move(args), calendar_));
  }

  Checked method(const ExprSyntax& syntax) {
    auto args = all(syntax.args);
    if (!args) return std::nullopt;
    return accept(resolve_method(syntax, *std::move(args)));
  }

  CaseNames names_;
  const Calendar& calendar_;
  const Place& at_;
  Problems& problems_;
  bool& depends_on_time_;
};

}  // namespace

std::optional<Expression::Node> check_expression(const ExprSyntax& syntax, const TypeSpec& type,
                                                 const Calendar& calendar, const Place& at,
                                                 Problems& problems, bool& depends_on_time) {
  return Checker(type, calendar, at, problems, depends_on_time).check(syntax);
}

}  // namespace plumbline
