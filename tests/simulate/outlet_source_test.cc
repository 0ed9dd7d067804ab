// SPDX-License-Identifier: Apache-2.0
#include "simulate/outlet_source.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "simulate/work_time.h"
#include "tests/support/simulate/small_pack.h"

namespace plumbline {
namespace {

using testing_support::small_pack;
using testing_support::small_rows;
using testing_support::small_settings;

const NetworkPlan& plan() {
  static const NetworkPlan made = plan_network(small_settings(), small_rows(), 1, kAllOutlets);
  return made;
}

const SimulatedOutlet& outlet_of(const std::string& profile) {
  for (const SimulatedOutlet& outlet : plan().outlets) {
    if (outlet.profile->id == profile) return outlet;
  }
  ADD_FAILURE() << "no outlet is " << profile;
  return plan().outlets.front();
}

OutletSource source_of(const SimulatedOutlet& outlet, std::uint64_t seed = 1) {
  return OutletSource(small_settings(), small_pack(), plan(), outlet, seed);
}

const Instant kEnd = parse_instant("2021-12-31T16:00:00Z").value();

std::string text_of(const std::vector<SimulatedEvent>& events) {
  std::string text;
  for (const SimulatedEvent& made : events) {
    text += std::string(source_kind_name(made.source)) + " " + format_instant(made.reported) + " " +
            format_instant(made.event.time) + " " + made.event.type + " " + made.event.subject;
    for (const Field& field : made.event.fields) {
      text += " " + field.name + "=" + field.value.text + std::to_string(field.value.number);
    }
    text += "\n";
  }
  return text;
}

std::vector<SimulatedEvent> year_of(const std::string& profile) {
  return source_of(outlet_of(profile)).next(kEnd);
}

std::int64_t number_of(const Event& event, const std::string& name) {
  for (const Field& field : event.fields) {
    if (field.name == name) return field.value.number;
  }
  return -1;
}

TEST(OutletSource, GivesEqualBytesForTheSameSeed) {
  const std::string once = text_of(year_of("plain"));
  EXPECT_GT(once.size(), 10'000u);
  EXPECT_EQ(text_of(year_of("plain")), once);
  EXPECT_NE(text_of(source_of(outlet_of("plain"), 2).next(kEnd)), once);
}

TEST(OutletSource, GivesTheSameInWhateverSteps) {
  OutletSource source = source_of(outlet_of("late"));
  std::string text;
  for (Date day{2020, 11, 1}; small_pack().calendar.start_of(day) < kEnd; day = add_days(day, 5)) {
    text += text_of(source.next(small_pack().calendar.start_of(day)));
  }
  text += text_of(source.next(kEnd));
  EXPECT_EQ(text, text_of(year_of("late")));
}

TEST(OutletSource, ReportsOnlyWhatFitsThePack) {
  for (const SimulatedOutlet& outlet : plan().outlets) {
    Instant before{};
    for (const SimulatedEvent& made : source_of(outlet).next(kEnd)) {
      auto misfit = check_event(small_pack().events, made.event);
      ASSERT_FALSE(misfit.has_value()) << misfit->sentence;
      ASSERT_LE(made.event.time, made.reported);
      ASSERT_LE(before, made.reported);
      before = made.reported;
    }
  }
}

TEST(OutletSource, NamesEveryStepOfAnActOnce) {
  std::set<std::string> seen;
  for (const SimulatedEvent& made : year_of("plain")) {
    EXPECT_TRUE(seen.insert(made.event.type + "/" + made.event.subject).second)
        << made.event.type << " " << made.event.subject;
  }
}

TEST(OutletSource, KeepsToTheHoursAndDaysOfWork) {
  const Calendar& calendar = small_pack().calendar;
  for (const SimulatedEvent& made : year_of("plain")) {
    const Date day = calendar.local_date(made.event.time);
    const std::int64_t hour = (made.event.time - calendar.start_of(day)).ms / kMsPerHour;
    if (made.event.type == "ask.opened" || made.event.type == "open_day") {
      EXPECT_TRUE(calendar.is_work_day(day)) << format_date(day);
      EXPECT_TRUE(hour >= 9 && hour < 17) << hour;
    }
    if (made.event.type != "rating") continue;
    EXPECT_EQ(made.source, SourceKind::kRatingPage);
    EXPECT_TRUE(hour >= 8 && hour < 22) << hour;
  }
}

TEST(OutletSource, BeginsAfterTheOutletHasJoined) {
  const SimulatedOutlet& later = plan().outlets.back();
  ASSERT_EQ(later.joins, (Date{2021, 3, 1}));
  const auto events = source_of(later).next(kEnd);
  if (!later.profile->reports) GTEST_SKIP() << "the seed lets it be absent";
  ASSERT_FALSE(events.empty());
  EXPECT_GE(small_pack().calendar.local_date(events.front().event.time), (Date{2021, 3, 15}));
}

TEST(OutletSource, SaysNothingForOneThatDoesNotReport) {
  EXPECT_TRUE(year_of("absent").empty());
}

TEST(OutletSource, FallsSilentButIsStillInspected) {
  std::set<SourceKind> afterwards;
  for (const SimulatedEvent& made : year_of("gone")) {
    if (small_pack().calendar.local_date(made.event.time) >= Date{2021, 2, 1}) {
      afterwards.insert(made.source);
    }
  }
  EXPECT_EQ(afterwards, std::set<SourceKind>{SourceKind::kInspector});
}

TEST(OutletSource, ReportsLateWhatTheAgentReports) {
  for (const SimulatedEvent& made : year_of("late")) {
    const std::int64_t days = made.source == SourceKind::kAgent ? 20 : 0;
    EXPECT_EQ(made.reported - made.event.time, Duration{days * kMsPerDay});
  }
}

TEST(OutletSource, FollowsABadRatingUpWithItsSubject) {
  std::set<std::string> bad;
  std::size_t fixed = 0;
  for (const SimulatedEvent& made : year_of("loud")) {
    if (made.event.type == "rating" && number_of(made.event, "level") == 1) {
      bad.insert(made.event.subject);
    }
    if (made.event.type != "fix") continue;
    ++fixed;
    ASSERT_EQ(made.event.fields.front().name, "rating");
    EXPECT_TRUE(bad.contains(made.event.fields.front().value.text));
  }
  EXPECT_GT(fixed, 20u);
  EXPECT_LE(fixed, bad.size());
}

TEST(OutletSource, BurstsWithinMinutes) {
  std::vector<Instant> best;
  for (const SimulatedEvent& made : year_of("loud")) {
    if (made.event.type == "rating" && number_of(made.event, "level") == 3) {
      best.push_back(made.event.time);
    }
  }
  ASSERT_GE(best.size(), 8u);
  std::sort(best.begin(), best.end());
  bool burst = false;
  for (std::size_t i = 7; i < best.size(); ++i) {
    burst = burst || best[i] - best[i - 7] <= Duration{5 * kMsPerMinute};
  }
  EXPECT_TRUE(burst);
}

TEST(OutletSource, ReportsOnceAQuarterAndOnceAYear) {
  std::vector<std::string> sheets;
  for (const SimulatedEvent& made : year_of("plain")) {
    if (made.event.type == "sheet") sheets.push_back(made.event.subject);
  }
  std::sort(sheets.begin(), sheets.end());
  if (outlet_of("plain").joins == Date{2020, 9, 1}) {
    EXPECT_EQ(sheets,
              (std::vector<std::string>{"2021", "2021-q1", "2021-q2", "2021-q3", "2021-q4"}));
  }
}

TEST(OutletSource, ActsNowWithAllStepsInThePast) {
  OutletSource source = source_of(outlet_of("plain"));
  const Instant now = parse_instant("2022-03-01T03:00:00Z").value();
  const std::vector<Event> events = source.act_now(now, SourceKind::kAgent);
  ASSERT_EQ(events.size(), 2u);  // "ask" is the agent's only act without a plan
  for (const Event& event : events) {
    EXPECT_FALSE(check_event(small_pack().events, event).has_value());
    EXPECT_LE(event.time, now);
    EXPECT_EQ(event.subject, events[0].subject);
  }
  EXPECT_EQ(events[1].time, now);
  EXPECT_TRUE(source.act_now(now, SourceKind::kFeed).empty());
}

TEST(WorkTime, CountsHoursOfWorkDaysOnly) {
  const Calendar& calendar = small_pack().calendar;
  auto later = [&](const char* from, std::int64_t minutes) {
    return format_instant(
        add_work_minutes(calendar, {9, 17}, parse_instant(from).value(), minutes));
  };
  EXPECT_EQ(later("2021-01-04T10:00:00+08:00", 30), "2021-01-04T02:30:00Z");
  EXPECT_EQ(later("2021-01-04T16:50:00+08:00", 30), "2021-01-05T01:20:00Z");
  EXPECT_EQ(later("2021-01-04T20:00:00+08:00", 0), "2021-01-05T01:00:00Z");
  EXPECT_EQ(later("2021-01-08T16:50:00+08:00", 30), "2021-01-11T01:20:00Z");
  EXPECT_EQ(later("2021-02-10T16:30:00+08:00", 60), "2021-02-15T01:30:00Z");
  EXPECT_EQ(later("2021-01-04T09:00:00+08:00", 960), "2021-01-06T01:00:00Z");
}

}  // namespace
}  // namespace plumbline
