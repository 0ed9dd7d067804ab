// SPDX-License-Identifier: Apache-2.0
#include "ledger/merkle.h"

#include <fmt/format.h>

#include <bit>

#include "base/crypto.h"

namespace plumbline {
namespace {

constexpr std::string_view kNodePrefix("\1", 1);

// The largest power of two below `n`, for n >= 2: where RFC 9162 splits a tree.
std::uint64_t split_of(std::uint64_t n) {
  return std::bit_floor(n - 1);
}

// Walks RFC 9162's recursive definitions over the leaves [begin, end). `begin` is always a
// multiple of the largest power of two that is not above end - begin.
class Tree {
 public:
  explicit Tree(const SubtreeReader& read) : read_(read) {}

  Result<Hash> root(std::uint64_t begin, std::uint64_t end) const {
    std::uint64_t size = end - begin;
    if (std::has_single_bit(size)) return read_(std::countr_zero(size), begin / size);
    std::uint64_t middle = begin + split_of(size);
    ASSIGN_OR_RETURN(Hash left, root(begin, middle));
    ASSIGN_OR_RETURN(Hash right, root(middle, end));
    return node_hash(left, right);
  }

  // Section 2.1.3.1, PATH(m, D_n).
  Status path(std::uint64_t index, std::uint64_t begin, std::uint64_t end,
              std::vector<Hash>& proof) const {
    if (end - begin == 1) return {};
    std::uint64_t middle = begin + split_of(end - begin);
    bool in_left = index < middle;
    RETURN_IF_ERROR(in_left ? path(index, begin, middle, proof) : path(index, middle, end, proof));
    ASSIGN_OR_RETURN(Hash sibling, in_left ? root(middle, end) : root(begin, middle));
    proof.push_back(sibling);
    return {};
  }

  // Section 2.1.4.1, SUBPROOF(m, D_n, b): `first` counts from `begin`.
  Status subproof(std::uint64_t first, std::uint64_t begin, std::uint64_t end, bool known,
                  std::vector<Hash>& proof) const {
    std::uint64_t size = end - begin;
    if (first == size) {
      if (known) return {};
      ASSIGN_OR_RETURN(Hash whole, root(begin, end));
      proof.push_back(whole);
      return {};
    }
    std::uint64_t split = split_of(size);
    if (first <= split) {
      RETURN_IF_ERROR(subproof(first, begin, begin + split, known, proof));
      ASSIGN_OR_RETURN(Hash right, root(begin + split, end));
      proof.push_back(right);
      return {};
    }
    RETURN_IF_ERROR(subproof(first - split, begin + split, end, false, proof));
    ASSIGN_OR_RETURN(Hash left, root(begin, begin + split));
    proof.push_back(left);
    return {};
  }

 private:
  const SubtreeReader& read_;
};

}  // namespace

Hash node_hash(const Hash& left, const Hash& right) {
  return sha256({kNodePrefix, left.view(), right.view()});
}

Result<Frontier> Frontier::at(LedgerSize size, const SubtreeReader& read) {
  Frontier frontier;
  frontier.size_ = size.value;
  std::uint64_t begin = 0;
  for (int level = 63; level >= 0; --level) {
    std::uint64_t leaves = std::uint64_t{1} << level;
    if ((size.value & leaves) == 0) continue;
    ASSIGN_OR_RETURN(Hash hash, read(level, begin / leaves));
    frontier.roots_.push_back(hash);
    begin += leaves;
  }
  return frontier;
}

void Frontier::append(
    const Hash& leaf,
    const std::function<void(int level, std::uint64_t index, const Hash&)>& on_node) {
  Hash hash = leaf;
  std::uint64_t index = size_;
  int level = 0;
  // Each one bit at the end of the size is a perfect subtree that the leaf completes a pair with.
  for (std::uint64_t rest = size_; (rest & 1) != 0; rest >>= 1) {
    hash = node_hash(roots_.back(), hash);
    roots_.pop_back();
    index >>= 1;
    ++level;
    if (on_node) on_node(level, index, hash);
  }
  roots_.push_back(hash);
  ++size_;
}

Hash Frontier::root() const {
  if (roots_.empty()) return sha256(BytesView());
  Hash hash = roots_.back();
  for (std::size_t i = roots_.size() - 1; i-- > 0;) hash = node_hash(roots_[i], hash);
  return hash;
}

Result<std::vector<Hash>> inclusion_proof(LedgerIndex index, LedgerSize size,
                                          const SubtreeReader& read) {
  if (index.value >= size.value) {
    return Error(Code::kInvalid, fmt::format("there is no entry {} in a ledger of {} entries",
                                             index.value, size.value));
  }
  std::vector<Hash> proof;
  RETURN_IF_ERROR(Tree(read).path(index.value, 0, size.value, proof));
  return proof;
}

Result<std::vector<Hash>> consistency_proof(LedgerSize first, LedgerSize second,
                                            const SubtreeReader& read) {
  if (first.value > second.value) {
    return Error(Code::kInvalid, fmt::format("a ledger of {} entries is not a prefix of one of {}",
                                             first.value, second.value));
  }
  std::vector<Hash> proof;
  if (first.value == 0) return proof;
  RETURN_IF_ERROR(Tree(read).subproof(first.value, 0, second.value, true, proof));
  return proof;
}

bool verify_inclusion(LedgerIndex index, LedgerSize size, const Hash& leaf, const Hash& root,
                      std::span<const Hash> proof) {
  if (index.value >= size.value) return false;
  std::uint64_t fn = index.value;
  std::uint64_t sn = size.value - 1;
  Hash hash = leaf;
  for (const Hash& sibling : proof) {
    if (sn == 0) return false;
    if ((fn & 1) != 0 || fn == sn) {
      hash = node_hash(sibling, hash);
      while ((fn & 1) == 0 && fn != 0) {
        fn >>= 1;
        sn >>= 1;
      }
    } else {
      hash = node_hash(hash, sibling);
    }
    fn >>= 1;
    sn >>= 1;
  }
  return sn == 0 && hash == root;
}

bool verify_consistency(LedgerSize first, LedgerSize second, const Hash& first_root,
                        const Hash& second_root, std::span<const Hash> proof) {
  if (first.value > second.value) return false;
  if (first == second) return proof.empty() && first_root == second_root;
  if (first.value == 0) return proof.empty() && first_root == sha256(BytesView());
  std::vector<Hash> path(proof.begin(), proof.end());
  if (std::has_single_bit(first.value)) path.insert(path.begin(), first_root);
  if (path.empty()) return false;
  std::uint64_t fn = first.value - 1;
  std::uint64_t sn = second.value - 1;
  while ((fn & 1) != 0) {
    fn >>= 1;
    sn >>= 1;
  }
  Hash fr = path.front();
  Hash sr = path.front();
  for (std::size_t i = 1; i < path.size(); ++i) {
    if (sn == 0) return false;
    if ((fn & 1) != 0 || fn == sn) {
      fr = node_hash(path[i], fr);
      sr = node_hash(path[i], sr);
      while ((fn & 1) == 0 && fn != 0) {
        fn >>= 1;
        sn >>= 1;
      }
    } else {
      sr = node_hash(sr, path[i]);
    }
    fn >>= 1;
    sn >>= 1;
  }
  return sn == 0 && fr == first_root && sr == second_root;
}

}  // namespace plumbline
