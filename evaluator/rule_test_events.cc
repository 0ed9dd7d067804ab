// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>

#include "evaluator/rule_test_reader.h"
#include "registry/fact_kinds.h"

namespace plumbline {
namespace {

// Events by the name that amendments know them by.
struct Named {
  std::string type;
  std::string subject;
  OutletId outlet;
  SourceKind source = SourceKind::kAgent;
  std::uint64_t sequence = 0;
};

std::string numbered(std::string text, std::int64_t number) {
  for (std::size_t at = text.find('#'); at != std::string::npos; at = text.find('#', at)) {
    text.replace(at, 1, std::to_string(number));
  }
  return text;
}

std::int64_t repeat_of(MapReader& map) {
  std::int64_t repeat = map.optional_integer("repeat").value_or(1);
  if (repeat >= 1 && repeat <= kMaxRepeat) return repeat;
  map.problem(fmt::format("\"repeat\" is {}, it must be 1 to {}", repeat, kMaxRepeat));
  return 1;
}

// Reads the events of one test.
class EventsReader {
 public:
  EventsReader(const RuleTestContext& context, RuleTest& test) : context_(context), test_(test) {}

  void read(const YamlNode& item) {
    MapReader map(item, "an event", context_.problems);
    const bool amends = item.find("void") != nullptr || item.find("correct") != nullptr;
    std::int64_t repeat = amends ? 1 : repeat_of(map);
    std::string name = map.optional_text("id").value_or("");
    RuleTest::Event given;
    if (const YamlNode* time = map.required("time")) {
      given.event.time = context_.time(*time).value_or(Instant());
    }
    given.recorded_at = time_or(map, "recorded", given.event.time);
    given.sealed_at = time_or(map, "sealed", given.recorded_at);
    read_outlet(map, given);
    read_source(map, given);
    if (amends) {
      read_amendment(map, given);
      map.finish();
      return add(std::move(given), name);
    }
    const YamlNode* fields = map.optional_map("fields");
    const YamlNode* type = map.required("type");
    std::string subject = map.required_text("subject").value_or("");
    map.finish();
    if (type == nullptr) return;
    if (repeat > 1 && subject.find('#') == std::string::npos) {
      map.problem(
          "an event that is repeated needs \"#\" in its subject: each is a case of its own");
    }
    given.event.type = type->scalar;
    if (!read_fields(*type, fields, given.event)) return;
    for (std::int64_t i = 1; i <= repeat; ++i) {
      RuleTest::Event one = given;
      one.event.subject = repeat == 1 ? subject : numbered(subject, i);
      for (Field& field : one.event.fields) {
        if (repeat > 1) field.value.text = numbered(std::move(field.value.text), i);
      }
      add(std::move(one), name);
    }
  }

 private:
  Instant time_or(MapReader& map, std::string_view key, Instant otherwise) {
    const YamlNode* node = map.optional(key);
    return node == nullptr ? otherwise : context_.time(*node).value_or(otherwise);
  }

  void read_outlet(MapReader& map, RuleTest::Event& given) {
    const YamlNode* outlet = map.optional("outlet");
    if (outlet == nullptr) {
      if (!test_.outlets.empty()) given.outlet = test_.outlets.front().outlet;
      return;
    }
    std::vector<std::string> known;
    for (const OutletAdded& one : test_.outlets) {
      if (one.outlet.text() == outlet->scalar) given.outlet = one.outlet;
      known.push_back(one.outlet.text());
    }
    if (!given.outlet.empty()) return;
    context_.problems.add(outlet->place,
                          fmt::format("the test has no outlet \"{}\"", outlet->scalar),
                          did_you_mean(outlet->scalar, known));
  }

  void read_source(MapReader& map, RuleTest::Event& given) {
    auto word = map.optional_word("source", {"agent", "rating_page", "inspector", "feed"});
    if (word) given.source = parse_source_kind(*word).value();
  }

  void add(RuleTest::Event given, const std::string& name) {
    std::uint64_t sequence = ++sequences_[{given.outlet, given.source}];
    if (!name.empty()) {
      named_[name] = {given.event.type, given.event.subject, given.outlet, given.source, sequence};
    }
    test_.events.push_back(std::move(given));
  }

  bool read_fields(const YamlNode& type, const YamlNode* fields, plumbline::Event& event) {
    const EventCatalog& catalog = context_.rules.pack->events;
    std::optional<EventTypeRef> ref = catalog.resolve(type.scalar);
    if (!ref) {
      context_.problems.add(type.place, fmt::format("there is no event type \"{}\"", type.scalar),
                            did_you_mean(type.scalar, catalog.event_types()));
      return false;
    }
    left_out_.clear();
    if (fields != nullptr) add_fields(*ref->type, *fields, "", event);
    const YamlNode* usual =
        context_.defaults == nullptr ? nullptr : context_.defaults->find(type.scalar);
    if (usual != nullptr) add_fields(*ref->type, *usual, "", event);
    return true;
  }

  // What stands already stays: an event's own fields come before the usual ones.
  void add_fields(const TypeSpec& type, const YamlNode& fields, const std::string& prefix,
                  plumbline::Event& event) {
    for (const auto& [key, value] : fields.entries) {
      auto is_it = [&, &name = key.scalar](const Field& f) { return f.name == prefix + name; };
      if (std::any_of(event.fields.begin(), event.fields.end(), is_it)) continue;
      if (value.type == YamlNode::Type::kNull) {
        left_out_.push_back(key.scalar);
        continue;
      }
      if (std::find(left_out_.begin(), left_out_.end(), key.scalar) != left_out_.end()) continue;
      const FieldSpec* spec = type.field(key.scalar);
      if (spec == nullptr) {
        std::vector<std::string> known;
        for (const FieldSpec& field : type.fields) known.push_back(field.name);
        context_.problems.add(
            key.place, fmt::format("the case type \"{}\" has no field \"{}\"", type.id, key.scalar),
            did_you_mean(key.scalar, known));
        continue;
      }
      if (auto read = value_from(*spec, value, context_.rules.pack->calendar, context_.problems)) {
        event.fields.push_back({prefix + key.scalar, std::move(*read)});
      }
    }
    std::sort(event.fields.begin(), event.fields.end(),
              [](const Field& a, const Field& b) { return a.name < b.name; });
  }

  void read_amendment(MapReader& map, RuleTest::Event& given) {
    const YamlNode* voided = map.node().find("void");
    const YamlNode* corrected = map.optional(voided != nullptr ? "void" : "correct");
    const YamlNode* fields = voided == nullptr ? map.optional_map("fields") : nullptr;
    const YamlNode& means = voided != nullptr ? *voided : *corrected;
    std::string reason = map.optional_text("reason").value_or("mistake");
    auto found = named_.find(means.scalar);
    if (found == named_.end()) {
      std::vector<std::string> known;
      for (const auto& [id, event] : named_) known.push_back(id);
      context_.problems.add(means.place,
                            fmt::format("no event before this one has the id \"{}\"", means.scalar),
                            did_you_mean(means.scalar, known));
      return;
    }
    const Named& target = found->second;
    plumbline::Event& event = given.event;
    event.type = voided != nullptr ? "void" : "correct";
    event.subject = target.subject;
    given.outlet = target.outlet;
    given.source = target.source;
    auto add_text = [&](std::string key, std::string text) {
      event.fields.push_back({std::move(key), {Kind::kString, 0, std::move(text)}});
    };
    add_text("of", target.type);
    add_text("reason", reason);
    add_text("stream", rule_test_stream(target.outlet, target.source).hex());
    event.fields.push_back(
        {"sequence", {Kind::kCount, static_cast<std::int64_t>(target.sequence), ""}});
    std::optional<EventTypeRef> ref = context_.rules.pack->events.resolve(target.type);
    YamlNode none;
    if (ref) add_fields(*ref->type, fields == nullptr ? none : *fields, "new.", event);
  }

  const RuleTestContext& context_;
  RuleTest& test_;
  std::map<std::pair<OutletId, SourceKind>, std::uint64_t> sequences_;
  std::map<std::string, Named> named_;
  std::vector<std::string> left_out_;  // fields of the event that say "~"
};

Fact fact_from(MapReader& map, const YamlNode* attributes) {
  Fact fact;
  fact.kind = map.required_text("kind").value_or("");
  fact.id = map.required_text("id").value_or("");
  if (map.optional("from") != nullptr) fact.from = map.required_date("from");
  if (map.optional("until") != nullptr) fact.until = map.required_date("until");
  if (attributes == nullptr) return fact;
  for (const auto& [key, value] : attributes->entries) {
    fact.attributes[key.scalar] = value.scalar;
  }
  return fact;
}

}  // namespace

std::optional<Value> value_from(const FieldSpec& spec, const YamlNode& node,
                                const Calendar& calendar, Problems& problems) {
  Value value;
  value.kind = spec.kind;
  const std::string& text = node.scalar;
  const char* end = text.data() + text.size();
  bool good = node.is_scalar();
  if (is_text_kind(spec.kind)) {
    value.text = text;
  } else if (spec.kind == Kind::kInstant) {
    auto at = time_from(node, calendar, problems);
    if (!at) return std::nullopt;
    value.number = at->ms;
  } else if (spec.kind == Kind::kBool) {
    good = good && (text == "true" || text == "false");
    value.number = text == "true" ? 1 : 0;
  } else if (spec.kind == Kind::kDecimal) {
    auto read = parse_decimal(text);
    good = good && read.ok();
    if (good) value.number = read->units;
  } else {
    auto [stopped, error] = std::from_chars(text.data(), end, value.number);
    good = good && error == std::errc() && stopped == end;
  }
  if (good) return value;
  problems.add(node.place, fmt::format("the field \"{}\" is of kind {}, found {}", spec.name,
                                       kind_name(spec.kind), describe(node)));
  return std::nullopt;
}

void read_test_events(MapReader& map, const RuleTestContext& context, RuleTest& test) {
  const YamlNode* list = map.optional_list("events");
  if (list == nullptr) return;
  EventsReader reader(context, test);
  for (const YamlNode& item : list->items) reader.read(item);
}

void read_test_facts(MapReader& map, const RuleTestContext& context, RuleTest& test) {
  const YamlNode* list = map.optional_list("facts");
  if (list == nullptr) return;
  for (const YamlNode& item : list->items) {
    MapReader reader(item, "a fact", context.problems);
    std::int64_t repeat = repeat_of(reader);
    const YamlNode* recorded = reader.optional("recorded");
    Instant recorded_at = recorded ? context.time(*recorded).value_or(test.as_of) : test.as_of;
    Fact fact = fact_from(reader, reader.optional_map("attributes"));
    reader.finish();
    for (std::int64_t i = 1; i <= repeat; ++i) {
      Fact one = fact;
      if (repeat > 1) {
        one.id = numbered(one.id, i);
        for (auto& [key, value] : one.attributes) value = numbered(value, i);
      }
      if (i == 1) {
        for (const AttributeProblem& wrong : check_fact(one)) {
          context.problems.add(item.place, wrong.text());
        }
      }
      test.facts.push_back({recorded_at, std::move(one)});
    }
  }
}

}  // namespace plumbline
