// SPDX-License-Identifier: Apache-2.0
// Norms by the class of an outlet: which number stands in which period.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "evaluator/engine.h"
#include "evaluator/norm_book.h"
#include "evaluator/rebuild.h"
#include "evaluator/rules_json.h"
#include "tests/support/evaluator/facts.h"
#include "tests/support/evaluator/small_ledger.h"

namespace plumbline {
namespace {

using testing::at;
using testing::body_of;
using testing::closed;
using testing::criterion_of;
using testing::opened;
using testing::SmallLedger;
using testing::word;

// Hours: all points at 2 of a library, at 4 of a university, at 3 of another; none at 10.
PackFiles normed_pack() {
  return testing::small_pack(
      {{"standards/service.yaml",
        "        bands:\n          - {up_to: 24, share: 1}\n          - {up_to: 100, share: 0.6}\n"
        "          - {share: 0.1}\n",
        "        linear: {zero: 10, full: norm}\n        norm:\n"
        "          classes: {library: 2, university: 4}\n          otherwise: 3\n"
        "          basis: For the tests.\n          basis_kind: proposal\n"}});
}

Fact of_class(std::string id, std::string name, std::string_view from, std::string_view until = "",
              std::string outlet = "a") {
  return testing::fact("class", std::move(id), from, until,
                       {{"outlet", std::move(outlet)}, {"class", std::move(name)}});
}

Fact norm(std::string id, std::string name, std::string value, std::string_view from,
          std::string_view until) {
  return testing::fact("norm", std::move(id), from, until,
                       {{"standard", "service"},
                        {"criterion", "hours"},
                        {"class", std::move(name)},
                        {"value", std::move(value)},
                        {"document", "d"}});
}

// Outlet "a" with a case of four hours in January and one in February 2015.
struct World {
  World() {
    ledger.activate(normed_pack(), true);
    ledger.add_outlet("a", "c1");
    stream = ledger.enroll("a");
  }
  void report() {
    ledger.batch(stream,
                 {opened("r1", "2015-01-05T10:00:00Z"), closed("r1", "2015-01-05T14:00:00Z"),
                  opened("r2", "2015-02-05T10:00:00Z"), closed("r2", "2015-02-05T14:00:00Z")});
  }
  Json line(const std::string& period, std::string_view as_of = "2015-04-01T00:00:00Z") {
    return criterion_of(
        body_of(rebuild(ledger, ledger.length(), at(as_of)).value().rows, "outlet", "a", period),
        "hours");
  }
  SmallLedger ledger;
  std::size_t stream = 0;
};

TEST(Norms, TheClassOfAnOutletPicksTheNumberOfThePack) {
  World world;
  world.report();
  EXPECT_EQ(word(world.line("2015-01"), "norm"), R"({"class":null,"fact":null,"value":"3"})");
  EXPECT_EQ(word(world.line("2015-01"), "verdict"), "not_met");
  world.ledger.add_facts({of_class("k1", "university", "2015-01-01")});
  EXPECT_EQ(word(world.line("2015-01"), "norm"),
            R"({"class":"university","fact":null,"value":"4"})");
  EXPECT_EQ(word(world.line("2015-01"), "verdict"), "met");
  // The weight of on_time went to hours: 70 points; 6 of 8 hours lie between.
  world.ledger.add_facts({of_class("k1", "library", "2015-01-01")});
  EXPECT_EQ(word(world.line("2015-01"), "points"), "52.50");
  world.ledger.add_facts({of_class("k1", "park", "2015-01-01")});
  EXPECT_EQ(word(world.line("2015-01"), "norm"), R"({"class":"park","fact":null,"value":"3"})");
}

TEST(Norms, TheClassIsThatOfTheDayOneLooksAt) {
  World world;
  world.report();
  world.ledger.add_facts({of_class("k1", "library", "2015-01-01"),
                          of_class("k2", "university", "2015-02-10", "2015-02-20")});
  auto name = [&](const char* period, const char* as_of) {
    return word(*world.line(period, as_of).find("norm"), "class");
  };
  EXPECT_EQ(name("2015-02", "2015-02-10T04:59:00Z"), "library");
  EXPECT_EQ(name("2015-02", "2015-02-10T05:00:00Z"), "university");
  EXPECT_EQ(name("2015-02", "2015-02-21T05:00:00Z"), "library");
  EXPECT_EQ(name("2015-01", "2015-02-15T05:00:00Z"), "library") << "January is over";
  world.ledger.add_facts({testing::fact("class", "k1", "", "", {{"withdrawn", "wrong"}})});
  EXPECT_EQ(name("2015-01", "2015-02-15T05:00:00Z"), "null");
}

TEST(Norms, AClassThatBeginsChangesThePublishedRowWithoutAnyEvent) {
  World world;
  world.report();
  world.ledger.add_facts({of_class("k1", "university", "2015-02-10")});
  Engine engine;
  for (const StoredEntry& entry : world.ledger.entries()) ASSERT_TRUE(engine.apply(entry).ok());
  ASSERT_TRUE(engine.advance(at("2015-02-10T04:59:00Z")).ok());
  Json before = body_of(engine.take_changed(), "outlet", "a", "2015-02");
  EXPECT_EQ(word(criterion_of(before, "hours"), "verdict"), "not_met");
  ASSERT_TRUE(engine.advance(at("2015-02-10T05:00:00Z")).ok());
  Json after = body_of(engine.take_changed(), "outlet", "a", "2015-02");
  EXPECT_EQ(word(criterion_of(after, "hours"), "verdict"), "met");
}

TEST(Norms, APublishedNormNeverFloats) {
  World world;
  world.ledger.add_facts({of_class("k1", "library", "2015-01-01")});
  world.ledger.now = at("2015-01-31T23:00:00Z");
  world.ledger.add_facts({norm("n1", "library", "5", "2015-01-01", "2015-02-28")});
  auto says = [&](const char* period) { return word(world.line(period), "norm"); };
  world.ledger.now = at("2015-02-01T05:00:00Z");
  world.report();
  EXPECT_EQ(says("2015-02"), R"({"class":"library","fact":"n1","value":"5"})");
  EXPECT_EQ(says("2015-01"), R"({"class":"library","fact":null,"value":"2"})")
      << "January had begun";
  EXPECT_EQ(says("2015-03"), R"({"class":"library","fact":null,"value":"2"})") << "not its days";
  world.ledger.add_facts({norm("n1", "library", "7", "2015-01-01", "2015-03-31")});
  EXPECT_EQ(says("2015-02"), R"({"class":"library","fact":"n1","value":"5"})")
      << "recorded at the very beginning of February";
  EXPECT_EQ(says("2015-03"), R"({"class":"library","fact":"n1","value":"7"})");
  world.ledger.add_facts({testing::fact("norm", "n1", "", "", {{"withdrawn", "wrong"}})});
  EXPECT_EQ(says("2015-02"), R"({"class":"library","fact":"n1","value":"5"})");
  EXPECT_EQ(says("2015-03"), R"({"class":"library","fact":null,"value":"2"})");
}

TEST(Norms, ANumberOnTheWrongSideCountsForNothing) {
  World world;
  world.ledger.add_facts({of_class("k1", "library", "2015-01-01"),
                          norm("n1", "library", "10", "2015-01-01", "2015-12-31"),
                          norm("n2", "library", "11", "2015-01-01", "2015-12-31")});
  world.report();
  EXPECT_EQ(word(*world.line("2015-02").find("norm"), "fact"), "null");
  world.ledger.add_facts({norm("n3", "library", "9.5", "2015-01-01", "2015-12-31")});
  EXPECT_EQ(word(*world.line("2015-02").find("norm"), "value"), "9.5");
}

TEST(Norms, TheRulesSayThemInWords) {
  std::string text = rules_json(*testing::compiled(normed_pack())).find("standards")->text();
  EXPECT_NE(text.find("full points up to the norm of its class (library 2 h, university 4 h, "
                      "otherwise 3 h)"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("同类网点标准值（library 2 小时，university 4 小时，其他 3 小时）"),
            std::string::npos);
}

// Classes and norms come, change and go; as-of goes on in random steps. At each stop the rows
// published so far must equal those of a rebuild.
TEST(Norms, DoNotDependOnHowTheLedgerIsFoldedInPieces) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    std::mt19937_64 random(seed);
    World world;
    world.report();
    const std::vector<std::string> names = {"library", "university", "park"};
    for (int i = 0; i < 14; ++i) {
      world.ledger.now =
          world.ledger.now + Duration{static_cast<std::int64_t>(random() % 8) * kMsPerDay};
      std::string id = "x" + std::to_string(random() % 3);
      auto day = days_from_date({2015, 1, 1}) + static_cast<int>(random() % 60);
      std::string from = format_date(date_from_days(day));
      std::string until = format_date(date_from_days(day + static_cast<int>(random() % 60)));
      const char* kind = random() % 2 == 0 ? "class" : "norm";
      if (random() % 6 == 0) {
        world.ledger.add_facts({testing::fact(kind, id, "", "", {{"withdrawn", "x"}})});
      } else if (*kind == 'c') {
        world.ledger.add_facts(
            {of_class(id, names[random() % 3], from, until, random() % 3 == 0 ? "late" : "a")});
      } else {
        world.ledger.add_facts(
            {norm(id, names[random() % 3], std::to_string(1 + random() % 12), from, until)});
      }
      if (i == 7) world.ledger.add_outlet("late", "c1");
    }
    Engine engine;
    std::map<std::vector<std::string>, std::string> published;
    Instant as_of = at("2015-01-02T00:00:00Z");
    while (as_of < at("2015-05-10T00:00:00Z")) {
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
