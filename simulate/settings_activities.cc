// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "simulate/settings_reader.h"

namespace plumbline::settings {
namespace {

std::optional<std::int64_t> as_integer(std::string_view text) {
  std::int64_t value = 0;
  auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

void read_weights(const YamlNode& node, FieldRule& rule, MapReader& map) {
  for (const YamlNode::Entry& entry : node.entries) {
    auto weight = as_integer(entry.second.scalar);
    if (!weight || *weight < 0) {
      map.problems().add(entry.second.place, "a weight must be a whole number from 0 on");
      continue;
    }
    rule.words.push_back(entry.first.scalar);
    rule.weights.push_back(*weight);
  }
  if (rule.words.empty()) map.problem("\"pick\" must be a map of values and their weights");
}

// Takes the one key that says how the value comes about.
void read_how(MapReader& map, FieldRule& rule) {
  using How = FieldRule::How;
  if (const YamlNode* pick = map.optional("pick")) {
    return read_weights(*pick, rule, map);
  }
  if (auto range = range_at(map, "between")) {
    rule.how = How::kBetween;
    rule.range = *range;
  } else if (auto prefix = map.optional_text("pool")) {
    rule.how = How::kPool;
    rule.text = *prefix;
    rule.number = integer_or(map, "of", 100);
  } else if (auto digits = map.optional_integer("hash")) {
    rule.how = How::kHash;
    rule.number = *digits;
  } else if (auto level = map.optional_text("place")) {
    rule.how = How::kPlace;
    rule.text = *level;
    rule.number = integer_or(map, "own", 70);
  } else if (auto days = map.optional_integer("workdays")) {
    rule.how = How::kWorkdays;
    rule.number = *days;
  } else if (auto type = map.optional_text("case_of")) {
    rule.how = How::kCaseOf;
    rule.text = *type;
  } else if (map.optional_bool("cause").value_or(false)) {
    rule.how = How::kCause;
  } else if (auto field = map.optional_text("words_for")) {
    rule.how = How::kWords;
    rule.text = *field;
    for (auto& [word, place] : map.optional_text_list("words")) rule.words.push_back(word);
  } else {
    rule.how = How::kYes;
    rule.yes = odds_or(map, "yes", 50);
  }
}

StepRule read_step(MapReader& map) {
  StepRule step;
  step.step = map.required_text("step").value_or("");
  if (auto range = range_at(map, "minutes")) step.in_time = *range;
  step.late = range_at(map, "late").value_or(step.in_time);
  step.on_time = odds_or(map, "on_time", 100);
  step.happens = odds_or(map, "happens", 100);
  return step;
}

SourceKind source_or(MapReader& map, std::string_view key, SourceKind otherwise) {
  auto text = map.optional_text(key);
  if (!text) return otherwise;
  auto kind = parse_source_kind(*text);
  if (kind.ok()) return *kind;
  map.problem(kind.error().sentence());
  return otherwise;
}

void read_when(MapReader& map, Activity& activity) {
  using Every = Activity::Every;
  activity.per_year = integer_or(map, "per_year", 0);
  activity.hours = range_at(map, "hours");
  activity.day = integer_or(map, "day", 0);
  activity.odds = odds_or(map, "odds", 100);
  auto every = map.optional_word("every", {"work_day", "quarter", "year"});
  if (every) {
    activity.every = *every == "work_day"  ? Every::kWorkDay
                     : *every == "quarter" ? Every::kQuarter
                                           : Every::kYear;
  }
  const YamlNode* cause = map.optional("caused_by");
  if (cause == nullptr) return;
  MapReader inner(*cause, "a cause", map.problems());
  activity.every = Every::kCause;
  activity.cause_type = inner.required_text("type").value_or("");
  activity.cause_field = inner.required_text("field").value_or("");
  activity.cause_at_most = inner.required_integer("at_most").value_or(0);
  inner.finish();
}

}  // namespace

Odds odds_or(MapReader& map, std::string_view key, Odds otherwise) {
  auto text = map.optional_text(key);
  if (!text) return otherwise;
  if (auto number = as_integer(*text)) return *number;
  return *text;
}

std::optional<Range> range_at(MapReader& map, std::string_view key) {
  auto items = map.optional_text_list(key);
  if (items.empty()) return std::nullopt;
  auto low = as_integer(items.front().first);
  auto high = as_integer(items.back().first);
  if (items.size() == 2 && low && high && *low <= *high) return Range{*low, *high};
  map.problems().add(items.front().second,
                     fmt::format("\"{}\" must be two whole numbers [low, high]", key));
  return std::nullopt;
}

std::vector<std::int64_t> integers_at(MapReader& map, std::string_view key, std::size_t count) {
  std::vector<std::int64_t> numbers;
  for (auto& [text, place] : map.optional_text_list(key)) {
    numbers.push_back(as_integer(text).value_or(-1));
  }
  bool good = numbers.size() == count &&
              std::all_of(numbers.begin(), numbers.end(), [](std::int64_t n) { return n >= 0; });
  if (!good) map.problem(fmt::format("\"{}\" must be {} whole numbers from 0 on", key, count));
  numbers.resize(count);
  return numbers;
}

std::vector<FieldRule> fields_at(MapReader& map, std::string_view key, const TypeSpec* type) {
  std::vector<FieldRule> rules;
  const YamlNode* fields = map.optional(key);
  if (fields == nullptr) return rules;
  for (const YamlNode::Entry& entry : fields->entries) {
    FieldRule rule;
    rule.field = entry.first.scalar;
    if (type != nullptr && type->field(rule.field) == nullptr) {
      map.problems().add(entry.first.place,
                         fmt::format("{} has no field \"{}\"", type->id, rule.field));
    }
    MapReader inner(entry.second, "a field", map.problems());
    rule.present = odds_or(inner, "present", 100);
    read_how(inner, rule);
    inner.finish();
    rules.push_back(std::move(rule));
  }
  return rules;
}

Activity activity_at(MapReader& map, const EventCatalog& catalog) {
  Activity activity;
  activity.type = map.required_text("type").value_or("");
  const TypeSpec* type = catalog.type(activity.type);
  if (type == nullptr) map.problem(fmt::format("there is no event type \"{}\"", activity.type));
  activity.prefix = text_or(map, "subject", "");
  activity.source = source_or(map, "source", SourceKind::kAgent);
  if (map.node().find("first_source") != nullptr) {
    activity.first_source = source_or(map, "first_source", activity.source);
  }
  read_when(map, activity);
  activity.fields = fields_at(map, "fields", type);
  each(map, "steps", "a step", [&](MapReader& inner) {
    activity.steps.push_back(read_step(inner));
    if (type != nullptr && type->step(activity.steps.back().step) == nullptr) {
      inner.problem(fmt::format("{} has no step \"{}\"", type->id, activity.steps.back().step));
    }
  });
  if (type != nullptr && type->steps.empty() != activity.steps.empty()) {
    map.problem(
        fmt::format("{} must have steps here exactly where it has them in events.yaml", type->id));
  }
  return activity;
}

}  // namespace plumbline::settings
