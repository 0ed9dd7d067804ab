// SPDX-License-Identifier: Apache-2.0
// Changes and revocations of keys in a session, with values only.
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
using samples::hash_of;
using samples::key;

RotateRequest rotate_request(const PrivateKey& proving = key(12)) {
  RotateRequest request;
  request.key = key(12).public_key();
  request.proof = proof_by(proving);
  request.consent = key(11).sign("consent");
  return request;
}

const StreamId kNew = stream_id(key(12).public_key(), samples::outlet("a"));

TEST(SessionKeysTest, AChangeOfKeysIsAskedOfTheOfficeAnsweredAndEndsTheSession) {
  MachineDriver driver;
  driver.open();
  auto actions = driver.receive(rotate_request());
  const auto* rotate = MachineDriver::only<action::Rotate>(actions);
  ASSERT_NE(rotate, nullptr);
  EXPECT_EQ(rotate->old, MachineDriver::stream().stream);
  EXPECT_EQ(rotate->software, "agent 1");
  EXPECT_EQ(rotate->request.consent, rotate_request().consent);
  EXPECT_FALSE(driver.machine().wants_input());
  actions = driver.resume(event::RotateAnswered{Rotated{kNew}});
  ASSERT_EQ(actions.size(), 2u);
  EXPECT_EQ(MachineDriver::sent<Rotated>(actions, 0)->stream, kNew);
  EXPECT_EQ(MachineDriver::get<action::End>(actions, 1)->end, SessionEnd::kRotated);
  EXPECT_FALSE(driver.machine().wants_input());
}

TEST(SessionKeysTest, NothingMayBeInFlightWhenKeysChange) {
  MachineDriver driver;
  driver.open();
  const std::uint64_t ticket = driver.send_next();
  EXPECT_TRUE(driver.receive(rotate_request()).empty());
  auto actions = driver.admitted(ticket, Outcome::kCommitted, 4);
  ASSERT_EQ(actions.size(), 3u);
  EXPECT_NE(MachineDriver::sent<Ack>(actions, 0), nullptr);
  MachineDriver::expect_refused(actions, 0, Code::kInvalid, SessionEnd::kUnexpectedMessage, 1);
}

TEST(SessionKeysTest, TheNewKeyProvesItselfOverThisConnection) {
  MachineDriver driver;
  driver.open();
  MachineDriver::expect_refused(driver.receive(rotate_request(key(13))), 0, Code::kUnauthenticated,
                                SessionEnd::kRefused);
}

TEST(SessionKeysTest, AnAgentOfVersionOneDoesNotChangeKeys) {
  MachineDriver driver;
  Hello hello = MachineDriver::hello();
  hello.newest = 1;
  driver.receive(hello);
  driver.resume(MachineDriver::found());
  MachineDriver::expect_refused(driver.receive(rotate_request()), 0, Code::kInvalid,
                                SessionEnd::kUnexpectedMessage);
}

TEST(SessionKeysTest, AChangeThatFailsForNowMayBeAskedForAgain) {
  MachineDriver driver;
  driver.open();
  driver.receive(rotate_request());
  auto actions =
      driver.resume(event::RotateAnswered{Error(Code::kUnavailable, "the disk is full")});
  ASSERT_EQ(actions.size(), 1u);
  EXPECT_TRUE(MachineDriver::sent<Refused>(actions, 0)->retry_after_ms.has_value());
  EXPECT_TRUE(driver.machine().wants_input());
  EXPECT_NE(MachineDriver::only<action::Rotate>(driver.receive(rotate_request())), nullptr);
}

TEST(SessionKeysTest, AChangeThatIsRefusedEndsTheSession) {
  MachineDriver driver;
  driver.open();
  driver.receive(rotate_request());
  MachineDriver::expect_refused(
      driver.resume(event::RotateAnswered{Error(Code::kConflict, "it stands elsewhere")}), 0,
      Code::kConflict, SessionEnd::kRefused);
}

// The answer to the change was lost: the old key comes again and may ask again, and nothing else.
TEST(SessionKeysTest, TheOldKeyIsWelcomeToAskAgainButReportsNoMore) {
  StreamState closed = MachineDriver::stream();
  closed.revoked = true;
  closed.rotated = true;
  MachineDriver driver;
  driver.receive(MachineDriver::hello());
  auto actions = driver.resume(MachineDriver::found(closed));
  ASSERT_NE(MachineDriver::sent<Welcome>(actions, 0), nullptr);
  EXPECT_NE(MachineDriver::only<action::Rotate>(driver.receive(rotate_request())), nullptr);

  MachineDriver reporting;
  reporting.receive(MachineDriver::hello());
  reporting.resume(MachineDriver::found(closed));
  const std::uint64_t ticket = reporting.send_next();
  actions = reporting.admitted(ticket, Outcome::kRevoked);
  MachineDriver::expect_refused(actions, 1, Code::kDenied, SessionEnd::kRefused);
  EXPECT_THAT(MachineDriver::sent<Refused>(actions, 0)->sentence, HasSubstr("a new key took over"));

  MachineDriver old_version;
  Hello hello = MachineDriver::hello();
  hello.newest = 1;
  old_version.receive(hello);
  MachineDriver::expect_refused(old_version.resume(MachineDriver::found(closed)), 0, Code::kDenied,
                                SessionEnd::kRefused);
}

TEST(SessionKeysTest, ARevocationEndsAnOpenSessionBehindWhatIsInFlight) {
  MachineDriver driver;
  driver.open();
  const std::uint64_t ticket = driver.send_next();
  EXPECT_TRUE(driver.resume(event::StreamRevoked{MachineDriver::stream().stream}).empty());
  EXPECT_FALSE(driver.machine().wants_input());
  auto actions = driver.admitted(ticket, Outcome::kCommitted, 4);
  ASSERT_EQ(actions.size(), 3u);
  EXPECT_NE(MachineDriver::sent<Ack>(actions, 0), nullptr);
  MachineDriver::expect_refused(actions, 0, Code::kDenied, SessionEnd::kRefused, 1);
}

TEST(SessionKeysTest, ARevocationOfAnotherStreamChangesNothing) {
  MachineDriver driver;
  driver.open();
  EXPECT_TRUE(driver.resume(event::StreamRevoked{kNew}).empty());
  EXPECT_TRUE(driver.machine().wants_input());
  MachineDriver before_hello;
  EXPECT_TRUE(before_hello.resume(event::StreamRevoked{MachineDriver::stream().stream}).empty());
  EXPECT_TRUE(before_hello.machine().wants_input());
}

// What was looked up may have been read before the revocation was written.
TEST(SessionKeysTest, ARevocationDuringTheLookUpIsNotMissed) {
  MachineDriver driver;
  driver.receive(MachineDriver::hello());
  EXPECT_TRUE(driver.resume(event::StreamRevoked{MachineDriver::stream().stream}).empty());
  MachineDriver::expect_refused(driver.resume(MachineDriver::found()), 0, Code::kDenied,
                                SessionEnd::kRefused);
  MachineDriver other;
  other.receive(MachineDriver::hello());
  other.resume(event::StreamRevoked{kNew});
  EXPECT_NE(MachineDriver::sent<Welcome>(other.resume(MachineDriver::found()), 0), nullptr);
}

TEST(SessionKeysTest, ARevocationWhileKeysChangeEndsTheSession) {
  MachineDriver driver;
  driver.open();
  driver.receive(rotate_request());
  MachineDriver::expect_refused(driver.resume(event::StreamRevoked{MachineDriver::stream().stream}),
                                0, Code::kDenied, SessionEnd::kRefused);
  EXPECT_TRUE(driver.resume(event::RotateAnswered{Rotated{kNew}}).empty());
}

TEST(SessionKeysTest, AConflictIsReportedWithTheBatchThatIsNotTaken) {
  MachineDriver driver;
  driver.open();
  const std::uint64_t ticket = driver.send_next();
  Admitted answer{Outcome::kEquivocated, {}, {}, hash_of("held"), "head of it"};
  auto actions = driver.resume(event::AdmitAnswered{ticket, answer});
  const auto* report = MachineDriver::get<action::ReportConflict>(actions, 0);
  ASSERT_NE(report, nullptr);
  EXPECT_EQ(report->conflict.stream, MachineDriver::stream().stream);
  EXPECT_EQ(report->conflict.number, BatchNumber(1));
  EXPECT_EQ(report->conflict.held_hash, hash_of("held"));
  EXPECT_EQ(report->conflict.head, "head of it");
  MachineDriver::expect_refused(actions, 1, Code::kConflict, SessionEnd::kRefused, 1);
}

}  // namespace
}  // namespace plumbline
