// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_SIMULATE_WORK_TIME_H_
#define PLUMBLINE_SIMULATE_WORK_TIME_H_

#include "packs/calendar.h"
#include "simulate/settings.h"

namespace plumbline {

// `at` plus minutes of work time: the given local hours of the calendar's work days. From outside
// of them it counts from the beginning of the next ones.
Instant add_work_minutes(const Calendar& calendar, Range hours, Instant at, std::int64_t minutes);

// A local time of a day by its minute.
Instant minute_of_day(const Calendar& calendar, Date day, std::int64_t minute);

Date add_days(Date day, std::int64_t days);

}  // namespace plumbline

#endif  // PLUMBLINE_SIMULATE_WORK_TIME_H_
