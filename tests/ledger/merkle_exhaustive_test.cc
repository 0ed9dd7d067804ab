// SPDX-License-Identifier: Apache-2.0
// Every proof of every tree up to 512 leaves against the definitions of RFC 9162, and what becomes
// of proofs that somebody has altered.
#include <gtest/gtest.h>

#include <map>

#include "ledger/merkle.h"
#include "tests/support/ledger/merkle_oracle.h"

namespace plumbline {
namespace {

using testing::MerkleOracle;

constexpr std::size_t kLeaves = 512;

// The tree of the product and that of the definitions, of the same leaves.
class Trees : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    oracle_ = new MerkleOracle;
    nodes_ = new Nodes;
    Frontier frontier;
    for (std::size_t i = 0; i < kLeaves; ++i) {
      Hash leaf = sha256("leaf " + std::to_string(i));
      oracle_->append(leaf);
      (*nodes_)[{0, i}] = leaf;
      frontier.append(leaf, [](int level, std::uint64_t index, const Hash& hash) {
        (*nodes_)[{level, index}] = hash;
      });
      ASSERT_EQ(frontier.root(), oracle_->root(i + 1)) << i + 1;
    }
  }
  static void TearDownTestSuite() {
    delete oracle_;
    delete nodes_;
  }

  static Result<Hash> read(int level, std::uint64_t index) {
    auto found = nodes_->find({level, index});
    if (found == nodes_->end()) return Error(Code::kNotFound, "no such subtree");
    return found->second;
  }
  static std::vector<Hash> inclusion(std::size_t index, std::size_t size) {
    return inclusion_proof(LedgerIndex(index), LedgerSize(size), read).value();
  }
  static std::vector<Hash> consistency(std::size_t first, std::size_t second) {
    return consistency_proof(LedgerSize(first), LedgerSize(second), read).value();
  }
  static bool included(std::size_t index, std::size_t size, const std::vector<Hash>& proof) {
    return verify_inclusion(LedgerIndex(index), LedgerSize(size), oracle_->leaf(index),
                            oracle_->root(size), proof);
  }
  static bool consistent(std::size_t first, std::size_t second, const std::vector<Hash>& proof) {
    return verify_consistency(LedgerSize(first), LedgerSize(second), oracle_->root(first),
                              oracle_->root(second), proof);
  }

  using Nodes = std::map<std::pair<int, std::uint64_t>, Hash>;
  static MerkleOracle* oracle_;
  static Nodes* nodes_;
};

MerkleOracle* Trees::oracle_ = nullptr;
Trees::Nodes* Trees::nodes_ = nullptr;

TEST_F(Trees, EveryInclusionProofIsThatOfTheDefinition) {
  std::uint64_t proofs = 0;
  for (std::size_t size = 1; size <= kLeaves; ++size) {
    for (std::size_t index = 0; index < size; ++index, ++proofs) {
      std::vector<Hash> proof = inclusion(index, size);
      ASSERT_EQ(proof, oracle_->inclusion(index, size)) << index << " of " << size;
      ASSERT_TRUE(included(index, size, proof)) << index << " of " << size;
    }
  }
  EXPECT_EQ(proofs, kLeaves * (kLeaves + 1) / 2);
}

TEST_F(Trees, EveryConsistencyProofIsThatOfTheDefinition) {
  std::uint64_t proofs = 0;
  for (std::size_t second = 1; second <= kLeaves; ++second) {
    ASSERT_TRUE(consistency(0, second).empty());
    ASSERT_TRUE(consistent(0, second, {}));
    for (std::size_t first = 1; first <= second; ++first, ++proofs) {
      std::vector<Hash> proof = consistency(first, second);
      ASSERT_EQ(proof, oracle_->consistency(first, second)) << first << " to " << second;
      ASSERT_TRUE(consistent(first, second, proof)) << first << " to " << second;
    }
  }
  EXPECT_EQ(proofs, kLeaves * (kLeaves + 1) / 2);
}

// Calls `refuse` with the proof without each hash, with each hash twice, with two that stand side
// by side exchanged, and with one more behind.
template <typename Refuse>
void for_each_rearranged(const std::vector<Hash>& proof, Refuse refuse) {
  for (std::size_t i = 0; i < proof.size(); ++i) {
    auto at = static_cast<std::ptrdiff_t>(i);
    std::vector<Hash> altered = proof;
    altered.erase(altered.begin() + at);
    refuse(altered);
    altered = proof;
    altered.insert(altered.begin() + at, proof[i]);
    refuse(altered);
    if (i + 1 == proof.size() || proof[i] == proof[i + 1]) continue;
    altered = proof;
    std::swap(altered[i], altered[i + 1]);
    refuse(altered);
  }
  std::vector<Hash> longer = proof;
  longer.push_back(Hash());
  refuse(longer);
}

template <typename Refuse>
void for_each_flipped_bit(const std::vector<Hash>& proof, Refuse refuse) {
  std::vector<Hash> altered = proof;
  for (Hash& hash : altered) {
    for (int bit = 0; bit < 256; ++bit) {
      auto& byte = hash.data[static_cast<std::size_t>(bit / 8)];
      byte = static_cast<std::uint8_t>(byte ^ 1 << bit % 8);
      refuse(altered);
      byte = static_cast<std::uint8_t>(byte ^ 1 << bit % 8);
    }
  }
}

TEST_F(Trees, AProofWithAHashLessMoreOrElsewhereIsRefused) {
  for (std::size_t size = 1; size <= 130; ++size) {
    for (std::size_t index = 0; index < size; ++index) {
      for_each_rearranged(inclusion(index, size), [&](const std::vector<Hash>& altered) {
        ASSERT_FALSE(included(index, size, altered)) << index << " of " << size;
      });
      for_each_rearranged(consistency(index + 1, size), [&](const std::vector<Hash>& altered) {
        ASSERT_FALSE(consistent(index + 1, size, altered)) << index + 1 << " to " << size;
      });
    }
  }
}

TEST_F(Trees, AProofWithAnyBitFlippedIsRefused) {
  for (std::size_t size : {2, 3, 7, 8, 9, 21, 32, 33, 511, 512}) {
    const std::size_t step = size > 64 ? 51 : 1;
    for (std::size_t index = 0; index < size; index += step) {
      for_each_flipped_bit(inclusion(index, size), [&](const std::vector<Hash>& altered) {
        ASSERT_FALSE(included(index, size, altered)) << index << " of " << size;
      });
      for_each_flipped_bit(consistency(index + 1, size), [&](const std::vector<Hash>& altered) {
        ASSERT_FALSE(consistent(index + 1, size, altered)) << index + 1 << " to " << size;
      });
    }
  }
}

// A proof speaks of one place, one size and one root.
TEST_F(Trees, AProofOfAnotherPlaceOrSizeIsRefused) {
  for (std::size_t size = 1; size <= 40; ++size) {
    for (std::size_t index = 0; index < size; ++index) {
      const std::vector<Hash> proof = inclusion(index, size);
      for (std::size_t other = 0; other <= 41; ++other) {
        if (other != index) {
          ASSERT_FALSE(verify_inclusion(LedgerIndex(other), LedgerSize(size), oracle_->leaf(index),
                                        oracle_->root(size), proof));
        }
        if (other == size) continue;
        ASSERT_FALSE(verify_inclusion(LedgerIndex(index), LedgerSize(size), oracle_->leaf(index),
                                      oracle_->root(other), proof));
        ASSERT_FALSE(verify_consistency(LedgerSize(index + 1), LedgerSize(size),
                                        oracle_->root(index + 1), oracle_->root(other),
                                        consistency(index + 1, size)));
      }
    }
  }
}

}  // namespace
}  // namespace plumbline
