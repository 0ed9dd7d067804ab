// SPDX-License-Identifier: Apache-2.0
#include "agents/backoff.h"

#include <gtest/gtest.h>

#include <limits>

namespace plumbline {
namespace {

TEST(BackoffTest, TheCeilingDoublesUpToTheCap) {
  BackoffPolicy policy{Duration{500}, Duration{30'000}};
  EXPECT_EQ(policy.ceiling(0), Duration{500});
  EXPECT_EQ(policy.ceiling(1), Duration{1000});
  EXPECT_EQ(policy.ceiling(5), Duration{16'000});
  EXPECT_EQ(policy.ceiling(6), Duration{30'000});
  EXPECT_EQ(policy.ceiling(std::numeric_limits<std::uint32_t>::max()), Duration{30'000});
}

TEST(BackoffTest, EveryDelayLiesBetweenNothingAndTheCeiling) {
  BackoffPolicy policy{Duration{500}, Duration{30'000}};
  std::uint64_t random = 88172645463325252u;
  for (std::uint32_t attempt = 0; attempt < 40; ++attempt) {
    for (int i = 0; i < 100; ++i) {
      random ^= random << 13;
      random ^= random >> 7;
      random ^= random << 17;
      Duration delay = policy.delay(attempt, random);
      EXPECT_GE(delay, Duration{0});
      EXPECT_LE(delay, policy.ceiling(attempt));
    }
  }
}

TEST(BackoffTest, TheJitterIsFull) {
  BackoffPolicy policy{Duration{500}, Duration{30'000}};
  EXPECT_EQ(policy.delay(0, 0), Duration{0});
  EXPECT_EQ(policy.delay(0, 500), Duration{500});
  EXPECT_EQ(policy.delay(0, 501), Duration{0});
  EXPECT_EQ(policy.delay(20, 30'000), Duration{30'000});
}

}  // namespace
}  // namespace plumbline
