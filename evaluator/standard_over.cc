// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "evaluator/standard_reader.h"

namespace plumbline {
namespace {

// Keys of an indicator over cases, which mean nothing of one over other indicators.
constexpr std::string_view kKeysOfCases[] = {"case",  "aggregate", "where",     "dated_by",
                                             "by",    "value",     "numerator", "quantile",
                                             "bound", "sources",   "window",    "fallback"};

bool adds_up(const Indicator& part) {
  return part.over == IndicatorOver::kCases &&
         (part.aggregate == Aggregate::kCount || part.aggregate == Aggregate::kSum);
}

// What may stand above or below the line of a ratio: what is zero of no case.
bool is_total(const Indicator& part) {
  return part.over == IndicatorOver::kSum || adds_up(part) ||
         (part.over == IndicatorOver::kCases && part.aggregate == Aggregate::kDistinct);
}

std::string_view form_of(const Indicator& part) {
  if (part.over == IndicatorOver::kSum) return "sum";
  return part.over == IndicatorOver::kRatio ? "ratio" : aggregate_word(part.aggregate);
}

std::string_view word_of(Unit::Id unit) {
  switch (unit) {
    case Unit::Id::kNone:
      return "none";
    case Unit::Id::kMinute:
      return "minute";
    case Unit::Id::kHour:
      return "hour";
    case Unit::Id::kDay:
      return "day";
  }
  return "none";
}

class OverReader {
 public:
  OverReader(const YamlNode& key, const YamlNode& body, const std::vector<Indicator>& known,
             const StandardContext& context)
      : known_(known),
        context_(context),
        map_(body, fmt::format("indicator \"{}\"", key.scalar), context.problems) {
    out_.id = key.scalar;
    out_.over = body.find("ratio") == nullptr ? IndicatorOver::kSum : IndicatorOver::kRatio;
  }

  Indicator read() {
    if (auto title = read_title(map_, "title")) out_.title = *std::move(title);
    read_indicator_levels(map_, out_, context_);
    if (out_.over == IndicatorOver::kSum) {
      read_sum();
    } else {
      read_ratio();
    }
    for (std::string_view key : kKeysOfCases) {
      const YamlNode* node = map_.misplaced(key);
      if (node == nullptr) continue;
      add(*node, fmt::format("\"{}\" belongs to an indicator over cases, \"{}\" is a {} of other "
                             "indicators",
                             key, out_.id, form_of(out_)));
    }
    read_unit();
    read_min_sample();
    map_.finish();
    return std::move(out_);
  }

 private:
  void add(const YamlNode& where, std::string sentence, std::string suggestion = "") {
    context_.problems.add(where.place, std::move(sentence), std::move(suggestion));
  }

  // The indicator that `node` names, if it may stand here; a nullptr has left a problem.
  const Indicator* part(const YamlNode& node) {
    if (!node.is_scalar()) {
      add(node, fmt::format("the id of an indicator stands here, found {}", describe(node)));
      return nullptr;
    }
    std::vector<std::string> names;
    for (const Indicator& one : known_) {
      if (one.id != out_.id) names.push_back(one.id);
    }
    auto found = std::find_if(known_.begin(), known_.end(),
                              [&](const Indicator& one) { return one.id == node.scalar; });
    if (found == known_.end() || found->id == out_.id) {
      add(node,
          found == known_.end() ? fmt::format("there is no indicator \"{}\"", node.scalar)
                                : fmt::format("\"{}\" cannot be over itself", out_.id),
          found == known_.end() ? did_you_mean(node.scalar, names) : "");
      return nullptr;
    }
    const bool fits = out_.over == IndicatorOver::kSum ? adds_up(*found) : is_total(*found);
    if (!fits) {
      add(node, fmt::format("{}, \"{}\" is a {}",
                            out_.over == IndicatorOver::kSum
                                ? "a sum adds counts and sums over cases"
                                : "a ratio divides counts, sums and distinct numbers",
                            found->id, form_of(*found)));
      return nullptr;
    }
    if (found->window_days > 0 || found->fallback_days > 0) {
      add(node,
          fmt::format("\"{}\" may reach behind its period, so it is no part of another figure",
                      found->id));
    }
    check_levels(node, *found);
    out_.parts.push_back(static_cast<std::size_t>(found - known_.begin()));
    return &*found;
  }

  void check_levels(const YamlNode& node, const Indicator& part) {
    for (const std::string& level : out_.levels) {
      if (std::find(part.levels.begin(), part.levels.end(), level) != part.levels.end()) continue;
      add(node, fmt::format("the indicator \"{}\" has no figure at the level \"{}\" of \"{}\"",
                            part.id, level, out_.id));
    }
  }

  void read_sum() {
    const YamlNode* node = map_.required("sum");
    if (node == nullptr) return;
    const std::vector<YamlNode>& items = read_list(*node, "\"sum\"", context_);
    if (items.size() == 1) add(*node, "\"sum\" adds at least two indicators");
    FigureKind kind = FigureKind::kCount;
    whole_ = true;
    const Indicator* first = nullptr;
    for (const YamlNode& item : items) {
      const Indicator* one = part(item);
      if (one == nullptr) {
        kind = FigureKind::kUnknown;
        continue;
      }
      if (std::count(out_.parts.begin(), out_.parts.end(), out_.parts.back()) > 1) {
        add(item, fmt::format("the indicator \"{}\" stands twice", one->id));
      }
      if (first == nullptr) first = one;
      if (first->unit.id != one->unit.id) {
        add(item, fmt::format("\"{}\" is measured in {}, \"{}\" in {}", one->id,
                              word_of(one->unit.id), first->id, word_of(first->unit.id)));
      }
      whole_ = whole_ && is_whole(*one);
      if (kind == FigureKind::kCount) kind = figure_kind(*one);
    }
    if (first != nullptr) measured_in_ = first->unit.id;
    out_.kind_over_parts = kind;
  }

  void read_ratio() {
    const YamlNode* node = map_.optional("ratio");
    MapReader map(*node, "a ratio", context_.problems);
    const YamlNode* of = map.required("of");
    const YamlNode* over = map.required("over");
    map.finish();
    const Indicator* above = of == nullptr ? nullptr : part(*of);
    const Indicator* below = over == nullptr ? nullptr : part(*over);
    if (above == nullptr || below == nullptr) return;
    if (above == below) add(*over, fmt::format("\"{}\" over itself is always 1", above->id));
    if (above->unit.id != below->unit.id) {
      add(*over, fmt::format("\"{}\" is measured in {}, \"{}\" in {}", below->id,
                             word_of(below->unit.id), above->id, word_of(above->unit.id)));
    }
    out_.kind_over_parts = FigureKind::kNumber;
    const bool of_counts =
        figure_kind(*above) == FigureKind::kCount && figure_kind(*below) == FigureKind::kCount;
    if (of_counts) out_.kind_over_parts = FigureKind::kRatioOfCounts;
  }

  void read_unit() {
    read_figure_unit(map_, out_.kind_over_parts, out_, context_);
    if (out_.over == IndicatorOver::kRatio) return;
    if (whole_) out_.unit.decimals = 0;
    if (out_.kind_over_parts == FigureKind::kDuration && map_.node().find("unit") != nullptr &&
        out_.unit.id != measured_in_) {
      add(*map_.node().find("unit"),
          fmt::format("what \"{}\" adds is measured in {}", out_.id, word_of(measured_in_)));
    }
  }

  void read_min_sample() {
    auto least = map_.optional_integer("min_sample");
    if (!least) return;
    out_.min_sample = *least;
    const YamlNode& node = *map_.node().find("min_sample");
    if (*least < 0) {
      add(node, "\"min_sample\" must be at least 1, or 0 of a sum");
    } else if (*least == 0 && out_.over == IndicatorOver::kRatio) {
      add(node, "\"min_sample\" must be at least 1: a ratio over no case is no figure");
    }
  }

  const std::vector<Indicator>& known_;
  const StandardContext& context_;
  MapReader map_;
  bool whole_ = false;
  Unit::Id measured_in_ = Unit::Id::kNone;
  Indicator out_;
};

}  // namespace

bool is_over_indicators(const YamlNode& body) {
  return body.find("sum") != nullptr || body.find("ratio") != nullptr;
}

Indicator read_indicator_over(const YamlNode& key, const YamlNode& body,
                              const std::vector<Indicator>& known, const StandardContext& context) {
  return OverReader(key, body, known, context).read();
}

}  // namespace plumbline
