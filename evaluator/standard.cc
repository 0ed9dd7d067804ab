// SPDX-License-Identifier: Apache-2.0
#include "evaluator/standard.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/limits.h"
#include "evaluator/standard_reader.h"

namespace plumbline {
namespace {

constexpr Decimal kAllPoints = Decimal::whole(100);
constexpr Decimal kDefaultWithoutData = Decimal::whole(40);
constexpr std::array kPeriodUnits = {Period::Unit::kMonth, Period::Unit::kQuarter,
                                     Period::Unit::kYear};

void add(const StandardContext& context, const YamlNode& where, std::string sentence,
         std::string suggestion = "") {
  context.problems.add(where.place, std::move(sentence), std::move(suggestion));
}

void read_level(MapReader& map, Standard& out, const StandardContext& context) {
  auto level = map.required_text("level");
  if (!level) return;
  if (context.pack == nullptr) return;
  std::vector<std::string> names;
  for (const LevelSpec& known : context.pack->levels) names.push_back(known.id);
  if (std::find(names.begin(), names.end(), *level) != names.end()) {
    out.level = *level;
    return;
  }
  add(context, *map.node().find("level"), fmt::format("pack.yaml has no level \"{}\"", *level),
      did_you_mean(*level, names));
}

void read_periods(MapReader& map, Standard& out, const StandardContext& context) {
  const YamlNode* node = map.required("periods");
  if (node == nullptr) return;
  for (const YamlNode& item : read_list(*node, "\"periods\"", context)) {
    auto found = std::find_if(kPeriodUnits.begin(), kPeriodUnits.end(), [&](Period::Unit one) {
      return item.is_scalar() && item.scalar == period_unit_word(one);
    });
    if (found == kPeriodUnits.end()) {
      add(context, item,
          fmt::format("a period is month, quarter or year, found {}", describe(item)),
          did_you_mean(item.scalar, {"month", "quarter", "year"}));
      continue;
    }
    Period::Unit unit = *found;
    if (std::find(out.periods.begin(), out.periods.end(), unit) != out.periods.end()) {
      add(context, item, fmt::format("the period {} stands twice", item.scalar));
    } else {
      out.periods.push_back(unit);
    }
  }
}

bool begins(Date date, Period::Unit unit) {
  return period_of(date, unit) != period_of(date_from_days(days_from_date(date) - 1), unit);
}

bool ends(Date date, Period::Unit unit) {
  return begins(date_from_days(days_from_date(date) + 1), unit);
}

void read_dates(MapReader& map, Standard& out, const StandardContext& context) {
  auto from = map.required_date("from");
  const YamlNode* until = map.optional("until");
  if (until != nullptr) {
    Result<Date> date = parse_date(until->scalar);
    if (date.ok()) {
      out.until = *date;
    } else {
      add(context, *until,
          fmt::format("\"until\" must be a date of the form 2025-12-31, found {}",
                      describe(*until)));
    }
  }
  for (Period::Unit unit : out.periods) {
    if (from && !begins(*from, unit)) {
      add(context, *map.node().find("from"),
          fmt::format("\"from\" is {}, which is not the first day of a {}", format_date(*from),
                      period_unit_word(unit)));
    }
    if (out.until && !ends(*out.until, unit)) {
      add(context, *until,
          fmt::format("\"until\" is {}, which is not the last day of a {}", format_date(*out.until),
                      period_unit_word(unit)));
    }
  }
  if (!from) return;
  out.from = *from;
  if (out.until && *out.until < *from) add(context, *until, "\"until\" is before \"from\"");
  if (context.pack != nullptr && *from < context.pack->calendar.first_day) {
    add(context, *map.node().find("from"),
        fmt::format("\"from\" is {}, before the calendar begins ({})", format_date(*from),
                    format_date(context.pack->calendar.first_day)));
  }
}

void read_limit(MapReader& map, Standard& out, const StandardContext& context) {
  out.max_weight_without_data =
      map.optional_decimal("max_weight_without_data").value_or(kDefaultWithoutData);
  if (out.max_weight_without_data >= Decimal{} && out.max_weight_without_data <= kAllPoints) return;
  add(context, *map.node().find("max_weight_without_data"),
      "\"max_weight_without_data\" must lie within 0 and 100");
}

}  // namespace

bool check_id(const std::string& id, const Place& place, std::set<std::string>& taken,
              const StandardContext& context) {
  auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
  bool good = !id.empty() && id.size() <= limits::kMaxStringChars && is_letter(id.front());
  for (char c : id) good = good && (is_letter(c) || (c >= '0' && c <= '9') || c == '_');
  if (!good) {
    context.problems.add(place, fmt::format("\"{}\" is not an id: a small letter, then small "
                                            "letters, digits and _, at most {} in all",
                                            id, limits::kMaxStringChars));
    return false;
  }
  if (taken.insert(id).second) return true;
  context.problems.add(place, fmt::format("the id \"{}\" stands twice", id));
  return false;
}

std::string read_id(MapReader& map, std::string_view key, std::set<std::string>& taken,
                    const StandardContext& context) {
  auto id = map.required_text(key);
  if (!id) return "";
  check_id(*id, map.node().find(key)->place, taken, context);
  return *id;
}

const std::vector<YamlNode>& read_list(const YamlNode& node, std::string_view what,
                                       const StandardContext& context) {
  if (!node.is_list() || node.items.empty()) {
    add(context, node,
        fmt::format("{} must be a list of at least one item, found {}", what,
                    node.is_list() ? "an empty one" : describe(node)));
  }
  return node.items;
}

std::vector<Grade> read_grades(const YamlNode& node, const Standard& standard,
                               const StandardContext& context) {
  std::vector<Grade> out;
  std::set<std::string> taken;
  std::optional<Decimal> before;
  for (const YamlNode& item : read_list(node, "\"grades\"", context)) {
    MapReader map(item, "a grade", context.problems);
    Grade grade;
    grade.id = read_id(map, "id", taken, context);
    if (auto title = read_title(map, "title")) grade.title = *std::move(title);
    auto least = map.required_decimal("min");
    grade.basis = read_basis(map);
    map.optional("requires");
    map.finish();
    if (least) {
      const YamlNode& place = *item.find("min");
      bool is_last = &item == &node.items.back();
      if (*least > kAllPoints || *least < Decimal{}) {
        add(context, place, "\"min\" must lie within 0 and 100");
      } else if (before && *least >= *before) {
        add(context, place,
            fmt::format("the grades must descend: \"min\" is {} after {}",
                        format_decimal_short(*least), format_decimal_short(*before)));
      } else if (is_last && *least != Decimal{}) {
        add(context, place, "the last grade must have \"min\" 0, so that every score has a grade");
      }
      grade.min_score = *least;
      before = least;
    }
    out.push_back(std::move(grade));
  }
  read_grade_conditions(node, standard, context, out);
  return out;
}

Standard read_standard(const YamlNode& root, const StandardContext& context) {
  Standard out;
  MapReader map(root, "a standard", context.problems);
  if (!root.is_map()) return out;
  map.required_word("format", {"plumbline/standard/v1"});
  std::set<std::string> taken;
  out.id = read_id(map, "id", taken, context);
  if (auto title = read_title(map, "title")) out.title = *std::move(title);
  read_level(map, out, context);
  read_periods(map, out, context);
  read_dates(map, out, context);
  read_limit(map, out, context);
  if (const YamlNode* indicators = map.required("indicators")) {
    out.indicators = read_indicators(*indicators, context);
  }
  if (const YamlNode* blocks = map.required("blocks")) {
    out.blocks = read_blocks(*blocks, out, context);
    for (const Block& block : out.blocks) {
      for (const Criterion& one : block.criteria) out.has_norms = out.has_norms || one.norm;
    }
  }
  if (const YamlNode* grades = map.required("grades")) {
    out.grades = read_grades(*grades, out, context);
  }
  if (const YamlNode* vetoes = map.optional("vetoes")) read_vetoes(*vetoes, out, context);
  if (const YamlNode* caps = map.optional("caps")) read_caps(*caps, out, context);
  map.finish();
  return out;
}

}  // namespace plumbline
