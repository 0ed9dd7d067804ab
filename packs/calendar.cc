// SPDX-License-Identifier: Apache-2.0
#include "packs/calendar.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/check.h"

namespace plumbline {
namespace {

// No zone has ever been further from UTC than this, so local and universal time differ by less.
constexpr std::int64_t kMaxOffsetMs = 24 * kMsPerHour;

std::int64_t floor_div(std::int64_t a, std::int64_t b) {
  return a / b - (a % b < 0 ? 1 : 0);
}

std::int64_t offset_ms(const Calendar::Transition& transition) {
  return transition.offset_minutes * kMsPerMinute;
}

// Index of the transition whose offset holds at `at`; the first also holds before it.
std::size_t index_at(const std::vector<Calendar::Transition>& transitions, Instant at) {
  CHECK(!transitions.empty(), "a calendar has an offset");
  auto later = std::upper_bound(
      transitions.begin(), transitions.end(), at,
      [](Instant instant, const Calendar::Transition& next) { return instant < next.from; });
  return later == transitions.begin() ? 0
                                      : static_cast<std::size_t>(later - transitions.begin() - 1);
}

Date add_days(Date date, std::int64_t days) {
  return date_from_days(days_from_date(date) + days);
}

int weekday(Date date) {
  // 1970-01-01 was a Thursday.
  std::int64_t days = days_from_date(date) + 3;
  return static_cast<int>(days - floor_div(days, 7) * 7) + 1;
}

constexpr int kMonthsOfQuarter = 3;
constexpr int kMonthsOfYear = 12;

Date first_day_of(const Period& period) {
  return {period.year, std::max(period.month, 1), 1};
}

}  // namespace

int Calendar::offset_minutes_at(Instant at) const {
  return transitions[index_at(transitions, at)].offset_minutes;
}

Date Calendar::local_date(Instant at) const {
  return date_from_days(floor_div(at.ms + offset_minutes_at(at) * kMsPerMinute, kMsPerDay));
}

Instant Calendar::start_of(Date date) const {
  std::int64_t local = days_from_date(date) * kMsPerDay;
  // Before the first candidate every local time lies before `local`; the first stretch of equal
  // offset that reaches it holds the answer.
  std::size_t i = index_at(transitions, {local - kMaxOffsetMs});
  while (true) {
    std::int64_t candidate = local - offset_ms(transitions[i]);
    if (i > 0) candidate = std::max(candidate, transitions[i].from.ms);
    bool last = i + 1 == transitions.size();
    if (last || candidate < transitions[i + 1].from.ms) return {candidate};
    ++i;
  }
}

Result<Instant> Calendar::instant_of(Date date, std::int64_t ms_of_day) const {
  if (ms_of_day < 0 || ms_of_day >= kMsPerDay) {
    return Error(Code::kInvalid, fmt::format("{} ms is not a time of day", ms_of_day));
  }
  std::int64_t local = days_from_date(date) * kMsPerDay + ms_of_day;
  std::size_t i = index_at(transitions, {local - kMaxOffsetMs});
  for (; i < transitions.size(); ++i) {
    std::int64_t candidate = local - offset_ms(transitions[i]);
    bool begun = i == 0 || candidate >= transitions[i].from.ms;
    bool over = i + 1 < transitions.size() && candidate >= transitions[i + 1].from.ms;
    if (begun && !over) return Instant{candidate};
  }
  return Error(Code::kInvalid,
               fmt::format("{} {:02}:{:02}:{:02} does not exist: the clock was set forward",
                           format_date(date), ms_of_day / kMsPerHour, ms_of_day / kMsPerMinute % 60,
                           ms_of_day / 1000 % 60));
}

bool Calendar::is_work_day(Date date) const {
  if (!covers(date)) return weekday(date) <= 5;
  if (extra_work_days.contains(date)) return true;
  return weekdays.contains(weekday(date)) && !holidays.contains(date);
}

Instant Calendar::workday_due(Instant at, int n) const {
  CHECK(n >= 1, "work days are counted from one");
  Date date = local_date(at);
  for (int left = n; left > 0;) {
    date = add_days(date, 1);
    if (is_work_day(date)) --left;
  }
  return start_of(add_days(date, 1));
}

std::string Period::text() const {
  if (unit == Unit::kYear) return fmt::format("{:04}", year);
  if (unit == Unit::kMonth) return fmt::format("{:04}-{:02}", year, month);
  return fmt::format("{:04}-Q{}", year, (month + kMonthsOfQuarter - 1) / kMonthsOfQuarter);
}

bool Period::holds(Date day) const {
  return period_of(day, unit) == *this;
}

std::string_view period_unit_word(Period::Unit unit) {
  switch (unit) {
    case Period::Unit::kMonth:
      return "month";
    case Period::Unit::kYear:
      return "year";
    case Period::Unit::kQuarter:
      return "quarter";
  }
  return "year";
}

Period next_period(Period period) {
  if (period.unit == Period::Unit::kYear) return {period.unit, period.year + 1, 0};
  period.month += period.unit == Period::Unit::kMonth ? 1 : kMonthsOfQuarter;
  if (period.month > kMonthsOfYear) period = {period.unit, period.year + 1, 1};
  return period;
}

Period period_of(Date day, Period::Unit unit) {
  if (unit == Period::Unit::kYear) return {unit, day.year, 0};
  if (unit == Period::Unit::kMonth) return {unit, day.year, day.month};
  return {unit, day.year, day.month - (day.month - 1) % kMonthsOfQuarter};
}

Period period_of(const Calendar& calendar, Instant at, Period::Unit unit) {
  return period_of(calendar.local_date(at), unit);
}

Instant period_start(const Calendar& calendar, const Period& period) {
  return calendar.start_of(first_day_of(period));
}

Instant period_end(const Calendar& calendar, const Period& period) {
  return calendar.start_of(first_day_of(next_period(period)));
}

Result<Period> parse_period(std::string_view text) {
  constexpr std::size_t kQuarterMark = 5;
  if (text.size() == kQuarterMark + 2 && text[kQuarterMark] == 'Q') {
    auto year = parse_date(std::string(text.substr(0, kQuarterMark)) + "01-01");
    int quarter = text.back() - '0';
    if (year.ok() && quarter >= 1 && quarter <= kMonthsOfYear / kMonthsOfQuarter) {
      return Period{Period::Unit::kQuarter, year->year, (quarter - 1) * kMonthsOfQuarter + 1};
    }
  }
  // A year or a month is a date whose other parts are left out.
  bool is_year = text.size() == 4;
  auto date = parse_date(std::string(text) + (is_year ? "-01-01" : "-01"));
  if (!date.ok() || (!is_year && text.size() != 7)) {
    return Error(
        Code::kInvalid,
        fmt::format("\"{}\" is not a period: a year (2015), a quarter (2015-Q1) or a month "
                    "(2015-03)",
                    text));
  }
  if (is_year) return Period{Period::Unit::kYear, date->year, 0};
  return Period{Period::Unit::kMonth, date->year, date->month};
}

}  // namespace plumbline
