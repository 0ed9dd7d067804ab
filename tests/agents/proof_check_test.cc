// SPDX-License-Identifier: Apache-2.0
// What an agent believes. Each protection is shown by the answer that would pass without it: all
// other parts of that answer hold.
#include "agents/proof_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/agents/proving_server.h"

namespace plumbline {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::ProvingServer;

constexpr Instant kAt{1'767'600'000'000};

class ProofCheckTest : public ::testing::Test {
 protected:
  ProofCheckTest() {
    for (int i = 0; i < 7; ++i) server_.other(i);
    for (int i = 1; i <= 3; ++i) {
      Bytes head = "head " + std::to_string(i);
      LedgerIndex index = server_.batch(head, kAt);
      targets_.push_back({BatchNumber(i), head, index, kAt});
      server_.other(10 + i);
    }
    question_.ledger_id = server_.ledger_id;
    question_.checkpoint_key = server_.key().public_key();
    question_.held = server_.held(5);
    question_.targets = targets_;
  }

  // All targets that the first `size` entries hold.
  Proofs honest(std::uint64_t size = 13) const {
    std::uint64_t held = question_.held ? question_.held->checkpoint.size.value : 0;
    Proofs answer = server_.answer(held, size);
    for (const ProofTarget& target : targets_) {
      if (target.index->value < size) {
        answer.batches.push_back(server_.proof(target.number, *target.index, kAt, size));
      }
    }
    return answer;
  }

  ProofsHold holds(const Proofs& answer) const {
    ProofVerdict verdict = check_proofs(question_, answer);
    if (auto* hold = std::get_if<ProofsHold>(&verdict)) return *hold;
    auto* what = std::get_if<Contradiction>(&verdict);
    ADD_FAILURE() << (what ? what->sentence : std::get<Error>(verdict).text());
    return {};
  }
  Contradiction contradicts(const Proofs& answer, AlarmKind kind) const {
    ProofVerdict verdict = check_proofs(question_, answer);
    auto* what = std::get_if<Contradiction>(&verdict);
    if (what == nullptr) {
      ADD_FAILURE() << "no contradiction: " << alarm_kind_name(kind);
      return {};
    }
    EXPECT_EQ(alarm_kind_name(what->kind), alarm_kind_name(kind)) << what->sentence;
    EXPECT_EQ(what->shown, answer.checkpoint);
    EXPECT_EQ(what->answer, encode_message(answer));
    return *what;
  }
  void no_answer(const Proofs& answer, const std::string& why) const {
    ProofVerdict verdict = check_proofs(question_, answer);
    auto* error = std::get_if<Error>(&verdict);
    ASSERT_NE(error, nullptr) << why;
    EXPECT_THAT(error->text(), HasSubstr(why));
  }

  ProvingServer server_;
  std::vector<ProofTarget> targets_;
  ProofQuestion question_;
};

TEST_F(ProofCheckTest, AnHonestAnswerHolds) {
  ProofsHold hold = holds(honest());
  EXPECT_EQ(hold.checkpoint, server_.held(13));
  ASSERT_EQ(hold.batches.size(), 3u);
  EXPECT_EQ(hold.batches[1].number, BatchNumber(2));
  EXPECT_EQ(hold.batches[1].index, LedgerIndex(9));
  EXPECT_EQ(hold.batches[1].path, honest().batches[1].path);
  EXPECT_THAT(hold.remark, IsEmpty());
  EXPECT_THAT(hold.lost, IsEmpty());
}

TEST_F(ProofCheckTest, TheFirstCheckpointNeedsNoContinuation) {
  question_.held.reset();
  EXPECT_EQ(holds(honest()).batches.size(), 3u);
}

TEST_F(ProofCheckTest, BatchesBehindTheCheckpointWaitWithoutARemark) {
  ProofsHold hold = holds(honest(9));
  EXPECT_EQ(hold.batches.size(), 1u);
  EXPECT_THAT(hold.remark, IsEmpty());
}

TEST_F(ProofCheckTest, TheSameCheckpointAgainHolds) {
  question_.held = server_.held(13);
  EXPECT_EQ(holds(honest()).batches.size(), 3u);
}

TEST_F(ProofCheckTest, ACheckpointOfAnotherKeyIsNotBelieved) {
  ProvingServer other = server_;
  other.seed = 3;
  Proofs answer = honest();
  answer.checkpoint = other.held(13).note;
  EXPECT_THAT(contradicts(answer, AlarmKind::kUnsigned).sentence, HasSubstr("pinned"));
}

TEST_F(ProofCheckTest, ACheckpointOfAnotherLedgerIsNotBelieved) {
  ProvingServer other = server_;
  other.ledger_id = "ff112233445566778899aabbccddeeff";
  Proofs answer = honest();
  answer.checkpoint = other.held(13).note;
  contradicts(answer, AlarmKind::kUnsigned);
}

TEST_F(ProofCheckTest, AHistoryThatWasReplacedIsCaught) {
  ProvingServer other = server_;
  other.entries[2] = "another past";
  Proofs answer = other.answer(5, 13);
  Contradiction what = contradicts(answer, AlarmKind::kInconsistent);
  EXPECT_EQ(what.held, server_.held(5).note);
}

TEST_F(ProofCheckTest, TwoRootsOfOneSizeAreCaught) {
  question_.held = server_.held(13);
  ProvingServer other = server_;
  other.entries[2] = "another past";
  Contradiction what = contradicts(other.answer(13, 13), AlarmKind::kForked);
  EXPECT_EQ(what.held, server_.held(13).note);
}

TEST_F(ProofCheckTest, AnOlderCheckpointProvesNothing) {
  question_.held = server_.held(13);
  Proofs answer = server_.answer(13, 11);
  answer.batches.push_back(server_.proof(BatchNumber(1), LedgerIndex(7), kAt, 11));
  ProofsHold hold = holds(answer);
  EXPECT_THAT(hold.batches, IsEmpty());
  EXPECT_EQ(hold.checkpoint, server_.held(13)) << "the held one stays";
  EXPECT_THAT(hold.remark, HasSubstr("restored from an older copy"));
}

TEST_F(ProofCheckTest, AnOlderCheckpointWithAnotherRootThanWasSignedIsCaught) {
  question_.held = server_.held(13);
  question_.note_at = [&](LedgerSize size) -> std::optional<std::string> {
    if (size == LedgerSize(11)) return server_.held(11).note;
    return std::nullopt;
  };
  EXPECT_THAT(holds(server_.answer(13, 11)).remark, HasSubstr("older copy"));
  ProvingServer other = server_;
  other.entries[2] = "another past";
  Contradiction what = contradicts(other.answer(13, 11), AlarmKind::kForked);
  EXPECT_EQ(what.held, server_.held(11).note);
  EXPECT_THAT(holds(other.answer(13, 10)).batches, IsEmpty()) << "no root is known to compare";
}

TEST_F(ProofCheckTest, AnInclusionThatFailsIsCaught) {
  Proofs answer = honest();
  answer.batches[1].path[0].data[3] ^= 1;
  EXPECT_THAT(contradicts(answer, AlarmKind::kNotIncluded).sentence, HasSubstr("batch 2"));
}

TEST_F(ProofCheckTest, AnotherBatchInTheSamePlaceIsCaught) {
  // The server acknowledged batch 2 and wrote something else.
  question_.targets[1].head = "what the agent sealed";
  contradicts(honest(), AlarmKind::kNotIncluded);
}

TEST_F(ProofCheckTest, AnotherPlaceThanWasAcknowledgedIsCaught) {
  question_.targets[1].index = LedgerIndex(8);
  Contradiction what = contradicts(honest(), AlarmKind::kOtherEntry);
  EXPECT_THAT(what.sentence, HasSubstr("acknowledged as entry 8"));
}

TEST_F(ProofCheckTest, AnotherTimeThanWasAcknowledgedIsCaught) {
  question_.targets[2].recorded_at = kAt + Duration{1};
  contradicts(honest(), AlarmKind::kOtherEntry);
}

TEST_F(ProofCheckTest, WhereTheAcknowledgementWasLostTheProofTells) {
  question_.targets[1].index.reset();
  question_.targets[1].recorded_at.reset();
  EXPECT_EQ(holds(honest()).batches[1].index, LedgerIndex(9));
}

TEST_F(ProofCheckTest, ABatchThatIsLeftOutThoughCoveredIsTold) {
  Proofs answer = honest();
  answer.batches.erase(answer.batches.begin() + 1);
  ProofsHold hold = holds(answer);
  EXPECT_EQ(hold.batches.size(), 1u) << "what comes behind a gap is not counted";
  EXPECT_THAT(hold.remark, HasSubstr("does not prove batch 2"));
}

TEST_F(ProofCheckTest, WhatIsNoAnswerTeachesNothing) {
  Proofs answer = honest();
  answer.held = LedgerSize(4);
  no_answer(answer, "start from 4 entries");
  answer = honest();
  answer.batches[2].number = BatchNumber(9);
  no_answer(answer, "batch 9 was not asked for");
  answer = honest();
  std::swap(answer.batches[0], answer.batches[1]);
  no_answer(answer, "was not asked for there");
  answer = honest();
  answer.batches[0].recorded_at = Instant{std::int64_t{1} << 60};
  no_answer(answer, "a time out of range");
  answer = honest();
  answer.checkpoint = "tomorrow";
  no_answer(answer, "no answer to what was asked");
  Checkpoint huge = server_.checkpoint(13);
  huge.size = LedgerSize((std::uint64_t{1} << 62) + 1);
  answer = honest();
  answer.checkpoint = sign_checkpoint(huge, server_.key());
  no_answer(answer, "so many entries");
}

TEST_F(ProofCheckTest, AfterASuccessionWhatIsStillThereIsAContinuation) {
  ProvingServer next = server_;
  next.ledger_id = "ff112233445566778899aabbccddeeff";
  question_.ledger_id = next.ledger_id;
  Proofs answer = next.answer(5, 13);
  EXPECT_THAT(holds(answer).lost, IsEmpty());
}

TEST_F(ProofCheckTest, AfterASuccessionWhatWasLostIsToldAndNoAlarm) {
  ProvingServer next = server_;
  next.ledger_id = "ff112233445566778899aabbccddeeff";
  question_.ledger_id = next.ledger_id;
  question_.held = server_.held(13);
  next.entries.resize(9);
  ProofsHold hold = holds(next.answer(13, 9));
  EXPECT_THAT(hold.lost, HasSubstr("does not hold the first 13 entries"));
  EXPECT_EQ(hold.checkpoint, next.held(9));
}

}  // namespace
}  // namespace plumbline
