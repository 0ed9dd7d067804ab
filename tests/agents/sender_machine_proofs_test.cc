// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agents/sender_machine.h"
#include "base/limits.h"
#include "tests/support/agents/machine.h"

namespace plumbline {
namespace {

using Phase = SenderState::Phase;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class SenderMachineProofsTest : public SenderMachineFixture {
 protected:
  // An open session of version 2 in which `acknowledged` batches of `last` are known to be taken.
  void open_v2(std::uint64_t last, std::uint64_t acknowledged, std::uint64_t proved) {
    step(Started{end_at(last), BatchNumber(acknowledged), BatchNumber(proved)});
    step(Connected{});
    Welcomed event = welcome(acknowledged);
    event.welcome.version = 2;
    step(event);
  }
  // Until the machine asks; the time that it took.
  std::int64_t wait_for_ask() {
    std::int64_t before = now_;
    for (int i = 0; i < 1000 && find<AskProofs>() == nullptr; ++i) {
      now_ = std::max(now_, *state_.wake_at);
      step(Woken{});
    }
    EXPECT_NE(find<AskProofs>(), nullptr);
    return now_ - before;
  }
  static ProofsHold holding(std::uint64_t first, std::uint64_t count) {
    ProofsHold hold;
    for (std::uint64_t i = 0; i < count; ++i) {
      hold.batches.push_back({BatchNumber(first + i), LedgerIndex(100 + first + i), {}, {}});
    }
    return hold;
  }
  void answer(std::uint64_t first, std::uint64_t count) {
    step(ProofsChecked{holding(first, count)});
  }
  static Contradiction contradiction() {
    return {AlarmKind::kInconsistent, "two histories", "held", "shown", ""};
  }
};

TEST_F(SenderMachineProofsTest, WhatIsAcknowledgedIsProvedWithinOneToTwoSeconds) {
  random_ = 700;
  open_v2(2, 0, 0);
  answer_sends();
  wait_for_ask();  // at the session's begin there is only a checkpoint to ask for
  EXPECT_EQ(find<AskProofs>()->ask.count, 0u);
  answer(1, 0);
  ack(2);
  EXPECT_EQ(find<AskProofs>(), nullptr);
  EXPECT_EQ(wait_for_ask(), 1700);
  EXPECT_EQ(find<AskProofs>()->ask, (ProofAsk{BatchNumber(1), 2}));
  answer(1, 2);
  ASSERT_NE(find<KeepProofs>(), nullptr);
  EXPECT_EQ(find<KeepProofs>()->proofs.batches.size(), 2u);
  EXPECT_EQ(state_.proofs.proved, BatchNumber(2));
  EXPECT_EQ(find<NoteProofs>()->sentence, "");
}

TEST_F(SenderMachineProofsTest, OneRequestAtATimeAndNoneBeforeAnythingIsAcknowledged) {
  open_v2(3, 0, 0);
  wait_for_ask();
  ack(1);
  for (int i = 0; i < 10; ++i) {
    now_ += 1000;
    step(Woken{});
    EXPECT_EQ(find<AskProofs>(), nullptr);
  }
}

TEST_F(SenderMachineProofsTest, AtMostAsManyBatchesAsAnAnswerHoldsAndTheRestAtOnce) {
  open_v2(600, 600, 0);
  wait_for_ask();
  EXPECT_EQ(find<AskProofs>()->ask, (ProofAsk{BatchNumber(1), limits::kMaxProvedBatches}));
  answer(1, limits::kMaxProvedBatches);
  ASSERT_NE(find<AskProofs>(), nullptr);
  EXPECT_EQ(find<AskProofs>()->ask.first, BatchNumber(257));
}

TEST_F(SenderMachineProofsTest, WaitsGrowWhileNothingNewIsCoveredAndThenItIsTold) {
  open_v2(1, 1, 0);
  wait_for_ask();
  std::int64_t expected[] = {2'000, 4'000, 8'000, 16'000, 30'000, 30'000};
  int asked = 0;
  for (std::int64_t wait : expected) {
    answer(1, 0);
    ++asked;
    if (asked < 5) {
      EXPECT_EQ(find<NoteProofs>(), nullptr) << asked;
    } else {
      EXPECT_THAT(find<NoteProofs>()->sentence, HasSubstr("signer may be down"));
    }
    EXPECT_EQ(wait_for_ask(), wait);
  }
  answer(1, 1);
  EXPECT_EQ(find<NoteProofs>()->sentence, "");
  EXPECT_EQ(state_.proofs.misses, 0u);
}

TEST_F(SenderMachineProofsTest, AcknowledgementsDoNotShortenTheWaits) {
  open_v2(3, 1, 0);
  wait_for_ask();
  answer_sends();
  answer(1, 0);
  answer(1, 0);
  ASSERT_EQ(state_.proofs.misses, 1u) << "an answer that was not asked for is none";
  ack(2);
  EXPECT_EQ(wait_for_ask(), 2'000);
}

TEST_F(SenderMachineProofsTest, ProofsThatArePutOffKeepTheSession) {
  open_v2(1, 1, 0);
  wait_for_ask();
  step(RefusedArrived{{BatchNumber(0), "unavailable", "no checkpoint yet", 7'000}});
  EXPECT_EQ(state_.phase, Phase::kOpen);
  EXPECT_EQ(find<CloseConnection>(), nullptr);
  EXPECT_THAT(find<NoteProofs>()->sentence, HasSubstr("puts proofs off (unavailable)"));
  EXPECT_EQ(wait_for_ask(), 7'000);
}

TEST_F(SenderMachineProofsTest, AnAnswerThatDoesNotComeEndsTheSession) {
  open_v2(1, 1, 0);
  wait_for_ask();
  now_ += config_.answer_limit.ms;
  step(Woken{});
  expect_retry("no answer from the server");
  EXPECT_EQ(state_.proofs.asked, std::nullopt);
}

TEST_F(SenderMachineProofsTest, WhatIsNoAnswerEndsTheSessionAndIsNoAlarm) {
  open_v2(1, 1, 0);
  wait_for_ask();
  step(ProofsChecked{Error(Code::kInvalid, "gibberish")});
  expect_retry("gibberish");
  EXPECT_EQ(find<RaiseAlarm>(), nullptr);
}

TEST_F(SenderMachineProofsTest, AServerOfVersion1IsNeverAskedAndItIsTold) {
  open(2, 0, 0);
  EXPECT_EQ(find<AskProofs>(), nullptr);
  state_ = SenderState();
  step(Started{end_at(2), BatchNumber(2)});
  step(Connected{});
  step(welcome(2));
  ASSERT_NE(find<NoteProofs>(), nullptr);
  EXPECT_THAT(find<NoteProofs>()->sentence, HasSubstr("version 1 and proves nothing"));
  now_ += 3'600'000;
  step(Woken{});
  EXPECT_EQ(find<AskProofs>(), nullptr);
}

TEST_F(SenderMachineProofsTest, AnIdleAgentStillLooksWhetherTheLedgerContinues) {
  open_v2(2, 2, 2);
  wait_for_ask();
  EXPECT_EQ(find<AskProofs>()->ask.count, 0u);
  answer(3, 0);
  std::int64_t until = now_ + config_.proof_pace.check_every.ms;
  while (find<AskProofs>() == nullptr && now_ < until + 1) {
    now_ = *state_.wake_at;
    step(Woken{});
  }
  EXPECT_EQ(now_, until);
}

TEST_F(SenderMachineProofsTest, AContradictionEndsTheSessionAndNothingIsSentAnyMore) {
  open_v2(3, 1, 0);
  wait_for_ask();
  step(ProofsChecked{contradiction()});
  EXPECT_EQ(state_.phase, Phase::kAlarmed);
  ASSERT_NE(find<RaiseAlarm>(), nullptr);
  EXPECT_EQ(find<RaiseAlarm>()->what, contradiction());
  EXPECT_NE(find<CloseConnection>(), nullptr);
  EXPECT_EQ(find<KeepProofs>(), nullptr);
  step(SpoolGrew{end_at(9)});
  EXPECT_THAT(actions_, IsEmpty()) << "what is accepted meanwhile stays here";
  step(Connected{});
  EXPECT_THAT(actions_, IsEmpty());
  std::int64_t raised = now_;
  now_ = *state_.wake_at;
  EXPECT_EQ(now_ - raised, config_.alarm_every.ms);
  step(Woken{});
  EXPECT_NE(find<TellAlarm>(), nullptr);
  step(AlarmCleared{});
  EXPECT_NE(find<Connect>(), nullptr);
  EXPECT_EQ(state_.phase, Phase::kConnecting);
}

TEST_F(SenderMachineProofsTest, AnOpenAlarmKeepsARunFromConnecting) {
  step(Started{end_at(3), BatchNumber(1), BatchNumber(0), true});
  EXPECT_EQ(find<Connect>(), nullptr);
  EXPECT_NE(find<TellAlarm>(), nullptr);
  EXPECT_EQ(state_.phase, Phase::kAlarmed);
  step(StopAsked{});
  expect_end(Finish::How::kAlarm);
}

TEST_F(SenderMachineProofsTest, UntilEmptyEndsWithTheAlarm) {
  config_.until_empty = true;
  step(Started{end_at(3), BatchNumber(1), BatchNumber(0), true});
  expect_end(Finish::How::kAlarm);
  state_ = SenderState();
  open_v2(1, 1, 0);
  ASSERT_NE(find<AskProofs>(), nullptr);
  step(ProofsChecked{contradiction()});
  EXPECT_NE(find<RaiseAlarm>(), nullptr);
  expect_end(Finish::How::kAlarm);
}

TEST_F(SenderMachineProofsTest, UntilEmptyEndsWithTheProof) {
  config_.until_empty = true;
  open_v2(1, 0, 0);
  answer_sends();
  answer(1, 0);  // to the look at the session's begin
  ack(1);
  EXPECT_EQ(state_.phase, Phase::kOpen);
  EXPECT_LE(wait_for_ask(), config_.proof_pace.hurried.ms);
  answer(1, 0);
  EXPECT_LE(wait_for_ask(), config_.proof_pace.hurried.ms);
  answer(1, 1);
  expect_end(Finish::How::kEmpty);
}

TEST_F(SenderMachineProofsTest, UntilEmptyDoesNotWaitForEverForAProof) {
  config_.until_empty = true;
  open_v2(1, 0, 0);
  answer_sends();
  ack(1);
  std::int64_t acked = now_;
  for (int i = 0; i < 100 && state_.phase == Phase::kOpen; ++i) {
    now_ = *state_.wake_at;
    step(Woken{});
    if (find<AskProofs>() != nullptr) answer(1, 0);
  }
  expect_end(Finish::How::kEmpty);
  EXPECT_EQ(now_ - acked, config_.proof_limit.ms);
}

TEST_F(SenderMachineProofsTest, UntilEmptyWithoutPatienceEndsWithTheAcknowledgement) {
  config_.until_empty = true;
  config_.proof_limit = Duration{0};
  open_v2(1, 0, 0);
  answer_sends();
  ack(1);
  expect_end(Finish::How::kEmpty);
}

TEST_F(SenderMachineProofsTest, ARestoredServerTakesProofsBackAndGetsTheBatchesAgain) {
  step(Started{end_at(5), BatchNumber(5), BatchNumber(4)});
  step(Connected{});
  Welcomed event = welcome(2);
  event.welcome.version = 2;
  step(event);
  ASSERT_NE(find<Rewind>(), nullptr);
  EXPECT_EQ(state_.proofs.proved, BatchNumber(2));
  EXPECT_EQ(answer_sends(), (std::vector<std::uint64_t>{3, 4, 5}));
}

TEST_F(SenderMachineProofsTest, AnotherLedgerWithoutTheOfficesWordIsAnAlarm) {
  step(Started{end_at(5), BatchNumber(2)});
  step(Connected{});
  Welcomed event = welcome(2);
  event.welcome.ledger_id = "other";
  event.foreign = contradiction();
  step(event);
  EXPECT_EQ(state_.phase, Phase::kAlarmed);
  EXPECT_EQ(find<RaiseAlarm>()->what, contradiction());
  EXPECT_EQ(find<SendBatch>(), nullptr);
  EXPECT_EQ(state_.ledger_id, "ledger");
}

TEST_F(SenderMachineProofsTest, ASuccessorIsFollowedAndIsTheLedgerFromThenOn) {
  step(Started{end_at(5), BatchNumber(2)});
  step(Connected{});
  Welcomed event = welcome(2);
  event.welcome.ledger_id = "next";
  event.succession = Succession{"next", "the disk burnt"};
  step(event);
  ASSERT_NE(find<FollowSuccession>(), nullptr);
  EXPECT_EQ(state_.phase, Phase::kOpen);
  step(Disconnected{Error(Code::kUnavailable, "gone")});
  now_ = *state_.wake_at;
  step(Woken{});
  step(Connected{});
  event.succession.reset();
  step(event);
  EXPECT_EQ(find<FollowSuccession>(), nullptr);
  EXPECT_EQ(find<RaiseAlarm>(), nullptr);
}

TEST_F(SenderMachineProofsTest, WhatASuccessorLostIsProvedAnew) {
  oldest_ = BatchNumber(3);
  open_v2(5, 5, 4);
  wait_for_ask();
  ProofsHold hold = holding(5, 1);
  hold.lost = "entries were lost";
  step(ProofsChecked{hold});
  EXPECT_NE(find<ForgetProofs>(), nullptr);
  ASSERT_NE(find<KeepProofs>(), nullptr);
  EXPECT_THAT(find<KeepProofs>()->proofs.batches, IsEmpty()) << "not behind a gap";
  EXPECT_EQ(state_.proofs.proved, BatchNumber(2));
  wait_for_ask();
  EXPECT_EQ(find<AskProofs>()->ask, (ProofAsk{BatchNumber(3), 3}));
}

}  // namespace
}  // namespace plumbline
