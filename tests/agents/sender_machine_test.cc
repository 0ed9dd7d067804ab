// SPDX-License-Identifier: Apache-2.0
#include "agents/sender_machine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/limits.h"
#include "tests/support/agents/machine.h"

namespace plumbline {
namespace {

using Phase = SenderState::Phase;
using ::testing::IsEmpty;

class SenderMachineTest : public SenderMachineFixture {};

TEST_F(SenderMachineTest, ConnectsGreetsAndSendsInOrderWithinTheWindow) {
  step(Started{end_at(5), BatchNumber(0)});
  EXPECT_NE(find<Connect>(), nullptr);
  step(Connected{});
  EXPECT_NE(find<SendHello>(), nullptr);
  step(welcome(0));
  EXPECT_NE(find<ClearTrouble>(), nullptr);
  EXPECT_EQ(answer_sends(), (std::vector<std::uint64_t>{1, 2, 3}));
  ack(1);
  ASSERT_NE(find<MarkAcknowledged>(), nullptr);
  EXPECT_EQ(find<MarkAcknowledged>()->after, BatchNumber(0));
  EXPECT_EQ(find<MarkAcknowledged>()->number, BatchNumber(1));
  EXPECT_EQ(find<MarkAcknowledged>()->index, LedgerIndex(101));
  EXPECT_EQ(answer_sends(), (std::vector<std::uint64_t>{4}));
}

TEST_F(SenderMachineTest, OneBatchIsAskedForAtATime) {
  open(0, 0, 0);
  step(SpoolGrew{end_at(2)});
  ASSERT_NE(find<SendBatch>(), nullptr);
  step(SpoolGrew{end_at(3)});
  EXPECT_EQ(find<SendBatch>(), nullptr);
  step(BatchSent{BatchNumber(1), kSmall});
  EXPECT_EQ(find<SendBatch>()->number, BatchNumber(2));
}

TEST_F(SenderMachineTest, TheBytesInFlightStayUnderTheCollectorsBound) {
  config_.window_batches = 100;
  step(Started{end_at(50), BatchNumber(0)});
  step(Connected{});
  step(welcome(0));
  auto sent = answer_sends(limits::kMaxFrameBytes / 2);
  EXPECT_EQ(sent.size(), 3u);
  EXPECT_LE(state_.bytes_in_flight, limits::kMaxSessionBytesInFlight);
  EXPECT_GT(state_.bytes_in_flight + limits::kMaxFrameBytes, limits::kMaxSessionBytesInFlight);
}

TEST_F(SenderMachineTest, AnAckCoversAllBatchesBefore) {
  open(3, 0, 0);
  ack(3);
  EXPECT_EQ(find<MarkAcknowledged>()->after, BatchNumber(0));
  EXPECT_EQ(find<MarkAcknowledged>()->number, BatchNumber(3));
  EXPECT_TRUE(state_.in_flight.empty());
  EXPECT_EQ(state_.bytes_in_flight, 0u);
}

TEST_F(SenderMachineTest, ARepeatedAckChangesNothing) {
  open(3, 0, 0);
  ack(2);
  ack(1);
  EXPECT_THAT(actions_, IsEmpty());
  EXPECT_EQ(state_.acknowledged, BatchNumber(2));
}

TEST_F(SenderMachineTest, AnAckOfWhatWasNotSentEndsTheSession) {
  open(9, 0, 0);
  ack(7);
  expect_retry("acknowledged batch 7, which was not sent");
  EXPECT_EQ(state_.acknowledged, BatchNumber(0));
}

TEST_F(SenderMachineTest, AWelcomeThatIsAheadTellsOfALostAcknowledgement) {
  step(Started{end_at(5), BatchNumber(2)});
  step(Connected{});
  step(welcome(4));
  EXPECT_EQ(find<MarkAcknowledged>()->after, BatchNumber(2));
  EXPECT_EQ(find<MarkAcknowledged>()->number, BatchNumber(4));
  EXPECT_EQ(find<MarkAcknowledged>()->index, std::nullopt);
  EXPECT_EQ(answer_sends(), (std::vector<std::uint64_t>{5}));
}

TEST_F(SenderMachineTest, AWelcomeThatIsBehindMeansARestoredServerAndAllIsSentAgain) {
  step(Started{end_at(5), BatchNumber(5)});
  step(Connected{});
  step(welcome(2));
  ASSERT_NE(find<Rewind>(), nullptr);
  EXPECT_EQ(find<Rewind>()->number, BatchNumber(2));
  EXPECT_EQ(find<MarkAcknowledged>(), nullptr);
  EXPECT_EQ(answer_sends(), (std::vector<std::uint64_t>{3, 4, 5}));
  ack(5);
  EXPECT_EQ(state_.acknowledged, BatchNumber(5));
}

TEST_F(SenderMachineTest, AServerThatLostWhatWasFreedHereStopsTheRun) {
  oldest_ = BatchNumber(4);
  step(Started{end_at(5), BatchNumber(5)});
  step(Connected{});
  step(welcome(2));
  expect_end(Finish::How::kRefused, "has lost the batches from 3 on");
}

TEST_F(SenderMachineTest, AServerBehindByKeptBatchesOnlyIsRefilled) {
  oldest_ = BatchNumber(3);
  open(5, 5, 2);
  EXPECT_EQ(state_.phase, Phase::kOpen);
}

TEST_F(SenderMachineTest, FreedBatchesDoNotMatterWhereNothingIsMissing) {
  oldest_ = BatchNumber(6);
  open(5, 5, 5);
  EXPECT_EQ(state_.phase, Phase::kOpen);
}

TEST_F(SenderMachineTest, AWelcomeThatContradictsTheFolderStopsTheRun) {
  struct Case {
    const char* reason;
    void (*spoil)(Welcomed&);
  };
  const Case cases[] = {
      {"protocol version 3", [](Welcomed& w) { w.welcome.version = 3; }},
      {"ends at batch 5", [](Welcomed& w) { w.welcome.head = BatchNumber(6); }},
      {"differs between", [](Welcomed& w) { w.welcome.head_hash = hash_of(99); }},
      {"differs between", [](Welcomed& w) { w.local_hash.reset(); }},
      {"expects sequence 32", [](Welcomed& w) { w.welcome.next_sequence = Sequence(32); }},
  };
  for (const Case& one : cases) {
    state_ = SenderState();
    step(Started{end_at(5), BatchNumber(3)});
    step(Connected{});
    Welcomed event = welcome(3);
    one.spoil(event);
    step(event);
    expect_end(Finish::How::kRefused, one.reason);
    EXPECT_NE(find<NoteTrouble>(), nullptr);
    EXPECT_EQ(find<SendBatch>(), nullptr);
  }
}

TEST_F(SenderMachineTest, ASecondWelcomeEndsTheSession) {
  open(1, 0, 0);
  step(welcome(0));
  expect_retry("second welcome");
}

TEST_F(SenderMachineTest, NewRulesInTheWelcomeAreStored) {
  step(Started{end_at(1), BatchNumber(0)});
  step(Connected{});
  Welcomed event = welcome(0);
  event.welcome.files = {{"events.yaml", "new"}};
  event.welcome.events_hash = sha256("new");
  step(event);
  ASSERT_NE(find<StorePack>(), nullptr);
  EXPECT_EQ(find<StorePack>()->events_hash, sha256("new"));
  EXPECT_NE(find<SendBatch>(), nullptr) << "what was sealed by the old rules is still sent";
}

TEST_F(SenderMachineTest, TheSameRulesAreNotStoredAgain) {
  step(Started{end_at(0), BatchNumber(0)});
  step(Connected{});
  Welcomed event = welcome(0);
  event.welcome.files = {{"events.yaml", "same"}};
  event.same_files = true;
  step(event);
  EXPECT_EQ(find<StorePack>(), nullptr);
}

TEST_F(SenderMachineTest, UntilEmptyEndsWithTheLastAcknowledgement) {
  config_.until_empty = true;
  open(2, 0, 0);
  ack(1);
  EXPECT_EQ(state_.phase, Phase::kOpen);
  ack(2);
  expect_end(Finish::How::kEmpty);
}

TEST_F(SenderMachineTest, UntilEmptyWithNothingToSendEndsAtTheWelcome) {
  config_.until_empty = true;
  step(Started{end_at(2), BatchNumber(2)});
  EXPECT_EQ(find<Finish>(), nullptr) << "only the ledger can say that it holds everything";
  step(Connected{});
  step(welcome(2));
  expect_end(Finish::How::kEmpty);
}

TEST_F(SenderMachineTest, UntilEmptyGoesOnWhereTheSpoolGrewMeanwhile) {
  config_.until_empty = true;
  open(1, 0, 0);
  step(SpoolGrew{end_at(2)});
  answer_sends();
  ack(1);
  EXPECT_EQ(state_.phase, Phase::kOpen);
  ack(2);
  expect_end(Finish::How::kEmpty);
}

}  // namespace
}  // namespace plumbline
