// SPDX-License-Identifier: Apache-2.0
#include "base/simulated_clock.h"

#include <gtest/gtest.h>

namespace plumbline {
namespace {

TEST(SimulatedClock, StandsUntilAdvanced) {
  ManualClock ticks({5});
  SimulatedClock clock({1000}, {9000}, ticks);
  ticks.advance({250});
  EXPECT_EQ(clock.wall(), Instant{1000});
  EXPECT_EQ(clock.monotonic_ms(), 250);
  EXPECT_FALSE(clock.is_running());
  EXPECT_TRUE(clock.advance({4000}).ok());
  EXPECT_TRUE(clock.advance({4000}).ok());
  ticks.advance({250});
  EXPECT_EQ(clock.wall(), Instant{4000});
}

TEST(SimulatedClock, GoesNeitherBackNorBeyondItsEnd) {
  ManualClock ticks({5});
  SimulatedClock clock({1000}, {9000}, ticks);
  EXPECT_EQ(clock.advance({999}).error().code(), Code::kInvalid);
  EXPECT_EQ(clock.advance({9001}).error().code(), Code::kInvalid);
  EXPECT_EQ(clock.wall(), Instant{1000});
}

TEST(SimulatedClock, RunsFromItsEnd) {
  ManualClock ticks({5});
  SimulatedClock clock({1000}, {9000}, ticks);
  ticks.advance({100});
  EXPECT_TRUE(clock.advance({9000}).ok());
  EXPECT_TRUE(clock.is_running());
  EXPECT_EQ(clock.wall(), Instant{9000});
  ticks.advance({70});
  EXPECT_EQ(clock.wall(), Instant{9070});
  EXPECT_EQ(clock.advance({9000}).error().code(), Code::kInvalid);
}

TEST(SimulatedClock, RunsAtOnceWhereItBeginsBehindItsEnd) {
  ManualClock ticks({5});
  SimulatedClock clock({9500}, {9000}, ticks);
  EXPECT_TRUE(clock.is_running());
  ticks.advance({30});
  EXPECT_EQ(clock.wall(), Instant{9530});
  EXPECT_EQ(clock.until(), Instant{9000});
}

}  // namespace
}  // namespace plumbline
