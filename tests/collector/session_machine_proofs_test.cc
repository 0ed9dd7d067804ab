// SPDX-License-Identifier: Apache-2.0
// Proofs, and checkpoints that an agent holds, in the conversation: with values only.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "collector/session_machine.h"
#include "ledger/checkpoint.h"
#include "tests/support/collector/machine_driver.h"

namespace plumbline {
namespace {

namespace action = session_action;
namespace event = session_event;
using ::testing::HasSubstr;
using testing::MachineDriver;

Proofs some_proofs() {
  Proofs proofs;
  proofs.checkpoint = "a note";
  proofs.held = LedgerSize(3);
  proofs.batches.push_back({BatchNumber(1), LedgerIndex(4), {}, {samples::hash_of("x")}});
  return proofs;
}

ProofRequest request() {
  return {LedgerSize(3), BatchNumber(1), 5};
}

// A session with a hello of these versions, welcomed.
void open_as(MachineDriver& driver, std::uint32_t oldest, std::uint32_t newest) {
  Hello hello = MachineDriver::hello();
  hello.version = oldest;
  hello.newest = newest;
  driver.receive(hello);
  driver.resume(MachineDriver::found());
}

TEST(SessionProofs, AreLookedUpAndSent) {
  MachineDriver driver;
  driver.open();
  auto asked = driver.receive(request());
  const auto* lookup = MachineDriver::only<action::LookUpProofs>(asked);
  ASSERT_NE(lookup, nullptr);
  EXPECT_EQ(lookup->stream, MachineDriver::stream().stream);
  EXPECT_EQ(lookup->request.count, 5u);
  auto answered = driver.resume(event::ProofsLookedUp{some_proofs()});
  ASSERT_EQ(answered.size(), 1u);
  EXPECT_EQ(MachineDriver::sent<Proofs>(answered, 0)->batches, some_proofs().batches);
  // And again.
  EXPECT_NE(MachineDriver::only<action::LookUpProofs>(driver.receive(request())), nullptr);
}

TEST(SessionProofs, DoNotWaitForBatchesNorBatchesForThem) {
  MachineDriver driver;
  driver.open();
  std::uint64_t first = driver.send_next();
  driver.receive(request());
  EXPECT_TRUE(driver.machine().wants_input());
  std::uint64_t second = driver.send_next();
  auto proved = driver.resume(event::ProofsLookedUp{some_proofs()});
  ASSERT_EQ(proved.size(), 1u);
  EXPECT_NE(MachineDriver::sent<Proofs>(proved, 0), nullptr);
  EXPECT_NE(MachineDriver::sent<Ack>(driver.admitted(first, Admitted::Outcome::kCommitted, 5), 0),
            nullptr);
  EXPECT_NE(MachineDriver::sent<Ack>(driver.admitted(second, Admitted::Outcome::kCommitted, 6), 0),
            nullptr);
}

// Whatever the reason: the signer is behind, refuses, or the tree is being mended.
TEST(SessionProofs, ThatCannotBeMadeArePutOff) {
  for (Code code : {Code::kUnavailable, Code::kIo, Code::kCorrupt, Code::kInvalid}) {
    MachineDriver driver;
    driver.open();
    driver.receive(request());
    auto answered = driver.resume(event::ProofsLookedUp{Error(code, "not now")});
    ASSERT_EQ(answered.size(), 1u);
    const auto* refused = MachineDriver::sent<Refused>(answered, 0);
    ASSERT_NE(refused, nullptr);
    EXPECT_EQ(refused->number, BatchNumber(0));
    EXPECT_EQ(refused->retry_after_ms, SessionMachine::Config().retry_proofs_ms);
    EXPECT_THAT(refused->sentence, HasSubstr("not now"));
    // The session goes on, and batches are not put off with them.
    EXPECT_NE(driver.send_next(), 0u);
    EXPECT_NE(MachineDriver::only<action::LookUpProofs>(driver.receive(request())), nullptr);
  }
}

TEST(SessionProofs, AreAskedForOneAtATime) {
  MachineDriver driver;
  driver.open();
  driver.receive(request());
  MachineDriver::expect_refused(driver.receive(request()), 0, Code::kInvalid,
                                SessionEnd::kUnexpectedMessage);
  EXPECT_TRUE(driver.resume(event::ProofsLookedUp{some_proofs()}).empty());
}

TEST(SessionProofs, ComeAfterTheHello) {
  MachineDriver driver;
  MachineDriver::expect_refused(driver.receive(request()), 0, Code::kInvalid,
                                SessionEnd::kUnexpectedMessage);
}

TEST(SessionProofs, AreDroppedWhenTheSessionEnds) {
  MachineDriver driver;
  driver.open();
  std::uint64_t ticket = driver.send_next();
  driver.receive(request());
  driver.resume(event::ShutdownAsked());
  EXPECT_TRUE(driver.resume(event::ProofsLookedUp{some_proofs()}).empty());
  auto last = driver.admitted(ticket, Admitted::Outcome::kCommitted, 7);
  // The acknowledgement, when to come back, the end.
  ASSERT_EQ(last.size(), 3u);
  EXPECT_NE(MachineDriver::sent<Ack>(last, 0), nullptr);
  EXPECT_NE(MachineDriver::sent<Refused>(last, 1), nullptr);
  EXPECT_NE(MachineDriver::get<action::End>(last, 2), nullptr);
}

// The office continued the ledger meanwhile: an agent that was welcomed under the old id would take
// the new checkpoint for one that nobody signed. It learns of the new id by connecting again.
TEST(SessionProofs, UnderAnotherIdThanTheWelcomesEndTheSession) {
  for (const char* id : {"before", "behind"}) {
    MachineDriver driver;
    driver.receive(MachineDriver::hello());
    auto found = MachineDriver::found();
    found.offer.ledger_id = "before";
    driver.resume(std::move(found));
    driver.receive(request());
    Proofs proofs = some_proofs();
    proofs.checkpoint = checkpoint_origin(id) + "\n5\nroot\n";
    auto answered = driver.resume(event::ProofsLookedUp{proofs});
    if (id == std::string("before")) {
      EXPECT_NE(MachineDriver::sent<Proofs>(answered, 0), nullptr);
      continue;
    }
    ASSERT_EQ(answered.size(), 2u);
    const auto* refused = MachineDriver::sent<Refused>(answered, 0);
    ASSERT_NE(refused, nullptr);
    EXPECT_TRUE(refused->retry_after_ms.has_value());
    EXPECT_THAT(refused->sentence, HasSubstr("another id"));
    EXPECT_EQ(MachineDriver::get<action::End>(answered, 1)->end, SessionEnd::kContinued);
  }
}

TEST(SessionProofs, ASessionOfVersionOneKnowsNone) {
  MachineDriver driver;
  open_as(driver, 1, 1);
  auto refused = driver.receive(request());
  MachineDriver::expect_refused(refused, 0, Code::kInvalid, SessionEnd::kUnexpectedMessage);
  EXPECT_THAT(MachineDriver::sent<Refused>(refused, 0)->sentence, HasSubstr("version 1"));
  // A newer agent speaks what both know.
  MachineDriver newer;
  open_as(newer, 2, 7);
  EXPECT_NE(MachineDriver::only<action::LookUpProofs>(newer.receive(request())), nullptr);
}

// One that shares no version is told which side must be updated, and counted as such.
TEST(SessionProofs, AnAgentThatSharesNoVersionIsToldWhatToDo) {
  MachineDriver driver;
  Hello hello = MachineDriver::hello();
  hello.version = 5;
  hello.newest = 7;
  auto refused = driver.receive(hello);
  MachineDriver::expect_refused(refused, 0, Code::kUnsupported, SessionEnd::kBadVersion);
  EXPECT_THAT(MachineDriver::sent<Refused>(refused, 0)->sentence, HasSubstr("update"));
  EXPECT_EQ(session_end_name(SessionEnd::kBadVersion), "bad_version");
}

TEST(SessionProofs, ACheckpointOfTheHelloIsShownBehindTheWelcome) {
  MachineDriver driver;
  Hello hello = MachineDriver::hello();
  hello.checkpoint = "a note that the agent holds";
  // Not before the key is known to be enrolled.
  EXPECT_NE(MachineDriver::only<action::LookUpStream>(driver.receive(hello)), nullptr);
  auto welcomed = driver.resume(MachineDriver::found());
  ASSERT_EQ(welcomed.size(), 2u);
  EXPECT_NE(MachineDriver::sent<Welcome>(welcomed, 0), nullptr);
  EXPECT_EQ(MachineDriver::get<action::ShowCheckpoint>(welcomed, 1)->note, hello.checkpoint);

  MachineDriver stranger;
  stranger.receive(hello);
  MachineDriver::expect_refused(
      stranger.resume(MachineDriver::found(Error(Code::kNotFound, "no such stream"))), 0,
      Code::kUnauthenticated, SessionEnd::kRefused);
}

TEST(SessionProofs, SuccessionsGoToThoseWhoKnowThem) {
  for (std::uint32_t newest : {1u, 2u}) {
    MachineDriver driver;
    Hello hello = MachineDriver::hello();
    hello.newest = newest;
    driver.receive(hello);
    auto found = MachineDriver::found();
    found.offer.successions = {"first", "second"};
    auto welcomed = driver.resume(std::move(found));
    const auto* welcome = MachineDriver::sent<Welcome>(welcomed, 0);
    ASSERT_NE(welcome, nullptr);
    EXPECT_EQ(welcome->version, newest);
    EXPECT_EQ(welcome->successions.size(), newest == 1 ? 0u : 2u);
  }
}

}  // namespace
}  // namespace plumbline
