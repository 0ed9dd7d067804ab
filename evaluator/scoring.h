// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVALUATOR_SCORING_H_
#define PLUMBLINE_EVALUATOR_SCORING_H_

#include <optional>
#include <vector>

#include "base/decimal.h"
#include "evaluator/fraction.h"
#include "evaluator/standard.h"
#include "model/verdict.h"

// From figures to points, score and grade: docs/formats/results.md. Pure.
namespace plumbline {

// One criterion's line. `weight_used` = weight + what was redistributed to it (or 0 where its own
// weight was redistributed to others); points <= weight_used.
struct CriterionLine {
  Verdict verdict = Verdict::kInsufficientData;
  Decimal weight_used;
  Decimal redistributed;          // weight_used - weight; negative where weight was given away
  std::optional<Decimal> points;  // two decimals; nullopt without data
};

// A condition of a grade: points of its block, and whether they are enough.
struct ConditionLine {
  std::optional<Decimal> points;  // two decimals; nullopt where the block has no data
  bool holds = false;             // also of a block that is wholly exempt
};
using ConditionLines = std::vector<std::vector<ConditionLine>>;  // as Standard::grades, conditions

struct ScoreCard {
  Verdict verdict = Verdict::kNotReported;
  std::optional<Decimal> score;  // sum of the rounded lines; nullopt when no line has points
  // Into Standard::grades; by score and missing data, before conditions, vetoes and caps.
  std::optional<std::size_t> grade;
  // The score would have reached the top grade, but weight had to be redistributed.
  bool grade_limited = false;
  Decimal weight_without_data;
  Decimal weight_exempt;
  std::vector<std::vector<CriterionLine>> blocks;  // as Standard::blocks, criteria
  ConditionLines conditions;                       // empty without a score
};

// By Standard::blocks, criteria.
template <typename Value>
using ByCriterion = std::vector<std::vector<Value>>;

// `figures`: nullopt = too little data. `reported`: the unit had an accepted event in the period;
// without one every verdict is not_reported. What is `exempt` (none where that is empty) is asked
// for nothing, whatever its figure: not_applicable, and its weight goes to the others. `norms`:
// what takes the place of Criterion::norm; may be empty where no criterion has one. kInvalid when a
// sum or product does not fit in 128 bits.
Result<ScoreCard> score_unit(const Standard& standard,
                             const ByCriterion<std::optional<Fraction>>& figures, bool reported,
                             const ByCriterion<bool>& exempt = {},
                             const ByCriterion<std::optional<Decimal>>& norms = {});

// What stands between the score and the grade: Standard::vetoes and caps that act, by their place.
struct GradeLimits {
  std::vector<std::size_t> vetoes;
  std::vector<std::size_t> caps;
};

// The grade that the score alone would give, as it may be given: with a veto the last one, whether
// there is a score or not; else the first that is not above that of any cap and whose conditions
// all hold. `conditions`: those of the score card.
std::optional<std::size_t> limited_grade(const Standard& standard, const GradeLimits& limits,
                                         std::optional<std::size_t> by_score,
                                         const ConditionLines& conditions);

// True when the figure is beyond the cap's bound.
Result<bool> cap_acts(const Cap& cap, const Fraction& figure);

// The criterion's points for a figure, of `weight` points, rounded once to 0.01.
Result<Decimal> points_of(const Criterion& criterion, const Fraction& figure, Decimal weight);

// Splits `amount` in proportion to `weights` (>= 0, not all zero) into multiples of 0.01 by
// largest remainder, ties to the first; what is below 0.01 goes to the first in that order. The
// parts sum to `amount` exactly.
std::vector<Decimal> split_by_weight(Decimal amount, const std::vector<Decimal>& weights);

}  // namespace plumbline

#endif  // PLUMBLINE_EVALUATOR_SCORING_H_
