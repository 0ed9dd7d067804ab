// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_BASE_CLOCK_H_
#define PLUMBLINE_BASE_CLOCK_H_

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace plumbline {

// A length of time in whole milliseconds. May be negative.
struct Duration {
  std::int64_t ms = 0;
  auto operator<=>(const Duration&) const = default;
};

// A point in time: milliseconds since 1970-01-01T00:00:00Z, without leap seconds.
struct Instant {
  std::int64_t ms = 0;
  auto operator<=>(const Instant&) const = default;
};

constexpr Instant operator+(Instant at, Duration by) { return {at.ms + by.ms}; }
constexpr Instant operator-(Instant at, Duration by) { return {at.ms - by.ms}; }
constexpr Duration operator-(Instant a, Instant b) { return {a.ms - b.ms}; }

constexpr std::int64_t kMsPerMinute = 60'000;
constexpr std::int64_t kMsPerHour = 60 * kMsPerMinute;
constexpr std::int64_t kMsPerDay = 24 * kMsPerHour;

// A calendar date of the proleptic Gregorian calendar. `month` and `day` count from 1.
struct Date {
  int year = 1970;
  int month = 1;
  int day = 1;
  auto operator<=>(const Date&) const = default;
};

// Days since 1970-01-01, and back (H. Hinnant, "chrono-Compatible Low-Level Date Algorithms").
std::int64_t days_from_date(Date date);
Date date_from_days(std::int64_t days);
bool is_valid_date(Date date);

// "2015-03-08". Parsing is strict: kInvalid for any other form or a date that does not exist.
std::string format_date(Date date);
Result<Date> parse_date(std::string_view text);

// RFC 3339. Formatting is UTC, "2016-01-13T03:23:00Z", with ".mmm" only where it is not zero.
// Parsing demands seconds and an offset ("Z" or "+08:00"), accepts up to three decimals, years
// 1900 to 2199; anything else is kInvalid.
std::string format_instant(Instant at);
Result<Instant> parse_instant(std::string_view text);

// The first whole UTC minute at or after `at`.
Instant ceil_to_minute(Instant at);

// Where time comes from. Everything that needs the time takes a Clock or an Instant; the system
// clocks are read in clock.cc and nowhere else. Implementations may be called from any thread.
class Clock {
 public:
  virtual ~Clock() = default;
  // Wall clock, UTC.
  virtual Instant wall() const = 0;
  // Milliseconds of a clock that never steps; its origin means nothing.
  virtual std::int64_t monotonic_ms() const = 0;
};

// The operating system's clocks. The object lives for ever.
const Clock& system_clock();

// A clock that stands still until it is told otherwise; for tests and simulated ledgers.
class ManualClock : public Clock {
 public:
  explicit ManualClock(Instant wall) : wall_(wall) {}
  Instant wall() const override { return wall_; }
  std::int64_t monotonic_ms() const override { return monotonic_ms_; }
  void advance(Duration by) {
    wall_ = wall_ + by;
    monotonic_ms_ += by.ms;
  }

 private:
  Instant wall_;
  std::int64_t monotonic_ms_ = 0;
};

}  // namespace plumbline

#endif  // PLUMBLINE_BASE_CLOCK_H_
