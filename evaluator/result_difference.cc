// SPDX-License-Identifier: Apache-2.0
#include "evaluator/result_difference.h"

#include <algorithm>
#include <map>
#include <set>

namespace plumbline {
namespace {

constexpr std::size_t kMostCases = 100;

// What a case gives in the period; nullptr where it gives nothing there.
const Contribution* given(const RuleFold& fold, CaseId id, std::size_t standard,
                          std::size_t indicator, const Period& period) {
  const Contribution* gives = fold.contribution(id, standard, indicator);
  if (gives == nullptr || gives->state == Contribution::State::kNone) return nullptr;
  if (gives->state == Contribution::State::kFailed) return gives;
  DayRange days = fold.days_of(standard, indicator, fold.cases().at(id).outlet, period);
  return days.holds(gives->day) ? gives : nullptr;
}

bool same(const Contribution* a, const Contribution* b) {
  if (a == nullptr || b == nullptr) return a == b;
  return *a == *b;
}

Json entries_json(const Case& of, LedgerSize since) {
  std::set<std::uint64_t> entries;
  for (const Case::Act& act : of.events) {
    if (act.reached()) entries.insert(act.position.entry.value);
  }
  for (const Case::Amended& amended : of.amendments) {
    if (amended.reached) entries.insert(amended.position.entry.value);
  }
  Json json = Json::array();
  for (std::uint64_t entry : entries) {
    if (entry >= since.value) json.push(entry);
  }
  return json;
}

// The standard's place in a rule set; its size where it has none of that id.
std::size_t standard_index(const RuleSet& rules, const std::string& id) {
  auto found = std::find_if(rules.standards.begin(), rules.standards.end(),
                            [&](const Standard& one) { return one.id == id; });
  return static_cast<std::size_t>(found - rules.standards.begin());
}

class Comparison {
 public:
  Comparison(const RuleFold& before, const RuleFold& after, std::size_t standard, Period period)
      : before_(before), after_(after), standard_(standard), period_(period) {
    for (CaseId id = 0; id < before.cases().size(); ++id) {
      const Case& of = before.cases().at(id);
      known_.emplace(std::pair(of.type, of.subject), id);
    }
  }

  bool differs(CaseId id) const {
    const Case& of = after_.cases().at(id);
    auto was = known_.find({of.type, of.subject});
    const std::vector<Indicator>& indicators = after_.rules().standards[standard_].indicators;
    for (std::size_t i = 0; i < indicators.size(); ++i) {
      const Contribution* now = given(after_, id, standard_, i, period_);
      const Contribution* then =
          was == known_.end() ? nullptr : given(before_, was->second, standard_, i, period_);
      if (!same(then, now)) return true;
    }
    return false;
  }

 private:
  const RuleFold& before_;
  const RuleFold& after_;
  const std::size_t standard_;
  const Period period_;
  std::map<std::pair<std::uint16_t, std::string>, CaseId> known_;
};

}  // namespace

Json result_difference(const OutletFold& before, const OutletFold& after,
                       const std::string& standard, const Period& period, LedgerSize since) {
  Json json = Json::object();
  Json cases = Json::array();
  const RuleFold* then = before.of_period(period);
  const RuleFold* now = after.of_period(period);
  bool rules_changed =
      then == nullptr || now == nullptr || then->rules().pack->rules != now->rules().pack->rules;
  std::uint64_t total = 0;
  std::size_t index = rules_changed ? 0 : standard_index(now->rules(), standard);
  if (!rules_changed && index < now->rules().standards.size()) {
    Comparison comparison(*then, *now, index, period);
    for (CaseId id = 0; id < now->cases().size(); ++id) {
      if (!comparison.differs(id) || ++total > kMostCases) continue;
      const Case& of = now->cases().at(id);
      cases.push(Json::object()
                     .set("type", now->rules().pack->events.types[of.type].id)
                     .set("subject", of.subject)
                     .set("entries", entries_json(of, since)));
    }
  }
  json.set("cases", std::move(cases)).set("total", total);
  return json.set("rules_changed", rules_changed);
}

}  // namespace plumbline
