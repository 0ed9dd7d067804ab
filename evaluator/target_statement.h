// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVALUATOR_TARGET_STATEMENT_H_
#define PLUMBLINE_EVALUATOR_TARGET_STATEMENT_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "evaluator/target.h"
#include "model/verdict.h"
#include "registry/fact_book.h"

// What a target says of one day, from the facts that were known by an instant. docs/formats/
// targets.md. Pure.
namespace plumbline {

// Why a fact that is true cannot be counted.
enum class Exclusion {
  kUnknownPlace,      // names no place, or one that no division is
  kPlaceNotValid,     // the division is not valid on the day and has no valid successor
  kOtherLevel,        // the division is of another level than the units
  kNotAUnit,          // the division is none of the units for another reason
  kMissingAttribute,  // lacks the attribute by which facts are told apart
};
std::string_view exclusion_name(Exclusion exclusion);  // "unknown_place", ...

// Of a count, `denominator` is the goal's number, so that both can be written as a fraction.
struct TargetValue {
  std::int64_t numerator = 0;
  std::int64_t denominator = 0;
};
// Shares have six decimals, counts none; nullopt for a share of no units.
std::optional<std::string> value_text(const Target& target, const TargetValue& value);

struct TargetStatement {
  // One thing that is counted: a unit, a version, an attribute's value, a fact.
  struct Counted {
    std::string unit;
    std::vector<std::string> facts;  // ids, sorted; at least one
  };
  struct Line {
    TargetValue value;
    Verdict verdict = Verdict::kNotReported;
    std::vector<Counted> counted;  // sorted by unit
  };
  struct Excluded {
    std::string fact;
    Exclusion reason = Exclusion::kUnknownPlace;
  };
  struct Point {
    Date date;
    TargetValue value;
  };
  struct Unit {
    std::string id;
    std::array<bool, kReadings.size()> covered = {};
    std::optional<Date> since;       // covered strictly: since when; nullopt: not so, or since ever
    std::vector<std::string> facts;  // of any reading, sorted
  };

  Date date;
  bool reported = false;                     // a fact of the kind is known
  std::array<Line, kReadings.size()> lines;  // as kReadings
  std::vector<std::string> missing;          // units that are not strictly covered, sorted
  std::vector<Excluded> excluded;            // sorted by fact
  std::vector<Point> trajectory;             // month ends from the start to `date`, strict
  std::vector<Unit> units;                   // coverage: sorted by id

  const Line& line(Reading reading) const { return lines[static_cast<std::size_t>(reading)]; }
};

// `target` must have been checked by read_target.
TargetStatement target_statement(const Target& target, const FactBook& facts, Date day,
                                 Instant known_by);

}  // namespace plumbline

#endif  // PLUMBLINE_EVALUATOR_TARGET_STATEMENT_H_
