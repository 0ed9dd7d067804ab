// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/limits.h"
#include "base/utf8.h"
#include "packs/event_checks.h"
#include "packs/outside_text.h"
#include "packs/pack.h"

namespace plumbline {
namespace {

// 1900-01-01T00:00:00Z and 2200-01-01T00:00:00Z: what RFC 3339 texts of this project hold, and
// far from where arithmetic with 64-bit milliseconds ends.
constexpr Instant kFirstInstant{-2'208'988'800'000};
constexpr Instant kEndOfInstants{7'258'118'400'000};

bool in_range(std::int64_t ms) {
  return ms >= kFirstInstant.ms && ms < kEndOfInstants.ms;
}

std::string shown(const Value& value) {
  if (is_text_kind(value.kind)) return outside_text(value.text);
  switch (value.kind) {
    case Kind::kDecimal:
      return format_decimal_short(Decimal{value.number});
    case Kind::kInstant:
      return in_range(value.number) ? format_instant({value.number}) : std::to_string(value.number);
    default:
      return std::to_string(value.number);
  }
}

Misfit misfit(std::string rule, std::string_view field, std::string value, std::string sentence) {
  return {std::move(rule), outside_text(field), std::move(value), std::move(sentence)};
}

}  // namespace

std::optional<Misfit> check_text(std::string_view name, std::string_view text) {
  if (utf8_error_at(text) || has_control_character(text)) {
    return misfit(
        "not_text", name, "",
        fmt::format("\"{}\" must be UTF-8 without control characters", outside_text(name)));
  }
  if (holds_personal_number(text)) {
    return misfit("personal_data", name, "",
                  fmt::format("\"{}\" holds a mobile number or an ID-card number, which must not "
                              "be reported",
                              outside_text(name)));
  }
  return std::nullopt;
}

std::optional<Misfit> check_subject(std::string_view subject) {
  if (subject.empty() || subject.size() > limits::kMaxSubjectBytes || utf8_error_at(subject) ||
      has_control_character(subject)) {
    return misfit("bad_subject", "subject", outside_text(subject),
                  fmt::format("the subject must be 1 to {} bytes of UTF-8 without control "
                              "characters, found \"{}\"",
                              limits::kMaxSubjectBytes, outside_text(subject)));
  }
  return check_text("subject", subject);
}

namespace {

bool matches(const FieldSpec& spec, std::string_view text) {
  if (spec.matcher != nullptr) return spec.matcher->matches(text);
  auto compiled = Pattern::compile(*spec.pattern);
  return compiled.ok() && compiled->matches(text);
}

std::optional<Misfit> check_text_value(const FieldSpec& spec, const Value& value) {
  if (value.text.empty()) {
    return misfit("empty", spec.name, "",
                  fmt::format("\"{}\" is empty; a field without a value is left out", spec.name));
  }
  if (auto wrong = check_text(spec.name, value.text)) return wrong;
  std::size_t length = utf8_length(value.text);
  if (length > limits::kMaxStringChars) {
    return misfit("too_long", spec.name, shown(value),
                  fmt::format("\"{}\" has {} characters, at most {} are allowed: \"{}\"", spec.name,
                              length, limits::kMaxStringChars, shown(value)));
  }
  bool listed = std::find(spec.values.begin(), spec.values.end(), value.text) != spec.values.end();
  if (spec.kind == Kind::kEnum && !listed) {
    return misfit("not_in_enum", spec.name, shown(value),
                  fmt::format("\"{}\" must be one of {}; found \"{}\"", spec.name,
                              fmt::join(spec.values, ", "), shown(value)));
  }
  if (spec.pattern && !matches(spec, value.text)) {
    return misfit(
        "pattern", spec.name, shown(value),
        fmt::format("\"{}\" must match {}; found \"{}\"", spec.name, *spec.pattern, shown(value)));
  }
  return std::nullopt;
}

std::optional<Misfit> check_number_value(const FieldSpec& spec, const Value& value) {
  if (spec.kind == Kind::kCount && value.number < 0) {
    return misfit(
        "negative", spec.name, shown(value),
        fmt::format("\"{}\" is a count and cannot be negative, found {}", spec.name, shown(value)));
  }
  if (spec.kind == Kind::kBool && value.number != 0 && value.number != 1) {
    return misfit("wrong_kind", spec.name, shown(value),
                  fmt::format("\"{}\" must be true or false, found {}", spec.name, shown(value)));
  }
  if (spec.kind == Kind::kInstant && !in_range(value.number)) {
    return misfit("out_of_range", spec.name, shown(value),
                  fmt::format("\"{}\" must lie in the years 1900 to 2199, found {} ms", spec.name,
                              shown(value)));
  }
  return std::nullopt;
}

// The name by which a field's `steps` and `required_in` mean the event's step.
std::string_view step_word(const EventTypeRef& ref) {
  return ref.step != nullptr ? ref.step->id : ref.type->id;
}

bool contains(const std::vector<std::string>& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

std::optional<Misfit> check_field(const EventTypeRef& ref, const Field& field) {
  const FieldSpec* spec = ref.type->field(field.name);
  if (spec == nullptr) {
    return misfit(
        "unknown_field", field.name, shown(field.value),
        fmt::format("\"{}\" has no field \"{}\"", ref.type->id, outside_text(field.name)));
  }
  if (field.value.kind != spec->kind) {
    return misfit(
        "wrong_kind", field.name, shown(field.value),
        fmt::format("\"{}\" must be of kind {}, found {} \"{}\"", spec->name, kind_name(spec->kind),
                    kind_name(field.value.kind), shown(field.value)));
  }
  if (!spec->steps.empty() && !contains(spec->steps, step_word(ref))) {
    return misfit("field_not_of_step", field.name, shown(field.value),
                  fmt::format("\"{}\" belongs to {}, not to {}", spec->name,
                              fmt::join(spec->steps, ", "), step_word(ref)));
  }
  return is_text_kind(spec->kind) ? check_text_value(*spec, field.value)
                                  : check_number_value(*spec, field.value);
}

}  // namespace

std::optional<Misfit> check_given_fields(const EventTypeRef& ref,
                                         const std::vector<Field>& fields) {
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (i > 0 && fields[i].name <= fields[i - 1].name) {
      return misfit("repeated_field", fields[i].name, shown(fields[i].value),
                    fmt::format("the fields must be in order and stand once; \"{}\" does not",
                                outside_text(fields[i].name)));
    }
    if (auto wrong = check_field(ref, fields[i])) return wrong;
  }
  return std::nullopt;
}

namespace {

std::optional<Misfit> check_fields(const EventTypeRef& ref, const std::vector<Field>& fields) {
  if (auto wrong = check_given_fields(ref, fields)) return wrong;
  for (const FieldSpec& spec : ref.type->fields) {
    if (!contains(spec.required_in, step_word(ref))) continue;
    bool present = std::any_of(fields.begin(), fields.end(),
                               [&](const Field& field) { return field.name == spec.name; });
    if (present) continue;
    return misfit(
        "missing_field", spec.name, "",
        fmt::format("\"{}\" is required in {} and is missing", spec.name, step_word(ref)));
  }
  return std::nullopt;
}

}  // namespace

const FieldSpec* TypeSpec::field(std::string_view name) const {
  auto found = std::lower_bound(fields.begin(), fields.end(), name,
                                [](const FieldSpec& a, std::string_view b) { return a.name < b; });
  return found != fields.end() && found->name == name ? &*found : nullptr;
}

const StepSpec* TypeSpec::step(std::string_view step_id) const {
  auto found = std::find_if(steps.begin(), steps.end(),
                            [&](const StepSpec& step) { return step.id == step_id; });
  return found != steps.end() ? &*found : nullptr;
}

const TypeSpec* EventCatalog::type(std::string_view id) const {
  auto found = std::lower_bound(types.begin(), types.end(), id,
                                [](const TypeSpec& a, std::string_view b) { return a.id < b; });
  return found != types.end() && found->id == id ? &*found : nullptr;
}

std::optional<EventTypeRef> EventCatalog::resolve(std::string_view event_type) const {
  std::size_t dot = event_type.find('.');
  const TypeSpec* found = type(event_type.substr(0, dot));
  if (found == nullptr) return std::nullopt;
  if (dot == std::string_view::npos) {
    return found->steps.empty() ? std::optional(EventTypeRef{found, nullptr}) : std::nullopt;
  }
  const StepSpec* step = found->step(event_type.substr(dot + 1));
  return step != nullptr ? std::optional(EventTypeRef{found, step}) : std::nullopt;
}

std::vector<std::string> EventCatalog::event_types() const {
  std::vector<std::string> names;
  for (const TypeSpec& spec : types) {
    if (spec.steps.empty()) names.push_back(spec.id);
    for (const StepSpec& step : spec.steps) names.push_back(spec.id + "." + step.id);
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::optional<Misfit> check_event_time(Instant time) {
  if (in_range(time.ms)) return std::nullopt;
  return misfit("out_of_range", "time", std::to_string(time.ms),
                fmt::format("\"time\" must lie in the years 1900 to 2199, found {} ms", time.ms));
}

std::optional<Misfit> check_event(const EventCatalog& catalog, const Event& event) {
  std::optional<EventTypeRef> ref = catalog.resolve(event.type);
  if (!ref) {
    return misfit("unknown_type", "", outside_text(event.type),
                  fmt::format("there is no event type \"{}\"", outside_text(event.type)));
  }
  if (auto wrong = check_subject(event.subject)) return wrong;
  if (auto wrong = check_event_time(event.time)) return wrong;
  return check_fields(*ref, event.fields);
}

}  // namespace plumbline
