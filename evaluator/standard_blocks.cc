// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "evaluator/standard_reader.h"

namespace plumbline {
namespace {

constexpr Decimal kZero = Decimal{};
constexpr Decimal kOne = Decimal::whole(1);
constexpr Decimal kAllPoints = Decimal::whole(100);

// Weights have at most two decimals, as points have.
constexpr std::int64_t kWeightStep = Decimal::kOne / 100;

class CriterionReader {
 public:
  CriterionReader(const YamlNode& node, const Standard& standard, const StandardContext& context)
      : standard_(standard), context_(context), map_(node, "a criterion", context.problems) {}

  // `weight_sum` loses its value when a weight cannot be read.
  Criterion read(std::set<std::string>& taken, std::optional<Decimal>& weight_sum) {
    out_.id = read_id(map_, "id", taken, context_);
    if (auto title = read_title(map_, "title")) out_.title = *std::move(title);
    indicator_ = find_scored_indicator(map_, standard_, context_, out_.indicator_index);
    read_weight(weight_sum);
    std::optional<Decimal> met_at = map_.optional_decimal("met_at");
    const YamlNode* linear = map_.optional("linear");
    const YamlNode* bands = map_.optional("bands");
    if ((linear == nullptr) == (bands == nullptr)) {
      map_.problem(
          fmt::format("criterion \"{}\" must have either \"linear\" or \"bands\", it has "
                      "{}",
                      out_.id, linear == nullptr ? "neither" : "both"));
    } else if (linear != nullptr) {
      read_linear(*linear, met_at);
    } else {
      read_bands(*bands, met_at);
    }
    if (const YamlNode* norm = map_.optional("norm"); norm != nullptr && !out_.norm) {
      add(norm->place, "\"norm\" says what \"full: norm\" is, and nothing says that");
    }
    out_.basis = read_basis(map_);
    map_.finish();
    return std::move(out_);
  }

 private:
  void add(const Place& place, std::string sentence, std::string suggestion = "") {
    context_.problems.add(place, std::move(sentence), std::move(suggestion));
  }
  const Place& place_of(std::string_view key) const {
    const YamlNode* node = map_.node().find(key);
    return node == nullptr ? map_.node().place : node->place;
  }

  void read_weight(std::optional<Decimal>& weight_sum) {
    auto weight = map_.required_decimal("weight");
    if (!weight) {
      weight_sum.reset();
      return;
    }
    out_.weight = *weight;
    if (*weight <= kZero || *weight > kAllPoints || weight->units % kWeightStep != 0) {
      add(place_of("weight"), "\"weight\" must be above 0, at most 100, with at most two decimals");
      weight_sum.reset();
    } else if (weight_sum) {
      Result<Decimal> sum = decimal_add(*weight_sum, *weight);
      CHECK(sum.ok(), "the weights of a file of limited size fit into a decimal");
      weight_sum = *sum;
    }
  }

  void check_figure(Decimal value, std::string_view name, const Place& place) {
    check_figure_bound(value, name, place, indicator_, context_);
  }

  // A number of the norm: such as the figure can be, and on one side of `zero`.
  std::optional<Decimal> norm_value(MapReader& map, const std::string& key,
                                    std::optional<Decimal> zero) {
    auto value = map.required_decimal(key);
    if (!value) return std::nullopt;
    const Place& place = map.node().find(key)->place;
    check_figure(*value, key, place);
    if (!zero) return value;
    if (*value == *zero) {
      add(place, fmt::format("\"{}\" and \"zero\" must differ", key));
      return std::nullopt;
    }
    const bool above = *value > *zero;
    if (!above_zero_) above_zero_ = above;
    if (*above_zero_ != above) {
      add(place, "the numbers of a norm must all be above \"zero\" or all below");
    }
    return value;
  }

  // What `full` is of an outlet of no class; `word` is where "norm" stands.
  std::optional<Decimal> read_norm(const YamlNode& word, std::optional<Decimal> zero) {
    const YamlNode* node = map_.optional("norm");
    if (context_.pack != nullptr && standard_.level != context_.pack->levels.back().id) {
      add(word.place, fmt::format("a norm goes by the class of an outlet, and this standard scores "
                                  "the level \"{}\"",
                                  standard_.level));
    }
    Norm norm;
    out_.norm = norm;
    if (node == nullptr) {
      add(word.place, "\"full\" is the norm, and \"norm\" must say what that is");
      return std::nullopt;
    }
    MapReader map(*node, "a norm", context_.problems);
    if (const YamlNode* classes = map.required("classes")) {
      MapReader values(*classes, "\"classes\"", context_.problems);
      for (const auto& [key, value] : classes->entries) {
        std::set<std::string> taken;
        check_id(key.scalar, key.place, taken, context_);
        if (auto number = norm_value(values, key.scalar, zero)) {
          norm.classes.emplace_back(key.scalar, *number);
        }
      }
      if (classes->entries.empty()) add(classes->place, "\"classes\" names at least one class");
      values.finish();
    }
    auto otherwise = norm_value(map, "otherwise", zero);
    norm.basis = read_basis(map);
    map.finish();
    if (otherwise) norm.otherwise = *otherwise;
    out_.norm = std::move(norm);
    return otherwise;
  }

  void read_linear(const YamlNode& node, std::optional<Decimal> met_at) {
    MapReader map(node, "\"linear\"", context_.problems);
    auto zero = map.required_decimal("zero");
    const YamlNode* word = node.find("full");
    const bool by_norm = word != nullptr && word->is_scalar() && word->scalar == "norm";
    std::optional<Decimal> full;
    if (by_norm) {
      map.optional("full");
      full = read_norm(*word, zero);
    } else {
      full = map.required_decimal("full");
    }
    map.finish();
    if (by_norm && met_at) {
      add(place_of("met_at"), "the norm itself is \"met_at\"");
      met_at.reset();
    }
    if (zero) check_figure(*zero, "zero", node.find("zero")->place);
    if (full && !by_norm) check_figure(*full, "full", node.find("full")->place);
    if (!zero || !full) return;
    if (*zero == *full) {
      add(node.place, "\"zero\" and \"full\" must differ");
      return;
    }
    out_.linear = Criterion::Linear{*zero, *full};
    out_.higher_is_better = *full > *zero;
    out_.met_at = met_at.value_or(*full);
    if (out_.met_at < std::min(*zero, *full) || out_.met_at > std::max(*zero, *full)) {
      add(place_of("met_at"), "\"met_at\" must lie between \"zero\" and \"full\"");
    }
  }

  void read_bands(const YamlNode& node, std::optional<Decimal> met_at) {
    const std::vector<YamlNode>& items = read_list(node, "\"bands\"", context_);
    bool good = !items.empty();
    for (std::size_t i = 0; i < items.size(); ++i) {
      good = read_band(items[i], i + 1 == items.size()) && good;
    }
    if (!good) return;
    bool rising = true;
    bool falling = true;
    for (std::size_t i = 1; i < out_.bands.size(); ++i) {
      rising = rising && out_.bands[i].share >= out_.bands[i - 1].share;
      falling = falling && out_.bands[i].share <= out_.bands[i - 1].share;
    }
    if (rising == falling) {
      add(node.place, rising ? "every band gives the same share, so the figure decides nothing"
                             : "the shares of the bands must only rise or only fall");
      return;
    }
    out_.higher_is_better = rising;
    read_met_at(node, met_at);
  }

  // One band; `last` has no upper bound, every other has one above that of the band before.
  bool read_band(const YamlNode& item, bool last) {
    MapReader map(item, "a band", context_.problems);
    auto up_to = map.optional_decimal("up_to");
    auto share = map.required_decimal("share");
    map.finish();
    bool bounded = item.find("up_to") != nullptr;
    bool good = share.has_value() && up_to.has_value() == bounded;
    if (bounded == last) {
      add(item.place, last ? "the last band must have no \"up_to\", so that every figure falls "
                             "into a band"
                           : "only the last band may leave out \"up_to\"");
      good = false;
    }
    if (share && (*share < kZero || *share > kOne)) {
      add(item.find("share")->place, "\"share\" must lie within 0 and 1");
      good = false;
    }
    if (up_to) {
      check_figure(*up_to, "up_to", item.find("up_to")->place);
      if (!out_.bands.empty() && out_.bands.back().up_to && *out_.bands.back().up_to >= *up_to) {
        add(item.find("up_to")->place,
            fmt::format("the bands must ascend: \"up_to\" is {} after {}",
                        format_decimal_short(*up_to),
                        format_decimal_short(*out_.bands.back().up_to)));
        good = false;
      }
    }
    out_.bands.push_back(Band{up_to, share.value_or(kZero)});
    return good;
  }

  void read_met_at(const YamlNode& node, std::optional<Decimal> met_at) {
    for (const Band& band : out_.bands) {
      if (!met_at && !out_.higher_is_better && band.share == kOne) out_.met_at = *band.up_to;
    }
    bool has_default = !out_.higher_is_better && out_.bands.front().share == kOne;
    if (met_at) {
      out_.met_at = *met_at;
      check_figure(*met_at, "met_at", place_of("met_at"));
    } else if (!has_default) {
      add(node.place, out_.higher_is_better
                          ? "rising bands need \"met_at\": the figure from which the verdict is met"
                          : "no band gives the whole weight, so \"met_at\" must say which figure "
                            "is met");
    }
  }

  const Standard& standard_;
  const StandardContext& context_;
  MapReader map_;
  const Indicator* indicator_ = nullptr;
  std::optional<bool> above_zero_;  // whether the numbers of the norm are
  Criterion out_;
};

}  // namespace

bool fits_norm(const Criterion& criterion, Decimal value) {
  CHECK(criterion.norm && criterion.linear, "a norm is of a linear criterion");
  const Decimal zero = criterion.linear->zero;
  return value != zero && (value > zero) == (criterion.norm->otherwise > zero);
}

const Indicator* find_scored_indicator(MapReader& map, const Standard& standard,
                                       const StandardContext& context, std::size_t& index) {
  auto name = map.required_text("indicator");
  if (!name || standard.indicators.empty()) return nullptr;
  const Place& place = map.node().find("indicator")->place;
  std::vector<std::string> names;
  for (const Indicator& known : standard.indicators) names.push_back(known.id);
  auto found = std::find(names.begin(), names.end(), *name);
  if (found == names.end()) {
    context.problems.add(place, fmt::format("there is no indicator \"{}\"", *name),
                         did_you_mean(*name, names));
    return nullptr;
  }
  index = static_cast<std::size_t>(found - names.begin());
  const Indicator& indicator = standard.indicators[index];
  const std::vector<std::string>& levels = indicator.levels;
  if (levels.empty() || standard.level.empty()) return &indicator;
  if (std::find(levels.begin(), levels.end(), standard.level) == levels.end()) {
    context.problems.add(
        place, fmt::format("the indicator \"{}\" has no figure at the level \"{}\" that this "
                           "standard scores",
                           *name, standard.level));
  }
  return &indicator;
}

void check_figure_bound(Decimal value, std::string_view name, const Place& place,
                        const Indicator* indicator, const StandardContext& context) {
  FigureKind kind = indicator == nullptr ? FigureKind::kUnknown : figure_kind(*indicator);
  if (kind == FigureKind::kShare && (value < kZero || value > kOne)) {
    context.problems.add(place, fmt::format("\"{}\" is {}, but the indicator \"{}\" is a share and "
                                            "lies within 0 and 1",
                                            name, format_decimal_short(value), indicator->id));
  }
  const bool of_counts = kind == FigureKind::kRatioOfCounts;
  if ((kind == FigureKind::kCount || of_counts) && value < kZero) {
    context.problems.add(place, fmt::format("\"{}\" is {}, but the indicator \"{}\" is a {} and "
                                            "never negative",
                                            name, format_decimal_short(value), indicator->id,
                                            of_counts ? "ratio of counts" : "count"));
  }
}

std::vector<Block> read_blocks(const YamlNode& node, const Standard& standard,
                               const StandardContext& context) {
  std::vector<Block> out;
  std::set<std::string> block_ids;
  std::set<std::string> criterion_ids;
  std::optional<Decimal> weight_sum = kZero;
  for (const YamlNode& item : read_list(node, "\"blocks\"", context)) {
    MapReader map(item, "a block", context.problems);
    Block block;
    block.id = read_id(map, "id", block_ids, context);
    if (auto title = read_title(map, "title")) block.title = *std::move(title);
    const YamlNode* criteria = map.required("criteria");
    map.finish();
    if (criteria == nullptr) {
      weight_sum.reset();
    } else {
      const std::vector<YamlNode>& items = read_list(*criteria, "\"criteria\"", context);
      if (items.empty()) weight_sum.reset();
      for (const YamlNode& criterion : items) {
        block.criteria.push_back(
            CriterionReader(criterion, standard, context).read(criterion_ids, weight_sum));
      }
    }
    out.push_back(std::move(block));
  }
  if (!out.empty() && weight_sum && *weight_sum != kAllPoints) {
    context.problems.add(node.place, fmt::format("the weights of all criteria sum to {}, they "
                                                 "must sum to 100",
                                                 format_decimal_short(*weight_sum)));
  }
  return out;
}

}  // namespace plumbline
