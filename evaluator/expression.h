// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVALUATOR_EXPRESSION_H_
#define PLUMBLINE_EVALUATOR_EXPRESSION_H_

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/decimal.h"
#include "base/result.h"
#include "model/event.h"
#include "packs/pack.h"
#include "packs/problem.h"

// The expression language: a typed subset of CEL over one case. docs/formats/rules.md.
//
//   case.<field>            a field of the case; the latest event that carries it
//   case.<step>.time        when the step happened;  case.time  for a type without steps
//   has(case.<field>), has(case.<step>)
//   case.overdue            open, and as-of is later than the case's due instant
//   == != < <= > >=  && || !  + - * /  in [..]  c ? a : b  ( )  "text"  12  0.95  true false
//   duration("72h30m")  timestamp("2015-01-01T00:00:00Z")  workday_due(<instant>, n)
//   startsWith() endsWith() contains() size() on text
//
// A field or step that the case does not have is "missing". As an error does in CEL, missing takes
// part in && and || only where the other side does not decide, and in every other operation it
// makes the result missing.
namespace plumbline {

enum class ExprType { kBool, kInteger, kDecimal, kText, kInstant, kDuration };
std::string_view expr_type_name(ExprType type);

// A computed value; `number` holds bool (0/1), integer, decimal units, instant and duration (ms).
struct ExprValue {
  ExprType type = ExprType::kBool;
  std::int64_t number = 0;
  std::string text;
  bool operator==(const ExprValue&) const = default;
};

// What an expression sees of a case, by position in its TypeSpec.
struct CaseFacts {
  std::vector<std::optional<Value>> fields;    // as TypeSpec::fields
  std::vector<std::optional<Instant>> steps;   // as TypeSpec::steps; one for a type without steps
  bool overdue = false;
};

// A compiled expression. Immutable; evaluate() may be called from any thread.
class Expression {
 public:
  // Parses and checks types against the case type. Reports every error with its place: `at` is
  // where the text begins in its file, columns are counted from there. `wanted`: the type that the
  // result must have; nullopt = any. An integer is taken where a decimal is wanted.
  // `type` and `calendar` must outlive the expression.
  static std::optional<Expression> compile(std::string_view text, const TypeSpec& type,
                                           const Calendar& calendar,
                                           std::optional<ExprType> wanted, const Place& at,
                                           Problems& problems);

  ExprType type() const;
  const std::string& text() const;
  // True when the value can change with as-of alone (it reads case.overdue).
  bool depends_on_time() const;

  // nullopt = missing. kInvalid on overflow and division by zero, which are not missing: the case
  // is listed with the error.
  Result<std::optional<ExprValue>> evaluate(const CaseFacts& facts) const;

  // The form of the parsed tree, hidden from readers of this header.
  struct Node;
  const Node& root() const { return *root_; }

 private:
  explicit Expression(std::shared_ptr<const Node> root, std::string text, bool depends_on_time);
  std::shared_ptr<const Node> root_;
  std::string text_;
  bool depends_on_time_ = false;
};

}  // namespace plumbline

#endif  // PLUMBLINE_EVALUATOR_EXPRESSION_H_
