// SPDX-License-Identifier: Apache-2.0
// What a careless or hostile agent can do to a session, with values only: each mistake with its
// answer, and what becomes of the batches before it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "collector/session_machine.h"
#include "tests/support/collector/machine_driver.h"

namespace plumbline {
namespace {

namespace action = session_action;
namespace event = session_event;
using ::testing::HasSubstr;
using testing::MachineDriver;
using testing::proof_by;
using Outcome = Admitted::Outcome;
using samples::key;

TEST(SessionRefusalsTest, TheFirstMessageIsAHello) {
  for (const Message& message :
       {Message(BatchFrame{"x"}), Message(Heartbeat{}), Message(Welcome{}), Message(Ack{})}) {
    MachineDriver driver;
    MachineDriver::expect_refused(driver.receive(message), 0, Code::kInvalid,
                                  SessionEnd::kUnexpectedMessage);
  }
}

TEST(SessionRefusalsTest, AfterTheHelloOnlyBatchesAreExpected) {
  for (const Message& message :
       {Message(MachineDriver::hello()), Message(MachineDriver::enroll_request()), Message(Ack{}),
        Message(Enrolled{}), Message(Refused{})}) {
    MachineDriver driver;
    driver.open();
    MachineDriver::expect_refused(driver.receive(message), 0, Code::kInvalid,
                                  SessionEnd::kUnexpectedMessage);
  }
}

TEST(SessionRefusalsTest, AnotherProtocolVersionIsRefused) {
  MachineDriver driver;
  Hello hello = MachineDriver::hello();
  hello.version = kProtocolVersion + 1;
  hello.newest = kProtocolVersion + 1;
  MachineDriver::expect_refused(driver.receive(hello), 0, Code::kUnsupported,
                                SessionEnd::kBadVersion);
  MachineDriver enrolling;
  EnrollRequest request = MachineDriver::enroll_request();
  request.version = 0;
  request.newest = 0;
  MachineDriver::expect_refused(enrolling.receive(request), 0, Code::kUnsupported,
                                SessionEnd::kBadVersion);
}

TEST(SessionRefusalsTest, AHelloProvesItsKeyOverThisConnection) {
  Hello by_other_key = MachineDriver::hello();
  by_other_key.proof = proof_by(key(12));
  Hello of_other_connection = MachineDriver::hello();
  of_other_connection.proof = proof_by(key(11), Bytes(32, 'f'));
  Hello without_proof = MachineDriver::hello();
  without_proof.proof = Signature();
  for (const Hello& hello : {by_other_key, of_other_connection, without_proof}) {
    MachineDriver driver;
    MachineDriver::expect_refused(driver.receive(hello), 0, Code::kUnauthenticated,
                                  SessionEnd::kRefused);
  }
}

TEST(SessionRefusalsTest, AnEnrolmentProvesItsKeyOverThisConnection) {
  MachineDriver driver;
  EnrollRequest request = MachineDriver::enroll_request();
  request.proof = proof_by(key(12));
  MachineDriver::expect_refused(driver.receive(request), 0, Code::kUnauthenticated,
                                SessionEnd::kRefused);
}

TEST(SessionRefusalsTest, AHelloForAnOutletOfOthersFindsNoStream) {
  MachineDriver driver;
  Hello hello = MachineDriver::hello();
  hello.outlet = samples::outlet("b");
  auto actions = driver.receive(hello);
  EXPECT_NE(MachineDriver::only<action::LookUpStream>(actions)->stream,
            MachineDriver::stream().stream);
  actions = driver.resume(MachineDriver::found(Error(Code::kNotFound, "no such stream")));
  MachineDriver::expect_refused(actions, 0, Code::kUnauthenticated, SessionEnd::kRefused);
}

TEST(SessionRefusalsTest, ARevokedKeyIsRefusedAtTheHello) {
  MachineDriver driver;
  driver.receive(MachineDriver::hello());
  StreamState stream = MachineDriver::stream();
  stream.revoked = true;
  MachineDriver::expect_refused(driver.resume(MachineDriver::found(stream)), 0, Code::kDenied,
                                SessionEnd::kRefused);
}

TEST(SessionRefusalsTest, AStoreThatIsAwayLeavesTheHelloOpen) {
  MachineDriver driver;
  driver.receive(MachineDriver::hello());
  auto actions = driver.resume(MachineDriver::found(Error(Code::kUnavailable, "disk failed")));
  ASSERT_EQ(actions.size(), 1u);
  EXPECT_EQ(MachineDriver::sent<Refused>(actions, 0)->retry_after_ms, 5000);
  EXPECT_TRUE(driver.machine().wants_input());
  driver.receive(MachineDriver::hello());
  EXPECT_NE(MachineDriver::sent<Welcome>(driver.resume(MachineDriver::found()), 0), nullptr);
}

TEST(SessionRefusalsTest, AnEnrolmentThatIsRefusedEndsTheSession) {
  for (Code code : {Code::kUnauthenticated, Code::kConflict, Code::kDenied, Code::kExists}) {
    MachineDriver driver;
    driver.receive(MachineDriver::enroll_request());
    MachineDriver::expect_refused(driver.resume(event::EnrollAnswered{Error(code, "no")}), 0, code,
                                  SessionEnd::kRefused);
  }
}

class OpenSessionRefusalsTest : public ::testing::Test {
 protected:
  OpenSessionRefusalsTest() { driver_.open(); }

  // The refusal of a batch, after an acknowledgement that was still owed.
  void expect_refused_after_answer(const Message& message, std::uint64_t number, Code code) {
    std::uint64_t ticket = driver_.send_next();
    EXPECT_TRUE(driver_.receive(message).empty());
    EXPECT_FALSE(driver_.machine().wants_input());
    auto actions = driver_.admitted(ticket, Outcome::kCommitted);
    EXPECT_NE(MachineDriver::sent<Ack>(actions, 0), nullptr);
    MachineDriver::expect_refused(actions, number, code, SessionEnd::kRefused, 1);
  }

  MachineDriver driver_;
};

TEST_F(OpenSessionRefusalsTest, BytesThatAreNoBatch) {
  expect_refused_after_answer(BatchFrame{"no batch"}, 0, Code::kInvalid);
}

TEST_F(OpenSessionRefusalsTest, AnEmptyBatchFrame) {
  expect_refused_after_answer(BatchFrame{}, 0, Code::kInvalid);
}

TEST_F(OpenSessionRefusalsTest, ASignatureByAnotherKey) {
  MachineDriver other;
  SealedBatch batch = other.next_batch();
  batch.head.signature = key(12).sign(batch_signed_bytes(batch.head.header));
  expect_refused_after_answer(MachineDriver::frame(batch), 1, Code::kUnauthenticated);
}

TEST_F(OpenSessionRefusalsTest, ContentThatDoesNotMatchItsHash) {
  MachineDriver other;
  SealedBatch batch = other.next_batch();
  batch.content.back() = static_cast<char>(batch.content.back() ^ 1);
  expect_refused_after_answer(MachineDriver::frame(batch), 1, Code::kInvalid);
}

TEST_F(OpenSessionRefusalsTest, ContentThatIsCutOff) {
  MachineDriver other;
  SealedBatch batch = other.next_batch();
  Bytes sealed = encode_sealed(batch);
  sealed.pop_back();
  Message message = BatchFrame{sealed};
  std::uint64_t ticket = driver_.send_next();
  driver_.receive(message);
  auto actions = driver_.admitted(ticket, Outcome::kCommitted);
  ASSERT_EQ(actions.size(), 3u);
  EXPECT_EQ(MachineDriver::sent<Refused>(actions, 1)->code, "invalid");
}

TEST_F(OpenSessionRefusalsTest, ABatchOfAnotherOutletOfTheSameKey) {
  PrivateKey agent = key(11);
  BatchHeader header = samples::header(agent, samples::outlet("b"));
  SealedBatch batch = seal_batch(header, samples::mixed(1), agent).value();
  expect_refused_after_answer(MachineDriver::frame(batch), 1, Code::kDenied);
}

TEST_F(OpenSessionRefusalsTest, ABatchOfAnotherKeyOfTheSameOutlet) {
  PrivateKey other = key(12);
  BatchHeader header = samples::header(other, samples::outlet("a"));
  SealedBatch batch = seal_batch(header, samples::mixed(1), other).value();
  expect_refused_after_answer(MachineDriver::frame(batch), 1, Code::kDenied);
}

TEST_F(OpenSessionRefusalsTest, FramesThatDoNotParse) {
  auto actions = driver_.resume(event::FrameFailed{Error(Code::kInvalid, "unknown frame type 9")});
  MachineDriver::expect_refused(actions, 0, Code::kInvalid, SessionEnd::kBadFrame);
}

TEST_F(OpenSessionRefusalsTest, FramesThatAreTooLarge) {
  auto actions = driver_.resume(event::FrameFailed{Error(Code::kExhausted, "too large")});
  MachineDriver::expect_refused(actions, 0, Code::kExhausted, SessionEnd::kOversizedFrame);
}

TEST_F(OpenSessionRefusalsTest, AnEndWithinAFrame) {
  auto actions = driver_.resume(event::PeerClosed{true});
  EXPECT_EQ(MachineDriver::only<action::End>(actions)->end, SessionEnd::kTruncatedFrame);
}

TEST_F(OpenSessionRefusalsTest, WhatTheLedgerDoesNotTakeEndsTheSession) {
  const std::pair<Outcome, Code> answers[] = {{Outcome::kEquivocated, Code::kConflict},
                                              {Outcome::kGap, Code::kNotFound},
                                              {Outcome::kBadSequence, Code::kInvalid},
                                              {Outcome::kUnknown, Code::kUnauthenticated},
                                              {Outcome::kRevoked, Code::kDenied}};
  for (const auto& [outcome, code] : answers) {
    MachineDriver driver;
    driver.open();
    std::uint64_t ticket = driver.send_next();
    // A conflict is reported first.
    std::size_t at = outcome == Outcome::kEquivocated ? 1 : 0;
    MachineDriver::expect_refused(driver.admitted(ticket, outcome), 1, code, SessionEnd::kRefused,
                                  at);
    EXPECT_FALSE(driver.machine().wants_input());
  }
}

TEST_F(OpenSessionRefusalsTest, AFinalRefusalDropsTheBatchesBehindIt) {
  std::uint64_t first = driver_.send_next();
  std::uint64_t second = driver_.send_next();
  EXPECT_TRUE(driver_.admitted(second, Outcome::kGap).empty());
  MachineDriver::expect_refused(driver_.admitted(first, Outcome::kEquivocated), 1, Code::kConflict,
                                SessionEnd::kRefused, 1);
}

TEST_F(OpenSessionRefusalsTest, AFullQueuePutsOffThisBatchAndThoseBehindIt) {
  SealedBatch first = driver_.next_batch();
  SealedBatch second = driver_.next_batch();
  SealedBatch third = driver_.next_batch();
  auto actions = driver_.receive(MachineDriver::frame(first));
  actions = driver_.failed(std::get<action::Admit>(actions[0]).ticket, Code::kExhausted);
  ASSERT_EQ(actions.size(), 1u);
  const auto* refused = MachineDriver::sent<Refused>(actions, 0);
  EXPECT_EQ(refused->number, BatchNumber(1));
  EXPECT_EQ(refused->code, "exhausted");
  EXPECT_EQ(refused->retry_after_ms, 200);
  EXPECT_TRUE(driver_.machine().wants_input());
  // The second one is not even tried: it would meet a gap and be refused for good.
  actions = driver_.receive(MachineDriver::frame(second));
  ASSERT_EQ(actions.size(), 1u);
  EXPECT_EQ(MachineDriver::sent<Refused>(actions, 0)->retry_after_ms, 200);
  // The first one comes again, and the others after it.
  for (const SealedBatch& batch : {first, second, third}) {
    actions = driver_.receive(MachineDriver::frame(batch));
    const auto* admit = MachineDriver::only<action::Admit>(actions);
    ASSERT_NE(admit, nullptr);
    EXPECT_NE(MachineDriver::sent<Ack>(driver_.admitted(admit->ticket, Outcome::kCommitted), 0),
              nullptr);
  }
}

TEST_F(OpenSessionRefusalsTest, AStoreThatFailedAsksToComeLater) {
  std::uint64_t first = driver_.send_next();
  std::uint64_t second = driver_.send_next();
  auto actions = driver_.failed(first, Code::kUnavailable);
  const auto* refused = MachineDriver::sent<Refused>(actions, 0);
  EXPECT_EQ(refused->code, "unavailable");
  EXPECT_EQ(refused->retry_after_ms, 5000);
  EXPECT_THAT(refused->sentence, HasSubstr("the store says so"));
  EXPECT_EQ(
      MachineDriver::sent<Refused>(driver_.failed(second, Code::kUnavailable), 0)->retry_after_ms,
      5000);
  EXPECT_TRUE(driver_.machine().wants_input());
}

TEST_F(OpenSessionRefusalsTest, AnAdmissionThatTheStoreCallsInvalidIsFinal) {
  std::uint64_t ticket = driver_.send_next();
  MachineDriver::expect_refused(driver_.failed(ticket, Code::kInvalid), 1, Code::kInvalid,
                                SessionEnd::kRefused);
}

}  // namespace
}  // namespace plumbline
