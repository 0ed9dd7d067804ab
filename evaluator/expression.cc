// SPDX-License-Identifier: Apache-2.0
#include "evaluator/expression.h"

#include <utility>

#include "evaluator/expression_node.h"
#include "evaluator/expression_operators.h"

namespace plumbline {

std::string_view expr_type_name(ExprType type) {
  switch (type) {
    case ExprType::kBool:
      return "bool";
    case ExprType::kInteger:
      return "integer";
    case ExprType::kDecimal:
      return "decimal";
    case ExprType::kText:
      return "text";
    case ExprType::kInstant:
      return "instant";
    case ExprType::kDuration:
      return "duration";
  }
  CHECK(false, "an expression type outside of the enumeration");
}

Result<Duration> parse_duration_text(std::string_view text) {
  Error bad(Code::kInvalid,
            "\"" + std::string(text) + "\" is not a duration such as \"72h30m15s500ms\"");
  std::string_view rest = text;
  bool negative = !rest.empty() && rest.front() == '-';
  if (negative) rest.remove_prefix(1);
  if (rest.empty()) return bad;
  std::int64_t total = 0;
  while (!rest.empty()) {
    std::int64_t count = 0;
    std::size_t digits = 0;
    for (; digits < rest.size() && rest[digits] >= '0' && rest[digits] <= '9'; ++digits) {
      if (__builtin_mul_overflow(count, std::int64_t{10}, &count) ||
          __builtin_add_overflow(count, std::int64_t{rest[digits] - '0'}, &count)) {
        return bad;
      }
    }
    if (digits == 0) return bad;
    rest.remove_prefix(digits);
    std::int64_t unit = 0;
    std::size_t letters = 1;
    if (rest.substr(0, 2) == "ms") {
      unit = 1;
      letters = 2;
    } else if (!rest.empty() && rest.front() == 's') {
      unit = 1000;
    } else if (!rest.empty() && rest.front() == 'm') {
      unit = kMsPerMinute;
    } else if (!rest.empty() && rest.front() == 'h') {
      unit = kMsPerHour;
    } else {
      return bad;
    }
    rest.remove_prefix(letters);
    if (__builtin_mul_overflow(count, unit, &count) ||
        __builtin_add_overflow(total, count, &total)) {
      return bad;
    }
  }
  return Duration{negative ? -total : total};
}

Expression::Expression(std::shared_ptr<const Node> root, std::string text, bool depends_on_time)
    : root_(std::move(root)), text_(std::move(text)), depends_on_time_(depends_on_time) {}

std::optional<Expression> Expression::compile(std::string_view text, const TypeSpec& type,
                                              const Calendar& calendar,
                                              std::optional<ExprType> wanted, const Place& at,
                                              Problems& problems) {
  std::optional<SyntaxError> error;
  std::optional<ExprSyntax> syntax = parse_expression(text, error);
  if (!syntax) {
    CHECK(error.has_value(), "the parser refuses a text and says why");
    Place place = at;
    place.column += static_cast<int>(error->offset);
    problems.add(place, error->sentence, error->suggestion);
    return std::nullopt;
  }
  bool depends_on_time = false;
  std::optional<Node> root =
      check_expression(*syntax, type, calendar, at, problems, depends_on_time);
  if (!root) return std::nullopt;
  if (wanted == ExprType::kDecimal && root->type == ExprType::kInteger) {
    root = expression_to_decimal(*std::move(root));
    if (!root) {
      problems.add(at, "the integer does not fit into a decimal (±9223372036854.775807)");
      return std::nullopt;
    }
  }
  if (wanted && root->type != *wanted) {
    problems.add(at, "the expression gives " + std::string(expr_type_name(root->type)) +
                         ", expected " + std::string(expr_type_name(*wanted)));
    return std::nullopt;
  }
  return Expression(std::make_shared<const Node>(*std::move(root)), std::string(text),
                    depends_on_time);
}

ExprType Expression::type() const {
  return root_->type;
}
const std::string& Expression::text() const {
  return text_;
}
bool Expression::depends_on_time() const {
  return depends_on_time_;
}

}  // namespace plumbline
