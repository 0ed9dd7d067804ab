// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVALUATOR_STANDARD_H_
#define PLUMBLINE_EVALUATOR_STANDARD_H_

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/decimal.h"
#include "evaluator/expression.h"
#include "evaluator/target.h"
#include "model/ids.h"
#include "packs/calendar.h"
#include "packs/pack.h"
#include "packs/problem.h"

// A standard (standards/*.yaml) as checked values: figures, points, grades. docs/formats/rules.md.
namespace plumbline {

enum class Aggregate { kCount, kSum, kShare, kMean, kQuantile, kDistinct };
// How a figure is written: what one unit of the exact value is, and its decimals.
struct Unit {
  enum class Id { kNone, kMinute, kHour, kDay } id = Id::kNone;   // durations: ms / this
  int decimals = 6;
};

// Which end of the Wilson interval is the figure of a share (wilson.h).
enum class Bound { kNone, kLower, kUpper };

// What a figure is, as far as bounds, units and words must know.
enum class FigureKind { kUnknown, kShare, kCount, kNumber, kDuration, kRatioOfCounts };

// Of what an indicator is a figure: of cases, or of other indicators of its standard.
enum class IndicatorOver { kCases, kSum, kRatio };

// A figure over cases of one type, for each unit of each declared level and each period; or one
// over the figures of other indicators for the same unit and period.
struct Indicator {
  std::string id;
  Title title;
  std::size_t type_index = 0;              // into EventCatalog::types
  std::vector<std::string> levels;         // subset of the pack's levels
  std::vector<std::string> by;             // enum fields; a group each value, one for missing
  Aggregate aggregate = Aggregate::kCount;
  std::optional<Expression> where;         // bool; a case counts when true (missing = false)
  std::optional<Expression> numerator;     // kShare: bool
  std::optional<Expression> value;         // kSum, kMean, kQuantile: number or duration;
                                           // kDistinct: text
  std::optional<Expression> dated_by;      // instant; decides the period
  std::vector<SourceKind> sources;         // that its events must come from; empty: any
  Decimal quantile;                        // kQuantile: in (0, 1]
  Bound bound = Bound::kNone;              // kShare: the figure, in place of the share itself
  // Over the last days up to the one that is looked at: always, or where there are too few cases in
  // the period or the window. 0: none. Count, sum, share and mean only.
  int window_days = 0;
  int fallback_days = 0;
  Unit unit;
  std::int64_t min_sample = 1;             // below: insufficient_data; 0: count, sum, distinct
  // kSum and kRatio: of what is above, only id, title, levels, unit and min_sample are used.
  IndicatorOver over = IndicatorOver::kCases;
  std::vector<std::size_t> parts;          // into Standard::indicators; a ratio: of, over
  FigureKind kind_over_parts = FigureKind::kUnknown;
};

// One band: applies when the figure is <= `up_to` (bands ascend; the last has no bound).
struct Band {
  std::optional<Decimal> up_to;            // in the indicator's unit
  Decimal share;                           // 0..1 of the weight
};

// The figure for all points by the class of the outlet, in place of one number.
struct Norm {
  std::vector<std::pair<std::string, Decimal>> classes;  // in file order
  Decimal otherwise;                                     // of an outlet of no class named here
  Basis basis;
};

struct Criterion {
  std::string id;
  Title title;
  std::size_t indicator_index = 0;
  Decimal weight;                          // points
  Basis basis;
  // Exactly one of the two. Linear: `zero` gives no points, `full` all; either may be larger.
  struct Linear {
    Decimal zero;
    Decimal full;
  };
  std::optional<Linear> linear;
  std::vector<Band> bands;
  // The figure at which the verdict is `met`: not below it where higher is better, else not above
  // it. Default: `full`; of falling bands the highest bound that still gives the whole weight.
  Decimal met_at;
  bool higher_is_better = true;
  // Takes the place of Linear::full and of met_at, which are `otherwise` then.
  std::optional<Norm> norm = {};
};

// True where the number can be the norm of the criterion: on the same side of `zero` as the others.
bool fits_norm(const Criterion& criterion, Decimal value);

struct Block {
  std::string id;
  Title title;
  std::vector<Criterion> criteria;
};

// Points of a block that a grade asks for besides its least score.
struct GradeCondition {
  std::size_t block_index = 0;             // into Standard::blocks
  Decimal at_least;                        // above 0, at most the block's weight
  Basis basis = {};
};

struct Grade {
  std::string id;
  Title title;
  Decimal min_score;                       // descending; the last is 0
  Basis basis = {};
  std::vector<GradeCondition> conditions = {};  // in file order; none of the last grade
};

// While a finding of this code stands against the outlet, its grade is the last one; the score
// stays.
struct Veto {
  std::string id;
  Title title;
  std::string finding;                     // Fact "finding": its code
  Basis basis = {};
};

// While the figure is sufficient and beyond the bound, the grade is at best this one.
struct Cap {
  std::string id;
  Title title;
  std::size_t grade_index = 0;             // into Standard::grades
  std::size_t indicator_index = 0;
  std::optional<Decimal> below;            // exactly one of the two; in the indicator's unit
  std::optional<Decimal> above;
  Basis basis = {};
};

struct Standard {
  std::string id;
  Title title;
  std::string level;                       // the level that is scored: "outlet"
  std::vector<Period::Unit> periods;
  Date from;                               // first day of the first period
  std::optional<Date> until;               // last day of the last period
  std::vector<Indicator> indicators;       // in file order
  std::vector<Block> blocks;               // weights sum to 100
  std::vector<Grade> grades;
  std::vector<Veto> vetoes;                // in file order, as caps
  std::vector<Cap> caps;
  Decimal max_weight_without_data;         // over it: no grade
  bool has_norms = false;                  // any criterion
};

// A pack with its standards and targets, ready to evaluate. Expressions point into `pack`.
struct RuleSet {
  std::shared_ptr<const Pack> pack;
  std::vector<Standard> standards;         // sorted by id
  std::vector<Target> targets;             // sorted by id
};

// Checks pack, standards and targets; all problems of all files at once. nullptr when there are
// any. A file outside of pack.yaml, events.yaml, calendar.yaml, standards/*.yaml and targets/*.yaml
// is a problem: nothing that a reader could take for a rule is passed over.
std::shared_ptr<const RuleSet> compile_rules(const PackFiles& files, Problems& problems);

}  // namespace plumbline

#endif  // PLUMBLINE_EVALUATOR_STANDARD_H_
