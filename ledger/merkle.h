// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_LEDGER_MERKLE_H_
#define PLUMBLINE_LEDGER_MERKLE_H_

#include <functional>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "model/ids.h"

// The tree of RFC 9162 section 2.1 over leaf hashes, SHA-256. Pure.
namespace plumbline {

// SHA-256(0x01 ‖ left ‖ right).
Hash node_hash(const Hash& left, const Hash& right);

// The hash of a perfect subtree: `level` 0 is a leaf hash, level k covers 2^k leaves, `index`
// counts from the left. Asked only for subtrees that are complete in the tree at hand.
using SubtreeReader = std::function<Result<Hash>(int level, std::uint64_t index)>;

// The right edge of a growing tree: the roots of its perfect subtrees, largest first. Appending
// costs at most two hashes on average, whatever the size.
class Frontier {
 public:
  Frontier() = default;
  // The frontier of a tree of `size` leaves whose subtrees `read` knows.
  static Result<Frontier> at(LedgerSize size, const SubtreeReader& read);

  // `on_node`, when given, is told of every perfect subtree that the leaf completes (level >= 1).
  void append(const Hash& leaf,
              const std::function<void(int level, std::uint64_t index, const Hash&)>& on_node = {});
  LedgerSize size() const { return LedgerSize(size_); }
  // The tree head; SHA-256 of nothing for an empty tree.
  Hash root() const;

 private:
  std::uint64_t size_ = 0;
  std::vector<Hash> roots_;
};

// RFC 9162 section 2.1.3.1 and 2.1.4.1. kInvalid when index >= size, or first > second.
Result<std::vector<Hash>> inclusion_proof(LedgerIndex index, LedgerSize size,
                                          const SubtreeReader& read);
Result<std::vector<Hash>> consistency_proof(LedgerSize first, LedgerSize second,
                                            const SubtreeReader& read);

// Sections 2.1.3.2 and 2.1.4.2: true when the proof holds. Any bytes are safe input.
bool verify_inclusion(LedgerIndex index, LedgerSize size, const Hash& leaf, const Hash& root,
                      std::span<const Hash> proof);
bool verify_consistency(LedgerSize first, LedgerSize second, const Hash& first_root,
                        const Hash& second_root, std::span<const Hash> proof);

}  // namespace plumbline

#endif  // PLUMBLINE_LEDGER_MERKLE_H_
