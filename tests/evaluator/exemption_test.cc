// SPDX-License-Identifier: Apache-2.0
// Exemptions: from a fact of the registry to the lines, the score and the grade.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "evaluator/engine.h"
#include "evaluator/rebuild.h"
#include "evaluator/scoring.h"
#include "tests/support/evaluator/facts.h"
#include "tests/support/evaluator/small_ledger.h"

namespace plumbline {
namespace {

using testing::at;
using testing::body_of;
using testing::closed;
using testing::date;
using testing::due_field;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::opened;
using testing::SmallLedger;
using testing::word;

Fact exemption(std::string id, std::string criterion, std::string_view from, std::string_view until,
               std::string outlet = "a") {
  return testing::fact("exemption", std::move(id), from, until,
                       {{"outlet", std::move(outlet)},
                        {"standard", "service"},
                        {"criterion", std::move(criterion)},
                        {"owner", "office"},
                        {"reason", "flood"}});
}

std::vector<std::string> acting(const ExemptionBook& book, std::string_view day,
                                const std::string& criterion = "hours") {
  std::vector<std::string> out;
  for (const auto& one : book.acting("a", "service", criterion, date(day))) out.push_back(one.id);
  return out;
}

TEST(ExemptionBook, AnExemptionHoldsOnItsDays) {
  ExemptionBook book;
  EXPECT_FALSE(book.any("a"));
  EXPECT_THAT(book.learn(exemption("e1", "hours", "2015-02-10", "2015-03-05")), ElementsAre("a"));
  EXPECT_TRUE(book.any("a"));
  EXPECT_THAT(acting(book, "2015-02-09"), IsEmpty());
  EXPECT_THAT(acting(book, "2015-02-10"), ElementsAre("e1"));
  EXPECT_THAT(acting(book, "2015-03-05"), ElementsAre("e1"));
  EXPECT_THAT(acting(book, "2015-03-06"), IsEmpty());
  EXPECT_THAT(acting(book, "2015-02-10", "on_time"), IsEmpty());
  EXPECT_THAT(book.acting("b", "service", "hours", date("2015-02-10")), IsEmpty());
  EXPECT_THAT(book.acting("a", "other", "hours", date("2015-02-10")), IsEmpty());
}

TEST(ExemptionBook, ItsBeginningAndItsExpiryAreChanges) {
  ExemptionBook book;
  book.learn(exemption("e1", "hours", "2015-02-10", "2015-03-05"));
  EXPECT_THAT(book.advance(date("2015-02-09")), IsEmpty());
  EXPECT_THAT(book.advance(date("2015-02-10")), ElementsAre("a"));
  EXPECT_THAT(book.advance(date("2015-03-05")), IsEmpty());
  EXPECT_THAT(book.advance(date("2015-03-06")), ElementsAre("a"));
  EXPECT_THAT(book.advance(date("2016-03-06")), IsEmpty());
}

TEST(ExemptionBook, ANewVersionEndsItAndAWithdrawalTakesItBack) {
  ExemptionBook book;
  book.advance(date("2015-02-15"));
  book.learn(exemption("e1", "hours", "2015-02-10", "2015-03-05"));
  book.learn(exemption("e1", "hours", "2015-02-10", "2015-02-14"));
  EXPECT_THAT(acting(book, "2015-02-14"), ElementsAre("e1"));
  EXPECT_THAT(acting(book, "2015-02-15"), IsEmpty());
  EXPECT_THAT(book.learn(testing::fact("exemption", "e1", "", "", {{"withdrawn", "mistake"}})),
              ElementsAre("a"));
  EXPECT_THAT(acting(book, "2015-02-14"), IsEmpty());
  EXPECT_FALSE(book.any("a"));
}

// Outlet "a" with two cases of January 2015, both late and closed within the hour. Without an
// exemption: on_time 0 of 45.5, hours 24.5, overdue_open 30.
struct World {
  World() {
    const testing::Replace wider{"standards/service.yaml", "max_weight_without_data: 40",
                                 "max_weight_without_data: 50"};
    ledger.activate(testing::small_pack({wider}), true);
    ledger.add_outlet("a", "c1");
    stream = ledger.enroll("a");
    for (const char* id : {"r1", "r2"}) {
      ledger.batch(stream, {opened(id, "2015-01-05T10:00:00Z", {due_field("2015-01-05T10:30:00Z")}),
                            closed(id, "2015-01-05T11:00:00Z")});
    }
  }
  Json body(std::string_view as_of, const std::string& period = "2015-01") {
    return body_of(rebuild(ledger, ledger.length(), at(as_of)).value().rows, "outlet", "a", period);
  }
  SmallLedger ledger;
  std::size_t stream = 0;
};

const Json& line_of(const Json& body, const std::string& criterion) {
  for (const Json& block : body.find("blocks")->as_array()) {
    for (const Json& line : block.find("criteria")->as_array()) {
      if (line.find("id")->as_string() == criterion) return line;
    }
  }
  ADD_FAILURE() << "no line " << criterion;
  return body;
}

TEST(Exemption, TakesACriterionAndGivesItsWeightToTheOthers) {
  World world;
  EXPECT_EQ(word(world.body("2015-02-10T00:00:00Z"), "score"), "54.50");
  EXPECT_EQ(world.body("2015-02-10T00:00:00Z").find("exemptions"), nullptr);
  world.ledger.add_facts({exemption("e1", "on_time", "2015-01-01", "2015-12-31")});
  Json body = world.body("2015-02-10T00:00:00Z");
  EXPECT_EQ(word(body, "score"), "100.00");
  EXPECT_EQ(word(body, "grade"), "top") << "nothing is missing, so the best grade is open";
  EXPECT_EQ(word(body, "grade_limited"), "false");
  EXPECT_EQ(word(body, "verdict"), "met");
  EXPECT_EQ(word(body, "weight_without_data"), "0.00");
  EXPECT_EQ(word(body, "weight_exempt"), "45.50");
  EXPECT_EQ(word(body, "exemptions"),
            R"([{"criterion":"on_time","id":"e1","until":"2015-12-31"}])");
  const Json& line = line_of(body, "on_time");
  EXPECT_EQ(word(line, "verdict"), "not_applicable");
  EXPECT_EQ(word(line, "points"), "null");
  EXPECT_EQ(word(line, "redistributed"), "-45.50");
  EXPECT_EQ(word(*line.find("figure"), "value"), "0.000000") << "the figure stays to be read";
  EXPECT_EQ(word(line_of(body, "hours"), "weight_used"), "70.00");
}

TEST(Exemption, IsLookedUpOnTheDayOfAsOfAndOnTheLastDayOfAnEndedPeriod) {
  World world;
  world.ledger.add_facts({exemption("e1", "on_time", "2015-01-10", "2015-01-20")});
  // The pack's calendar is five hours behind UTC.
  EXPECT_EQ(word(world.body("2015-01-10T04:59:00Z"), "score"), "54.50");
  EXPECT_EQ(word(world.body("2015-01-10T05:00:00Z"), "score"), "100.00");
  EXPECT_EQ(word(world.body("2015-01-21T04:59:00Z"), "score"), "100.00");
  EXPECT_EQ(word(world.body("2015-01-21T05:00:00Z"), "score"), "54.50");
  EXPECT_EQ(word(world.body("2015-03-01T00:00:00Z"), "score"), "54.50") << "it ran out before";
  world.ledger.add_facts({exemption("e1", "on_time", "2015-01-10", "2015-01-31")});
  EXPECT_EQ(word(world.body("2015-03-01T00:00:00Z"), "score"), "100.00");
}

TEST(Exemption, ItsExpiryChangesThePublishedRowWithoutAnyEvent) {
  World world;
  world.ledger.add_facts({exemption("e1", "on_time", "2015-01-01", "2015-01-20")});
  Engine engine;
  for (const StoredEntry& entry : world.ledger.entries()) ASSERT_TRUE(engine.apply(entry).ok());
  ASSERT_TRUE(engine.advance(at("2015-01-21T04:59:00Z")).ok());
  EXPECT_EQ(word(body_of(engine.take_changed(), "outlet", "a", "2015-01"), "score"), "100.00");
  ASSERT_TRUE(engine.advance(at("2015-01-21T05:00:00Z")).ok());
  EXPECT_EQ(word(body_of(engine.take_changed(), "outlet", "a", "2015-01"), "score"), "54.50");
}

TEST(Exemption, AllOfThemLeaveNothingToScore) {
  World world;
  world.ledger.add_facts({exemption("e1", "on_time", "2015-01-01", "2015-12-31"),
                          exemption("e2", "hours", "2015-01-01", "2015-12-31"),
                          exemption("e3", "overdue_open", "2015-01-01", "2015-12-31")});
  Json body = world.body("2015-02-10T00:00:00Z");
  EXPECT_EQ(word(body, "verdict"), "not_applicable");
  EXPECT_EQ(word(body, "score"), "null");
  EXPECT_EQ(word(body, "grade"), "null");
  EXPECT_EQ(word(world.body("2015-02-10T00:00:00Z", "2015-02"), "verdict"), "not_applicable")
      << "also of who reported nothing";
}

TEST(Exemption, MoreThanTheLimitLeavesAScoreWithoutAGrade) {
  World world;
  world.ledger.add_facts({exemption("e1", "on_time", "2015-01-01", "2015-12-31"),
                          exemption("e2", "hours", "2015-01-01", "2015-12-31")});
  Json body = world.body("2015-02-10T00:00:00Z");
  EXPECT_EQ(word(body, "score"), "100.00");
  EXPECT_EQ(word(body, "grade"), "null") << "70 points of 100 were asked of nobody";
  EXPECT_EQ(word(body, "verdict"), "met");
}

TEST(Exemption, TheOthersOfWhoReportedNothingStayNotReported) {
  World world;
  world.ledger.add_facts({exemption("e1", "on_time", "2015-01-01", "2015-12-31")});
  Json body = world.body("2015-02-10T00:00:00Z", "2015-02");
  EXPECT_EQ(word(body, "verdict"), "not_reported");
  EXPECT_EQ(word(body, "weight_without_data"), "54.50");
  EXPECT_EQ(word(body, "weight_exempt"), "45.50");
  EXPECT_EQ(word(line_of(body, "on_time"), "verdict"), "not_applicable");
  EXPECT_EQ(word(line_of(body, "hours"), "verdict"), "not_reported");
}

TEST(Exemption, ABlockWhollyExemptHoldsItsConditions) {
  Standard standard;
  Criterion one;
  one.weight = Decimal::whole(60);
  one.linear = Criterion::Linear{Decimal{}, Decimal::whole(1)};
  one.met_at = Decimal::whole(1);
  Criterion two = one;
  two.weight = Decimal::whole(40);
  standard.blocks = {{"x", {}, {one}}, {"y", {}, {two}}};
  standard.grades.resize(2);
  standard.grades[0].conditions = {{1, Decimal::whole(30), {}}};
  standard.max_weight_without_data = Decimal::whole(40);
  const Fraction full{1, 1};
  ScoreCard exempt = score_unit(standard, {{full}, {full}}, true, {{false}, {true}}).value();
  EXPECT_TRUE(exempt.conditions[0][0].holds);
  EXPECT_EQ(exempt.conditions[0][0].points, std::nullopt);
  ScoreCard missing = score_unit(standard, {{full}, {std::nullopt}}, true).value();
  EXPECT_FALSE(missing.conditions[0][0].holds);
}

// Exemptions come, change and go between batches; as-of goes on in random steps. At each stop the
// rows published so far must equal those of a rebuild.
TEST(Exemption, DoesNotDependOnHowTheLedgerIsFoldedInPieces) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    std::mt19937_64 random(seed);
    World world;
    const std::vector<std::string> criteria = {"on_time", "hours", "overdue_open"};
    for (int i = 0; i < 12; ++i) {
      world.ledger.now = world.ledger.now + Duration{kMsPerDay};
      std::string id = "e" + std::to_string(random() % 4);
      auto day = days_from_date({2015, 1, 1}) + static_cast<int>(random() % 60);
      if (random() % 5 == 0) {
        world.ledger.add_facts({testing::fact("exemption", id, "", "", {{"withdrawn", "x"}})});
      } else {
        auto last = day + static_cast<int>(random() % 30);
        world.ledger.add_facts(
            {exemption(id, criteria[random() % 3], format_date(date_from_days(day)),
                       format_date(date_from_days(last)), random() % 3 == 0 ? "late" : "a")});
      }
      if (i == 6) world.ledger.add_outlet("late", "c1");
    }
    Engine engine;
    std::map<std::vector<std::string>, std::string> published;
    Instant as_of = at("2015-01-02T00:00:00Z");
    while (as_of < at("2015-04-10T00:00:00Z")) {
      for (std::uint64_t n = random() % 5;
           n > 0 && engine.next().value < world.ledger.length().value; --n) {
        ASSERT_TRUE(engine.apply(world.ledger.entries()[engine.next().value]).ok());
      }
      as_of = as_of + Duration{static_cast<std::int64_t>(random() % 80) * kMsPerHour};
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
