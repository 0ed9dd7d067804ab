// SPDX-License-Identifier: Apache-2.0
#include "evaluator/rule_words.h"

#include <fmt/format.h>

#include <optional>

namespace plumbline {
namespace {

constexpr std::int64_t kPerCent = 100;

struct UnitWords {
  const char* zh;
  const char* en;
  std::int64_t ms;
};

UnitWords words_of(Unit::Id unit) {
  switch (unit) {
    case Unit::Id::kNone:
      return {"", "", 1};
    case Unit::Id::kMinute:
      return {" 分钟", " min", kMsPerMinute};
    case Unit::Id::kHour:
      return {" 小时", " h", kMsPerHour};
    case Unit::Id::kDay:
      return {" 天", " d", kMsPerDay};
  }
  return {"", "", 1};
}

// A part of the whole as per cent, without zeros that say nothing.
std::string per_cent(Decimal share) {
  return format_decimal_short({share.units * kPerCent}) + "%";
}

// The norm as a bound: 同类网点标准值（library 720，其他 600）.
Title norm_text(const Norm& norm, const Indicator& indicator) {
  Title otherwise = bound_text(indicator, norm.otherwise);
  Title text{"同类网点标准值（", "the norm of its class ("};
  for (const auto& [name, value] : norm.classes) {
    Title bound = bound_text(indicator, value);
    text.zh += fmt::format("{} {}，", name, bound.zh);
    text.en += fmt::format("{} {}, ", name, bound.en);
  }
  return {text.zh + "其他 " + otherwise.zh + "）", text.en + "otherwise " + otherwise.en + ")"};
}

Title linear_text(const Criterion& criterion, const Indicator& indicator) {
  Title zero = bound_text(indicator, criterion.linear->zero);
  Title full = criterion.norm ? norm_text(*criterion.norm, indicator)
                              : bound_text(indicator, criterion.linear->full);
  if (criterion.higher_is_better) {
    return {fmt::format("达到 {} 得满分，{} 及以下不得分，其间按比例计分", full.zh, zero.zh),
            fmt::format("full points from {}, none at {} and below, in proportion between", full.en,
                        zero.en)};
  }
  return {fmt::format("不超过 {} 得满分，{} 及以上不得分，其间按比例计分", full.zh, zero.zh),
          fmt::format("full points up to {}, none at {} and above, in proportion between", full.en,
                      zero.en)};
}

Title points_text(Decimal share) {
  if (share == Decimal::whole(1)) return {"得满分", "full points"};
  if (share == Decimal{}) return {"不得分", "no points"};
  std::string part = per_cent(share);
  return {"得该项分值的 " + part, part + " of the points"};
}

Title bands_text(const Criterion& criterion, const Indicator& indicator) {
  Title text;
  std::optional<Decimal> before;
  for (const Band& band : criterion.bands) {
    Title points = points_text(band.share);
    if (!text.zh.empty()) {
      text.zh += "；";
      text.en += "; ";
    }
    if (band.up_to || before) {
      Title bound = bound_text(indicator, band.up_to ? *band.up_to : *before);
      text.zh += fmt::format("{} {} {}", band.up_to ? "不超过" : "超过", bound.zh, points.zh);
      text.en += fmt::format("{} {} {}", points.en, band.up_to ? "up to" : "above", bound.en);
    } else {
      text.zh += points.zh;
      text.en += points.en;
    }
    before = band.up_to;
  }
  return text;
}

void add_sample(const Indicator& indicator, Title& text) {
  if (indicator.window_days > 0) {
    text.zh += fmt::format("；计近 {} 天", indicator.window_days);
    text.en += fmt::format("; over the last {} days", indicator.window_days);
  }
  if (indicator.fallback_days > 0) {
    text.zh += fmt::format("；不足 {} 件时改计近 {} 天，仍不足则数据不足", indicator.min_sample,
                           indicator.fallback_days);
    text.en += fmt::format(
        "; with fewer than {} cases over the last {} days, insufficient data if those are too few",
        indicator.min_sample, indicator.fallback_days);
    return;
  }
  if (indicator.min_sample == 0) {
    text.zh += "；一件也没有时按 0 计";
    text.en += "; none at all counts as zero";
  } else if (indicator.min_sample > 1) {
    text.zh += fmt::format("；不足 {} 件时数据不足", indicator.min_sample);
    text.en += fmt::format("; insufficient data with fewer than {} cases", indicator.min_sample);
  }
}

void add_sources(const Indicator& indicator, Title& text) {
  if (indicator.sources.empty()) return;
  Title sources = sources_text(indicator.sources);
  text.zh += fmt::format("；只计{}报送的数据", sources.zh);
  text.en += fmt::format("; only what was reported by {}", sources.en);
}

Title share_text(const Indicator& indicator, const TypeSpec& type) {
  Title text = {fmt::format("「{}」计入的件中符合要求的占比", type.title.zh),
                fmt::format("share of the counted cases of {} that comply", type.title.en)};
  if (indicator.bound == Bound::kNone) return text;
  bool lower = indicator.bound == Bound::kLower;
  text.zh += fmt::format("，取 95% 置信区间的{}", lower ? "下限" : "上限");
  text.en += fmt::format(", the {} end of its 95% interval", lower ? "lower" : "upper");
  return text;
}

Title aggregate_text(const Indicator& indicator, const TypeSpec& type) {
  const std::string& zh = type.title.zh;
  const std::string& en = type.title.en;
  switch (indicator.aggregate) {
    case Aggregate::kCount:
      return {fmt::format("「{}」中计入的件数", zh), fmt::format("number of cases of {}", en)};
    case Aggregate::kSum:
      return {fmt::format("「{}」各件数值之和", zh), fmt::format("sum over the cases of {}", en)};
    case Aggregate::kShare:
      return share_text(indicator, type);
    case Aggregate::kMean:
      return {fmt::format("「{}」各件数值的平均", zh),
              fmt::format("mean over the cases of {}", en)};
    case Aggregate::kQuantile:
      if (indicator.quantile == Decimal{Decimal::kOne / 2}) {
        return {fmt::format("「{}」各件数值的中位数", zh),
                fmt::format("median over the cases of {}", en)};
      }
      return {fmt::format("「{}」各件数值从小到大排在 {} 处的值", zh, per_cent(indicator.quantile)),
              fmt::format("value of {} at {} of the cases, from the smallest up", en,
                          per_cent(indicator.quantile))};
    case Aggregate::kDistinct:
      return {fmt::format("「{}」中不同取值的个数", zh),
              fmt::format("number of different values among the cases of {}", en)};
  }
  return {};
}

}  // namespace

Title bound_text(const Indicator& indicator, Decimal bound) {
  if (indicator.aggregate == Aggregate::kShare) return {per_cent(bound), per_cent(bound)};
  UnitWords unit = words_of(indicator.unit.id);
  std::string number = format_decimal_short(bound);
  return {number + unit.zh, number + unit.en};
}

Title sources_text(const std::vector<SourceKind>& sources) {
  Title text;
  auto add = [&](const char* zh, const char* en) {
    if (!text.zh.empty()) {
      text.zh += "、";
      text.en += " or ";
    }
    text.zh += zh;
    text.en += en;
  };
  for (SourceKind kind : sources) {
    switch (kind) {
      case SourceKind::kAgent:
        add("网点", "the outlet");
        break;
      case SourceKind::kRatingPage:
        add("评价页面", "the rating page");
        break;
      case SourceKind::kInspector:
        add("检查人员", "an inspector");
        break;
      case SourceKind::kFeed:
        add("外部数据源", "a feed");
        break;
    }
  }
  return text;
}

Title criterion_text(const Criterion& criterion, const Indicator& indicator) {
  Title text =
      criterion.linear ? linear_text(criterion, indicator) : bands_text(criterion, indicator);
  add_sample(indicator, text);
  add_sources(indicator, text);
  return text;
}

Title indicator_over_text(const Indicator& indicator, const Standard& standard) {
  Title text;
  const bool ratio = indicator.over == IndicatorOver::kRatio;
  for (std::size_t part : indicator.parts) {
    const Title& title = standard.indicators[part].title;
    if (!text.zh.empty()) {
      text.zh += ratio ? "除以" : "加";
      text.en += ratio ? " divided by " : " plus ";
    }
    text.zh += fmt::format("「{}」", title.zh);
    text.en += fmt::format("\"{}\"", title.en);
  }
  add_sample(indicator, text);
  return text;
}

Title cap_text(const Cap& cap, const Indicator& indicator, const Grade& grade) {
  Title bound = bound_text(indicator, cap.below ? *cap.below : *cap.above);
  Title text = {fmt::format("{} {} 时，等次最高为「{}」", cap.below ? "低于" : "超过", bound.zh,
                            grade.title.zh),
                fmt::format("{} {} the grade is at best {}", cap.below ? "below" : "above",
                            bound.en, grade.title.en)};
  add_sample(indicator, text);
  return text;
}

Title condition_text(const GradeCondition& condition, const Block& block) {
  std::string points = format_decimal_short(condition.at_least);
  return {fmt::format("「{}」得分不低于 {} 分", block.title.zh, points),
          fmt::format("at least {} points in {}", points, block.title.en)};
}

Title indicator_text(const Indicator& indicator, const TypeSpec& type) {
  Title text = aggregate_text(indicator, type);
  add_sample(indicator, text);
  add_sources(indicator, text);
  return text;
}

}  // namespace plumbline
