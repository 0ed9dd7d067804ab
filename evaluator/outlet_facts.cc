// SPDX-License-Identifier: Apache-2.0
#include "evaluator/outlet_facts.h"

namespace plumbline {

std::vector<FactBook::Version> facts_about_outlets(const FactBook& facts, std::string_view outlet) {
  std::vector<FactBook::Version> out;
  for (std::string_view kind : {"finding", "exemption", "class"}) {
    for (const FactBook::Version* version : facts.known(kind)) {
      bool wanted = outlet.empty() || version->fact.attribute("outlet") == outlet;
      if (wanted) out.push_back(*version);
    }
  }
  for (const std::string& id : facts.ids("norm")) {
    const auto& versions = facts.history("norm", id);
    out.insert(out.end(), versions.begin(), versions.end());
  }
  return out;
}

Date day_looked_at(const Calendar& calendar, const PeriodSpan& span, Instant as_of) {
  return calendar.local_date(span.ended ? span.end - Duration{1} : as_of);
}

OutletFacts::Touched OutletFacts::learn(const Fact& fact, Instant recorded_at) {
  Touched touched = norms_.learn(fact, recorded_at);
  for (const auto& outlets : {findings_.learn(fact), exemptions_.learn(fact)}) {
    touched.outlets.insert(touched.outlets.end(), outlets.begin(), outlets.end());
  }
  return touched;
}

std::vector<std::string> OutletFacts::advance(Date day) {
  std::vector<std::string> all;
  for (const auto& outlets :
       {findings_.advance(day), exemptions_.advance(day), norms_.advance(day)}) {
    all.insert(all.end(), outlets.begin(), outlets.end());
  }
  return all;
}

void OutletFacts::tell(const Calendar& calendar, Instant as_of, BodyInput& input) const {
  const Standard& standard = *input.standard;
  const PeriodSpan& span = input.period;
  const Date first = calendar.local_date(span.start);
  const Date last = calendar.local_date(span.end - Duration{1});
  const Date day = day_looked_at(calendar, span, as_of);
  for (const Veto& veto : standard.vetoes) {
    input.findings.push_back(findings_.acting(input.unit, veto.finding, first, last));
  }
  const bool exempt = exemptions_.any(input.unit);
  for (const Block& block : standard.blocks) {
    if (exempt) input.exemptions.emplace_back();
    if (standard.has_norms) input.norms.emplace_back();
    for (const Criterion& criterion : block.criteria) {
      if (exempt) {
        input.exemptions.back().push_back(
            exemptions_.acting(input.unit, standard.id, criterion.id, day));
      }
      if (!standard.has_norms) continue;
      input.norms.back().emplace_back();
      if (!criterion.norm) continue;
      input.norms.back().back() =
          norms_.norm(standard, criterion, input.unit, day, first, span.start);
    }
  }
}

}  // namespace plumbline
