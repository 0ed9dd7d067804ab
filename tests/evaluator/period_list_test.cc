// SPDX-License-Identifier: Apache-2.0
#include "evaluator/period_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/evaluator/small_ledger.h"

namespace plumbline {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> texts(const std::vector<Period>& periods) {
  std::vector<std::string> out;
  for (const Period& period : periods) out.push_back(period.text());
  return out;
}

struct Fixture {
  std::shared_ptr<const RuleSet> rules = testing::compiled(testing::small_pack());
  Standard standard = rules->standards[0];
  PeriodList list(PeriodRange range = {}) {
    return PeriodList(standard, rules->pack->calendar, range);
  }
};

TEST(PeriodList, QuartersFollowOneAnother) {
  Fixture fixture;
  fixture.standard.periods = {Period::Unit::kQuarter};
  PeriodList list = fixture.list();
  std::vector<std::string> begun;
  for (const char* as_of : {"2015-03-31T00:00:00Z", "2015-10-02T00:00:00Z"}) {
    for (const Period& period : list.advance(testing::at(as_of))) begun.push_back(period.text());
  }
  EXPECT_EQ(begun,
            (std::vector<std::string>{"2015-Q1", "2015-Q1", "2015-Q2", "2015-Q3", "2015-Q4"}));
}

TEST(PeriodList, TellsBeginningAndEndOnce) {
  Fixture fixture;
  PeriodList list = fixture.list();
  EXPECT_THAT(list.advance(testing::at("2015-01-01T04:59:00Z")), IsEmpty());
  EXPECT_THAT(texts(list.advance(testing::at("2015-01-01T05:00:00Z"))),
              ElementsAre("2015-01", "2015"));
  EXPECT_THAT(list.advance(testing::at("2015-02-01T04:59:00Z")), IsEmpty());
  EXPECT_FALSE(list.find({Period::Unit::kMonth, 2015, 1})->ended);
  EXPECT_THAT(texts(list.advance(testing::at("2015-02-01T05:00:00Z"))),
              ElementsAre("2015-01", "2015-02"));
  EXPECT_TRUE(list.find({Period::Unit::kMonth, 2015, 1})->ended);
  EXPECT_EQ(list.find({Period::Unit::kMonth, 2015, 3}), nullptr);
}

TEST(PeriodList, ALeapIsTheSameAsSteps) {
  Fixture fixture;
  PeriodList leap = fixture.list();
  PeriodList steps = fixture.list();
  leap.advance(testing::at("2016-02-01T05:00:00Z"));
  for (Instant at = testing::at("2014-12-01T00:00:00Z"); at < testing::at("2016-02-01T05:00:00Z");
       at = at + Duration{13 * kMsPerDay}) {
    steps.advance(at);
  }
  steps.advance(testing::at("2016-02-01T05:00:00Z"));
  ASSERT_EQ(leap.begun().size(), 16u) << "14 months and 2 years";
  for (const auto& [period, span] : leap.begun()) {
    const PeriodSpan* other = steps.find(period);
    ASSERT_NE(other, nullptr);
    EXPECT_EQ(other->ended, span.ended);
    EXPECT_EQ(other->start, span.start);
    EXPECT_EQ(other->end, span.end);
  }
}

TEST(PeriodList, EndsWithTheStandard) {
  Fixture fixture;
  fixture.standard.until = Date{2015, 2, 28};
  PeriodList list = fixture.list();
  EXPECT_THAT(texts(list.advance(testing::at("2016-06-01T00:00:00Z"))),
              ElementsAre("2015-01", "2015-02"));
}

TEST(PeriodList, BeginsWithTheFirstWholePeriod) {
  Fixture fixture;
  fixture.standard.from = Date{2015, 3, 1};
  PeriodList list = fixture.list();
  EXPECT_THAT(texts(list.advance(testing::at("2015-04-15T00:00:00Z"))),
              ElementsAre("2015-03", "2015-04"));
  EXPECT_EQ(list.find({Period::Unit::kMonth, 2015, 3})->start, testing::at("2015-03-01T05:00:00Z"));
  EXPECT_EQ(list.find({Period::Unit::kMonth, 2015, 3})->end, testing::at("2015-04-01T04:00:00Z"));
}

TEST(PeriodList, ARangeTakesPeriodsByTheirStart) {
  Fixture fixture;
  PeriodList list =
      fixture.list({testing::at("2015-02-01T05:00:00Z"), testing::at("2015-04-01T04:00:00Z")});
  EXPECT_THAT(texts(list.advance(testing::at("2016-02-15T00:00:00Z"))),
              ElementsAre("2015-02", "2015-03"));
}

TEST(PeriodList, NextPeriodCrossesTheYear) {
  EXPECT_EQ(next_period({Period::Unit::kMonth, 2015, 12}).text(), "2016-01");
  EXPECT_EQ(next_period({Period::Unit::kMonth, 2015, 1}).text(), "2015-02");
  EXPECT_EQ(next_period({Period::Unit::kYear, 2015, 0}).text(), "2016");
}

}  // namespace
}  // namespace plumbline
