// SPDX-License-Identifier: Apache-2.0
#include "evaluator/period_list.h"

#include <algorithm>

namespace plumbline {
namespace {

constexpr Instant kForEver = {std::numeric_limits<std::int64_t>::max()};

}  // namespace

PeriodList::PeriodList(const Standard& standard, const Calendar& calendar, PeriodRange range)
    : calendar_(calendar),
      range_(range),
      first_(calendar.start_of(standard.from)),
      last_(kForEver) {
  if (standard.until) {
    last_ = calendar.start_of(date_from_days(days_from_date(*standard.until) + 1));
  }
  for (Period::Unit unit : standard.periods) {
    PeriodSpan span = span_of(period_of(calendar, first_, unit));
    if (span.start < first_) span = span_of(next_period(span.period));
    next_.push_back(span);
  }
}

PeriodSpan PeriodList::span_of(const Period& period) const {
  PeriodSpan span;
  span.period = period;
  span.start = period_start(calendar_, period);
  span.end = period_end(calendar_, period);
  Date last_day = calendar_.local_date(span.end - Duration{1});
  span.provisional =
      !calendar_.covers(calendar_.local_date(span.start)) || !calendar_.covers(last_day);
  return span;
}

bool PeriodList::belongs(const PeriodSpan& span) const {
  return span.end <= last_ && range_.from <= span.start && span.start < range_.until;
}

std::vector<Period> PeriodList::advance(Instant as_of) {
  std::vector<Period> changed;
  for (auto& [period, span] : begun_) {
    if (span.ended || span.end > as_of) continue;
    span.ended = true;
    changed.push_back(period);
  }
  for (PeriodSpan& next : next_) {
    while (next.start <= as_of && next.start < last_) {
      if (belongs(next)) {
        next.ended = next.end <= as_of;
        begun_.emplace(next.period, next);
        changed.push_back(next.period);
      }
      next = span_of(next_period(next.period));
    }
  }
  return changed;
}

const PeriodSpan* PeriodList::find(const Period& period) const {
  auto found = begun_.find(period);
  return found == begun_.end() ? nullptr : &found->second;
}

}  // namespace plumbline
