// SPDX-License-Identifier: Apache-2.0
#include "agents/emit.h"

#include <algorithm>
#include <charconv>

#include "base/json.h"
#include "base/utf8.h"

namespace plumbline {
namespace {

using FieldResult = std::variant<Value, Refusal>;

Value text_value(Kind kind, std::string text) {
  return Value{kind, 0, std::move(text)};
}
Value number_value(Kind kind, std::int64_t number) {
  return Value{kind, number, {}};
}

// The kind by which a field is read. One that the catalog does not know is read as it looks:
// check_event then names it.
std::optional<Kind> kind_of(const EventCatalog& catalog, const std::string& type,
                            const std::string& field) {
  std::optional<EventTypeRef> ref = catalog.resolve(type);
  const FieldSpec* spec = ref ? ref->type->field(field) : nullptr;
  return spec == nullptr ? std::nullopt : std::optional(spec->kind);
}

FieldResult wrong_form(const std::string& field, std::string_view shown, const char* expected) {
  return make_refusal("wrong_kind", field, shown, expected);
}

// A value that is written as a string, by its kind.
FieldResult from_string(Kind kind, const std::string& field, const std::string& text) {
  if (is_text_kind(kind)) return text_value(kind, text);
  if (kind == Kind::kDecimal) {
    Result<Decimal> decimal = parse_decimal(text);
    if (decimal.ok()) return number_value(kind, decimal->units);
    return wrong_form(field, text, "must be a decimal string with at most six decimals: \"2.5\"");
  }
  if (kind == Kind::kInstant) {
    Result<Instant> instant = parse_instant(text);
    if (instant.ok()) return number_value(kind, instant->ms);
    return wrong_form(field, text, "must be a time such as \"2025-03-01T09:30:00+08:00\"");
  }
  if (kind == Kind::kBool) return wrong_form(field, text, "must be true or false");
  return wrong_form(field, text, "must be a whole number");
}

FieldResult from_json(std::optional<Kind> kind, const std::string& field, const Json& value) {
  if (value.is_string()) {
    return from_string(kind.value_or(Kind::kString), field, value.as_string());
  }
  if (value.is_integer()) {
    Kind wanted = kind.value_or(Kind::kInteger);
    if (wanted == Kind::kInteger || wanted == Kind::kCount) {
      return number_value(wanted, value.as_integer());
    }
  }
  if (value.is_bool() && kind.value_or(Kind::kBool) == Kind::kBool) {
    return number_value(Kind::kBool, value.as_bool() ? 1 : 0);
  }
  std::string shown = value.text();
  if (!kind) return wrong_form(field, shown, "must be a string, a whole number, true or false");
  if (is_text_kind(*kind)) return wrong_form(field, shown, "must be a string");
  if (*kind == Kind::kDecimal) return wrong_form(field, shown, "must be a string: \"2.5\"");
  if (*kind == Kind::kInstant) {
    return wrong_form(field, shown, "must be a time as a string: \"2025-03-01T09:30:00+08:00\"");
  }
  if (*kind == Kind::kBool) return wrong_form(field, shown, "must be true or false");
  return wrong_form(field, shown, "must be a whole number");
}

// A value of the command line: text that may stand for a number or a truth value.
FieldResult from_option(std::optional<Kind> kind, const std::string& field,
                        const std::string& text) {
  if (kind == Kind::kInteger || kind == Kind::kCount) {
    std::int64_t number = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error == std::errc() && end == text.data() + text.size() && !text.empty()) {
      return number_value(*kind, number);
    }
  }
  if (kind == Kind::kBool && (text == "true" || text == "false")) {
    return number_value(Kind::kBool, text == "true" ? 1 : 0);
  }
  return from_string(kind.value_or(Kind::kString), field, text);
}

std::optional<Refusal> set_time(std::string_view text, Event& event) {
  Result<Instant> time = parse_instant(text);
  if (!time.ok()) {
    return make_refusal("bad_time", "time", text,
                        "must be a time such as 2025-03-01T09:30:00+08:00");
  }
  event.time = *time;
  return std::nullopt;
}

std::string default_id(const Event& event) {
  return event.type + "/" + event.subject;
}

// Reads one of the strings of an event's JSON into `out`.
std::optional<Refusal> take_text(const Json& json, std::string_view key, bool required,
                                 std::string& out) {
  const Json* found = json.find(key);
  if (found == nullptr) {
    if (!required) return std::nullopt;
    return make_refusal("missing", std::string(key), "", "is missing");
  }
  if (!found->is_string()) {
    return make_refusal("wrong_kind", std::string(key), found->text(), "must be a string");
  }
  out = found->as_string();
  return std::nullopt;
}

std::optional<Refusal> take_fields(const Json& json, const EventCatalog& catalog, Event& event) {
  const Json* fields = json.find("fields");
  if (fields == nullptr) return std::nullopt;
  if (!fields->is_object()) {
    return make_refusal("wrong_kind", "fields", fields->text(),
                        "must be an object of names and values");
  }
  for (const auto& [name, value] : fields->as_object()) {
    FieldResult read = from_json(kind_of(catalog, event.type, name), name, value);
    if (auto* refusal = std::get_if<Refusal>(&read)) return std::move(*refusal);
    event.fields.push_back({name, std::get<Value>(std::move(read))});
  }
  return std::nullopt;
}

std::optional<Refusal> check_keys(const Json& json) {
  constexpr std::string_view kKeys[] = {"type", "subject", "time", "id", "source", "fields"};
  for (const auto& [key, value] : json.as_object()) {
    if (std::find(std::begin(kKeys), std::end(kKeys), key) != std::end(kKeys)) continue;
    return make_refusal("unknown_key", key, "",
                        "is not a key of an event; its own values belong under \"fields\"");
  }
  return std::nullopt;
}

std::optional<Refusal> read_event(const Json& json, const EventCatalog& catalog,
                                  Submission& submission) {
  std::string time;
  if (auto refusal = take_text(json, "id", false, submission.id)) return refusal;
  if (auto refusal = check_keys(json)) return refusal;
  if (auto refusal = take_text(json, "source", false, submission.source)) return refusal;
  if (auto refusal = take_text(json, "type", true, submission.event.type)) return refusal;
  if (auto refusal = take_text(json, "subject", true, submission.event.subject)) return refusal;
  if (json.find("id") == nullptr) submission.id = default_id(submission.event);
  if (auto refusal = take_text(json, "time", true, time)) return refusal;
  if (auto refusal = set_time(time, submission.event)) return refusal;
  return take_fields(json, catalog, submission.event);
}

}  // namespace

ParsedSubmission parse_emit_line(std::string_view line, const EventCatalog& catalog,
                                 std::string_view default_source) {
  Result<Json> json = Json::parse(line);
  if (!json.ok()) {
    return {Refusal{"not_json", "", "", "the line is no JSON of an event: " + json.error().text()},
            ""};
  }
  if (!json->is_object()) {
    return {Refusal{"not_json", "", "", "the line must be a JSON object, one event a line"}, ""};
  }
  Submission submission;
  submission.source = default_source;
  std::optional<Refusal> refusal = read_event(*json, catalog, submission);
  std::string id = submission.id;
  if (refusal) return {std::move(*refusal), std::move(id)};
  return {std::move(submission), std::move(id)};
}

ParsedSubmission parse_emit_options(const EmitOptions& options, const EventCatalog& catalog) {
  Submission submission;
  submission.source = options.source;
  submission.event.type = options.type;
  submission.event.subject = options.subject;
  submission.id = options.id.empty() ? default_id(submission.event) : options.id;
  std::string id = submission.id;
  if (auto refusal = set_time(options.time, submission.event)) return {std::move(*refusal), id};
  std::vector<Field>& fields = submission.event.fields;
  for (const std::string& option : options.fields) {
    std::size_t equals = option.find('=');
    if (equals == 0 || equals == std::string::npos) {
      return {make_refusal("bad_option", "--field", option, "must be NAME=VALUE"), id};
    }
    std::string name = option.substr(0, equals);
    FieldResult read =
        from_option(kind_of(catalog, options.type, name), name, option.substr(equals + 1));
    if (auto* refusal = std::get_if<Refusal>(&read)) return {std::move(*refusal), id};
    fields.push_back({name, std::get<Value>(std::move(read))});
  }
  std::sort(fields.begin(), fields.end(),
            [](const Field& a, const Field& b) { return a.name < b.name; });
  return {std::move(submission), id};
}

Refusal changed_refusal(const Submission& submission, const Answer& answer) {
  std::string since =
      answer.sequence.value == 0
          ? " stands earlier in this input with other content"
          : " was accepted with other content as sequence " + std::to_string(answer.sequence.value);
  return Refusal{"changed", "id", submission.id,
                 "the event with source '" + submission.source + "' and id '" + submission.id +
                     "'" + since + "; what was accepted stays"};
}

namespace {

Json answer_head(const char* status, std::uint64_t line, std::string_view id) {
  Json json = Json::object();
  json.set("status", status);
  if (line != 0) json.set("line", line);
  if (!id.empty()) json.set("id", id);
  return json;
}

void add_refusal(Json& json, const Refusal& refusal) {
  json.set("rule", refusal.rule).set("sentence", refusal.sentence);
  if (!refusal.field.empty()) json.set("field", refusal.field);
  if (!refusal.value.empty()) json.set("value", refusal.value);
}

}  // namespace

std::string answer_json(std::uint64_t line, const Submission& submission, const Answer& answer) {
  const char* status = answer.outcome == Answer::Outcome::kAccepted   ? "accepted"
                       : answer.outcome == Answer::Outcome::kRepeated ? "repeated"
                                                                      : "changed";
  Json json = answer_head(status, line, submission.id);
  if (answer.sequence.value != 0) json.set("sequence", answer.sequence.value);
  if (answer.outcome == Answer::Outcome::kChanged) {
    add_refusal(json, changed_refusal(submission, answer));
  }
  return json.text();
}

std::string refusal_json(std::uint64_t line, std::string_view id, const Refusal& refusal) {
  // An id made of a subject may hold what must not be repeated, or be no text at all.
  bool shown = !utf8_error_at(id) && !holds_personal_number(id);
  Json json = answer_head("refused", line, shown ? id : "");
  add_refusal(json, refusal);
  return json.text();
}

}  // namespace plumbline
