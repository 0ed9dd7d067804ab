// SPDX-License-Identifier: Apache-2.0
#include "evaluator/target_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "registry/fact_kinds.h"

namespace plumbline {
namespace {

constexpr std::string_view kDivision = "division";
constexpr std::string_view kLevel = "level";
constexpr std::string_view kWithdrawn = "withdrawn";

// Reads one target. The order of the calls in read() matters: attributes need the kind of fact,
// the goal the measure.
class TargetReader {
 public:
  TargetReader(const YamlNode& root, const StandardContext& context)
      : context_(context), map_(root, "a target", context.problems) {}

  Target read() {
    map_.required_word("format", {"plumbline/target/v1"});
    std::set<std::string> taken;
    out_.id = read_id(map_, "id", taken, context_);
    if (auto title = read_title(map_, "title")) out_.title = *std::move(title);
    auto measure = map_.required_word("measure", {"coverage", "count"});
    if (measure == "coverage") out_.measure = Target::Measure::kCoverage;
    const FactKind* kind = read_counts();
    if (const YamlNode* where = map_.optional("where")) out_.where = read_where(*where, kind);
    read_distinct(kind);
    out_.requirements = read_attributes("requires", kind);
    out_.dated = read_attributes("dated", kind);
    check_dated(kind);
    const YamlNode* units = map_.optional("units");
    if (measure) read_units(units);
    check_distinct(kind);
    if (const YamlNode* goal = map_.required("goal")) read_goal(*goal, measure.has_value());
    read_dates();
    read_headline();
    if (auto owner = read_title(map_, "owner")) out_.owner = *std::move(owner);
    out_.basis = read_basis(map_);
    map_.finish();
    return std::move(out_);
  }

 private:
  void add(const Place& place, std::string sentence, std::string suggestion = "") {
    context_.problems.add(place, std::move(sentence), std::move(suggestion));
  }

  const FactKind* read_counts() {
    auto id = map_.required_text("counts");
    if (!id) return nullptr;
    out_.counts = *id;
    const FactKind* kind = fact_kind(*id);
    if (kind != nullptr) return kind;
    std::vector<std::string> names;
    for (const FactKind& known : fact_kinds()) names.push_back(known.id);
    add(map_.node().find("counts")->place, fmt::format("there is no kind of fact \"{}\"", *id),
        did_you_mean(*id, names));
    return nullptr;
  }

  // nullptr with a problem when the kind has no such attribute; without one where there is no kind.
  const AttributeSpec* attribute(const FactKind* kind, const std::string& name,
                                 const Place& place) {
    if (kind == nullptr) return nullptr;
    const AttributeSpec* spec = kind->attribute(name);
    if (spec != nullptr && name == kWithdrawn) {
      add(place, "a withdrawn fact is none, so nothing is counted by \"withdrawn\"");
      return nullptr;
    }
    if (spec != nullptr) return spec;
    add(place, fmt::format("a fact of the kind \"{}\" has no attribute \"{}\"", kind->id, name),
        did_you_mean(name, kind->attribute_names()));
    return nullptr;
  }

  Target::Attributes read_where(const YamlNode& node, const FactKind* kind) {
    Target::Attributes where;
    if (!node.is_map()) {
      add(node.place,
          fmt::format("\"where\" must be a map of attributes, found {}", describe(node)));
      return where;
    }
    for (const auto& [key, value] : node.entries) {
      if (!value.is_scalar() || value.scalar.empty()) {
        add(value.place, fmt::format("\"{}\" must be text, found {}", key.scalar, describe(value)));
        continue;
      }
      const AttributeSpec* spec = attribute(kind, key.scalar, key.place);
      if (spec != nullptr) check_value(*spec, value);
      where[key.scalar] = value.scalar;
    }
    return where;
  }

  // A value that no fact can have would leave the target without facts for ever.
  void check_value(const AttributeSpec& spec, const YamlNode& value) {
    if (spec.name == kLevel) {
      check_level(value);
    } else if (spec.form == AttributeSpec::Form::kDate && !parse_date(value.scalar).ok()) {
      add(value.place, fmt::format("\"{}\" must be a date of the form 2025-12-31, found {}",
                                   spec.name, describe(value)));
    } else if (spec.form == AttributeSpec::Form::kWord &&
               std::find(spec.words.begin(), spec.words.end(), value.scalar) == spec.words.end()) {
      add(value.place, fmt::format("{} is not a value of \"{}\"", describe(value), spec.name),
          did_you_mean(value.scalar, spec.words));
    }
  }

  void check_level(const YamlNode& value) {
    if (context_.pack == nullptr) return;
    std::vector<std::string> names;
    for (const LevelSpec& level : context_.pack->levels) names.push_back(level.id);
    if (std::find(names.begin(), names.end(), value.scalar) != names.end()) return;
    add(value.place, fmt::format("pack.yaml has no level {}", describe(value)),
        did_you_mean(value.scalar, names));
  }

  void read_distinct(const FactKind* kind) {
    auto name = map_.required_text("distinct");
    if (!name || *name == "id") return;
    const AttributeSpec* spec = attribute(kind, *name, map_.node().find("distinct")->place);
    if (spec == nullptr) return;
    out_.distinct_by = *name;
    out_.distinct = Target::Distinct::kAttribute;
    if (spec->refers_to == kDivision) out_.distinct = Target::Distinct::kPlace;
    if (spec->refers_to == kind->id) out_.distinct = Target::Distinct::kVersion;
  }

  std::vector<std::string> read_attributes(std::string_view key, const FactKind* kind) {
    std::vector<std::string> names;
    for (const auto& [name, place] : map_.optional_text_list(key)) {
      attribute(kind, name, place);
      if (std::find(names.begin(), names.end(), name) != names.end()) {
        add(place, fmt::format("the attribute \"{}\" stands twice", name));
      }
      names.push_back(name);
    }
    return names;
  }

  void check_dated(const FactKind* kind) {
    if (kind == nullptr) return;
    for (std::size_t i = 0; i < out_.dated.size(); ++i) {
      const AttributeSpec* spec = kind->attribute(out_.dated[i]);
      if (spec == nullptr || spec->form == AttributeSpec::Form::kDate) continue;
      add(map_.node().find("dated")->place,
          fmt::format("the attribute \"{}\" is no date and cannot be \"dated\"", out_.dated[i]));
    }
  }

  void read_units(const YamlNode* node) {
    bool is_coverage = out_.measure == Target::Measure::kCoverage;
    if (!is_coverage && node != nullptr) {
      add(node->place, "\"units\" belongs to the measure coverage; a count has none");
    }
    if (is_coverage && node == nullptr) {
      map_.problem("a target that measures coverage lacks the key \"units\"");
    }
    if (node == nullptr) return;
    MapReader units(*node, "\"units\"", context_.problems);
    units.required_word("kind", {kDivision});
    const YamlNode* where = units.required("where");
    units.finish();
    if (where == nullptr) return;
    out_.units = read_where(*where, fact_kind(kDivision));
    if (!where->is_map()) return;
    const YamlNode* level = where->find(kLevel);
    if (level == nullptr) {
      add(where->place, "\"where\" of the units must say their \"level\"");
      return;
    }
    out_.unit_level = level->scalar;
    if (context_.pack != nullptr && level->scalar == context_.pack->levels.front().id) {
      add(level->place,
          fmt::format("units of the level \"{}\" would be the whole network", level->scalar));
    }
  }

  void check_distinct(const FactKind* kind) {
    const YamlNode* node = map_.node().find("distinct");
    if (out_.measure != Target::Measure::kCoverage || kind == nullptr || node == nullptr) return;
    bool is_read = node->scalar == "id" || !out_.distinct_by.empty();
    if (!is_read || out_.distinct == Target::Distinct::kPlace) return;
    add(node->place,
        "a target that measures coverage must be \"distinct\" by an attribute that names a "
        "division");
  }

  void read_goal(const YamlNode& node, bool measure_is_known) {
    MapReader goal(node, "\"goal\"", context_.problems);
    auto above = goal.optional_decimal("above");
    auto at_least = goal.optional_decimal("at_least");
    goal.finish();
    if (!node.is_map()) return;
    if ((node.find("above") == nullptr) == (node.find("at_least") == nullptr)) {
      goal.problem("\"goal\" must have either \"above\" or \"at_least\"");
      return;
    }
    out_.goal.test = above ? TargetGoal::Test::kAbove : TargetGoal::Test::kAtLeast;
    out_.goal.value = above ? *above : at_least.value_or(Decimal{});
    if ((!above && !at_least) || !measure_is_known) return;
    const Place& place = node.find(goal_test_name(out_.goal.test))->place;
    const Decimal value = out_.goal.value;
    if (out_.measure == Target::Measure::kCoverage) {
      if (value < Decimal{} || value > Decimal::whole(1)) {
        add(place, fmt::format("the goal of a coverage is a share within 0 and 1, found {}",
                               format_decimal_short(value)));
      } else if (above && value == Decimal::whole(1)) {
        add(place, "no coverage is above 1");
      }
    } else if (value < Decimal{} || value.units % Decimal::kOne != 0) {
      add(place, fmt::format("the goal of a count is a whole number that is not negative, found {}",
                             format_decimal_short(value)));
    }
  }

  void read_dates() {
    auto start = map_.required_date("start");
    auto deadline = map_.required_date("deadline");
    if (map_.optional("known_by") != nullptr) out_.known_by = map_.required_date("known_by");
    if (start) out_.start = *start;
    if (deadline) out_.deadline = *deadline;
    if (start && deadline && *deadline <= *start) {
      add(map_.node().find("deadline")->place,
          fmt::format("\"deadline\" is {}, which is not after \"start\" ({})",
                      format_date(*deadline), format_date(*start)));
    }
    if (deadline && out_.known_by && *out_.known_by < *deadline) {
      add(map_.node().find("known_by")->place,
          fmt::format("\"known_by\" is {}, before the deadline ({})", format_date(*out_.known_by),
                      format_date(*deadline)));
    }
  }

  void read_headline() {
    auto headline = map_.required_word("headline", {"strict", "ever", "claimed"});
    for (Reading reading : kReadings) {
      if (headline == reading_name(reading)) out_.headline = reading;
    }
    out_.headline_document = map_.optional_text("headline_document").value_or("");
  }

  const StandardContext& context_;
  MapReader map_;
  Target out_;
};

}  // namespace

Target read_target(const YamlNode& root, const StandardContext& context) {
  TargetReader reader(root, context);
  return root.is_map() ? reader.read() : Target{};
}

}  // namespace plumbline
