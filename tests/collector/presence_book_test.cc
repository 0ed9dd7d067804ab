// SPDX-License-Identifier: Apache-2.0
#include "collector/presence_book.h"

#include <gtest/gtest.h>

namespace plumbline {
namespace {

const Instant kStart = parse_instant("2026-01-05T09:00:00Z").value();

Instant after(std::int64_t seconds) {
  return kStart + Duration{seconds * 1000};
}

StreamState state_at(std::uint64_t next) {
  StreamState state;
  state.stream = stream_id(PrivateKey::from_seed(Bytes(32, 'k')).value().public_key(),
                           OutletId::parse("isd").value());
  state.outlet = OutletId::parse("isd").value();
  state.next_sequence = Sequence(next);
  return state;
}

class PresenceBookTest : public ::testing::Test {
 protected:
  PresenceBook::Seat join(std::int64_t second) {
    return book.join(state_at(1).stream, "plumb-agent 9", after(second));
  }
  StreamPresence seen(std::uint64_t next, std::int64_t second) {
    return book.of(state_at(next), after(second));
  }
  PresenceBook book;
};

TEST_F(PresenceBookTest, WhoSaidNothingSinceTheStartIsNotHeard) {
  StreamPresence presence = seen(8, 0);
  EXPECT_FALSE(presence.connected);
  EXPECT_FALSE(presence.heard.has_value());
  EXPECT_FALSE(presence.missing.has_value());
  EXPECT_TRUE(presence.reported()) << "the ledger tells";
  EXPECT_EQ(presence.next, Sequence(8));
}

TEST_F(PresenceBookTest, OpenAndIdleIsHeardAndGoneIsNot) {
  {
    PresenceBook::Seat seat = join(0);
    seat.heard(after(20));
    seat.heartbeat(Sequence(7), after(20), after(20));
    StreamPresence idle = seen(8, 30);
    EXPECT_TRUE(idle.connected);
    EXPECT_EQ(idle.heard, after(20));
    EXPECT_EQ(idle.software, "plumb-agent 9");
    EXPECT_EQ(idle.accepted, Sequence(7));
    EXPECT_FALSE(idle.missing.has_value());
  }
  StreamPresence gone = seen(8, 300);
  EXPECT_FALSE(gone.connected);
  EXPECT_EQ(gone.heard, after(20));
}

TEST_F(PresenceBookTest, OfTwoSessionsTheOneThatStaysCounts) {
  auto first = std::make_unique<PresenceBook::Seat>(join(0));
  PresenceBook::Seat second = join(1);
  first.reset();
  EXPECT_TRUE(seen(1, 2).connected);
}

TEST_F(PresenceBookTest, MissingEventsAgeFromWhenTheOldestWasFirstHeardOf) {
  PresenceBook::Seat seat = join(0);
  seat.heartbeat(Sequence(40), std::nullopt, after(20));
  seat.heartbeat(Sequence(40), std::nullopt, after(40));
  seat.heartbeat(Sequence(52), std::nullopt, after(60));
  EXPECT_EQ(seen(41, 70).missing, (MissingEvents{Sequence(41), Sequence(52), after(60)}));
  EXPECT_EQ(seen(31, 70).missing, (MissingEvents{Sequence(31), Sequence(52), after(20)}));
  EXPECT_EQ(seen(31, 70).missing->count(), 22u);
  EXPECT_FALSE(seen(53, 70).missing.has_value());
}

TEST_F(PresenceBookTest, ABusyStreamIsNeverOldForLong) {
  PresenceBook::Seat seat = join(0);
  std::uint64_t sequence = 0;
  for (int second = 1; second <= 1000; ++second) {
    sequence += 10;
    seat.batch(Sequence(sequence + 1), after(second), after(second));
    if (second > 1) seat.acknowledged(Sequence(sequence - 10 + 1), after(second));
    auto missing = seen(sequence - 10 + 1, second).missing;
    ASSERT_TRUE(missing.has_value());
    ASSERT_EQ(missing->since, after(second)) << "what was missing before has come";
  }
  EXPECT_EQ(seen(sequence - 9, 1000).recorded, after(1000));
}

TEST_F(PresenceBookTest, ALongOutageKeepsTheAgeOfTheOldestInBoundedMemory) {
  PresenceBook::Seat seat = join(0);
  for (int beat = 1; beat <= 10'000; ++beat) {
    seat.heartbeat(Sequence(static_cast<std::uint64_t>(beat)), std::nullopt, after(20 * beat));
  }
  EXPECT_EQ(seen(1, 300'000).missing, (MissingEvents{Sequence(1), Sequence(10'000), after(20)}));
  // Beyond the marks an age is not understated.
  auto newest = seen(10'000, 300'000).missing;
  ASSERT_TRUE(newest.has_value());
  EXPECT_EQ(newest->since, after(20 * static_cast<std::int64_t>(PresenceBook::kMaxMarks)));
}

TEST_F(PresenceBookTest, ARepeatedBatchTakesNothingBackAndARestoredAgentDoes) {
  PresenceBook::Seat seat = join(0);
  seat.heartbeat(Sequence(40), std::nullopt, after(20));
  seat.batch(Sequence(11), after(1), after(30));
  EXPECT_EQ(seen(31, 40).accepted, Sequence(40));
  seat.heartbeat(Sequence(35), std::nullopt, after(60));
  EXPECT_EQ(seen(31, 70).missing, (MissingEvents{Sequence(31), Sequence(35), after(60)}));
}

TEST(SkewEstimate, IsTheLeastDelayedSampleOfTheWindow) {
  SkewEstimate skew;
  EXPECT_FALSE(skew.ahead(kStart).has_value());
  // Two minutes ahead, under way for 900, 40 and 300 ms.
  for (std::int64_t delay : {900, 40, 300}) {
    skew.sent(after(120), after(0) + Duration{delay});
  }
  EXPECT_EQ(skew.ahead(after(1)), Duration{120'000 - 40});
}

TEST(SkewEstimate, ForgetsAClockThatWasSet) {
  SkewEstimate skew;
  skew.sent(after(3600), after(0));
  skew.sent(after(300), after(300));
  EXPECT_EQ(skew.ahead(after(301)), Duration{3600'000}) << "within ten minutes";
  skew.sent(after(600), after(600));
  EXPECT_EQ(skew.ahead(after(601)), Duration{0});
  EXPECT_FALSE(skew.ahead(after(1300)).has_value()) << "an estimate without samples ends";
}

TEST(SkewEstimate, ABatchThatWaitedMakesNoClockSlow) {
  SkewEstimate skew;
  skew.sealed(after(-86'400), after(0));
  EXPECT_FALSE(skew.ahead(after(1)).has_value());
  skew.sealed(after(90), after(1));
  EXPECT_EQ(skew.ahead(after(1)), Duration{89'000}) << "sealed in our future";
  skew.sent(after(91), after(2));
  EXPECT_EQ(skew.ahead(after(2)), Duration{89'000});
  SkewEstimate slow;
  slow.sent(after(-600), after(0));
  slow.sealed(after(-86'400), after(0));
  EXPECT_EQ(slow.ahead(after(1)), Duration{-600'000});
}

}  // namespace
}  // namespace plumbline
