// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agents/spool.h"
#include "tests/support/agents/desk.h"

namespace plumbline {
namespace {

using testing::Desk;
using ::testing::HasSubstr;
using testing::opened;
using testing::opened_many;

// Batches of about 13 KiB each.
void fill(Desk& desk, Spool& spool, int first_batch, int batches) {
  for (int batch = first_batch; batch < first_batch + batches; ++batch) {
    std::vector<Submission> some;
    for (int i = 0; i < 200; ++i) {
      std::string topic = std::to_string(batch) + "-" + std::to_string(i) + std::string(40, 't');
      some.push_back(opened(batch * 1000 + i, topic));
    }
    auto answers = desk.accept(spool, some);
    ASSERT_TRUE(answers.ok()) << answers.error().text();
  }
}

TEST(SpoolAckTest, AnAcknowledgementSurvivesReopening) {
  Desk desk;
  {
    Spool spool = desk.open();
    fill(desk, spool, 0, 3);
    ASSERT_TRUE(spool.acknowledge(BatchNumber(2), LedgerIndex(40), Instant{77}).ok());
  }
  Spool spool = desk.open();
  EXPECT_EQ(spool.head().value().acknowledged, BatchNumber(2));
  SpoolReport report = spool.report().value();
  EXPECT_EQ(report.unacknowledged_events, 200u);
  EXPECT_EQ(report.last_ack_at, Instant{77});
  EXPECT_EQ(report.last_ack_index, LedgerIndex(40));
}

TEST(SpoolAckTest, AnOldAcknowledgementChangesNothing) {
  Desk desk;
  Spool spool = desk.open();
  fill(desk, spool, 0, 3);
  ASSERT_TRUE(spool.acknowledge(BatchNumber(2), LedgerIndex(40), Instant{77}).ok());
  ASSERT_TRUE(spool.acknowledge(BatchNumber(1), LedgerIndex(39), Instant{99}).ok());
  EXPECT_EQ(spool.head().value().acknowledged, BatchNumber(2));
  EXPECT_EQ(spool.report().value().last_ack_at, Instant{77});
}

TEST(SpoolAckTest, AnAcknowledgementFromAWelcomeHasNoIndexAndClearsTheError) {
  Desk desk;
  Spool spool = desk.open();
  fill(desk, spool, 0, 1);
  ASSERT_TRUE(spool.note_error("down", Instant{1}).ok());
  ASSERT_TRUE(spool.acknowledge(BatchNumber(1), std::nullopt, Instant{77}).ok());
  EXPECT_EQ(spool.report().value().last_ack_index, std::nullopt);
  EXPECT_EQ(spool.report().value().last_error, "");
}

TEST(SpoolAckTest, AcknowledgedBatchesAreKeptToBeSentAgain) {
  Desk desk;
  Spool spool = desk.open();
  fill(desk, spool, 0, 3);
  ASSERT_TRUE(spool.acknowledge(BatchNumber(3), LedgerIndex(3), Instant{1}).ok());
  EXPECT_EQ(spool.head().value().oldest_content, BatchNumber(1));
  ASSERT_TRUE(spool.rewind(BatchNumber(1)).ok());
  EXPECT_EQ(spool.head().value().acknowledged, BatchNumber(1));
  EXPECT_EQ(spool.report().value().unacknowledged_events, 400u);
  EXPECT_TRUE(spool.load(BatchNumber(2)).value().has_value());
  ASSERT_TRUE(spool.rewind(BatchNumber(2)).ok());
  EXPECT_EQ(spool.head().value().acknowledged, BatchNumber(1)) << "rewinding goes back only";
}

TEST(SpoolAckTest, AcknowledgedBytesStayUnderHalfTheBoundOldestFreedFirst) {
  Desk desk;
  Spool spool = desk.open({.max_bytes = 400 << 10});
  fill(desk, spool, 0, 10);
  ASSERT_TRUE(spool.acknowledge(BatchNumber(10), LedgerIndex(10), Instant{1}).ok());
  EXPECT_EQ(spool.head().value().oldest_content, BatchNumber(1)) << "under half the bound";
  for (int batch = 10; batch < 30; ++batch) {
    fill(desk, spool, batch, 1);
    ASSERT_TRUE(spool.acknowledge(BatchNumber(batch + 1), std::nullopt, Instant{1}).ok());
  }
  SpoolHead head = spool.head().value();
  EXPECT_GT(head.oldest_content, BatchNumber(10));
  EXPECT_LT(head.oldest_content, BatchNumber(30));
  EXPECT_EQ(spool.load(BatchNumber(head.oldest_content.value - 1)).value(), std::nullopt);
  EXPECT_TRUE(spool.load(head.oldest_content).value().has_value());
  // The hash of a freed batch is still known: it tells whose history the ledger holds.
  EXPECT_TRUE(spool.batch_hash_of(BatchNumber(1)).value().has_value());
  EXPECT_EQ(spool.sequence_behind(BatchNumber(1)).value(), Sequence(201));
  std::size_t kept = 0;
  for (BatchNumber n = head.oldest_content; n <= head.last; n = n.next()) {
    kept += spool.load(n).value()->sealed.size();
  }
  EXPECT_LE(kept, std::size_t{200 << 10});
}

TEST(SpoolAckTest, AFullSpoolRefusesAndLosesNothing) {
  Desk desk;
  Spool spool = desk.open({.max_bytes = 300 << 10});
  int batches = 0;
  Result<std::vector<Answer>> answers = std::vector<Answer>();
  for (; batches < 100 && answers.ok(); ++batches) {
    answers = desk.accept(spool, opened_many(batches * 1000, 500));
  }
  ASSERT_FALSE(answers.ok());
  EXPECT_EQ(answers.error().code(), Code::kExhausted);
  EXPECT_THAT(answers.error().text(), HasSubstr("the spool is full"));
  EXPECT_EQ(testing::verify_chain(spool, desk.key.public_key()), (batches - 1) * 500u);
  // Nothing of the refused call is remembered either.
  ProbeMemory memory;
  auto refused = opened_many((batches - 1) * 1000, 1);
  EXPECT_EQ(spool.probe(refused, memory).value()[0].outcome, Answer::Outcome::kAccepted);
}

TEST(SpoolAckTest, AcknowledgedBatchesMakeRoomForNewEvents) {
  Desk desk;
  Spool spool = desk.open({.max_bytes = 300 << 10});
  int calls = 0;
  while (desk.accept(spool, opened_many(calls * 1000, 100)).ok()) ++calls;
  ASSERT_GT(calls, 10);
  ASSERT_FALSE(desk.accept(spool, opened_many(calls * 1000, 100)).ok());
  ASSERT_TRUE(spool.acknowledge(BatchNumber(calls), LedgerIndex(9), Instant{1}).ok());
  EXPECT_TRUE(desk.accept(spool, opened_many(calls * 1000, 100)).ok());
  EXPECT_GT(spool.head().value().oldest_content, BatchNumber(1));
}

}  // namespace
}  // namespace plumbline
