// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agents/spool.h"
#include "tests/support/agents/desk.h"

namespace plumbline {
namespace {

using testing::Desk;
using testing::fill;
using ::testing::HasSubstr;
using testing::opened;
using testing::opened_many;

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

TEST(SpoolAckTest, AcknowledgedBatchesAloneMakeNoRoom) {
  Desk desk;
  Spool spool = desk.open({.max_bytes = 300 << 10});
  int calls = 0;
  while (desk.accept(spool, opened_many(calls * 1000, 100)).ok()) ++calls;
  ASSERT_GT(calls, 10);
  ASSERT_TRUE(spool.acknowledge(BatchNumber(calls), LedgerIndex(9), Instant{1}).ok());
  ASSERT_TRUE(spool.note_proof_trouble("its signer is down").ok());
  auto refused = desk.accept(spool, opened_many(calls * 1000, 100));
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code(), Code::kExhausted);
  EXPECT_THAT(refused.error().text(), HasSubstr("has not proved " + std::to_string(calls)));
  EXPECT_THAT(refused.error().text(), HasSubstr("its signer is down"));
  EXPECT_EQ(testing::verify_chain(spool, desk.key.public_key()), calls * 100u);
}

TEST(SpoolAckTest, EachAcknowledgementIsRemembered) {
  Desk desk;
  Spool spool = desk.open();
  fill(desk, spool, 0, 3);
  AckedBatch acks[] = {{BatchNumber(1), LedgerIndex(7), Instant{70}},
                       {BatchNumber(3), LedgerIndex(9), Instant{90}}};
  ASSERT_TRUE(spool.acknowledge(acks, Instant{1}).ok());
  auto targets = spool.proof_targets(BatchNumber(1), 3).value();
  EXPECT_EQ(targets[0].index, LedgerIndex(7));
  EXPECT_EQ(targets[0].recorded_at, Instant{70});
  EXPECT_EQ(targets[1].index, std::nullopt) << "its acknowledgement was lost";
  EXPECT_EQ(targets[2].recorded_at, Instant{90});
}

}  // namespace
}  // namespace plumbline
