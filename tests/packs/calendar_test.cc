// SPDX-License-Identifier: Apache-2.0
#include "packs/calendar.h"

#include <gtest/gtest.h>

#include "tests/support/packs/boston_pack.h"

namespace plumbline {
namespace {

Instant at(std::string_view text) {
  return parse_instant(text).value();
}
std::string text(Instant instant) {
  return format_instant(instant);
}
const Calendar& boston() {
  return testing_support::boston_pack().calendar;
}

// Local time of hours and minutes.
std::int64_t clock(int hour, int minute, int second = 0) {
  return hour * kMsPerHour + minute * kMsPerMinute + second * 1000;
}

std::string local(Date date, std::int64_t ms_of_day) {
  auto instant = boston().instant_of(date, ms_of_day);
  return instant.ok() ? text(*instant) : instant.error().sentence();
}

Calendar zone(std::vector<Calendar::Transition> transitions) {
  Calendar calendar;
  calendar.first_day = {2020, 1, 1};
  calendar.last_day = {2020, 12, 31};
  calendar.transitions = std::move(transitions);
  calendar.weekdays = {1, 2, 3, 4, 5};
  return calendar;
}

TEST(Calendar, OffsetChangesAtTheTransitionAndHoldsOutside) {
  EXPECT_EQ(boston().offset_minutes_at(at("2015-03-08T06:59:59.999Z")), -300);
  EXPECT_EQ(boston().offset_minutes_at(at("2015-03-08T07:00:00Z")), -240);
  EXPECT_EQ(boston().offset_minutes_at(at("2015-11-01T05:59:59Z")), -240);
  EXPECT_EQ(boston().offset_minutes_at(at("2015-11-01T06:00:00Z")), -300);
  EXPECT_EQ(boston().offset_minutes_at(at("1990-07-01T00:00:00Z")), -300);
  EXPECT_EQ(boston().offset_minutes_at(at("2030-07-01T00:00:00Z")), -300);
}

TEST(Calendar, LocalDateFollowsLocalMidnight) {
  EXPECT_EQ(boston().local_date(at("2015-01-01T04:59:59.999Z")), (Date{2014, 12, 31}));
  EXPECT_EQ(boston().local_date(at("2015-01-01T05:00:00Z")), (Date{2015, 1, 1}));
  EXPECT_EQ(boston().local_date(at("2015-07-01T03:59:59Z")), (Date{2015, 6, 30}));
  EXPECT_EQ(boston().local_date(at("2015-07-01T04:00:00Z")), (Date{2015, 7, 1}));
  EXPECT_EQ(boston().local_date(at("2016-02-29T05:00:00Z")), (Date{2016, 2, 29}));
  EXPECT_EQ(boston().local_date(at("2016-03-01T04:59:59Z")), (Date{2016, 2, 29}));
}

TEST(Calendar, StartOfADay) {
  EXPECT_EQ(text(boston().start_of({2015, 3, 8})), "2015-03-08T05:00:00Z");
  EXPECT_EQ(text(boston().start_of({2015, 3, 9})), "2015-03-09T04:00:00Z");
  EXPECT_EQ(text(boston().start_of({2015, 11, 1})), "2015-11-01T04:00:00Z");
  EXPECT_EQ(text(boston().start_of({2015, 11, 2})), "2015-11-02T05:00:00Z");
}

TEST(Calendar, StartOfADayWhoseMidnightIsSkippedIsTheChange) {
  // At 00:00 of 2020-03-29 the clock goes to 01:00.
  Calendar calendar = zone({{at("2019-01-01T00:00:00Z"), 120}, {at("2020-03-28T22:00:00Z"), 180}});
  EXPECT_EQ(text(calendar.start_of({2020, 3, 29})), "2020-03-28T22:00:00Z");
  EXPECT_EQ(calendar.local_date(at("2020-03-28T22:00:00Z")), (Date{2020, 3, 29}));
  EXPECT_EQ(calendar.local_date(at("2020-03-28T21:59:59.999Z")), (Date{2020, 3, 28}));
  EXPECT_FALSE(calendar.instant_of({2020, 3, 29}, clock(0, 30)).ok());
}

TEST(Calendar, StartOfADayWhoseMidnightRepeatsIsTheFirst) {
  // At 01:00 of 2020-10-25 the clock goes back to 00:00.
  Calendar calendar = zone({{at("2019-01-01T00:00:00Z"), 180}, {at("2020-10-24T22:00:00Z"), 120}});
  EXPECT_EQ(text(calendar.start_of({2020, 10, 25})), "2020-10-24T21:00:00Z");
  EXPECT_EQ(text(calendar.instant_of({2020, 10, 25}, 0).value()), "2020-10-24T21:00:00Z");
  EXPECT_EQ(text(calendar.instant_of({2020, 10, 25}, clock(1, 0)).value()), "2020-10-24T23:00:00Z");
}

TEST(Calendar, ADaySkippedWholeStartsWithTheNext) {
  // Samoa left 2011-12-30 out.
  Calendar calendar = zone({{at("2011-01-01T00:00:00Z"), -600}, {at("2011-12-30T10:00:00Z"), 840}});
  EXPECT_EQ(text(calendar.start_of({2011, 12, 30})), "2011-12-30T10:00:00Z");
  EXPECT_EQ(text(calendar.start_of({2011, 12, 31})), "2011-12-30T10:00:00Z");
  EXPECT_FALSE(calendar.instant_of({2011, 12, 30}, clock(12, 0)).ok());
}

TEST(Calendar, WallTimeThatDoesNotExistIsRefused) {
  EXPECT_EQ(local({2015, 3, 8}, clock(1, 59, 59)), "2015-03-08T06:59:59Z");
  EXPECT_EQ(local({2015, 3, 8}, clock(2, 0)),
            "2015-03-08 02:00:00 does not exist: the clock was set forward");
  EXPECT_EQ(local({2015, 3, 8}, clock(2, 59, 59)),
            "2015-03-08 02:59:59 does not exist: the clock was set forward");
  EXPECT_EQ(local({2015, 3, 8}, clock(3, 0)), "2015-03-08T07:00:00Z");
}

TEST(Calendar, WallTimeThatExistsTwiceIsTheFirst) {
  EXPECT_EQ(local({2015, 11, 1}, clock(0, 59, 59)), "2015-11-01T04:59:59Z");
  EXPECT_EQ(local({2015, 11, 1}, clock(1, 0)), "2015-11-01T05:00:00Z");
  EXPECT_EQ(local({2015, 11, 1}, clock(1, 59, 59)), "2015-11-01T05:59:59Z");
  EXPECT_EQ(local({2015, 11, 1}, clock(2, 0)), "2015-11-01T07:00:00Z");
}

TEST(Calendar, TimesOfDayHaveBounds) {
  EXPECT_FALSE(boston().instant_of({2015, 1, 1}, -1).ok());
  EXPECT_FALSE(boston().instant_of({2015, 1, 1}, kMsPerDay).ok());
  EXPECT_EQ(local({2015, 1, 1}, kMsPerDay - 1), "2015-01-02T04:59:59.999Z");
}

TEST(Calendar, EveryLocalHourOfTheCoveredYearsComesBack) {
  for (std::int64_t day = days_from_date({2014, 1, 1}); day <= days_from_date({2019, 12, 31});
       ++day) {
    Date date = date_from_days(day);
    EXPECT_EQ(boston().local_date(boston().start_of(date)), date);
    EXPECT_EQ(boston().local_date({boston().start_of(date).ms - 1}), date_from_days(day - 1));
    for (int hour = 0; hour < 24; ++hour) {
      auto instant = boston().instant_of(date, clock(hour, 0));
      if (!instant.ok()) continue;  // the one hour of a year that is skipped
      EXPECT_EQ(boston().local_date(*instant), date);
    }
  }
}

TEST(Calendar, WorkDaysAreWeekdaysWithoutHolidaysAndWithExtraDays) {
  Calendar calendar = zone({{at("2019-01-01T00:00:00Z"), 480}});
  calendar.holidays = {{2020, 10, 1}};
  calendar.extra_work_days = {{2020, 9, 27}};
  EXPECT_TRUE(calendar.is_work_day({2020, 9, 30}));   // Wednesday
  EXPECT_FALSE(calendar.is_work_day({2020, 10, 1}));  // a Thursday that is free
  EXPECT_TRUE(calendar.is_work_day({2020, 9, 27}));   // a Sunday that is worked
  EXPECT_FALSE(calendar.is_work_day({2020, 9, 26}));  // Saturday
}

TEST(Calendar, BeyondItsYearsMondayToFriday) {
  Calendar calendar = zone({{at("2019-01-01T00:00:00Z"), 480}});
  calendar.weekdays = {6, 7};
  EXPECT_TRUE(calendar.covers({2020, 1, 1}));
  EXPECT_TRUE(calendar.covers({2020, 12, 31}));
  EXPECT_FALSE(calendar.covers({2019, 12, 31}));
  EXPECT_FALSE(calendar.covers({2021, 1, 1}));
  EXPECT_FALSE(calendar.is_work_day({2020, 12, 31}));  // Thursday, covered
  EXPECT_TRUE(calendar.is_work_day({2021, 1, 1}));     // Friday, beyond
  EXPECT_FALSE(calendar.is_work_day({2021, 1, 2}));    // Saturday, beyond
  EXPECT_TRUE(calendar.is_work_day({2019, 12, 31}));   // Tuesday, before
}

TEST(Calendar, WorkdayDueIsTheEndOfTheNthWorkDayAfterTheLocalDay) {
  // Friday 2015-03-06, evening in Boston, is Saturday in UTC.
  EXPECT_EQ(text(boston().workday_due(at("2015-03-07T01:00:00Z"), 1)), "2015-03-10T04:00:00Z");
  EXPECT_EQ(text(boston().workday_due(at("2015-03-07T20:00:00Z"), 1)), "2015-03-10T04:00:00Z");
  EXPECT_EQ(text(boston().workday_due(at("2015-03-05T20:00:00Z"), 1)), "2015-03-07T05:00:00Z");
  EXPECT_EQ(text(boston().workday_due(at("2015-03-05T20:00:00Z"), 7)), "2015-03-17T04:00:00Z");
}

TEST(Calendar, WorkdayDueStepsOverHolidaysAndIntoUncoveredYears) {
  Calendar calendar = zone({{at("2019-01-01T00:00:00Z"), 480}});
  calendar.holidays = {{2020, 10, 1}, {2020, 10, 2}, {2020, 10, 5}};
  EXPECT_EQ(text(calendar.workday_due(at("2020-09-30T01:00:00Z"), 1)), "2020-10-06T16:00:00Z");
  EXPECT_EQ(text(calendar.workday_due(at("2020-12-31T01:00:00Z"), 2)), "2021-01-04T16:00:00Z");
}

TEST(Period, BeginsAndEndsAtLocalMidnight) {
  Period march{Period::Unit::kMonth, 2015, 3};
  EXPECT_EQ(text(period_start(boston(), march)), "2015-03-01T05:00:00Z");
  EXPECT_EQ(text(period_end(boston(), march)), "2015-04-01T04:00:00Z");
  Period december{Period::Unit::kMonth, 2015, 12};
  EXPECT_EQ(text(period_end(boston(), december)), "2016-01-01T05:00:00Z");
  Period leap{Period::Unit::kMonth, 2016, 2};
  EXPECT_EQ(text(period_end(boston(), leap)), "2016-03-01T05:00:00Z");
  Period year{Period::Unit::kYear, 2015, 0};
  EXPECT_EQ(text(period_start(boston(), year)), "2015-01-01T05:00:00Z");
  EXPECT_EQ(text(period_end(boston(), year)), "2016-01-01T05:00:00Z");
}

TEST(Period, AQuarterIsThreeMonths) {
  Period last{Period::Unit::kQuarter, 2015, 10};
  EXPECT_EQ(text(period_start(boston(), last)), "2015-10-01T04:00:00Z");
  EXPECT_EQ(text(period_end(boston(), last)), "2016-01-01T05:00:00Z");
  EXPECT_EQ(next_period(last).text(), "2016-Q1");
  for (int month = 1; month <= 12; ++month) {
    Period quarter = period_of(Date{2015, month, 15}, Period::Unit::kQuarter);
    EXPECT_EQ(quarter.text(), "2015-Q" + std::to_string((month + 2) / 3));
    EXPECT_EQ(parse_period(quarter.text()).value(), quarter);
    EXPECT_TRUE(quarter.holds({2015, month, 1}));
    EXPECT_FALSE(quarter.holds({2015, month <= 9 ? month + 3 : month - 3, 1}));
    EXPECT_FALSE(quarter.holds({2016, month, 1}));
  }
}

TEST(Period, OfAnInstantIsThatOfItsLocalDay) {
  EXPECT_EQ(period_of(boston(), at("2015-04-01T03:59:59Z"), Period::Unit::kMonth).text(),
            "2015-03");
  EXPECT_EQ(period_of(boston(), at("2015-04-01T04:00:00Z"), Period::Unit::kMonth).text(),
            "2015-04");
  EXPECT_EQ(period_of(boston(), at("2016-01-01T04:59:59Z"), Period::Unit::kYear).text(), "2015");
  EXPECT_EQ(period_of(boston(), at("2016-01-01T05:00:00Z"), Period::Unit::kYear).text(), "2016");
  Period march{Period::Unit::kMonth, 2015, 3};
  EXPECT_EQ(period_of(boston(), period_start(boston(), march), march.unit), march);
  EXPECT_NE(period_of(boston(), period_end(boston(), march), march.unit), march);
}

TEST(Period, ParsesWhatItPrints) {
  for (const char* word : {"2015", "2015-03", "2015-12", "1999-01", "2015-Q1", "2015-Q4"}) {
    auto period = parse_period(word);
    ASSERT_TRUE(period.ok()) << word;
    EXPECT_EQ(period->text(), word);
  }
  for (const char* word :
       {"", "15", "2015-", "2015-13", "2015-00", "2015-3", "2015-03-01", "201a", "2015-03 ", "0015",
        "12-2015", "2015-Q0", "2015-Q5", "2015-q1", "2015Q12", "2015-Q", "201a-Q1"}) {
    EXPECT_FALSE(parse_period(word).ok()) << word;
  }
}

}  // namespace
}  // namespace plumbline
