// SPDX-License-Identifier: Apache-2.0
// Guards of quotas: what is given out, what is refused, and that everything comes back.
#include "collector/quotas.h"

#include <gtest/gtest.h>

#include <memory>
#include <thread>
#include <vector>

#include "tests/support/wire/samples.h"

namespace plumbline {
namespace {

using Full = KeyedQuota::Full;

TEST(KeyedQuotaTest, CountsEachKeyAndAll) {
  KeyedQuota quota({3, 2});
  Full full{};
  auto a1 = quota.enter("a", &full);
  auto a2 = quota.enter("a", &full);
  ASSERT_TRUE(a1 && a2);
  EXPECT_FALSE(quota.enter("a", &full));
  EXPECT_EQ(full, Full::kKey);
  auto b = quota.enter("b", &full);
  ASSERT_TRUE(b);
  EXPECT_FALSE(quota.enter("c", &full));
  EXPECT_EQ(full, Full::kAll);
  a1.reset();
  EXPECT_TRUE(quota.enter("c", &full));
  EXPECT_EQ(quota.taken(), 2u);
}

TEST(KeyedQuotaTest, AMovedPlaceIsGivenBackOnceAndAnEmptyKeyCostsNothing) {
  KeyedQuota quota({3, 2});
  Full full{};
  {
    auto place = quota.enter("a", &full);
    KeyedQuota::Place moved(std::move(*place));
    EXPECT_EQ(quota.taken(), 1u);
  }
  EXPECT_EQ(quota.taken(), 0u);
  EXPECT_EQ(quota.keys(), 0u);
}

TEST(KeyedQuotaTest, ManyThreadsNeverPassTheLimit) {
  KeyedQuota quota({8, 5});
  std::vector<std::thread> threads;
  std::atomic<bool> over{false};
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      Full full{};
      for (int i = 0; i < 5000; ++i) {
        auto first = quota.enter(t % 2 == 0 ? "a" : "b", &full);
        auto second = quota.enter("a", &full);
        if (quota.taken() > 8) over = true;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_FALSE(over);
  EXPECT_EQ(quota.taken(), 0u);
}

TEST(ByteQuotaTest, HoldsGrowShrinkAndGoBack) {
  ByteQuota quota(100);
  {
    ByteQuota::Hold first(quota);
    ByteQuota::Hold second(quota);
    EXPECT_TRUE(first.resize(60));
    EXPECT_FALSE(second.resize(41));
    EXPECT_EQ(quota.held(), 60u);
    EXPECT_TRUE(second.resize(40));
    EXPECT_TRUE(first.resize(10));
    EXPECT_TRUE(second.resize(90));
    EXPECT_EQ(quota.held(), 100u);
  }
  EXPECT_EQ(quota.held(), 0u);
}

TEST(StreamSeatsTest, TheNewestSessionsStay) {
  StreamSeats seats(2);
  const StreamId a = stream_id(samples::key(11).public_key(), samples::outlet("a"));
  const StreamId b = stream_id(samples::key(12).public_key(), samples::outlet("a"));
  std::vector<int> left;
  auto leave = [&left](int who) { return [&left, who] { left.push_back(who); }; };
  auto first = std::make_unique<StreamSeats::Seat>(seats.sit(a, leave(1)));
  auto second = seats.sit(a, leave(2));
  auto other = seats.sit(b, leave(9));
  EXPECT_TRUE(left.empty());
  auto third = seats.sit(a, leave(3));
  EXPECT_EQ(left, std::vector<int>{1});
  first.reset();  // its seat is another's already
  auto fourth = seats.sit(a, leave(4));
  EXPECT_EQ(left, (std::vector<int>{1, 2}));
}

TEST(StreamSeatsTest, ASeatThatIsFreeAsksNobodyToLeave) {
  StreamSeats seats(1);
  const StreamId a = stream_id(samples::key(11).public_key(), samples::outlet("a"));
  for (int i = 0; i < 3; ++i) {
    auto seat = seats.sit(a, [] { FAIL() << "nobody is there"; });
  }
  EXPECT_EQ(seats.streams(), 0u);
}

TEST(QuotaKeyTest, AnIpv6NetworkIsOneAddress) {
  EXPECT_EQ(quota_key("192.0.2.7"), "192.0.2.7");
  EXPECT_EQ(quota_key("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
  EXPECT_EQ(quota_key("2001:db8:1:2:ffff::1"), "2001:db8:1:2::");
  EXPECT_NE(quota_key("2001:db8:1:3::1"), quota_key("2001:db8:1:2::1"));
  EXPECT_EQ(quota_key("::ffff:192.0.2.7"), "192.0.2.7");
}

}  // namespace
}  // namespace plumbline
