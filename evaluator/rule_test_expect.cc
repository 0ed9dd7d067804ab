// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>

#include "evaluator/rule_test_reader.h"
#include "evaluator/target_fold.h"

namespace plumbline {
namespace {

using Words = std::span<const std::string_view>;

constexpr auto kRowWords = std::to_array<std::string_view>(
    {"verdict", "score", "grade", "grade_by_score", "vetoes", "caps", "events", "grade_limited",
     "set_aside", "duplicates", "failed_cases", "late", "back_dated", "corrected", "voided",
     "weight_without_data", "exemptions", "weight_exempt"});
constexpr auto kTargetWords =
    std::to_array<std::string_view>({"verdict", "value", "numerator", "denominator", "frozen",
                                     "missing", "excluded", "months", "date", "known_by"});
constexpr auto kUnitWords = std::to_array<std::string_view>({"verdict", "since"});
constexpr auto kCriterionWords = std::to_array<std::string_view>(
    {"verdict", "points", "weight", "weight_used", "redistributed", "norm", "class"});
constexpr auto kExplainedWords = std::to_array<std::string_view>({"zh", "en", "counts"});
constexpr auto kFigureWords = std::to_array<std::string_view>(
    {"value", "n", "numerator", "left_out", "days", "sufficient", "unit"});
constexpr auto kReadingWords =
    std::to_array<std::string_view>({"verdict", "value", "numerator", "denominator"});

std::string text_of(const YamlNode& node) {
  return node.type == YamlNode::Type::kNull ? "none" : node.scalar;
}

void take_words(MapReader& map, Words words, std::vector<std::string> path,
                std::vector<RuleCheck>& checks) {
  for (std::string_view word : words) {
    const YamlNode* node = map.optional(word);
    if (node == nullptr) continue;
    if (node->is_map() || node->is_list()) {
      map.problems().add(node->place, fmt::format("\"{}\" must be one value, or none, found {}",
                                                  word, describe(*node)));
    }
    std::vector<std::string> whole = path;
    whole.emplace_back(word);
    checks.push_back({node->place, std::move(whole), text_of(*node)});
  }
}

// A map from ids to what is said of each; `what` names one.
void take_parts(MapReader& map, std::string_view key, std::string_view what,
                const std::vector<std::string>& ids, Words words, std::vector<RuleCheck>& checks) {
  const YamlNode* parts = map.optional_map(key);
  if (parts == nullptr) return;
  for (const auto& [id, said] : parts->entries) {
    if (std::find(ids.begin(), ids.end(), id.scalar) == ids.end()) {
      map.problems().add(id.place, fmt::format("there is no {} \"{}\"", what, id.scalar),
                         did_you_mean(id.scalar, ids));
      continue;
    }
    MapReader part(said, std::string(what), map.problems());
    take_words(part, words, {std::string(key), id.scalar}, checks);
    part.finish();
  }
}

template <typename List>
std::vector<std::string> ids_of(const List& list) {
  std::vector<std::string> ids;
  for (const auto& item : list) ids.push_back(item.id);
  return ids;
}

std::vector<std::string> criteria_of(const Standard& standard) {
  std::vector<std::string> ids;
  for (const Block& block : standard.blocks) {
    for (const Criterion& criterion : block.criteria) ids.push_back(criterion.id);
  }
  return ids;
}

// The item whose id the node names; nullptr, with a problem, when there is none.
template <typename Item>
const Item* named(const YamlNode* node, std::string_view what, const std::vector<Item>& list,
                  Problems& problems) {
  if (node == nullptr) return nullptr;
  for (const Item& item : list) {
    if (item.id == node->scalar) return &item;
  }
  problems.add(node->place, fmt::format("there is no {} \"{}\"", what, node->scalar),
               did_you_mean(node->scalar, ids_of(list)));
  return nullptr;
}

void read_target_row(MapReader& map, const RuleTestContext& context, RuleTest::Row& row) {
  const Target* target =
      named(map.optional("target"), "target", context.rules.targets, context.problems);
  row.period = map.required_word("statement", {"running", "final"}).value_or("");
  row.unit = map.optional_text("unit").value_or("ALL");
  row.level = "network";
  if (target != nullptr) {
    row.standard = std::string(kTargetRows) + target->id;
    if (row.unit != "ALL") row.level = target->unit_level;
  }
  take_words(map, row.unit == "ALL" ? Words(kTargetWords) : Words(kUnitWords), {}, row.checks);
  if (row.unit != "ALL") return;
  take_parts(map, "readings", "reading", {"strict", "ever", "claimed"}, kReadingWords, row.checks);
}

void read_standard_row(MapReader& map, const RuleTestContext& context, const RuleTest& test,
                       RuleTest::Row& row) {
  const Standard* standard =
      named(map.required("standard"), "standard", context.rules.standards, context.problems);
  const YamlNode* period = map.required("period");
  row.level = context.rules.pack->levels.back().id;
  if (const YamlNode* level = map.optional("level")) {
    if (named(level, "level", context.rules.pack->levels, context.problems)) {
      row.level = level->scalar;
    }
  }
  std::string usual = row.level == "network" ? "ALL"
                      : test.outlets.empty() ? ""
                                             : test.outlets.front().outlet.text();
  row.unit = map.optional_text("unit").value_or(usual);
  if (period != nullptr) {
    row.period = period->scalar;
    if (auto parsed = parse_period(period->scalar); !parsed.ok()) {
      context.problems.add(period->place, parsed.error().text());
    }
  }
  take_words(map, kRowWords, {}, row.checks);
  if (standard == nullptr) {
    static_cast<void>(map.optional_map("criteria"));
    static_cast<void>(map.optional_map("figures"));
    return;
  }
  row.standard = standard->id;
  take_parts(map, "criteria", "criterion", criteria_of(*standard), kCriterionWords, row.checks);
  take_parts(map, "figures", "indicator", ids_of(standard->indicators), kFigureWords, row.checks);
}

void read_explained(const YamlNode& item, const RuleTestContext& context, RuleTest& test) {
  MapReader map(item, "an explanation", context.problems);
  RuleTest::Explained out;
  out.place = item.place;
  const auto& standards = context.rules.standards;
  const Standard* standard =
      named(map.required("standard"), "standard", standards, context.problems);
  const YamlNode* wanted = map.required("indicator");
  const Indicator* indicator =
      standard == nullptr ? nullptr
                          : named(wanted, "indicator", standard->indicators, context.problems);
  out.subject = map.required_text("case").value_or("");
  std::string outlet = map.optional_text("outlet").value_or("");
  for (const OutletAdded& one : test.outlets) {
    if (outlet.empty() || one.outlet.text() == outlet) {
      out.outlet = one.outlet;
      break;
    }
  }
  if (out.outlet.empty()) map.problem(fmt::format("the test has no outlet \"{}\"", outlet));
  if (const YamlNode* period = map.optional("period")) {
    auto parsed = parse_period(period->scalar);
    if (parsed.ok()) out.period = *parsed;
    if (!parsed.ok()) context.problems.add(period->place, parsed.error().text());
  }
  take_words(map, kExplainedWords, {}, out.checks);
  map.finish();
  if (out.checks.empty()) map.problem("an explanation expects \"zh\", \"en\" or \"counts\"");
  if (indicator == nullptr) return;
  if (!indicator->parts.empty()) {
    context.problems.add(wanted->place,
                         fmt::format("\"{}\" is over other indicators; a case is explained by one "
                                     "of those",
                                     indicator->id));
    return;
  }
  out.standard = static_cast<std::size_t>(standard - standards.data());
  out.indicator = static_cast<std::size_t>(indicator - standard->indicators.data());
  test.explained.push_back(std::move(out));
}

}  // namespace

void read_test_expectations(MapReader& map, const RuleTestContext& context, RuleTest& test) {
  if (const YamlNode* list = map.optional_list("expect")) {
    for (const YamlNode& item : list->items) {
      const std::size_t before = context.problems.count();
      MapReader reader(item, "an expectation", context.problems);
      RuleTest::Row row;
      row.place = item.place;
      row.absent = reader.optional_bool("absent").value_or(false);
      if (item.find("target") != nullptr) {
        read_target_row(reader, context, row);
      } else {
        read_standard_row(reader, context, test, row);
      }
      reader.finish();
      if (row.checks.empty() && !row.absent && context.problems.count() == before) {
        reader.problem("an expectation that says nothing of its row tests nothing");
      }
      test.rows.push_back(std::move(row));
    }
  }
  if (const YamlNode* list = map.optional_list("explain")) {
    for (const YamlNode& item : list->items) read_explained(item, context, test);
  }
}

}  // namespace plumbline
