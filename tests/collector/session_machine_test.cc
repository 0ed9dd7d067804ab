// SPDX-License-Identifier: Apache-2.0
// The collector's side of a session, with values only: from the hello to the end, as an honest
// agent sees it.
#include "collector/session_machine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/collector/machine_driver.h"

namespace plumbline {
namespace {

namespace action = session_action;
namespace event = session_event;
using testing::MachineDriver;
using Outcome = Admitted::Outcome;

TEST(SessionMachineTest, AHelloLeadsToTheStreamAndAWelcome) {
  MachineDriver driver;
  EXPECT_TRUE(driver.machine().wants_input());
  auto actions = driver.receive(MachineDriver::hello());
  const auto* lookup = MachineDriver::only<action::LookUpStream>(actions);
  ASSERT_NE(lookup, nullptr);
  EXPECT_EQ(lookup->stream, MachineDriver::stream().stream);
  EXPECT_FALSE(driver.machine().wants_input());

  StreamState stream = MachineDriver::stream();
  stream.head = BatchNumber(7);
  stream.head_hash = samples::hash_of("head");
  stream.next_sequence = Sequence(99);
  actions = driver.resume(MachineDriver::found(stream));
  const auto* welcome = MachineDriver::sent<Welcome>(actions, 0);
  ASSERT_NE(welcome, nullptr);
  EXPECT_EQ(welcome->version, kProtocolVersion);
  EXPECT_EQ(welcome->ledger_id, "ledger-1");
  EXPECT_EQ(welcome->head, BatchNumber(7));
  EXPECT_EQ(welcome->head_hash, samples::hash_of("head"));
  EXPECT_EQ(welcome->next_sequence, Sequence(99));
  EXPECT_EQ(welcome->events_hash, samples::hash_of("events"));
  ASSERT_EQ(welcome->files.size(), 1u);
  EXPECT_EQ(welcome->files[0].path, "events.yaml");
  EXPECT_TRUE(driver.machine().wants_input());
  EXPECT_TRUE(driver.machine().greeted());
}

TEST(SessionMachineTest, ABatchIsAdmittedWithItsExactBytes) {
  MachineDriver driver;
  driver.open();
  SealedBatch batch = driver.next_batch();
  auto actions = driver.receive(MachineDriver::frame(batch));
  const auto* admit = MachineDriver::only<action::Admit>(actions);
  ASSERT_NE(admit, nullptr);
  EXPECT_EQ(admit->admission.stream, batch.header.stream);
  EXPECT_EQ(admit->admission.number, BatchNumber(1));
  EXPECT_EQ(admit->admission.hash, batch_hash(batch.head.header));
  EXPECT_TRUE(admit->admission.previous.is_zero());
  EXPECT_EQ(admit->admission.first, Sequence(1));
  EXPECT_EQ(admit->admission.count, 3u);
  EXPECT_EQ(admit->admission.head + admit->admission.content, encode_sealed(batch));
}

TEST(SessionMachineTest, AnAcknowledgementFollowsTheCommit) {
  MachineDriver driver;
  driver.open();
  std::uint64_t ticket = driver.send_next();
  EXPECT_GT(driver.machine().bytes_in_flight(), 0u);
  auto actions = driver.admitted(ticket, Outcome::kCommitted, 42);
  const auto* ack = MachineDriver::sent<Ack>(actions, 0);
  ASSERT_NE(ack, nullptr);
  EXPECT_EQ(ack->number, BatchNumber(1));
  EXPECT_EQ(ack->index, LedgerIndex(42));
  EXPECT_EQ(ack->recorded_at, samples::at("2026-01-05T10:00:00Z"));
  EXPECT_EQ(driver.machine().bytes_in_flight(), 0u);
}

TEST(SessionMachineTest, ARepeatedBatchGetsTheSameAcknowledgement) {
  MachineDriver driver;
  driver.open();
  Message frame = MachineDriver::frame(driver.next_batch());
  auto first = driver.receive(frame);
  auto acknowledged =
      driver.admitted(std::get<action::Admit>(first[0]).ticket, Outcome::kCommitted, 42);
  auto second = driver.receive(frame);
  auto repeated =
      driver.admitted(std::get<action::Admit>(second[0]).ticket, Outcome::kRepeated, 42);
  const auto* ack = MachineDriver::sent<Ack>(acknowledged, 0);
  const auto* again = MachineDriver::sent<Ack>(repeated, 0);
  EXPECT_EQ(encode_message(*ack), encode_message(*again));
}

TEST(SessionMachineTest, AnswersLeaveInTheOrderOfTheBatches) {
  MachineDriver driver;
  driver.open();
  std::uint64_t first = driver.send_next();
  std::uint64_t second = driver.send_next();
  std::uint64_t third = driver.send_next();
  EXPECT_TRUE(driver.admitted(third, Outcome::kCommitted, 3).empty());
  EXPECT_TRUE(driver.admitted(second, Outcome::kCommitted, 2).empty());
  auto actions = driver.admitted(first, Outcome::kCommitted, 1);
  ASSERT_EQ(actions.size(), 3u);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(MachineDriver::sent<Ack>(actions, i)->number, BatchNumber(i + 1));
  }
}

TEST(SessionMachineTest, InputWaitsWhileTooMuchIsInFlight) {
  SessionMachine::Config config;
  config.max_frame_bytes = 1000;
  config.max_bytes_in_flight = 2000;
  MachineDriver driver(config);
  driver.open();
  std::vector<std::uint64_t> tickets;
  while (driver.machine().wants_input()) tickets.push_back(driver.send_next());
  EXPECT_GT(driver.machine().bytes_in_flight(), 1000u);
  EXPECT_LE(driver.machine().bytes_in_flight(), 2000u);
  for (std::uint64_t ticket : tickets) driver.admitted(ticket, Outcome::kCommitted);
  EXPECT_TRUE(driver.machine().wants_input());
  EXPECT_EQ(driver.machine().bytes_in_flight(), 0u);
}

TEST(SessionMachineTest, TheNewestVersionThatBothSpeakIsSpoken) {
  struct Case {
    std::uint32_t oldest, newest, spoken;
  };
  for (auto [oldest, newest, spoken] :
       {Case{1, 1, 1}, Case{1, 2, 2}, Case{1, 7, 2}, Case{2, 3, 2}}) {
    MachineDriver driver;
    Hello hello = MachineDriver::hello();
    hello.version = oldest;
    hello.newest = newest;
    driver.receive(hello);
    auto actions = driver.resume(MachineDriver::found());
    const auto* welcome = MachineDriver::sent<Welcome>(actions, 0);
    ASSERT_NE(welcome, nullptr);
    EXPECT_EQ(welcome->version, spoken) << oldest << " to " << newest;
  }
}

TEST(SessionMachineTest, HeartbeatsArePassedOver) {
  MachineDriver driver;
  driver.open();
  EXPECT_TRUE(driver.receive(Heartbeat{Sequence(5)}).empty());
  EXPECT_TRUE(driver.machine().wants_input());
}

TEST(SessionMachineTest, AnEnrolmentIsAnsweredAndEndsTheSession) {
  MachineDriver driver;
  auto actions = driver.receive(MachineDriver::enroll_request());
  const auto* enroll = MachineDriver::only<action::Enroll>(actions);
  ASSERT_NE(enroll, nullptr);
  EXPECT_EQ(enroll->request.token_secret, Bytes(16, 't'));
  EXPECT_FALSE(driver.machine().wants_input());
  Enrolled enrolled;
  enrolled.ledger_id = "ledger-1";
  actions = driver.resume(event::EnrollAnswered{enrolled});
  ASSERT_EQ(actions.size(), 2u);
  EXPECT_EQ(MachineDriver::sent<Enrolled>(actions, 0)->ledger_id, "ledger-1");
  EXPECT_EQ(MachineDriver::get<action::End>(actions, 1)->end, SessionEnd::kEnrolled);
  EXPECT_FALSE(driver.machine().wants_input());
}

TEST(SessionMachineTest, AnEnrolmentThatFailsForNowMayBeTriedAgain) {
  MachineDriver driver;
  driver.receive(MachineDriver::enroll_request());
  auto actions =
      driver.resume(event::EnrollAnswered{Error(Code::kUnavailable, "the disk is full")});
  ASSERT_EQ(actions.size(), 1u);
  EXPECT_TRUE(MachineDriver::sent<Refused>(actions, 0)->retry_after_ms.has_value());
  EXPECT_TRUE(driver.machine().wants_input());
}

TEST(SessionMachineTest, TheEndOfThePeerEndsTheSession) {
  MachineDriver driver;
  driver.open();
  auto actions = driver.resume(event::PeerClosed{false});
  EXPECT_EQ(MachineDriver::only<action::End>(actions)->end, SessionEnd::kClosed);
  EXPECT_TRUE(driver.resume(event::PeerClosed{false}).empty());
}

TEST(SessionMachineTest, AnAnswerAfterTheEndIsDropped) {
  MachineDriver driver;
  driver.open();
  std::uint64_t ticket = driver.send_next();
  driver.resume(event::PeerClosed{false});
  EXPECT_TRUE(driver.admitted(ticket, Outcome::kCommitted).empty());
}

TEST(SessionMachineTest, ShutdownAnswersWhatIsInFlightFirst) {
  MachineDriver driver;
  driver.open();
  std::uint64_t first = driver.send_next();
  std::uint64_t second = driver.send_next();
  EXPECT_TRUE(driver.resume(event::ShutdownAsked{}).empty());
  EXPECT_FALSE(driver.machine().wants_input());
  EXPECT_EQ(driver.admitted(first, Outcome::kCommitted).size(), 1u);
  auto actions = driver.admitted(second, Outcome::kCommitted);
  ASSERT_EQ(actions.size(), 3u);
  EXPECT_NE(MachineDriver::sent<Ack>(actions, 0), nullptr);
  EXPECT_NE(MachineDriver::sent<Refused>(actions, 1), nullptr);
  EXPECT_EQ(MachineDriver::get<action::End>(actions, 2)->end, SessionEnd::kShutdown);
}

// The agent is told when to come again: between one and two seconds, each session another time.
void expect_sent_away(const MachineDriver::Actions& actions, Code code, SessionEnd end) {
  ASSERT_EQ(actions.size(), 2u);
  const auto* refused = MachineDriver::sent<Refused>(actions, 0);
  ASSERT_NE(refused, nullptr);
  EXPECT_EQ(refused->number, BatchNumber(0));
  EXPECT_EQ(refused->code, code_name(code));
  ASSERT_TRUE(refused->retry_after_ms.has_value());
  EXPECT_GE(*refused->retry_after_ms, 1000);
  EXPECT_LE(*refused->retry_after_ms, 2000);
  EXPECT_EQ(MachineDriver::get<action::End>(actions, 1)->end, end);
}

TEST(SessionMachineTest, ShutdownTellsThoseWithoutABatchToComeAgain) {
  MachineDriver fresh;
  expect_sent_away(fresh.resume(event::ShutdownAsked{}), Code::kUnavailable, SessionEnd::kShutdown);
  MachineDriver asking;
  asking.receive(MachineDriver::hello());
  expect_sent_away(asking.resume(event::ShutdownAsked{}), Code::kUnavailable,
                   SessionEnd::kShutdown);
  EXPECT_TRUE(asking.resume(MachineDriver::found()).empty());
  MachineDriver greeted;
  greeted.open();
  expect_sent_away(greeted.resume(event::ShutdownAsked{}), Code::kUnavailable,
                   SessionEnd::kShutdown);
}

TEST(SessionMachineTest, SessionsSentAwayComeBackAtDifferentTimes) {
  SessionMachine one(Bytes(32, '\x00'), {});
  SessionMachine other(Bytes(32, '\xf0'), {});
  auto first = one.resume(event::ShutdownAsked{});
  auto second = other.resume(event::ShutdownAsked{});
  EXPECT_EQ(MachineDriver::sent<Refused>(first, 0)->retry_after_ms, 1000);
  EXPECT_EQ(MachineDriver::sent<Refused>(second, 0)->retry_after_ms, 1937);
}

// Its token is used up: without the answer the agent would have to ask for another one.
TEST(SessionMachineTest, ShutdownLetsAnEnrolmentGetItsAnswer) {
  MachineDriver driver;
  driver.receive(MachineDriver::enroll_request());
  EXPECT_TRUE(driver.resume(event::ShutdownAsked{}).empty());
  auto actions = driver.resume(event::EnrollAnswered{Enrolled{}});
  ASSERT_EQ(actions.size(), 2u);
  EXPECT_NE(MachineDriver::sent<Enrolled>(actions, 0), nullptr);
  EXPECT_EQ(MachineDriver::get<action::End>(actions, 1)->end, SessionEnd::kEnrolled);
}

TEST(SessionMachineTest, ANewerSessionOrNoRoomSendsTheAgentAway) {
  MachineDriver replaced;
  replaced.open();
  std::uint64_t ticket = replaced.send_next();
  EXPECT_TRUE(replaced.resume(event::Replaced{}).empty());
  EXPECT_EQ(replaced.admitted(ticket, Outcome::kCommitted).size(), 3u);
  MachineDriver crowded;
  crowded.open();
  expect_sent_away(crowded.resume(event::NoRoom{}), Code::kExhausted, SessionEnd::kPutOff);
}

TEST(SessionMachineTest, AFrameThatDoesNotGetOnEndsTheSession) {
  MachineDriver driver;
  driver.open();
  MachineDriver::expect_refused(driver.resume(event::SlowFrame{}), 0, Code::kInvalid,
                                SessionEnd::kSlowFrame);
}

TEST(SessionMachineTest, TheTimeToComeAgainIsTheOneThatIsGiven) {
  MachineDriver driver;
  driver.open();
  std::uint64_t first = driver.send_next();
  auto actions = driver.resume(
      event::AdmitAnswered{first, Error(Code::kExhausted, "much waits"), Duration{1234}});
  EXPECT_EQ(MachineDriver::sent<Refused>(actions, 0)->retry_after_ms, 1234);
  // What comes behind it waits as long.
  actions = driver.receive(MachineDriver::frame(driver.next_batch()));
  EXPECT_EQ(MachineDriver::sent<Refused>(actions, 0)->retry_after_ms, 1234);
}

TEST(SessionMachineTest, AFrameThatArrivesWhileEndingIsDropped) {
  MachineDriver driver;
  driver.open();
  driver.send_next();
  driver.resume(event::ShutdownAsked{});
  EXPECT_TRUE(driver.receive(MachineDriver::frame(driver.next_batch())).empty());
  EXPECT_TRUE(driver.resume(event::FrameFailed{Error(Code::kInvalid, "x")}).empty());
}

TEST(SessionMachineTest, AnswersOfALookupAfterTheEndAreDropped) {
  MachineDriver driver;
  driver.receive(MachineDriver::hello());
  driver.resume(event::PeerClosed{false});
  EXPECT_TRUE(driver.resume(MachineDriver::found()).empty());
  MachineDriver enrolling;
  enrolling.receive(MachineDriver::enroll_request());
  enrolling.resume(event::PeerClosed{false});
  EXPECT_TRUE(enrolling.resume(event::EnrollAnswered{Enrolled{}}).empty());
}

TEST(SessionMachineTest, TheIdleDeadlineEndsTheSession) {
  MachineDriver driver;
  driver.open();
  auto actions = driver.resume(event::IdleDeadline{});
  EXPECT_EQ(MachineDriver::only<action::End>(actions)->end, SessionEnd::kIdle);
}

TEST(SessionMachineTest, TheHelloDeadlineIsForSessionsWithoutHello) {
  MachineDriver silent;
  MachineDriver::expect_refused(silent.resume(event::HelloDeadline{}), 0, Code::kInvalid,
                                SessionEnd::kHelloTimeout);
  MachineDriver looking;
  looking.receive(MachineDriver::hello());
  EXPECT_TRUE(looking.resume(event::HelloDeadline{}).empty());
  MachineDriver greeted;
  greeted.open();
  EXPECT_TRUE(greeted.resume(event::HelloDeadline{}).empty());
}

TEST(SessionMachineTest, EveryEndHasAWordAndMistakesAreToldApart) {
  EXPECT_EQ(session_end_name(SessionEnd::kTruncatedFrame), "truncated_frame");
  EXPECT_TRUE(is_protocol_error(SessionEnd::kTruncatedFrame));
  EXPECT_TRUE(is_protocol_error(SessionEnd::kHelloTimeout));
  EXPECT_FALSE(is_protocol_error(SessionEnd::kRefused));
  EXPECT_FALSE(is_protocol_error(SessionEnd::kIdle));
}

}  // namespace
}  // namespace plumbline
