// SPDX-License-Identifier: Apache-2.0
#include "evaluator/case_lanes.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/check.h"
#include "base/limits.h"
#include "evaluator/intake.h"

namespace plumbline {

using State = CaseLanes::State;

class CaseLanes::Borrowed {
 public:
  explicit Borrowed(CaseLanes& from) : from_(from) {
    if (from.spare_.empty()) from.spare_.push_back(std::make_unique<Lane>());
    lane_ = std::move(from.spare_.back());
    from.spare_.pop_back();
  }
  ~Borrowed() { from_.spare_.push_back(std::move(lane_)); }
  Borrowed(Borrowed&&) = delete;
  Lane& operator*() { return *lane_; }

 private:
  CaseLanes& from_;
  std::unique_ptr<Lane> lane_;
};

namespace {

std::int64_t characters(std::string_view text) {
  return std::count_if(text.begin(), text.end(),
                       [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
}

State from_decimal(const Result<Decimal>& result, std::int64_t& out) {
  if (!result.ok()) return State::kFailed;
  out = result->units;
  return State::kValue;
}

State divided(bool decimal, std::int64_t left, std::int64_t right, std::int64_t& out) {
  if (right == 0) return State::kFailed;
  if (decimal) return from_decimal(decimal_div(Decimal{left}, Decimal{right}), out);
  if (left == std::numeric_limits<std::int64_t>::min() && right == -1) return State::kFailed;
  out = left / right;
  return State::kValue;
}

State overflowed(bool overflow) {
  return overflow ? State::kFailed : State::kValue;
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

}  // namespace

void CaseLanes::choose(std::size_t first, std::size_t count) {
  first_ = first;
  count_ = count;
  columns_.stand(first, count, as_of_, standing_);
}

void CaseLanes::fill(std::int64_t number, Lane& out) const {
  std::fill_n(out.states.begin(), count_, kValue);
  std::fill_n(out.numbers.begin(), count_, number);
}

void CaseLanes::field(const Node& node, Lane& out) const {
  std::uint8_t slot = columns_.slots[node.index];
  CHECK(slot != CaseColumns::kUnread, "what an expression reads is kept");
  const std::int64_t* values = columns_.values[slot].data() + first_;
  const std::uint64_t* present = columns_.present.data() + first_;
  if (node.op == ExprOp::kHasField) {
    for (std::size_t i = 0; i < count_; ++i) {
      out.states[i] = kValue;
      out.numbers[i] = static_cast<std::int64_t>(present[i] >> slot & 1);
    }
    return;
  }
  for (std::size_t i = 0; i < count_; ++i) {
    out.states[i] = (present[i] >> slot & 1) != 0 ? kValue : kMissing;
    out.numbers[i] = values[i];
  }
}

void CaseLanes::step_times(std::size_t step, Lane& out) const {
  const std::int64_t* times = columns_.steps[step].data() + first_;
  for (std::size_t i = 0; i < count_; ++i) {
    out.states[i] = times[i] != CaseColumns::kNone ? kValue : kMissing;
    out.numbers[i] = times[i];
  }
}

void CaseLanes::has_step(std::size_t step, Lane& out) const {
  const std::int64_t* times = columns_.steps[step].data() + first_;
  for (std::size_t i = 0; i < count_; ++i) {
    out.states[i] = kValue;
    out.numbers[i] = std::int64_t{times[i] != CaseColumns::kNone};
  }
}

// A value that decides ends the chain, whatever else fails or is missing.
void CaseLanes::chain(const Node& node, std::int64_t decides, Lane& out) {
  fill(1 - decides, out);
  Borrowed arg(*this);
  std::array<bool, kWidth> decided{};
  for (const Node& each : node.args) {
    evaluate(each, *arg);
    for (std::size_t i = 0; i < count_; ++i) {
      decided[i] = decided[i] || ((*arg).states[i] == kValue && (*arg).numbers[i] == decides);
      out.states[i] = std::max(out.states[i], (*arg).states[i]);
    }
  }
  for (std::size_t i = 0; i < count_; ++i) {
    if (!decided[i]) continue;
    out.states[i] = kValue;
    out.numbers[i] = decides;
  }
}

void CaseLanes::conditional(const Node& node, Lane& out) {
  Borrowed yes(*this);
  Borrowed no(*this);
  evaluate(node.args[0], out);
  evaluate(node.args[1], *yes);
  evaluate(node.args[2], *no);
  for (std::size_t i = 0; i < count_; ++i) {
    if (out.states[i] != kValue) continue;
    const Lane& chosen = out.numbers[i] == 1 ? *yes : *no;
    out.states[i] = chosen.states[i];
    out.numbers[i] = chosen.numbers[i];
  }
}

void CaseLanes::in_list(const Node& node, Lane& out) {
  std::vector<std::int64_t> listed;
  for (std::size_t a = 1; a < node.args.size(); ++a) {
    const Node& item = node.args[a];
    listed.push_back(item.type == ExprType::kText ? texts_.number(item.text) : item.number);
  }
  evaluate(node.args[0], out);
  for (std::size_t i = 0; i < count_; ++i) {
    bool found = std::find(listed.begin(), listed.end(), out.numbers[i]) != listed.end();
    if (out.states[i] == kValue) out.numbers[i] = std::int64_t{found};
  }
}

void CaseLanes::unary(const Node& node, Lane& out) {
  evaluate(node.args[0], out);
  for (std::size_t i = 0; i < count_; ++i) {
    if (out.states[i] != kValue) continue;
    std::int64_t& number = out.numbers[i];
    if (node.op == ExprOp::kNot) {
      number = 1 - number;
    } else if (node.op == ExprOp::kSize) {
      number = characters(texts_.text(number));
    } else if (node.op == ExprOp::kNegate) {
      out.states[i] = overflowed(__builtin_sub_overflow(std::int64_t{0}, number, &number));
    } else {
      out.states[i] = overflowed(__builtin_mul_overflow(number, Decimal::kOne, &number));
    }
  }
}

// The states of both sides, and `take(left, right, number)`, a state, where both are values.
template <typename Take>
void CaseLanes::each_value(Lane& left, const Lane& right, Take take) const {
  for (std::size_t i = 0; i < count_; ++i) {
    State both = std::max(left.states[i], right.states[i]);
    left.states[i] = both;
    if (both != kValue) continue;
    left.states[i] = take(left.numbers[i], right.numbers[i], left.numbers[i]);
  }
}

void CaseLanes::compare(const Node& node, Lane& left, const Lane& right) const {
  Relation relation = node.relation;
  bool equality = relation == Relation::kEqual || relation == Relation::kNotEqual;
  if (node.args[0].type == ExprType::kText && !equality) {
    each_value(left, right, [&](std::int64_t a, std::int64_t b, std::int64_t& out) {
      out = std::int64_t{holds(relation, texts_.text(a), texts_.text(b))};
      return kValue;
    });
    return;
  }
  if (node.widen_left || node.widen_right) {
    __extension__ using Wide = __int128;
    each_value(left, right, [&](std::int64_t a, std::int64_t b, std::int64_t& out) {
      Wide x = Wide{a} * (node.widen_left ? Decimal::kOne : 1);
      Wide y = Wide{b} * (node.widen_right ? Decimal::kOne : 1);
      out = std::int64_t{holds(relation, x, y)};
      return kValue;
    });
    return;
  }
  for (std::size_t i = 0; i < count_; ++i) {
    left.states[i] = std::max(left.states[i], right.states[i]);
    left.numbers[i] = std::int64_t{holds(relation, left.numbers[i], right.numbers[i])};
  }
}

State CaseLanes::workday_due(const Node& node, std::int64_t at, std::int64_t days,
                             std::int64_t& out) {
  if (days < 1 || days > limits::kMaxWorkdays || !is_plausible({at})) return kFailed;
  std::int64_t day = days_from_date(node.calendar->local_date({at}));
  auto [found, added] = due_.try_emplace({day, days});
  if (added) found->second = node.calendar->workday_due({at}, static_cast<int>(days)).ms;
  out = found->second;
  return kValue;
}

void CaseLanes::binary(const Node& node, Lane& out) {
  Borrowed borrowed(*this);
  Lane& right = *borrowed;
  evaluate(node.args[0], out);
  evaluate(node.args[1], right);
  using N = std::int64_t;
  switch (node.op) {
    case ExprOp::kCompare:
      return compare(node, out, right);
    case ExprOp::kStartsWith:
    case ExprOp::kEndsWith:
    case ExprOp::kContains:
      return each_value(out, right, [&](N a, N b, N& to) {
        const std::string& text = texts_.text(a);
        const std::string& part = texts_.text(b);
        bool found = node.op == ExprOp::kStartsWith ? text.starts_with(part)
                     : node.op == ExprOp::kEndsWith ? text.ends_with(part)
                                                    : text.find(part) != std::string::npos;
        to = N{found};
        return kValue;
      });
    case ExprOp::kWorkdayDue:
      return each_value(out, right, [&](N a, N b, N& to) { return workday_due(node, a, b, to); });
    case ExprOp::kAdd:
      return each_value(out, right, [](N a, N b, N& to) {
        return overflowed(__builtin_add_overflow(a, b, &to));
      });
    case ExprOp::kSubtract:
      return each_value(out, right, [](N a, N b, N& to) {
        return overflowed(__builtin_sub_overflow(a, b, &to));
      });
    case ExprOp::kMultiply:
      return each_value(out, right, [](N a, N b, N& to) {
        return overflowed(__builtin_mul_overflow(a, b, &to));
      });
    case ExprOp::kMultiplyDecimal:
      return each_value(out, right, [](N a, N b, N& to) {
        return from_decimal(decimal_mul(Decimal{a}, Decimal{b}), to);
      });
    default:
      bool decimal = node.op == ExprOp::kDivideDecimal;
      return each_value(out, right, [=](N a, N b, N& to) { return divided(decimal, a, b, to); });
  }
}

void CaseLanes::evaluate(const Node& node, Lane& out) {
  switch (node.op) {
    case ExprOp::kLiteral:
      return fill(node.type == ExprType::kText ? texts_.number(node.text) : node.number, out);
    case ExprOp::kField:
    case ExprOp::kHasField:
      return field(node, out);
    case ExprOp::kStepTime:
      return step_times(node.index, out);
    case ExprOp::kHasStep:
      return has_step(node.index, out);
    case ExprOp::kOverdue:
      fill(0, out);
      std::copy_n(standing_.overdue.begin(), count_, out.numbers.begin());
      return;
    case ExprOp::kAnd:
      return chain(node, 0, out);
    case ExprOp::kOr:
      return chain(node, 1, out);
    case ExprOp::kIn:
      return in_list(node, out);
    case ExprOp::kConditional:
      return conditional(node, out);
    case ExprOp::kNot:
    case ExprOp::kSize:
    case ExprOp::kNegate:
    case ExprOp::kToDecimal:
      return unary(node, out);
    default:
      return binary(node, out);
  }
}

}  // namespace plumbline
