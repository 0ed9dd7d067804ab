// SPDX-License-Identifier: Apache-2.0
#include "evaluator/target_statement.h"

#include <algorithm>

#include "base/check.h"
#include "evaluator/fraction.h"
#include "evaluator/target_facts.h"

namespace plumbline {
namespace {

constexpr std::size_t kStrictLine = static_cast<std::size_t>(Reading::kStrict);

// Whether the candidate counts on the day in each reading, as kReadings.
std::array<bool, kReadings.size()> counts_on(const TargetFacts::Candidate& candidate,
                                             std::int64_t day) {
  const DaySpan& strict = candidate.strict;
  return {strict.holds(day), !strict.empty() && strict.from <= day, candidate.truth.holds(day)};
}

bool reaches(const TargetGoal& goal, const Fraction& value) {
  Result<std::strong_ordering> order = compare(value, goal.value);
  CHECK(order.ok(), "counts of facts and a goal of six decimals fit in 128 bits");
  return goal.test == TargetGoal::Test::kAbove ? *order > 0 : *order >= 0;
}

class StatementMaker {
 public:
  StatementMaker(const Target& target, const TargetFacts& facts, Date date)
      : target_(target), facts_(facts), day_(days_from_date(date)) {
    out_.date = date;
  }

  TargetStatement make() {
    out_.reported = !facts_.candidates().empty();
    for (auto& reading : by_key_) reading.resize(facts_.keys());
    for (const TargetFacts::Candidate& candidate : facts_.candidates()) place(candidate);
    std::int64_t denominator = denominator_on(day_);
    for (std::size_t r = 0; r < kReadings.size(); ++r) make_line(r, denominator);
    if (target_.measure == Target::Measure::kCoverage) make_units();
    make_trajectory();
    return std::move(out_);
  }

 private:
  using Candidates = std::vector<const TargetFacts::Candidate*>;

  void place(const TargetFacts::Candidate& candidate) {
    std::array<bool, kReadings.size()> counts = counts_on(candidate, day_);
    if (std::find(counts.begin(), counts.end(), true) == counts.end()) return;
    TargetFacts::Key key = facts_.key_on(candidate, day_);
    if (key.index == TargetFacts::kNone) {
      out_.excluded.push_back({candidate.fact->id, key.exclusion});
      return;
    }
    for (std::size_t r = 0; r < counts.size(); ++r) {
      if (counts[r]) by_key_[r][key.index].push_back(&candidate);
    }
  }

  void make_line(std::size_t reading, std::int64_t denominator) {
    TargetStatement::Line& line = out_.lines[reading];
    for (std::size_t key = 0; key < facts_.keys(); ++key) {
      const Candidates& found = by_key_[reading][key];
      if (found.empty()) continue;
      line.counted.push_back({facts_.key_name(key), {}});
      for (const auto* candidate : found) line.counted.back().facts.push_back(candidate->fact->id);
    }
    line.value = {static_cast<std::int64_t>(line.counted.size()), denominator};
    line.verdict = verdict_of(line.value);
  }

  Verdict verdict_of(const TargetValue& value) const {
    if (!out_.reported) return Verdict::kNotReported;
    Fraction exact{value.numerator, 1};
    if (target_.measure == Target::Measure::kCoverage) {
      if (value.denominator == 0) return Verdict::kInsufficientData;
      exact.denominator = value.denominator;
    }
    return reaches(target_.goal, exact) ? Verdict::kMet : Verdict::kNotMet;
  }

  std::int64_t denominator_on(std::int64_t day) const {
    if (target_.measure == Target::Measure::kCount) {
      return target_.goal.value.units / Decimal::kOne;
    }
    std::int64_t units = 0;
    for (std::size_t p = 0; p < facts_.places().size(); ++p)
      units += facts_.is_unit_on(p, day) ? 1 : 0;
    return units;
  }

  void make_units() {
    for (std::size_t p = 0; p < facts_.places().size(); ++p) {
      if (!facts_.is_unit_on(p, day_)) continue;
      TargetStatement::Unit unit;
      unit.id = facts_.key_name(p);
      for (std::size_t r = 0; r < kReadings.size(); ++r) {
        unit.covered[r] = !by_key_[r][p].empty();
        for (const auto* candidate : by_key_[r][p]) unit.facts.push_back(candidate->fact->id);
      }
      std::sort(unit.facts.begin(), unit.facts.end());
      unit.facts.erase(std::unique(unit.facts.begin(), unit.facts.end()), unit.facts.end());
      std::int64_t since = DaySpan::kForEver;
      for (const auto* candidate : by_key_[kStrictLine][p]) {
        since = std::min(since, candidate->strict.from);
      }
      if (since != DaySpan::kForEver && since != DaySpan::kBeginning) {
        unit.since = date_from_days(since);
      }
      if (!unit.covered[kStrictLine]) out_.missing.push_back(unit.id);
      out_.units.push_back(std::move(unit));
    }
  }

  void make_trajectory() {
    for (Date first{target_.start.year, target_.start.month, 1};;) {
      first = first.month == 12 ? Date{first.year + 1, 1, 1} : Date{first.year, first.month + 1, 1};
      std::int64_t day = days_from_date(first) - 1;
      if (day > day_) return;
      out_.trajectory.push_back(
          {date_from_days(day), {strict_numerator_on(day), denominator_on(day)}});
    }
  }

  std::int64_t strict_numerator_on(std::int64_t day) const {
    std::vector<bool> counted(facts_.keys());
    for (const TargetFacts::Candidate& candidate : facts_.candidates()) {
      if (!candidate.strict.holds(day)) continue;
      TargetFacts::Key key = facts_.key_on(candidate, day);
      if (key.index != TargetFacts::kNone) counted[key.index] = true;
    }
    return std::count(counted.begin(), counted.end(), true);
  }

  const Target& target_;
  const TargetFacts& facts_;
  const std::int64_t day_;
  std::array<std::vector<Candidates>, kReadings.size()> by_key_;
  TargetStatement out_;
};

}  // namespace

std::string_view reading_name(Reading reading) {
  constexpr std::array<std::string_view, kReadings.size()> kNames = {"strict", "ever", "claimed"};
  return kNames[static_cast<std::size_t>(reading)];
}

std::string_view goal_test_name(TargetGoal::Test test) {
  return test == TargetGoal::Test::kAbove ? "above" : "at_least";
}

std::string_view exclusion_name(Exclusion exclusion) {
  switch (exclusion) {
    case Exclusion::kUnknownPlace:
      return "unknown_place";
    case Exclusion::kPlaceNotValid:
      return "place_not_valid";
    case Exclusion::kOtherLevel:
      return "other_level";
    case Exclusion::kNotAUnit:
      return "not_a_unit";
    case Exclusion::kMissingAttribute:
      return "missing_attribute";
  }
  return "";
}

std::optional<std::string> value_text(const Target& target, const TargetValue& value) {
  if (target.measure == Target::Measure::kCount) return std::to_string(value.numerator);
  if (value.denominator == 0) return std::nullopt;
  Result<std::string> text = fraction_text({value.numerator, value.denominator}, Decimal::kScale);
  CHECK(text.ok(), "a share of counted units is written with six decimals");
  return *text;
}

TargetStatement target_statement(const Target& target, const FactBook& facts, Date day,
                                 Instant known_by) {
  TargetFacts prepared(target, facts, known_by);
  return StatementMaker(target, prepared, day).make();
}

}  // namespace plumbline
