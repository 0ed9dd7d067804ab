// SPDX-License-Identifier: Apache-2.0
#include "evidence/proof_source.h"

#include <gmock/gmock.h>

#include <atomic>
#include <thread>

#include "base/file.h"
#include "tests/support/ledger/merkle_oracle.h"
#include "tests/support/temp_folder.h"
#include "tests/support/wire/memory_ledger.h"

namespace plumbline {
namespace {

using samples::MemoryLedger;
using ::testing::HasSubstr;
using testing::MerkleOracle;

class ProofSourceTest : public ::testing::Test {
 protected:
  ProofSourceTest() {
    ledger_.chunk = 512;
    grow(1);
    signer_ = open();
  }
  void grow(std::size_t to) {
    for (std::size_t i = ledger_.entries.size(); i < to; ++i) {
      ledger_.append(EntryKind::kOffice, samples::at("2026-01-05T09:00:00Z"),
                     "entry " + std::to_string(i));
      oracle_.append(ledger_.recorded.back());
    }
  }
  std::unique_ptr<CheckpointSigner> open() {
    return CheckpointSigner::open(ledger_, samples::key(2), {std::string(samples::kLedgerId), {}},
                                  folder_.path("."))
        .value();
  }
  Checkpoint sign(std::size_t size) {
    grow(size);
    EXPECT_TRUE(signer_->advance().ok());
    return ProofSource(*signer_).newest().value().checkpoint;
  }
  std::string tree() const { return folder_.path("ledger.tree"); }

  testing::PrivateFolder folder_;
  MemoryLedger ledger_;
  MerkleOracle oracle_;
  std::unique_ptr<CheckpointSigner> signer_;
};

// From the file: every index, every size, every pair of sizes, as of one checkpoint.
TEST_F(ProofSourceTest, EveryProofUpTo70) {
  const Checkpoint within = sign(70);
  ProofSource source(*signer_);
  for (std::size_t size = 1; size <= 70; ++size) {
    for (std::size_t i = 0; i < size; ++i) {
      InclusionProof proof = source.inclusion(within, LedgerIndex(i), LedgerSize(size)).value();
      ASSERT_EQ(proof.leaf, oracle_.leaf(i));
      ASSERT_EQ(proof.root, oracle_.root(size));
      ASSERT_EQ(proof.path, oracle_.inclusion(i, size));
      ConsistencyProof grown =
          source.consistency(within, LedgerSize(i + 1), LedgerSize(size)).value();
      ASSERT_EQ(grown.first_root, oracle_.root(i + 1));
      ASSERT_EQ(grown.second_root, oracle_.root(size));
      ASSERT_EQ(grown.path, oracle_.consistency(i + 1, size));
    }
  }
  EXPECT_TRUE(source.consistency(within, LedgerSize(0), LedgerSize(70))->path.empty());
}

// And for each checkpoint while the ledger grows by one.
TEST_F(ProofSourceTest, EveryEntryOfEveryCheckpointUpTo80) {
  ProofSource source(*signer_);
  std::size_t before = 1;
  for (std::size_t size = 1; size <= 80; ++size) {
    const Checkpoint within = sign(size);
    ASSERT_EQ(within.root, oracle_.root(size));
    for (std::size_t i = 0; i < size; ++i) {
      auto proof = source.inclusion(within, LedgerIndex(i), within.size);
      ASSERT_EQ(proof.value().path, oracle_.inclusion(i, size));
    }
    ASSERT_EQ(source.consistency(within, LedgerSize(before), within.size)->path,
              oracle_.consistency(before, size));
    before = size;
  }
}

TEST_F(ProofSourceTest, WhatTheCheckpointDoesNotCoverIsRefused) {
  const Checkpoint within = sign(5);
  ProofSource source(*signer_);
  auto code = [](const auto& result) { return result.error().code(); };
  EXPECT_EQ(code(source.inclusion(within, LedgerIndex(5), LedgerSize(5))), Code::kInvalid);
  EXPECT_EQ(code(source.inclusion(within, LedgerIndex(0), LedgerSize(6))), Code::kInvalid);
  EXPECT_EQ(code(source.inclusion(within, LedgerIndex(0), LedgerSize(0))), Code::kInvalid);
  EXPECT_EQ(code(source.consistency(within, LedgerSize(3), LedgerSize(6))), Code::kInvalid);
  EXPECT_EQ(code(source.consistency(within, LedgerSize(4), LedgerSize(3))), Code::kInvalid);
  // Entries that came since do not change what it answers.
  grow(9);
  EXPECT_EQ(source.inclusion(within, LedgerIndex(2), LedgerSize(5))->path, oracle_.inclusion(2, 5));
}

TEST_F(ProofSourceTest, WithoutACheckpointThereIsNone) {
  ProofSource source(*signer_);
  EXPECT_EQ(source.newest().error().code(), Code::kUnavailable);
  sign(4);
  ledger_.entries.pop_back();
  EXPECT_FALSE(signer_->advance().ok());
  EXPECT_EQ(source.newest().error().code(), Code::kUnavailable);
  EXPECT_THAT(source.newest().error().text(), HasSubstr("holds 3 entries and held 4 before"));
}

// Every byte of the file in turn: never a wrong proof, and the next round mends it.
TEST_F(ProofSourceTest, ADamagedTreeIsToldAndMended) {
  const Checkpoint within = sign(23);
  const Bytes good = read_file(tree(), 1 << 20).value();
  ProofSource source(*signer_);
  std::size_t noticed = 0;
  for (std::size_t at = 32; at < good.size(); at += 16) {
    Bytes bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 1);
    // The same file that the signer has open.
    std::FILE* file = std::fopen(tree().c_str(), "r+");
    ASSERT_EQ(std::fwrite(bad.data(), 1, bad.size(), file), bad.size());
    std::fclose(file);
    bool damaged = false;
    for (std::size_t i = 0; i < 23; ++i) {
      auto proof = source.inclusion(within, LedgerIndex(i), LedgerSize(23));
      if (proof.ok()) {
        ASSERT_EQ(proof->path, oracle_.inclusion(i, 23));
      } else {
        damaged = true;
        ASSERT_EQ(proof.error().code(), Code::kUnavailable);
        ASSERT_THAT(proof.error().text(), HasSubstr("does not make the root"));
      }
    }
    // Of an older size, whose root nobody signed, likewise.
    for (std::size_t i = 0; i < 21; ++i) {
      auto proof = source.inclusion(within, LedgerIndex(i), LedgerSize(21));
      if (proof.ok()) {
        ASSERT_EQ(proof->root, oracle_.root(21)) << at;
      }
      auto grown = source.consistency(within, LedgerSize(i), LedgerSize(21));
      if (grown.ok()) {
        ASSERT_EQ(grown->first_root, oracle_.root(i)) << at;
      }
    }
    ASSERT_TRUE(damaged) << at;
    noticed += damaged;
    ASSERT_TRUE(signer_->advance().ok());
    ASSERT_EQ(read_file(tree(), 1 << 20).value(), good);
  }
  EXPECT_GT(noticed, 80u);
  EXPECT_EQ(signer_->latest()->checkpoint, within);
}

TEST_F(ProofSourceTest, ATreeThatWasCutIsMendedAtOpening) {
  sign(23);
  const Bytes good = read_file(tree(), 1 << 20).value();
  signer_.reset();
  for (const Bytes& bad : {Bytes(), good.substr(0, 100), Bytes(good.size(), 'x'), good + "tail"}) {
    ASSERT_TRUE(replace_file_durably(tree(), bad, FileMode::kReadable).ok());
    auto signer = open();
    ASSERT_TRUE(signer->status().ok());
    EXPECT_EQ(read_file(tree(), 1 << 20).value(), good);
    ProofSource source(*signer);
    Checkpoint within = source.newest()->checkpoint;
    EXPECT_EQ(source.inclusion(within, LedgerIndex(7), within.size)->path,
              oracle_.inclusion(7, 23));
  }
}

// Readers on their own threads while the signer grows and mends.
TEST_F(ProofSourceTest, AnswersWhileTheTreeGrows) {
  sign(2);
  std::atomic<bool> done = false;
  std::atomic<std::uint64_t> proofs = 0;
  auto read = [&] {
    ProofSource source(*signer_);
    for (std::uint64_t i = 0; !done || i < 50; ++i) {
      Checkpoint within = source.newest()->checkpoint;
      LedgerIndex index(i * 7919 % within.size.value);
      auto proof = source.inclusion(within, index, within.size);
      if (!proof.ok()) continue;
      EXPECT_TRUE(verify_inclusion(index, within.size, proof->leaf, within.root, proof->path));
      ++proofs;
    }
  };
  std::thread one(read), two(read);
  for (std::size_t size = 3; size <= 400; ++size) {
    grow(size);
    if (size % 50 == 0) signer_->mend_tree();
    EXPECT_TRUE(signer_->advance().ok());
  }
  done = true;
  one.join();
  two.join();
  EXPECT_GT(proofs, 50u);
}

}  // namespace
}  // namespace plumbline
