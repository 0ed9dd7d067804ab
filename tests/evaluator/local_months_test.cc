// SPDX-License-Identifier: Apache-2.0
#include "evaluator/local_months.h"

#include <gtest/gtest.h>

#include <random>

namespace plumbline {
namespace {

Calendar calendar(std::vector<Calendar::Transition> transitions) {
  Calendar out;
  out.first_day = {2014, 1, 1};
  out.last_day = {2016, 12, 31};
  out.transitions = std::move(transitions);
  return out;
}

Instant at(const char* text) {
  return parse_instant(text).value();
}

void expect_same(const Calendar& zone, LocalMonths& months, Instant instant) {
  Date date = zone.local_date(instant);
  ASSERT_EQ(months.at(instant), month_number(date.year, date.month)) << format_instant(instant);
}

TEST(LocalMonths, AgreesWithTheCalendarAroundEveryBorder) {
  // The third sets the clock back at the midnight that begins a month, so that the last day of
  // October comes twice; the fourth forward over one.
  Calendar zone = calendar({{at("2013-11-03T06:00:00Z"), -300},
                            {at("2015-03-08T07:00:00Z"), -240},
                            {at("2015-11-01T04:00:00Z"), -300},
                            {at("2016-03-01T04:30:00Z"), -180}});
  std::vector<std::int64_t> borders;
  for (const auto& change : zone.transitions) borders.push_back(change.from.ms);
  for (int month = 0; month < 48; ++month) {
    borders.push_back(zone.start_of({2013 + month / 12, month % 12 + 1, 1}).ms);
  }
  std::mt19937_64 random(5);
  LocalMonths months(zone);
  for (int i = 0; i < 100'000; ++i) {
    std::int64_t border = borders[random() % borders.size()];
    auto near = static_cast<std::int64_t>(random() % 5) - 2;
    auto far = static_cast<std::int64_t>(random() % (3 * kMsPerHour)) - 90 * kMsPerMinute;
    expect_same(zone, months, {border + (random() % 2 == 0 ? near : far)});
  }
}

TEST(LocalMonths, AnswersForAllInstantsThatCanBeWritten) {
  Calendar zone = calendar({{at("1991-09-14T15:00:00Z"), 480}});
  LocalMonths months(zone);
  EXPECT_EQ(months.at(at("1900-01-01T00:00:00Z")), month_number(1900, 1));
  EXPECT_EQ(months.at(at("2199-12-31T23:59:59Z")), month_number(2200, 1));
  EXPECT_EQ(months.at(at("2015-12-31T15:59:59.999Z")), month_number(2015, 12));
  EXPECT_EQ(months.at(at("2015-12-31T16:00:00Z")), month_number(2016, 1));
  EXPECT_EQ(month_period(month_number(2015, 12)).text(), "2015-12");
  EXPECT_EQ(year_period(month_number(2015, 12)).text(), "2015");
}

}  // namespace
}  // namespace plumbline
