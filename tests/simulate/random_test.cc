// SPDX-License-Identifier: Apache-2.0
#include "simulate/random.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

namespace plumbline {
namespace {

TEST(Random, GivesTheNumbersOfSplitmix64) {
  Random random(1234567);
  EXPECT_EQ(random.next(), 6457827717110365317u);
  EXPECT_EQ(random.next(), 3203168211198807973u);
  EXPECT_EQ(random.next(), 9817491932198370423u);
}

TEST(Random, TellsNamesAndSeedsApart) {
  EXPECT_EQ(Random(1, "a").next(), Random(1, "a").next());
  EXPECT_NE(Random(1, "a").next(), Random(1, "b").next());
  EXPECT_NE(Random(1, "a").next(), Random(2, "a").next());
}

TEST(Random, StaysWithinItsBounds) {
  Random random(5);
  EXPECT_EQ(random.below(0), 0);
  EXPECT_EQ(random.below(1), 0);
  EXPECT_EQ(random.about(0), 0);
  for (int i = 0; i < 10'000; ++i) {
    const std::int64_t number = random.between(-3, 4);
    ASSERT_GE(number, -3);
    ASSERT_LE(number, 4);
    ASSERT_FALSE(random.percent(0));
    ASSERT_TRUE(random.percent(100));
  }
}

TEST(Random, HasTheMeansThatAreAsked) {
  Random random(5);
  std::int64_t acts = 0;
  std::int64_t second = 0;
  for (int i = 0; i < 100'000; ++i) {
    acts += random.about(1'300'000);
    second += random.pick({1, 3, 0}) == 1 ? 1 : 0;
  }
  EXPECT_NEAR(static_cast<double>(acts), 130'000, 2'000);
  EXPECT_NEAR(static_cast<double>(second), 75'000, 1'000);
}

TEST(Random, ShufflesWithoutLoss) {
  Random random(9);
  std::vector<int> items(50);
  std::iota(items.begin(), items.end(), 0);
  std::vector<int> shuffled = items;
  random.shuffle(shuffled);
  EXPECT_NE(shuffled, items);
  std::sort(shuffled.begin(), shuffled.end());
  EXPECT_EQ(shuffled, items);
}

}  // namespace
}  // namespace plumbline
