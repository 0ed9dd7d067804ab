// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/limits.h"
#include "base/utf8.h"
#include "packs/pack_parts.h"

namespace plumbline {
namespace {

constexpr std::string_view kFormat = "plumbline/events/v1";
constexpr std::size_t kMaxSteps = 64;
constexpr std::string_view kReservedTypes[] = {"correct", "void"};
// Words that expressions use for a case itself.
constexpr std::string_view kReservedFields[] = {"overdue", "time", "subject"};
constexpr Kind kAllKinds[] = {Kind::kString,  Kind::kCode,    Kind::kEnum,
                              Kind::kInteger, Kind::kDecimal, Kind::kBool,
                              Kind::kInstant, Kind::kCount,   Kind::kReference};

bool contains(const auto& list, std::string_view word) {
  return std::find(std::begin(list), std::end(list), word) != std::end(list);
}

std::vector<std::string> kind_words() {
  std::vector<std::string> words;
  for (Kind kind : kAllKinds) words.emplace_back(kind_name(kind));
  return words;
}

// Names by which `steps` and `required_in` mean the steps of a type.
std::vector<std::string> step_words(const TypeSpec& type) {
  if (type.steps.empty()) return {type.id};
  std::vector<std::string> words;
  for (const StepSpec& step : type.steps) words.push_back(step.id);
  return words;
}

std::optional<Kind> read_kind(MapReader& map) {
  auto text = map.required_text("kind");
  if (!text) return std::nullopt;
  auto kind = parse_kind(*text);
  if (kind.ok()) return *kind;
  map.problems().add(map.node().find("kind")->place, kind.error().sentence(),
                     did_you_mean(*text, kind_words()));
  return std::nullopt;
}

// A problem with a listed enum value, or nullptr.
const char* enum_value_problem(const std::string& value) {
  if (utf8_length(value) > limits::kMaxStringChars) return "has more than 64 characters";
  if (has_control_character(value)) return "holds a control character";
  if (holds_personal_number(value)) return "holds a mobile or ID-card number";
  return nullptr;
}

void read_values(MapReader& map, FieldSpec& field) {
  Problems& problems = map.problems();
  if (field.kind != Kind::kEnum) {
    const YamlNode* list = map.misplaced("values");
    if (list == nullptr) return;
    problems.add(list->place, fmt::format("only an enum has values, and \"{}\" is of kind {}",
                                          field.name, kind_name(field.kind)));
    return;
  }
  const YamlNode* list = map.required("values");
  std::set<std::string> seen;
  for (const auto& [value, place] : map.optional_text_list("values")) {
    if (const char* problem = enum_value_problem(value)) {
      problems.add(place, fmt::format("a value {}", problem));
    } else if (!seen.insert(value).second) {
      problems.add(place, fmt::format("the value \"{}\" stands twice", value));
    } else {
      field.values.push_back(value);
    }
  }
  if (list != nullptr && list->is_list() &&
      (list->items.empty() || list->items.size() > limits::kMaxEnumValues)) {
    problems.add(list->place, fmt::format("an enum has 1 to {} values, found {}",
                                          limits::kMaxEnumValues, list->items.size()));
  }
}

void read_pattern(MapReader& map, FieldSpec& field) {
  if (field.kind != Kind::kString && field.kind != Kind::kCode) {
    const YamlNode* node = map.misplaced("pattern");
    if (node == nullptr) return;
    map.problems().add(node->place,
                       fmt::format("only a string or code has a pattern, and \"{}\" is of "
                                   "kind {}",
                                   field.name, kind_name(field.kind)));
    return;
  }
  field.pattern = map.optional_text("pattern");
  if (!field.pattern) return;
  Place place = map.node().find("pattern")->place;
  auto compiled = Pattern::compile(*field.pattern);
  if (!compiled.ok()) {
    map.problems().add(place, fmt::format("the pattern \"{}\" cannot be used: {}", *field.pattern,
                                          compiled.error().sentence()));
    return;
  }
  field.matcher = std::make_shared<const Pattern>(std::move(compiled).value());
}

std::vector<std::string> read_step_list(MapReader& map, std::string_view key,
                                        const std::vector<std::string>& known) {
  std::vector<std::string> out;
  for (const auto& [step, place] : map.optional_text_list(key)) {
    if (!contains(known, step)) {
      map.problems().add(place,
                         fmt::format("\"{}\" names the step \"{}\", which the type does not "
                                     "have",
                                     key, step),
                         did_you_mean(step, known));
    } else if (contains(out, step)) {
      map.problems().add(place, fmt::format("the step \"{}\" stands twice", step));
    } else {
      out.push_back(step);
    }
  }
  return out;
}

void check_required_steps(MapReader& map, const FieldSpec& field) {
  if (field.steps.empty()) return;
  for (const std::string& step : field.required_in) {
    if (contains(field.steps, step)) continue;
    map.problems().add(map.node().find("required_in")->place,
                       fmt::format("\"{}\" is required in {}, but its \"steps\" leave that out",
                                   field.name, step));
  }
}

void read_field(const YamlNode& key, const YamlNode& node, TypeSpec& type, Problems& problems) {
  FieldSpec field;
  field.name = key.scalar;
  std::vector<std::string> steps = step_words(type);
  if (check_identifier(key, "a field", problems)) {
    if (contains(kReservedFields, key.scalar)) {
      problems.add(key.place,
                   fmt::format("\"{}\" is reserved and cannot name a field", key.scalar));
    } else if (contains(steps, key.scalar)) {
      problems.add(key.place,
                   fmt::format("\"{}\" is a step of the type and cannot name a field", key.scalar));
    }
  }
  MapReader map(node, fmt::format("the field {}", describe(key)), problems);
  std::optional<Kind> kind = read_kind(map);
  field.kind = kind.value_or(Kind::kString);
  field.title = read_title(map, "title").value_or(Title());
  if (kind) {
    read_values(map, field);
    read_pattern(map, field);
  } else {
    map.optional("values");
    map.optional("pattern");
  }
  field.steps = read_step_list(map, "steps", steps);
  field.required_in = read_step_list(map, "required_in", steps);
  check_required_steps(map, field);
  map.finish();
  type.fields.push_back(std::move(field));
}

void read_fields(MapReader& map, TypeSpec& type) {
  const YamlNode* fields = map.optional("fields");
  if (fields == nullptr) return;
  if (!fields->is_map() || fields->entries.size() > limits::kMaxFieldsPerType) {
    map.problems().add(fields->place, fmt::format("\"fields\" must be a map of at most {} fields",
                                                  limits::kMaxFieldsPerType));
    return;
  }
  for (const auto& [key, node] : fields->entries) read_field(key, node, type, map.problems());
  std::sort(type.fields.begin(), type.fields.end(),
            [](const FieldSpec& a, const FieldSpec& b) { return a.name < b.name; });
}

void read_steps(MapReader& map, TypeSpec& type) {
  const YamlNode* list = map.optional("steps");
  if (list == nullptr) return;
  Problems& problems = map.problems();
  if (!list->is_list() || list->items.empty() || list->items.size() > kMaxSteps) {
    problems.add(list->place, fmt::format("\"steps\" must be a list of 1 to {} steps; a type "
                                          "without steps leaves it out",
                                          kMaxSteps));
    return;
  }
  bool has_final = false;
  for (const YamlNode& item : list->items) {
    MapReader step(item, "a step", problems);
    StepSpec spec;
    const YamlNode* id = step.required("id");
    spec.title = read_title(step, "title").value_or(Title());
    spec.final = step.optional_bool("final").value_or(false);
    step.finish();
    if (spec.final && has_final) {
      problems.add(item.place, "a type has one final step, and an earlier one is final already");
    }
    has_final = has_final || spec.final;
    if (id == nullptr || !check_identifier(*id, "a step", problems)) continue;
    if (type.step(id->scalar) != nullptr) {
      problems.add(id->place, fmt::format("the step \"{}\" stands twice", id->scalar));
    }
    spec.id = id->scalar;
    type.steps.push_back(std::move(spec));
  }
}

void read_due(MapReader& map, TypeSpec& type) {
  type.due_field = map.optional_text("due");
  if (!type.due_field) return;
  Place place = map.node().find("due")->place;
  std::vector<std::string> instants;
  for (const FieldSpec& field : type.fields) {
    if (field.kind == Kind::kInstant) instants.push_back(field.name);
  }
  if (!contains(instants, *type.due_field)) {
    map.problems().add(
        place,
        fmt::format("\"due\" must name a field of kind instant, found \"{}\"", *type.due_field),
        did_you_mean(*type.due_field, instants));
  }
  bool has_final = std::any_of(type.steps.begin(), type.steps.end(),
                               [](const StepSpec& step) { return step.final; });
  if (!has_final) {
    map.problems().add(place, "\"due\" is when the final step is due, and no step is final");
  }
}

TypeSpec read_type(const YamlNode& key, const YamlNode& node, Problems& problems) {
  TypeSpec type;
  type.id = key.scalar;
  if (check_identifier(key, "a type", problems) && contains(kReservedTypes, key.scalar)) {
    problems.add(key.place, fmt::format("\"{}\" is reserved and cannot name a type", key.scalar));
  }
  MapReader map(node, fmt::format("the type {}", describe(key)), problems);
  type.title = read_title(map, "title").value_or(Title());
  read_steps(map, type);
  read_fields(map, type);
  read_due(map, type);
  map.finish();
  return type;
}

}  // namespace

std::optional<EventCatalog> parse_events(const std::string& file, BytesView text,
                                         Problems& problems) {
  std::size_t before = problems.count();
  EventCatalog catalog;
  if (std::optional<YamlNode> root = parse_yaml(file, text, problems)) {
    MapReader map(*root, "the event description", problems);
    map.required_word("format", {kFormat});
    const YamlNode* types = map.required("types");
    map.finish();
    if (types != nullptr) {
      if (types->entries.empty() || types->entries.size() > limits::kMaxTypes) {
        problems.add(types->place,
                     fmt::format("\"types\" must be a map of 1 to {} types", limits::kMaxTypes));
      } else {
        for (const auto& [key, node] : types->entries) {
          catalog.types.push_back(read_type(key, node, problems));
        }
      }
    }
  }
  if (problems.count() != before) return std::nullopt;
  std::sort(catalog.types.begin(), catalog.types.end(),
            [](const TypeSpec& a, const TypeSpec& b) { return a.id < b.id; });
  return catalog;
}

}  // namespace plumbline
