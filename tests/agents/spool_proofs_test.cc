// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "agents/spool.h"
#include "base/file.h"
#include "model/wire/batch.h"
#include "tests/support/agents/desk.h"

namespace plumbline {
namespace {

using testing::Desk;
using testing::fill;
using ::testing::HasSubstr;
using testing::opened;
using testing::opened_many;
using testing::prove;

constexpr Instant kNow{1'740'800'000'000};
constexpr std::int64_t kDay = 86'400'000;

BatchHeader header_of(Spool& spool, std::uint64_t number) {
  return decode_sealed(spool.load(BatchNumber(number)).value()->sealed).value().header;
}

TEST(SpoolProofsTest, ProvedBatchesAndTheCheckpointSurviveReopening) {
  Desk desk;
  {
    Spool spool = desk.open();
    fill(desk, spool, 0, 3);
    ASSERT_TRUE(spool.acknowledge(BatchNumber(3), std::nullopt, kNow).ok());
    ASSERT_TRUE(prove(spool, 1, 2, kNow, 120).ok());
  }
  Spool spool = desk.open();
  SpoolHead head = spool.head().value();
  EXPECT_EQ(head.proved, BatchNumber(2));
  EXPECT_EQ(head.acknowledged, BatchNumber(3));
  EXPECT_EQ(spool.held().value()->checkpoint.size, LedgerSize(120));
  SpoolReport report = spool.report().value();
  EXPECT_EQ(report.last_proof_at, kNow);
  EXPECT_EQ(report.unproved_since, kNow);
  EXPECT_EQ(report.checkpoint_size, LedgerSize(120));
  EXPECT_EQ(spool.proof_targets(BatchNumber(1), 1).value()[0].index, LedgerIndex(101));
}

TEST(SpoolProofsTest, ProvedBytesStayUnderHalfTheBoundOldestFreedFirst) {
  Desk desk;
  Spool spool = desk.open({.max_bytes = 448 << 10});
  for (int batch = 0; batch < 30; ++batch) {
    fill(desk, spool, batch, 1);
    ASSERT_TRUE(spool.acknowledge(BatchNumber(batch + 1), std::nullopt, kNow).ok());
    ASSERT_TRUE(prove(spool, batch + 1, batch + 1, kNow).ok());
  }
  SpoolHead head = spool.head().value();
  EXPECT_GT(head.oldest_content, BatchNumber(1));
  EXPECT_LT(head.oldest_content, BatchNumber(30));
  EXPECT_EQ(spool.load(BatchNumber(head.oldest_content.value - 1)).value(), std::nullopt);
  // The hash of a freed batch is still known: it tells whose history the ledger holds.
  EXPECT_TRUE(spool.batch_hash_of(BatchNumber(1)).value().has_value());
  EXPECT_EQ(spool.sequence_behind(BatchNumber(1)).value(), Sequence(201));
  std::size_t kept = 0;
  for (BatchNumber n = head.oldest_content; n <= head.last; n = n.next()) {
    kept += spool.load(n).value()->sealed.size();
  }
  EXPECT_LE(kept, std::size_t{224 << 10});
}

TEST(SpoolProofsTest, WhatIsNotProvedIsNeverFreed) {
  Desk desk;
  Spool spool = desk.open({.max_bytes = 400 << 10});
  fill(desk, spool, 0, 12);
  ASSERT_TRUE(spool.acknowledge(BatchNumber(12), std::nullopt, kNow).ok());
  ASSERT_TRUE(prove(spool, 1, 1, kNow).ok());
  ASSERT_TRUE(spool.expire(Instant{kNow.ms + 400 * kDay}).ok());
  EXPECT_EQ(spool.head().value().oldest_content, BatchNumber(2));
  for (int n = 2; n <= 12; ++n) EXPECT_TRUE(spool.load(BatchNumber(n)).value().has_value());
}

TEST(SpoolProofsTest, ProvedBatchesAreKeptForThirtyDays) {
  Desk desk;
  Spool spool = desk.open();
  fill(desk, spool, 0, 3);
  ASSERT_TRUE(spool.acknowledge(BatchNumber(3), std::nullopt, kNow).ok());
  ASSERT_TRUE(prove(spool, 1, 1, kNow).ok());
  ASSERT_TRUE(prove(spool, 2, 2, Instant{kNow.ms + kDay}).ok());
  ASSERT_TRUE(spool.expire(Instant{kNow.ms + 30 * kDay - 1}).ok());
  EXPECT_EQ(spool.head().value().oldest_content, BatchNumber(1));
  ASSERT_TRUE(spool.expire(Instant{kNow.ms + 30 * kDay}).ok());
  EXPECT_EQ(spool.head().value().oldest_content, BatchNumber(2));
  // A proof frees what is due as well.
  ASSERT_TRUE(prove(spool, 3, 3, Instant{kNow.ms + 31 * kDay}).ok());
  EXPECT_EQ(spool.head().value().oldest_content, BatchNumber(3));
}

TEST(SpoolProofsTest, ProvedBatchesMakeRoomForNewEvents) {
  Desk desk;
  Spool spool = desk.open({.max_bytes = 300 << 10});
  int calls = 0;
  while (desk.accept(spool, opened_many(calls * 1000, 100)).ok()) ++calls;
  ASSERT_TRUE(spool.acknowledge(BatchNumber(calls), LedgerIndex(9), kNow).ok());
  ASSERT_TRUE(prove(spool, 1, calls / 2, kNow).ok());
  EXPECT_TRUE(desk.accept(spool, opened_many(calls * 1000, 100)).ok());
  SpoolHead head = spool.head().value();
  EXPECT_GT(head.oldest_content, BatchNumber(1));
  EXPECT_LE(head.oldest_content.value, head.proved.value + 1);
}

TEST(SpoolProofsTest, ReceiptsStayLongerThanTheBytesWithinAQuarter) {
  Desk desk;
  Spool spool = desk.open({.max_bytes = 256 << 10});
  int batches = 0;
  for (; batches < 150; ++batches) {
    ASSERT_TRUE(desk.accept(spool, {opened(batches)}).ok());
    ASSERT_TRUE(spool.acknowledge(BatchNumber(batches + 1), std::nullopt, kNow).ok());
    ASSERT_TRUE(prove(spool, batches + 1, batches + 1, kNow, 500 + batches).ok());
  }
  EXPECT_EQ(spool.kept_proof(BatchNumber(1)).value(), std::nullopt) << "the oldest is freed";
  auto proof = spool.kept_proof(BatchNumber(batches)).value();
  ASSERT_TRUE(proof.has_value());
  EXPECT_EQ(proof->index, LedgerIndex(100 + batches));
  EXPECT_EQ(proof->path.size(), 10u);
  EXPECT_THAT(proof->note, HasSubstr("\n649\n"));
  std::size_t kept = 0;
  std::size_t bytes = 0;
  for (int n = 1; n <= batches; ++n) {
    auto one = spool.kept_proof(BatchNumber(n)).value();
    if (!one) continue;
    ++kept;
    bytes += one->head.size() + one->path.size() * Hash::size;
  }
  EXPECT_LE(bytes, std::size_t{64 << 10});
  EXPECT_GT(kept, 50u);
  ASSERT_TRUE(spool.expire(Instant{kNow.ms + 31 * kDay}).ok());
  EXPECT_EQ(spool.load(BatchNumber(batches)).value(), std::nullopt);
  EXPECT_TRUE(spool.kept_proof(BatchNumber(batches)).value().has_value());
}

TEST(SpoolProofsTest, ARestoredLedgerTakesItsProofsBack) {
  Desk desk;
  Spool spool = desk.open();
  fill(desk, spool, 0, 4);
  AckedBatch acks[] = {{BatchNumber(4), LedgerIndex(104), Instant{7'000}}};
  ASSERT_TRUE(spool.acknowledge(acks, kNow).ok());
  ASSERT_TRUE(prove(spool, 1, 3, kNow).ok());
  ASSERT_TRUE(spool.rewind(BatchNumber(1)).ok());
  SpoolHead head = spool.head().value();
  EXPECT_EQ(head.acknowledged, BatchNumber(1));
  EXPECT_EQ(head.proved, BatchNumber(1));
  ASSERT_TRUE(spool.acknowledge(BatchNumber(4), std::nullopt, kNow).ok());
  std::vector<ProofTarget> targets = spool.proof_targets(BatchNumber(2), 3).value();
  for (const ProofTarget& target : targets) {
    EXPECT_EQ(target.index, std::nullopt) << "another entry now";
  }
  // What is not proved any more is not freed either, however old its first proof is.
  ASSERT_TRUE(spool.expire(Instant{kNow.ms + 60 * kDay}).ok());
  EXPECT_EQ(spool.head().value().oldest_content, BatchNumber(2));
  EXPECT_TRUE(spool.kept_proof(BatchNumber(3)).value().has_value()) << "it was signed";
  ASSERT_TRUE(prove(spool, 2, 4, kNow, 2000).ok());
  EXPECT_THAT(spool.kept_proof(BatchNumber(3)).value()->note, HasSubstr("\n2000\n"));
}

TEST(SpoolProofsTest, WhatWasFreedCannotBeUnproved) {
  Desk desk;
  Spool spool = desk.open();
  fill(desk, spool, 0, 4);
  ASSERT_TRUE(spool.acknowledge(BatchNumber(4), std::nullopt, kNow).ok());
  ASSERT_TRUE(prove(spool, 1, 2, kNow).ok());
  ASSERT_TRUE(spool.expire(Instant{kNow.ms + 30 * kDay}).ok());
  ASSERT_TRUE(prove(spool, 3, 3, Instant{kNow.ms + 30 * kDay}).ok());
  ASSERT_TRUE(spool.forget_proofs().ok());
  EXPECT_EQ(spool.head().value().proved, BatchNumber(2));
  EXPECT_EQ(spool.proof_targets(BatchNumber(3), 2).value().size(), 2u);
  EXPECT_FALSE(spool.proof_targets(BatchNumber(2), 2).ok());
}

TEST(SpoolProofsTest, WhileAnAlarmIsOpenNothingIsProvedOrFreed) {
  Desk desk;
  Spool spool = desk.open();
  fill(desk, spool, 0, 3);
  ASSERT_TRUE(spool.acknowledge(BatchNumber(3), std::nullopt, kNow).ok());
  ASSERT_TRUE(prove(spool, 1, 1, kNow).ok());
  Contradiction what{AlarmKind::kInconsistent, "two histories", "held\n", "shown\n", "answer"};
  ASSERT_TRUE(spool.raise_alarm(what, kNow).ok());
  Contradiction later = what;
  later.sentence = "a later one";
  ASSERT_TRUE(spool.raise_alarm(later, Instant{kNow.ms + 1}).ok());
  {
    Spool again = desk.open({.max_bytes = 160 << 10});
    EXPECT_EQ(again.alarm().value(), (Alarm{what, kNow})) << "the first one is kept, whole";
    EXPECT_EQ(prove(again, 2, 2, kNow).error().code(), Code::kConflict);
    ASSERT_TRUE(again.expire(Instant{kNow.ms + 60 * kDay}).ok());
    EXPECT_EQ(again.head().value().oldest_content, BatchNumber(1));
    // Collecting goes on until the spool is full.
    EXPECT_TRUE(desk.accept(again, {opened(900'000)}).ok());
    auto refused = desk.accept(again, opened_many(800'000, 2000));
    ASSERT_FALSE(refused.ok());
    EXPECT_THAT(refused.error().text(), HasSubstr("an alarm is open"));
    EXPECT_TRUE(again.load(BatchNumber(1)).value().has_value());
  }
  ASSERT_TRUE(spool.clear_alarm("the office restored the ledger", kNow).ok());
  EXPECT_EQ(spool.alarm().value(), std::nullopt);
  EXPECT_EQ(spool.clear_alarm("again", kNow).error().code(), Code::kNotFound);
  EXPECT_TRUE(prove(spool, 2, 2, kNow).ok());
}

// Of two histories an acknowledgement may be of either. What is proved stands where it was proved.
TEST(SpoolProofsTest, WithTwoHistoriesThePlaceOfWhatIsNotProvedIsUnknown) {
  for (AlarmKind kind : {AlarmKind::kForked, AlarmKind::kInconsistent, AlarmKind::kOtherEntry}) {
    Desk desk;
    Spool spool = desk.open();
    fill(desk, spool, 0, 3);
    std::vector<AckedBatch> acks;
    for (std::uint64_t i = 1; i <= 3; ++i) {
      acks.push_back({BatchNumber(i), LedgerIndex(100 + i), kNow});
    }
    ASSERT_TRUE(spool.acknowledge(acks, kNow).ok());
    ASSERT_TRUE(prove(spool, 1, 1, kNow).ok());
    ASSERT_TRUE(spool.raise_alarm({kind, "two histories", "", "", ""}, kNow).ok());
    auto targets = spool.proof_targets(BatchNumber(1), 3).value();
    EXPECT_EQ(targets[0].index, LedgerIndex(101));
    bool kept = kind == AlarmKind::kOtherEntry;
    EXPECT_EQ(targets[1].index.has_value(), kept) << alarm_kind_name(kind);
    EXPECT_EQ(targets[2].recorded_at.has_value(), kept) << alarm_kind_name(kind);
    EXPECT_EQ(spool.head().value().acknowledged, BatchNumber(3));
  }
}

TEST(SpoolProofsTest, AHeaderStatesWhatIsNewInTheStream) {
  Desk desk;
  Spool spool = desk.open();
  ASSERT_TRUE(desk.accept(spool, {opened(1)}).ok());
  ASSERT_TRUE(desk.accept(spool, {opened(2)}).ok());
  EXPECT_EQ(header_of(spool, 1).events_hash, desk.pack.events_hash);
  EXPECT_TRUE(header_of(spool, 2).events_hash.is_zero()) << "as in the batch before";
  EXPECT_EQ(header_of(spool, 2).checkpoint_size, 0u);
  ASSERT_TRUE(spool.acknowledge(BatchNumber(2), std::nullopt, kNow).ok());
  ASSERT_TRUE(prove(spool, 1, 1, kNow, 50).ok());
  ASSERT_TRUE(desk.accept(spool, {opened(3)}).ok());
  ASSERT_TRUE(desk.accept(spool, {opened(4)}).ok());
  EXPECT_EQ(header_of(spool, 3).checkpoint_size, 50u);
  EXPECT_EQ(header_of(spool, 3).checkpoint_root, sha256("50"));
  EXPECT_EQ(header_of(spool, 4).checkpoint_size, 0u) << "none newer";
  ASSERT_TRUE(prove(spool, 2, 2, kNow, 60).ok());
  std::vector<Submission> some = {opened(5)};
  Hash other = sha256("other rules");
  ASSERT_TRUE(spool.accept(some, desk.key, other, desk.clock, BootId{}).ok());
  EXPECT_EQ(header_of(spool, 5).checkpoint_size, 60u);
  EXPECT_EQ(header_of(spool, 5).events_hash, other);
  EXPECT_EQ(testing::verify_chain(spool, desk.key.public_key()), 5u);
  ASSERT_TRUE(spool.continue_ledger("ff112233445566778899aabbccddeeff").ok());
  EXPECT_EQ(spool.enrolment().value().ledger_id, "ff112233445566778899aabbccddeeff");
  ASSERT_TRUE(desk.accept(spool, {opened(6)}).ok());
  EXPECT_EQ(header_of(spool, 6).checkpoint_size, 60u) << "whatever its size, it is said anew";
}

TEST(SpoolProofsTest, TheBatchOfAnEventIsFound) {
  Desk desk;
  Spool spool = desk.open();
  ASSERT_TRUE(desk.accept(spool, opened_many(0, 10)).ok());
  ASSERT_TRUE(desk.accept(spool, opened_many(100, 5)).ok());
  EXPECT_EQ(spool.batch_with(Sequence(1)).value(), BatchNumber(1));
  EXPECT_EQ(spool.batch_with(Sequence(10)).value(), BatchNumber(1));
  EXPECT_EQ(spool.batch_with(Sequence(11)).value(), BatchNumber(2));
  EXPECT_EQ(spool.batch_with(Sequence(16)).value(), std::nullopt);
  EXPECT_EQ(spool.batch_with(Sequence(0)).value(), std::nullopt);
}

// tests/agents/data/spool-schema-1.db was written by a plumb-agent of schema 1: five batches, three
// acknowledged, the first two of them freed by that; its key has the seed 32 x 07.
TEST(SpoolMigrationTest, ASpoolOfSchema1IsBroughtUpInPlace) {
  Desk desk;
  testing::TemporaryFolder folder;
  std::filesystem::copy_file(
      std::string(PLUMBLINE_SOURCE_DIR) + "/tests/agents/data/spool-schema-1.db",
      spool_path(folder.path()));
  PrivateKey key = PrivateKey::from_seed(Bytes(32, 7)).value();
  {
    Spool spool = Spool::open(folder.path()).value();
    EXPECT_EQ(spool.head().value(), (SpoolHead{BatchNumber(5), Sequence(186), BatchNumber(3),
                                               BatchNumber(3), BatchNumber(2)}))
        << "what was freed counts as proved, what is kept does not";
    Enrolment enrolment = spool.enrolment().value();
    EXPECT_EQ(enrolment.outlet.text(), "njlib");
    EXPECT_EQ(enrolment.key, key.public_key());
    EXPECT_EQ(enrolment.office_key, std::nullopt);
    EXPECT_EQ(enrolment.record, "");
    EXPECT_EQ(spool.report().value().last_ack_index, LedgerIndex(17));
    EXPECT_EQ(spool.report().value().unproved_since, std::nullopt);
    EXPECT_EQ(spool.held().value(), std::nullopt);
    EXPECT_EQ(spool.alarm().value(), std::nullopt);
    EXPECT_EQ(spool.proof_targets(BatchNumber(3), 1).value()[0].index, std::nullopt);
  }
  Spool spool = Spool::open(folder.path()).value();
  // Identities are remembered, the chain goes on, and what is kept can be proved.
  auto answers =
      spool.accept(opened_many(3000, 6), key, desk.pack.events_hash, desk.clock, BootId{}).value();
  EXPECT_EQ(answers[0], (Answer{Answer::Outcome::kRepeated, Sequence(181)}));
  EXPECT_EQ(answers[5], (Answer{Answer::Outcome::kAccepted, Sequence(187)}));
  auto before = decode_sealed(spool.load(BatchNumber(5)).value()->sealed).value();
  EXPECT_EQ(header_of(spool, 6).previous, batch_hash(before.head.header));
  EXPECT_EQ(header_of(spool, 6).events_hash, desk.pack.events_hash) << "said anew, once";
  ASSERT_TRUE(prove(spool, 3, 3, kNow).ok());
  EXPECT_TRUE(spool.kept_proof(BatchNumber(3)).value().has_value());
}

TEST(SpoolMigrationTest, AStepThatFailsLeavesTheOldSpool) {
  testing::TemporaryFolder folder;
  std::filesystem::copy_file(
      std::string(PLUMBLINE_SOURCE_DIR) + "/tests/agents/data/spool-schema-1.db",
      spool_path(folder.path()));
  {
    // A table in the way of the last statements of the step.
    auto database =
        SqliteDatabase::open(spool_path(folder.path()), SqliteDatabase::Open::kExisting).value();
    ASSERT_TRUE(database.run("CREATE TABLE alarms (day TEXT)").ok());
  }
  auto spool = Spool::open(folder.path());
  ASSERT_FALSE(spool.ok());
  EXPECT_THAT(spool.error().text(), HasSubstr("from spool version 1 to 4; it was left as it is"));
  auto database =
      SqliteDatabase::open(spool_path(folder.path()), SqliteDatabase::Open::kExisting).value();
  EXPECT_EQ(database.integer("PRAGMA user_version").value(), 1);
  EXPECT_TRUE(database.integer("SELECT acknowledged_bytes FROM stream").ok());
  ASSERT_TRUE(database.run("DROP TABLE alarms").ok());
  EXPECT_TRUE(Spool::open(folder.path()).ok());
}

}  // namespace
}  // namespace plumbline
