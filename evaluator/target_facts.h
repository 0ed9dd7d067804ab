// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVALUATOR_TARGET_FACTS_H_
#define PLUMBLINE_EVALUATOR_TARGET_FACTS_H_

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "evaluator/target.h"
#include "evaluator/target_statement.h"
#include "registry/fact_book.h"

namespace plumbline {

// Days since 1970-01-01 from `from` to `until`, both inclusive.
struct DaySpan {
  static constexpr std::int64_t kBeginning = std::numeric_limits<std::int64_t>::min();
  static constexpr std::int64_t kForEver = std::numeric_limits<std::int64_t>::max();
  std::int64_t from = kBeginning;
  std::int64_t until = kForEver;
  bool holds(std::int64_t day) const { return from <= day && day <= until; }
  bool empty() const { return until < from; }
};

// The facts that a target looks at, as known by an instant, prepared so that a question about one
// day costs a step for each fact: a trajectory asks about many days. Pointers go into the book.
class TargetFacts {
 public:
  static constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();

  struct Candidate {
    const Fact* fact = nullptr;
    DaySpan truth;            // when it is true
    DaySpan strict;           // when it is true with everything that is required; may be empty
    std::size_t key = kNone;  // what it is counted as; kPlace: the division that it names
  };
  struct Place {
    const Fact* fact = nullptr;
    DaySpan valid;
    std::optional<Exclusion> misfit;  // why it is none of the units
    std::size_t successor = kNone;
  };
  // What a candidate is counted as on a day, or why it is not.
  struct Key {
    std::size_t index = kNone;
    Exclusion exclusion = Exclusion::kUnknownPlace;  // when there is no index
  };

  // `target` and `facts` must outlive the object.
  TargetFacts(const Target& target, const FactBook& facts, Instant known_by);

  const std::vector<Candidate>& candidates() const { return candidates_; }  // sorted by fact id
  const std::vector<Place>& places() const { return places_; }              // kPlace: sorted by id
  std::size_t keys() const { return names_.size(); }
  const std::string& key_name(std::size_t key) const { return names_[key]; }  // ascending
  Key key_on(const Candidate& candidate, std::int64_t day) const;
  bool is_unit_on(std::size_t place, std::int64_t day) const {
    return places_[place].valid.holds(day) && !places_[place].misfit;
  }

 private:
  void read_places(const FactBook& facts, Instant known_by);
  void read_candidates(const FactBook& facts, Instant known_by);
  std::optional<std::string> key_text(const Fact& fact, const FactBook& facts,
                                      Instant known_by) const;

  const Target& target_;
  std::vector<Candidate> candidates_;
  std::vector<Place> places_;
  std::vector<std::string> names_;
};

}  // namespace plumbline

#endif  // PLUMBLINE_EVALUATOR_TARGET_FACTS_H_
