// SPDX-License-Identifier: Apache-2.0
#include "simulate/work_time.h"

#include <algorithm>

namespace plumbline {

Date add_days(Date day, std::int64_t days) {
  return date_from_days(days_from_date(day) + days);
}

Instant minute_of_day(const Calendar& calendar, Date day, std::int64_t minute) {
  auto at = calendar.instant_of(day, minute * kMsPerMinute);
  // A time that a clock change leaves out: as many minutes after midnight as it says.
  if (!at.ok()) return calendar.start_of(day) + Duration{minute * kMsPerMinute};
  return *at;
}

Instant add_work_minutes(const Calendar& calendar, Range hours, Instant at, std::int64_t minutes) {
  const Duration begin{hours.low * kMsPerHour};
  const Duration end{hours.high * kMsPerHour};
  Duration left{minutes * kMsPerMinute};
  for (Date day = calendar.local_date(at);; day = add_days(day, 1)) {
    if (!calendar.is_work_day(day)) continue;
    const Instant midnight = calendar.start_of(day);
    const Instant from = std::max(at, midnight + begin);
    if (from >= midnight + end) continue;
    if (from + left < midnight + end) return from + left;
    left.ms -= ((midnight + end) - from).ms;
  }
}

}  // namespace plumbline
