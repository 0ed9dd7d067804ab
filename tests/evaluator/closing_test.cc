// SPDX-License-Identifier: Apache-2.0
// Closings: what is published of a period stays as it was, what comes later is shown beside it and
// published as a new revision. Everything is compared with a rebuild from the first entry.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "evaluator/closed_results.h"
#include "evaluator/closing_plan.h"
#include "evaluator/ledger_view.h"
#include "evaluator/rebuild.h"
#include "ledger/entry.h"
#include "ledger/merkle.h"
#include "tests/support/evaluator/small_ledger.h"

namespace plumbline {
namespace {

using testing::body_of;
using testing::closed;
using testing::due_field;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::indicator_of;
using ::testing::IsEmpty;
using testing::opened;
using testing::small_pack;
using testing::SmallLedger;
using testing::visit;
using testing::word;

const char* const kEnd = "2015-02-10T00:00:00Z";
const char* const kLater = "2015-02-20T00:00:00Z";

class ClosingTest : public ::testing::Test {
 protected:
  ClosingTest() {
    ledger_.activate(small_pack(), true);
    ledger_.add_outlet("a", "c1");
    ledger_.add_outlet("b", "c1");
    a_ = ledger_.enroll("a");
    b_ = ledger_.enroll("b");
    ledger_.batch(a_, {visit("v1", "2015-01-05T10:00:00Z", 4),
                       opened("r1", "2015-01-06T00:00:00Z", {due_field("2015-01-08T00:00:00Z")})});
    ledger_.batch(b_, {visit("v1", "2015-01-05T10:00:00Z", 5)});
  }

  ResultsStore::Snapshot served(std::string_view as_of) {
    Rebuilt built = rebuild(ledger_, ledger_.length(), testing::at(as_of)).value();
    return {built.header, built.rows};
  }
  RegistryView office() {
    Engine engine;
    while (engine.next().value < ledger_.length().value) {
      EXPECT_TRUE(fold_chunk(ledger_, engine, ledger_.length()).ok());
    }
    RegistryView view;
    view.closings = engine.registry().closings;
    for (const RegistryState::Activation& at : engine.registry().activations) {
      view.activations.push_back({at.index, at.rules.pack, at.rules.version, at.rules.rule_hash,
                                  at.recorded_at, at.rules.retroactive});
    }
    return view;
  }
  Result<ClosingPlan> plan(std::string_view as_of,
                           ClosingAsked::What what = ClosingAsked::What::kClose,
                           const std::string& period = "2015-01") {
    return plan_closing(served(as_of), office(), {"service", period, what});
  }
  PeriodClosed close(std::string_view as_of, ClosingAsked::What what = ClosingAsked::What::kClose) {
    PeriodClosed closing = plan(as_of, what).value().closed;
    ledger_.record({"os:clerk", "the year is over", closing});
    return closing;
  }
  static std::string people(const std::vector<ResultRow>& rows, const std::string& standard,
                            const std::string& unit = "a") {
    for (const ResultRow& row : rows) {
      if (row.standard != standard || row.unit != unit || row.period != "2015-01") continue;
      return word(indicator_of(Json::parse(row.body).value(), "people"), "value");
    }
    return "no row";
  }

  SmallLedger ledger_;
  std::size_t a_ = 0;
  std::size_t b_ = 0;
};

TEST_F(ClosingTest, NamesWhatARebuildGivesAndItsRoot) {
  PeriodClosed closing = close(kEnd);
  EXPECT_EQ(closing.revision, 1u);
  EXPECT_EQ(closing.results, 4u) << "network, city and two outlets";
  EXPECT_EQ(closing.rule_hash, rule_hash(small_pack()));
  Rebuilt again = rebuild(ledger_, closing.size, closing.as_of).value();
  std::vector<ResultRow> rows = rows_of_period(again.rows, "service", "2015-01");
  // The tree of RFC 9162 by hand: levels and units in the order of their bytes.
  std::vector<Hash> leaves;
  for (const auto& [level, unit] : std::vector<std::pair<std::string, std::string>>{
           {"city", "c1"}, {"network", "ALL"}, {"outlet", "a"}, {"outlet", "b"}}) {
    leaves.push_back(leaf_hash(body_of(rows, level, unit, "2015-01").text()));
  }
  Hash root = node_hash(node_hash(leaves[0], leaves[1]), node_hash(leaves[2], leaves[3]));
  EXPECT_EQ(closing.root, root);
  EXPECT_EQ(rows_of_closing(ledger_, closing).value(), rows);
}

TEST_F(ClosingTest, LateDataChangesNothingThatWasPublishedAndIsShownBesideIt) {
  close(kEnd);
  std::vector<ResultRow> before = served(kLater).rows;
  EXPECT_EQ(people(before, "current.service"), "no row");
  ledger_.batch(a_, {visit("v2", "2015-01-09T10:00:00Z", 30)});
  std::vector<ResultRow> after = served(kLater).rows;
  EXPECT_EQ(people(after, "service"), "4");
  EXPECT_EQ(people(after, "service", "ALL"), "9");
  EXPECT_EQ(people(after, "current.service"), "34");
  EXPECT_EQ(people(after, "current.service", "ALL"), "39");
  EXPECT_EQ(people(after, "current.service", "b"), "no row") << "it is as it was published";
  Json year = body_of(after, "outlet", "a", "2015");
  EXPECT_EQ(word(indicator_of(year, "people"), "value"), "34") << "the year is open";
}

TEST_F(ClosingTest, ARestatementIsANewRevisionAndTheOldOneStays) {
  close(kEnd);
  ledger_.batch(a_, {visit("v2", "2015-01-09T10:00:00Z", 30)});
  ClosingPlan next = plan(kLater, ClosingAsked::What::kRestate).value();
  std::vector<std::string> units;
  for (const ClosingPlan::Change& change : next.changes) units.push_back(change.unit);
  EXPECT_THAT(units, ElementsAre("c1", "ALL", "a"));
  PeriodClosed second = close(kLater, ClosingAsked::What::kRestate);
  EXPECT_EQ(second.revision, 2u);
  std::vector<ResultRow> after = served(kLater).rows;
  EXPECT_EQ(people(after, "service"), "34");
  EXPECT_EQ(people(after, "closed.1.service"), "4");
  EXPECT_EQ(people(after, "current.service"), "no row");
  EXPECT_EQ(results_root(rows_of_period(after, "service", "2015-01")), second.root);
}

TEST_F(ClosingTest, RefusesBeforeTheEndTwiceAndWhatIsNotThere) {
  Result<ClosingPlan> early = plan("2015-01-31T00:00:00Z");
  EXPECT_EQ(early.error().code(), Code::kInvalid);
  EXPECT_THAT(early.error().text(), HasSubstr("has not ended"));
  EXPECT_EQ(plan("2015-02-01T04:59:00Z").error().code(), Code::kInvalid);
  EXPECT_TRUE(plan("2015-02-01T05:00:00Z").ok()) << "the month ends at local midnight";
  EXPECT_EQ(plan(kEnd, ClosingAsked::What::kClose, "2014-12").error().code(), Code::kNotFound);
  EXPECT_EQ(plan(kEnd, ClosingAsked::What::kRestate).error().code(), Code::kNotFound);
  close(kEnd);
  EXPECT_EQ(plan(kEnd).error().code(), Code::kExists);
  Result<ClosingPlan> nothing = plan(kLater, ClosingAsked::What::kRestate);
  EXPECT_EQ(nothing.error().code(), Code::kExists);
  EXPECT_THAT(nothing.error().text(), HasSubstr("nothing differs"));
}

TEST_F(ClosingTest, ACaseThatReopensAfterTheClosingRestatesAndChangesNothingPublished) {
  Event end = closed("r1", "2015-01-07T00:00:00Z");
  ledger_.batch(a_, {end});
  close(kEnd);
  ledger_.batch(a_, {ledger_.voids(a_, end, 3, "2015-02-12T00:00:00Z")});
  std::vector<ResultRow> after = served(kLater).rows;
  auto on_time = [&](const std::string& standard) {
    for (const ResultRow& row : after) {
      if (row.standard != standard || row.unit != "a" || row.period != "2015-01") continue;
      return word(indicator_of(Json::parse(row.body).value(), "on_time"), "numerator");
    }
    return std::string("no row");
  };
  EXPECT_EQ(on_time("service"), "1");
  EXPECT_EQ(on_time("current.service"), "0");
  // As of a minute before the void was decided, nothing differs.
  after = served("2015-02-11T00:00:00Z").rows;
  EXPECT_EQ(on_time("current.service"), "no row");
}

TEST_F(ClosingTest, AnOutletThatJoinsLaterIsNoPartOfWhatWasPublished) {
  close(kEnd);
  ledger_.add_outlet("late", "c1");
  std::vector<ResultRow> after = served(kLater).rows;
  EXPECT_EQ(people(after, "service", "late"), "no row");
  EXPECT_NE(people(after, "current.service", "late"), "no row");
}

TEST_F(ClosingTest, AWithdrawalMakesTheRootImpossibleAndSaysSo) {
  LedgerIndex gone = ledger_.batch(a_, {visit("v2", "2015-01-09T10:00:00Z", 30)});
  PeriodClosed closing = close(kEnd);
  EXPECT_TRUE(rows_of_closing(ledger_, closing).ok());
  ledger_.withdraw(gone);
  Result<std::vector<ResultRow>> rows = rows_of_closing(ledger_, closing);
  ASSERT_FALSE(rows.ok());
  EXPECT_EQ(rows.error().code(), Code::kCorrupt);
}

TEST_F(ClosingTest, AClosingOfWhatStandsBehindItIsRefused) {
  PeriodClosed closing = plan(kEnd).value().closed;
  RegistryState state;
  Engine engine;
  while (engine.next().value < ledger_.length().value) {
    ASSERT_TRUE(fold_chunk(ledger_, engine, ledger_.length()).ok());
  }
  state = engine.registry();
  closing.size = LedgerSize(ledger_.length().value + 1);
  LedgerIndex next(ledger_.length().value);
  EXPECT_EQ(state.apply(next, ledger_.now, {"os:clerk", "early", closing}).error().code(),
            Code::kConflict);
  closing.size = ledger_.length();
  closing.revision = 2;
  EXPECT_EQ(state.apply(next, ledger_.now, {"os:clerk", "gap", closing}).error().code(),
            Code::kConflict);
  closing.revision = 1;
  EXPECT_TRUE(state.apply(next, ledger_.now, {"os:clerk", "first", closing}).ok());
  EXPECT_EQ(state.apply(next.next(), ledger_.now, {"os:clerk", "twice", closing}).error().code(),
            Code::kExists);
}

TEST_F(ClosingTest, ADifferenceNamesTheCasesAndTheEntriesThatMadeIt) {
  PeriodClosed closing = close(kEnd);
  LedgerIndex late = ledger_.batch(
      a_, {visit("v2", "2015-01-09T10:00:00Z", 30), visit("v3", "2015-02-09T10:00:00Z", 1)});
  Event first = visit("v1", "2015-01-05T10:00:00Z", 4);
  LedgerIndex mended =
      ledger_.batch(a_, {ledger_.corrects(a_, first, 1, "2015-02-12T00:00:00Z",
                                          {testing::number_field("people", Kind::kInteger, 5)})});
  auto view = make_ledger_view([this]() -> Result<std::unique_ptr<LedgerReader>> {
    return std::unique_ptr<LedgerReader>(std::make_unique<testing::Borrowed>(ledger_));
  });
  auto difference = [&](const std::string& outlet) {
    return view
        ->difference({"service", OutletId::parse(outlet).value(), "2015-01"},
                     {closing.size, closing.as_of}, {ledger_.length(), testing::at(kLater)})
        .value();
  };
  Json why = difference("a");
  EXPECT_EQ(word(why, "total"), "2") << "February's visit is no cause";
  const Json::Array& cases = why.find("cases")->as_array();
  ASSERT_EQ(cases.size(), 2u);
  EXPECT_EQ(word(cases[0], "subject"), "v1");
  EXPECT_EQ(cases[0].find("entries")->text(), "[" + std::to_string(mended.value) + "]");
  EXPECT_EQ(word(cases[1], "subject"), "v2");
  EXPECT_EQ(cases[1].find("entries")->text(), "[" + std::to_string(late.value) + "]");
  EXPECT_FALSE(why.find("rules_changed")->as_bool());
  EXPECT_EQ(word(difference("b"), "total"), "0");
}

TEST_F(ClosingTest, ADifferenceByOtherRulesNamesTheirEntry) {
  PeriodClosed closing = close(kEnd);
  LedgerIndex rules(ledger_.length().value);
  ledger_.activate(small_pack({{"pack.yaml", "version: \"1\"", "version: \"2\""}}), true);
  auto view = make_ledger_view([this]() -> Result<std::unique_ptr<LedgerReader>> {
    return std::unique_ptr<LedgerReader>(std::make_unique<testing::Borrowed>(ledger_));
  });
  Json why =
      view->difference({"service", OutletId::parse("a").value(), "2015-01"},
                       {closing.size, closing.as_of}, {ledger_.length(), testing::at(kLater)})
          .value();
  EXPECT_TRUE(why.find("rules_changed")->as_bool());
  EXPECT_EQ(why.find("records")->text(), "[" + std::to_string(rules.value) + "]");
  std::vector<ResultRow> after = served(kLater).rows;
  EXPECT_EQ(people(after, "service"), "4");
  EXPECT_EQ(people(after, "current.service"), "4") << "the version in the body is another";
}

TEST_F(ClosingTest, ARevisionMayComeBackToWhatAnEarlierOneSaid) {
  close(kEnd);
  Event late = visit("v2", "2015-01-09T10:00:00Z", 30);
  ledger_.batch(a_, {late});
  close(kLater, ClosingAsked::What::kRestate);
  ledger_.batch(a_, {ledger_.voids(a_, late, 3, "2015-02-12T00:00:00Z")});
  PeriodClosed third = close(kLater, ClosingAsked::What::kRestate);
  EXPECT_EQ(third.revision, 3u);
  std::vector<ResultRow> after = served(kLater).rows;
  EXPECT_EQ(people(after, "service"), "4");
  EXPECT_EQ(people(after, "closed.2.service"), "34");
  EXPECT_EQ(people(after, "closed.1.service"), "4");
}

}  // namespace
}  // namespace plumbline
