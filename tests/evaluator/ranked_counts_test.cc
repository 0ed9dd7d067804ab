// SPDX-License-Identifier: Apache-2.0
#include "evaluator/ranked_counts.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <map>
#include <random>

namespace plumbline {
namespace {

std::int64_t rank_in(const std::map<std::int64_t, std::int64_t>& model, std::int64_t rank) {
  for (const auto& [number, times] : model) {
    rank -= times;
    if (rank <= 0) return number;
  }
  return 0;
}

// Grows and shrinks again, to nothing in the end; few distinct numbers and many by turns, rising,
// falling and at random.
TEST(RankedCounts, AgreesWithAMap) {
  std::mt19937_64 random(11);
  for (int round = 0; round < 12; ++round) {
    RankedCounts counts;
    std::map<std::int64_t, std::int64_t> model;
    std::vector<std::int64_t> added;
    std::uint64_t distinct = round % 3 == 0 ? 50 : 100'000;
    for (std::int64_t i = 0; i < 6000; ++i) {
      std::int64_t number = static_cast<std::int64_t>(random() % distinct) - 20;
      if (round % 4 == 1) number = i;
      if (round % 4 == 2) number = -i;
      std::int64_t times = i % 5 == 0 ? 3 : 1;
      counts.add(number, times);
      model[number] += times;
      added.insert(added.end(), static_cast<std::size_t>(times), number);
    }
    std::shuffle(added.begin(), added.end(), random);
    while (!added.empty()) {
      auto size = static_cast<std::int64_t>(added.size());
      if (size % 7 == 0 || size < 20) {
        for (std::int64_t rank : {std::int64_t{1}, (size + 1) / 2, size,
                                  1 + static_cast<std::int64_t>(random() % added.size())}) {
          ASSERT_EQ(counts.at_rank(rank), rank_in(model, rank))
              << "rank " << rank << " of " << size;
        }
      }
      ASSERT_FALSE(counts.empty());
      counts.remove(added.back());
      if (--model[added.back()] == 0) model.erase(added.back());
      added.pop_back();
    }
    EXPECT_TRUE(counts.empty());
  }
}

TEST(RankedCounts, HoldsTheEndsOfTheRange) {
  constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  RankedCounts counts;
  for (std::int64_t number : {kMost, kLeast, std::int64_t{0}, kMost}) counts.add(number);
  EXPECT_EQ(counts.at_rank(1), kLeast);
  EXPECT_EQ(counts.at_rank(2), 0);
  EXPECT_EQ(counts.at_rank(4), kMost);
}

TEST(RankedCountsDeathTest, RefusesWhatWasNeverAdded) {
  RankedCounts counts;
  EXPECT_DEATH(counts.remove(1), "never added");
  counts.add(1);
  EXPECT_DEATH(counts.remove(2), "never added");
  EXPECT_DEATH(counts.at_rank(2), "within the numbers");
}

}  // namespace
}  // namespace plumbline
