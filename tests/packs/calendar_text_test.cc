// SPDX-License-Identifier: Apache-2.0
#include "packs/calendar_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "packs/pack_parts.h"

namespace plumbline {
namespace {

using ::testing::HasSubstr;

Bytes shipped(const std::string& path) {
  return read_file(std::string(PLUMBLINE_SOURCE_DIR) + "/rules/" + path, 1 << 20).value();
}

Calendar weekdays_of(Date from, Date until) {
  Calendar calendar;
  calendar.first_day = from;
  calendar.last_day = until;
  calendar.weekdays = {1, 2, 3, 4, 5};
  calendar.transitions = {{Instant{1'000'000'000'000}, 8 * 60}};
  return calendar;
}

// The notes of the shipped calendars, as whoever makes them again has to give them.
constexpr const char* kChina =
    "The State Council's yearly arrangement of holidays, through the npm package chinese-days "
    "1.5.7 "
    "(data/README.md). Only what differs from Monday to Friday is listed: days off among them, and "
    "Saturdays and Sundays that are worked.";

TEST(CalendarText, WorkDaysOfJiangsuAreThoseOfItsSource) {
  Calendar calendar = weekdays_of({2020, 12, 1}, {2026, 12, 31});
  calendar.transitions = {{parse_instant("2020-11-30T16:00:00Z").value(), 8 * 60}};
  ASSERT_TRUE(
      add_work_days("chinese-days.json", shipped("jiangsu-2025/data/chinese-days.json"), calendar)
          .ok());
  EXPECT_EQ(calendar_text(calendar, {"Asia/Shanghai", "", kChina}),
            shipped("jiangsu-2025/calendar.yaml"));
}

TEST(CalendarText, WhatIsWrittenIsReadBack) {
  for (const char* path : {"jiangsu-2025/calendar.yaml", "boston-311/calendar.yaml"}) {
    Problems problems;
    auto named = parse_calendar(path, shipped(path), problems);
    ASSERT_TRUE(named.has_value()) << problems.text();
    std::string text = calendar_text(named->calendar, {named->time_zone, "a note", ""});
    auto again = parse_calendar(path, text, problems);
    ASSERT_TRUE(again.has_value()) << problems.text();
    EXPECT_EQ(calendar_text(again->calendar, {again->time_zone, "a note", ""}), text);
    EXPECT_EQ(again->calendar.holidays, named->calendar.holidays);
    EXPECT_EQ(again->calendar.extra_work_days, named->calendar.extra_work_days);
    EXPECT_EQ(again->calendar.transitions.size(), named->calendar.transitions.size());
  }
}

TEST(CalendarText, OnlyWhatDiffersFromTheWeekIsListed) {
  Calendar calendar = weekdays_of({2025, 1, 1}, {2025, 12, 31});
  // A Wednesday and a Saturday off, a Sunday and a Monday worked, and days of another year.
  ASSERT_TRUE(add_work_days("x", R"({"holidays": {"2025-01-01": "", "2025-01-04": "",
                                     "2024-01-01": ""},
                                     "workdays": {"2025-01-26": "", "2025-01-27": "",
                                     "2026-01-04": ""}, "inLieuDays": {}})",
                            calendar)
                  .ok());
  EXPECT_EQ(calendar.holidays, (std::set<Date>{{2025, 1, 1}}));
  EXPECT_EQ(calendar.extra_work_days, (std::set<Date>{{2025, 1, 26}}));
}

TEST(CalendarText, AYearThatTheSourceDoesNotKnowIsRefused) {
  Calendar calendar = weekdays_of({2020, 12, 1}, {2027, 12, 31});
  Status added =
      add_work_days("chinese-days.json", shipped("jiangsu-2025/data/chinese-days.json"), calendar);
  ASSERT_FALSE(added.ok());
  EXPECT_THAT(
      added.error().text(),
      HasSubstr("chinese-days.json names no day off in 2027: its days would all be Monday to "
                "Friday"));
}

TEST(CalendarText, WhatIsNoListOfDaysIsRefused) {
  auto refusal = [](const char* text) {
    Calendar calendar = weekdays_of({2025, 1, 1}, {2025, 12, 31});
    Status added = add_work_days("days.json", text, calendar);
    return added.ok() ? "" : added.error().text();
  };
  EXPECT_THAT(refusal("{}"), HasSubstr("days.json lacks \"holidays\", a map of days"));
  EXPECT_THAT(refusal(R"({"holidays": {"2025-01-01": ""}, "workdays": []})"),
              HasSubstr("days.json lacks \"workdays\""));
  EXPECT_THAT(refusal(R"({"holidays": {"2025-02-30": ""}, "workdays": {}})"),
              HasSubstr("days.json, \"holidays\": "));
  EXPECT_NE(refusal("not JSON"), "");
}

TEST(CalendarText, NotesAreWrappedAndOffsetsSigned) {
  Calendar calendar = weekdays_of({2025, 1, 1}, {2025, 12, 31});
  calendar.transitions = {{Instant{0}, -210}, {Instant{60'000}, 0}};
  std::string text = calendar_text(
      calendar, {"X/Y", std::string(60, 'a') + " " + std::string(37, 'b') + " c", ""});
  EXPECT_THAT(text, HasSubstr("# " + std::string(60, 'a') + " " + std::string(37, 'b') +
                              "\n# c\n"
                              "offsets:\n"
                              "  - {from: 1970-01-01T00:00:00Z, offset: \"-03:30\"}\n"
                              "  - {from: 1970-01-01T00:01:00Z, offset: \"+00:00\"}\n"
                              "work_days:\n"));
  EXPECT_THAT(text, HasSubstr("  holidays: []\n  extra: []\n"));
}

}  // namespace
}  // namespace plumbline
