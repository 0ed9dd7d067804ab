// SPDX-License-Identifier: Apache-2.0
// The evaluation outlet by outlet beside the one entry by entry, where the random ledgers of
// oracle_test.cc do not lead: contents that are gone, closings, several rule sets, ledgers that are
// not in order.
#include "evaluator/full_evaluation.h"

#include <gtest/gtest.h>

#include "evaluator/closed_results.h"
#include "evaluator/rebuild.h"
#include "tests/support/evaluator/small_ledger.h"

namespace plumbline {
namespace {

using testing::closed;
using testing::opened;
using testing::small_pack;
using testing::SmallLedger;
using testing::visit;

const Instant kAsOf = testing::at("2015-03-01T00:00:00Z");

class FullEvaluation : public ::testing::Test {
 protected:
  void fill() {
    ledger_.activate(small_pack(), true);
    ledger_.add_outlet("a", "c1");
    ledger_.add_outlet("b", "");
    a_ = ledger_.enroll("a");
    b_ = ledger_.enroll_live("b");
    ledger_.batch(
        a_, {visit("v1", "2015-01-09T00:00:00Z", 12),
             opened("r1", "2015-01-05T10:00:00Z", {testing::due_field("2015-01-08T00:00:00Z")})});
    ledger_.batch(b_, {opened("r1", "2015-01-05T10:00:00Z")});
  }
  LedgerIndex close_r1() {
    return ledger_.batch(a_, {closed("r1", "2015-01-07T10:00:00Z",
                                     {testing::number_field("items", Kind::kCount, 2)})});
  }
  FullAsk ask(std::optional<LedgerIndex> without = {}) {
    OpenLedger open = [this]() -> Result<std::unique_ptr<LedgerReader>> {
      return std::unique_ptr<LedgerReader>(std::make_unique<testing::Borrowed>(ledger_));
    };
    return {open, 2, ledger_.length(), kAsOf, without};
  }
  // Both ways, which must agree in everything; the rows.
  std::vector<ResultRow> both(std::optional<LedgerIndex> without = {}) {
    Result<Rebuilt> by_outlet = rebuild_by_outlet(ask(without));
    Result<Rebuilt> in_order = rebuild_in_order(ledger_, ledger_.length(), kAsOf, without);
    EXPECT_TRUE(by_outlet.ok() && in_order.ok());
    if (!by_outlet.ok() || !in_order.ok()) return {};
    EXPECT_EQ(by_outlet->rows, in_order->rows);
    EXPECT_EQ(by_outlet->withdrawn_later, in_order->withdrawn_later);
    EXPECT_EQ(by_outlet->header.pack, in_order->header.pack);
    EXPECT_EQ(by_outlet->header.rule_hash, in_order->header.rule_hash);
    EXPECT_EQ(by_outlet->header.size, in_order->header.size);
    EXPECT_EQ(by_outlet->counters.set_aside, in_order->counters.set_aside);
    EXPECT_EQ(by_outlet->counters.closed, in_order->counters.closed);
    return by_outlet->rows;
  }
  std::string hours(const std::vector<ResultRow>& rows) {
    Json body = testing::body_of(rows, "outlet", "a", "2015-01");
    return testing::word(testing::indicator_of(body, "hours"), "value");
  }

  SmallLedger ledger_;
  std::size_t a_ = 0;
  std::size_t b_ = 0;
};

TEST_F(FullEvaluation, ContentsThatAreGone) {
  fill();
  LedgerIndex closing = close_r1();
  EXPECT_EQ(hours(both()), "48.0000");
  EXPECT_EQ(hours(both(closing)), "null") << "as if it had been withdrawn";
  LedgerIndex lost = ledger_.batch(a_, {visit("v2", "2015-01-10T00:00:00Z", 3)});
  ledger_.withdraw(lost);
  EXPECT_EQ(hours(both()), "48.0000");
  EXPECT_EQ(rebuild_by_outlet(ask())->withdrawn_later, std::vector<LedgerIndex>{lost});
  EXPECT_EQ(hours(both(lost)), "48.0000");
  ledger_.record({"os:clerk", "a name in it", ContentRedacted{lost, Hash(), Hash(), "os:b"}});
  EXPECT_TRUE(rebuild_by_outlet(ask())->withdrawn_later.empty());
  ledger_.record({"os:clerk", "a name in it", ContentRedacted{closing, Hash(), Hash(), "os:b"}});
  EXPECT_EQ(hours(both()), "null");
}

TEST_F(FullEvaluation, ContentsThatAreNone) {
  fill();
  ledger_.hostile(a_, "not a content", 3);
  close_r1();
  EXPECT_EQ(hours(both()), "48.0000");
  EXPECT_EQ(rebuild_by_outlet(ask())->counters.set_aside, 3u);
}

TEST_F(FullEvaluation, RuleSetsForPeriodsOfTheirOwn) {
  fill();
  close_r1();
  ledger_.now = testing::at("2015-01-20T12:00:00Z");
  ledger_.activate(small_pack({{"pack.yaml", "version: \"1\"", "version: \"2\""}}), false);
  ledger_.batch(a_, {visit("v9", "2015-02-09T00:00:00Z", 5)});
  std::vector<ResultRow> rows = both();
  auto version = [&](const std::string& period) {
    return testing::word(testing::body_of(rows, "outlet", "a", period), "version");
  };
  EXPECT_EQ(version("2015-01"), "1");
  EXPECT_EQ(version("2015-02"), "2");
}

TEST_F(FullEvaluation, ClosedPeriods) {
  fill();
  std::vector<ResultRow> january = rows_of_period(both(), "service", "2015-01");
  PeriodClosed closing;
  closing.standard = "service";
  closing.period = "2015-01";
  closing.size = ledger_.length();
  closing.as_of = kAsOf;
  closing.root = results_root(january);
  closing.results = january.size();
  closing.rule_hash = rule_hash(small_pack());
  ledger_.record({"os:clerk", "the month is over", closing});
  close_r1();
  std::vector<ResultRow> rows = both();
  EXPECT_EQ(rows_of_period(rows, "service", "2015-01"), january) << "as it was published";
  EXPECT_FALSE(rows_of_period(rows, "current.service", "2015-01").empty());
}

TEST_F(FullEvaluation, LedgersWithoutRulesOrEvents) {
  EXPECT_TRUE(both().empty());
  ledger_.add_outlet("a", "c1");
  EXPECT_TRUE(both().empty());
  ledger_.activate(small_pack(), true);
  EXPECT_FALSE(both().empty());
}

// What is wrong, and where, is told by the way entry by entry.
TEST_F(FullEvaluation, LedgersThatAreNotInOrder) {
  fill();
  Instant as_of = testing::at("2015-03-01T00:00:30Z");
  EXPECT_FALSE(rebuild_by_outlet({ask().open, 1, ledger_.length(), as_of, {}}).ok());
  EXPECT_EQ(rebuild(ledger_, ledger_.length(), as_of).error().code(), Code::kInvalid);
  LedgerSize more(ledger_.length().value + 1);
  EXPECT_FALSE(rebuild_by_outlet({ask().open, 1, more, kAsOf, {}}).ok());
  EXPECT_EQ(rebuild(ledger_, more, kAsOf).error().code(), Code::kNotFound);
}

TEST_F(FullEvaluation, AReaderThatCannotBeOpenedIsAnError) {
  fill();
  OpenLedger none = []() -> Result<std::unique_ptr<LedgerReader>> {
    return Error(Code::kIo, "no such file");
  };
  EXPECT_EQ(rebuild(none, 2, ledger_.length(), kAsOf).error().code(), Code::kIo);
}

}  // namespace
}  // namespace plumbline
