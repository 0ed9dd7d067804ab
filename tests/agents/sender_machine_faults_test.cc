// SPDX-License-Identifier: Apache-2.0
#include "agents/sender_machine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/agents/machine.h"

namespace plumbline {
namespace {

using Phase = SenderState::Phase;
using ::testing::IsEmpty;

class SenderMachineFaultsTest : public SenderMachineFixture {};

TEST_F(SenderMachineFaultsTest, ADisconnectAtEveryPointLeadsToAnotherAttempt) {
  auto gone = Disconnected{Error(Code::kUnavailable, "the cable is out")};
  // While connecting.
  step(Started{end_at(3), BatchNumber(0)});
  step(gone);
  expect_retry("the cable is out");
  // While greeting.
  now_ = *state_.wake_at;
  step(Woken{});
  EXPECT_NE(find<Connect>(), nullptr);
  step(Connected{});
  step(gone);
  expect_retry("the cable is out");
  // With batches in flight; the same batches are sent again.
  now_ = *state_.wake_at;
  step(Woken{});
  step(Connected{});
  step(welcome(0));
  answer_sends();
  step(gone);
  expect_retry("the cable is out");
  now_ = *state_.wake_at;
  step(Woken{});
  step(Connected{});
  step(welcome(1));
  EXPECT_EQ(find<MarkAcknowledged>()->number, BatchNumber(1));
  EXPECT_EQ(answer_sends(), (std::vector<std::uint64_t>{2, 3}));
  // While a batch is being loaded: its BatchSent comes too late and is passed over.
  step(SpoolGrew{end_at(4)});
  ASSERT_NE(find<SendBatch>(), nullptr);
  step(gone);
  expect_retry("the cable is out");
  step(BatchSent{BatchNumber(4), kSmall});
  EXPECT_TRUE(state_.in_flight.empty());
  // While waiting there is nothing to lose.
  step(gone);
  EXPECT_THAT(actions_, IsEmpty());
}

TEST_F(SenderMachineFaultsTest, WaitingTimesGrowUntilAnAcknowledgement) {
  auto gone = Disconnected{Error(Code::kUnavailable, "gone")};
  step(Started{end_at(3), BatchNumber(0)});
  random_ = 499;
  for (std::uint32_t attempt = 0; attempt < 10; ++attempt) {
    EXPECT_EQ(state_.attempt, attempt);
    step(gone);
    std::int64_t wait = *state_.wake_at - now_;
    EXPECT_EQ(wait, config_.backoff.delay(attempt, random_).ms);
    EXPECT_LE(wait, config_.backoff.cap.ms);
    now_ = *state_.wake_at;
    step(Woken{});
  }
  step(Connected{});
  step(welcome(0));
  answer_sends();
  EXPECT_EQ(state_.attempt, 10u) << "a welcome alone proves little";
  ack(1);
  EXPECT_EQ(state_.attempt, 0u);
}

TEST_F(SenderMachineFaultsTest, ALongSessionStartsTheWaitingTimesAnew) {
  open(0, 0, 0);
  state_.attempt = 9;
  now_ += config_.backoff.cap.ms;
  step(Disconnected{Error(Code::kUnavailable, "gone")});
  EXPECT_EQ(state_.attempt, 1u);
}

TEST_F(SenderMachineFaultsTest, ARefusalWithoutRetryStopsTheRun) {
  open(3, 0, 0);
  step(RefusedArrived{{BatchNumber(2), "unauthenticated", "the key is revoked", std::nullopt}});
  expect_end(Finish::How::kRefused,
             "the server refused batch 2 (unauthenticated): the key is revoked");
  EXPECT_NE(find<NoteTrouble>(), nullptr);
}

TEST_F(SenderMachineFaultsTest, ARefusedHelloStopsTheRun) {
  step(Started{end_at(3), BatchNumber(0)});
  step(Connected{});
  step(RefusedArrived{{BatchNumber(0), "denied", "the outlet is closed", std::nullopt}});
  expect_end(Finish::How::kRefused, "the server refused this agent (denied)");
}

TEST_F(SenderMachineFaultsTest, AHelloRefusedForNowIsTriedAgainAfterTheTimeAsked) {
  step(Started{end_at(3), BatchNumber(0)});
  step(Connected{});
  random_ = 100;
  step(RefusedArrived{{BatchNumber(0), "exhausted", "too many agents", 5000}});
  expect_retry("too many agents");
  EXPECT_EQ(*state_.wake_at, now_ + 5000 + 100);
}

TEST_F(SenderMachineFaultsTest, ATimeAskedThatIsOutOfReasonIsBounded) {
  step(Started{end_at(3), BatchNumber(0)});
  step(Connected{});
  step(RefusedArrived{{BatchNumber(0), "exhausted", "later", std::int64_t{1} << 60}});
  EXPECT_EQ(*state_.wake_at, now_ + config_.backoff.cap.ms);
  state_ = SenderState();
  step(Started{end_at(3), BatchNumber(0)});
  step(Connected{});
  step(RefusedArrived{{BatchNumber(0), "exhausted", "later", -7}});
  EXPECT_EQ(*state_.wake_at, now_);
}

TEST_F(SenderMachineFaultsTest, ABatchRefusedForNowIsSentAgainInTheSameSession) {
  open(3, 0, 0);
  ASSERT_EQ(state_.in_flight.size(), 3u);
  random_ = 50;
  step(RefusedArrived{{BatchNumber(2), "exhausted", "busy", 700}});
  EXPECT_EQ(state_.phase, Phase::kPaused);
  EXPECT_EQ(find<CloseConnection>(), nullptr);
  EXPECT_EQ(*state_.wake_at, now_ + 750);
  // The server learns how much waits here, also of what was never sent.
  ASSERT_NE(find<SendHeartbeat>(), nullptr);
  EXPECT_EQ(find<SendHeartbeat>()->last, state_.end.last_sequence);
  // What was behind it is refused as well, which says nothing new.
  std::int64_t wake = *state_.wake_at;
  now_ += 10;
  step(RefusedArrived{{BatchNumber(3), "exhausted", "busy", 700}});
  EXPECT_EQ(*state_.wake_at, wake);
  EXPECT_EQ(find<SendHeartbeat>(), nullptr);
  // What was before it is still acknowledged.
  ack(1);
  EXPECT_EQ(state_.acknowledged, BatchNumber(1));
  EXPECT_EQ(find<SendBatch>(), nullptr);
  step(Woken{});
  EXPECT_EQ(find<SendBatch>(), nullptr) << "not before the time asked";
  now_ = wake;
  step(Woken{});
  EXPECT_EQ(answer_sends(), (std::vector<std::uint64_t>{2, 3}));
}

TEST_F(SenderMachineFaultsTest, AMessageThatACollectorNeverSendsEndsTheSession) {
  open(1, 0, 0);
  step(WrongMessage{"enrolled"});
  expect_retry("does not expect: enrolled");
}

TEST_F(SenderMachineFaultsTest, NoConnectionInTimeIsTriedAgain) {
  step(Started{end_at(1), BatchNumber(0)});
  EXPECT_EQ(*state_.wake_at, now_ + config_.connect_limit.ms);
  now_ += config_.connect_limit.ms - 1;
  step(Woken{});
  EXPECT_THAT(actions_, IsEmpty());
  now_ += 1;
  step(Woken{});
  expect_retry("no connection to the server within 15 s");
}

TEST_F(SenderMachineFaultsTest, NoWelcomeInTimeIsTriedAgain) {
  step(Started{end_at(1), BatchNumber(0)});
  step(Connected{});
  now_ = *state_.wake_at;
  step(Woken{});
  expect_retry("no answer from the server for 30 s");
}

TEST_F(SenderMachineFaultsTest, NoAcknowledgementInTimeIsTriedAgain) {
  open(1, 0, 0);
  now_ += config_.answer_limit.ms;
  step(Woken{});
  expect_retry("no answer from the server for 30 s");
}

TEST_F(SenderMachineFaultsTest, TheLimitForAnAnswerBeginsWithTheSending) {
  open(0, 0, 0);
  now_ += config_.answer_limit.ms + 1000;  // an idle time of any length is fine
  step(Woken{});
  EXPECT_EQ(state_.phase, Phase::kOpen);
  step(SpoolGrew{end_at(1)});
  answer_sends();
  step(Woken{});
  EXPECT_EQ(state_.phase, Phase::kOpen);
}

TEST_F(SenderMachineFaultsTest, AnIdleSessionSaysThatItIsAlive) {
  open(2, 2, 2);
  EXPECT_EQ(*state_.wake_at, now_ + config_.heartbeat_every.ms);
  now_ += config_.heartbeat_every.ms;
  step(Woken{});
  ASSERT_NE(find<SendHeartbeat>(), nullptr);
  EXPECT_EQ(find<SendHeartbeat>()->last, Sequence(20));
  EXPECT_EQ(*state_.wake_at, now_ + config_.heartbeat_every.ms);
}

TEST_F(SenderMachineFaultsTest, AStopWaitsForWhatIsInFlight) {
  open(2, 0, 0);
  step(StopAsked{});
  EXPECT_EQ(state_.phase, Phase::kStopping);
  step(SpoolGrew{end_at(3)});
  EXPECT_EQ(find<SendBatch>(), nullptr) << "nothing new is sent";
  ack(1);
  EXPECT_EQ(find<Finish>(), nullptr);
  ack(2);
  EXPECT_NE(find<MarkAcknowledged>(), nullptr);
  expect_end(Finish::How::kStopped);
}

TEST_F(SenderMachineFaultsTest, AStopDoesNotWaitForEver) {
  open(2, 0, 0);
  step(StopAsked{});
  EXPECT_EQ(*state_.wake_at, now_ + config_.stop_limit.ms);
  now_ += config_.stop_limit.ms;
  step(Woken{});
  expect_end(Finish::How::kStopped);
}

TEST_F(SenderMachineFaultsTest, AStopWithNothingInFlightEndsAtOnce) {
  open(0, 0, 0);
  step(StopAsked{});
  expect_end(Finish::How::kStopped);
}

TEST_F(SenderMachineFaultsTest, AStopBeforeAnyConnectionEndsAtOnce) {
  step(Started{end_at(2), BatchNumber(0)});
  step(StopAsked{});
  expect_end(Finish::How::kStopped);
}

TEST_F(SenderMachineFaultsTest, ASecondStopEndsAtOnce) {
  open(2, 0, 0);
  step(StopAsked{});
  step(StopAsked{});
  expect_end(Finish::How::kStopped);
}

TEST_F(SenderMachineFaultsTest, ADisconnectWhileStoppingIsTheEnd) {
  open(2, 0, 0);
  step(StopAsked{});
  step(Disconnected{Error(Code::kUnavailable, "gone")});
  expect_end(Finish::How::kStopped);
}

TEST_F(SenderMachineFaultsTest, AfterTheEndNothingHappens) {
  open(0, 0, 0);
  step(StopAsked{});
  for (const SenderEvent& event : std::vector<SenderEvent>{
           Connected{}, Woken{}, SpoolGrew{end_at(9)}, StopAsked{}, welcome(0)}) {
    EXPECT_THAT(step(event), IsEmpty());
  }
}

// Whatever happens in whatever order: nothing is acknowledged that the ledger did not confirm, the
// bounds hold, and batches are sent in order behind the ledger's head.
TEST_F(SenderMachineFaultsTest, RandomConversationsKeepTheBounds) {
  std::uint64_t seed = 1;
  auto random = [&seed] {
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed;
  };
  seed = 20250101;
  for (int round = 0; round < 200; ++round) {
    state_ = SenderState();
    std::uint64_t last = random() % 8, ledger = 0, wire = 0;
    step(Started{end_at(last), BatchNumber(0)});
    for (int i = 0; i < 200 && state_.phase != Phase::kEnded; ++i) {
      random_ = random();
      now_ += static_cast<std::int64_t>(random() % 3000);
      switch (random() % 8) {
        case 0:
          step(SpoolGrew{end_at(++last)});
          break;
        case 1:
          step(Disconnected{Error(Code::kUnavailable, "gone")});
          break;
        case 2:
          step(Woken{});
          break;
        case 3:
          step(Connected{});
          break;
        case 4:
          if (state_.phase != Phase::kGreeting) break;
          wire = ledger;
          step(welcome(ledger));
          break;
        case 5:
          if (state_.phase == Phase::kOpen && ledger < wire) ack(++ledger);
          break;
        case 6:
          if (state_.phase == Phase::kOpen && ledger < wire) {
            step(RefusedArrived{{BatchNumber(ledger + 1), "exhausted", "busy", 10}});
            wire = ledger;
          }
          break;
        default:
          break;
      }
      for (std::uint64_t sent : answer_sends()) EXPECT_EQ(sent, ++wire);
      EXPECT_LE(state_.in_flight.size(), config_.window_batches);
      EXPECT_LE(state_.acknowledged.value, ledger);
      EXPECT_LE(state_.next.value, last + 1);
    }
  }
}

}  // namespace
}  // namespace plumbline
