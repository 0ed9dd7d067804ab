// SPDX-License-Identifier: Apache-2.0
#include "evaluator/unit_figures.h"

#include <deque>
#include <utility>

#include "evaluator/local_months.h"

namespace plumbline {
namespace {

// The months of a period, first and last.
std::pair<std::int32_t, std::int32_t> months_of(const Period& period) {
  if (period.unit == Period::Unit::kMonth) {
    std::int32_t month = month_number(period.year, period.month);
    return {month, month};
  }
  if (period.unit == Period::Unit::kQuarter) {
    std::int32_t first = month_number(period.year, period.month);
    return {first, first + 2};
  }
  return {month_number(period.year, 1), month_number(period.year, 12)};
}

// What the months of `by_month` within a period come to; nullptr where there is nothing. A sum of
// several is made in `made`.
template <typename Part>
const Part* within(const std::map<std::int32_t, Part>& by_month, const Period& period,
                   std::deque<Part>& made) {
  auto [first, last] = months_of(period);
  auto at = by_month.lower_bound(first);
  auto end = by_month.upper_bound(last);
  if (at == end) return nullptr;
  if (std::next(at) == end) return &at->second;
  made.emplace_back();
  for (; at != end; ++at) add_to(made.back(), at->second);
  return &made.back();
}

}  // namespace

void add_to(EventCounts& sum, const EventCounts& part) {
  sum.events += part.events;
  sum.late += part.late;
  sum.back_dated += part.back_dated;
}

void add_to(TallyBook::Cell& sum, const TallyBook::Cell& part) {
  sum.total.append_all(part.total);
  sum.by.resize(part.by.size());
  for (std::size_t b = 0; b < part.by.size(); ++b) {
    for (const auto& [group, tally] : part.by[b]) sum.by[b][group].append_all(tally);
  }
}

void UnitFigures::add(const RulePlans& plans, LevelIndex level, const UnitFigures& part) {
  for (const auto& [rule, count] : part.counts.set_aside) counts.set_aside[rule] += count;
  counts.duplicates += part.counts.duplicates;
  counts.amended.corrected += part.counts.amended.corrected;
  counts.amended.voided += part.counts.amended.voided;
  counts.failed += part.counts.failed;
  for (const auto& [month, of] : part.events) add_to(events[month], of);
  for (std::size_t p = 0; p < cells.size(); ++p) {
    if (!plans.plans[p].levels[level]) continue;
    for (const auto& [month, cell] : part.cells[p]) add_to(cells[p][month], cell);
  }
}

void RowMaker::rows(const UnitTable::Unit& unit, const UnitFigures& figures,
                    std::vector<ResultRow>& out) const {
  for (std::uint32_t s = 0; s < periods->size(); ++s) {
    if (!plans->row_levels[s][unit.level]) continue;
    for (const auto& [period, span] : (*periods)[s].begun()) {
      out.push_back(row(s, unit, span, figures));
    }
  }
}

ResultRow RowMaker::row(std::uint32_t standard, const UnitTable::Unit& unit, const PeriodSpan& span,
                        const UnitFigures& figures) const {
  const Pack& pack = plans->pack();
  BodyInput input;
  input.pack = &pack;
  input.standard = &plans->rules->standards[standard];
  input.level = pack.levels[unit.level].id;
  input.unit = unit.id;
  input.period = span;
  std::deque<EventCounts> events;
  const EventCounts* counted = within(figures.events, span.period, events);
  if (counted != nullptr) input.events = *counted;
  input.counts = &figures.counts;
  if (unit.level + 1 == pack.levels.size()) facts->tell(pack.calendar, as_of, input);
  std::deque<TallyBook::Cell> made;
  for (std::uint32_t i = 0; i < input.standard->indicators.size(); ++i) {
    const RulePlans::Plan& plan = plans->plans[plans->first_plan[standard] + i];
    BodyFigure figure;
    if (plan.levels[unit.level]) {
      figure.plan = &plan.indicator;
      figure.cell = within(figures.cells[plans->first_plan[standard] + i], span.period, made);
    }
    input.figures.push_back(figure);
  }
  return {input.standard->id, input.level, input.unit, span.period.text(), result_body(input)};
}

}  // namespace plumbline
