// SPDX-License-Identifier: Apache-2.0
// Rolling windows and their fallback: which days count, and that time alone changes them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "evaluator/engine.h"
#include "evaluator/rebuild.h"
#include "evaluator/rules_json.h"
#include "evaluator/window_book.h"
#include "tests/support/evaluator/small_ledger.h"

namespace plumbline {
namespace {

using testing::at;
using testing::body_of;
using testing::due_field;
using testing::indicator_of;
using ::testing::IsEmpty;
using testing::opened;
using testing::SmallLedger;
using testing::word;

// `opened` counts those of the last 30 days; the overdue share falls back to 60 days.
PackFiles rolling_pack() {
  return testing::small_pack(
      {{"standards/service.yaml",
        "    where: has(case.opened)\n    dated_by: case.opened.time\n"
        "  on_time:\n",
        "    where: has(case.opened)\n    dated_by: case.opened.time\n"
        "    window: {days: 30}\n"
        "  on_time:\n"},
       {"standards/service.yaml", "    numerator: case.overdue\n    dated_by: case.opened.time\n",
        "    numerator: case.overdue\n    dated_by: case.opened.time\n"
        "    min_sample: 3\n    fallback: {days: 60}\n"}});
}

struct World {
  World() {
    ledger.activate(rolling_pack(), true);
    ledger.add_outlet("a", "c1");
    stream = ledger.enroll("a");
  }
  void open(const std::string& subject, const std::string& day) {
    ledger.batch(stream, {opened(subject, day + "T12:00:00Z")});
  }
  Json body(std::string_view as_of, const std::string& period, const std::string& unit = "a") {
    return body_of(rebuild(ledger, ledger.length(), at(as_of)).value().rows,
                   unit == "a" ? "outlet" : "network", unit, period);
  }
  Json figure(std::string_view as_of, const std::string& period, const std::string& indicator) {
    return indicator_of(body(as_of, period), indicator);
  }
  SmallLedger ledger;
  std::size_t stream = 0;
};

TEST(Windows, TheLastDaysCountUpToTheDayOfAsOf) {
  World world;
  world.open("r1", "2015-01-10");
  world.open("r2", "2015-02-01");
  // The pack's calendar is five hours behind UTC; the 30 days up to February 8 begin on January 10.
  Json there = world.figure("2015-02-09T04:59:00Z", "2015-02", "opened");
  EXPECT_EQ(word(there, "value"), "2");
  EXPECT_EQ(word(there, "days"), "30");
  EXPECT_EQ(word(world.figure("2015-02-09T05:00:00Z", "2015-02", "opened"), "value"), "1");
  Json groups = world.figure("2015-02-09T05:00:00Z", "2015-02", "opened");
  EXPECT_EQ(groups.find("by")->as_array()[0].find("groups")->as_array()[0].find("n")->as_integer(),
            1);
}

TEST(Windows, APeriodThatHasEndedIsLookedAtOnItsLastDay) {
  World world;
  world.open("r1", "2015-01-01");
  world.open("r2", "2015-01-02");
  world.open("r3", "2015-02-01");
  // 30 days up to January 31 begin on January 2.
  EXPECT_EQ(word(world.figure("2015-06-01T00:00:00Z", "2015-01", "opened"), "value"), "1");
  EXPECT_EQ(word(world.figure("2015-06-01T00:00:00Z", "2015", "opened"), "value"), "0");
}

TEST(Windows, TooFewInThePeriodTakeTheFallbackAndTooFewThereAreInsufficient) {
  World world;
  world.open("r1", "2015-01-20");
  world.open("r2", "2015-02-03");
  world.open("r3", "2015-02-04");
  Json february = world.figure("2015-03-10T00:00:00Z", "2015-02", "overdue_open");
  EXPECT_EQ(word(february, "n"), "3");
  EXPECT_EQ(word(february, "days"), "60");
  EXPECT_EQ(word(february, "sufficient"), "true");
  Json january = world.figure("2015-03-10T00:00:00Z", "2015-01", "overdue_open");
  EXPECT_EQ(word(january, "n"), "1");
  EXPECT_EQ(word(january, "days"), "60");
  EXPECT_EQ(word(january, "sufficient"), "false");
  world.open("r4", "2015-02-05");
  february = world.figure("2015-03-10T00:00:00Z", "2015-02", "overdue_open");
  EXPECT_EQ(word(february, "n"), "3") << "enough in the period itself";
  EXPECT_EQ(word(february, "days"), "null");
}

TEST(Windows, ACaseLeavesAWindowWithoutAnyEvent) {
  World world;
  world.open("r1", "2015-01-10");
  Engine engine;
  for (const StoredEntry& entry : world.ledger.entries()) ASSERT_TRUE(engine.apply(entry).ok());
  ASSERT_TRUE(engine.advance(at("2015-02-09T04:59:00Z")).ok());
  auto value = [&] {
    Json body = body_of(engine.take_changed(), "outlet", "a", "2015-02");
    return body.is_object() ? word(indicator_of(body, "opened"), "value") : "no row";
  };
  EXPECT_EQ(value(), "1");
  ASSERT_TRUE(engine.advance(at("2015-02-09T05:00:00Z")).ok());
  EXPECT_EQ(value(), "0");
}

TEST(Windows, TheBookTellsEachDayOnceAndForgetsWhatIsGone) {
  WindowBook book;
  Indicator indicator;
  indicator.window_days = 10;
  Contribution one;
  one.state = Contribution::State::kCounted;
  one.day = {2015, 1, 5};
  book.change({0, 7}, indicator, one, true);
  EXPECT_THAT(book.advance({2015, 1, 4}), IsEmpty());
  EXPECT_EQ(book.advance({2015, 1, 5}).size(), 1u) << "it comes in";
  EXPECT_THAT(book.advance({2015, 1, 14}), IsEmpty());
  EXPECT_EQ(book.advance({2015, 1, 15}).size(), 1u) << "it leaves";
  EXPECT_EQ(book.sum({0, 7}, indicator, last_days({2015, 1, 14}, 10)).total.count(), 1);
  EXPECT_EQ(book.sum({0, 7}, indicator, last_days({2015, 1, 15}, 10)).total.count(), 0);
  book.change({0, 7}, indicator, one, false);
  EXPECT_TRUE(book.sum({0, 7}, indicator, last_days({2015, 1, 14}, 10)).empty());
}

TEST(Windows, TheRulesSayThemInWords) {
  Json rules = rules_json(*testing::compiled(rolling_pack()));
  std::string text = rules.find("standards")->text();
  EXPECT_NE(text.find("over the last 30 days"), std::string::npos);
  EXPECT_NE(text.find("计近 30 天"), std::string::npos);
  EXPECT_NE(text.find("with fewer than 3 cases over the last 60 days, insufficient data if those "
                      "are too few"),
            std::string::npos);
  EXPECT_NE(text.find("不足 3 件时改计近 60 天，仍不足则数据不足"), std::string::npos);
}

// Cases come in any order and time goes on in random steps. At each stop the rows published so far
// must equal those of a rebuild.
TEST(Windows, DoNotDependOnHowTheLedgerIsFoldedInPieces) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    std::mt19937_64 random(seed);
    World world;
    world.ledger.add_outlet("b", "c1");
    std::size_t other = world.ledger.enroll("b");
    for (int i = 0; i < 25; ++i) {
      Date day = date_from_days(days_from_date({2014, 12, 1}) + static_cast<int>(random() % 120));
      std::string subject = "r" + std::to_string(i);
      Event event = opened(subject, format_date(day) + "T12:00:00Z");
      world.ledger.now = std::max(world.ledger.now, event.time + Duration{kMsPerHour});
      world.ledger.batch(random() % 2 == 0 ? world.stream : other, {event});
    }
    Engine engine;
    std::map<std::vector<std::string>, std::string> published;
    Instant as_of = at("2015-01-02T00:00:00Z");
    while (as_of < at("2015-07-10T00:00:00Z")) {
      for (std::uint64_t n = random() % 5;
           n > 0 && engine.next().value < world.ledger.length().value; --n) {
        ASSERT_TRUE(engine.apply(world.ledger.entries()[engine.next().value]).ok());
      }
      as_of = as_of + Duration{static_cast<std::int64_t>(random() % 100) * kMsPerHour};
      ASSERT_TRUE(engine.advance(as_of).ok());
      for (const ResultRow& row : engine.take_changed()) {
        published[{row.standard, row.level, row.unit, row.period}] = row.body;
      }
      Rebuilt built = rebuild(world.ledger, LedgerSize(engine.next().value), as_of).value();
      ASSERT_EQ(published.size(), built.rows.size()) << seed;
      for (const ResultRow& row : built.rows) {
        ASSERT_EQ((published[{row.standard, row.level, row.unit, row.period}]), row.body) << seed;
      }
    }
  }
}

}  // namespace
}  // namespace plumbline
