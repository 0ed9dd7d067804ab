// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVALUATOR_TARGET_H_
#define PLUMBLINE_EVALUATOR_TARGET_H_

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/decimal.h"
#include "packs/pack.h"

// A target (targets/*.yaml) as checked values: what of the registry is counted, and what is to be
// reached by when. docs/formats/targets.md.
namespace plumbline {

// The ways to read the same facts. Each is always computed; the office names one the headline.
enum class Reading {
  kStrict,   // true on the day, with everything that the target requires
  kEver,     // was strictly true on some day not later than the day
  kClaimed,  // true on the day, whatever is required
};
inline constexpr std::array kReadings = {Reading::kStrict, Reading::kEver, Reading::kClaimed};
std::string_view reading_name(Reading reading);  // "strict", "ever", "claimed"

struct TargetGoal {
  enum class Test { kAbove, kAtLeast };
  Test test = Test::kAtLeast;
  Decimal value;  // coverage: a share, 0 to 1; count: a whole number
};
std::string_view goal_test_name(TargetGoal::Test test);  // "above", "at_least"

struct Target {
  enum class Measure { kCoverage, kCount };
  // What two facts must have in common to be counted once.
  enum class Distinct {
    kFact,       // nothing: each fact counts
    kAttribute,  // the attribute's value
    kPlace,      // the division that the attribute names, or its successor on the day
    kVersion,    // the fact that the attribute leads to, over any number of steps
  };
  using Attributes = std::map<std::string, std::string>;

  std::string id;
  Title title;
  Measure measure = Measure::kCount;
  std::string counts;  // kind of fact
  Attributes where;    // attributes that must equal
  Distinct distinct = Distinct::kFact;
  std::string distinct_by;                // the attribute; "" for kFact
  std::vector<std::string> requirements;  // attributes that must be there
  std::vector<std::string> dated;         // dates that must be there and not later than the day

  // kCoverage: the divisions that are counted against, and the level of their rows.
  Attributes units;
  std::string unit_level;

  TargetGoal goal;
  Date start;
  Date deadline;
  std::optional<Date> known_by;  // the last day whose records enter the final statement
  Reading headline = Reading::kStrict;
  std::string headline_document;  // may be empty
  Title owner;
  Basis basis;
};

}  // namespace plumbline

#endif  // PLUMBLINE_EVALUATOR_TARGET_H_
