// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVALUATOR_TALLY_H_
#define PLUMBLINE_EVALUATOR_TALLY_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "evaluator/fraction.h"
#include "evaluator/ranked_counts.h"
#include "evaluator/standard.h"

namespace plumbline {

// What one case gives to one indicator.
struct Sample {
  std::int64_t number = 0;    // kSum, kMean, kQuantile: integer, decimal units or milliseconds
  bool in_numerator = false;  // kShare
  std::string text;           // kDistinct
  bool operator==(const Sample&) const = default;
};

// Counted samples of one indicator: what is needed for its exact figure and nothing more. Adding
// and removing commute, so a tally depends on the set of its samples alone.
class Tally {
 public:
  void add(Aggregate aggregate, const Sample& sample) { add(aggregate, sample, 1); }
  // The same sample so many times: at least 1.
  void add(Aggregate aggregate, const Sample& sample, std::int64_t times);
  // The sample must have been added before.
  void remove(Aggregate aggregate, const Sample& sample);

  // add() for a tally from which nothing is ever removed: it takes less time and memory. A tally is
  // filled by one of the two.
  void append(Aggregate aggregate, const Sample& sample);
  // Takes the samples of `other` too; both are filled by append().
  void append_all(const Tally& other);

  std::int64_t count() const { return count_; }
  std::int64_t numerator() const { return numerator_; }
  bool empty() const { return count_ == 0; }

 private:
  friend std::optional<Fraction> figure_of(const Indicator& indicator, const Tally& tally);

  std::int64_t count_ = 0;
  std::int64_t numerator_ = 0;
  Wide sum_ = 0;                   // at most 2^63 samples of 2^63: fits
  RankedCounts numbers_;           // by add()
  std::vector<std::int64_t> row_;  // in their place, in any order, by append()
  std::map<std::string, std::int64_t> texts_;
};

// The exact figure in the indicator's unit; nullopt without a sample, save for count, sum and
// distinct, which are zero then. Quantile: nearest rank, ceil(q * n)-th smallest.
std::optional<Fraction> figure_of(const Indicator& indicator, const Tally& tally);

// How many decimals the figure is written with: none where it is a whole number by nature.
int figure_decimals(const Indicator& indicator);

// True of count, sum and distinct: of no sample at all they are zero, the others are nothing.
bool none_is_a_figure(Aggregate aggregate);

// True where the figure may carry points: at least `min_sample` samples, and at least one unless
// the indicator says 0 and none is a figure.
bool is_sufficient(const Indicator& indicator, const Tally& tally);

// "none", "minute", "hour", "day".
std::string_view unit_name(Unit::Id unit);

}  // namespace plumbline

#endif  // PLUMBLINE_EVALUATOR_TALLY_H_
