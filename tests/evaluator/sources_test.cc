// SPDX-License-Identifier: Apache-2.0
// Demanded kinds of source: what their events alone make of a case.
#include <gtest/gtest.h>

#include <map>

#include "evaluator/engine.h"
#include "evaluator/rebuild.h"
#include "evaluator/rules_json.h"
#include "tests/support/evaluator/small_ledger.h"

namespace plumbline {
namespace {

using testing::at;
using testing::body_of;
using testing::closed;
using testing::due_field;
using testing::indicator_of;
using testing::opened;
using testing::SmallLedger;
using testing::word;

// The share on time rests on the rating page and the inspector.
PackFiles demanding_pack() {
  return testing::small_pack(
      {{"standards/service.yaml", "    numerator: case.closed.time <= case.due\n",
        "    numerator: case.closed.time <= case.due\n"
        "    sources: [rating_page, inspector]\n"}});
}

struct World {
  World() {
    ledger.activate(demanding_pack(), true);
    ledger.add_outlet("a", "c1");
    agent = ledger.enroll("a");
    page = ledger.enroll("a", SourceKind::kRatingPage);
    inspector = ledger.enroll("a", SourceKind::kInspector);
  }
  Json body(std::string_view as_of = "2015-02-10T00:00:00Z") {
    return body_of(rebuild(ledger, ledger.length(), at(as_of)).value().rows, "outlet", "a",
                   "2015-01");
  }
  Json figure(std::string_view as_of = "2015-02-10T00:00:00Z") {
    return indicator_of(body(as_of), "on_time");
  }
  // A request opened and closed by one stream, `late` or in time.
  void request(std::size_t stream, const std::string& subject, bool late) {
    ledger.batch(stream,
                 {opened(subject, "2015-01-05T10:00:00Z", {due_field("2015-01-05T12:00:00Z")}),
                  closed(subject, late ? "2015-01-05T13:00:00Z" : "2015-01-05T11:00:00Z")});
  }
  SmallLedger ledger;
  std::size_t agent = 0, page = 0, inspector = 0;
};

TEST(Sources, OnlyTheDemandedKindsCountAndTheOthersAreToldOf) {
  World world;
  world.request(world.agent, "r1", false);
  world.request(world.agent, "r2", false);
  world.request(world.page, "r3", true);
  world.request(world.inspector, "r4", false);
  Json figure = world.figure();
  EXPECT_EQ(word(figure, "n"), "2");
  EXPECT_EQ(word(figure, "numerator"), "1");
  EXPECT_EQ(word(figure, "left_out"), "2");
  EXPECT_EQ(word(indicator_of(world.body(), "opened"), "n"), "4") << "it demands nothing";
  EXPECT_EQ(word(indicator_of(world.body(), "opened"), "left_out"), "absent");
}

TEST(Sources, AnOutletCannotTakeACaseAwayByReportingItFirst) {
  World world;
  world.request(world.agent, "r1", false);
  world.request(world.page, "r1", true);
  Json figure = world.figure();
  EXPECT_EQ(word(figure, "n"), "1");
  EXPECT_EQ(word(figure, "numerator"), "0");
  EXPECT_EQ(word(figure, "left_out"), "0");
  EXPECT_EQ(word(indicator_of(world.body(), "on_time"), "n"), "1");
}

TEST(Sources, TheStepsOfOtherKindsAreNotThere) {
  World world;
  world.ledger.batch(world.page,
                     {opened("r1", "2015-01-05T10:00:00Z", {due_field("2015-01-20T12:00:00Z")})});
  world.ledger.batch(world.agent, {closed("r1", "2015-01-05T11:00:00Z")});
  // Open for the page, so it counts once its due has passed; then it is not on time.
  EXPECT_EQ(word(world.figure("2015-01-20T12:00:00Z"), "n"), "0");
  EXPECT_EQ(word(world.figure("2015-01-20T12:00:00Z"), "left_out"), "1");
  EXPECT_EQ(word(world.figure("2015-01-20T12:01:00Z"), "n"), "1");
  EXPECT_EQ(word(world.figure("2015-01-20T12:01:00Z"), "numerator"), "0");
}

// Closed as a whole, so nothing of the whole case waits for the due of what the page reported.
TEST(Sources, WhatIsOverdueForAKindBecomesSoWithoutAnyEvent) {
  World world;
  world.ledger.batch(world.page,
                     {opened("r1", "2015-01-05T10:00:00Z", {due_field("2015-01-20T12:00:00Z")})});
  world.ledger.batch(world.agent, {closed("r1", "2015-01-05T11:00:00Z")});
  Engine engine;
  for (const StoredEntry& entry : world.ledger.entries()) ASSERT_TRUE(engine.apply(entry).ok());
  ASSERT_TRUE(engine.advance(at("2015-01-20T12:00:00Z")).ok());
  Json before = body_of(engine.take_changed(), "outlet", "a", "2015-01");
  EXPECT_EQ(word(indicator_of(before, "on_time"), "n"), "0");
  ASSERT_TRUE(engine.advance(at("2015-01-20T12:01:00Z")).ok());
  Json after = body_of(engine.take_changed(), "outlet", "a", "2015-01");
  EXPECT_EQ(word(indicator_of(after, "on_time"), "n"), "1");
}

TEST(Sources, AVoidOfTheKindsOwnEventTakesItAway) {
  World world;
  Event first = opened("r1", "2015-01-05T10:00:00Z", {due_field("2015-01-05T12:00:00Z")});
  world.ledger.batch(world.page, {first, closed("r1", "2015-01-05T11:00:00Z")});
  world.request(world.agent, "r1", false);
  EXPECT_EQ(word(world.figure(), "n"), "1");
  world.ledger.batch(world.page,
                     {world.ledger.voids(world.page, first, 1, "2015-01-06T10:00:00Z")});
  EXPECT_EQ(word(world.figure(), "n"), "0");
  EXPECT_EQ(word(world.figure(), "left_out"), "1") << "the outlet's own report stands";
}

TEST(Sources, TheRulesSayThemInWords) {
  Json rules = rules_json(*testing::compiled(demanding_pack()));
  const Json& block = rules.find("standards")->as_array()[0].find("blocks")->as_array()[0];
  std::string text = word(block.find("criteria")->as_array()[0], "rule_text");
  EXPECT_NE(text.find("only what was reported by the rating page or an inspector"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("只计评价页面、检查人员报送的数据"), std::string::npos) << text;
}

}  // namespace
}  // namespace plumbline
