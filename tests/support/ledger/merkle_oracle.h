// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_TESTS_SUPPORT_LEDGER_MERKLE_ORACLE_H_
#define PLUMBLINE_TESTS_SUPPORT_LEDGER_MERKLE_ORACLE_H_

#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "base/crypto.h"

namespace plumbline::testing {

// RFC 9162 sections 2.1.1, 2.1.3 and 2.1.4 as they are written there, over a list of leaf hashes:
// recursion on lists, nothing of ledger/merkle.h. MTH of a sublist is remembered.
class MerkleOracle {
 public:
  void append(const Hash& leaf) { leaves_.push_back(leaf); }
  std::size_t size() const { return leaves_.size(); }
  const Hash& leaf(std::size_t index) const { return leaves_.at(index); }

  // MTH(D_n).
  Hash root(std::size_t n) { return mth(0, n); }
  // PATH(m, D_n).
  std::vector<Hash> inclusion(std::size_t m, std::size_t n) { return path(m, 0, n); }
  // PROOF(m, D_n), 0 < m <= n.
  std::vector<Hash> consistency(std::size_t m, std::size_t n) {
    return subproof(m, 0, n, /*whole=*/true);
  }

 private:
  // "k: the largest power of two smaller than n".
  static std::size_t smaller_power(std::size_t n) {
    std::size_t k = 1;
    while (k + k < n) k += k;
    return k;
  }
  static Hash pair(const Hash& left, const Hash& right) {
    return sha256(Bytes(1, '\x01') + Bytes(left.view()) + Bytes(right.view()));
  }
  // MTH(D[first:last]).
  Hash mth(std::size_t first, std::size_t last) {
    if (first == last) return sha256(BytesView());
    if (last - first == 1) return leaves_.at(first);
    auto [known, fresh] = hashes_.try_emplace({first, last});
    if (fresh) {
      std::size_t k = smaller_power(last - first);
      Hash left = mth(first, first + k);
      Hash right = mth(first + k, last);
      hashes_[{first, last}] = pair(left, right);
    }
    return hashes_[{first, last}];
  }
  std::vector<Hash> path(std::size_t m, std::size_t first, std::size_t last) {
    if (last - first == 1) return {};
    std::size_t k = smaller_power(last - first);
    bool left = m < k;
    auto out = left ? path(m, first, first + k) : path(m - k, first + k, last);
    out.push_back(left ? mth(first + k, last) : mth(first, first + k));
    return out;
  }
  std::vector<Hash> subproof(std::size_t m, std::size_t first, std::size_t last, bool whole) {
    std::size_t n = last - first;
    if (m == n) return whole ? std::vector<Hash>{} : std::vector<Hash>{mth(first, last)};
    std::size_t k = smaller_power(n);
    bool left = m <= k;
    auto out =
        left ? subproof(m, first, first + k, whole) : subproof(m - k, first + k, last, false);
    out.push_back(left ? mth(first + k, last) : mth(first, first + k));
    return out;
  }

  std::vector<Hash> leaves_;
  std::map<std::pair<std::size_t, std::size_t>, Hash> hashes_;
};

}  // namespace plumbline::testing

#endif  // PLUMBLINE_TESTS_SUPPORT_LEDGER_MERKLE_ORACLE_H_
