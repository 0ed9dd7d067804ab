// SPDX-License-Identifier: Apache-2.0
#include "evaluator/line_cases.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "evaluator/case_words.h"
#include "evaluator/rules_json.h"

namespace plumbline {
namespace {

struct Found {
  CaseId id = 0;
  CaseView view;
  Instant opened;
};

// The indicators over cases that an indicator is made of.
void add_parts(const Standard& standard, std::size_t index, std::vector<std::size_t>& out) {
  const Indicator& indicator = standard.indicators[index];
  if (indicator.over == IndicatorOver::kCases) out.push_back(index);
  for (std::size_t part : indicator.parts) add_parts(standard, part, out);
}

Json positions_json(const Case& of) {
  std::set<Position> positions;
  for (const Case::Act& act : of.events) {
    if (act.reached()) positions.insert(act.position);
  }
  for (const Case::Amended& amended : of.amendments) {
    if (amended.reached) positions.insert(amended.position);
  }
  Json list = Json::array();
  for (const Position& position : positions) {
    list.push(
        Json::object().set("entry", position.entry.value).set("sequence", position.sequence.value));
  }
  return list;
}

// Of a share that should fall it is the numerator that stands against the outlet.
Title why(const Case& of, const TypeSpec& type, const CaseView& view, bool rising) {
  if (view.indicator->aggregate != Aggregate::kShare || rising) return why_text(of, type, view);
  if (view.contribution->sample.in_numerator)
    return {"已计入，有此情形", "Counted; it is of this kind."};
  return {"已计入，没有此情形", "Counted; it is not of this kind."};
}

const char* state_of(const Case& of) {
  if (!of.exists()) return "void";
  return of.closed ? "closed" : "open";
}

}  // namespace

Json line_cases(const RuleFold& fold, std::size_t standard, const Criterion& criterion,
                const Period& period, std::size_t most) {
  const Standard& by = fold.rules().standards[standard];
  const std::vector<TypeSpec>& types = fold.rules().pack->events.types;
  std::vector<std::size_t> parts;
  add_parts(by, criterion.indicator_index, parts);
  const bool rising = criterion.higher_is_better;
  std::map<std::size_t, DayRange> days;
  for (std::size_t part : parts) days[part] = fold.days_of(standard, part, 0, period);
  std::vector<Found> counted;
  std::vector<Found> against;
  for (CaseId id = 0; id < fold.cases().size(); ++id) {
    const Case& of = fold.cases().at(id);
    for (std::size_t part : parts) {
      CaseView view{&by.indicators[part], fold.contribution(id, standard, part), days[part]};
      if (!view.counts()) continue;
      Found found{id, view, opened_at(of)};
      counted.push_back(found);
      const bool share = view.indicator->aggregate == Aggregate::kShare;
      if (share && view.contribution->sample.in_numerator != rising) against.push_back(found);
      break;
    }
  }
  std::vector<Found>& shown = against.empty() ? counted : against;
  std::sort(shown.begin(), shown.end(), [&](const Found& a, const Found& b) {
    if (a.opened != b.opened) return a.opened > b.opened;
    const Case& left = fold.cases().at(a.id);
    const Case& right = fold.cases().at(b.id);
    return std::tie(left.subject, left.type) < std::tie(right.subject, right.type);
  });
  Json cases = Json::array();
  for (std::size_t i = 0; i < shown.size() && i < most; ++i) {
    const Case& of = fold.cases().at(shown[i].id);
    const TypeSpec& type = types[of.type];
    Json json = Json::object();
    json.set("type", type.id).set("title", title_json(type.title)).set("subject", of.subject);
    json.set("state", state_of(of));
    json.set("why", title_json(why(of, type, shown[i].view, rising)));
    cases.push(json.set("positions", positions_json(of)));
  }
  Json json = Json::object().set("kind", against.empty() ? "counted" : "against");
  return json.set("total", std::uint64_t{shown.size()}).set("cases", std::move(cases));
}

}  // namespace plumbline
