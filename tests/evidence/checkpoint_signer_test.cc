// SPDX-License-Identifier: Apache-2.0
#include "evidence/checkpoint_signer.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>

#include "base/file.h"
#include "tests/support/wire/memory_ledger.h"

namespace plumbline {
namespace {

using samples::LedgerBuilder;
using samples::MemoryLedger;
using testing::HasSubstr;

class CheckpointSignerTest : public testing::Test {
 protected:
  CheckpointSignerTest() {
    builder_.enroll(11, "isd");
    builder_.batch(11, "isd", 4);
    folder_ = testing::TempDir() + "/signer_" + std::to_string(::getpid()) + "_" +
              testing::UnitTest::GetInstance()->current_test_info()->name();
    EXPECT_TRUE(make_folders(folder_).ok());
  }
  ~CheckpointSignerTest() override { std::filesystem::remove_all(folder_); }

  static LedgerNames names() { return {std::string(samples::kLedgerId), {}}; }
  MemoryLedger& ledger() { return builder_.ledger(); }
  std::string path() const { return folder_ + "/checkpoint"; }
  std::string published() const { return read_file(path(), 1 << 20).value(); }

  std::unique_ptr<CheckpointSigner> open() {
    return CheckpointSigner::open(ledger(), samples::key(2), names(), folder_).value();
  }

  LedgerBuilder builder_;
  std::string folder_;
};

TEST_F(CheckpointSignerTest, SignsWhatTheLedgerIs) {
  auto signer = open();
  EXPECT_FALSE(signer->latest().has_value());
  EXPECT_TRUE(signer->advance().ok());
  ASSERT_TRUE(signer->latest().has_value());
  EXPECT_EQ(signer->latest()->checkpoint, ledger().checkpoint(5));
  EXPECT_EQ(open_checkpoint(signer->latest()->text, checkpoint_origin(samples::kLedgerId),
                            samples::key(2).public_key())
                .value(),
            ledger().checkpoint(5));
  EXPECT_EQ(published(), signer->latest()->text);
}

TEST_F(CheckpointSignerTest, FollowsGrowthAndSignsNothingWithoutIt) {
  auto signer = open();
  ASSERT_TRUE(signer->advance().ok());
  std::string first = signer->latest()->text;
  std::filesystem::remove(path());
  ASSERT_TRUE(signer->advance().ok());
  EXPECT_FALSE(std::filesystem::exists(path()));
  for (int i = 0; i < 20; ++i) {
    builder_.batch(11, "isd", 1);
    ASSERT_TRUE(signer->advance().ok());
    EXPECT_EQ(signer->latest()->checkpoint, ledger().checkpoint(ledger().entries.size()));
    EXPECT_EQ(published(), signer->latest()->text);
  }
}

TEST_F(CheckpointSignerTest, AnEmptyLedgerHasNoCheckpoint) {
  MemoryLedger empty;
  auto signer = CheckpointSigner::open(empty, samples::key(2), names(), folder_).value();
  EXPECT_TRUE(signer->advance().ok());
  EXPECT_FALSE(signer->latest().has_value());
  EXPECT_FALSE(std::filesystem::exists(path()));
}

TEST_F(CheckpointSignerTest, GoesOnAfterARestart) {
  ASSERT_TRUE(open()->advance().ok());
  std::string before = published();
  auto signer = open();
  EXPECT_TRUE(signer->status().ok());
  EXPECT_EQ(signer->latest()->text, before);
  builder_.batch(11, "isd", 2);
  ASSERT_TRUE(signer->advance().ok());
  EXPECT_EQ(signer->latest()->checkpoint, ledger().checkpoint(6));
}

void expect_refusal(CheckpointSigner& signer, const std::string& sentence) {
  EXPECT_FALSE(signer.status().ok());
  EXPECT_THAT(signer.status().error().sentence(), HasSubstr("no checkpoint is signed"));
  EXPECT_THAT(signer.status().error().sentence(), HasSubstr(sentence));
  EXPECT_FALSE(signer.advance().ok());
  EXPECT_FALSE(signer.latest().has_value());
}

// A database restored from a copy that is older than the last checkpoint.
TEST_F(CheckpointSignerTest, RefusesALedgerThatIsBehind) {
  ASSERT_TRUE(open()->advance().ok());
  std::string before = published();
  StoredEntry lost = ledger().entries.back();
  Hash leaf = ledger().recorded.back();
  ledger().entries.pop_back();
  ledger().recorded.pop_back();
  auto signer = open();
  expect_refusal(*signer, "the ledger holds 4 entries, the checkpoint published last");
  // Not even when the entries come back: the refusal is for the signer's life.
  ledger().entries.push_back(lost);
  ledger().recorded.push_back(leaf);
  expect_refusal(*signer, "the ledger holds 4 entries");
  EXPECT_EQ(published(), before);
}

TEST_F(CheckpointSignerTest, RefusesALedgerThatDiffers) {
  ASSERT_TRUE(open()->advance().ok());
  std::string before = published();
  ledger().recorded[2].data[0] ^= 1;
  builder_.batch(11, "isd", 1);
  auto signer = open();
  expect_refusal(*signer, "the first 5 entries of the ledger are not those of the checkpoint");
  EXPECT_EQ(published(), before);
}

TEST_F(CheckpointSignerTest, RefusesWhenThePublishedFileIsNotItsOwn) {
  auto other = CheckpointSigner::open(ledger(), samples::key(5), names(), folder_).value();
  ASSERT_TRUE(other->advance().ok());
  auto signer = open();
  expect_refusal(*signer, "does not hold a checkpoint that this server signed");
}

TEST_F(CheckpointSignerTest, RefusesWhenThePublishedFileIsDamaged) {
  ASSERT_TRUE(open()->advance().ok());
  ASSERT_TRUE(replace_file_durably(path(), published().substr(0, 60), FileMode::kReadable).ok());
  auto signer = open();
  expect_refusal(*signer, "does not hold a checkpoint");
}

TEST_F(CheckpointSignerTest, RefusesAnEntryThatChangedInTheStore) {
  auto signer = open();
  ledger().entries[3].entry.back() = static_cast<char>(ledger().entries[3].entry.back() ^ 1);
  EXPECT_FALSE(signer->advance().ok());
  expect_refusal(*signer, "entry 3");
  EXPECT_EQ(signer->status().error().code(), Code::kCorrupt);
  EXPECT_THAT(signer->status().error().sentence(), HasSubstr("entry 3 does not have the leaf"));
  EXPECT_FALSE(std::filesystem::exists(path()));
}

TEST_F(CheckpointSignerTest, RefusesALedgerThatShrinksUnderIt) {
  auto signer = open();
  ASSERT_TRUE(signer->advance().ok());
  ledger().entries.pop_back();
  EXPECT_FALSE(signer->advance().ok());
  expect_refusal(*signer, "holds 4 entries and held 5 before");
}

TEST_F(CheckpointSignerTest, AStoreThatIsAwayIsTriedAgain) {
  auto signer = open();
  ledger().down = Error(Code::kUnavailable, "away");
  EXPECT_EQ(signer->advance().error().code(), Code::kUnavailable);
  EXPECT_EQ(signer->status().error().code(), Code::kUnavailable);
  ledger().down.reset();
  EXPECT_TRUE(signer->advance().ok());
  EXPECT_TRUE(signer->status().ok());
  EXPECT_TRUE(signer->latest().has_value());
}

// Nothing is handed out that is not in the file.
TEST_F(CheckpointSignerTest, AFileThatCannotBeWrittenIsTriedAgain) {
  auto signer = open();
  std::filesystem::remove_all(folder_);
  EXPECT_FALSE(signer->advance().ok());
  EXPECT_FALSE(signer->latest().has_value());
  ASSERT_TRUE(make_folders(folder_).ok());
  EXPECT_TRUE(signer->advance().ok());
  EXPECT_EQ(published(), signer->latest()->text);
}

TEST_F(CheckpointSignerTest, AStoreThatIsAwayAtOpeningIsAnError) {
  ASSERT_TRUE(open()->advance().ok());
  ledger().down = Error(Code::kUnavailable, "away");
  EXPECT_FALSE(CheckpointSigner::open(ledger(), samples::key(2), names(), folder_).ok());
}

}  // namespace
}  // namespace plumbline
