// SPDX-License-Identifier: Apache-2.0
#include "base/clock.h"

#include <gtest/gtest.h>

namespace plumbline {
namespace {

TEST(Date, CountsDaysThroughFourCenturies) {
  EXPECT_EQ(days_from_date({1970, 1, 1}), 0);
  EXPECT_EQ(days_from_date({1969, 12, 31}), -1);
  EXPECT_EQ(days_from_date({2000, 3, 1}), 11'017);
  EXPECT_EQ(days_from_date({2016, 1, 13}), 16'813);
  // Walks from 1900 to 2200 with a calendar of its own.
  Date date{1900, 1, 1};
  constexpr int kMonthDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  for (std::int64_t days = days_from_date(date); date.year < 2200; ++days) {
    ASSERT_EQ(days_from_date(date), days);
    ASSERT_EQ(date_from_days(days), date);
    ASSERT_TRUE(is_valid_date(date));
    bool leap = date.year % 4 == 0 && (date.year % 100 != 0 || date.year % 400 == 0);
    int last = kMonthDays[date.month - 1] + (date.month == 2 && leap ? 1 : 0);
    if (++date.day <= last) continue;
    EXPECT_FALSE(is_valid_date(date));
    date.day = 1;
    if (++date.month <= 12) continue;
    date.month = 1;
    ++date.year;
  }
}

TEST(Date, ParsesStrictly) {
  EXPECT_EQ(parse_date("2015-03-08").value(), (Date{2015, 3, 8}));
  EXPECT_EQ(parse_date("2016-02-29").value(), (Date{2016, 2, 29}));
  EXPECT_EQ(format_date({2015, 3, 8}), "2015-03-08");
  for (const char* text : {"", "2015-3-8", "2015-02-29", "2015-13-01", "2015-00-10", "2015-01-00",
                           "2015-01-32", "15-01-01", "2015/01/01", "2015-01-01 ", " 2015-01-01",
                           "2015-01-01T00:00:00Z", "1899-12-31", "2200-01-01", "20a5-01-01"}) {
    EXPECT_FALSE(parse_date(text).ok()) << text;
  }
  EXPECT_FALSE(is_valid_date({2015, 0, 1}));
  EXPECT_FALSE(is_valid_date({2015, 13, 1}));
  EXPECT_FALSE(is_valid_date({2015, 4, 31}));
  EXPECT_FALSE(is_valid_date({1900, 2, 29}));
  EXPECT_TRUE(is_valid_date({2000, 2, 29}));
}

TEST(Instant, ParsesRfc3339) {
  EXPECT_EQ(parse_instant("1970-01-01T00:00:00Z").value().ms, 0);
  EXPECT_EQ(parse_instant("2016-01-13T03:23:00Z").value().ms, 1'452'655'380'000);
  EXPECT_EQ(parse_instant("2016-01-13T11:23:00+08:00").value().ms, 1'452'655'380'000);
  EXPECT_EQ(parse_instant("2016-01-12T22:23:00-05:00").value().ms, 1'452'655'380'000);
  EXPECT_EQ(parse_instant("2016-01-13T03:23:00.1Z").value().ms, 1'452'655'380'100);
  EXPECT_EQ(parse_instant("2016-01-13T03:23:00.012Z").value().ms, 1'452'655'380'012);
  EXPECT_EQ(parse_instant("1969-12-31T23:59:59.999Z").value().ms, -1);
  for (const char* text :
       {"", "2016-01-13", "2016-01-13T03:23Z", "2016-01-13T03:23:00", "2016-01-13 03:23:00Z",
        "2016-01-13T24:00:00Z", "2016-01-13T03:60:00Z", "2016-01-13T03:23:60Z",
        "2016-02-30T00:00:00Z", "2016-01-13T03:23:00.Z", "2016-01-13T03:23:00.1234Z",
        "2016-01-13T03:23:00+8:00", "2016-01-13T03:23:00+0800", "2016-01-13T03:23:00+24:00",
        "2016-01-13T03:23:00Zx", "2016-01-13t03:23:00z", "-016-01-13T03:23:00Z"}) {
    EXPECT_FALSE(parse_instant(text).ok()) << text;
  }
}

TEST(Instant, FormatsAsUtcWithMillisecondsOnlyWhereThereAreAny) {
  EXPECT_EQ(format_instant({0}), "1970-01-01T00:00:00Z");
  EXPECT_EQ(format_instant({-1}), "1969-12-31T23:59:59.999Z");
  EXPECT_EQ(format_instant({1'452'655'380'007}), "2016-01-13T03:23:00.007Z");
  for (std::int64_t ms = -2'208'988'800'000; ms < 7'258'118'400'000; ms += 98'765'432'109) {
    EXPECT_EQ(parse_instant(format_instant({ms})).value().ms, ms);
  }
}

TEST(Instant, RoundsUpToWholeMinutes) {
  auto ceiled = [](const char* text) {
    return format_instant(ceil_to_minute(parse_instant(text).value()));
  };
  EXPECT_EQ(ceiled("2016-01-13T03:22:40Z"), "2016-01-13T03:23:00Z");
  EXPECT_EQ(ceiled("2016-01-13T03:23:00Z"), "2016-01-13T03:23:00Z");
  EXPECT_EQ(ceiled("2016-01-13T03:23:00.001Z"), "2016-01-13T03:24:00Z");
  EXPECT_EQ(ceiled("1969-12-31T23:59:00.001Z"), "1970-01-01T00:00:00Z");
  EXPECT_EQ(ceiled("1969-12-31T23:58:59.999Z"), "1969-12-31T23:59:00Z");
}

TEST(Instant, AddsAndSubtractsDurations) {
  Instant at{1000};
  EXPECT_EQ(at + Duration{5}, Instant{1005});
  EXPECT_EQ(at - Duration{5}, Instant{995});
  EXPECT_EQ(Instant{7} - Instant{10}, Duration{-3});
}

TEST(ManualClock, StandsStillUntilAdvanced) {
  ManualClock clock({1000});
  EXPECT_EQ(clock.wall(), Instant{1000});
  EXPECT_EQ(clock.monotonic_ms(), 0);
  clock.advance({250});
  EXPECT_EQ(clock.wall(), Instant{1250});
  EXPECT_EQ(clock.monotonic_ms(), 250);
}

TEST(SystemClock, RunsForward) {
  const Clock& clock = system_clock();
  std::int64_t before = clock.monotonic_ms();
  EXPECT_GT(clock.wall(), parse_instant("2024-01-01T00:00:00Z").value());
  EXPECT_GE(clock.monotonic_ms(), before);
}

}  // namespace
}  // namespace plumbline
