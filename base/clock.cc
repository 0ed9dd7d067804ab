// SPDX-License-Identifier: Apache-2.0
#include "base/clock.h"

#include <fmt/format.h>

#include <chrono>

namespace plumbline {
namespace {

// Reads exactly `digits` decimal digits from the front of `text`, or returns -1.
int take_digits(std::string_view& text, int digits) {
  if (text.size() < static_cast<std::size_t>(digits)) return -1;
  int value = 0;
  for (int i = 0; i < digits; ++i) {
    if (text[i] < '0' || text[i] > '9') return -1;
    value = value * 10 + (text[i] - '0');
  }
  text.remove_prefix(digits);
  return value;
}

bool take_char(std::string_view& text, char wanted) {
  if (text.empty() || text.front() != wanted) return false;
  text.remove_prefix(1);
  return true;
}

// Reads "YYYY-MM-DD" from the front of `text`; false when it is not a date that exists.
bool take_date(std::string_view& text, Date& date) {
  date.year = take_digits(text, 4);
  if (date.year < 1900 || date.year > 2199 || !take_char(text, '-')) return false;
  date.month = take_digits(text, 2);
  if (!take_char(text, '-')) return false;
  date.day = take_digits(text, 2);
  return is_valid_date(date);
}

// Reads "HH:MM:SS" with up to three decimals; false when it is not a time of day.
bool take_time_of_day(std::string_view& text, std::int64_t& ms) {
  int hour = take_digits(text, 2);
  if (hour < 0 || hour > 23 || !take_char(text, ':')) return false;
  int minute = take_digits(text, 2);
  if (minute < 0 || minute > 59 || !take_char(text, ':')) return false;
  int second = take_digits(text, 2);
  if (second < 0 || second > 59) return false;
  int fraction = 0;
  if (take_char(text, '.')) {
    int scale = 100;
    int digits = 0;
    for (; digits < 3 && !text.empty() && text.front() >= '0' && text.front() <= '9'; ++digits) {
      fraction += (text.front() - '0') * scale;
      scale /= 10;
      text.remove_prefix(1);
    }
    if (digits == 0) return false;
  }
  ms = ((hour * 60 + minute) * 60 + second) * 1000LL + fraction;
  return true;
}

// Reads "Z" or "+HH:MM" or "-HH:MM" as minutes east of UTC; false when it is neither.
bool take_offset(std::string_view& text, int& minutes) {
  if (take_char(text, 'Z')) {
    minutes = 0;
    return true;
  }
  int sign = take_char(text, '+') ? 1 : take_char(text, '-') ? -1 : 0;
  if (sign == 0) return false;
  int hour = take_digits(text, 2);
  if (hour < 0 || hour > 23 || !take_char(text, ':')) return false;
  int minute = take_digits(text, 2);
  if (minute < 0 || minute > 59) return false;
  minutes = sign * (hour * 60 + minute);
  return true;
}

class SystemClock : public Clock {
 public:
  Instant wall() const override {
    using std::chrono::milliseconds;
    auto since = std::chrono::system_clock::now().time_since_epoch();
    return {std::chrono::floor<milliseconds>(since).count()};
  }
  std::int64_t monotonic_ms() const override {
    using std::chrono::milliseconds;
    auto since = std::chrono::steady_clock::now().time_since_epoch();
    return std::chrono::floor<milliseconds>(since).count();
  }
};

std::int64_t floor_div(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

}  // namespace

std::int64_t days_from_date(Date date) {
  std::int64_t year = date.year - (date.month <= 2 ? 1 : 0);
  std::int64_t era = floor_div(year, 400);
  std::int64_t year_of_era = year - era * 400;
  std::int64_t shifted_month = (date.month + 9) % 12;
  std::int64_t day_of_year = (153 * shifted_month + 2) / 5 + date.day - 1;
  std::int64_t day_of_era =
      year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146097 + day_of_era - 719468;
}

Date date_from_days(std::int64_t days) {
  days += 719468;
  std::int64_t era = floor_div(days, 146097);
  std::int64_t day_of_era = days - era * 146097;
  std::int64_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  std::int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  std::int64_t shifted_month = (5 * day_of_year + 2) / 153;
  Date date;
  date.day = static_cast<int>(day_of_year - (153 * shifted_month + 2) / 5 + 1);
  date.month = static_cast<int>(shifted_month < 10 ? shifted_month + 3 : shifted_month - 9);
  date.year = static_cast<int>(year_of_era + era * 400 + (date.month <= 2 ? 1 : 0));
  return date;
}

bool is_valid_date(Date date) {
  if (date.month < 1 || date.month > 12 || date.day < 1 || date.day > 31) return false;
  return date_from_days(days_from_date(date)) == date;
}

std::string format_date(Date date) {
  return fmt::format("{:04}-{:02}-{:02}", date.year, date.month, date.day);
}

Result<Date> parse_date(std::string_view text) {
  std::string_view rest = text;
  Date date;
  if (!take_date(rest, date) || !rest.empty()) {
    return Error(Code::kInvalid, fmt::format("\"{}\" is not a date of the form 2025-12-31", text));
  }
  return date;
}

std::string format_instant(Instant at) {
  std::int64_t days = floor_div(at.ms, kMsPerDay);
  std::int64_t ms = at.ms - days * kMsPerDay;
  std::string text = fmt::format("{}T{:02}:{:02}:{:02}", format_date(date_from_days(days)),
                                 ms / kMsPerHour, ms / kMsPerMinute % 60, ms / 1000 % 60);
  if (ms % 1000 != 0) text += fmt::format(".{:03}", ms % 1000);
  return text + "Z";
}

Result<Instant> parse_instant(std::string_view text) {
  std::string_view rest = text;
  Date date;
  std::int64_t ms = 0;
  int offset_minutes = 0;
  bool valid = take_date(rest, date) && take_char(rest, 'T') && take_time_of_day(rest, ms) &&
               take_offset(rest, offset_minutes) && rest.empty();
  if (!valid) {
    return Error(Code::kInvalid,
                 fmt::format("\"{}\" is not an instant of the form 2016-01-13T03:23:00Z or "
                             "2016-01-13T11:23:00+08:00",
                             text));
  }
  return Instant{days_from_date(date) * kMsPerDay + ms - offset_minutes * kMsPerMinute};
}

Instant ceil_to_minute(Instant at) {
  return {-floor_div(-at.ms, kMsPerMinute) * kMsPerMinute};
}

const Clock& system_clock() {
  static const SystemClock clock;
  return clock;
}

}  // namespace plumbline
