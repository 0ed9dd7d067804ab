// SPDX-License-Identifier: Apache-2.0
#include "evaluator/rule_test_reader.h"

#include <fmt/format.h>

#include <algorithm>

namespace plumbline {
namespace {

constexpr std::string_view kFolder = "tests/";

void read_outlets(MapReader& map, RuleTest& test) {
  const YamlNode* list = map.optional_list("outlets");
  if (list == nullptr) {
    test.outlets.push_back({OutletId::parse("a").value(), "a", "a", "a", {}});
    return;
  }
  for (const YamlNode& item : list->items) {
    MapReader reader(item, "an outlet", map.problems());
    OutletAdded outlet;
    auto id = reader.required_text("id");
    if (const YamlNode* places = reader.optional_map("places")) {
      for (const auto& [level, code] : places->entries) outlet.places[level.scalar] = code.scalar;
    }
    reader.finish();
    auto parsed = OutletId::parse(id.value_or("a"));
    if (!parsed.ok()) map.problems().add(item.place, parsed.error().text());
    if (!id || !parsed.ok()) continue;
    outlet.outlet = *parsed;
    outlet.code = outlet.name_zh = outlet.name_en = *id;
    test.outlets.push_back(std::move(outlet));
  }
}

std::optional<RuleTest> read_test(const YamlNode& node, const RuleTestContext& context) {
  std::size_t before = context.problems.count();
  MapReader map(node, "a test", context.problems);
  RuleTest test;
  test.place = node.place;
  test.name = map.required_text("name").value_or("");
  if (const YamlNode* as_of = map.required("as_of")) {
    test.as_of = context.time(*as_of).value_or(Instant());
    if (test.as_of.ms % kMsPerMinute != 0) {
      context.problems.add(as_of->place, "\"as_of\" must be a whole minute");
    }
  }
  read_outlets(map, test);
  read_test_facts(map, context, test);
  read_test_events(map, context, test);
  read_test_expectations(map, context, test);
  map.finish();
  if (test.rows.empty() && test.explained.empty()) {
    map.problem("a test that expects nothing tests nothing: say \"expect\" or \"explain\"");
  }
  if (context.problems.count() != before) return std::nullopt;
  return test;
}

// An event type that no event has would be usual for nothing, in silence.
void check_defaults(const YamlNode* defaults, const RuleSet& rules, Problems& problems) {
  if (defaults == nullptr) return;
  const EventCatalog& events = rules.pack->events;
  for (const auto& [type, fields] : defaults->entries) {
    if (!events.resolve(type.scalar)) {
      problems.add(type.place, fmt::format("there is no event type \"{}\"", type.scalar),
                   did_you_mean(type.scalar, events.event_types()));
    } else if (!fields.is_map()) {
      problems.add(fields.place, fmt::format("\"{}\" must be a map of fields, found {}",
                                             type.scalar, describe(fields)));
    }
  }
}

}  // namespace

std::optional<Instant> time_from(const YamlNode& node, const Calendar& calendar,
                                 Problems& problems) {
  const std::string& text = node.scalar;
  if (auto at = parse_instant(text); at.ok()) return *at;
  auto refuse = [&](std::string sentence) {
    problems.add(node.place, std::move(sentence));
    return std::nullopt;
  };
  std::string form = fmt::format(
      "a time is local, \"2025-03-14\", \"2025-03-14 09:30\" or with \":15\", or RFC 3339, "
      "\"2025-03-14T01:30:00Z\"; found {}",
      describe(node));
  auto date = parse_date(std::string_view(text).substr(0, 10));
  if (!date.ok()) return refuse(form);
  std::int64_t of_day = 0;
  if (text.size() > 10) {
    std::string clock = text.substr(11) + (text.size() == 16 ? ":00" : "");
    auto at = parse_instant("1970-01-01T" + clock + "Z");
    if ((text[10] != ' ' && text[10] != 'T') || !at.ok()) return refuse(form);
    of_day = at->ms;
  } else {
    return calendar.start_of(*date);
  }
  auto at = calendar.instant_of(*date, of_day);
  if (!at.ok()) return refuse(at.error().text());
  return *at;
}

std::vector<RuleTest> read_rule_tests(const PackFiles& files, const RuleSet& rules,
                                      Problems& problems) {
  std::vector<RuleTest> tests;
  for (const auto& [path, bytes] : files) {
    if (!path.starts_with(kFolder)) continue;
    std::optional<YamlNode> root = parse_yaml(path, bytes, problems);
    if (!root) continue;
    MapReader map(*root, "a file of tests", problems);
    map.required_word("format", {"plumbline/tests/v1"});
    const YamlNode* defaults = map.optional_map("defaults");
    const YamlNode* list = map.required("tests");
    map.finish();
    check_defaults(defaults, rules, problems);
    if (list == nullptr) continue;
    if (!list->is_list() || list->items.empty()) {
      problems.add(list->place, fmt::format("\"tests\" must be a list, found {}", describe(*list)));
    }
    RuleTestContext context{rules, problems, defaults};
    for (const YamlNode& item : list->items) {
      if (auto test = read_test(item, context)) tests.push_back(std::move(*test));
    }
  }
  return tests;
}

}  // namespace plumbline
