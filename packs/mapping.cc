// SPDX-License-Identifier: Apache-2.0
#include "packs/mapping.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "packs/time_format.h"
#include "packs/yaml.h"

namespace plumbline {
namespace {

constexpr std::string_view kFormat = "plumbline/import/v1";

// What the mapping of one event may name.
struct Target {
  const EventCatalog& events;
  EventTypeRef ref;

  std::string_view step() const { return ref.step != nullptr ? ref.step->id : ref.type->id; }
  bool may_carry(const FieldSpec& field) const { return field.steps.empty() || has(field.steps); }
  bool has(const std::vector<std::string>& steps) const {
    return std::find(steps.begin(), steps.end(), step()) != steps.end();
  }
};

std::string read_time_format(MapReader& map, std::string_view key) {
  auto format = map.required_text(key);
  if (!format) return "";
  if (auto status = check_time_format(*format); !status.ok()) {
    map.problems().add(map.node().find(key)->place, status.error().sentence());
  }
  return *format;
}

void read_values(MapReader& map, const FieldSpec& spec, FieldMapping& field) {
  const bool is_enum = spec.kind == Kind::kEnum;
  const YamlNode* values = is_enum ? map.optional("values") : map.misplaced("values");
  if (values == nullptr) return;
  Problems& problems = map.problems();
  if (!is_enum || !values->is_map()) {
    problems.add(values->place, fmt::format("\"values\" is a map for an enum; \"{}\" is of kind {}",
                                            spec.name, kind_name(spec.kind)));
    return;
  }
  for (const auto& [text, value] : values->entries) {
    bool listed = value.is_scalar() && std::find(spec.values.begin(), spec.values.end(),
                                                 value.scalar) != spec.values.end();
    if (!listed) {
      problems.add(value.place,
                   fmt::format("{} is not a value of \"{}\"", describe(value), spec.name),
                   did_you_mean(value.scalar, spec.values));
    }
    field.values.emplace_back(text.scalar, value.scalar);
  }
}

void read_field(const YamlNode& key, const YamlNode& node, const Target& target,
                EventMapping& event, Problems& problems) {
  FieldMapping field;
  field.field = key.scalar;
  MapReader map(node, fmt::format("the field {}", describe(key)), problems);
  field.column = map.required_text("column").value_or("");
  const FieldSpec* spec = target.ref.type->field(key.scalar);
  if (spec == nullptr) {
    std::vector<std::string> names;
    for (const FieldSpec& known : target.ref.type->fields) names.push_back(known.name);
    problems.add(key.place,
                 fmt::format("\"{}\" has no field {}", target.ref.type->id, describe(key)),
                 did_you_mean(key.scalar, names));
    return;
  }
  if (!target.may_carry(*spec)) {
    problems.add(key.place, fmt::format("\"{}\" does not belong to the step \"{}\"", spec->name,
                                        target.step()));
  }
  if (spec->kind == Kind::kInstant) field.format = read_time_format(map, "format");
  read_values(map, *spec, field);
  map.finish();
  event.fields.push_back(std::move(field));
}

void check_required_fields(MapReader& map, const Target& target, const EventMapping& event) {
  for (const FieldSpec& spec : target.ref.type->fields) {
    bool mapped = std::any_of(event.fields.begin(), event.fields.end(),
                              [&](const FieldMapping& field) { return field.field == spec.name; });
    if (mapped || !target.has(spec.required_in)) continue;
    map.problem(fmt::format("\"{}\" is required in {} and no column is mapped to it", spec.name,
                            event.type));
  }
}

EventMapping read_event(const YamlNode& node, const EventCatalog& events, Problems& problems) {
  EventMapping event;
  MapReader map(node, "an event", problems);
  event.type = map.required_text("type").value_or("");
  event.subject = map.required_text("subject").value_or("");
  event.time = map.required_text("time").value_or("");
  event.time_format = read_time_format(map, "time_format");
  event.only_if_present = map.optional_text("only_if_present").value_or("");
  const YamlNode* fields = map.optional("fields");
  map.finish();
  if (event.type.empty()) return event;
  std::optional<EventTypeRef> ref = events.resolve(event.type);
  if (!ref) {
    problems.add(map.node().find("type")->place,
                 fmt::format("there is no event type \"{}\"", event.type),
                 did_you_mean(event.type, events.event_types()));
    return event;
  }
  Target target{events, *ref};
  if (fields != nullptr && !fields->is_map()) {
    problems.add(fields->place,
                 fmt::format("\"fields\" must be a map, found {}", describe(*fields)));
  } else if (fields != nullptr) {
    for (const auto& [key, value] : fields->entries) {
      read_field(key, value, target, event, problems);
    }
  }
  check_required_fields(map, target, event);
  std::sort(event.fields.begin(), event.fields.end(),
            [](const FieldMapping& a, const FieldMapping& b) { return a.field < b.field; });
  return event;
}

void read_events(MapReader& map, const EventCatalog& events, Mapping& mapping) {
  const YamlNode* list = map.required("events");
  if (list == nullptr) return;
  if (!list->is_list() || list->items.empty()) {
    map.problems().add(list->place, "\"events\" must be a list of at least one event");
    return;
  }
  std::set<std::string> seen;
  for (const YamlNode& item : list->items) {
    EventMapping event = read_event(item, events, map.problems());
    // An imported event is known by its type and subject; a second mapping would repeat it.
    if (!event.type.empty() && !seen.insert(event.type).second) {
      map.problems().add(item.find("type")->place,
                         fmt::format("the event type \"{}\" is mapped twice", event.type));
    }
    mapping.events.push_back(std::move(event));
  }
}

std::vector<std::string> columns_of(const Mapping& mapping) {
  std::set<std::string> columns = {mapping.outlet_column};
  for (const EventMapping& event : mapping.events) {
    columns.insert({event.subject, event.time, event.only_if_present});
    for (const FieldMapping& field : event.fields) columns.insert(field.column);
  }
  columns.erase("");
  return {columns.begin(), columns.end()};
}

}  // namespace

std::optional<Mapping> parse_mapping(const std::string& file, BytesView text, const Pack& pack,
                                     Problems& problems) {
  std::size_t before = problems.count();
  Mapping mapping;
  if (std::optional<YamlNode> root = parse_yaml(file, text, problems)) {
    MapReader map(*root, "the mapping", problems);
    map.required_word("format", {kFormat});
    mapping.source = map.required_text("source").value_or("");
    mapping.outlet_column = map.optional_text("outlet_column").value_or("");
    read_events(map, pack.events, mapping);
    map.finish();
  }
  if (problems.count() != before) return std::nullopt;
  mapping.columns = columns_of(mapping);
  return mapping;
}

}  // namespace plumbline
