// SPDX-License-Identifier: Apache-2.0
// The calendar against an oracle that walks. Clocks change at random quarters of an hour by random
// steps; the oracle writes down the local time of every quarter of an hour of the stretch and looks
// answers up in that list. Work days are counted one by one with weekdays from Zeller's congruence.
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <map>
#include <random>

#include "packs/calendar.h"

namespace plumbline {
namespace {

constexpr std::int64_t kQuarter = 15 * kMsPerMinute;
constexpr Date kFirst{2020, 2, 20};
constexpr int kDays = 20;

// Two to five changes of the clock, at least a day apart, offsets from -12 to +14 hours.
Calendar random_calendar(std::mt19937& random) {
  Calendar calendar;
  calendar.first_day = kFirst;
  calendar.last_day = date_from_days(days_from_date(kFirst) + kDays);
  std::int64_t at = days_from_date(kFirst) * kMsPerDay - 3 * kMsPerDay;
  int offset = static_cast<int>(random() % 105) * 15 - 720;
  unsigned changes = 2 + random() % 4;
  for (unsigned i = 0; i <= changes; ++i) {
    calendar.transitions.push_back({{at}, offset});
    at += kMsPerDay + static_cast<std::int64_t>(random() % 500) * kQuarter;
    int step = (1 + static_cast<int>(random() % 12)) * 15 * (random() % 2 == 0 ? 1 : -1);
    offset = std::clamp(offset + step, -720, 840);
  }
  for (int day = 1; day <= 7; ++day) {
    if (random() % 4 != 0 || day == 1) calendar.weekdays.insert(day);
  }
  for (int i = 0; i < kDays; ++i) {
    Date date = date_from_days(days_from_date(kFirst) + i);
    if (random() % 6 == 0) calendar.holidays.insert(date);
    if (random() % 9 == 0) calendar.extra_work_days.insert(date);
  }
  return calendar;
}

// Local time in ms -> instants at which the clock shows it, in order; for whole quarters.
std::map<std::int64_t, std::vector<std::int64_t>> wall_times(const Calendar& calendar) {
  std::map<std::int64_t, std::vector<std::int64_t>> out;
  std::int64_t from = (days_from_date(kFirst) - 2) * kMsPerDay;
  for (std::int64_t at = from; at < from + (kDays + 4) * kMsPerDay; at += kQuarter) {
    int offset = calendar.transitions.front().offset_minutes;
    for (const auto& transition : calendar.transitions) {
      if (transition.from.ms <= at) offset = transition.offset_minutes;
    }
    out[at + offset * kMsPerMinute].push_back(at);
  }
  return out;
}

TEST(CalendarOracle, WallTimesAndDays) {
  std::mt19937 random(31);
  int skipped = 0;
  int repeated = 0;
  for (int round = 0; round < 60; ++round) {
    Calendar calendar = random_calendar(random);
    auto times = wall_times(calendar);
    for (int day = 0; day < kDays; ++day) {
      Date date = date_from_days(days_from_date(kFirst) + day);
      std::int64_t midnight = days_from_date(date) * kMsPerDay;
      std::int64_t first = std::numeric_limits<std::int64_t>::max();
      for (auto at = times.lower_bound(midnight); at != times.end(); ++at) {
        first = std::min(first, at->second.front());
      }
      ASSERT_EQ(calendar.start_of(date).ms, first) << round << " " << format_date(date);
      for (std::int64_t of_day = 0; of_day < kMsPerDay; of_day += kQuarter) {
        auto shown = times.find(midnight + of_day);
        auto instant = calendar.instant_of(date, of_day);
        ASSERT_EQ(instant.ok(), shown != times.end()) << round << " " << format_date(date);
        if (shown == times.end()) {
          ++skipped;
          continue;
        }
        ASSERT_EQ(instant->ms, shown->second.front());
        repeated += shown->second.size() > 1;
        for (std::int64_t at : shown->second) ASSERT_EQ(calendar.local_date({at}), date);
      }
    }
  }
  EXPECT_GT(skipped, 100);
  EXPECT_GT(repeated, 100);
}

// Zeller: 0 = Saturday .. 6 = Friday; here 1 = Monday .. 7 = Sunday.
int weekday(Date date) {
  int month = date.month < 3 ? date.month + 12 : date.month;
  int year = date.month < 3 ? date.year - 1 : date.year;
  int h = (date.day + 13 * (month + 1) / 5 + year + year / 4 - year / 100 + year / 400) % 7;
  return (h + 5) % 7 + 1;
}

bool works(const Calendar& calendar, Date date) {
  if (date < calendar.first_day || date > calendar.last_day) return weekday(date) <= 5;
  if (calendar.extra_work_days.contains(date)) return true;
  return !calendar.holidays.contains(date) && calendar.weekdays.contains(weekday(date));
}

TEST(CalendarOracle, WorkDays) {
  std::mt19937 random(32);
  for (int round = 0; round < 200; ++round) {
    Calendar calendar = random_calendar(random);
    // From before the covered days to behind them.
    Instant at{days_from_date(kFirst) * kMsPerDay +
               (static_cast<std::int64_t>(random() % 2880) - 480) * kQuarter};
    Date date = calendar.local_date(at);
    for (int n = 1; n <= 15; ++n) {
      do {
        date = date_from_days(days_from_date(date) + 1);
        ASSERT_EQ(calendar.is_work_day(date), works(calendar, date)) << format_date(date);
      } while (!works(calendar, date));
      Date next = date_from_days(days_from_date(date) + 1);
      ASSERT_EQ(calendar.workday_due(at, n), calendar.start_of(next)) << n;
      ASSERT_GT(calendar.workday_due(at, n), at);
    }
  }
}

TEST(CalendarOracle, PeriodsMeetWithoutGap) {
  std::mt19937 random(33);
  for (int round = 0; round < 100; ++round) {
    Calendar calendar = random_calendar(random);
    Period month{Period::Unit::kMonth, 2019, 1};
    for (int i = 0; i < 36; ++i) {
      Instant end = period_end(calendar, month);
      Period next{month.unit, month.year + (month.month == 12 ? 1 : 0), month.month % 12 + 1};
      EXPECT_EQ(period_start(calendar, next), end);
      EXPECT_EQ(period_of(calendar, end, month.unit), next);
      month = next;
    }
  }
}

}  // namespace
}  // namespace plumbline
