// SPDX-License-Identifier: Apache-2.0
#include "evaluator/engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "evaluator/rebuild.h"
#include "tests/support/evaluator/small_ledger.h"

namespace plumbline {
namespace {

using testing::body_of;
using testing::closed;
using testing::criterion_of;
using testing::due_field;
using testing::indicator_of;
using testing::number_field;
using testing::opened;
using testing::small_pack;
using testing::SmallLedger;
using testing::text_field;
using testing::visit;
using testing::word;

// Two outlets in two cities, the rules retroactive, one stream each.
struct World {
  World() {
    ledger.activate(small_pack(), true);
    ledger.add_outlet("a", "c1");
    ledger.add_outlet("b", "c2");
    stream_a = ledger.enroll("a");
    stream_b = ledger.enroll("b");
  }
  Rebuilt at(std::string_view as_of) {
    return rebuild(ledger, ledger.length(), testing::at(as_of)).value();
  }
  SmallLedger ledger;
  std::size_t stream_a = 0;
  std::size_t stream_b = 0;
};

TEST(Engine, GivesARowToEachUnitAndBegunPeriod) {
  World world;
  Rebuilt built = world.at("2015-02-10T00:00:00Z");
  // network, c1, c2, a, b; 2015-01, 2015-02 and 2015.
  EXPECT_EQ(built.rows.size(), 15u);
  EXPECT_TRUE(std::is_sorted(built.rows.begin(), built.rows.end()));
  EXPECT_EQ(built.header.pack, "small");
  EXPECT_EQ(built.header.rule_hash, rule_hash(small_pack()).hex());
  Json body = body_of(built.rows, "outlet", "a", "2015-01");
  EXPECT_EQ(word(body, "verdict"), "not_reported");
  EXPECT_EQ(word(body, "score"), "null");
  EXPECT_EQ(word(criterion_of(body, "hours"), "verdict"), "not_reported");
  EXPECT_EQ(word(body_of(built.rows, "network", "ALL", "2015"), "verdict"), "not_applicable");
  // Before the standard begins there is nothing, whatever was reported.
  EXPECT_TRUE(world.at("2014-12-31T00:00:00Z").rows.empty());
}

TEST(Engine, FoldsACaseIntoFiguresOfEachLevel) {
  World world;
  world.ledger.batch(
      world.stream_a,
      {opened("r1", "2015-01-05T10:00:00Z",
              {due_field("2015-01-06T10:00:00Z"), text_field("channel", Kind::kEnum, "web")}),
       closed("r1", "2015-01-05T12:30:00Z", {number_field("fee", Kind::kDecimal, 1'250'000)}),
       opened("r2", "2015-01-31T23:00:00Z", {due_field("2015-02-01T00:00:00Z")}),
       visit("v1", "2015-01-09T00:00:00Z", 12)});
  world.ledger.batch(world.stream_b, {visit("v1", "2015-01-09T00:00:00Z", -5)});
  Rebuilt built = world.at("2015-03-01T00:00:00Z");
  Json outlet = body_of(built.rows, "outlet", "a", "2015-01");
  EXPECT_EQ(word(indicator_of(outlet, "opened"), "value"), "2");
  EXPECT_EQ(word(indicator_of(outlet, "on_time"), "value"), "0.500000");
  EXPECT_EQ(word(indicator_of(outlet, "on_time"), "numerator"), "1");
  EXPECT_EQ(word(indicator_of(outlet, "hours"), "value"), "2.5000");
  EXPECT_EQ(word(indicator_of(outlet, "overdue_open"), "value"), "0.5000");
  EXPECT_EQ(word(indicator_of(outlet, "fees"), "value"), "1.25");
  EXPECT_EQ(word(indicator_of(outlet, "people"), "value"), "12");
  EXPECT_EQ(word(outlet, "events"), "4");
  Json network = body_of(built.rows, "network", "ALL", "2015");
  EXPECT_EQ(word(indicator_of(network, "people"), "value"), "7");
  EXPECT_EQ(word(indicator_of(network, "items"), "value"), "1.000");
  Json city = body_of(built.rows, "city", "c2", "2015");
  EXPECT_EQ(word(indicator_of(city, "people"), "value"), "-5");
  EXPECT_EQ(word(indicator_of(city, "hours"), "id"), "absent") << "not declared at this level";
  EXPECT_EQ(built.counters.open, 1u);
  EXPECT_EQ(built.counters.closed, 3u);
  EXPECT_EQ(built.counters.events, 5u);
}

TEST(Engine, GroupsKeepAPlaceForAMissingValue) {
  World world;
  auto web = [] { return text_field("channel", Kind::kEnum, "web"); };
  world.ledger.batch(world.stream_a, {opened("r1", "2015-01-05T10:00:00Z", {web()}),
                                      opened("r2", "2015-01-05T10:00:00Z"),
                                      opened("r3", "2015-01-05T10:00:00Z", {web()})});
  Json body = body_of(world.at("2015-02-01T00:00:00Z").rows, "outlet", "a", "2015-01");
  Json opened_by = indicator_of(body, "opened");
  EXPECT_EQ(opened_by.find("by")->as_array()[0].text(),
            R"({"field":"channel","groups":[{"group":"web","n":2,"value":"2"},)"
            R"({"group":null,"n":1,"value":"1"}]})");
}

TEST(Engine, ADueIsLateFromTheMomentAfterIt) {
  World world;
  world.ledger.batch(world.stream_a,
                     {opened("r1", "2015-01-05T10:00:00Z", {due_field("2015-01-06T10:00:00Z")}),
                      opened("r2", "2015-01-05T10:00:00Z", {due_field("2015-01-06T10:00:00Z")}),
                      closed("r2", "2015-01-06T10:00:00Z")});
  auto overdue = [&](std::string_view as_of) {
    Json body = body_of(world.at(as_of).rows, "outlet", "a", "2015-01");
    return word(indicator_of(body, "overdue_open"), "numerator") + " of " +
           word(indicator_of(body, "on_time"), "numerator") + "/" +
           word(indicator_of(body, "on_time"), "n");
  };
  // Closing at the due instant is on time; an open case is not late at the due instant itself.
  EXPECT_EQ(overdue("2015-01-06T10:00:00Z"), "0 of 1/1");
  EXPECT_EQ(overdue("2015-01-06T10:01:00Z"), "1 of 1/2");
}

TEST(Engine, MonthsAndYearsAreThoseOfTheCalendar) {
  World world;
  world.ledger.now = testing::at("2015-05-01T00:00:00Z");
  world.ledger.batch(world.stream_a, {opened("r1", "2015-01-01T04:59:59.999Z"),  // 2014-12-31
                                      opened("r2", "2015-01-01T05:00:00Z"),
                                      opened("r3", "2015-04-01T03:59:59.999Z"),  // summer time
                                      opened("r4", "2015-04-01T04:00:00Z")});
  Rebuilt built = world.at("2015-05-01T05:00:00Z");
  auto count = [&](const std::string& period) {
    return word(indicator_of(body_of(built.rows, "outlet", "a", period), "opened"), "value");
  };
  EXPECT_EQ(count("2015-01"), "1");
  EXPECT_EQ(count("2015-03"), "1");
  EXPECT_EQ(count("2015-04"), "1");
  EXPECT_EQ(count("2015"), "3");
  Json april = body_of(built.rows, "outlet", "a", "2015-04");
  EXPECT_EQ(word(april, "period"),
            R"({"end":"2015-05-01T04:00:00Z","ended":true,"id":"2015-04",)"
            R"("provisional_calendar":false,"start":"2015-04-01T04:00:00Z"})");
}

TEST(Engine, SaysWhereTheCalendarEnds) {
  World world;
  Rebuilt built = world.at("2016-01-02T00:00:00Z");
  Json last = body_of(built.rows, "outlet", "a", "2015-12");
  Json behind = body_of(built.rows, "outlet", "a", "2016-01");
  EXPECT_EQ(word(*last.find("period"), "provisional_calendar"), "false");
  EXPECT_EQ(word(*behind.find("period"), "provisional_calendar"), "true");
  EXPECT_EQ(word(*behind.find("period"), "ended"), "false");
}

TEST(Engine, ARepeatedStepIsListedAndGivesNothing) {
  World world;
  LedgerIndex first = world.ledger.batch(
      world.stream_a,
      {opened("r1", "2015-01-05T10:00:00Z", {due_field("2015-01-09T00:00:00Z")}),
       closed("r1", "2015-01-06T10:00:00Z", {number_field("fee", Kind::kDecimal, 2'000'000)}),
       closed("r1", "2015-01-20T10:00:00Z", {number_field("fee", Kind::kDecimal, 9'000'000)})});
  Engine engine;
  ASSERT_TRUE(engine.advance(testing::at("2015-02-01T00:00:00Z")).ok());
  for (const StoredEntry& entry : world.ledger.entries()) ASSERT_TRUE(engine.apply(entry).ok());
  Json body = body_of(engine.rows(), "outlet", "a", "2015-01");
  EXPECT_EQ(word(indicator_of(body, "fees"), "value"), "2.00");
  EXPECT_EQ(word(indicator_of(body, "hours"), "value"), "24.0000");
  EXPECT_EQ(word(body, "duplicates"), "1");
  EXPECT_EQ(engine.counters().duplicates, 1u);
  const auto& listed = engine.newest()->duplicates(OutletId::parse("a").value());
  EXPECT_THAT(listed, ::testing::ElementsAre(Position{first, Sequence(3)}));
}

TEST(Engine, TheLatestEventThatCarriesAFieldGivesIt) {
  World world;
  world.ledger.batch(world.stream_a, {opened("r1", "2015-01-05T10:00:00Z",
                                             {text_field("channel", Kind::kEnum, "web"),
                                              number_field("fee", Kind::kDecimal, 1'000'000)}),
                                      closed("r1", "2015-01-04T10:00:00Z",
                                             {text_field("channel", Kind::kEnum, "app")})});
  Json body = body_of(world.at("2015-02-01T00:00:00Z").rows, "outlet", "a", "2015-01");
  // Latest by sequence, not by the time that the event claims.
  EXPECT_THAT(word(indicator_of(body, "opened"), "by"), ::testing::HasSubstr("\"app\""));
  EXPECT_EQ(word(indicator_of(body, "fees"), "value"), "1.00");
  // Closed before it was opened: the rule of the hours leaves it out.
  EXPECT_EQ(word(indicator_of(body, "hours"), "value"), "null");
  EXPECT_EQ(word(indicator_of(body, "hours"), "n"), "0");
}

TEST(Engine, AnEventLaterThanAsOfWaitsAndThenCountsInLedgerOrder) {
  World world;
  world.ledger.now = testing::at("2015-01-10T00:00:00Z");
  // The first event of the step stands, although a later entry is reached by as-of before it.
  world.ledger.batch(world.stream_a, {opened("r1", "2015-01-20T10:00:00Z")});
  world.ledger.batch(world.stream_a, {opened("r1", "2015-01-05T10:00:00Z")});
  Engine engine;
  for (const StoredEntry& entry : world.ledger.entries()) ASSERT_TRUE(engine.apply(entry).ok());
  EXPECT_EQ(engine.counters().pending, 2u);
  ASSERT_TRUE(engine.advance(testing::at("2015-01-15T00:00:00Z")).ok());
  EXPECT_EQ(engine.counters().pending, 1u);
  EXPECT_EQ(engine.counters().duplicates, 0u);
  EXPECT_EQ(engine.rows(), world.at("2015-01-15T00:00:00Z").rows);
  ASSERT_TRUE(engine.advance(testing::at("2015-01-25T00:00:00Z")).ok());
  EXPECT_EQ(engine.counters().pending, 0u);
  EXPECT_EQ(engine.counters().duplicates, 1u);
  EXPECT_EQ(engine.rows(), world.at("2015-01-25T00:00:00Z").rows);
}

TEST(Engine, AsOfIsAWholeMinuteAndNeverGoesBack) {
  Engine engine;
  EXPECT_EQ(engine.advance(testing::at("2015-01-15T00:00:01Z")).error().code(), Code::kInvalid);
  ASSERT_TRUE(engine.advance(testing::at("2015-01-15T00:01:00Z")).ok());
  EXPECT_EQ(engine.advance(testing::at("2015-01-15T00:00:00Z")).error().code(), Code::kInvalid);
}

TEST(Engine, RefusesEntriesOutOfOrder) {
  World world;
  Engine engine;
  Status answer = engine.apply(world.ledger.entries()[1]);
  EXPECT_EQ(answer.error().text(), "entry 1 was given where entry 0 comes next");
}

TEST(Engine, NamesTheEntryThatNoHonestServerWrites) {
  World world;
  world.ledger.batch(world.stream_a, {visit("v1", "2015-01-09T00:00:00Z", 12)});
  std::vector<StoredEntry> entries = world.ledger.entries();
  entries.back().entry.resize(5);
  Engine engine;
  for (std::size_t i = 0; i + 1 < entries.size(); ++i) ASSERT_TRUE(engine.apply(entries[i]).ok());
  Status answer = engine.apply(entries.back());
  EXPECT_EQ(answer.error().code(), Code::kCorrupt);
  EXPECT_THAT(answer.error().text(), ::testing::HasSubstr("entry 8"));
}

TEST(Engine, ABatchOfAnUnknownStreamIsCorrupt) {
  World enrolled;
  enrolled.ledger.batch(enrolled.stream_a, {visit("v1", "2015-01-09T00:00:00Z", 12)});
  StoredEntry batch = enrolled.ledger.entries().back();
  SmallLedger other;
  batch.index = LedgerIndex(1);
  Engine engine;
  ASSERT_TRUE(engine.apply(other.entries()[0]).ok());
  Status answer = engine.apply(batch);
  EXPECT_EQ(answer.error().code(), Code::kCorrupt);
  EXPECT_THAT(answer.error().text(), ::testing::HasSubstr("no enrolment before it made"));
}

TEST(Engine, AsksForARestartWhenRulesArriveBehindBatches) {
  World world;
  world.ledger.batch(world.stream_a, {opened("r1", "2015-01-05T10:00:00Z")});
  PackFiles second = small_pack({{"pack.yaml", "version: \"1\"", "version: \"2\""}});
  world.ledger.now = testing::at("2015-03-01T00:00:00Z");
  world.ledger.activate(second, true);
  Engine engine;
  for (const StoredEntry& entry : world.ledger.entries()) ASSERT_TRUE(engine.apply(entry).ok());
  EXPECT_TRUE(engine.needs_restart());
  engine.restart();
  EXPECT_EQ(engine.next(), LedgerIndex(0));
  for (const StoredEntry& entry : world.ledger.entries()) ASSERT_TRUE(engine.apply(entry).ok());
  EXPECT_FALSE(engine.needs_restart());
  ASSERT_TRUE(engine.advance(testing::at("2015-04-01T00:00:00Z")).ok());
  EXPECT_EQ(word(body_of(engine.rows(), "outlet", "a", "2015-01"), "version"), "2");
  EXPECT_EQ(engine.rows(), world.at("2015-04-01T00:00:00Z").rows);
}

TEST(Engine, RulesThatAreNotRetroactiveAnswerForPeriodsThatStartBehindThem) {
  World world;
  world.ledger.batch(world.stream_a, {opened("r1", "2015-01-05T10:00:00Z")});
  PackFiles second = small_pack({{"pack.yaml", "version: \"1\"", "version: \"2\""}});
  world.ledger.now = testing::at("2015-02-10T00:00:00Z");
  world.ledger.activate(second, false);
  world.ledger.now = testing::at("2015-03-10T00:00:00Z");
  world.ledger.batch(world.stream_a, {opened("r2", "2015-03-05T10:00:00Z")});
  Rebuilt built = world.at("2015-03-15T00:00:00Z");
  auto version = [&](const std::string& period) {
    return word(body_of(built.rows, "outlet", "a", period), "version");
  };
  EXPECT_EQ(version("2015-01"), "1");
  EXPECT_EQ(version("2015-02"), "1") << "it began before the new rules were recorded";
  EXPECT_EQ(version("2015-03"), "2");
  EXPECT_EQ(version("2015"), "1");
  EXPECT_EQ(word(indicator_of(body_of(built.rows, "outlet", "a", "2015-03"), "opened"), "value"),
            "1");
  EXPECT_EQ(word(indicator_of(body_of(built.rows, "outlet", "a", "2015"), "opened"), "value"), "2");
}

TEST(Engine, RulesThatDoNotCompileStopTheFold) {
  SmallLedger ledger;
  ledger.activate({{"pack.yaml", "format: something\n"}}, true);
  Result<Rebuilt> built = rebuild(ledger, ledger.length(), testing::at("2015-04-01T00:00:00Z"));
  ASSERT_FALSE(built.ok());
  EXPECT_EQ(built.error().code(), Code::kUnsupported);
  EXPECT_THAT(built.error().text(), ::testing::HasSubstr("entry 1 activates a rule set"));
}

TEST(Engine, RebuildAsksForNoMoreThanThereIs) {
  World world;
  Result<Rebuilt> built =
      rebuild(world.ledger, LedgerSize(99), testing::at("2015-04-01T00:00:00Z"));
  EXPECT_EQ(built.error().text(), "the ledger has 8 entries, 99 were asked for");
}

TEST(Engine, AFailingExpressionIsCountedWhereTheFigureStands) {
  World world;
  PackFiles dividing =
      small_pack({{"standards/service.yaml", "value: case.items\n", "value: 6 / case.items\n"}});
  world.ledger.activate(dividing, true);
  world.ledger.batch(
      world.stream_a,
      {opened("r1", "2015-01-05T10:00:00Z"),
       closed("r1", "2015-01-06T10:00:00Z", {number_field("items", Kind::kCount, 0)}),
       opened("r2", "2015-01-05T10:00:00Z"),
       closed("r2", "2015-01-06T10:00:00Z", {number_field("items", Kind::kCount, 3)})});
  Engine engine;
  for (const StoredEntry& entry : world.ledger.entries()) ASSERT_TRUE(engine.apply(entry).ok());
  ASSERT_TRUE(engine.advance(testing::at("2015-04-01T00:00:00Z")).ok());
  Json network = body_of(engine.rows(), "network", "ALL", "2015-01");
  EXPECT_EQ(word(network, "failed_cases"), "1");
  EXPECT_EQ(word(indicator_of(network, "items"), "n"), "1");
  EXPECT_EQ(word(indicator_of(network, "items"), "value"), "2.000");
  ASSERT_EQ(engine.newest()->failed().size(), 1u);
  EXPECT_EQ(engine.newest()->failed()[0].subject, "r1");
}

TEST(Engine, OneMoreEventCostsTheSameWhateverTheHistory) {
  auto cost = [](int history) {
    World world;
    for (int i = 0; i < history; ++i) {
      std::string subject = "r" + std::to_string(i);
      world.ledger.batch(world.stream_a, {opened(subject, "2015-01-05T10:00:00Z"),
                                          closed(subject, "2015-01-06T10:00:00Z")});
    }
    Engine engine;
    EXPECT_TRUE(engine.advance(testing::at("2015-02-01T00:00:00Z")).ok());
    for (const StoredEntry& entry : world.ledger.entries()) EXPECT_TRUE(engine.apply(entry).ok());
    engine.take_changed();
    FoldCounters before = engine.counters();
    world.ledger.batch(world.stream_a, {opened("one_more", "2015-01-07T10:00:00Z")});
    EXPECT_TRUE(engine.apply(world.ledger.entries().back()).ok());
    engine.take_changed();
    FoldCounters after = engine.counters();
    return std::vector<std::uint64_t>{after.cases_touched - before.cases_touched,
                                      after.tallies_touched - before.tallies_touched,
                                      after.rows_rendered - before.rows_rendered};
  };
  std::vector<std::uint64_t> small = cost(20);
  EXPECT_EQ(small, cost(200));
  EXPECT_EQ(small[0], 1u) << "its own case";
  // opened at 3 levels and overdue_open at 2, month and year each.
  EXPECT_EQ(small[1], 10u);
  // network, city and outlet, month and year.
  EXPECT_EQ(small[2], 6u);
}

}  // namespace
}  // namespace plumbline
