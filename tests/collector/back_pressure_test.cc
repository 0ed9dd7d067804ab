// SPDX-License-Identifier: Apache-2.0
// How long agents are told to wait, from numbers.
#include "collector/back_pressure.h"

#include <gtest/gtest.h>

#include <random>

namespace plumbline {
namespace {

using More = DrainMeter::More;

TEST(DrainMeterTest, MeasuresBytesASecondWhileThereIsWork) {
  DrainMeter meter;
  EXPECT_EQ(meter.bytes_per_second(), 0u);
  meter.began(1000);
  for (int i = 1; i <= 100; ++i) meter.drained(50'000, More::kSomething, 1000 + 10 * i);
  EXPECT_EQ(meter.bytes_per_second(), 5'000'000u);
}

TEST(DrainMeterTest, AnIdleHourSaysNothingAboutSpeed) {
  DrainMeter meter;
  std::int64_t now = 0;
  for (int i = 0; i < 50; ++i) {
    meter.began(now);
    meter.drained(100'000, More::kNothing, now + 10);
    now += 3'600'000;
  }
  EXPECT_EQ(meter.bytes_per_second(), 10'000'000u);
}

TEST(DrainMeterTest, FollowsADiskThatSlowsDown) {
  DrainMeter meter;
  meter.began(0);
  std::int64_t now = 0;
  for (int i = 0; i < 50; ++i) meter.drained(1'000'000, More::kSomething, now += 10);
  EXPECT_EQ(meter.bytes_per_second(), 100'000'000u);
  for (int i = 0; i < 20; ++i) meter.drained(1'000'000, More::kSomething, now += 1000);
  EXPECT_LT(meter.bytes_per_second(), 1'500'000u);
  EXPECT_GE(meter.bytes_per_second(), 1'000'000u);
}

TEST(RetryAfterTest, IsTheTimeInWhichTheQueueIsWritten) {
  EXPECT_EQ(retry_after_queue(100'000'000, 50'000'000, 0), Duration{2000});
  EXPECT_EQ(retry_after_queue(100'000'000, 50'000'000, 1000), Duration{3000});
  EXPECT_EQ(retry_after_queue(100'000'000, 50'000'000, 1001), Duration{2000});
}

TEST(RetryAfterTest, StaysBetweenItsBoundsForAnyNumbers) {
  EXPECT_EQ(retry_after_queue(1, 1'000'000'000, 0), Duration{50});
  EXPECT_EQ(retry_after_queue(1 << 28, 1, 0), Duration{30'000});
  EXPECT_EQ(retry_after_queue(1 << 28, 0, 0), Duration{100});
  EXPECT_EQ(retry_after_lag(Duration{-5}, 0), Duration{50});
  std::mt19937_64 random(3);
  for (int i = 0; i < 100'000; ++i) {
    std::size_t queued = random() >> (random() % 64);
    std::uint64_t rate = random() >> (random() % 64);
    queued &= (std::size_t{1} << 40) - 1;
    Duration wait = retry_after_queue(queued, rate, random());
    ASSERT_GE(wait, Duration{50});
    ASSERT_LE(wait, Duration{30'000});
    Duration plain = retry_after_queue(queued, rate, 0);
    ASSERT_LE(plain, wait);
    ASSERT_LE(wait.ms, plain.ms + plain.ms / 2);
  }
}

TEST(RetryAfterTest, AgentsThatAreToldTogetherComeBackApart) {
  std::mt19937_64 random(5);
  std::vector<int> tenths(10);
  for (int i = 0; i < 10'000; ++i) {
    Duration wait = retry_after_queue(100'000'000, 50'000'000, random());
    ++tenths[std::min<std::size_t>(static_cast<std::size_t>((wait.ms - 2000) / 100), 9)];
  }
  for (int count : tenths) EXPECT_NEAR(count, 1000, 200);
}

TEST(LagMeterTest, IsTheAgeOfTheOldestEntryThatIsNotEvaluated) {
  LagMeter meter;
  EXPECT_EQ(meter.look(LedgerSize(10), LedgerSize(10), 0), Duration{0});
  EXPECT_EQ(meter.look(LedgerSize(20), LedgerSize(10), 100), Duration{0});
  EXPECT_EQ(meter.look(LedgerSize(30), LedgerSize(10), 200), Duration{100});
  EXPECT_EQ(meter.look(LedgerSize(30), LedgerSize(19), 500), Duration{400});
  EXPECT_EQ(meter.look(LedgerSize(30), LedgerSize(20), 600), Duration{400});
  EXPECT_EQ(meter.look(LedgerSize(30), LedgerSize(30), 700), Duration{0});
  EXPECT_EQ(meter.look(LedgerSize(30), LedgerSize(30), 9000), Duration{0});
  EXPECT_EQ(meter.look(LedgerSize(31), LedgerSize(30), 9100), Duration{0});
  EXPECT_EQ(meter.look(LedgerSize(31), LedgerSize(30), 9200), Duration{100});
}

TEST(LagMeterTest, WhatIsReadAgainAfterARestartHoldsNobodyBack) {
  LagMeter meter;
  EXPECT_EQ(meter.look(LedgerSize(1000), LedgerSize(0), 0), Duration{0});
  EXPECT_EQ(meter.look(LedgerSize(1100), LedgerSize(500), 60'000), Duration{0});
  EXPECT_EQ(meter.look(LedgerSize(1200), LedgerSize(999), 90'000), Duration{0});
  // From here on it is about what came since.
  EXPECT_EQ(meter.look(LedgerSize(1200), LedgerSize(1000), 90'100), Duration{30'100});
}

TEST(LagMeterTest, ForgetsNoLagHoweverLongItLasts) {
  LagMeter meter;
  meter.look(LedgerSize(1), LedgerSize(1), 0);
  std::uint64_t size = 1;
  for (int i = 1; i <= 10'000; ++i) {
    EXPECT_EQ(meter.look(LedgerSize(++size), LedgerSize(1), i * 50), Duration{(i - 1) * 50});
  }
  EXPECT_EQ(meter.look(LedgerSize(size), LedgerSize(size), 1'000'000), Duration{0});
}

TEST(LetInTest, FirstTheBackloggedWaitThenEverybody) {
  const Duration limit{1000};
  EXPECT_EQ(let_in_at(Duration{0}, limit), LetIn::kAll);
  EXPECT_EQ(let_in_at(Duration{1000}, limit), LetIn::kAll);
  EXPECT_EQ(let_in_at(Duration{1001}, limit), LetIn::kLive);
  EXPECT_EQ(let_in_at(Duration{2000}, limit), LetIn::kLive);
  EXPECT_EQ(let_in_at(Duration{2001}, limit), LetIn::kNone);
}

}  // namespace
}  // namespace plumbline
