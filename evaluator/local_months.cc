// SPDX-License-Identifier: Apache-2.0
#include "evaluator/local_months.h"

#include <algorithm>

namespace plumbline {

void LocalMonths::look(Instant instant) {
  Date date = calendar_->local_date(instant);
  month_ = month_number(date.year, date.month);
  Date next = date.month == 12 ? Date{date.year + 1, 1, 1} : Date{date.year, date.month + 1, 1};
  // Within one stretch of equal offset local time grows as time does.
  std::int64_t offset = calendar_->offset_minutes_at(instant) * kMsPerMinute;
  from_ = days_from_date({date.year, date.month, 1}) * kMsPerDay - offset;
  until_ = days_from_date(next) * kMsPerDay - offset;
  const auto& transitions = calendar_->transitions;
  auto later = std::upper_bound(
      transitions.begin(), transitions.end(), instant,
      [](Instant at, const Calendar::Transition& change) { return at < change.from; });
  if (later != transitions.end()) until_ = std::min(until_, later->from.ms);
  // Before the first transition its offset holds too.
  if (later - transitions.begin() > 1) from_ = std::max(from_, (later - 1)->from.ms);
}

Period month_period(std::int32_t month) {
  return {Period::Unit::kMonth, month / 12, month % 12 + 1};
}

Period year_period(std::int32_t month) {
  return {Period::Unit::kYear, month / 12, 0};
}

}  // namespace plumbline
