// SPDX-License-Identifier: Apache-2.0
#include "store/change_feed.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace plumbline {
namespace {

using std::chrono::milliseconds;

// Long enough that reaching it means that a wake-up was lost.
constexpr milliseconds kForEver{60'000};

TEST(ChangeFeed, BeginsEmptyAndKeepsTheLargestSize) {
  ChangeFeed feed;
  EXPECT_EQ(feed.size(), LedgerSize(0));
  feed.publish(LedgerSize(5));
  feed.publish(LedgerSize(3));
  EXPECT_EQ(feed.size(), LedgerSize(5));
}

TEST(ChangeFeed, ReturnsAtOnceWhenTheSizeIsBeyond) {
  ChangeFeed feed;
  feed.publish(LedgerSize(5));
  EXPECT_EQ(feed.wait_beyond(LedgerSize(4), kForEver), LedgerSize(5));
}

TEST(ChangeFeed, ReturnsWhatThereIsAfterTheTimeout) {
  ChangeFeed feed;
  feed.publish(LedgerSize(5));
  EXPECT_EQ(feed.wait_beyond(LedgerSize(5), milliseconds(1)), LedgerSize(5));
}

TEST(ChangeFeed, WakesEveryFollower) {
  ChangeFeed feed;
  std::vector<std::thread> followers;
  std::vector<LedgerSize> seen(3);
  for (std::size_t i = 0; i < seen.size(); ++i) {
    followers.emplace_back([&, i] { seen[i] = feed.wait_beyond(LedgerSize(1), kForEver); });
  }
  feed.publish(LedgerSize(1));
  feed.publish(LedgerSize(2));
  for (std::thread& follower : followers) follower.join();
  for (LedgerSize size : seen) EXPECT_EQ(size, LedgerSize(2));
}

TEST(ChangeFeed, ClosingWakesFollowersForGood) {
  ChangeFeed feed;
  std::thread follower([&] { feed.wait_beyond(LedgerSize(0), kForEver); });
  feed.close();
  follower.join();
  EXPECT_TRUE(feed.closed());
  EXPECT_EQ(feed.wait_beyond(LedgerSize(9), kForEver), LedgerSize(0));
}

}  // namespace
}  // namespace plumbline
