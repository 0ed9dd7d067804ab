// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <charconv>
#include <utility>

#include "base/decimal.h"
#include "base/limits.h"
#include "evaluator/expression_syntax.h"

namespace plumbline {
namespace {

using Op = ExprSyntax::Op;
using Parsed = std::optional<ExprSyntax>;

struct OperatorOf {
  std::string_view symbol;
  Op op;
};
constexpr OperatorOf kRelations[] = {{"==", Op::kEqual},  {"!=", Op::kNotEqual},
                                     {"<", Op::kLess},    {"<=", Op::kLessOrEqual},
                                     {">", Op::kGreater}, {">=", Op::kGreaterOrEqual}};
constexpr OperatorOf kSums[] = {{"+", Op::kAdd}, {"-", Op::kSubtract}};
constexpr OperatorOf kProducts[] = {{"*", Op::kMultiply}, {"/", Op::kDivide}};

std::string too_deep() {
  return "the expression is nested deeper than " + std::to_string(limits::kMaxExpressionDepth) +
         " levels";
}

// Recursive descent. Recursion happens in expression() alone, which counts its depth; chains are
// loops, and the depth of the tree that they build is checked in node().
class Parser {
 public:
  Parser(std::vector<ExprToken> tokens, std::optional<SyntaxError>& error)
      : tokens_(std::move(tokens)), error_(error) {}

  Parsed run() {
    Parsed whole = expression();
    if (whole && token().kind != ExprToken::Kind::kEnd) {
      return fail("expected an operator or the end of the expression, found " + found());
    }
    return whole;
  }

 private:
  const ExprToken& token() const { return tokens_[at_]; }
  bool is_symbol(std::string_view symbol) const {
    return token().kind == ExprToken::Kind::kSymbol && token().text == symbol;
  }
  bool take(std::string_view symbol) {
    if (!is_symbol(symbol)) return false;
    ++at_;
    return true;
  }

  std::string found() const {
    switch (token().kind) {
      case ExprToken::Kind::kEnd:
        return "the end of the expression";
      case ExprToken::Kind::kText:
        return "a text";
      default:
        return "\"" + token().text + "\"";
    }
  }

  Parsed fail_at(std::size_t offset, std::string sentence) {
    if (!error_) error_ = SyntaxError{offset, std::move(sentence), ""};
    return std::nullopt;
  }
  Parsed fail(std::string sentence) { return fail_at(token().offset, std::move(sentence)); }

  Parsed node(Op op, std::size_t offset, std::vector<ExprSyntax> args, std::string text = "") {
    ExprSyntax out;
    out.op = op;
    out.offset = offset;
    out.text = std::move(text);
    for (const ExprSyntax& arg : args) out.depth = std::max(out.depth, arg.depth + 1);
    out.args = std::move(args);
    if (out.depth > limits::kMaxExpressionDepth) return fail_at(offset, too_deep());
    return out;
  }

  Parsed expression() {
    if (depth_ == limits::kMaxExpressionDepth) return fail(too_deep());
    ++depth_;
    Parsed out = conditional();
    --depth_;
    return out;
  }

  Parsed conditional() {
    Parsed condition = any_of();
    std::size_t offset = token().offset;
    if (!condition || !take("?")) return condition;
    Parsed yes = any_of();
    if (!yes) return yes;
    if (!take(":")) return fail("expected \":\" and the other value of \"?\", found " + found());
    Parsed no = expression();
    if (!no) return no;
    std::vector<ExprSyntax> args;
    args.push_back(*std::move(condition));
    args.push_back(*std::move(yes));
    args.push_back(*std::move(no));
    return node(Op::kConditional, offset, std::move(args));
  }

  Parsed any_of() { return chain("||", Op::kOr, &Parser::all_of); }
  Parsed all_of() { return chain("&&", Op::kAnd, &Parser::relation); }

  Parsed chain(std::string_view symbol, Op op, Parsed (Parser::*part)()) {
    Parsed first = (this->*part)();
    std::size_t offset = token().offset;
    if (!first || !is_symbol(symbol)) return first;
    std::vector<ExprSyntax> args;
    args.push_back(*std::move(first));
    while (take(symbol)) {
      Parsed next = (this->*part)();
      if (!next) return next;
      args.push_back(*std::move(next));
    }
    return node(op, offset, std::move(args));
  }

  Parsed relation() {
    Parsed left = binary(kSums, &Parser::product);
    while (left) {
      std::size_t offset = token().offset;
      std::optional<Op> op = operator_of(kRelations);
      if (!op && token().kind == ExprToken::Kind::kName && token().text == "in") {
        ++at_;
        op = Op::kIn;
      }
      if (!op) break;
      left = join(*op, offset, *std::move(left), binary(kSums, &Parser::product));
    }
    return left;
  }

  Parsed product() { return binary(kProducts, &Parser::unary); }

  template <std::size_t kCount>
  std::optional<Op> operator_of(const OperatorOf (&table)[kCount]) {
    for (const OperatorOf& entry : table) {
      if (take(entry.symbol)) return entry.op;
    }
    return std::nullopt;
  }

  template <std::size_t kCount>
  Parsed binary(const OperatorOf (&table)[kCount], Parsed (Parser::*part)()) {
    Parsed left = (this->*part)();
    while (left) {
      std::size_t offset = token().offset;
      std::optional<Op> op = operator_of(table);
      if (!op) break;
      left = join(*op, offset, *std::move(left), (this->*part)());
    }
    return left;
  }

  Parsed join(Op op, std::size_t offset, ExprSyntax left, Parsed right) {
    if (!right) return right;
    std::vector<ExprSyntax> args;
    args.push_back(std::move(left));
    args.push_back(*std::move(right));
    return node(op, offset, std::move(args));
  }

  Parsed unary() {
    std::vector<std::size_t> signs;
    Op op = is_symbol("!") ? Op::kNot : Op::kNegate;
    std::string_view symbol = op == Op::kNot ? "!" : "-";
    while (is_symbol(symbol)) {
      signs.push_back(token().offset);
      ++at_;
    }
    bool is_number =
        token().kind == ExprToken::Kind::kInteger || token().kind == ExprToken::Kind::kDecimal;
    // A minus belongs to the number after it, so that the least integer can be written.
    std::optional<std::size_t> minus;
    if (is_number && op == Op::kNegate && !signs.empty()) {
      minus = signs.back();
      signs.pop_back();
    }
    Parsed out = is_number ? number(minus) : member();
    while (out && !signs.empty()) {
      std::vector<ExprSyntax> args;
      args.push_back(*std::move(out));
      out = node(op, signs.back(), std::move(args));
      signs.pop_back();
    }
    return out;
  }

  // `minus`: where its minus stands, if it has one.
  Parsed number(std::optional<std::size_t> minus) {
    const ExprToken& literal = token();
    std::string text = (minus ? "-" : "") + literal.text;
    ExprSyntax out;
    out.offset = minus.value_or(literal.offset);
    if (literal.kind == ExprToken::Kind::kDecimal) {
      Result<Decimal> value = parse_decimal(text);
      if (!value.ok()) {
        return fail("the number " + text + " has more than six decimals or is too large");
      }
      out.op = Op::kDecimal;
      out.number = value->units;
    } else {
      out.op = Op::kInteger;
      auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), out.number);
      if (code != std::errc() || end != text.data() + text.size()) {
        return fail("the integer " + text + " does not fit into 64 bits");
      }
    }
    ++at_;
    return out;
  }

  Parsed member() {
    Parsed left = primary();
    while (left && take(".")) {
      if (token().kind != ExprToken::Kind::kName) {
        return fail("expected a name after \".\", found " + found());
      }
      std::size_t offset = token().offset;
      std::string name = token().text;
      ++at_;
      std::vector<ExprSyntax> args;
      args.push_back(*std::move(left));
      if (take("(")) {
        if (!list_until(")", args)) return std::nullopt;
        left = node(Op::kMethod, offset, std::move(args), std::move(name));
      } else {
        left = node(Op::kMember, offset, std::move(args), std::move(name));
      }
    }
    return left;
  }

  Parsed primary() {
    const ExprToken first = token();
    if (take("(")) {
      Parsed inside = expression();
      if (inside && !take(")")) return fail("expected \")\", found " + found());
      return inside;
    }
    std::vector<ExprSyntax> args;
    if (take("[")) {
      if (!list_until("]", args)) return std::nullopt;
      return node(Op::kList, first.offset, std::move(args));
    }
    if (first.kind == ExprToken::Kind::kText) {
      ++at_;
      return node(Op::kText, first.offset, {}, first.text);
    }
    if (first.kind != ExprToken::Kind::kName || first.text == "in") {
      return fail("expected a value, found " + found());
    }
    ++at_;
    if (first.text == "true" || first.text == "false") {
      Parsed out = node(Op::kBool, first.offset, {});
      out->number = first.text == "true" ? 1 : 0;
      return out;
    }
    if (!take("(")) return node(Op::kName, first.offset, {}, first.text);
    if (!list_until(")", args)) return std::nullopt;
    return node(Op::kCall, first.offset, std::move(args), first.text);
  }

  // Values separated by commas up to `close`, which is taken too.
  bool list_until(std::string_view close, std::vector<ExprSyntax>& args) {
    if (take(close)) return true;
    do {
      Parsed arg = expression();
      if (!arg) return false;
      args.push_back(*std::move(arg));
    } while (take(","));
    if (take(close)) return true;
    fail("expected \",\" or \"" + std::string(close) + "\", found " + found());
    return false;
  }

  std::vector<ExprToken> tokens_;
  std::optional<SyntaxError>& error_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

}  // namespace

std::optional<ExprSyntax> parse_expression(std::string_view text,
                                           std::optional<SyntaxError>& error) {
  if (text.size() > limits::kMaxExpressionBytes) {
    error = SyntaxError{0,
                        "the expression has " + std::to_string(text.size()) + " bytes, at most " +
                            std::to_string(limits::kMaxExpressionBytes) + " are allowed",
                        ""};
    return std::nullopt;
  }
  std::vector<ExprToken> tokens = expression_tokens(text, error);
  if (error) return std::nullopt;
  return Parser(std::move(tokens), error).run();
}

}  // namespace plumbline
