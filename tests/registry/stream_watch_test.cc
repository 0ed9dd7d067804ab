// SPDX-License-Identifier: Apache-2.0
// Two machines with one key, told from the headers of batches that are in sequence.
#include "registry/stream_watch.h"

#include <gtest/gtest.h>

#include <random>

namespace plumbline {
namespace {

using Kind = StreamDoubt::Kind;

class StreamWatchTest : public ::testing::Test {
 protected:
  // The next batch, sealed in that start of a machine, `minutes` after it.
  void batch(std::uint8_t start, std::int64_t minutes) {
    BatchHeader header;
    header.number = number_ = number_.next();
    header.boot_id[0] = start;
    header.monotonic_ms = minutes * kMsPerMinute;
    watch_.take(header);
  }
  bool quiet() const { return !watch_.doubt().has_value(); }

  StreamWatch watch_;
  BatchNumber number_;
};

TEST_F(StreamWatchTest, AMachineThatIsStartedAgainAndAgainIsNotDoubted) {
  for (std::uint8_t start = 1; start < 200; ++start) {
    for (std::int64_t minutes : {5, 5, 6, 60}) batch(start, minutes);
  }
  EXPECT_TRUE(quiet());
}

TEST_F(StreamWatchTest, AStartThatComesBackAfterAnotherOneIsDoubted) {
  batch(1, 10);
  batch(2, 5);
  EXPECT_TRUE(quiet());
  batch(1, 11);
  EXPECT_EQ(watch_.doubt(), (StreamDoubt{Kind::kMachineReturned, BatchNumber(3), 1}));
  batch(1, 12);
  EXPECT_EQ(watch_.doubt()->count, 1u);
  batch(2, 6);
  EXPECT_EQ(watch_.doubt(), (StreamDoubt{Kind::kMachineReturned, BatchNumber(3), 2}));
}

TEST_F(StreamWatchTest, AClockThatGoesBackWithinAStartIsDoubtedOnceForEachFall) {
  batch(1, 60);
  batch(1, 10);
  EXPECT_EQ(watch_.doubt(), (StreamDoubt{Kind::kClockWentBack, BatchNumber(2), 1}));
  batch(1, 11);
  EXPECT_EQ(watch_.doubt()->count, 1u);
  batch(1, 90);
  batch(1, 12);
  EXPECT_EQ(watch_.doubt()->count, 2u);
}

TEST_F(StreamWatchTest, ProgramsThatWaitedForTheirTurnAreNotDoubted) {
  batch(1, 60);
  batch(1, 59);  // within the tolerance
  EXPECT_TRUE(quiet());
  // The highest clock counts, so that small steps do not hide a large one.
  batch(1, 58);
  EXPECT_FALSE(quiet());
}

TEST_F(StreamWatchTest, ASystemThatDoesNotTellItsStartIsNotDoubted) {
  batch(0, 60);
  batch(1, 10);
  batch(0, 5);
  EXPECT_TRUE(quiet());
}

TEST_F(StreamWatchTest, WhatIsRememberedIsBounded) {
  batch(1, 1);
  for (std::uint8_t start = 2; start <= 1 + StreamWatch::kMaxStarts; ++start) batch(start, 1);
  batch(1, 2);
  EXPECT_TRUE(quiet());
  batch(1 + StreamWatch::kMaxStarts, 2);
  EXPECT_FALSE(quiet());
}

// Random merges of what machines seal one by one: a stream is doubted if and only if some start
// comes back after another one.
TEST_F(StreamWatchTest, AgainstTheDefinition) {
  std::mt19937 random(7);
  for (int round = 0; round < 3000; ++round) {
    StreamWatch watch;
    std::vector<std::uint8_t> starts;
    std::optional<std::uint64_t> first;
    std::uint64_t count = 0;
    for (std::uint64_t n = 1; n <= 12; ++n) {
      BatchHeader header;
      header.number = BatchNumber(n);
      header.boot_id[0] = static_cast<std::uint8_t>(1 + random() % 4);
      if (random() % 2 == 0 && !starts.empty()) header.boot_id[0] = starts.back();
      header.monotonic_ms = static_cast<std::int64_t>(n) * kMsPerMinute;
      watch.take(header);
      const std::uint8_t now = header.boot_id[0];
      bool seen = std::find(starts.begin(), starts.end(), now) != starts.end();
      if (seen && starts.back() != now) {
        ++count;
        if (!first) first = n;
      }
      starts.push_back(now);
    }
    ASSERT_EQ(watch.doubt().has_value(), first.has_value()) << round;
    if (first) {
      EXPECT_EQ(*watch.doubt(), (StreamDoubt{Kind::kMachineReturned, BatchNumber(*first), count}));
    }
  }
}

}  // namespace
}  // namespace plumbline
