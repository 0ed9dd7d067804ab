// SPDX-License-Identifier: Apache-2.0
// Checkpoints that others hold against a ledger that was replaced, and the way on from there.
#include <gmock/gmock.h>

#include <filesystem>

#include "base/file.h"
#include "evidence/proof_source.h"
#include "evidence/verify.h"
#include "tests/support/temp_folder.h"
#include "tests/support/wire/memory_ledger.h"

namespace plumbline {
namespace {

using samples::LedgerBuilder;
using samples::MemoryLedger;
using ::testing::HasSubstr;
using Shown = CheckpointSigner::Shown;

const std::string kSecond = "ffeeddccbbaa99887766554433221100";

class SignerShown : public ::testing::Test {
 protected:
  SignerShown() {
    builder_.enroll(11, "isd");
    for (int i = 0; i < 6; ++i) builder_.batch(11, "isd", 2);
    signer_ = open();
    EXPECT_TRUE(signer_->advance().ok());
  }
  MemoryLedger& ledger() { return builder_.ledger(); }
  std::unique_ptr<CheckpointSigner> open(LedgerNames names = {std::string(samples::kLedgerId),
                                                              {}}) {
    return CheckpointSigner::open(ledger(), samples::key(2), std::move(names), folder_.path("."))
        .value();
  }
  std::string note(const Checkpoint& checkpoint, std::uint8_t key = 2) {
    return sign_checkpoint(checkpoint, samples::key(key));
  }
  std::string note_of(std::uint64_t size) { return note(ledger().checkpoint(size)); }
  // A database restored from an old copy, with all that the server wrote beside it.
  void restore(std::uint64_t size, bool with_files) {
    signer_.reset();
    ledger().entries.resize(size);
    ledger().recorded.resize(size);
    if (!with_files) std::filesystem::remove(folder_.path("checkpoint"));
    signer_ = open();
  }
  void expect_refusal(const std::string& sentence) {
    Status status = signer_->advance();
    ASSERT_FALSE(status.ok());
    EXPECT_EQ(status.error().code(), Code::kConflict);
    EXPECT_THAT(status.error().text(), HasSubstr(sentence));
    EXPECT_FALSE(signer_->latest().has_value());
  }

  testing::PrivateFolder folder_;
  LedgerBuilder builder_;
  std::unique_ptr<CheckpointSigner> signer_;
};

TEST_F(SignerShown, AnOlderOneThatTheLedgerContinuesIsFine) {
  for (std::uint64_t size = 0; size <= 10; ++size) {
    EXPECT_EQ(signer_->show(note_of(size)), Shown::kConsistent) << size;
  }
  EXPECT_TRUE(signer_->advance().ok());
  EXPECT_TRUE(signer_->latest().has_value());
}

TEST_F(SignerShown, ForgedOnesChangeNothing) {
  Checkpoint larger = ledger().checkpoint(10);
  larger.size = LedgerSize(1000);
  std::string altered = note_of(10);
  altered[altered.find("\n10\n") + 1] = '9';
  for (const std::string& forged : {std::string(), std::string("no note"), note(larger, 9), altered,
                                    std::string(200000, 'x')}) {
    EXPECT_EQ(signer_->show(forged), Shown::kForged);
  }
  EXPECT_TRUE(signer_->advance().ok());
  EXPECT_EQ(signer_->latest()->checkpoint, ledger().checkpoint(10));
}

// The database and the published file went back together: only those outside know.
TEST_F(SignerShown, ALargerOneMakesTheSignerRefuse) {
  const std::string held = note_of(10);
  restore(7, /*with_files=*/false);
  ASSERT_TRUE(signer_->advance().ok());
  EXPECT_EQ(signer_->show(held), Shown::kSuspect);
  EXPECT_EQ(signer_->show(held), Shown::kSuspect);
  expect_refusal("somebody holds a signed checkpoint of 10 entries, the ledger holds 7");
  EXPECT_EQ(signer_->contradicted()->text, held);
  // For ever: not when the ledger has grown as far, and not after a restart.
  for (int i = 0; i < 5; ++i) builder_.batch(11, "isd", 1);
  expect_refusal("of 10 entries, the ledger holds 7");
  signer_ = open();
  expect_refusal("the first 10 of the ledger are not those");
  EXPECT_EQ(signer_->contradicted()->text, held);
}

// What was restored turns out to be an honest copy when the right one is put in its place.
TEST_F(SignerShown, TheRightLedgerIsSignedForAgain) {
  const std::string held = note_of(10);
  MemoryLedger whole = ledger();
  restore(7, /*with_files=*/false);
  signer_->show(held);
  expect_refusal("of 10 entries");
  ledger().entries = whole.entries;
  ledger().recorded = whole.recorded;
  signer_ = open();
  EXPECT_TRUE(signer_->advance().ok());
  EXPECT_EQ(signer_->latest()->checkpoint, ledger().checkpoint(10));
}

TEST_F(SignerShown, OneOfAnotherRootMakesTheSignerRefuse) {
  Checkpoint other = ledger().checkpoint(6);
  other.root = samples::hash_of("another history");
  EXPECT_EQ(signer_->show(note(other)), Shown::kSuspect);
  EXPECT_FALSE(signer_->published_against().has_value());
  expect_refusal("somebody holds a signed checkpoint of 6 entries, and the first 6");
  // What contradicts it is what was published, also after a restart; nothing newer.
  builder_.batch(11, "isd", 1);
  for (int i = 0; i < 2; ++i) {
    auto against = signer_->published_against();
    ASSERT_TRUE(against.has_value());
    EXPECT_EQ(against->checkpoint, ledger().checkpoint(10));
    signer_ = open();
    expect_refusal("of 6 entries");
  }
  EXPECT_TRUE(signer_->continue_as(kSecond).ok());
  EXPECT_FALSE(signer_->published_against().has_value());
}

// It contradicts nothing that a ledger holds which is behind its own checkpoint.
TEST_F(SignerShown, NothingWasPublishedOfALedgerThatIsBehindItsOwn) {
  restore(7, /*with_files=*/true);
  expect_refusal("stands for 10");
  EXPECT_FALSE(signer_->published_against().has_value());
}

TEST_F(SignerShown, OneOfAnIdThatTheLedgerNeverHadMakesTheSignerRefuse) {
  Checkpoint other = ledger().checkpoint(6);
  other.origin = checkpoint_origin(kSecond);
  EXPECT_EQ(signer_->show(note(other)), Shown::kSuspect);
  expect_refusal("the ledger knows no such id");
}

// A tree file that is damaged must not be taken for a ledger that was replaced.
TEST_F(SignerShown, ADamagedTreeFileIsNoContradiction) {
  std::FILE* file = std::fopen(folder_.path("ledger.tree").c_str(), "r+");
  std::fseek(file, 32, SEEK_SET);
  Bytes zeros(200, '\0');
  std::fwrite(zeros.data(), 1, zeros.size(), file);
  std::fclose(file);
  EXPECT_EQ(signer_->show(note_of(6)), Shown::kSuspect);
  EXPECT_TRUE(signer_->advance().ok());
  EXPECT_TRUE(signer_->advance().ok());
  EXPECT_EQ(signer_->show(note_of(6)), Shown::kConsistent);
}

TEST_F(SignerShown, ContinuesUnderAnotherId) {
  const std::string lost = note_of(10);
  restore(7, /*with_files=*/true);
  expect_refusal("holds 7 entries, the checkpoint published last");
  EXPECT_EQ(signer_->contradicted()->text, lost);
  builder_.record(LedgerContinued{kSecond, lost});
  ASSERT_TRUE(signer_->continue_as(kSecond).ok());
  Checkpoint now = ledger().checkpoint(8);
  now.origin = checkpoint_origin(kSecond);
  EXPECT_EQ(signer_->latest()->checkpoint, now);
  EXPECT_EQ(read_file(folder_.path("checkpoint"), 4096).value(), signer_->latest()->text);
  EXPECT_EQ(read_file(folder_.path("checkpoint." + std::string(samples::kLedgerId)), 4096).value(),
            lost);
  // Whoever still holds the old one is not a contradiction any more, here and after a restart.
  EXPECT_EQ(signer_->show(lost), Shown::kGivenUp);
  ASSERT_TRUE(ProofSource(*signer_).inclusion(now, LedgerIndex(7), LedgerSize(8)).ok());
  signer_ = open({kSecond, {std::string(samples::kLedgerId)}});
  EXPECT_EQ(signer_->show(lost), Shown::kGivenUp);
  builder_.record(OutletAdded{samples::outlet("b"), "", "网点", "B", {}});
  ASSERT_TRUE(signer_->advance().ok());
  EXPECT_EQ(signer_->latest()->checkpoint.size, LedgerSize(9));
}

// The record was written, and the server ended before the signer knew.
TEST_F(SignerShown, AContinuationThatWasCutOffIsTakenUpAtOpening) {
  const std::string lost = note_of(10);
  restore(7, /*with_files=*/true);
  builder_.record(LedgerContinued{kSecond, lost});
  signer_ = open({kSecond, {std::string(samples::kLedgerId)}});
  EXPECT_TRUE(signer_->status().ok());
  ASSERT_TRUE(signer_->advance().ok());
  EXPECT_EQ(signer_->latest()->checkpoint.origin, checkpoint_origin(kSecond));
  EXPECT_EQ(read_file(folder_.path("checkpoint." + std::string(samples::kLedgerId)), 4096).value(),
            lost);
}

// Back behind a continuation: the file is of an id that the ledger does not know yet.
TEST_F(SignerShown, BehindAContinuationTheSignerRefusesAndMayContinueAgain) {
  const std::string first_lost = note_of(10);
  restore(7, /*with_files=*/true);
  builder_.record(LedgerContinued{kSecond, first_lost});
  ASSERT_TRUE(signer_->continue_as(kSecond).ok());
  const std::string second_lost = signer_->latest()->text;
  restore(5, /*with_files=*/true);
  expect_refusal("does not hold a checkpoint that this server signed for this ledger");
  ASSERT_EQ(signer_->contradicted()->text, second_lost);
  const std::string third = "0123456789abcdef0123456789abcdef";
  builder_.record(LedgerContinued{third, second_lost});
  ASSERT_TRUE(signer_->continue_as(third).ok());
  EXPECT_EQ(signer_->show(second_lost), Shown::kGivenUp);
  EXPECT_EQ(signer_->show(first_lost), Shown::kGivenUp);
  EXPECT_TRUE(signer_->advance().ok());
}

TEST_F(SignerShown, NothingIsGivenUpWithoutNeed) {
  EXPECT_EQ(signer_->continue_as(kSecond).error().code(), Code::kDenied);
  EXPECT_EQ(signer_->latest()->checkpoint, ledger().checkpoint(10));
  // A damaged entry is no lost one.
  builder_.batch(11, "isd", 1);
  ledger().entries.back().entry.back() =
      static_cast<char>(ledger().entries.back().entry.back() ^ 1);
  EXPECT_EQ(signer_->advance().error().code(), Code::kCorrupt);
  EXPECT_EQ(signer_->continue_as(kSecond).error().code(), Code::kDenied);
}

TEST_F(SignerShown, AContinuationSignsNoEntryThatChanged) {
  const std::string lost = note_of(10);
  restore(7, /*with_files=*/true);
  ledger().entries[3].entry.back() = static_cast<char>(ledger().entries[3].entry.back() ^ 1);
  builder_.record(LedgerContinued{kSecond, lost});
  EXPECT_EQ(signer_->continue_as(kSecond).error().code(), Code::kCorrupt);
  EXPECT_FALSE(signer_->latest().has_value());
}

// Nor one that was read before: everything is read again, and the tree begins anew.
TEST_F(SignerShown, AContinuationReadsEverythingAgain) {
  const std::string held = note_of(10);
  restore(7, /*with_files=*/false);
  ASSERT_TRUE(signer_->advance().ok());
  signer_->show(held);
  expect_refusal("of 10 entries, the ledger holds 7");
  ledger().entries[3].entry.back() = static_cast<char>(ledger().entries[3].entry.back() ^ 1);
  builder_.record(LedgerContinued{kSecond, held});
  EXPECT_EQ(signer_->continue_as(kSecond).error().code(), Code::kCorrupt);
  EXPECT_FALSE(signer_->latest().has_value());
}

TEST_F(SignerShown, ALedgerThatShrankUnderTheSignerIsContinued) {
  const std::string lost = note_of(10);
  ledger().entries.resize(7);
  ledger().recorded.resize(7);
  expect_refusal("holds 7 entries and held 10 before");
  EXPECT_EQ(signer_->contradicted()->text, lost);
  builder_.record(LedgerContinued{kSecond, lost});
  ASSERT_TRUE(signer_->continue_as(kSecond).ok());
  EXPECT_EQ(signer_->latest()->checkpoint.size, LedgerSize(8));
  EXPECT_EQ(signer_->latest()->checkpoint.root, ledger().checkpoint(8).root);
}

// The verifier follows the ids along the continuations.
TEST_F(SignerShown, AContinuedLedgerVerifiesByTheCheckpointsOfBothIds) {
  const std::string kept = note_of(6);
  const std::string lost = note_of(10);
  restore(7, /*with_files=*/true);
  builder_.record(LedgerContinued{kSecond, lost});
  ASSERT_TRUE(signer_->continue_as(kSecond).ok());
  auto verify = [&](const std::string& checkpoint) {
    VerifyOptions options;
    options.checkpoint = checkpoint;
    return verify_ledger(ledger(), options).value();
  };
  VerifyReport now = verify(signer_->latest()->text);
  EXPECT_TRUE(now.ok()) << now.problems.front();
  ASSERT_EQ(now.continuations.size(), 1u);
  EXPECT_EQ(now.continuations[0].index, LedgerIndex(7));
  EXPECT_EQ(now.continuations[0].lost.size, LedgerSize(10));
  EXPECT_THAT(now.notes.front(), HasSubstr("entry 7 continues the ledger as " + kSecond));
  EXPECT_TRUE(verify(kept).ok());
  VerifyReport before = verify(lost);
  EXPECT_FALSE(before.ok());
  EXPECT_THAT(before.problems.front(), HasSubstr("stands for 10 entries, the ledger holds 8; entry "
                                                 "7 gave up what was published"));
  Checkpoint early = ledger().checkpoint(5);
  early.origin = checkpoint_origin(kSecond);
  EXPECT_THAT(verify(note(early)).problems.front(), HasSubstr("which began with entry 7"));
  early.origin = checkpoint_origin("0123456789abcdef0123456789abcdef");
  EXPECT_THAT(verify(note(early)).problems.front(), HasSubstr("an id that this ledger never had"));
}

}  // namespace
}  // namespace plumbline
