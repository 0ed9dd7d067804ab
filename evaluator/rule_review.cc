// SPDX-License-Identifier: Apache-2.0
#include "evaluator/rule_review.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "evaluator/expression_syntax.h"
#include "evaluator/rule_lookup.h"
#include "evaluator/rule_review_constants.h"
#include "evaluator/standard_reader.h"
#include "packs/yaml.h"

namespace plumbline {
namespace {

// The values that a sufficient figure can have.
struct Range {
  std::optional<Decimal> least;
  std::optional<Decimal> most;
  bool whole = false;
};

Range range_of(const Indicator& indicator) {
  switch (figure_kind(indicator)) {
    case FigureKind::kShare:
      return {Decimal{}, Decimal::whole(1), false};
    case FigureKind::kCount: {
      Range range{Decimal{}, std::nullopt, true};
      // With fewer cases there is no figure to judge.
      bool counts =
          indicator.over == IndicatorOver::kCases && indicator.aggregate == Aggregate::kCount;
      constexpr std::int64_t kMany = 1'000'000'000;
      if (counts) range.least = Decimal::whole(std::min(indicator.min_sample, kMany));
      return range;
    }
    case FigureKind::kRatioOfCounts:
      return {Decimal{}, std::nullopt, false};
    default:
      return {};
  }
}

std::string range_text(const Indicator& indicator, const Range& range) {
  if (range.most) return fmt::format("\"{}\" is a share and lies within 0 and 1", indicator.id);
  return fmt::format("\"{}\" is {} and at least {}", indicator.id,
                     range.whole ? "a whole number" : "a ratio of counts",
                     format_decimal_short(*range.least));
}

// True where a figure lies in (above, up_to]; nullopt = no bound.
bool reaches(const Range& range, std::optional<Decimal> above, std::optional<Decimal> up_to) {
  if (up_to && range.least && *up_to < *range.least) return false;
  if (above && range.most && *above >= *range.most) return false;
  if (!range.whole || !up_to) return true;
  auto floor = [](Decimal value) { return value.units / Decimal::kOne; };
  std::int64_t last = floor(*up_to);  // counts are not negative
  return Decimal::whole(last) >= *range.least && (!above || Decimal::whole(last) > *above);
}

class Reviewer {
 public:
  Reviewer(const PackFiles& files, const RuleSet& rules, Problems& problems, Problems& warnings)
      : rules_(rules), problems_(problems), warnings_(warnings) {
    for (const auto& [path, bytes] : files) {
      if (path.starts_with("tests/")) continue;
      Problems none;
      if (auto root = parse_yaml(path, bytes, none)) roots_.emplace(path, std::move(*root));
    }
  }

  void review() {
    for (const auto& [path, root] : roots_) {
      if (!path.starts_with("standards/")) continue;
      const Standard* standard = find_standard(rules_, root.find("id")->scalar);
      CHECK(standard != nullptr, "a standard of a file is compiled");
      bands(root, *standard);
      caps(root, *standard);
      constants(root, *standard);
      unused_figures(root, *standard);
      standards_.push_back({standard, &root});
    }
    overlaps();
    unused_fields();
  }

 private:
  struct Read {
    const Standard* standard = nullptr;
    const YamlNode* root = nullptr;
  };

  void bands(const YamlNode& root, const Standard& standard) {
    for (const YamlNode& block : root.find("blocks")->items) {
      for (const YamlNode& item : block.find("criteria")->items) {
        const YamlNode* list = item.find("bands");
        if (list == nullptr) continue;
        FoundCriterion in = find_criterion(standard, item.find("id")->scalar);
        Range range = range_of(*in.indicator);
        std::optional<Decimal> before;
        for (std::size_t i = 0; i < in.criterion->bands.size(); ++i) {
          const Band& band = in.criterion->bands[i];
          if (!reaches(range, before, band.up_to)) {
            problems_.add(list->items[i].place,
                          "no figure reaches this band: " + range_text(*in.indicator, range));
          }
          before = band.up_to;
        }
      }
    }
  }

  void caps(const YamlNode& root, const Standard& standard) {
    for (std::size_t i = 0; i < standard.caps.size(); ++i) {
      const Cap& cap = standard.caps[i];
      const Indicator& indicator = standard.indicators[cap.indicator_index];
      Range range = range_of(indicator);
      bool never = (cap.below && range.least && *cap.below <= *range.least) ||
                   (cap.above && range.most && *cap.above >= *range.most);
      if (!never) continue;
      const YamlNode& item = root.find("caps")->items[i];
      problems_.add(item.find(cap.below ? "below" : "above")->place,
                    fmt::format("this cap can never act: {}", range_text(indicator, range)));
    }
  }

  void constants(const YamlNode& root, const Standard& standard) {
    for (const auto& [key, body] : root.find("indicators")->entries) {
      const Indicator* indicator = find_indicator(standard, key.scalar);
      if (indicator->over != IndicatorOver::kCases) continue;
      const TypeSpec& type = rules_.pack->events.types[indicator->type_index];
      for (const char* name : {"where", "numerator"}) {
        const YamlNode* text = body.find(name);
        if (text == nullptr || !text->is_scalar()) continue;
        std::optional<bool> value = constant_value(text->scalar, type);
        if (!value) continue;
        problems_.add(text->place,
                      fmt::format("\"{}\" is {} of every case", name, *value ? "true" : "false"));
      }
    }
  }

  void unused_figures(const YamlNode& root, const Standard& standard) {
    std::set<std::string> used;
    named_indicators(root, used);
    for (const Indicator& indicator : standard.indicators) {
      for (std::size_t part : indicator.parts) used.insert(standard.indicators[part].id);
    }
    for (const auto& [key, body] : root.find("indicators")->entries) {
      if (used.contains(key.scalar)) continue;
      warnings_.add(key.place, fmt::format("nothing is judged by the figure \"{}\"", key.scalar));
    }
  }

  // What stands under any key "indicator".
  static void named_indicators(const YamlNode& node, std::set<std::string>& used) {
    for (const YamlNode& item : node.items) named_indicators(item, used);
    for (const auto& [key, value] : node.entries) {
      if (key.scalar == "indicator" && value.is_scalar()) used.insert(value.scalar);
      named_indicators(value, used);
    }
  }

  // Two that are called the same are versions of one standard: a unit must not get two results of
  // it for a period.
  void overlaps() {
    for (std::size_t i = 0; i < standards_.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        if (!overlap(*standards_[j].standard, *standards_[i].standard)) continue;
        const YamlNode* other = standards_[j].root->find("from");
        problems_.add(standards_[i].root->find("from")->place,
                      fmt::format("\"{}\" judges periods that \"{}\" of the same title judges as "
                                  "well ({}:{}:{}): one must end the day before the other begins",
                                  standards_[i].standard->id, standards_[j].standard->id,
                                  other->place.file, other->place.line, other->place.column));
      }
    }
  }

  static bool overlap(const Standard& a, const Standard& b) {
    bool same_title = a.title.zh == b.title.zh || a.title.en == b.title.en;
    bool common = std::any_of(a.periods.begin(), a.periods.end(), [&](Period::Unit unit) {
      return std::find(b.periods.begin(), b.periods.end(), unit) != b.periods.end();
    });
    if (!same_title || !common || a.level != b.level) return false;
    return (!a.until || b.from <= *a.until) && (!b.until || a.from <= *b.until);
  }

  void unused_fields() {
    std::map<std::string, std::set<std::string>> used;
    for (const auto& [path, root] : roots_) {
      if (path != "events.yaml") read_fields(root, "", used);
    }
    auto events = roots_.find("events.yaml");
    CHECK(events != roots_.end(), "a pack has events");
    for (const auto& [key, body] : events->second.find("types")->entries) {
      const TypeSpec* type = rules_.pack->events.type(key.scalar);
      for (const FieldSpec& field : type->fields) {
        bool is_read = used[type->id].contains(field.name) || type->due_field == field.name;
        if (field.required_in.empty() || is_read) continue;
        const YamlNode* node = body.find("fields")->find(field.name)->find("required_in");
        warnings_.add(node->place,
                      fmt::format("\"{}\" of \"{}\" is demanded of who reports, and no rule reads "
                                  "it",
                                  field.name, type->id));
      }
    }
  }

  // Below a map that says `case: type`, names in expressions and in lists of fields.
  static void read_fields(const YamlNode& node, const std::string& type,
                          std::map<std::string, std::set<std::string>>& used) {
    if (node.is_scalar() && !type.empty()) {
      used[type].insert(node.scalar);
      std::optional<SyntaxError> error;
      for (const ExprToken& token : expression_tokens(node.scalar, error)) {
        if (token.kind == ExprToken::Kind::kName) used[type].insert(token.text);
      }
    }
    const YamlNode* of = node.find("case");
    const std::string& inner = of != nullptr && of->is_scalar() ? of->scalar : type;
    for (const YamlNode& item : node.items) read_fields(item, inner, used);
    for (const auto& [key, value] : node.entries) {
      if (key.scalar != "title") read_fields(value, inner, used);
    }
  }

  const RuleSet& rules_;
  Problems& problems_;
  Problems& warnings_;
  std::map<std::string, YamlNode> roots_;
  std::vector<Read> standards_;
};

}  // namespace

void review_rules(const PackFiles& files, const RuleSet& rules, Problems& problems,
                  Problems& warnings) {
  Reviewer(files, rules, problems, warnings).review();
}

}  // namespace plumbline
