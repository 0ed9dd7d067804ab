// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_PACKS_CALENDAR_H_
#define PLUMBLINE_PACKS_CALENDAR_H_

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace plumbline {

// Local time and work days of a network, from the pack's calendar.yaml and nothing else.
class Calendar {
 public:
  struct Transition {
    Instant from;            // the offset is valid from here until the next transition
    int offset_minutes = 0;  // east of UTC
  };

  Date first_day;  // the years it covers, both inclusive
  Date last_day;
  std::vector<Transition> transitions;  // ascending; the first is at or before first_day
  std::set<int> weekdays;               // work days of the week, 1 = Monday .. 7 = Sunday
  std::set<Date> holidays;              // work days of the week that are free
  std::set<Date> extra_work_days;       // free days of the week that are worked

  // Offset at an instant. Before the first transition its offset, after the last its offset.
  int offset_minutes_at(Instant at) const;
  Date local_date(Instant at) const;
  // Local midnight at the beginning of `date`. Where a clock change skips midnight, the instant of
  // the change; where it repeats midnight, the first.
  Instant start_of(Date date) const;
  // A local wall time. Where the clock was set back and the time exists twice: the first. Where it
  // was set forward and the time does not exist: kInvalid.
  Result<Instant> instant_of(Date date, std::int64_t ms_of_day) const;

  bool covers(Date date) const { return first_day <= date && date <= last_day; }
  // Beyond the covered years Monday to Friday.
  bool is_work_day(Date date) const;
  // The end (start of the next day) of the n-th work day after the local day of `at`; n >= 1.
  Instant workday_due(Instant at, int n) const;
};

// A period in local time, [start, end).
struct Period {
  enum class Unit { kMonth, kYear, kQuarter };
  Unit unit = Unit::kYear;
  int year = 1970;
  int month = 0;             // 1..12 for kMonth, the first one of a kQuarter, 0 for kYear
  std::string text() const;  // "2015-03", "2015", "2015-Q1"
  bool holds(Date day) const;
  auto operator<=>(const Period&) const = default;
};
std::string_view period_unit_word(Period::Unit unit);  // "month", "year", "quarter"
// The period behind `period`, of the same unit.
Period next_period(Period period);
Period period_of(Date day, Period::Unit unit);
Period period_of(const Calendar& calendar, Instant at, Period::Unit unit);
Instant period_start(const Calendar& calendar, const Period& period);
Instant period_end(const Calendar& calendar, const Period& period);
Result<Period> parse_period(std::string_view text);

}  // namespace plumbline

#endif  // PLUMBLINE_PACKS_CALENDAR_H_
