// SPDX-License-Identifier: Apache-2.0
#include "evaluator/tally.h"

#include <algorithm>

#include "base/check.h"
#include "evaluator/wilson.h"

namespace plumbline {
namespace {

template <typename Map, typename Key>
void take_one(Map& counts, const Key& key) {
  auto found = counts.find(key);
  CHECK(found != counts.end() && found->second > 0, "a sample is removed that was never added");
  if (--found->second == 0) counts.erase(found);
}

// How many steps of the stored number make one of the figure's unit.
Wide steps_per_unit(const Indicator& indicator) {
  ExprType type = indicator.value ? indicator.value->type() : ExprType::kInteger;
  if (type == ExprType::kDecimal) return Decimal::kOne;
  if (type != ExprType::kDuration) return 1;
  switch (indicator.unit.id) {
    case Unit::Id::kNone:
      return 1;
    case Unit::Id::kMinute:
      return kMsPerMinute;
    case Unit::Id::kHour:
      return kMsPerHour;
    case Unit::Id::kDay:
      return kMsPerDay;
  }
  return 1;
}

Wide rank_of(Decimal quantile, std::int64_t count) {
  Wide rank = (Wide{quantile.units} * count + Decimal::kOne - 1) / Decimal::kOne;
  CHECK(rank >= 1 && rank <= count, "a quantile's rank lies within its samples");
  return rank;
}

std::int64_t nearest_rank(const std::vector<std::int64_t>& row, Decimal quantile) {
  std::vector<std::int64_t> numbers = row;
  auto at = numbers.begin() +
            static_cast<std::ptrdiff_t>(rank_of(quantile, static_cast<std::int64_t>(row.size()))) -
            1;
  std::nth_element(numbers.begin(), at, numbers.end());
  return *at;
}

Fraction share_of(Bound bound, std::int64_t numerator, std::int64_t n) {
  switch (bound) {
    case Bound::kNone:
      return {numerator, n};
    case Bound::kLower:
      return {wilson_lower(numerator, n).units, Decimal::kOne};
    case Bound::kUpper:
      return {wilson_upper(numerator, n).units, Decimal::kOne};
  }
  return {numerator, n};
}

}  // namespace

void Tally::add(Aggregate aggregate, const Sample& sample, std::int64_t times) {
  CHECK(times >= 1, "a sample is added at least once");
  count_ += times;
  if (sample.in_numerator) numerator_ += times;
  sum_ += Wide{sample.number} * times;
  if (aggregate == Aggregate::kQuantile) numbers_.add(sample.number, times);
  if (aggregate == Aggregate::kDistinct) texts_[sample.text] += times;
}

void Tally::remove(Aggregate aggregate, const Sample& sample) {
  CHECK(count_ > 0, "a sample is removed from an empty tally");
  --count_;
  if (sample.in_numerator) --numerator_;
  sum_ -= sample.number;
  if (aggregate == Aggregate::kQuantile) numbers_.remove(sample.number);
  if (aggregate == Aggregate::kDistinct) take_one(texts_, sample.text);
}

void Tally::append(Aggregate aggregate, const Sample& sample) {
  ++count_;
  if (sample.in_numerator) ++numerator_;
  sum_ += sample.number;
  if (aggregate == Aggregate::kQuantile) row_.push_back(sample.number);
  if (aggregate == Aggregate::kDistinct) ++texts_[sample.text];
}

void Tally::append_all(const Tally& other) {
  CHECK(numbers_.empty() && other.numbers_.empty(), "these tallies were filled by append()");
  count_ += other.count_;
  numerator_ += other.numerator_;
  sum_ += other.sum_;
  row_.insert(row_.end(), other.row_.begin(), other.row_.end());
  for (const auto& [text, times] : other.texts_) texts_[text] += times;
}

std::optional<Fraction> figure_of(const Indicator& indicator, const Tally& tally) {
  Wide steps = steps_per_unit(indicator);
  switch (indicator.aggregate) {
    case Aggregate::kCount:
      return Fraction{tally.count_, 1};
    case Aggregate::kDistinct:
      return Fraction{static_cast<Wide>(tally.texts_.size()), 1};
    case Aggregate::kSum:
      return Fraction{tally.sum_, steps};
    default:
      break;
  }
  if (tally.empty()) return std::nullopt;
  switch (indicator.aggregate) {
    case Aggregate::kShare:
      return share_of(indicator.bound, tally.numerator_, tally.count_);
    case Aggregate::kMean:
      return Fraction{tally.sum_, steps * tally.count_};
    case Aggregate::kQuantile:
      CHECK(tally.row_.empty() || tally.numbers_.empty(), "a tally is filled in one of two ways");
      return Fraction{tally.row_.empty() ? tally.numbers_.at_rank(static_cast<std::int64_t>(
                                               rank_of(indicator.quantile, tally.count_)))
                                         : nearest_rank(tally.row_, indicator.quantile),
                      steps};
    default:
      break;
  }
  CHECK(false, "an aggregate outside its six values");
  return std::nullopt;
}

int figure_decimals(const Indicator& indicator) {
  if (indicator.over != IndicatorOver::kCases) return indicator.unit.decimals;
  if (indicator.aggregate == Aggregate::kCount || indicator.aggregate == Aggregate::kDistinct) {
    return 0;
  }
  bool whole = indicator.aggregate == Aggregate::kSum &&
               (!indicator.value || indicator.value->type() == ExprType::kInteger);
  return whole ? 0 : indicator.unit.decimals;
}

bool none_is_a_figure(Aggregate aggregate) {
  return aggregate == Aggregate::kCount || aggregate == Aggregate::kSum ||
         aggregate == Aggregate::kDistinct;
}

bool is_sufficient(const Indicator& indicator, const Tally& tally) {
  if (indicator.min_sample == 0 && none_is_a_figure(indicator.aggregate)) return true;
  return tally.count() >= 1 && tally.count() >= indicator.min_sample;
}

std::string_view unit_name(Unit::Id unit) {
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

}  // namespace plumbline
