// SPDX-License-Identifier: Apache-2.0
#include "evaluator/expression_words.h"

#include <fmt/format.h>

#include "base/decimal.h"
#include "evaluator/expression_syntax.h"

namespace plumbline {
namespace {

using Op = ExprSyntax::Op;

Title both(const std::string& text) {
  return {text, text};
}

class Speaker {
 public:
  explicit Speaker(const TypeSpec& type) : type_(type) {}

  Title say(const ExprSyntax& node) const {
    switch (node.op) {
      case Op::kInteger:
        return both(std::to_string(node.number));
      case Op::kDecimal:
        return both(format_decimal_short(Decimal{node.number}));
      case Op::kText:
        return {fmt::format("「{}」", node.text), fmt::format("\"{}\"", node.text)};
      case Op::kBool:
        return node.number != 0 ? Title{"是", "true"} : Title{"否", "false"};
      case Op::kMember:
        return member(node);
      case Op::kCall:
        return call(node);
      case Op::kMethod:
        return method(node);
      case Op::kNot: {
        Title inner = say(node.args[0]);
        return {fmt::format("并非（{}）", inner.zh), fmt::format("not ({})", inner.en)};
      }
      case Op::kNegate: {
        Title inner = part(node.args[0]);
        return {"负" + inner.zh, "minus " + inner.en};
      }
      case Op::kAnd:
        return chain(node, "，且", " and ");
      case Op::kOr:
        return chain(node, "，或", " or ");
      case Op::kConditional: {
        Title c = part(node.args[0]);
        Title a = part(node.args[1]);
        Title b = part(node.args[2]);
        return {fmt::format("若{}则取{}，否则取{}", c.zh, a.zh, b.zh),
                fmt::format("{} if {}, else {}", a.en, c.en, b.en)};
      }
      default:
        return binary(node);
    }
  }

 private:
  // Parts that are themselves of several words stand in brackets.
  Title part(const ExprSyntax& node) const {
    Title inner = say(node);
    bool simple = node.op != Op::kAnd && node.op != Op::kOr && node.op != Op::kConditional;
    if (simple) return inner;
    return {fmt::format("（{}）", inner.zh), fmt::format("({})", inner.en)};
  }

  Title chain(const ExprSyntax& node, const char* zh, const char* en) const {
    Title out;
    for (const ExprSyntax& arg : node.args) {
      Title one = part(arg);
      out.zh += (out.zh.empty() ? "" : zh) + one.zh;
      out.en += (out.en.empty() ? "" : en) + one.en;
    }
    return out;
  }

  static bool is_case(const ExprSyntax& node) {
    return node.op == Op::kName && node.text == "case";
  }

  Title named(const std::string& name) const {
    if (const StepSpec* step = type_.step(name)) return step->title;
    if (const FieldSpec* field = type_.field(name)) return field->title;
    return both(name);
  }

  Title member(const ExprSyntax& node) const {
    if (!is_case(node.args[0])) {
      // case.<step>.time
      Title step = named(node.args[0].text);
      return {fmt::format("「{}」的时间", step.zh), fmt::format("the time of \"{}\"", step.en)};
    }
    if (node.text == "overdue") return {"已逾期未办结", "it is open past its due instant"};
    if (node.text == "time") return {"发生时间", "its time"};
    Title field = named(node.text);
    return {fmt::format("「{}」", field.zh), fmt::format("\"{}\"", field.en)};
  }

  Title call(const ExprSyntax& node) const {
    if (node.text == "has") {
      const ExprSyntax& of = node.args[0];
      const std::string& name = is_case(of.args[0]) ? of.text : of.args[0].text;
      Title title = named(name);
      if (type_.step(name) != nullptr) {
        return {fmt::format("已有「{}」", title.zh), fmt::format("\"{}\" has happened", title.en)};
      }
      return {fmt::format("填有「{}」", title.zh), fmt::format("\"{}\" is given", title.en)};
    }
    Title first = part(node.args[0]);
    if (node.text == "workday_due") {
      Title n = part(node.args[1]);
      return {fmt::format("{}之后第 {} 个工作日结束时", first.zh, n.zh),
              fmt::format("the end of work day {} after {}", n.en, first.en)};
    }
    if (node.text == "size") {
      return {first.zh + "的字数", "the number of characters of " + first.en};
    }
    // duration("72h"), timestamp("...")
    return both(node.args[0].text);
  }

  Title method(const ExprSyntax& node) const {
    Title of = part(node.args[0]);
    if (node.text == "size") return {of.zh + "的字数", "the number of characters of " + of.en};
    Title with = part(node.args[1]);
    if (node.text == "startsWith")
      return {of.zh + "以" + with.zh + "开头", of.en + " begins with " + with.en};
    if (node.text == "endsWith")
      return {of.zh + "以" + with.zh + "结尾", of.en + " ends with " + with.en};
    return {of.zh + "含有" + with.zh, of.en + " contains " + with.en};
  }

  bool is_time(const ExprSyntax& node) const {
    if (node.op == Op::kCall) return node.text == "timestamp" || node.text == "workday_due";
    if (node.op == Op::kAdd || node.op == Op::kSubtract) {
      return is_time(node.args[0]) && !is_time(node.args[1]);
    }
    if (node.op != Op::kMember) return false;
    if (!is_case(node.args[0]) || node.text == "time") return true;
    const FieldSpec* field = type_.field(node.text);
    return field != nullptr && field->kind == Kind::kInstant;
  }

  Title binary(const ExprSyntax& node) const {
    if (node.op == Op::kIn) return in(node);
    Title a = part(node.args[0]);
    Title b = part(node.args[1]);
    if (node.op == Op::kSubtract && is_time(node.args[0]) && is_time(node.args[1])) {
      return {fmt::format("从{}到{}的时长", b.zh, a.zh),
              fmt::format("the time from {} to {}", b.en, a.en)};
    }
    Title word = relation(node.op, is_time(node.args[0]) || is_time(node.args[1]));
    return {a.zh + word.zh + b.zh, fmt::format("{} {} {}", a.en, word.en, b.en)};
  }

  static Title relation(Op op, bool of_times) {
    switch (op) {
      case Op::kEqual:
        return {"为", "is"};
      case Op::kNotEqual:
        return {"不为", "is not"};
      case Op::kLess:
        return of_times ? Title{"早于", "is before"} : Title{"小于", "is below"};
      case Op::kLessOrEqual:
        return of_times ? Title{"不晚于", "is not after"} : Title{"不超过", "is at most"};
      case Op::kGreater:
        return of_times ? Title{"晚于", "is after"} : Title{"超过", "is above"};
      case Op::kGreaterOrEqual:
        return of_times ? Title{"不早于", "is not before"} : Title{"不少于", "is at least"};
      case Op::kAdd:
        return {"加", "plus"};
      case Op::kSubtract:
        return {"减", "minus"};
      case Op::kMultiply:
        return {"乘以", "times"};
      case Op::kDivide:
        return {"除以", "divided by"};
      default:
        return {"", ""};
    }
  }

  Title in(const ExprSyntax& node) const {
    Title of = part(node.args[0]);
    Title list;
    for (const ExprSyntax& item : node.args[1].args) {
      Title one = say(item);
      list.zh += (list.zh.empty() ? "" : "、") + one.zh;
      list.en += (list.en.empty() ? "" : ", ") + one.en;
    }
    return {fmt::format("{}为{}之一", of.zh, list.zh),
            fmt::format("{} is one of {}", of.en, list.en)};
  }

  const TypeSpec& type_;
};

}  // namespace

Title expression_words(std::string_view text, const TypeSpec& type) {
  std::optional<SyntaxError> error;
  std::optional<ExprSyntax> syntax = parse_expression(text, error);
  if (!syntax) return both(std::string(text));
  return Speaker(type).say(*syntax);
}

}  // namespace plumbline
