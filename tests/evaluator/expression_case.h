// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_TESTS_EVALUATOR_EXPRESSION_CASE_H_
#define PLUMBLINE_TESTS_EVALUATOR_EXPRESSION_CASE_H_

#include <optional>
#include <string>
#include <vector>

#include "evaluator/expression.h"

// A case type with a field of every kind, and facts to look at it with.
namespace plumbline::testing {

inline FieldSpec field_spec(std::string name, Kind kind, std::vector<std::string> values = {}) {
  FieldSpec out;
  out.name = std::move(name);
  out.kind = kind;
  out.values = std::move(values);
  return out;
}

inline StepSpec step_spec(std::string id, bool final) {
  StepSpec out;
  out.id = std::move(id);
  out.final = final;
  return out;
}

// Steps opened, closed; fields sorted by name, as a TypeSpec has them.
inline TypeSpec request_type() {
  TypeSpec type;
  type.id = "request";
  type.steps = {step_spec("opened", false), step_spec("closed", true)};
  type.due_field = "due";
  type.fields = {
      field_spec("channel", Kind::kEnum, {"phone", "web", "app"}),
      field_spec("due", Kind::kInstant),
      field_spec("fee", Kind::kDecimal),
      field_spec("items", Kind::kCount),
      field_spec("name", Kind::kString),
      field_spec("shift", Kind::kInteger),
      field_spec("urgent", Kind::kBool),
  };
  return type;
}
enum RequestField { kChannel, kDue, kFee, kItems, kName, kShift, kUrgent, kRequestFields };

inline CaseFacts no_facts() {
  CaseFacts facts;
  facts.fields.resize(kRequestFields);
  facts.steps.resize(2);
  return facts;
}

inline Value number_value(Kind kind, std::int64_t number) {
  return {kind, number, ""};
}
inline Value text_value(Kind kind, std::string text) {
  return {kind, 0, std::move(text)};
}

inline Instant instant(const char* text) {
  return parse_instant(text).value();
}

// Monday to Friday in UTC+1, with one holiday: Thursday 2015-01-01.
inline Calendar test_calendar() {
  Calendar calendar;
  calendar.first_day = {2014, 1, 1};
  calendar.last_day = {2019, 12, 31};
  calendar.transitions = {{instant("2013-12-31T00:00:00Z"), 60}};
  calendar.weekdays = {1, 2, 3, 4, 5};
  calendar.holidays = {{2015, 1, 1}};
  return calendar;
}

}  // namespace plumbline::testing

#endif  // PLUMBLINE_TESTS_EVALUATOR_EXPRESSION_CASE_H_
