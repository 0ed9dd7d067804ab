// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "evaluator/rebuild.h"
#include "evaluator/scores_view.h"
#include "tests/support/evaluator/facts.h"
#include "tests/support/evaluator/small_ledger.h"
#include "tests/support/evaluator/target_pack.h"

namespace plumbline {
namespace {

using testing::body_of;
using testing::city;
using testing::city_institution;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::SmallLedger;
using testing::target_pack;
using testing::word;

// Two cities of which one has an institution; the target asks for more than half by 2015-03-31, as
// known by 2015-04-10.
struct World {
  World() {
    ledger.activate(target_pack(), true);
    ledger.add_outlet("a", "c1");
    stream = ledger.enroll("a");
    ledger.add_facts({city("c1"), city("c2"), city_institution("i1", "c1", "2015-01-10")});
  }
  Rebuilt at(std::string_view as_of) {
    return rebuild(ledger, ledger.length(), testing::at(as_of)).value();
  }
  std::vector<ResultRow> targets(std::string_view as_of) {
    std::vector<ResultRow> rows = at(as_of).rows;
    std::erase_if(rows, [](const ResultRow& row) { return !row.standard.starts_with("target."); });
    return rows;
  }
  Json statement(std::string_view as_of, const std::string& period) {
    return body_of(targets(as_of), "network", "ALL", period);
  }
  SmallLedger ledger;
  std::size_t stream = 0;
};

std::string keys(const std::vector<ResultRow>& rows) {
  std::string text;
  for (const ResultRow& row : rows) {
    if (!row.standard.starts_with("target.")) continue;
    text += row.level + " " + row.unit + " " + row.period + "; ";
  }
  return text;
}

TEST(TargetRows, AreThoseOfTheNetworkAndOfEachUnit) {
  World world;
  EXPECT_EQ(keys(world.targets("2015-01-09T12:00:00Z")),
            "city c1 running; city c2 running; network ALL running; ");
  Json network = world.statement("2015-01-10T12:00:00Z", "running");
  EXPECT_EQ(word(network, "verdict"), "not_met");
  EXPECT_EQ(word(network, "value"), "0.500000");
  EXPECT_EQ(word(network, "date"), "2015-01-10");
  Json unit = body_of(world.targets("2015-01-10T12:00:00Z"), "city", "c1", "running");
  EXPECT_EQ(unit.text(),
            R"({"covered":{"claimed":true,"ever":true,"strict":true},"date":"2015-01-10",)"
            R"("facts":["i1"],"kind":"target_unit","level":"city","since":"2015-01-10",)"
            R"("statement":"running","target":"cities","unit":"c1","verdict":"met"})");
}

TEST(TargetRows, TheDayIsTheLocalOneAndTheFinalStatementFollowsItsEnd) {
  World world;
  // New York: the deadline's day ends at 04:00 UTC.
  EXPECT_EQ(word(world.statement("2015-04-01T03:59:00Z", "running"), "date"), "2015-03-31");
  EXPECT_TRUE(world.statement("2015-04-01T03:59:00Z", "final").is_null());
  EXPECT_EQ(word(world.statement("2015-04-01T04:00:00Z", "running"), "date"), "2015-04-01");
  Json final_statement = world.statement("2015-04-01T04:00:00Z", "final");
  EXPECT_EQ(word(final_statement, "date"), "2015-03-31");
  EXPECT_EQ(word(final_statement, "known_by"), "2015-04-11T03:59:59.999Z");
  EXPECT_EQ(word(world.statement("2015-04-11T03:59:00Z", "final"), "frozen"), "false");
  EXPECT_EQ(word(world.statement("2015-04-11T04:00:00Z", "final"), "frozen"), "true");
}

TEST(TargetRows, TheFinalStatementTakesWhatWasKnownInTimeAndNothingLater) {
  World world;
  world.ledger.now = testing::at("2015-04-11T03:59:59.999Z");
  world.ledger.add_facts({city_institution("i2", "c2", "2015-03-01")});
  std::string in_time = world.statement("2015-04-12T00:00:00Z", "final").text();
  EXPECT_THAT(in_time, HasSubstr(R"("value":"1.000000","verdict":"met")"));
  world.ledger.now = testing::at("2015-04-11T04:00:00Z");
  Fact gone = city_institution("i2", "c2", "2015-03-01");
  gone.attributes["withdrawn"] = "never founded";
  world.ledger.add_facts({gone, city("c3")});
  EXPECT_EQ(world.statement("2015-04-12T00:00:00Z", "final").text(), in_time);
  Json running = world.statement("2015-04-12T00:00:00Z", "running");
  EXPECT_EQ(word(running, "value"), "0.333333");
  EXPECT_EQ(word(running, "known_by"), "null");
  // Half a year later the answer to the same question is the same.
  EXPECT_EQ(world.statement("2015-10-12T00:00:00Z", "final").text(), in_time);
}

TEST(TargetRows, NothingKnownIsNotReported) {
  SmallLedger ledger;
  ledger.activate(target_pack(), true);
  auto row = [&] {
    return body_of(
        rebuild(ledger, ledger.length(), testing::at("2015-02-01T00:00:00Z")).value().rows,
        "network", "ALL", "running");
  };
  EXPECT_EQ(word(row(), "verdict"), "not_reported");
  EXPECT_EQ(word(row(), "value"), "null");
  ledger.add_facts({city_institution("i1", "c1", "2015-01-10")});
  EXPECT_EQ(word(row(), "verdict"), "insufficient_data") << "there are no divisions at all";
  EXPECT_EQ(word(row(), "excluded"), R"([{"fact":"i1","reason":"unknown_place"}])");
}

TEST(TargetRows, AreOfTheNewestRuleSetAlone) {
  World world;
  PackFiles second = target_pack();
  second.erase("targets/cities.yaml");
  world.ledger.now = testing::at("2015-02-01T00:00:00Z");
  world.ledger.activate(second, false);
  EXPECT_THAT(world.targets("2015-02-02T00:00:00Z"), IsEmpty());
  world.ledger.activate(target_pack(), false);
  EXPECT_FALSE(world.targets("2015-02-02T00:00:00Z").empty());
}

Engine folded(const SmallLedger& ledger, std::string_view as_of) {
  Engine engine;
  for (const StoredEntry& entry : ledger.entries()) EXPECT_TRUE(engine.apply(entry).ok());
  EXPECT_TRUE(engine.advance(testing::at(as_of)).ok());
  return engine;
}

TEST(TargetRows, AreGivenAgainOnlyWhereTheyDiffer) {
  World world;
  Engine engine = folded(world.ledger, "2015-01-12T12:00:00Z");
  engine.take_changed();
  // Another minute, an event and a fact that no target looks at.
  ASSERT_TRUE(engine.advance(testing::at("2015-01-12T12:01:00Z")).ok());
  EXPECT_EQ(keys(engine.take_changed()), "");
  world.ledger.batch(world.stream, {testing::opened("r1", "2015-01-05T10:00:00Z")});
  world.ledger.add_facts({testing::fact("document", "d9", "", "", {{"number", "9"}})});
  for (std::size_t i = engine.next().value; i < world.ledger.entries().size(); ++i) {
    ASSERT_TRUE(engine.apply(world.ledger.entries()[i]).ok());
  }
  EXPECT_EQ(keys(engine.take_changed()), "");
  world.ledger.add_facts({city_institution("i2", "c2", "2015-01-11")});
  ASSERT_TRUE(engine.apply(world.ledger.entries().back()).ok());
  EXPECT_EQ(keys(engine.take_changed()), "city c2 running; network ALL running; ");
  // The next day the date is another in all of them.
  ASSERT_TRUE(engine.advance(testing::at("2015-01-13T12:01:00Z")).ok());
  EXPECT_EQ(keys(engine.take_changed()), "city c1 running; city c2 running; network ALL running; ");
}

TEST(TargetRows, ARowThatIsNoneAnyMoreIsNamed) {
  World world;
  Engine engine = folded(world.ledger, "2015-01-12T12:00:00Z");
  engine.take_changed();
  EXPECT_THAT(engine.gone(), IsEmpty());
  Fact ended = city("c2");
  ended.until = testing::date("2015-01-11");
  world.ledger.add_facts({ended});
  ASSERT_TRUE(engine.apply(world.ledger.entries().back()).ok());
  EXPECT_EQ(keys(engine.take_changed()), "network ALL running; ");
  EXPECT_EQ(keys(engine.gone()), "city c2 running; ");
  engine.take_changed();
  EXPECT_THAT(engine.gone(), IsEmpty());
}

// Facts of all kinds of change, batches between them, rules activated again, days passing.
void write_at_random(SmallLedger& ledger, std::size_t stream, std::mt19937_64& random) {
  ledger.now = ledger.now + Duration{static_cast<std::int64_t>(random() % 5) * kMsPerDay / 2};
  std::string code = "c" + std::to_string(random() % 4);
  Fact division = city(code);
  if (random() % 3 == 0) division.until = testing::date("2015-02-15");
  if (random() % 2 == 0) division.attributes["merged_into"] = "c1";
  Fact body = city_institution("i" + std::to_string(random() % 4), code, "2015-01-20");
  if (random() % 4 == 0) body.attributes["withdrawn"] = "an error";
  switch (random() % 6) {
    case 0:
      ledger.batch(stream,
                   {testing::opened("r" + std::to_string(random() % 9), "2015-01-05T10:00:00Z")});
      break;
    case 1:
      ledger.add_facts({division});
      break;
    case 2:
      if (random() % 4 == 0) {
        std::string version = "version: \"" + std::to_string(random() % 100 + 2) + "\"";
        ledger.activate(target_pack({{"pack.yaml", "version: \"1\"", version}}), true);
      }
      break;
    case 3:
      ledger.add_facts({division, body});
      break;
    default:
      ledger.add_facts({body});
  }
}

// Method. A random ledger is folded in random pieces with as-of advancing between them, and what
// changed and went is applied to a table as a follower does. After each piece the table must equal
// a rebuild from the first entry, byte for byte.
TEST(TargetRows, AnyCutGivesTheSameBytes) {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    std::mt19937_64 random(seed);
    World world;
    for (int i = 0; i < 40; ++i) write_at_random(world.ledger, world.stream, random);
    Engine engine;
    std::map<std::string, ResultRow> table;
    Instant as_of = testing::at("2015-01-05T00:00:00Z");
    while (engine.next().value < world.ledger.length().value) {
      LedgerSize to(engine.next().value + 1 + random() % 9);
      to = std::min(to, world.ledger.length());
      while (engine.next() < LedgerIndex(to.value)) {
        ASSERT_TRUE(fold_chunk(world.ledger, engine, to).ok());
        if (engine.next() == LedgerIndex(0)) table.clear();
      }
      as_of = as_of + Duration{static_cast<std::int64_t>(random() % 12) * kMsPerDay / 3};
      ASSERT_TRUE(engine.advance(as_of).ok());
      auto key = [](const ResultRow& row) {
        return row.standard + "/" + row.level + "/" + row.unit + "/" + row.period;
      };
      for (const ResultRow& row : engine.take_changed()) table[key(row)] = row;
      for (const ResultRow& row : engine.gone()) table.erase(key(row));
      Rebuilt rebuilt = rebuild(world.ledger, to, as_of).value();
      ASSERT_EQ(engine.rows(), rebuilt.rows) << "seed " << seed;
      ASSERT_EQ(table.size(), rebuilt.rows.size()) << "seed " << seed;
      for (const ResultRow& row : rebuilt.rows) ASSERT_EQ(table[key(row)].body, row.body);
    }
  }
}

TEST(TargetRows, AreShownInEveryForm) {
  World world;
  Rebuilt built = world.at("2015-04-12T00:00:00Z");
  std::vector<ResultRow> rows = world.targets("2015-04-12T00:00:00Z");
  std::string table = scores_text(built.header, rows, ScoresFormat::kTable).value();
  EXPECT_THAT(table,
              HasSubstr("target.cities  network  ALL   final    not_met  -      -      on "
                        "2015-03-31, goal above 0.5; strict 0.500000 (1/2) not_met; ever 0.500000 "
                        "(1/2) not_met; claimed 0.500000 (1/2) not_met\n"));
  EXPECT_THAT(table, HasSubstr("c1    running  met      -      -      on 2015-04-11; claimed yes; "
                               "ever yes; strict yes\n"));
  std::string csv = scores_text(built.header, rows, ScoresFormat::kCsv).value();
  EXPECT_THAT(csv, HasSubstr("\ntarget.cities,network,ALL,final,target,cities,,,2,1,0.500000,,,,"
                             "not_met,\n"
                             "target.cities,network,ALL,final,reading,strict,,,2,1,0.500000,,,,"
                             "not_met,\n"));
  EXPECT_THAT(csv, HasSubstr("\ntarget.cities,city,c2,final,target_unit,cities,,,,,,,,,not_met,\n"
                             "target.cities,city,c2,final,reading,claimed,,,1,0,0,,,,,\n"));
  std::string json = scores_text(built.header, rows, ScoresFormat::kJson).value();
  for (const ResultRow& row : rows) EXPECT_THAT(json, HasSubstr(row.body));
}

}  // namespace
}  // namespace plumbline
