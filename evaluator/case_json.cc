// SPDX-License-Identifier: Apache-2.0
#include "evaluator/case_json.h"

#include <fmt/format.h>

#include <algorithm>

#include "evaluator/rules_json.h"

namespace plumbline {
namespace {

void add_indicator(const Case& of, const TypeSpec& type, const CaseView& view, Json& json) {
  json.set("counts", nullptr).set("in_numerator", nullptr);
  json.set("value_text", nullptr).set("why", nullptr);
  if (view.indicator == nullptr) return;
  json.set("counts", view.counts());
  json.set("why", title_json(why_text(of, type, view)));
  if (!view.counts()) return;
  const Sample& sample = view.contribution->sample;
  if (view.indicator->aggregate == Aggregate::kShare) json.set("in_numerator", sample.in_numerator);
  std::string value = sample_text(*view.indicator, sample);
  if (!value.empty()) json.set("value_text", value);
}

void add_time(const char* name, const std::optional<Instant>& at, const Calendar& calendar,
              Json& json) {
  json.set(name, at ? Json(format_instant(*at)) : Json());
  json.set(fmt::format("{}_text", name), at ? Json(local_text(calendar, *at)) : Json());
}

Json fields_json(const std::vector<FieldValue>& values, const TypeSpec& type,
                 const Calendar& calendar) {
  Json fields = Json::array();
  for (const FieldValue& field : values) {
    const FieldSpec& spec = type.fields[field.field];
    fields.push(Json::object()
                    .set("name", spec.name)
                    .set("title", title_json(spec.title))
                    .set("text", title_json(field_text(field.value, calendar))));
  }
  return fields;
}

Json flags_json(const TimeFlags& flags) {
  Json names = Json::array();
  if (flags.late) names.push("late");
  if (flags.back_dated) names.push("back_dated");
  return names;
}

// What was said later of the event, up to as-of, in the order in which it counts.
Json amendments_json(const OutletFold& outlet, const Pack& pack, const Case& of,
                     std::uint32_t index) {
  Json list = Json::array();
  for (const Case::Amended& amended : of.amendments) {
    if (amended.event != index || !amended.reached) continue;
    Json json = Json::object();
    json.set("kind", amended.voids ? "void" : "correct").set("reason", amended.reason);
    json.set("entry", amended.position.entry.value);
    json.set("sequence", amended.position.sequence.value);
    add_time("at", amended.time, pack.calendar, json);
    add_time("recorded", outlet.source(amended.position.entry).recorded_at, pack.calendar, json);
    json.set("duplicate", amended.duplicate);
    json.set("fields", fields_json(amended.fields, pack.events.types[of.type], pack.calendar));
    list.push(std::move(json));
  }
  return list;
}

const char* case_state(const Case& of) {
  if (!of.exists()) return "void";
  return of.closed ? "closed" : "open";
}

Json event_json(const OutletFold& outlet, const Pack& pack, const Case& of, std::uint32_t index) {
  const Case::Act& act = of.events[index];
  const TypeSpec& type = pack.events.types[of.type];
  const OutletFold::Source source = outlet.source(act.position.entry);
  bool has_steps = !type.steps.empty();
  bool duplicate = std::binary_search(of.duplicates.begin(), of.duplicates.end(), index);
  Json json = Json::object();
  json.set("entry", act.position.entry.value).set("sequence", act.position.sequence.value);
  json.set("step", has_steps ? type.steps[act.step].id : type.id);
  json.set("title", title_json(has_steps ? type.steps[act.step].title : type.title));
  add_time("at", act.time, pack.calendar, json);
  add_time("recorded", source.recorded_at, pack.calendar, json);
  json.set("source_kind", source_kind_name(source.kind));
  json.set("duplicate", duplicate).set("flags", flags_json(act.flags));
  json.set("voided", act.state == Case::State::kVoided);
  json.set("fields", fields_json(act.fields, type, pack.calendar));
  json.set("amendments", amendments_json(outlet, pack, of, index));
  return json;
}

}  // namespace

Json case_json(const OutletFold& outlet, const Pack& pack, const Case& of, const CaseView& view) {
  const TypeSpec& type = pack.events.types[of.type];
  Json json = Json::object();
  json.set("type", type.id).set("title", title_json(type.title)).set("subject", of.subject);
  json.set("state", case_state(of)).set("overdue", of.facts.overdue);
  add_time("opened", opened_at(of), pack.calendar, json);
  add_time("closed", closed_at(of, type), pack.calendar, json);
  add_time("due", due_at(of, type), pack.calendar, json);
  add_indicator(of, type, view, json);
  Json events = Json::array();
  for (std::uint32_t i = 0; i < of.events.size(); ++i) {
    if (of.events[i].time <= outlet.as_of()) events.push(event_json(outlet, pack, of, i));
  }
  json.set("events", std::move(events));
  return json;
}

}  // namespace plumbline
