// SPDX-License-Identifier: Apache-2.0
#include "evaluator/case_json.h"

#include <fmt/format.h>

#include <algorithm>

#include "evaluator/case_list.h"
#include "evaluator/rule_words.h"
#include "evaluator/rules_json.h"

namespace plumbline {
namespace {

class CaseWriter {
 public:
  CaseWriter(const RuleFold& fold, const OutletFold& outlet, CaseId id)
      : fold_(fold),
        outlet_(outlet),
        pack_(*fold.rules().pack),
        of_(fold.cases().at(id)),
        type_(pack_.events.types[of_.type]),
        id_(id) {}

  Json write(const std::optional<CaseLine>& line) {
    Json json = Json::object();
    json.set("type", type_.id).set("title", title_json(type_.title)).set("subject", of_.subject);
    json.set("state", of_.closed ? "closed" : "open").set("overdue", of_.facts.overdue);
    add_time(json, "opened", of_.facts.steps.front());
    add_time(json, "closed", closed_at());
    add_time(json, "due", due_at());
    add_line(json, line);
    Json events = Json::array();
    for (std::uint32_t i = 0; i < of_.events.size(); ++i) {
      if (of_.events[i].time <= outlet_.as_of()) events.push(event_json(i));
    }
    json.set("events", std::move(events));
    return json;
  }

 private:
  void add_time(Json& json, const std::string& key, const std::optional<Instant>& at) const {
    json.set(key, at ? Json(format_instant(*at)) : Json(nullptr));
    json.set(key + "_text", at ? Json(local_text(pack_.calendar, *at)) : Json(nullptr));
  }

  std::optional<Instant> closed_at() const {
    for (std::size_t s = 0; s < type_.steps.size(); ++s) {
      if (type_.steps[s].final) return of_.facts.steps[s];
    }
    return type_.steps.empty() ? of_.facts.steps.front() : std::nullopt;
  }

  std::optional<Instant> due_at() const {
    if (!type_.due_field) return std::nullopt;
    for (std::size_t f = 0; f < type_.fields.size(); ++f) {
      const std::optional<Value>& value = of_.facts.fields[f];
      if (type_.fields[f].name == *type_.due_field && value) return Instant{value->number};
    }
    return std::nullopt;
  }

  void add_line(Json& json, const std::optional<CaseLine>& line) const {
    json.set("counts", nullptr).set("in_numerator", nullptr);
    json.set("value_text", nullptr).set("why", nullptr);
    if (!line) return;
    const Contribution* given = fold_.contribution(id_, line->standard, line->index);
    bool counts = given != nullptr && given->state == Contribution::State::kCounted;
    json.set("counts", counts);
    if (!counts) return;
    switch (line->indicator->aggregate) {
      case Aggregate::kShare: {
        bool complies = given->sample.in_numerator;
        json.set("in_numerator", complies);
        json.set("why",
                 title_json(complies ? Title{"计入，符合要求", "counted, complies"}
                                     : Title{"计入，不符合要求", "counted, does not comply"}));
        return;
      }
      case Aggregate::kCount:
        json.set("why", title_json({"计入一件", "counted as one"}));
        return;
      case Aggregate::kDistinct:
        json.set("value_text", title_json({given->sample.text, given->sample.text}));
        return;
      default:
        json.set("value_text", title_json(value_text(*line->indicator, given->sample.number)));
    }
  }

  Json event_json(std::uint32_t index) const {
    const Case::Act& act = of_.events[index];
    const OutletFold::Source source = outlet_.source(act.position.entry);
    bool has_steps = !type_.steps.empty();
    Json json = Json::object();
    json.set("entry", act.position.entry.value).set("sequence", act.position.sequence.value);
    json.set("step", has_steps ? type_.steps[act.step].id : type_.id);
    json.set("title", title_json(has_steps ? type_.steps[act.step].title : type_.title));
    json.set("at", format_instant(act.time)).set("at_text", local_text(pack_.calendar, act.time));
    json.set("recorded_text", local_text(pack_.calendar, source.recorded_at));
    json.set("source_kind", source_kind_name(source.kind));
    json.set("duplicate", std::find(of_.duplicates.begin(), of_.duplicates.end(), index) !=
                              of_.duplicates.end());
    Json fields = Json::array();
    for (const FieldValue& field : act.fields) {
      const FieldSpec& spec = type_.fields[field.field];
      fields.push(Json::object()
                      .set("name", spec.name)
                      .set("title", title_json(spec.title))
                      .set("text", title_json(field_text(field.value))));
    }
    json.set("fields", std::move(fields));
    return json;
  }

  Title field_text(const Value& value) const {
    std::string text;
    switch (value.kind) {
      case Kind::kBool:
        return value.number != 0 ? Title{"是", "yes"} : Title{"否", "no"};
      case Kind::kInstant:
        text = local_text(pack_.calendar, Instant{value.number});
        break;
      case Kind::kDecimal:
        text = format_decimal_short({value.number});
        break;
      case Kind::kInteger:
      case Kind::kCount:
        text = std::to_string(value.number);
        break;
      default:
        text = value.text;
    }
    return {text, text};
  }

  const RuleFold& fold_;
  const OutletFold& outlet_;
  const Pack& pack_;
  const Case& of_;
  const TypeSpec& type_;
  const CaseId id_;
};

}  // namespace

Json case_json(const RuleFold& fold, const OutletFold& outlet, const std::optional<CaseLine>& line,
               CaseId id) {
  return CaseWriter(fold, outlet, id).write(line);
}

std::string local_text(const Calendar& calendar, Instant at) {
  Instant shifted = {at.ms + calendar.offset_minutes_at(at) * kMsPerMinute};
  std::string text = format_instant(shifted);  // 2026-10-31T08:01:30Z
  return text.substr(0, 10) + " " + text.substr(11, 5);
}

}  // namespace plumbline
