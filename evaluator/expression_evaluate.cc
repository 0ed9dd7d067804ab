// SPDX-License-Identifier: Apache-2.0
#include <limits>
#include <string>
#include <utility>

#include "base/limits.h"
#include "evaluator/expression_node.h"

namespace plumbline {
namespace {

using Node = Expression::Node;

// A value on the way up the tree. Texts are borrowed from the facts or the tree. A failure names
// the node and the reason; the sentence is made only where it leaves the tree.
struct Cell {
  enum class State : std::uint8_t { kValue, kMissing, kFailed } state = State::kValue;
  std::int64_t number = 0;
  std::string_view text = {};
  const Node* culprit = nullptr;

  bool is_value() const { return state == State::kValue; }
  bool is_value(std::int64_t wanted) const { return is_value() && number == wanted; }
};

Cell value(std::int64_t number) {
  return {Cell::State::kValue, number, {}, nullptr};
}
Cell missing() {
  return {Cell::State::kMissing, 0, {}, nullptr};
}
Cell failed(const Node& culprit, std::string_view reason) {
  return {Cell::State::kFailed, 0, reason, &culprit};
}
constexpr std::string_view kOverflow = "the result does not fit into 64 bits";

// Of two operands of which one is no value: a failure before what is missing, the left first.
const Cell& stronger(const Cell& left, const Cell& right) {
  if (left.state == Cell::State::kFailed || right.is_value()) return left;
  if (right.state == Cell::State::kFailed || left.is_value()) return right;
  return left;
}

Cell from_decimal(const Node& node, const Result<Decimal>& result) {
  return result.ok() ? value(result->units) : failed(node, kOverflow);
}

Cell eval(const Node& node, const CaseFacts& facts);

// `decides` ends the chain: 0 for &&, 1 for ||. Otherwise a failure, then what is missing, stays.
Cell eval_chain(const Node& node, const CaseFacts& facts, std::int64_t decides) {
  Cell open = value(1 - decides);
  for (const Node& arg : node.args) {
    Cell cell = eval(arg, facts);
    if (cell.is_value(decides)) return cell;
    if (!cell.is_value() || !open.is_value()) open = stronger(open, cell);
  }
  return open;
}

template <typename T>
bool holds(Relation relation, const T& left, const T& right) {
  switch (relation) {
    case Relation::kEqual:
      return left == right;
    case Relation::kNotEqual:
      return left != right;
    case Relation::kLess:
      return left < right;
    case Relation::kLessOrEqual:
      return left <= right;
    case Relation::kGreater:
      return left > right;
    case Relation::kGreaterOrEqual:
      return left >= right;
  }
  return false;
}

Cell compare(const Node& node, const Cell& left, const Cell& right) {
  if (node.args[0].type == ExprType::kText) {
    return value(holds(node.relation, left.text, right.text) ? 1 : 0);
  }
  __extension__ using Wide = __int128;
  Wide a = Wide{left.number} * (node.widen_left ? Decimal::kOne : 1);
  Wide b = Wide{right.number} * (node.widen_right ? Decimal::kOne : 1);
  return value(holds(node.relation, a, b) ? 1 : 0);
}

Cell divide(const Node& node, std::int64_t left, std::int64_t right) {
  if (right == 0) return failed(node, "division by zero");
  if (node.op == ExprOp::kDivideDecimal) {
    return from_decimal(node, decimal_div(Decimal{left}, Decimal{right}));
  }
  if (left == std::numeric_limits<std::int64_t>::min() && right == -1) {
    return failed(node, kOverflow);
  }
  return value(left / right);
}

Cell arithmetic(const Node& node, std::int64_t left, std::int64_t right) {
  std::int64_t out = 0;
  bool overflow = false;
  switch (node.op) {
    case ExprOp::kAdd:
      overflow = __builtin_add_overflow(left, right, &out);
      break;
    case ExprOp::kSubtract:
      overflow = __builtin_sub_overflow(left, right, &out);
      break;
    case ExprOp::kMultiply:
      overflow = __builtin_mul_overflow(left, right, &out);
      break;
    case ExprOp::kMultiplyDecimal:
      return from_decimal(node, decimal_mul(Decimal{left}, Decimal{right}));
    default:
      return divide(node, left, right);
  }
  return overflow ? failed(node, kOverflow) : value(out);
}

Cell workday_due(const Node& node, std::int64_t at, std::int64_t days) {
  // Years 1900 to 2199, as far as instants can be written.
  constexpr std::int64_t kFirst = -2'208'988'800'000;
  constexpr std::int64_t kLast = 7'258'118'400'000;
  if (days < 1 || days > limits::kMaxWorkdays) {
    return failed(node, "the number of work days is outside of 1 to 3660");
  }
  if (at < kFirst || at >= kLast) {
    return failed(node, "the instant is outside of the years 1900 to 2199");
  }
  return value(node.calendar->workday_due(Instant{at}, static_cast<int>(days)).ms);
}

std::int64_t characters(std::string_view text) {
  std::int64_t count = 0;
  for (char c : text) count += (static_cast<unsigned char>(c) & 0xC0) != 0x80 ? 1 : 0;
  return count;
}

Cell text_test(ExprOp op, std::string_view text, std::string_view part) {
  bool out = false;
  if (op == ExprOp::kStartsWith) out = text.starts_with(part);
  if (op == ExprOp::kEndsWith) out = text.ends_with(part);
  if (op == ExprOp::kContains) out = text.find(part) != std::string_view::npos;
  return value(out ? 1 : 0);
}

Cell eval_in(const Node& node, const CaseFacts& facts) {
  Cell left = eval(node.args[0], facts);
  if (!left.is_value()) return left;
  for (std::size_t i = 1; i < node.args.size(); ++i) {
    const Node& item = node.args[i];
    if (item.type == ExprType::kText ? item.text == left.text : item.number == left.number) {
      return value(1);
    }
  }
  return value(0);
}

Cell eval_unary(const Node& node, const CaseFacts& facts) {
  Cell arg = eval(node.args[0], facts);
  if (!arg.is_value()) return arg;
  std::int64_t out = 0;
  switch (node.op) {
    case ExprOp::kNot:
      return value(1 - arg.number);
    case ExprOp::kSize:
      return value(characters(arg.text));
    case ExprOp::kNegate:
      if (__builtin_sub_overflow(std::int64_t{0}, arg.number, &out)) return failed(node, kOverflow);
      return value(out);
    default:
      if (__builtin_mul_overflow(arg.number, Decimal::kOne, &out)) {
        return failed(node, "the integer does not fit into a decimal");
      }
      return value(out);
  }
}

Cell eval_binary(const Node& node, const CaseFacts& facts) {
  Cell left = eval(node.args[0], facts);
  Cell right = eval(node.args[1], facts);
  if (!left.is_value() || !right.is_value()) return stronger(left, right);
  switch (node.op) {
    case ExprOp::kCompare:
      return compare(node, left, right);
    case ExprOp::kStartsWith:
    case ExprOp::kEndsWith:
    case ExprOp::kContains:
      return text_test(node.op, left.text, right.text);
    case ExprOp::kWorkdayDue:
      return workday_due(node, left.number, right.number);
    default:
      return arithmetic(node, left.number, right.number);
  }
}

Cell eval_field(const Node& node, const CaseFacts& facts) {
  CHECK(node.index < facts.fields.size(), "facts have the fields of the expression's case type");
  const std::optional<Value>& field = facts.fields[node.index];
  if (node.op == ExprOp::kHasField) return value(field ? 1 : 0);
  if (!field) return missing();
  return {Cell::State::kValue, field->number, field->text, nullptr};
}

Cell eval_step(const Node& node, const CaseFacts& facts) {
  CHECK(node.index < facts.steps.size(), "facts have the steps of the expression's case type");
  const std::optional<Instant>& step = facts.steps[node.index];
  if (node.op == ExprOp::kHasStep) return value(step ? 1 : 0);
  return step ? value(step->ms) : missing();
}

Cell eval(const Node& node, const CaseFacts& facts) {
  switch (node.op) {
    case ExprOp::kLiteral:
      return {Cell::State::kValue, node.number, node.text, nullptr};
    case ExprOp::kField:
    case ExprOp::kHasField:
      return eval_field(node, facts);
    case ExprOp::kStepTime:
    case ExprOp::kHasStep:
      return eval_step(node, facts);
    case ExprOp::kOverdue:
      return value(facts.overdue ? 1 : 0);
    case ExprOp::kAnd:
      return eval_chain(node, facts, 0);
    case ExprOp::kOr:
      return eval_chain(node, facts, 1);
    case ExprOp::kIn:
      return eval_in(node, facts);
    case ExprOp::kConditional: {
      Cell condition = eval(node.args[0], facts);
      if (!condition.is_value()) return condition;
      return eval(node.args[condition.number == 1 ? 1 : 2], facts);
    }
    case ExprOp::kNot:
    case ExprOp::kSize:
    case ExprOp::kNegate:
    case ExprOp::kToDecimal:
      return eval_unary(node, facts);
    default:
      return eval_binary(node, facts);
  }
}

}  // namespace

Result<std::optional<ExprValue>> Expression::evaluate(const CaseFacts& facts) const {
  Cell cell = eval(*root_, facts);
  if (cell.state == Cell::State::kMissing) return std::optional<ExprValue>();
  if (cell.state == Cell::State::kFailed) {
    return Error(Code::kInvalid, "the expression \"" + text_ + "\" fails at character " +
                                     std::to_string(cell.culprit->offset + 1) + ": " +
                                     std::string(cell.text));
  }
  ExprValue out{root_->type, 0, {}};
  if (out.type == ExprType::kText) {
    out.text = std::string(cell.text);
  } else {
    out.number = cell.number;
  }
  return std::optional<ExprValue>(std::move(out));
}

}  // namespace plumbline
