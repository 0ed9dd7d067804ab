// SPDX-License-Identifier: Apache-2.0
#include "evaluator/target_facts.h"

#include <algorithm>
#include <set>

namespace plumbline {
namespace {

const std::string kDivision = "division";

bool matches(const Fact& fact, const Target::Attributes& where) {
  return std::all_of(where.begin(), where.end(), [&](const auto& demanded) {
    return fact.attribute(demanded.first) == demanded.second;
  });
}

DaySpan truth_of(const Fact& fact) {
  DaySpan span;
  if (fact.from) span.from = days_from_date(*fact.from);
  if (fact.until) span.until = days_from_date(*fact.until);
  return span;
}

// The part of `truth` on which everything that the target requires is there. What is dated begins
// to count on its date; without a date that can be read it never does.
DaySpan strict_part(const Fact& fact, const Target& target, DaySpan truth) {
  constexpr DaySpan kNever{0, -1};
  for (const std::string& name : target.requirements) {
    if (fact.attribute(name).empty()) return kNever;
  }
  for (const std::string& name : target.dated) {
    Result<Date> date = parse_date(fact.attribute(name));
    if (!date.ok()) return kNever;
    truth.from = std::max(truth.from, days_from_date(*date));
  }
  return truth;
}

// Where the steps of `attribute` lead from a fact. Steps that go round in a circle lead to the
// smallest id in it, so that every fact of the circle leads to the same.
std::string root_of(const Fact& fact, const std::string& attribute, const FactBook& facts,
                    Instant known_by) {
  std::vector<std::string> way = {fact.id};
  for (const Fact* at = &fact;;) {
    const std::string& next = at->attribute(attribute);
    if (next.empty()) return way.back();
    auto met = std::find(way.begin(), way.end(), next);
    if (met != way.end()) return *std::min_element(met, way.end());
    way.push_back(next);
    const FactBook::Version* version = facts.find(fact.kind, next, known_by);
    if (version == nullptr) return next;
    at = &version->fact;
  }
}

}  // namespace

TargetFacts::TargetFacts(const Target& target, const FactBook& facts, Instant known_by)
    : target_(target) {
  if (target_.distinct == Target::Distinct::kPlace) read_places(facts, known_by);
  read_candidates(facts, known_by);
}

void TargetFacts::read_places(const FactBook& facts, Instant known_by) {
  for (const FactBook::Version* version : facts.known(kDivision, known_by)) {
    Place place{&version->fact, truth_of(version->fact), std::nullopt, kNone};
    if (!matches(version->fact, target_.units)) {
      bool level_fits =
          target_.unit_level.empty() || version->fact.attribute("level") == target_.unit_level;
      place.misfit = level_fits ? Exclusion::kNotAUnit : Exclusion::kOtherLevel;
    }
    places_.push_back(place);
    names_.push_back(version->fact.id);
  }
  for (Place& place : places_) {
    const std::string& into = place.fact->attribute("merged_into");
    auto found = std::lower_bound(names_.begin(), names_.end(), into);
    if (found == names_.end() || *found != into) continue;
    place.successor = static_cast<std::size_t>(found - names_.begin());
  }
}

std::optional<std::string> TargetFacts::key_text(const Fact& fact, const FactBook& facts,
                                                 Instant known_by) const {
  if (target_.distinct == Target::Distinct::kFact) return fact.id;
  if (target_.distinct == Target::Distinct::kVersion) {
    return root_of(fact, target_.distinct_by, facts, known_by);
  }
  const std::string& value = fact.attribute(target_.distinct_by);
  return value.empty() ? std::nullopt : std::optional<std::string>(value);
}

void TargetFacts::read_candidates(const FactBook& facts, Instant known_by) {
  std::vector<std::optional<std::string>> keys;
  for (const FactBook::Version* version : facts.known(target_.counts, known_by)) {
    const Fact& fact = version->fact;
    if (!matches(fact, target_.where)) continue;
    DaySpan truth = truth_of(fact);
    candidates_.push_back({&fact, truth, strict_part(fact, target_, truth), kNone});
    keys.push_back(key_text(fact, facts, known_by));
  }
  if (target_.distinct != Target::Distinct::kPlace) {
    std::set<std::string> sorted;
    for (const auto& key : keys) {
      if (key) sorted.insert(*key);
    }
    names_.assign(sorted.begin(), sorted.end());
  }
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (!keys[i]) continue;
    auto found = std::lower_bound(names_.begin(), names_.end(), *keys[i]);
    if (found == names_.end() || *found != *keys[i]) continue;
    candidates_[i].key = static_cast<std::size_t>(found - names_.begin());
  }
}

TargetFacts::Key TargetFacts::key_on(const Candidate& candidate, std::int64_t day) const {
  if (target_.distinct != Target::Distinct::kPlace) {
    return {candidate.key, Exclusion::kMissingAttribute};
  }
  if (candidate.key == kNone) return {kNone, Exclusion::kUnknownPlace};
  std::size_t at = candidate.key;
  // As many steps as there are places lead out of every chain that does not go round in a circle.
  for (std::size_t steps = 0; steps <= places_.size(); ++steps) {
    const Place& place = places_[at];
    if (place.valid.holds(day)) {
      if (place.misfit) return {kNone, *place.misfit};
      return {at, {}};
    }
    bool ended = place.valid.until < day;
    if (!ended || place.successor == kNone) break;
    at = place.successor;
  }
  return {kNone, Exclusion::kPlaceNotValid};
}

}  // namespace plumbline
