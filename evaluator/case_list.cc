// SPDX-License-Identifier: Apache-2.0
#include "evaluator/case_list.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <tuple>
#include <vector>

#include "evaluator/case_json.h"
#include "evaluator/rules_json.h"

namespace plumbline {
namespace {

constexpr std::uint64_t kMaxCasesListed = 200;
constexpr std::uint32_t kOnlyOutlet = 0;  // in a fold of one
constexpr std::array<std::string_view, 7> kStates = {"",        "open",    "closed", "overdue",
                                                     "against", "flagged", "amended"};

// What a query means in the rule set that answers for it.
struct Wanted {
  const CaseQuery* query = nullptr;
  std::optional<Period> period;
  const Indicator* indicator = nullptr;  // nullptr: cases without regard to one
  std::size_t standard = 0;
  std::size_t indicator_index = 0;
  std::vector<std::optional<DayRange>> days;  // of each indicator: whose cases count
};

struct Listed {
  CaseId id = 0;
  Instant opened;
};

// The indicator of a criterion; an indicator's own id serves as well.
Status find_indicator(const RuleSet& rules, Wanted& wanted) {
  const CaseQuery& query = *wanted.query;
  auto standard = std::find_if(rules.standards.begin(), rules.standards.end(),
                               [&](const Standard& one) { return one.id == query.standard; });
  if (standard == rules.standards.end()) {
    return Error(Code::kNotFound, fmt::format("there is no standard \"{}\"", query.standard));
  }
  wanted.standard = static_cast<std::size_t>(standard - rules.standards.begin());
  const std::vector<Indicator>& indicators = standard->indicators;
  for (std::size_t i = 0; i < indicators.size(); ++i) {
    if (indicators[i].id == query.criterion) wanted.indicator = &indicators[i];
  }
  for (const Block& block : standard->blocks) {
    for (const Criterion& criterion : block.criteria) {
      if (criterion.id == query.criterion) {
        wanted.indicator = &indicators[criterion.indicator_index];
      }
    }
  }
  if (wanted.indicator == nullptr) {
    return Error(Code::kNotFound, fmt::format("the standard \"{}\" has no criterion \"{}\"",
                                              query.standard, query.criterion));
  }
  wanted.indicator_index = static_cast<std::size_t>(wanted.indicator - indicators.data());
  return {};
}

// What an indicator makes of a case. One over others: what the first makes of it for which it
// counts, or else the last.
CaseView view_by(const RuleFold& fold, const Wanted& wanted, std::size_t index, CaseId id) {
  const Indicator& indicator = fold.rules().standards[wanted.standard].indicators[index];
  CaseView view;
  for (std::size_t part : indicator.parts) {
    view = view_by(fold, wanted, part, id);
    if (view.counts()) return view;
  }
  if (!indicator.parts.empty()) return view;
  view.indicator = &indicator;
  view.contribution = fold.contribution(id, wanted.standard, index);
  view.days = wanted.days[index];
  return view;
}

CaseView view_of(const RuleFold& fold, const Wanted& wanted, CaseId id) {
  return wanted.indicator == nullptr ? CaseView()
                                     : view_by(fold, wanted, wanted.indicator_index, id);
}

bool has_event_in(const Case& of, const Period& period, const Calendar& calendar, Instant as_of) {
  Instant start = period_start(calendar, period);
  Instant end = period_end(calendar, period);
  return std::any_of(of.events.begin(), of.events.end(), [&](const Case::Act& act) {
    return start <= act.time && act.time < end && act.time <= as_of;
  });
}

bool is_flagged(const Case& of, Instant as_of) {
  return std::any_of(of.events.begin(), of.events.end(), [&](const Case::Act& act) {
    return act.flags != TimeFlags() && act.time <= as_of;
  });
}

bool is_amended(const Case& of) {
  return std::any_of(of.amendments.begin(), of.amendments.end(),
                     [](const Case::Amended& amended) { return amended.reached; });
}

bool has_state(const Case& of, const std::string& state, const CaseView& view, Instant as_of) {
  if (state == "open") return of.open();
  if (state == "closed") return of.closed;
  if (state == "overdue") return of.facts.overdue;
  if (state == "flagged") return is_flagged(of, as_of);
  if (state == "amended") return is_amended(of);
  if (state != "against") return true;
  return view.against();
}

// All that the query says, save for type and state.
bool is_meant(const RuleFold& fold, const Wanted& wanted, const Case& of, const CaseView& view) {
  const CaseQuery& query = *wanted.query;
  if (!query.subject.empty()) return of.subject == query.subject;
  if (wanted.indicator != nullptr) return view.counts();
  return !wanted.period ||
         has_event_in(of, *wanted.period, fold.rules().pack->calendar, fold.cases().as_of());
}

Json types_json(const EventCatalog& catalog, const std::vector<std::uint64_t>& totals) {
  Json types = Json::array();
  for (std::size_t t = 0; t < totals.size(); ++t) {
    if (totals[t] == 0) continue;
    types.push(Json::object()
                   .set("id", catalog.types[t].id)
                   .set("title", title_json(catalog.types[t].title))
                   .set("total", totals[t]));
  }
  return types;
}

// Newest first; the subject decides between cases of one instant.
void sort_newest_first(const CaseBook& book, std::vector<Listed>& listed) {
  std::sort(listed.begin(), listed.end(), [&](const Listed& a, const Listed& b) {
    if (a.opened != b.opened) return a.opened > b.opened;
    const Case& left = book.at(a.id);
    const Case& right = book.at(b.id);
    return std::tie(left.subject, left.type) < std::tie(right.subject, right.type);
  });
}

}  // namespace

Status check_case_query(const CaseQuery& query) {
  auto invalid = [](std::string sentence) { return Error(Code::kInvalid, std::move(sentence)); };
  if (query.criterion.empty() != query.standard.empty()) {
    return invalid("a criterion is asked for with its standard");
  }
  if (!query.subject.empty() && query.type.empty()) {
    return invalid("a case is asked for by its type and subject");
  }
  if (std::find(kStates.begin(), kStates.end(), query.state) == kStates.end()) {
    return invalid("a state is open, closed, overdue, flagged, amended or against, not \"" +
                   query.state + "\"");
  }
  if (query.state == "against" && query.criterion.empty()) {
    return invalid("what stands against a criterion is asked for with the criterion");
  }
  if (query.limit == 0 || query.limit > kMaxCasesListed) {
    return invalid(fmt::format("a list has 1 to {} cases, not {}", kMaxCasesListed, query.limit));
  }
  if (query.period.empty()) return {};
  Result<Period> period = parse_period(query.period);
  if (!period.ok()) return period.error();
  return {};
}

Result<Json> case_list(const OutletFold& outlet, const CaseQuery& query) {
  Wanted wanted;
  wanted.query = &query;
  if (!query.period.empty()) {
    ASSIGN_OR_RETURN(wanted.period, parse_period(query.period));
  }
  // Where no rule set answers for the period, the cases are still there to be seen.
  const RuleFold* of_period = wanted.period ? outlet.of_period(*wanted.period) : nullptr;
  const RuleFold& fold = of_period == nullptr ? outlet.newest() : *of_period;
  const EventCatalog& catalog = fold.rules().pack->events;
  if (!query.criterion.empty()) {
    RETURN_IF_ERROR(find_indicator(fold.rules(), wanted));
    wanted.days.resize(fold.rules().standards[wanted.standard].indicators.size());
    for (std::size_t i = 0; wanted.period && i < wanted.days.size(); ++i) {
      wanted.days[i] = fold.days_of(wanted.standard, i, kOnlyOutlet, *wanted.period);
    }
  }
  const TypeSpec* type = query.type.empty() ? nullptr : catalog.type(query.type);
  if (type == nullptr && !query.type.empty()) {
    return Error(Code::kNotFound, fmt::format("there is no case type \"{}\"", query.type));
  }
  std::vector<std::uint64_t> totals(catalog.types.size());
  std::vector<Listed> listed;
  const CaseBook& book = fold.cases();
  std::uint64_t flagged = 0;
  for (CaseId id = 0; id < book.size(); ++id) {
    const Case& of = book.at(id);
    if (!of.listed()) continue;
    const CaseView view = view_of(fold, wanted, id);
    if (!is_meant(fold, wanted, of, view)) continue;
    const bool of_type = type == nullptr || &catalog.types[of.type] == type;
    if (of_type && is_flagged(of, book.as_of())) ++flagged;
    if (query.subject.empty() && !has_state(of, query.state, view, book.as_of())) continue;
    ++totals[of.type];
    if (of_type) listed.push_back({id, opened_at(of)});
  }
  if (!query.subject.empty() && listed.empty()) {
    return Error(Code::kNotFound, fmt::format("outlet {} has no case \"{}\" of type \"{}\"",
                                              outlet.outlet().text(), query.subject, query.type));
  }
  sort_newest_first(book, listed);
  Json cases = Json::array();
  std::size_t begin = std::min<std::uint64_t>(query.offset, listed.size());
  std::size_t end = begin + std::min<std::uint64_t>(query.limit, listed.size() - begin);
  for (std::size_t i = begin; i < end; ++i) {
    cases.push(case_json(outlet, *fold.rules().pack, book.at(listed[i].id),
                         view_of(fold, wanted, listed[i].id)));
  }
  Json json = Json::object();
  json.set("total", std::uint64_t{listed.size()}).set("offset", query.offset);
  json.set("flagged", flagged);
  json.set("types", types_json(catalog, totals)).set("cases", std::move(cases));
  return json;
}

}  // namespace plumbline
