// SPDX-License-Identifier: Apache-2.0
// Another key in an agent's folder, on the real spool.
//
// Method for crashes: every step of a change is one transaction or the replacement of one file, so
// a crash leaves what stood between two steps. The folder is copied after each of them, and each
// copy must take events in, seal a chain that verifies, and be able to carry the change through.
#include "agents/key_change.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "agents/spool.h"
#include "base/file.h"
#include "model/wire/batch.h"
#include "tests/support/agents/desk.h"

namespace plumbline {
namespace {

using Stage = KeyChange::Stage;
using testing::Desk;
using ::testing::HasSubstr;
using testing::opened;
using testing::opened_many;
using testing::prove;
using testing::verify_chain;

constexpr Instant kNow{1'740'800'000'000};

class KeyChangeTest : public ::testing::Test {
 protected:
  // Everything that the spool has is acknowledged and proved.
  static void settle(const std::string& folder) {
    Spool spool = Spool::open(folder).value();
    SpoolHead head = spool.head().value();
    if (head.last == head.proved) return;
    ASSERT_TRUE(spool.acknowledge(head.last, LedgerIndex(100 + head.last.value), kNow).ok());
    ASSERT_TRUE(prove(spool, head.proved.value + 1, head.last.value, kNow).ok());
  }
  static KeyChange keys_of(const std::string& folder) { return KeyChange::open(folder).value(); }
  KeyChange keys() const { return keys_of(desk_.folder.path()); }

  PublicKey plan() {
    PublicKey next = keys().make_next_key()->public_key();
    EXPECT_TRUE(keys().plan(next, kNow).ok());
    return next;
  }
  Enrolment fresh(const PublicKey& key) const {
    Enrolment enrolment = desk_.enrolment;
    enrolment.key = key;
    enrolment.stream = stream_id(key, enrolment.outlet);
    enrolment.enrolled_at = kNow;
    return enrolment;
  }

  Desk desk_;
};

TEST_F(KeyChangeTest, TheNextKeyIsMadeOnceAndForItsOwnerAlone) {
  PublicKey next = keys().make_next_key()->public_key();
  EXPECT_EQ(keys().make_next_key()->public_key(), next);
  EXPECT_NE(next, desk_.key.public_key());
  EXPECT_EQ(PrivateKey::read_file(next_key_path(desk_.folder.path()))->public_key(), next);
  EXPECT_EQ(keys().state()->stage, Stage::kNothing);
}

TEST_F(KeyChangeTest, TheOldKeyGoesOnUntilEverythingIsProved) {
  Spool spool = desk_.open();
  ASSERT_TRUE(desk_.accept(spool, opened_many(0, 3)).ok());
  EXPECT_FALSE(keys().cut().value());  // nothing is planned
  PublicKey next = plan();
  EXPECT_EQ(keys().state()->stage, Stage::kPlanned);
  EXPECT_EQ(keys().state()->next, next);
  EXPECT_EQ(keys().plan(next, kNow).error().code(), Code::kExists);
  EXPECT_FALSE(keys().cut().value());
  ASSERT_TRUE(desk_.accept(spool, opened_many(3, 2)).ok());
  EXPECT_EQ(verify_chain(spool, desk_.key.public_key()), 5u);
  ASSERT_TRUE(spool.acknowledge(BatchNumber(2), LedgerIndex(101), kNow).ok());
  EXPECT_FALSE(keys().cut().value());  // an acknowledgement is no proof
  ASSERT_TRUE(prove(spool, 1, 1, kNow).ok());
  EXPECT_FALSE(keys().cut().value());
  ASSERT_TRUE(prove(spool, 2, 2, kNow).ok());
  EXPECT_TRUE(keys().cut().value());
  EXPECT_FALSE(keys().cut().value());
}

TEST_F(KeyChangeTest, TheNewStreamBeginsAnewAndRepeatsAreStillKnown) {
  Spool spool = desk_.open();
  ASSERT_TRUE(desk_.accept(spool, opened_many(0, 3)).ok());
  StreamLink end{desk_.enrolment.stream, BatchNumber(1),
                 spool.batch_hash_of(BatchNumber(1)).value().value()};
  settle(desk_.folder.path());
  PublicKey next = plan();
  ASSERT_TRUE(keys().cut().value());
  KeyChange::State state = keys().state().value();
  EXPECT_EQ(state.stage, Stage::kAnnouncing);
  EXPECT_EQ(state.old, desk_.key.public_key());
  EXPECT_EQ(state.ended, end);
  EXPECT_EQ(keys().known_end().value(), end);
  EXPECT_EQ(spool.enrolment()->key, next);
  EXPECT_EQ(spool.enrolment()->stream, stream_id(next, desk_.enrolment.outlet));
  // This process still has the old key in its hand, as one that takes events in all day.
  auto answers = desk_.accept(spool, opened_many(2, 2));
  ASSERT_TRUE(answers.ok()) << answers.error().text();
  EXPECT_EQ((*answers)[0], (Answer{Answer::Outcome::kRepeated, Sequence(3)}));
  EXPECT_EQ((*answers)[1], (Answer{Answer::Outcome::kAccepted, Sequence(1)}));
  EXPECT_EQ(verify_chain(spool, next), 1u);
  SpoolHead head = spool.head().value();
  EXPECT_EQ(head.last, BatchNumber(1));
  EXPECT_EQ(head.acknowledged, BatchNumber(0));
  BatchHeader first = decode_sealed(spool.load(BatchNumber(1)).value()->sealed)->header;
  EXPECT_EQ(first.events_hash, desk_.pack.events_hash);
  EXPECT_TRUE(first.previous.is_zero());
}

TEST_F(KeyChangeTest, AStreamWithoutBatchesEndsAtNone) {
  plan();
  ASSERT_TRUE(keys().cut().value());
  EXPECT_EQ(keys().state()->ended, (StreamLink{desk_.enrolment.stream, BatchNumber(0), Hash()}));
}

TEST_F(KeyChangeTest, ACrashAtAnyPointLeavesAUsableAgent) {
  const std::string folder = desk_.folder.path();
  std::vector<std::string> copies;
  auto crash = [&] {
    copies.push_back(folder + "-" + std::to_string(copies.size()));
    std::filesystem::remove_all(copies.back());
    std::filesystem::copy(folder, copies.back(), std::filesystem::copy_options::recursive);
  };
  Spool spool = desk_.open();
  ASSERT_TRUE(desk_.accept(spool, opened_many(0, 3)).ok());
  crash();
  PublicKey next = keys().make_next_key()->public_key();
  crash();
  ASSERT_TRUE(keys().plan(next, kNow).ok());
  crash();
  settle(folder);
  crash();
  ASSERT_TRUE(keys().cut().value());
  crash();
  std::filesystem::copy_file(key_path(folder), folder + "/saved");
  ASSERT_TRUE(keys().finish("").ok());
  crash();
  // Between the two steps of finish(): both files are there.
  std::filesystem::copy_file(key_path(folder), next_key_path(folder));
  std::filesystem::rename(folder + "/saved", key_path(folder));
  crash();
  EXPECT_EQ(copies.size(), 7u);
  for (const std::string& copy : copies) {
    SCOPED_TRACE(copy);
    Spool left = Spool::open(copy).value();
    auto accept = [&](int number) {
      PrivateKey key = key_in_folder(copy, left.enrolment()->key).value();
      std::vector<Submission> one{opened(number)};
      ASSERT_TRUE(left.accept(one, key, desk_.pack.events_hash, desk_.clock, BootId{}).ok());
      EXPECT_GE(verify_chain(left, key.public_key()), 1u);
    };
    accept(100);
    KeyChange again = keys_of(copy);
    KeyChange::State state = again.state().value();
    if (state.stage == Stage::kNothing) {
      PublicKey fresh = again.make_next_key()->public_key();
      EXPECT_NE(fresh, left.enrolment()->key);
      ASSERT_TRUE(again.plan(fresh, kNow).ok());
    }
    settle(copy);
    if (again.state()->stage == Stage::kPlanned) {
      ASSERT_TRUE(again.cut().value());
    }
    state = again.state().value();
    ASSERT_EQ(state.stage, Stage::kAnnouncing);
    EXPECT_TRUE(key_in_folder(copy, state.old).ok());
    EXPECT_TRUE(key_in_folder(copy, state.next).ok());
    ASSERT_TRUE(again.finish("").ok());
    EXPECT_EQ(PrivateKey::read_file(key_path(copy))->public_key(), left.enrolment()->key);
    EXPECT_FALSE(std::filesystem::exists(next_key_path(copy)));
    accept(101);
    std::filesystem::remove_all(copy);
  }
}

TEST_F(KeyChangeTest, AKeyThatIsInNoFileIsTold) {
  auto missing = key_in_folder(desk_.folder.path(), PrivateKey::generate().public_key());
  EXPECT_EQ(missing.error().code(), Code::kConflict);
  EXPECT_THAT(missing.error().text(), HasSubstr("is not the key that was enrolled"));
}

TEST_F(KeyChangeTest, KeysAreNotChangedWhileAnAlarmIsOpen) {
  Spool spool = desk_.open();
  ASSERT_TRUE(spool.raise_alarm({AlarmKind::kForked, "two roots", "", "", ""}, kNow).ok());
  PrivateKey next = keys().make_next_key().value();
  EXPECT_EQ(keys().plan(next.public_key(), kNow).error().code(), Code::kConflict);
  EXPECT_EQ(keys().renew(fresh(next.public_key()), {}, next).error().code(), Code::kConflict);
  ASSERT_TRUE(spool.clear_alarm("looked into", kNow).ok());
  ASSERT_TRUE(keys().plan(next.public_key(), kNow).ok());
  ASSERT_TRUE(spool.raise_alarm({AlarmKind::kForked, "two roots", "", "", ""}, kNow).ok());
  EXPECT_FALSE(keys().cut().value());
}

// Batch 1 is proved, 2 acknowledged, 3 and 4 wait: the key is revoked, and a new one is enrolled.
TEST_F(KeyChangeTest, AFolderThatIsEnrolledAnewSealsAgainWhatTheLedgerDoesNotHold) {
  Spool spool = desk_.open();
  for (int batch = 0; batch < 4; ++batch) {
    ASSERT_TRUE(desk_.accept(spool, opened_many(10 * batch, 2)).ok());
  }
  ASSERT_TRUE(spool.acknowledge(BatchNumber(2), LedgerIndex(101), kNow).ok());
  ASSERT_TRUE(prove(spool, 1, 1, kNow).ok());
  StreamLink end{desk_.enrolment.stream, BatchNumber(2),
                 spool.batch_hash_of(BatchNumber(2)).value().value()};
  EXPECT_EQ(keys().known_end().value(), end);
  std::vector<std::vector<Event>> waiting;
  for (std::uint64_t number : {3, 4}) {
    SealedBatch batch = decode_sealed(spool.load(BatchNumber(number)).value()->sealed).value();
    waiting.push_back(events_of(decode_content(batch.content, batch.header.count).value()));
  }
  PrivateKey next = keys().make_next_key().value();
  auto files = spool.pack_files().value();
  ASSERT_TRUE(keys().renew(fresh(next.public_key()), files, next).ok());
  EXPECT_EQ(spool.enrolment()->key, next.public_key());
  EXPECT_EQ(PrivateKey::read_file(key_path(desk_.folder.path()))->public_key(), next.public_key());
  EXPECT_EQ(verify_chain(spool, next.public_key()), 4u);
  SpoolHead head = spool.head().value();
  EXPECT_EQ(head.last, BatchNumber(2));
  EXPECT_EQ(head.last_sequence, Sequence(4));
  EXPECT_EQ(head.acknowledged, BatchNumber(0));
  for (std::uint64_t number : {1, 2}) {
    SealedBatch batch = decode_sealed(spool.load(BatchNumber(number)).value()->sealed).value();
    EXPECT_EQ(events_of(decode_content(batch.content, batch.header.count).value()),
              waiting[number - 1]);
    EXPECT_EQ(batch.header.events_hash.is_zero(), number == 2);
  }
  auto repeated = desk_.accept(spool, opened_many(0, 1));
  EXPECT_EQ((*repeated)[0].outcome, Answer::Outcome::kRepeated);
}

}  // namespace
}  // namespace plumbline
