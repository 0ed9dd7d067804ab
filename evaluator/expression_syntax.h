// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVALUATOR_EXPRESSION_SYNTAX_H_
#define PLUMBLINE_EVALUATOR_EXPRESSION_SYNTAX_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The form of an expression before names and types are looked at: tokens, and a tree of what was
// written. The grammar is that of CEL (cel-spec, "Syntax"), less what docs/formats/rules.md says.
namespace plumbline {

// Where and why a text is not an expression; `offset` counts bytes from its beginning.
struct SyntaxError {
  std::size_t offset = 0;
  std::string sentence;
  std::string suggestion;  // may be empty
};

struct ExprToken {
  enum class Kind { kName, kInteger, kDecimal, kText, kSymbol, kEnd };
  Kind kind = Kind::kEnd;
  std::size_t offset = 0;
  std::string text;  // the name, digits, symbol, or the text without quotes and escapes
};

// Cuts `text` into tokens, the last of which is kEnd. At the first byte that begins no token it
// stops and sets `error`.
std::vector<ExprToken> expression_tokens(std::string_view text, std::optional<SyntaxError>& error);

struct ExprSyntax {
  enum class Op {
    kInteger,  // number
    kDecimal,  // number = units of 10^-6
    kText,     // text
    kBool,     // number = 0 or 1
    kName,     // text; a name that stands alone
    kMember,   // args[0] . text
    kCall,     // text(args...)
    kMethod,   // args[0] . text(args[1]...)
    kList,     // [args...]
    kNot,
    kNegate,
    kAnd,  // two or more args: a chain is one node
    kOr,
    kConditional,  // args[0] ? args[1] : args[2]
    kEqual,
    kNotEqual,
    kLess,
    kLessOrEqual,
    kGreater,
    kGreaterOrEqual,
    kIn,
    kAdd,
    kSubtract,
    kMultiply,
    kDivide,
  };
  Op op = Op::kBool;
  std::size_t offset = 0;  // of the operator, or of the first byte where there is none
  int depth = 1;           // of the tree; at most limits::kMaxExpressionDepth
  std::int64_t number = 0;
  std::string text;
  std::vector<ExprSyntax> args;
};

// Parses at most limits::kMaxExpressionBytes of text. Stops at the first error and sets `error`.
std::optional<ExprSyntax> parse_expression(std::string_view text,
                                           std::optional<SyntaxError>& error);

}  // namespace plumbline

#endif  // PLUMBLINE_EVALUATOR_EXPRESSION_SYNTAX_H_
