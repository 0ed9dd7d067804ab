// SPDX-License-Identifier: Apache-2.0
#include "evidence/tree_file.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <set>

#include "base/file.h"
#include "tests/support/ledger/merkle_oracle.h"
#include "tests/support/temp_folder.h"

namespace plumbline {
namespace {

using testing::MerkleOracle;

Hash leaf(std::size_t i) {
  return sha256("leaf " + std::to_string(i));
}

class TreeFileTest : public ::testing::Test {
 protected:
  std::string path() const { return folder_.path("ledger.tree"); }
  std::unique_ptr<TreeFile> open() { return TreeFile::open(path()).value(); }
  static void grow(TreeFile& tree, std::size_t to) {
    for (std::size_t i = tree.frontier().size().value; i < to; ++i) tree.append(leaf(i));
    ASSERT_TRUE(tree.flush().ok());
  }
  Bytes bytes() const { return read_file(path(), 1 << 20).value(); }
  void write(const Bytes& bytes) {
    ASSERT_TRUE(replace_file_durably(path(), bytes, FileMode::kReadable).ok());
  }

  testing::PrivateFolder folder_;
};

TEST_F(TreeFileTest, PositionsAreThoseOfPostOrder) {
  // Of three leaves: leaf 0, leaf 1, their node, leaf 2.
  EXPECT_EQ(tree_position(0, 0), 0u);
  EXPECT_EQ(tree_position(0, 1), 1u);
  EXPECT_EQ(tree_position(1, 0), 2u);
  EXPECT_EQ(tree_position(0, 2), 3u);
  EXPECT_EQ(tree_hashes(LedgerSize(0)), 0u);
  EXPECT_EQ(tree_hashes(LedgerSize(3)), 4u);
  for (std::uint64_t size = 1; size <= 300; ++size) {
    std::set<std::uint64_t> seen;
    for (int level = 0; (std::uint64_t{1} << level) <= size; ++level) {
      for (std::uint64_t i = 0; (i + 1) << level <= size; ++i) {
        seen.insert(tree_position(level, i));
      }
    }
    // Every place once, without a gap.
    ASSERT_EQ(seen.size(), tree_hashes(LedgerSize(size)));
    ASSERT_EQ(*seen.rbegin() + 1, seen.size());
  }
}

TEST_F(TreeFileTest, HoldsEverySubtreeInSixtyFourBytesAnEntry) {
  auto tree = open();
  MerkleOracle oracle;
  for (std::size_t i = 0; i < 200; ++i) {
    oracle.append(leaf(i));
    grow(*tree, i + 1);
    ASSERT_EQ(tree->frontier().root(), oracle.root(i + 1));
    Frontier found = Frontier::at(LedgerSize(i + 1), [&](int level, std::uint64_t index) {
                       return tree->read(level, index);
                     }).value();
    ASSERT_EQ(found.root(), oracle.root(i + 1));
  }
  EXPECT_EQ(bytes().size(), 32 + 32 * tree_hashes(LedgerSize(200)));
  EXPECT_LE(bytes().size(), 32u + 64 * 200);
  EXPECT_EQ(tree->read(0, 200).error().code(), Code::kCorrupt);
  EXPECT_EQ(tree->read(7, 1).error().code(), Code::kCorrupt);
}

TEST_F(TreeFileTest, GrowsBehindWhatIsThere) {
  grow(*open(), 77);
  Bytes before = bytes();
  auto tree = open();
  grow(*tree, 77);
  EXPECT_EQ(tree->mended_bytes(), 0u);
  EXPECT_EQ(bytes(), before);
  grow(*tree, 130);
  EXPECT_EQ(bytes().substr(0, before.size()), before);
  EXPECT_EQ(bytes().size(), 32 + 32 * tree_hashes(LedgerSize(130)));
}

TEST_F(TreeFileTest, EveryDamageIsMended) {
  grow(*open(), 40);
  const Bytes good = bytes();
  auto mends = [&](const Bytes& bad) {
    write(bad);
    auto tree = open();
    grow(*tree, 40);
    EXPECT_TRUE(tree->cut().ok());
    EXPECT_EQ(bytes(), good);
    return tree->mended_bytes();
  };
  for (std::size_t at = 0; at < good.size(); at += 61) {
    Bytes flipped = good;
    flipped[at] = static_cast<char>(flipped[at] ^ 0x10);
    EXPECT_GT(mends(flipped), 0u) << at;
    mends(good.substr(0, at));
  }
  EXPECT_GT(mends(Bytes(good.size(), '\0')), 0u);
  mends(good + Bytes(1000, 'x'));
  mends("");
}

TEST_F(TreeFileTest, BeginsAgainAndMayEndShorter) {
  auto tree = open();
  grow(*tree, 64);
  tree->rewind();
  EXPECT_EQ(tree->frontier().size(), LedgerSize(0));
  for (std::size_t i = 0; i < 10; ++i) tree->append(leaf(i + 1000));
  ASSERT_TRUE(tree->flush().ok());
  ASSERT_TRUE(tree->cut().ok());
  EXPECT_EQ(bytes().size(), 32 + 32 * tree_hashes(LedgerSize(10)));
  EXPECT_EQ(tree->read(0, 9).value(), leaf(1009));
}

TEST_F(TreeFileTest, AFolderInItsPlaceIsTold) {
  std::filesystem::create_directory(path());
  auto tree = TreeFile::open(path());
  ASSERT_FALSE(tree.ok());
  EXPECT_THAT(tree.error().sentence(), ::testing::HasSubstr(path()));
}

}  // namespace
}  // namespace plumbline
