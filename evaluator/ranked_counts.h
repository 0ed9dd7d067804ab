// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVALUATOR_RANKED_COUNTS_H_
#define PLUMBLINE_EVALUATOR_RANKED_COUNTS_H_

#include <cstddef>
#include <cstdint>
#include <vector>

namespace plumbline {

// A multiset of numbers that tells which one stands at a rank. It is kept as runs of at most kMost
// distinct numbers each, in ascending order, and how many numbers each run counts: adding and
// removing move part of one run, a rank is found by a sum over the runs. A plain value.
class RankedCounts {
 public:
  static constexpr std::size_t kMost = 128;

  // The same number so many times: at least 1.
  void add(std::int64_t number, std::int64_t times = 1);
  // It must have been added before.
  void remove(std::int64_t number);

  bool empty() const { return runs_.empty(); }
  // The rank-th smallest, from 1 to as many as were added and not removed.
  std::int64_t at_rank(std::int64_t rank) const;

 private:
  struct Counted {
    std::int64_t number = 0;
    std::int64_t times = 0;
  };
  using Run = std::vector<Counted>;

  // The run in which the number stands or would stand; there is one.
  std::size_t run_of(std::int64_t number) const;
  void split(std::size_t run);

  std::vector<Run> runs_;             // none is empty
  std::vector<std::int64_t> firsts_;  // of each run: its first number
  std::vector<std::int64_t> totals_;  // of each run: how many numbers it counts
};

}  // namespace plumbline

#endif  // PLUMBLINE_EVALUATOR_RANKED_COUNTS_H_
