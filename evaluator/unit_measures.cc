// SPDX-License-Identifier: Apache-2.0
#include "evaluator/unit_measures.h"

#include <algorithm>
#include <optional>

namespace plumbline {
namespace {

// The sample that counts on one of the days; nullptr where none does.
const Sample* counted(const Contribution* gives, const DayRange& days) {
  if (gives == nullptr || gives->state != Contribution::State::kCounted) return nullptr;
  return days.holds(gives->day) ? &gives->sample : nullptr;
}

// The case as it would be if its first final step had happened at `now`; nullopt where it is not
// open or its type has no such step.
std::optional<Case> closed_now(const Case& of, const TypeSpec& type, Instant now) {
  if (!of.open()) return std::nullopt;
  auto last = std::find_if(type.steps.begin(), type.steps.end(),
                           [](const StepSpec& step) { return step.final; });
  if (last == type.steps.end()) return std::nullopt;
  Case made;
  made.outlet = of.outlet;
  made.type = of.type;
  made.subject = of.subject;
  made.facts = of.facts;
  made.facts.steps[static_cast<std::size_t>(last - type.steps.begin())] = now;
  made.facts.overdue = false;
  made.folded = of.folded;
  made.closed = true;
  return made;
}

void compare(const Sample* before, const Sample* after, OpenCases& open) {
  auto side = [&open](const Sample& sample) -> OpenCases::Side& {
    return sample.in_numerator ? open.in : open.out;
  };
  if (before == nullptr && after == nullptr) return;
  if (before == nullptr) {
    ++side(*after).joining;
  } else if (after == nullptr) {
    ++side(*before).leaving;
  } else if (before->in_numerator != after->in_numerator) {
    ++side(*before).turning;
  }
}

}  // namespace

UnitMeasures measures_of(const RuleFold& fold, std::size_t standard, const Period& period) {
  const Pack& pack = *fold.rules().pack;
  const std::vector<Indicator>& indicators = fold.rules().standards[standard].indicators;
  std::vector<IndicatorPlan> plans;
  for (const Indicator& indicator : indicators) plans.emplace_back(indicator, pack);
  UnitMeasures out;
  out.tallies.resize(indicators.size());
  out.open.resize(indicators.size());
  const CaseBook& book = fold.cases();
  std::vector<DayRange> counting;
  for (std::size_t i = 0; i < indicators.size(); ++i) {
    counting.push_back(fold.days_of(standard, i, 0, period));
  }
  for (CaseId id = 0; id < book.size(); ++id) {
    const Case& of = book.at(id);
    std::optional<Case> closed = closed_now(of, pack.events.types[of.type], book.as_of());
    for (std::size_t i = 0; i < indicators.size(); ++i) {
      const bool is_of_type =
          indicators[i].over == IndicatorOver::kCases && indicators[i].type_index == of.type;
      if (!is_of_type) continue;
      const DayRange& days = counting[i];
      const Sample* sample = counted(fold.contribution(id, standard, i), days);
      if (sample != nullptr) out.tallies[i].add(indicators[i].aggregate, *sample);
      // Who would close it decides whether that counts where a kind of source is demanded.
      if (!closed || !indicators[i].sources.empty()) continue;
      Contribution then = plans[i].contribution_of(*closed);
      compare(sample, counted(&then, days), out.open[i]);
    }
  }
  return out;
}

}  // namespace plumbline
