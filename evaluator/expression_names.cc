// SPDX-License-Identifier: Apache-2.0
#include "evaluator/expression_names.h"

#include <algorithm>
#include <utility>

#include "base/limits.h"
#include "evaluator/expression_operators.h"

namespace plumbline {
namespace {

using Node = Expression::Node;
using Op = ExprSyntax::Op;

ExprType type_of(Kind kind) {
  switch (kind) {
    case Kind::kInteger:
    case Kind::kCount:
      return ExprType::kInteger;
    case Kind::kDecimal:
      return ExprType::kDecimal;
    case Kind::kBool:
      return ExprType::kBool;
    case Kind::kInstant:
      return ExprType::kInstant;
    default:
      return ExprType::kText;
  }
}

// True for `case` itself.
bool is_case(const ExprSyntax& syntax) {
  return syntax.op == Op::kName && syntax.text == "case";
}
bool is_case_member(const ExprSyntax& syntax) {
  return syntax.op == Op::kMember && is_case(syntax.args[0]);
}

const std::vector<std::string>& functions() {
  static const std::vector<std::string> names = {"has", "duration", "timestamp", "size",
                                                 "workday_due"};
  return names;
}
const std::vector<std::string>& methods() {
  static const std::vector<std::string> names = {"startsWith", "endsWith", "contains", "size"};
  return names;
}

// "" when `args` have the types, else the sentence.
std::string signature_problem(const std::string& name, const std::vector<Node>& args,
                              const std::vector<ExprType>& types) {
  bool good = args.size() == types.size();
  for (std::size_t i = 0; good && i < types.size(); ++i) good = args[i].type == types[i];
  if (good) return "";
  std::string wanted;
  std::string given;
  for (ExprType type : types) {
    wanted += (wanted.empty() ? "" : ", ") + std::string(expr_type_name(type));
  }
  for (const Node& arg : args) {
    given += (given.empty() ? "" : ", ") + std::string(expr_type_name(arg.type));
  }
  return name + "(" + wanted + ") was given (" + given + ")";
}

NameResult literal_call(const ExprSyntax& call, const Node& arg) {
  if (arg.op != ExprOp::kLiteral) {
    return SyntaxError{arg.offset, call.text + "() takes a written text", ""};
  }
  bool is_duration = call.text == "duration";
  Node out = make_node(ExprOp::kLiteral, is_duration ? ExprType::kDuration : ExprType::kInstant,
                       call.offset);
  if (is_duration) {
    Result<Duration> value = parse_duration_text(arg.text);
    if (!value.ok()) return SyntaxError{arg.offset, value.error().text(), ""};
    out.number = value->ms;
  } else {
    Result<Instant> value = parse_instant(arg.text);
    if (!value.ok()) return SyntaxError{arg.offset, value.error().text(), ""};
    out.number = value->ms;
  }
  return out;
}

NameResult workday_call(const ExprSyntax& call, std::vector<Node> args, const Calendar& calendar) {
  const Node& days = args[1];
  if (days.op == ExprOp::kLiteral && (days.number < 1 || days.number > limits::kMaxWorkdays)) {
    return SyntaxError{days.offset,
                       "workday_due() counts 1 to " + std::to_string(limits::kMaxWorkdays) +
                           " work days, not " + std::to_string(days.number),
                       ""};
  }
  Node out = make_node(ExprOp::kWorkdayDue, ExprType::kInstant, call.offset);
  out.calendar = &calendar;
  out.args = std::move(args);
  return out;
}

}  // namespace

std::string a_type(ExprType type) {
  std::string name(expr_type_name(type));
  return (type == ExprType::kInteger || type == ExprType::kInstant ? "an " : "a ") + name;
}

NameResult CaseNames::lone_name(const ExprSyntax& name) const {
  if (name.text == "case") {
    return SyntaxError{name.offset, "\"case\" alone is not a value; write case.<field>", ""};
  }
  if (name.text == "null") {
    return SyntaxError{name.offset, "there is no null; has(case.<field>) asks for presence", ""};
  }
  bool known = type_.field(name.text) != nullptr || type_.step(name.text) != nullptr ||
               name.text == "overdue";
  std::vector<std::string> words = functions();
  words.insert(words.end(), {"true", "false", "case"});
  return SyntaxError{name.offset,
                     "\"" + name.text +
                         "\" is not a name here; what belongs to the case is "
                         "written case.<name>",
                     known ? "case." + name.text : did_you_mean(name.text, words)};
}

NameResult CaseNames::member(const ExprSyntax& path) const {
  if (is_case_member(path)) return field_or_time(path);
  const ExprSyntax& parent = path.args[0];
  if (!is_case_member(parent)) {
    return SyntaxError{path.offset, "nothing has a member \"" + path.text + "\" here", ""};
  }
  const StepSpec* step = type_.step(parent.text);
  if (step == nullptr) {
    if (type_.field(parent.text) == nullptr) return unknown(parent);
    return SyntaxError{
        path.offset, "case." + parent.text + " is a field and has no member \"" + path.text + "\"",
        ""};
  }
  if (path.text != "time") {
    return SyntaxError{path.offset,
                       "the step \"" + parent.text + "\" has no member \"" + path.text + "\"",
                       "time"};
  }
  Node out = make_node(ExprOp::kStepTime, ExprType::kInstant, parent.args[0].offset);
  out.index = static_cast<std::size_t>(step - type_.steps.data());
  return out;
}

NameResult CaseNames::field_or_time(const ExprSyntax& path) const {
  std::size_t begin = path.args[0].offset;
  const FieldSpec* field = type_.field(path.text);
  const StepSpec* step = type_.step(path.text);
  if (field != nullptr && step != nullptr) {
    return SyntaxError{path.offset,
                       "\"" + path.text + "\" is both a field and a step of \"" + type_.id + "\"",
                       ""};
  }
  if (field != nullptr) {
    Node out = make_node(ExprOp::kField, type_of(field->kind), begin);
    out.index = static_cast<std::size_t>(field - type_.fields.data());
    out.field = field;
    return out;
  }
  if (step != nullptr) {
    return SyntaxError{path.offset,
                       "the step \"" + path.text + "\" is not a value; write case." + path.text +
                           ".time or has(case." + path.text + ")",
                       ""};
  }
  if (path.text == "overdue") {
    if (!type_.due_field) {
      return SyntaxError{path.offset,
                         "cases of type \"" + type_.id +
                             "\" have no due instant, so none is "
                             "overdue",
                         ""};
    }
    return make_node(ExprOp::kOverdue, ExprType::kBool, begin);
  }
  if (path.text == "time" && type_.steps.empty()) {
    return make_node(ExprOp::kStepTime, ExprType::kInstant, begin);
  }
  return unknown(path);
}

NameResult CaseNames::has(const ExprSyntax& call) const {
  if (call.args.size() != 1 || call.args[0].op != Op::kMember) {
    return SyntaxError{call.offset,
                       "has() takes one field or step: has(case.<field>), has(case.<step>)", ""};
  }
  const ExprSyntax& path = call.args[0];
  const StepSpec* step = is_case_member(path) ? type_.step(path.text) : nullptr;
  if (step != nullptr && type_.field(path.text) == nullptr) {
    Node out = make_node(ExprOp::kHasStep, ExprType::kBool, call.offset);
    out.index = static_cast<std::size_t>(step - type_.steps.data());
    return out;
  }
  NameResult found = member(path);
  if (std::holds_alternative<SyntaxError>(found)) return found;
  const Node& inside = std::get<Node>(found);
  if (inside.op == ExprOp::kOverdue) {
    return SyntaxError{path.offset, "case.overdue is never missing", ""};
  }
  bool is_field = inside.op == ExprOp::kField;
  Node out =
      make_node(is_field ? ExprOp::kHasField : ExprOp::kHasStep, ExprType::kBool, call.offset);
  out.index = inside.index;
  return out;
}

NameResult CaseNames::unknown(const ExprSyntax& path) const {
  std::vector<std::string> names;
  for (const FieldSpec& field : type_.fields) names.push_back(field.name);
  for (const StepSpec& step : type_.steps) names.push_back(step.id);
  if (type_.due_field) names.push_back("overdue");
  if (type_.steps.empty()) names.push_back("time");
  return SyntaxError{
      path.offset, "the case type \"" + type_.id + "\" has no field or step \"" + path.text + "\"",
      did_you_mean(path.text, names)};
}

NameResult resolve_call(const ExprSyntax& call, std::vector<Expression::Node> args,
                        const Calendar& calendar) {
  std::vector<ExprType> types = {ExprType::kText};
  if (call.text == "workday_due") {
    types = {ExprType::kInstant, ExprType::kInteger};
  } else if (call.text != "duration" && call.text != "timestamp" && call.text != "size") {
    std::vector<std::string> all = methods();
    bool is_method = std::find(all.begin(), all.end(), call.text) != all.end();
    return SyntaxError{
        call.offset,
        is_method ? call.text + "() is called on a text: case.<field>." + call.text + "(...)"
                  : "there is no function \"" + call.text + "\"",
        is_method ? "" : did_you_mean(call.text, functions())};
  }
  std::string problem = signature_problem(call.text, args, types);
  if (!problem.empty()) return SyntaxError{call.offset, problem, ""};
  if (call.text == "workday_due") return workday_call(call, std::move(args), calendar);
  if (call.text != "size") return literal_call(call, args[0]);
  Node out = make_node(ExprOp::kSize, ExprType::kInteger, call.offset);
  out.args = std::move(args);
  return out;
}

NameResult resolve_method(const ExprSyntax& call, std::vector<Expression::Node> args) {
  ExprOp op = ExprOp::kSize;
  std::vector<ExprType> types = {ExprType::kText, ExprType::kText};
  if (call.text == "startsWith") {
    op = ExprOp::kStartsWith;
  } else if (call.text == "endsWith") {
    op = ExprOp::kEndsWith;
  } else if (call.text == "contains") {
    op = ExprOp::kContains;
  } else if (call.text == "size") {
    types.pop_back();
  } else {
    return SyntaxError{call.offset, "there is no method \"" + call.text + "\"",
                       did_you_mean(call.text, methods())};
  }
  std::string problem = signature_problem(call.text, args, types);
  if (!problem.empty()) {
    return SyntaxError{call.offset, problem + "; the first stands before the dot", ""};
  }
  Node out = make_node(op, op == ExprOp::kSize ? ExprType::kInteger : ExprType::kBool, call.offset);
  out.args = std::move(args);
  return out;
}

}  // namespace plumbline
