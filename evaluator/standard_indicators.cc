// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "evaluator/standard_reader.h"
#include "evaluator/tally.h"

namespace plumbline {
namespace {

struct AggregateName {
  std::string_view word;
  Aggregate aggregate;
};
constexpr AggregateName kAggregates[] = {
    {"count", Aggregate::kCount},       {"sum", Aggregate::kSum},
    {"share", Aggregate::kShare},       {"mean", Aggregate::kMean},
    {"quantile", Aggregate::kQuantile}, {"distinct", Aggregate::kDistinct}};

constexpr std::string_view kSourceKinds[] = {"agent", "rating_page", "inspector", "feed"};

constexpr std::int64_t kMostDays = 3660;

// What days give is added up, so a figure over many days costs no more than they are many.
bool adds_by_day(Aggregate aggregate) {
  return aggregate != Aggregate::kQuantile && aggregate != Aggregate::kDistinct;
}

bool takes_value(Aggregate aggregate) {
  return aggregate != Aggregate::kCount && aggregate != Aggregate::kShare;
}

// Reads one indicator. The order of the calls in read() matters: expressions need the case type,
// arguments the aggregate, the unit the type of the value.
class IndicatorReader {
 public:
  IndicatorReader(const YamlNode& key, const YamlNode& body, const StandardContext& context)
      : context_(context),
        map_(body, fmt::format("indicator \"{}\"", key.scalar), context.problems) {
    out_.id = key.scalar;
  }

  Indicator read() {
    if (auto title = read_title(map_, "title")) out_.title = *std::move(title);
    read_type();
    read_indicator_levels(map_, out_, context_);
    read_by();
    read_sources();
    bool known = read_aggregate();
    out_.where = expression("where", ExprType::kBool, false);
    out_.dated_by = expression("dated_by", ExprType::kInstant, true);
    if (out_.dated_by && out_.dated_by->depends_on_time()) {
      add(*map_.node().find("dated_by"),
          "\"dated_by\" must not read case.overdue: a case would "
          "wander from period to period");
    }
    read_arguments(known);
    if (known) read_figure_unit(map_, figure_kind(out_), out_, context_);
    read_min_sample(known);
    read_days(known);
    map_.finish();
    return std::move(out_);
  }

 private:
  void add(const YamlNode& where, std::string sentence, std::string suggestion = "") {
    context_.problems.add(where.place, std::move(sentence), std::move(suggestion));
  }

  void read_type() {
    auto id = map_.required_text("case");
    if (!id || context_.pack == nullptr) return;
    const std::vector<TypeSpec>& types = context_.pack->events.types;
    type_ = context_.pack->events.type(*id);
    if (type_ != nullptr) {
      out_.type_index = static_cast<std::size_t>(type_ - types.data());
      return;
    }
    std::vector<std::string> names;
    for (const TypeSpec& type : types) names.push_back(type.id);
    add(*map_.node().find("case"), fmt::format("events.yaml has no case type \"{}\"", *id),
        did_you_mean(*id, names));
  }

  void read_by() {
    for (const auto& [name, place] : map_.optional_text_list("by")) {
      if (std::find(out_.by.begin(), out_.by.end(), name) != out_.by.end()) {
        context_.problems.add(place, fmt::format("the field \"{}\" stands twice", name));
        continue;
      }
      out_.by.push_back(name);
      if (type_ == nullptr) continue;
      const FieldSpec* field = type_->field(name);
      std::vector<std::string> names;
      for (const FieldSpec& known : type_->fields) {
        if (known.kind == Kind::kEnum) names.push_back(known.name);
      }
      if (field == nullptr) {
        context_.problems.add(
            place, fmt::format("the case type \"{}\" has no field \"{}\"", type_->id, name),
            did_you_mean(name, names));
      } else if (field->kind != Kind::kEnum) {
        context_.problems.add(place, fmt::format("\"by\" takes enum fields, \"{}\" is of kind {}",
                                                 name, kind_name(field->kind)));
      }
    }
  }

  void read_sources() {
    const YamlNode* node = map_.optional("sources");
    if (node == nullptr) return;
    if (node->is_list() && node->items.empty()) add(*node, "\"sources\" names at least one kind");
    for (const auto& [word, place] : map_.optional_text_list("sources")) {
      Result<SourceKind> kind = parse_source_kind(word);
      if (!kind.ok()) {
        std::vector<std::string> known(std::begin(kSourceKinds), std::end(kSourceKinds));
        context_.problems.add(place,
                              fmt::format("a kind of source is one of {}, found \"{}\"",
                                          fmt::join(known, ", "), word),
                              did_you_mean(word, known));
      } else if (std::find(out_.sources.begin(), out_.sources.end(), *kind) != out_.sources.end()) {
        context_.problems.add(place, fmt::format("the source \"{}\" stands twice", word));
      } else {
        out_.sources.push_back(*kind);
      }
    }
  }

  // {days: N} under the key; 0 where there is none.
  int days_under(std::string_view key) {
    const YamlNode* node = map_.optional(key);
    if (node == nullptr) return 0;
    MapReader map(*node, fmt::format("\"{}\"", key), context_.problems);
    auto days = map.required_integer("days");
    map.finish();
    if (!days) return 0;
    if (*days >= 1 && *days <= kMostDays) return static_cast<int>(*days);
    add(*node->find("days"), fmt::format("\"days\" must be 1 to {}", kMostDays));
    return 0;
  }

  void read_days(bool known) {
    out_.window_days = days_under("window");
    out_.fallback_days = days_under("fallback");
    for (std::string_view key : {"window", "fallback"}) {
      const YamlNode* node = map_.node().find(key);
      if (node == nullptr || !known || adds_by_day(out_.aggregate)) continue;
      add(*node,
          fmt::format("\"{}\" belongs to count, sum, share and mean, the aggregate of \"{}\" "
                      "is {}",
                      key, out_.id, aggregate_word(out_.aggregate)));
    }
    if (out_.fallback_days == 0) return;
    const YamlNode& node = *map_.node().find("fallback");
    if (out_.min_sample == 0) {
      add(node, "\"fallback\" is never tried: with \"min_sample\" 0 no number of cases is too few");
    } else if (out_.fallback_days <= out_.window_days) {
      add(node,
          fmt::format("\"fallback\" must reach further back than \"window\": {} days after {}",
                      out_.fallback_days, out_.window_days));
    }
  }

  void read_min_sample(bool known_aggregate) {
    auto least = map_.optional_integer("min_sample");
    if (!least) return;
    out_.min_sample = *least;
    if (*least >= 1) return;
    const YamlNode& node = *map_.node().find("min_sample");
    bool zero_allowed = known_aggregate && none_is_a_figure(out_.aggregate);
    if (*least < 0 || !known_aggregate) {
      add(node, "\"min_sample\" must be at least 1, or 0 of count, sum and distinct");
    } else if (!zero_allowed) {
      add(node, fmt::format("\"min_sample\" must be at least 1: the {} of no case is no figure",
                            aggregate_word(out_.aggregate)));
    }
  }

  bool read_aggregate() {
    auto word =
        map_.required_word("aggregate", {"count", "sum", "share", "mean", "quantile", "distinct"});
    if (!word) return false;
    for (const AggregateName& entry : kAggregates) {
      if (entry.word == *word) out_.aggregate = entry.aggregate;
    }
    return true;
  }

  std::optional<Expression> expression(std::string_view key, std::optional<ExprType> wanted,
                                       bool required) {
    const YamlNode* node = required ? map_.required(key) : map_.optional(key);
    if (node == nullptr) return std::nullopt;
    if (!node->is_scalar()) {
      add(*node, fmt::format("\"{}\" must be an expression, found {}", key, describe(*node)));
      return std::nullopt;
    }
    if (type_ == nullptr) return std::nullopt;
    Place place = node->place;
    if (node->quoted) ++place.column;
    return Expression::compile(node->scalar, *type_, context_.pack->calendar, wanted, place,
                               context_.problems);
  }

  // A key that belongs to another aggregate.
  void refuse(std::string_view key, std::string_view belongs_to) {
    const YamlNode* node = map_.misplaced(key);
    if (node == nullptr) return;
    add(*node, fmt::format("\"{}\" belongs to {}, the aggregate of \"{}\" is {}", key, belongs_to,
                           out_.id, aggregate_word(out_.aggregate)));
  }

  void read_arguments(bool known) {
    if (!known) {
      for (std::string_view key : {"numerator", "value", "quantile", "bound", "unit"}) {
        map_.optional(key);
      }
      return;
    }
    if (out_.aggregate == Aggregate::kShare) {
      out_.numerator = expression("numerator", ExprType::kBool, true);
      auto bound = map_.optional_word("bound", {"lower", "upper"});
      if (bound) out_.bound = *bound == "lower" ? Bound::kLower : Bound::kUpper;
    } else {
      refuse("numerator", "share");
      refuse("bound", "share");
    }
    if (takes_value(out_.aggregate)) {
      out_.value = expression("value", std::nullopt, true);
      check_value_type();
    } else {
      refuse("value", "sum, mean, quantile and distinct");
    }
    if (out_.aggregate != Aggregate::kQuantile) {
      refuse("quantile", "quantile");
    } else if (auto quantile = map_.required_decimal("quantile")) {
      out_.quantile = *quantile;
      if (*quantile <= Decimal{} || *quantile > Decimal::whole(1)) {
        add(*map_.node().find("quantile"), "\"quantile\" must be above 0 and at most 1");
      }
    }
  }

  void check_value_type() {
    if (!out_.value) return;
    ExprType type = out_.value->type();
    bool text = type == ExprType::kText;
    bool number =
        type == ExprType::kInteger || type == ExprType::kDecimal || type == ExprType::kDuration;
    if (out_.aggregate == Aggregate::kDistinct ? text : number) return;
    add(*map_.node().find("value"),
        fmt::format("{} takes {}, \"value\" gives {}", aggregate_word(out_.aggregate),
                    out_.aggregate == Aggregate::kDistinct ? "a text" : "a number or a duration",
                    expr_type_name(type)));
  }

  const StandardContext& context_;
  MapReader map_;
  const TypeSpec* type_ = nullptr;
  Indicator out_;
};

void read_unit_word(const std::string& word, FigureKind kind, const YamlNode& node, Indicator& out,
                    const StandardContext& context) {
  if (word == "minute") out.unit.id = Unit::Id::kMinute;
  if (word == "hour") out.unit.id = Unit::Id::kHour;
  if (word == "day") out.unit.id = Unit::Id::kDay;
  bool of_time = out.unit.id != Unit::Id::kNone;
  if (kind == FigureKind::kUnknown || of_time == (kind == FigureKind::kDuration)) return;
  context.problems.add(
      node.find("id")->place,
      of_time ? fmt::format("the unit {} measures time, \"{}\" is not a duration", word, out.id)
              : fmt::format("\"{}\" is a duration and needs minute, hour or day", out.id));
}

}  // namespace

std::string_view aggregate_word(Aggregate aggregate) {
  for (const AggregateName& entry : kAggregates) {
    if (entry.aggregate == aggregate) return entry.word;
  }
  return "";
}

bool is_whole(const Indicator& indicator) {
  if (indicator.aggregate != Aggregate::kSum) return none_is_a_figure(indicator.aggregate);
  return indicator.value && indicator.value->type() == ExprType::kInteger;
}

void read_indicator_levels(MapReader& map, Indicator& out, const StandardContext& context) {
  const YamlNode* node = map.required("levels");
  auto listed = map.optional_text_list("levels");
  if (node != nullptr && node->is_list() && node->items.empty()) {
    context.problems.add(node->place, "\"levels\" names at least one level");
  }
  for (const auto& [level, place] : listed) {
    if (std::find(out.levels.begin(), out.levels.end(), level) != out.levels.end()) {
      context.problems.add(place, fmt::format("the level \"{}\" stands twice", level));
      continue;
    }
    out.levels.push_back(level);
    if (context.pack == nullptr) continue;
    std::vector<std::string> names;
    for (const LevelSpec& known : context.pack->levels) names.push_back(known.id);
    if (std::find(names.begin(), names.end(), level) != names.end()) continue;
    context.problems.add(place, fmt::format("pack.yaml has no level \"{}\"", level),
                         did_you_mean(level, names));
  }
}

void read_figure_unit(MapReader& map, FigureKind kind, Indicator& out,
                      const StandardContext& context) {
  if (kind == FigureKind::kCount) out.unit.decimals = 0;
  const YamlNode* node = map.optional("unit");
  if (node == nullptr) {
    if (kind == FigureKind::kDuration) {
      map.problem(
          fmt::format("the value of \"{}\" is a duration; \"unit\" must say in what it "
                      "is written: {{id: hour, decimals: 1}}",
                      out.id));
    }
    return;
  }
  MapReader unit(*node, "a unit", context.problems);
  auto word = unit.required_word("id", {"none", "minute", "hour", "day"});
  if (word) read_unit_word(*word, kind, *node, out, context);
  if (auto decimals = unit.optional_integer("decimals")) {
    std::int64_t most = kind == FigureKind::kCount ? 0 : Decimal::kScale;
    if (*decimals < 0 || *decimals > most) {
      context.problems.add(node->find("decimals")->place,
                           most == 0 ? "\"decimals\" of a count must be 0"
                                     : fmt::format("\"decimals\" must be 0 to {}", most));
    } else {
      out.unit.decimals = static_cast<int>(*decimals);
    }
  }
  unit.finish();
}

FigureKind figure_kind(const Indicator& indicator) {
  if (indicator.over != IndicatorOver::kCases) return indicator.kind_over_parts;
  switch (indicator.aggregate) {
    case Aggregate::kShare:
      return FigureKind::kShare;
    case Aggregate::kCount:
    case Aggregate::kDistinct:
      return FigureKind::kCount;
    default:
      break;
  }
  if (!indicator.value) return FigureKind::kUnknown;
  return indicator.value->type() == ExprType::kDuration ? FigureKind::kDuration
                                                        : FigureKind::kNumber;
}

std::vector<Indicator> read_indicators(const YamlNode& node, const StandardContext& context) {
  std::vector<Indicator> out;
  if (!node.is_map() || node.entries.empty()) {
    context.problems.add(node.place,
                         "\"indicators\" must be a map of at least one indicator, "
                         "found " +
                             describe(node));
    return out;
  }
  std::set<std::string> taken;
  for (const auto& [key, body] : node.entries) {
    check_id(key.scalar, key.place, taken, context);
    if (is_over_indicators(body)) {
      // Its place is kept until all that it can be over is known.
      out.emplace_back().id = key.scalar;
      out.back().over = IndicatorOver::kSum;
    } else {
      out.push_back(IndicatorReader(key, body, context).read());
    }
  }
  // A ratio may be over sums.
  for (const char* form : {"sum", "ratio"}) {
    for (std::size_t i = 0; i < out.size(); ++i) {
      const auto& [key, body] = node.entries[i];
      if (!is_over_indicators(body) || (body.find("ratio") == nullptr) != (*form == 's')) continue;
      out[i] = read_indicator_over(key, body, out, context);
    }
  }
  return out;
}

}  // namespace plumbline
