// SPDX-License-Identifier: Apache-2.0
#include "evaluator/expression_syntax.h"

namespace plumbline {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_name_start(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool is_name_part(char c) {
  return is_name_start(c) || is_digit(c);
}

class Lexer {
 public:
  Lexer(std::string_view text, std::optional<SyntaxError>& error) : text_(text), error_(error) {}

  std::vector<ExprToken> run() {
    while (!error_) {
      while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t')) ++at_;
      if (at_ == text_.size()) break;
      next();
    }
    tokens_.push_back({ExprToken::Kind::kEnd, text_.size(), ""});
    return std::move(tokens_);
  }

 private:
  char peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }

  void fail(std::size_t offset, std::string sentence, std::string suggestion = "") {
    error_ = SyntaxError{offset, std::move(sentence), std::move(suggestion)};
  }

  void push(ExprToken::Kind kind, std::size_t begin) {
    tokens_.push_back({kind, begin, std::string(text_.substr(begin, at_ - begin))});
  }

  void next() {
    char c = peek();
    if (is_name_start(c)) {
      std::size_t begin = at_;
      while (is_name_part(peek())) ++at_;
      push(ExprToken::Kind::kName, begin);
    } else if (is_digit(c)) {
      number();
    } else if (c == '"' || c == '\'') {
      quoted(c);
    } else {
      symbol(c);
    }
  }

  void number() {
    std::size_t begin = at_;
    while (is_digit(peek())) ++at_;
    bool decimal = false;
    if (peek() == '.' && is_digit(peek(1))) {
      decimal = true;
      ++at_;
      while (is_digit(peek())) ++at_;
    }
    if (is_name_part(peek()) || (decimal && peek() == '.')) {
      std::string digits(text_.substr(begin, at_ - begin));
      fail(at_, "the number " + digits + " goes on with \"" + peek() +
                    "\"; a number is written 12 or 0.95, without exponent or suffix");
      return;
    }
    push(decimal ? ExprToken::Kind::kDecimal : ExprToken::Kind::kInteger, begin);
  }

  void quoted(char quote) {
    std::size_t begin = at_++;
    std::string value;
    while (at_ < text_.size() && peek() != quote) {
      if (static_cast<unsigned char>(peek()) < 0x20) break;
      if (peek() == '\\') {
        char escaped = peek(1);
        if (escaped != '\\' && escaped != '"' && escaped != '\'') {
          fail(at_, "in a text only \\\\, \\\" and \\' may follow a backslash");
          return;
        }
        ++at_;
      }
      value += text_[at_++];
    }
    if (peek() != quote) {
      fail(begin, std::string("the text that begins here has no closing ") + quote);
      return;
    }
    ++at_;
    tokens_.push_back({ExprToken::Kind::kText, begin, std::move(value)});
  }

  void symbol(char c) {
    std::string_view two = text_.substr(at_, 2);
    for (std::string_view known : {"==", "!=", "<=", ">=", "&&", "||"}) {
      if (two == known) {
        std::size_t begin = at_;
        at_ += 2;
        push(ExprToken::Kind::kSymbol, begin);
        return;
      }
    }
    if (std::string_view("<>!+-*/()[],.?:").find(c) != std::string_view::npos) {
      std::size_t begin = at_++;
      push(ExprToken::Kind::kSymbol, begin);
      return;
    }
    unknown(c);
  }

  void unknown(char c) {
    if (c == '\n' || c == '\r') {
      fail(at_, "an expression stands on one line");
    } else if (c == '=' || c == '&' || c == '|') {
      fail(at_, std::string("\"") + c + "\" is not an operator", std::string(2, c));
    } else if (c == '%') {
      fail(at_, "\"%\" is not part of the language; the arithmetic is + - * /");
    } else if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) >= 0x7f) {
      fail(at_, "outside of a quoted text only ASCII letters, digits and operators may stand");
    } else {
      fail(at_, std::string("\"") + c + "\" is not part of the language");
    }
  }

  std::string_view text_;
  std::optional<SyntaxError>& error_;
  std::size_t at_ = 0;
  std::vector<ExprToken> tokens_;
};

}  // namespace

std::vector<ExprToken> expression_tokens(std::string_view text, std::optional<SyntaxError>& error) {
  return Lexer(text, error).run();
}

}  // namespace plumbline
