// SPDX-License-Identifier: Apache-2.0
// What a redaction does to results: its batch counts as withdrawn in every prefix that holds the
// record, whether it was folded before, whether its bytes are still there, and whoever computes it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "evaluator/engine.h"
#include "evaluator/ledger_view.h"
#include "evaluator/rebuild.h"
#include "tests/support/evaluator/small_ledger.h"

namespace plumbline {
namespace {

using testing::body_of;
using testing::closed;
using ::testing::ElementsAre;
using testing::indicator_of;
using ::testing::IsEmpty;
using testing::opened;
using testing::small_pack;
using testing::SmallLedger;
using testing::visit;
using testing::word;

const Instant kAsOf = testing::at("2015-03-01T00:00:00Z");

class RedactionOfResults : public ::testing::Test {
 protected:
  RedactionOfResults() {
    ledger_.activate(small_pack(), true);
    ledger_.add_outlet("a", "c1");
    ledger_.add_outlet("b", "c2");
    a_ = ledger_.enroll("a");
    b_ = ledger_.enroll("b");
  }

  void redact(LedgerIndex index) {
    ledger_.record({"os:clerk", "a name in it", ContentRedacted{index, Hash(), Hash(), "os:b"}});
  }
  Rebuilt built(std::optional<LedgerIndex> without = {}) {
    return rebuild(ledger_, ledger_.length(), kAsOf, without).value();
  }
  // Folds what is new, as a follower does.
  void follow(Engine& engine) {
    while (engine.next() < LedgerIndex(ledger_.length().value)) {
      ASSERT_TRUE(fold_chunk(ledger_, engine, ledger_.length()).ok());
    }
  }

  SmallLedger ledger_;
  std::size_t a_ = 0;
  std::size_t b_ = 0;
};

TEST_F(RedactionOfResults, TakesTheBatchOutOfEveryFigure) {
  ledger_.batch(a_,
                {visit("v1", "2015-01-09T00:00:00Z", 12), opened("r1", "2015-01-05T10:00:00Z")});
  LedgerIndex gone = ledger_.batch(
      a_, {visit("v2", "2015-01-09T00:00:00Z", 30), closed("r1", "2015-01-06T10:00:00Z")});
  ledger_.batch(b_, {visit("v1", "2015-01-09T00:00:00Z", 5)});
  Rebuilt before = built();
  redact(gone);
  Rebuilt after = built();
  Json was = body_of(before.rows, "network", "ALL", "2015");
  Json is = body_of(after.rows, "network", "ALL", "2015");
  EXPECT_EQ(word(indicator_of(was, "people"), "value"), "47");
  EXPECT_EQ(word(indicator_of(is, "people"), "value"), "17");
  EXPECT_EQ(before.counters.open, 0u);
  EXPECT_EQ(after.counters.open, 1u) << "the case that it closed is open again";
  EXPECT_EQ(after.counters.set_aside, 2u);
  EXPECT_EQ(body_of(after.rows, "outlet", "b", "2015"),
            body_of(before.rows, "outlet", "b", "2015"));
  EXPECT_NE(body_of(after.rows, "outlet", "a", "2015").text().find("withdrawn"), std::string::npos);
}

TEST_F(RedactionOfResults, IsTheSameWhetherTheBytesAreThereOrNot) {
  LedgerIndex gone = ledger_.batch(a_, {visit("v1", "2015-01-09T00:00:00Z", 12)});
  ledger_.batch(a_, {visit("v2", "2015-01-09T00:00:00Z", 1)});
  std::vector<ResultRow> foreseen = built(gone).rows;
  redact(gone);
  std::vector<ResultRow> with_bytes = built().rows;
  ledger_.withdraw(gone);
  EXPECT_EQ(built().rows, with_bytes);
  EXPECT_EQ(foreseen, with_bytes) << "what a dry run tells is what comes";
}

TEST_F(RedactionOfResults, IsTheSameForAFollowerAndFromScratch) {
  std::mt19937 random(7);
  Engine engine;
  ASSERT_TRUE(engine.advance(kAsOf).ok());
  std::vector<LedgerIndex> batches;
  int number = 0;
  for (int round = 0; round < 60; ++round) {
    if (random() % 4 != 0 || batches.empty()) {
      std::string subject = "r" + std::to_string(number++ / 2);
      Event event = number % 2 == 0 ? opened(subject, "2015-01-05T10:00:00Z")
                                    : closed(subject, "2015-02-05T10:00:00Z");
      batches.push_back(ledger_.batch(random() % 2 == 0 ? a_ : b_, {event}));
    } else {
      std::size_t which = random() % batches.size();
      redact(batches[which]);
      // The deletion may be seen with the record or behind it.
      if (random() % 2 == 0) ledger_.withdraw(batches[which]);
      batches.erase(batches.begin() + static_cast<std::ptrdiff_t>(which));
    }
    if (random() % 3 == 0) continue;
    follow(engine);
    Rebuilt fresh = built();
    ASSERT_EQ(engine.rows(), fresh.rows) << "round " << round;
    ASSERT_EQ(engine.counters().set_aside, fresh.counters.set_aside);
    ASSERT_EQ(engine.counters().open, fresh.counters.open);
  }
}

// Nobody can tell any more what the batch held: the prefix is computed without it, and says so.
TEST_F(RedactionOfResults, OfAPrefixBeforeTheRecordIsTold) {
  LedgerIndex gone = ledger_.batch(a_, {visit("v1", "2015-01-09T00:00:00Z", 12)});
  ledger_.batch(a_, {visit("v2", "2015-01-09T00:00:00Z", 1)});
  LedgerSize prefix = ledger_.length();
  EXPECT_THAT(built().withdrawn_later, IsEmpty());
  redact(gone);
  ledger_.withdraw(gone);
  Rebuilt earlier = rebuild(ledger_, prefix, kAsOf).value();
  EXPECT_THAT(earlier.withdrawn_later, ElementsAre(gone));
  EXPECT_EQ(word(indicator_of(body_of(earlier.rows, "outlet", "a", "2015"), "people"), "value"),
            "1");
  EXPECT_THAT(built().withdrawn_later, IsEmpty());
  EXPECT_EQ(built().rows, earlier.rows);
}

TEST_F(RedactionOfResults, WithdrawsNothingThatComesBehindIt) {
  redact(LedgerIndex(ledger_.length().value + 1));
  ledger_.batch(a_, {visit("v1", "2015-01-09T00:00:00Z", 12)});
  EXPECT_EQ(word(indicator_of(body_of(built().rows, "outlet", "a", "2015"), "people"), "value"),
            "12");
}

TEST_F(RedactionOfResults, AsksForOneRestartAndOnlyWhereItWasFolded) {
  LedgerIndex gone = ledger_.batch(a_, {visit("v1", "2015-01-09T00:00:00Z", 12)});
  LedgerIndex deleted = ledger_.batch(a_, {visit("v2", "2015-01-09T00:00:00Z", 12)});
  ledger_.withdraw(deleted);
  Engine engine;
  ASSERT_TRUE(engine.advance(kAsOf).ok());
  follow(engine);
  redact(deleted);
  ASSERT_TRUE(engine.apply(ledger_.entries().back()).ok());
  EXPECT_FALSE(engine.needs_restart());
  redact(gone);
  ASSERT_TRUE(engine.apply(ledger_.entries().back()).ok());
  EXPECT_TRUE(engine.needs_restart());
  engine.restart();
  for (const StoredEntry& entry : ledger_.entries()) {
    ASSERT_TRUE(engine.apply(entry).ok());
    ASSERT_FALSE(engine.needs_restart());
  }
}

// The cases that a page lists, and the row of one outlet, come from a fold of that outlet alone.
TEST_F(RedactionOfResults, TakesTheCasesFromThePages) {
  auto view = make_ledger_view([this]() -> Result<std::unique_ptr<LedgerReader>> {
    return std::unique_ptr<LedgerReader>(std::make_unique<testing::Borrowed>(ledger_));
  });
  LedgerIndex gone = ledger_.batch(a_, {opened("secret-1", "2015-01-05T10:00:00Z")});
  ledger_.batch(a_, {opened("r2", "2015-01-05T10:00:00Z")});
  auto body = [&] {
    ResultKey key;
    key.standard = built().rows.front().standard;
    key.outlet = OutletId::parse("a").value();
    key.period = "2015";
    return view->result_body(key, ledger_.length(), kAsOf).value();
  };
  auto row = [&](const Rebuilt& from) {
    for (const ResultRow& one : from.rows) {
      if (one.level == "outlet" && one.unit == "a" && one.period == "2015") return one.body;
    }
    return std::string();
  };
  EXPECT_EQ(body(), row(built()));
  redact(gone);  // the bytes are still there
  EXPECT_EQ(body(), row(built()));
  EXPECT_NE(body().find("withdrawn"), std::string::npos);
}

}  // namespace
}  // namespace plumbline
