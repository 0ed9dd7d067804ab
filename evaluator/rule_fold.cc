// SPDX-License-Identifier: Apache-2.0
#include "evaluator/rule_fold.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/limits.h"
#include "evaluator/amending.h"

namespace plumbline {

struct RuleFold::Track {
  std::vector<Contribution> contributions;  // as RulePlans::plans_of_type of the case's type
  std::vector<Position> duplicates;
  bool failed = false;
  bool open = false;
  bool closed = false;
  bool overdue = false;
  AmendedCounts amended;
};

struct RuleFold::OutletLists {
  std::deque<SetAside> set_aside;
  std::set<Position> duplicates;
};

RuleFold::RuleFold(std::shared_ptr<const RuleSet> rules, PeriodRange range)
    : plans_(std::move(rules)),
      pack_(plans_.pack()),
      intake_(pack_),
      book_(pack_.events),
      units_(pack_.levels),
      counts_(units_.units().size()) {
  for (const Standard& standard : plans_.rules->standards) {
    periods_.emplace_back(standard, pack_.calendar, range);
    period_units_.insert(standard.periods.begin(), standard.periods.end());
  }
}

RuleFold::~RuleFold() = default;

void RuleFold::add_outlet(const OutletAdded& outlet) {
  std::uint32_t number = units_.add_outlet(outlet);
  counts_.resize(units_.units().size());
  lists_.emplace_back();
  touch_unit_rows(number);
}

void RuleFold::add_fact(const Fact& fact, Instant recorded_at) {
  OutletFacts::Touched touched = facts_.learn(fact, recorded_at);
  touch_outlets(touched.outlets);
  for (std::uint32_t o = 0; touched.all && o < units_.outlets(); ++o) touch_unit_rows(o);
}

void RuleFold::apply(const Batch& batch) {
  const BatchHeader& header = *batch.header;
  std::uint32_t outlet = units_.outlet(header.outlet);
  counters_.events += header.count;
  if (batch.content == nullptr) {
    put_aside(outlet, Intake::whole_batch(batch.entry, header, batch.problem, batch.sentence));
    return;
  }
  Intake::Outcome outcome = intake_.check(batch.entry, batch.recorded_at, header, *batch.content);
  auto numbers = static_cast<std::uint32_t>(streams_.size());
  std::uint32_t stream = streams_.try_emplace(header.stream, numbers).first->second;
  if (stream == numbers) source_kinds_.push_back(batch.source);
  for (AcceptedEvent& event : outcome.accepted) {
    Position position{batch.entry, event.sequence};
    if (!batch.historical) {
      event.flags = intake_.flags_of(event.time, batch.recorded_at, header.wall);
    }
    event.stream = stream;
    book_.add(outlet, position, std::move(event));
  }
  for (AcceptedAmendment& amendment : outcome.amendments) {
    auto misfit =
        amend_case(book_, {outlet, stream}, batch.entry, header.stream, std::move(amendment));
    if (misfit) outcome.set_aside.push_back(std::move(*misfit));
  }
  std::stable_sort(outcome.set_aside.begin(), outcome.set_aside.end(),
                   [](const SetAside& a, const SetAside& b) { return a.sequence < b.sequence; });
  for (SetAside& item : outcome.set_aside) put_aside(outlet, std::move(item));
  settle();
}

void RuleFold::advance(Instant as_of) {
  if (as_of == book_.as_of()) return;
  book_.advance(as_of);
  Date today = pack_.calendar.local_date(as_of);
  touch_outlets(facts_.advance(today));
  for (const WindowBook::Key& key : windows_.advance(today)) touch_windows(key);
  for (std::uint32_t s = 0; s < periods_.size(); ++s) {
    for (const Period& period : periods_[s].advance(as_of)) {
      for (UnitId unit = 0; unit < units_.units().size(); ++unit) {
        dirty_rows_.insert({s, unit, period});
      }
    }
  }
  settle();
}

void RuleFold::put_aside(std::uint32_t outlet, SetAside item) {
  counters_.set_aside += item.count;
  for (UnitId unit : units_.units_of(outlet)) {
    counts_[unit].set_aside[item.rule] += item.count;
  }
  auto& list = lists_[outlet].set_aside;
  list.push_back(std::move(item));
  if (list.size() > limits::kMaxSetAsideListed) list.pop_front();
  touch_unit_rows(outlet);
}

void RuleFold::settle() {
  for (const CaseBook::Arrival& arrival : book_.take_arrivals()) arrive(arrival);
  tracks_.resize(book_.size());
  for (CaseId id : book_.take_touched()) refresh(id);
}

void RuleFold::arrive(const CaseBook::Arrival& arrival) {
  Date day = pack_.calendar.local_date(arrival.time);
  for (UnitId unit : units_.units_of(arrival.outlet)) {
    for (Period::Unit period_unit : period_units_) {
      const Period period = period_of(day, period_unit);
      EventCounts& counts = events_[{unit, period}];
      // Unsigned numbers wrap, so adding this takes one away.
      std::uint64_t one = arrival.voided ? ~std::uint64_t{0} : 1;
      counts.events += one;
      if (arrival.flags.late) counts.late += one;
      if (arrival.flags.back_dated) counts.back_dated += one;
      for (std::uint32_t s = 0; s < plans_.row_levels.size(); ++s)
        dirty_rows_.insert({s, unit, period});
    }
  }
}

void RuleFold::refresh(CaseId id) {
  ++counters_.cases_touched;
  const Case& of = book_.at(id);
  Track& track = tracks_[id];
  const std::vector<std::uint32_t>& plans = plans_.plans_of_type[of.type];
  track.contributions.resize(plans.size());
  bool failed = false;
  for (std::size_t p = 0; p < plans.size(); ++p) {
    Contribution fresh = contribution_of(plans_.plans[plans[p]], id);
    failed = failed || fresh.state == Contribution::State::kFailed;
    Contribution& old = track.contributions[p];
    if (fresh == old) continue;
    contribute(plans[p], of.outlet, old, false);
    contribute(plans[p], of.outlet, fresh, true);
    old = std::move(fresh);
  }
  if (failed) {
    failed_.insert(id);
  } else {
    failed_.erase(id);
  }
  refresh_counts(of, track, failed);
}

// Where kinds of source are demanded, what the case gives by their events alone.
Contribution RuleFold::contribution_of(const RulePlans::Plan& plan, CaseId id) {
  const std::vector<SourceKind>& sources = plan.indicator.indicator().sources;
  Contribution whole = plan.indicator.contribution_of(book_.at(id));
  if (sources.empty()) return whole;
  auto is_demanded = [&](std::uint32_t stream) {
    return std::find(sources.begin(), sources.end(), source_kinds_[stream]) != sources.end();
  };
  Contribution seen = plan.indicator.contribution_of(book_.seen_from(id, is_demanded));
  if (seen.state != Contribution::State::kNone) return seen;
  if (whole.state != Contribution::State::kCounted) return seen;
  whole.state = Contribution::State::kLeftOut;
  return whole;
}

void RuleFold::refresh_counts(const Case& of, Track& track, bool failed) {
  counters_.open += std::uint64_t{of.open()} - std::uint64_t{std::exchange(track.open, of.open())};
  counters_.closed +=
      std::uint64_t{of.closed} - std::uint64_t{std::exchange(track.closed, of.closed)};
  counters_.overdue += std::uint64_t{of.facts.overdue} -
                       std::uint64_t{std::exchange(track.overdue, of.facts.overdue)};
  std::vector<Position> duplicates;
  for (std::uint32_t index : of.duplicates) duplicates.push_back(of.events[index].position);
  for (const Case::Amended& one : of.amendments) {
    if (one.duplicate) duplicates.push_back(one.position);
  }
  AmendedCounts amended = amended_of(of);
  if (duplicates == track.duplicates && failed == track.failed && amended == track.amended) return;
  std::uint64_t more = duplicates.size() - track.duplicates.size();
  std::uint64_t more_failed = std::uint64_t{failed} - std::uint64_t{track.failed};
  counters_.duplicates += more;
  counters_.failed_cases += more_failed;
  for (UnitId unit : units_.units_of(of.outlet)) {
    counts_[unit].duplicates += more;
    counts_[unit].failed += more_failed;
    counts_[unit].amended.corrected += amended.corrected - track.amended.corrected;
    counts_[unit].amended.voided += amended.voided - track.amended.voided;
  }
  counters_.corrected += amended.corrected - track.amended.corrected;
  counters_.voided += amended.voided - track.amended.voided;
  track.amended = amended;
  std::set<Position>& listed = lists_[of.outlet].duplicates;
  for (const Position& position : track.duplicates) listed.erase(position);
  listed.insert(duplicates.begin(), duplicates.end());
  track.duplicates = std::move(duplicates);
  track.failed = failed;
  touch_unit_rows(of.outlet);
}

void RuleFold::contribute(std::uint32_t plan, std::uint32_t outlet,
                          const Contribution& contribution, bool add) {
  const bool left_out = contribution.state == Contribution::State::kLeftOut;
  if (contribution.state != Contribution::State::kCounted && !left_out) return;
  const RulePlans::Plan& at = plans_.plans[plan];
  const Indicator& indicator = at.indicator.indicator();
  for (UnitId unit : units_.units_of(outlet)) {
    if (!at.levels[units_.units()[unit].level]) continue;
    for (Period::Unit period_unit : plans_.rules->standards[at.standard].periods) {
      const Period period = period_of(contribution.day, period_unit);
      TallyBook::Key key{plan, unit, period};
      tallies_.change(key, indicator, contribution, add);
      ++counters_.tallies_touched;
      dirty_rows_.insert({at.standard, unit, period});
    }
    if (!is_rolling(indicator)) continue;
    windows_.change({plan, unit}, indicator, contribution, add);
    touch_windows({plan, unit});
  }
}

// Only periods that are not over look at another day than before; the others, where a case of
// another time may have come.
void RuleFold::touch_windows(const WindowBook::Key& key) {
  const std::uint32_t standard = plans_.plans[key.indicator].standard;
  for (const auto& [period, span] : periods_[standard].begun()) {
    dirty_rows_.insert({standard, key.unit, period});
  }
}

void RuleFold::touch_unit_rows(std::uint32_t outlet) {
  for (UnitId unit : units_.units_of(outlet)) dirty_units_.insert(unit);
}

void RuleFold::touch_outlets(const std::vector<std::string>& outlets) {
  for (const std::string& text : outlets) {
    auto outlet = OutletId::parse(text);
    if (!outlet.ok() || !units_.has_outlet(*outlet)) continue;
    dirty_units_.insert(units_.unit_of(units_.outlet(*outlet)));
  }
}

bool RuleFold::has_rows_at(std::uint32_t standard, LevelIndex level) const {
  return plans_.row_levels[standard][level];
}

ResultRow RuleFold::render(const RowKey& key, const PeriodSpan& span) const {
  const UnitTable::Unit& unit = units_.units()[key.unit];
  BodyInput input;
  input.pack = &pack_;
  input.standard = &plans_.rules->standards[key.standard];
  input.level = pack_.levels[unit.level].id;
  input.unit = unit.id;
  input.period = span;
  auto events = events_.find({key.unit, key.period});
  if (events != events_.end()) input.events = events->second;
  input.counts = &counts_[key.unit];
  if (unit.level + 1 == pack_.levels.size()) facts_.tell(pack_.calendar, book_.as_of(), input);
  for (std::uint32_t i = 0; i < input.standard->indicators.size(); ++i) {
    std::uint32_t plan = plans_.first_plan[key.standard] + i;
    BodyFigure figure;
    if (plans_.plans[plan].levels[unit.level]) {
      figure.plan = &plans_.plans[plan].indicator;
      figure.cell = tallies_.find({plan, key.unit, key.period});
      roll({plan, key.unit}, span, figure);
    }
    input.figures.push_back(figure);
  }
  return {input.standard->id, input.level, input.unit, span.period.text(), result_body(input)};
}

template <typename Visit>
void RuleFold::each_row(Visit visit) const {
  for (std::uint32_t s = 0; s < periods_.size(); ++s) {
    for (UnitId unit = 0; unit < units_.units().size(); ++unit) {
      if (!has_rows_at(s, units_.units()[unit].level)) continue;
      for (const auto& [period, span] : periods_[s].begun()) visit(RowKey{s, unit, period}, span);
    }
  }
}

std::vector<ResultRow> RuleFold::take_changed() {
  std::set<UnitId> units = std::exchange(dirty_units_, {});
  for (UnitId unit : units) {
    for (std::uint32_t s = 0; s < periods_.size(); ++s) {
      for (const auto& [period, span] : periods_[s].begun()) dirty_rows_.insert({s, unit, period});
    }
  }
  std::vector<ResultRow> changed;
  for (const RowKey& key : std::exchange(dirty_rows_, {})) {
    const PeriodSpan* span = periods_[key.standard].find(key.period);
    if (span == nullptr || !has_rows_at(key.standard, units_.units()[key.unit].level)) continue;
    changed.push_back(render(key, *span));
  }
  counters_.rows_rendered += changed.size();
  std::sort(changed.begin(), changed.end());
  return changed;
}

std::vector<ResultRow> RuleFold::rows() const {
  std::vector<ResultRow> all;
  each_row([&](const RowKey& key, const PeriodSpan& span) { all.push_back(render(key, span)); });
  std::sort(all.begin(), all.end());
  return all;
}

DayRange RuleFold::days_of(std::size_t standard, std::size_t indicator, std::uint32_t outlet,
                           const Period& period) const {
  const Calendar& calendar = pack_.calendar;
  DayRange days{calendar.local_date(period_start(calendar, period)),
                calendar.local_date(period_end(calendar, period) - Duration{1})};
  const PeriodSpan* span = periods_[standard].find(period);
  if (span == nullptr) return days;
  auto plan = static_cast<std::uint32_t>(plans_.first_plan[standard] + indicator);
  const UnitId unit = units_.unit_of(outlet);
  BodyFigure figure{&plans_.plans[plan].indicator, tallies_.find({plan, unit, period}), {}, 0};
  roll({plan, unit}, *span, figure);
  return figure.days == 0
             ? days
             : last_days(day_looked_at(pack_.calendar, *span, book_.as_of()), figure.days);
}

const Contribution* RuleFold::contribution(CaseId id, std::size_t standard,
                                           std::size_t indicator) const {
  const std::vector<std::uint32_t>& plans = plans_.plans_of_type[book_.at(id).type];
  auto plan = static_cast<std::uint32_t>(plans_.first_plan[standard] + indicator);
  auto found = std::find(plans.begin(), plans.end(), plan);
  if (found == plans.end()) return nullptr;
  return &tracks_[id].contributions[static_cast<std::size_t>(found - plans.begin())];
}

std::optional<ResultRow> RuleFold::row(std::string_view standard, std::string_view level,
                                       std::string_view unit, std::string_view period) const {
  std::optional<ResultRow> out;
  each_row([&](const RowKey& key, const PeriodSpan& span) {
    const UnitTable::Unit& of = units_.units()[key.unit];
    if (plans_.rules->standards[key.standard].id != standard || of.id != unit ||
        pack_.levels[of.level].id != level || span.period.text() != period) {
      return;
    }
    out = render(key, span);
  });
  return out;
}

FoldCounters RuleFold::counters() const {
  FoldCounters counters = counters_;
  counters.pending = book_.pending();
  counters.folded = book_.reached();
  return counters;
}

std::uint64_t RuleFold::scored_units() const {
  std::set<std::string> levels;
  for (std::uint32_t s = 0; s < periods_.size(); ++s) {
    if (!periods_[s].begun().empty()) levels.insert(plans_.rules->standards[s].level);
  }
  std::uint64_t scored = 0;
  for (const UnitTable::Unit& unit : units_.units()) {
    if (levels.contains(pack_.levels[unit.level].id)) ++scored;
  }
  return scored;
}

const std::deque<SetAside>& RuleFold::set_aside(const OutletId& outlet) const {
  return lists_[units_.outlet(outlet)].set_aside;
}

const std::set<Position>& RuleFold::duplicates(const OutletId& outlet) const {
  return lists_[units_.outlet(outlet)].duplicates;
}

std::vector<FailedCase> RuleFold::failed() const {
  std::vector<FailedCase> list;
  for (CaseId id : failed_) {
    const Case& of = book_.at(id);
    for (const Contribution& contribution : tracks_[id].contributions) {
      if (contribution.state != Contribution::State::kFailed) continue;
      list.push_back({units_.outlet_id(of.outlet), of.subject, contribution.failure});
      break;
    }
  }
  return list;
}

}  // namespace plumbline
