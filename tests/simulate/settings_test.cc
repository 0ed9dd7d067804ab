// SPDX-License-Identifier: Apache-2.0
#include "simulate/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/simulate/small_pack.h"

namespace plumbline {
namespace {

using testing::HasSubstr;
using testing_support::kSmallSimulation;
using testing_support::small_pack;
using testing_support::small_settings;

// The problems of the small simulation with `was` replaced by `is`.
std::string problems_with(const std::string& was, const std::string& is) {
  std::string yaml = kSmallSimulation;
  const std::size_t at = yaml.find(was);
  EXPECT_NE(at, std::string::npos) << was;
  yaml.replace(at, was.size(), is);
  Problems problems;
  EXPECT_FALSE(parse_settings(yaml, small_pack().events, problems).has_value()) << is;
  return problems.text();
}

TEST(Settings, AreRead) {
  const Settings& settings = small_settings();
  EXPECT_EQ(settings.begin, (Date{2021, 1, 1}));
  ASSERT_EQ(settings.profiles.size(), 5u);
  EXPECT_EQ(settings.profiles[1].delay_days, 20);
  EXPECT_EQ(settings.profiles[2].ends, (Date{2021, 2, 1}));
  EXPECT_FALSE(settings.profiles[3].reports);
  ASSERT_EQ(settings.activities.size(), 6u);
  EXPECT_EQ(settings.activities[0].steps.size(), 2u);
  EXPECT_EQ(settings.activities[1].source, SourceKind::kRatingPage);
  EXPECT_EQ(settings.activities[2].every, Activity::Every::kCause);
  EXPECT_EQ(settings.institutions[2].last, settings.institutions[2].first);
}

TEST(Settings, NameTheOddsOfAProfile) {
  const Profile& plain = small_settings().profiles[0];
  EXPECT_EQ(plain.percent(Odds(std::int64_t{7})), 7);
  EXPECT_EQ(plain.percent(Odds(std::string("in_time"))), 90);
  EXPECT_EQ(plain.percent(Odds(std::string("unheard"))), 100);
}

TEST(Settings, TellWhatIsWrongWithPlaceAndRule) {
  EXPECT_THAT(problems_with("plumbline/simulation/v1", "plumbline/simulation/v9"),
              HasSubstr("simulation.yaml:1:"));
  EXPECT_THAT(problems_with("begin: 2021-01-01", "begin: soon"), HasSubstr("begin"));
  EXPECT_THAT(problems_with("work_hours: [9, 17]", "work_hours: [17, 9]"), HasSubstr("work_hours"));
  EXPECT_THAT(problems_with("work_hours: [9, 17]", "work_hours: [9, 30]"), HasSubstr("work_hours"));
  EXPECT_THAT(problems_with("months: [100, ", "months: ["), HasSubstr("12 whole numbers"));
  EXPECT_THAT(problems_with("  - type: ask\n", "  - type: asks\n"), HasSubstr("asks"));
  EXPECT_THAT(problems_with("channel: {pick", "chanel: {pick"), HasSubstr("chanel"));
  EXPECT_THAT(problems_with("{phone: 3,", "{phone: -3,"), HasSubstr("weight"));
  EXPECT_THAT(problems_with("{step: closed", "{step: shut"), HasSubstr("shut"));
  EXPECT_THAT(problems_with("source: rating_page", "source: rumour"), HasSubstr("rumour"));
  EXPECT_THAT(problems_with("every: work_day", "every: day"), HasSubstr("work_day"));
  EXPECT_THAT(problems_with("  known: 2020-06-01\n", ""), HasSubstr("known"));
  EXPECT_THAT(problems_with("ends: 2021-02-01", "ends: 2021-02-30"), HasSubstr("ends"));
  EXPECT_THAT(problems_with("count: 1, delay_days", "count: 1, delays"), HasSubstr("delays"));
  EXPECT_THAT(problems_with("  - type: fix\n", "  - type: ask\n"), HasSubstr("steps"));
}

TEST(Settings, DemandProfilesAndHosts) {
  Problems problems;
  EXPECT_FALSE(parse_settings("format: plumbline/simulation/v1\n", small_pack().events, problems));
  EXPECT_THAT(problems.text(), HasSubstr("profile"));
}

}  // namespace
}  // namespace plumbline
