// SPDX-License-Identifier: Apache-2.0
#include "evaluator/expression_trial.h"

#include <fmt/format.h>

#include <algorithm>

#include "evaluator/rule_test_reader.h"

namespace plumbline {
namespace {

constexpr const char* kOverdue = "overdue";
constexpr const char* kTime = "time";

Kind kind_of(const YamlNode& node) {
  if (node.quoted) return parse_instant(node.scalar).ok() ? Kind::kInstant : Kind::kString;
  if (node.scalar == "true" || node.scalar == "false") return Kind::kBool;
  if (parse_instant(node.scalar).ok()) return Kind::kInstant;
  if (!parse_decimal(node.scalar).ok()) return Kind::kString;
  return node.scalar.find('.') == std::string::npos ? Kind::kInteger : Kind::kDecimal;
}

std::vector<std::string> names_of(const TypeSpec& type) {
  std::vector<std::string> names = {kOverdue};
  for (const FieldSpec& field : type.fields) names.push_back(field.name);
  for (const StepSpec& step : type.steps) names.push_back(step.id);
  if (type.steps.empty()) names.emplace_back(kTime);
  return names;
}

std::string duration_text(std::int64_t ms) {
  std::string text = ms < 0 ? "-" : "";
  std::uint64_t left = ms < 0 ? 0 - static_cast<std::uint64_t>(ms) : static_cast<std::uint64_t>(ms);
  auto part = [&](std::uint64_t of, const char* unit) {
    if (left / of > 0) text += fmt::format("{}{}", left / of, unit);
    left %= of;
  };
  part(kMsPerHour, "h");
  part(kMsPerMinute, "m");
  part(1000, "s");
  part(1, "ms");
  return ms == 0 ? "0s" : text;
}

std::string value_text(const ExprValue& value) {
  switch (value.type) {
    case ExprType::kBool:
      return value.number != 0 ? "true" : "false";
    case ExprType::kInteger:
      return std::to_string(value.number);
    case ExprType::kDecimal:
      return format_decimal_short(Decimal{value.number});
    case ExprType::kText:
      return fmt::format("\"{}\"", value.text);
    case ExprType::kInstant:
      return format_instant(Instant{value.number});
    case ExprType::kDuration:
      return duration_text(value.number);
  }
  return "";
}

// Spaces up to the column, two for a character as wide as a Chinese one.
std::string indent(std::string_view text, int column) {
  std::string spaces;
  for (std::size_t i = 0; i + 1 < static_cast<std::size_t>(column) && i < text.size(); ++i) {
    auto byte = static_cast<unsigned char>(text[i]);
    if ((byte & 0xC0) == 0x80) continue;
    spaces += byte >= 0xE0 ? "  " : " ";
  }
  return spaces;
}

std::string with_carets(const std::string& text, const Problems& problems) {
  std::string out = "the expression is refused";
  for (const Problem& problem : problems.sorted()) {
    std::string near = problem.suggestion.empty()
                           ? ""
                           : fmt::format(" (did you mean \"{}\"?)", problem.suggestion);
    out += fmt::format("\n  {}\n  {}^\n  column {}: {}{}", text, indent(text, problem.place.column),
                       problem.place.column, problem.sentence, near);
  }
  return out;
}

void put_step(const YamlNode& key, const YamlNode& value, std::size_t step, Problems& problems,
              CaseFacts& facts) {
  const YamlNode* time = value.is_map() ? value.find(kTime) : &value;
  auto at =
      time == nullptr ? Result<Instant>(Error(Code::kInvalid, "")) : parse_instant(time->scalar);
  if (at.ok()) {
    facts.steps[step] = *at;
    return;
  }
  problems.add(value.place, fmt::format("the step \"{}\" is written {{\"time\": "
                                        "\"2015-01-02T12:00:00Z\"}}, found {}",
                                        key.scalar, describe(value)));
}

}  // namespace

TypeSpec type_of_data(const YamlNode& data) {
  TypeSpec type;
  type.id = "data";
  for (const auto& [key, value] : data.entries) {
    if (key.scalar == kOverdue || key.scalar == kTime) continue;
    if (value.is_map()) {
      type.steps.push_back({key.scalar, {}, false});
    } else {
      FieldSpec field;
      field.name = key.scalar;
      field.kind = kind_of(value);
      type.fields.push_back(std::move(field));
    }
  }
  std::sort(type.fields.begin(), type.fields.end(),
            [](const FieldSpec& a, const FieldSpec& b) { return a.name < b.name; });
  // `overdue` is a name only where something can be due.
  if (!type.fields.empty()) type.due_field = type.fields.front().name;
  return type;
}

Calendar plain_calendar() {
  Calendar calendar;
  calendar.first_day = {1900, 1, 1};
  calendar.last_day = {2199, 12, 31};
  calendar.transitions = {{Instant{0}, 0}};
  calendar.weekdays = {1, 2, 3, 4, 5};
  return calendar;
}

CaseFacts facts_of_data(const YamlNode& data, const TypeSpec& type, const Calendar& calendar,
                        Problems& problems) {
  CaseFacts facts;
  facts.fields.resize(type.fields.size());
  facts.steps.resize(std::max<std::size_t>(1, type.steps.size()));
  for (const auto& [key, value] : data.entries) {
    const std::string& name = key.scalar;
    if (value.type == YamlNode::Type::kNull) continue;
    if (name == kOverdue) {
      facts.overdue = value.scalar == "true";
    } else if (name == kTime && type.steps.empty()) {
      put_step(key, value, 0, problems, facts);
    } else if (const StepSpec* step = type.step(name)) {
      put_step(key, value, static_cast<std::size_t>(step - type.steps.data()), problems, facts);
    } else if (const FieldSpec* field = type.field(name)) {
      auto index = static_cast<std::size_t>(field - type.fields.data());
      facts.fields[index] = value_from(*field, value, calendar, problems);
    } else {
      problems.add(key.place, fmt::format("the case has no field or step \"{}\"", name),
                   did_you_mean(name, names_of(type)));
    }
  }
  return facts;
}

Result<std::string> try_expression(const std::string& text, const TypeSpec& type,
                                   const Calendar& calendar, const CaseFacts& facts) {
  Problems problems;
  auto compiled =
      Expression::compile(text, type, calendar, std::nullopt, {"expression", 1, 1}, problems);
  if (!compiled) return Error(Code::kInvalid, with_carets(text, problems));
  ASSIGN_OR_RETURN(std::optional<ExprValue> value, compiled->evaluate(facts));
  if (!value)
    return fmt::format("missing (a value would be of kind {})", expr_type_name(compiled->type()));
  return fmt::format("{} {}", expr_type_name(value->type), value_text(*value));
}

}  // namespace plumbline
