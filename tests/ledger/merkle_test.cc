// SPDX-License-Identifier: Apache-2.0
#include "ledger/merkle.h"

#include <gmock/gmock.h>

#include <map>

#include "base/file.h"
#include "base/json.h"
#include "ledger/entry.h"
#include "tests/support/wire/samples.h"

namespace plumbline {
namespace {

Json vectors() {
  Bytes text =
      read_file(std::string(PLUMBLINE_SOURCE_DIR) + "/tests/ledger/data/merkle_vectors.json",
                1 << 20)
          .value();
  return Json::parse(text).value();
}

Hash hash_at(const Json& json) {
  return Hash::from(from_hex(json.as_string()).value(), "a hash").value();
}

std::vector<Hash> hashes_at(const Json& json) {
  std::vector<Hash> out;
  for (const Json& item : json.as_array()) out.push_back(hash_at(item));
  return out;
}

std::uint64_t number_at(const Json& json, std::string_view key) {
  return static_cast<std::uint64_t>(json.integer_at(key).value());
}

// Every perfect subtree of a growing tree, as a store would keep them.
class Tree {
 public:
  void append(const Hash& leaf) {
    nodes_[{0, frontier_.size().value}] = leaf;
    frontier_.append(leaf, [this](int level, std::uint64_t index, const Hash& hash) {
      EXPECT_TRUE(nodes_.emplace(std::pair(level, index), hash).second);
    });
    roots_.push_back(frontier_.root());
  }
  SubtreeReader reader() const {
    return [this](int level, std::uint64_t index) -> Result<Hash> {
      auto found = nodes_.find({level, index});
      if (found == nodes_.end()) return Error(Code::kNotFound, "no such subtree");
      return found->second;
    };
  }
  Hash root(std::uint64_t size) const { return size == 0 ? Frontier().root() : roots_[size - 1]; }
  Hash leaf(std::uint64_t index) const { return nodes_.at({0, index}); }

 private:
  Frontier frontier_;
  std::map<std::pair<int, std::uint64_t>, Hash> nodes_;
  std::vector<Hash> roots_;
};

Tree tree_of(std::uint64_t size) {
  Tree tree;
  for (std::uint64_t i = 0; i < size; ++i) tree.append(leaf_hash("leaf " + std::to_string(i)));
  return tree;
}

// The definition of RFC 9162 section 2.1.1, word for word.
Hash definition(const std::vector<Hash>& leaves, std::size_t begin, std::size_t end) {
  if (begin == end) return sha256("");
  if (end - begin == 1) return leaves[begin];
  std::size_t k = 1;
  while (2 * k < end - begin) k *= 2;
  return sha256({BytesView("\1", 1), definition(leaves, begin, begin + k).view(),
                 definition(leaves, begin + k, end).view()});
}

TEST(Vectors, LeavesAndRoots) {
  Json json = vectors();
  Frontier frontier;
  const Json::Array& entries = json.find("entries")->as_array();
  const Json::Array& roots = json.find("roots")->as_array();
  ASSERT_EQ(roots.size(), entries.size() + 1);
  EXPECT_EQ(frontier.root(), hash_at(roots[0]));
  for (std::size_t i = 0; i < entries.size(); ++i) {
    Hash leaf = leaf_hash(entries[i].as_string());
    EXPECT_EQ(leaf, hash_at(json.find("leaf_hashes")->as_array()[i]));
    frontier.append(leaf);
    EXPECT_EQ(frontier.root(), hash_at(roots[i + 1]));
    EXPECT_EQ(frontier.size().value, i + 1);
  }
}

TEST(Vectors, InclusionProofs) {
  Json json = vectors();
  Tree tree;
  std::vector<Hash> leaves = hashes_at(*json.find("leaf_hashes"));
  for (const Hash& leaf : leaves) tree.append(leaf);
  std::vector<Hash> roots = hashes_at(*json.find("roots"));
  ASSERT_EQ(json.find("inclusion")->as_array().size(), 45u);
  for (const Json& item : json.find("inclusion")->as_array()) {
    LedgerIndex index(number_at(item, "index"));
    LedgerSize size(number_at(item, "size"));
    std::vector<Hash> proof = hashes_at(*item.find("proof"));
    EXPECT_EQ(inclusion_proof(index, size, tree.reader()).value(), proof);
    EXPECT_TRUE(verify_inclusion(index, size, leaves[index.value], roots[size.value], proof));
  }
}

TEST(Vectors, ConsistencyProofs) {
  Json json = vectors();
  Tree tree;
  for (const Hash& leaf : hashes_at(*json.find("leaf_hashes"))) tree.append(leaf);
  std::vector<Hash> roots = hashes_at(*json.find("roots"));
  ASSERT_EQ(json.find("consistency")->as_array().size(), 45u);
  for (const Json& item : json.find("consistency")->as_array()) {
    LedgerSize first(number_at(item, "old"));
    LedgerSize second(number_at(item, "new"));
    std::vector<Hash> proof = hashes_at(*item.find("proof"));
    EXPECT_EQ(consistency_proof(first, second, tree.reader()).value(), proof);
    EXPECT_TRUE(verify_consistency(first, second, roots[first.value], roots[second.value], proof));
  }
}

TEST(Frontier, AgreesWithTheDefinition) {
  std::vector<Hash> leaves;
  Frontier frontier;
  for (int i = 0; i < 70; ++i) {
    leaves.push_back(leaf_hash(std::to_string(i)));
    frontier.append(leaves.back());
    EXPECT_EQ(frontier.root(), definition(leaves, 0, leaves.size())) << i;
  }
}

TEST(Frontier, IsFoundAgainFromItsSubtrees) {
  Tree tree = tree_of(70);
  for (std::uint64_t size = 0; size <= 70; ++size) {
    Frontier frontier = Frontier::at(LedgerSize(size), tree.reader()).value();
    EXPECT_EQ(frontier.size().value, size);
    EXPECT_EQ(frontier.root(), tree.root(size));
    if (size == 70) continue;
    frontier.append(tree.leaf(size));
    EXPECT_EQ(frontier.root(), tree.root(size + 1));
  }
  EXPECT_FALSE(Frontier::at(LedgerSize(71), tree.reader()).ok());
}

TEST(Frontier, AppendsCostTwoHashesOnAverage) {
  std::uint64_t nodes = 0;
  Frontier frontier;
  for (int i = 0; i < 1024; ++i) {
    frontier.append(Hash(), [&](int, std::uint64_t, const Hash&) { ++nodes; });
  }
  EXPECT_EQ(nodes, 1023u);
}

TEST(Proofs, HoldForEverySizeUpTo70) {
  Tree tree = tree_of(70);
  for (std::uint64_t size = 1; size <= 70; ++size) {
    for (std::uint64_t i = 0; i < size; ++i) {
      auto proof = inclusion_proof(LedgerIndex(i), LedgerSize(size), tree.reader()).value();
      EXPECT_TRUE(
          verify_inclusion(LedgerIndex(i), LedgerSize(size), tree.leaf(i), tree.root(size), proof));
    }
    for (std::uint64_t first = 0; first <= size; ++first) {
      auto proof = consistency_proof(LedgerSize(first), LedgerSize(size), tree.reader()).value();
      EXPECT_TRUE(verify_consistency(LedgerSize(first), LedgerSize(size), tree.root(first),
                                     tree.root(size), proof));
    }
  }
}

// The proof with each hash changed, each left out, one more, and for each other place.
TEST(Proofs, AnAlteredInclusionProofIsRefused) {
  Tree tree = tree_of(13);
  for (std::uint64_t size = 1; size <= 13; ++size) {
    for (std::uint64_t i = 0; i < size; ++i) {
      LedgerIndex index(i);
      LedgerSize of(size);
      const auto proof = inclusion_proof(index, of, tree.reader()).value();
      auto holds = [&](const std::vector<Hash>& altered) {
        return verify_inclusion(index, of, tree.leaf(i), tree.root(size), altered);
      };
      for (std::size_t k = 0; k < proof.size(); ++k) {
        auto altered = proof;
        altered[k].data[k % 32] ^= 1;
        EXPECT_FALSE(holds(altered));
        altered = proof;
        altered.erase(altered.begin() + static_cast<std::ptrdiff_t>(k));
        EXPECT_FALSE(holds(altered));
      }
      auto longer = proof;
      longer.push_back(Hash());
      EXPECT_FALSE(holds(longer));
      for (std::uint64_t other = 0; other <= 14; ++other) {
        if (other != i) {
          EXPECT_FALSE(
              verify_inclusion(LedgerIndex(other), of, tree.leaf(i), tree.root(size), proof));
        }
      }
      EXPECT_FALSE(verify_inclusion(index, of, leaf_hash("x"), tree.root(size), proof));
      EXPECT_FALSE(verify_inclusion(index, of, tree.leaf(i), leaf_hash("x"), proof));
    }
  }
}

TEST(Proofs, AnAlteredConsistencyProofIsRefused) {
  Tree tree = tree_of(13);
  for (std::uint64_t second = 1; second <= 13; ++second) {
    for (std::uint64_t first = 1; first <= second; ++first) {
      const auto proof =
          consistency_proof(LedgerSize(first), LedgerSize(second), tree.reader()).value();
      auto holds = [&](const std::vector<Hash>& altered) {
        return verify_consistency(LedgerSize(first), LedgerSize(second), tree.root(first),
                                  tree.root(second), altered);
      };
      for (std::size_t k = 0; k < proof.size(); ++k) {
        auto altered = proof;
        altered[k].data[31] ^= 0x80;
        EXPECT_FALSE(holds(altered));
        altered = proof;
        altered.erase(altered.begin() + static_cast<std::ptrdiff_t>(k));
        EXPECT_FALSE(holds(altered));
      }
      auto longer = proof;
      longer.push_back(tree.root(first));
      EXPECT_FALSE(holds(longer));
      EXPECT_FALSE(verify_consistency(LedgerSize(first), LedgerSize(second), leaf_hash("x"),
                                      tree.root(second), proof));
      EXPECT_FALSE(verify_consistency(LedgerSize(first), LedgerSize(second), tree.root(first),
                                      leaf_hash("x"), proof));
      EXPECT_FALSE(verify_consistency(LedgerSize(second + 1), LedgerSize(second), tree.root(first),
                                      tree.root(second), proof));
    }
  }
}

TEST(Proofs, WhatDoesNotExistCannotBeProved) {
  Tree tree = tree_of(5);
  EXPECT_EQ(inclusion_proof(LedgerIndex(5), LedgerSize(5), tree.reader()).error().code(),
            Code::kInvalid);
  EXPECT_EQ(inclusion_proof(LedgerIndex(0), LedgerSize(0), tree.reader()).error().code(),
            Code::kInvalid);
  EXPECT_EQ(consistency_proof(LedgerSize(4), LedgerSize(3), tree.reader()).error().code(),
            Code::kInvalid);
  EXPECT_EQ(inclusion_proof(LedgerIndex(0), LedgerSize(9), tree.reader()).error().code(),
            Code::kNotFound);
}

TEST(Proofs, HugeNumbersAreSafe) {
  std::vector<Hash> proof(64, leaf_hash("x"));
  Hash root = leaf_hash("y");
  constexpr std::uint64_t kMost = ~std::uint64_t{0};
  EXPECT_FALSE(verify_inclusion(LedgerIndex(kMost - 1), LedgerSize(kMost), root, root, proof));
  EXPECT_FALSE(verify_inclusion(LedgerIndex(kMost), LedgerSize(kMost), root, root, proof));
  EXPECT_FALSE(verify_consistency(LedgerSize(kMost - 1), LedgerSize(kMost), root, root, proof));
  EXPECT_FALSE(verify_consistency(LedgerSize(1), LedgerSize(kMost), root, root, {}));
}

}  // namespace
}  // namespace plumbline
