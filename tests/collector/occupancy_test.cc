// SPDX-License-Identifier: Apache-2.0
#include "collector/occupancy.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace plumbline {
namespace {

TEST(OccupancyTest, GivesPlacesUpToItsLimit) {
  Occupancy occupancy(2);
  auto first = occupancy.enter();
  auto second = occupancy.enter();
  ASSERT_TRUE(first.has_value());
  ASSERT_TRUE(second.has_value());
  EXPECT_FALSE(occupancy.enter().has_value());
  EXPECT_EQ(occupancy.taken(), 2u);
  first.reset();
  EXPECT_EQ(occupancy.taken(), 1u);
  EXPECT_TRUE(occupancy.enter().has_value());
}

TEST(OccupancyTest, AMovedPlaceIsGivenBackOnce) {
  Occupancy occupancy(1);
  {
    auto place = occupancy.enter();
    Occupancy::Place moved(std::move(*place));
    place.reset();
    EXPECT_EQ(occupancy.taken(), 1u);
  }
  EXPECT_EQ(occupancy.taken(), 0u);
}

TEST(OccupancyTest, AWaitThatIsTooShortTellsSo) {
  Occupancy occupancy(1);
  ManualClock clock(Instant{0});
  EXPECT_TRUE(occupancy.wait_empty(Duration{0}, clock));
  auto place = occupancy.enter();
  EXPECT_FALSE(occupancy.wait_empty(Duration{0}, clock));
}

TEST(OccupancyTest, AWaitEndsWithTheLastPlace) {
  Occupancy occupancy(4);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    auto place = occupancy.enter();
    threads.emplace_back(
        [held = std::move(*place)]() mutable { Occupancy::Place gone(std::move(held)); });
  }
  occupancy.wait_empty();
  EXPECT_EQ(occupancy.taken(), 0u);
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace plumbline
