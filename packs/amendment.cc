// SPDX-License-Identifier: Apache-2.0
#include "packs/amendment.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/utf8.h"
#include "packs/event_checks.h"
#include "packs/outside_text.h"

namespace plumbline {
namespace {

constexpr std::string_view kCorrect = "correct";
constexpr std::string_view kVoid = "void";
// A new value goes by the field's name behind this, so that a pack's own field may be called
// "reason".
constexpr std::string_view kNewPrefix = "new.";
constexpr std::size_t kMaxReasonChars = 200;

Misfit wrong(std::string rule, std::string_view field, std::string sentence) {
  return {std::move(rule), outside_text(field), "", std::move(sentence)};
}

// One of the amendment's own fields, by name and kind.
std::variant<Value, Misfit> own_field(const Event& event, std::string_view name, Kind kind) {
  for (const Field& field : event.fields) {
    if (field.name != name) continue;
    if (field.value.kind == kind) return field.value;
    return wrong("wrong_kind", name,
                 fmt::format("\"{}\" of an event \"{}\" must be of kind {}, found {}", name,
                             event.type, kind_name(kind), kind_name(field.value.kind)));
  }
  return wrong("missing_field", name,
               fmt::format("an event \"{}\" must have the field \"{}\"", event.type, name));
}

std::optional<Misfit> check_reason(const std::string& reason) {
  if (reason.empty()) return wrong("empty", "reason", "\"reason\" is empty");
  if (auto misfit = check_text("reason", reason)) return misfit;
  std::size_t length = utf8_length(reason);
  if (length <= kMaxReasonChars) return std::nullopt;
  return wrong(
      "too_long", "reason",
      fmt::format("\"reason\" has {} characters, at most {} are allowed", length, kMaxReasonChars));
}

// Takes the fields that an amendment has for itself.
std::optional<Misfit> take_own(const Event& event, Amendment& out) {
  auto of = own_field(event, "of", Kind::kString);
  auto reason = own_field(event, "reason", Kind::kString);
  auto sequence = own_field(event, "sequence", Kind::kCount);
  auto stream = own_field(event, "stream", Kind::kString);
  for (auto* field : {&of, &reason, &sequence, &stream}) {
    if (auto* misfit = std::get_if<Misfit>(field)) return std::move(*misfit);
  }
  out.of = std::get<Value>(of).text;
  out.reason = std::get<Value>(reason).text;
  if (auto misfit = check_reason(out.reason)) return misfit;
  std::int64_t number = std::get<Value>(sequence).number;
  if (number < 1) {
    return wrong("out_of_range", "sequence",
                 fmt::format("\"sequence\" counts from 1, found {}", number));
  }
  out.target = Sequence(static_cast<std::uint64_t>(number));
  Result<Bytes> id = from_hex(std::get<Value>(stream).text);
  Result<StreamId> named = id.ok() ? StreamId::from(*id, "stream") : id.error();
  if (!named.ok()) {
    return wrong("pattern", "stream", "\"stream\" must be the id of a stream in hexadecimal");
  }
  out.stream = *named;
  return std::nullopt;
}

std::optional<Misfit> take_new_fields(const Event& event, Amendment& out) {
  constexpr std::string_view kOwn[] = {"of", "reason", "sequence", "stream"};
  for (std::size_t i = 0; i < event.fields.size(); ++i) {
    const std::string& name = event.fields[i].name;
    if (i > 0 && name <= event.fields[i - 1].name) {
      return wrong("repeated_field", name,
                   fmt::format("the fields must be in order and stand once; \"{}\" does not",
                               outside_text(name)));
    }
    if (std::find(std::begin(kOwn), std::end(kOwn), name) != std::end(kOwn)) continue;
    if (out.voids || !name.starts_with(kNewPrefix)) {
      return wrong(
          "unknown_field", name,
          fmt::format("an event \"{}\" has no field \"{}\"", event.type, outside_text(name)));
    }
    out.fields.push_back({name.substr(kNewPrefix.size()), event.fields[i].value});
  }
  if (out.voids || !out.fields.empty()) return std::nullopt;
  return wrong("missing_field", "", "a correction must give at least one field a new value");
}

}  // namespace

bool is_amendment_type(std::string_view type) {
  return type == kCorrect || type == kVoid;
}

Event amendment_event(const Amendment& amendment, Instant time) {
  Event event;
  event.type = amendment.voids ? kVoid : kCorrect;
  event.subject = amendment.subject;
  event.time = time;
  event.fields = {
      {"of", {Kind::kString, 0, amendment.of}},
      {"reason", {Kind::kString, 0, amendment.reason}},
      {"sequence", {Kind::kCount, static_cast<std::int64_t>(amendment.target.value), {}}},
      {"stream", {Kind::kString, 0, amendment.stream.hex()}}};
  for (const Field& field : amendment.fields) {
    event.fields.push_back({std::string(kNewPrefix) + field.name, field.value});
  }
  std::sort(event.fields.begin(), event.fields.end(),
            [](const Field& a, const Field& b) { return a.name < b.name; });
  return event;
}

std::variant<Amendment, Misfit> read_amendment(const EventCatalog& catalog, const Event& event) {
  Amendment out;
  out.voids = event.type == kVoid;
  out.subject = event.subject;
  if (auto misfit = check_subject(event.subject)) return std::move(*misfit);
  if (auto misfit = check_event_time(event.time)) return std::move(*misfit);
  if (auto misfit = take_new_fields(event, out)) return std::move(*misfit);
  if (auto misfit = take_own(event, out)) return std::move(*misfit);
  std::optional<EventTypeRef> ref = catalog.resolve(out.of);
  if (!ref) {
    return wrong("unknown_type", "of",
                 fmt::format("there is no event type \"{}\"", outside_text(out.of)));
  }
  if (auto misfit = check_given_fields(*ref, out.fields)) return std::move(*misfit);
  return out;
}

}  // namespace plumbline
