// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVALUATOR_IMPROVEMENT_H_
#define PLUMBLINE_EVALUATOR_IMPROVEMENT_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "evaluator/scoring.h"
#include "evaluator/tally.h"

// What would move a score: the least numbers of cases that lift a criterion or the grade, found by
// scoring the unit again with them. docs/formats/explanation.md. Pure.
namespace plumbline {

// No answer names more cases than this. 100 times the busiest outlet's 1,000 cases a month; 17
// scorings by bisection.
constexpr std::int64_t kMaxMoveCases = 100'000;
// Of a figure that more cases may also worsen each number is tried: 2,000 scorings of about 10 us.
constexpr std::int64_t kMaxScannedCases = 2'000;
// Cases of both criteria of a pair together: about as many scorings for each pair of ways.
constexpr std::int64_t kMaxPairCases = 100;

// Open cases by what an indicator would make of them if each were closed at as-of. Where there is
// no numerator all are on the side `out`.
struct OpenCases {
  struct Side {
    std::int64_t joining = 0;  // not counted; they would come to this side
    std::int64_t leaving = 0;  // counted on this side; they would count no more
    std::int64_t turning = 0;  // counted on this side; they would come to the other
    bool operator==(const Side&) const = default;
  };
  Side in;   // in the numerator of a share
  Side out;  // all others
  bool operator==(const OpenCases&) const = default;
};

// One unit in one period: what its figures are made of.
struct UnitMeasures {
  std::vector<Tally> tallies;       // as Standard::indicators; empty of those over others
  std::vector<OpenCases> open;      // likewise; or empty: no case is open
  bool reported = false;            // had an accepted event in the period
  bool ended = false;               // the period has: no new case is dated in it any more
  std::vector<std::size_t> vetoes;  // acting, into Standard::vetoes
  ByCriterion<bool> exempt = {};    // as score_unit takes it
};

// The score with the grade that is given in the end.
struct Standing {
  ScoreCard card;
  GradeLimits limits;
  std::optional<std::size_t> grade;
};
Result<Standing> standing_of(const Standard& standard, const UnitMeasures& measures);

// How cases move a figure, all else as it is.
enum class Way {
  kAdditional,  // more cases; of a share on its right side, of distinct each with a new value, of a
                // quantile each with the value of the bound
  kTurned,      // open cases of a share on its wrong side come to the right one by being closed
  kGone,        // open cases that stand against the figure count no more by being closed
};

struct Reach {
  enum class Kind {
    kAlready,
    kCases,
    kTooLate,  // so many would have been needed: the period has ended, fewer can still come
    kNotReachable,
  } kind = Kind::kNotReachable;
  std::int64_t cases = 0;  // kCases, kTooLate: the least number, at least 1
  // kCases, kTooLate: what the scoring gives with them.
  std::optional<Decimal> points;  // of the criterion's line; none of a cap
  std::optional<Decimal> score;
  std::optional<std::size_t> grade;
  bool operator==(const Reach&) const = default;
};

struct Move {
  std::size_t indicator = 0;  // over cases; whose cases they are, into Standard::indicators
  Way way = Way::kAdditional;
  // Open cases that would do, if closed now: of kAdditional some of those that are asked for.
  std::int64_t open = 0;
  Reach points;      // more points of the line than now
  Reach met;         // verdict `met`; of a cap: it acts no more
  Reach full;        // all points of the weight used
  Reach next_grade;  // the grade given is next_grade or a better one
};

// Empty where the number of cases alone does not say how the figure moves: a sum or mean hangs on
// each case's value, and no case is taken back.
using Moves = std::vector<Move>;

struct Pair {
  struct Part {
    std::size_t block = 0;
    std::size_t criterion = 0;
    std::size_t indicator = 0;
    Way way = Way::kAdditional;
    std::int64_t cases = 0;
    bool operator==(const Part&) const = default;
  };
  Part first;
  Part second;
  std::optional<Decimal> score = {};
  std::optional<std::size_t> grade = {};
};

struct Improvement {
  Standing now;
  // The grade before the one given; without a grade the last; nullopt at the first.
  std::optional<std::size_t> next_grade;
  // What stands before next_grade besides the score: vetoes, caps, conditions of that grade, by
  // their places; and missing data. A veto no number of cases lifts.
  GradeLimits held;
  std::vector<std::size_t> conditions;
  bool held_by_missing_data = false;
  std::vector<std::vector<Moves>> criteria;  // as Standard::blocks, criteria
  std::vector<Moves> caps;                   // as held.caps
  // The cheapest two criteria over figures without common cases, in file order, which together
  // need fewer cases than any one alone for next_grade; of figures that more cases never worsen.
  std::optional<Pair> pair;
};

// kInvalid when a figure or a score does not fit in 128 bits.
Result<Improvement> improvement_of(const Standard& standard, const UnitMeasures& measures);

}  // namespace plumbline

#endif  // PLUMBLINE_EVALUATOR_IMPROVEMENT_H_
