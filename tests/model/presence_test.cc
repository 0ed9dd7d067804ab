// SPDX-License-Identifier: Apache-2.0
#include "model/presence.h"

#include <gtest/gtest.h>

namespace plumbline {
namespace {

const Instant kNow = parse_instant("2026-01-05T09:00:00Z").value();

StreamPresence stream(std::uint64_t next) {
  StreamPresence stream;
  stream.outlet = OutletId::parse("isd").value();
  stream.next = Sequence(next);
  return stream;
}

StreamPresence connected(std::uint64_t next, std::int64_t recorded_minutes_ago) {
  StreamPresence open = stream(next);
  open.connected = true;
  open.heard = kNow;
  open.recorded = kNow - Duration{recorded_minutes_ago * kMsPerMinute};
  return open;
}

std::string_view state_of(std::vector<StreamPresence> streams) {
  auto outlet = OutletId::parse("isd").value();
  return presence_state_name(outlet_presence(outlet, std::move(streams), kNow).state);
}

TEST(OutletPresence, EachStateHasItsReason) {
  StreamPresence import = stream(900);
  import.historical = true;
  StreamPresence revoked = stream(900);
  revoked.closed = true;
  EXPECT_EQ(state_of({}), "no_agent");
  EXPECT_EQ(state_of({import, revoked}), "no_agent");
  EXPECT_EQ(state_of({stream(1)}), "never_reported");
  EXPECT_EQ(state_of({stream(2)}), "silent");
  EXPECT_EQ(state_of({connected(2, 15)}), "reporting");
  EXPECT_EQ(state_of({connected(2, 16)}), "idle");
  StreamPresence holds = connected(2, 1);
  holds.missing = MissingEvents{Sequence(2), Sequence(4), kNow};
  EXPECT_EQ(state_of({holds}), "holds_unsent");
  holds.connected = false;
  EXPECT_EQ(state_of({holds}), "silent");
  StreamPresence said_hello = stream(1);
  said_hello.heard = kNow;
  EXPECT_EQ(state_of({said_hello}), "silent") << "it was here, and is gone";
}

TEST(OutletPresence, OneStreamThatIsThereIsEnough) {
  EXPECT_EQ(state_of({stream(7), connected(2, 60)}), "idle");
}

TEST(OutletPresence, AddsUpWhatIsMissingAndTakesTheOldest) {
  StreamPresence one = connected(2, 1);
  one.missing = MissingEvents{Sequence(2), Sequence(4), kNow - Duration{5000}};
  StreamPresence two = connected(9, 1);
  two.missing = MissingEvents{Sequence(9), Sequence(9), kNow - Duration{9000}};
  StreamPresence closed = two;
  closed.closed = true;
  auto outlet = outlet_presence(one.outlet, {one, two, closed}, kNow);
  EXPECT_EQ(outlet.missing, 4u);
  EXPECT_EQ(outlet.missing_since, kNow - Duration{9000});
  one.missing->last = Sequence(std::uint64_t{1} << 62);
  outlet = outlet_presence(one.outlet, {one, one, one, one, one, one}, kNow);
  EXPECT_EQ(outlet.missing, UINT64_MAX) << "claims do not overflow";
}

TEST(OutletPresence, AClockThatIsOffIsToldInBothDirections) {
  StreamPresence open = connected(2, 1);
  for (std::int64_t ms : {60'000, -60'000, 0}) {
    open.ahead = Duration{ms};
    EXPECT_FALSE(outlet_presence(open.outlet, {open}, kNow).clock_off) << ms;
  }
  for (std::int64_t ms : {60'001, -60'001, -86'400'000}) {
    open.ahead = Duration{ms};
    EXPECT_TRUE(outlet_presence(open.outlet, {open}, kNow).clock_off) << ms;
  }
}

TEST(OutletPresence, TheJsonIsTheExampleOfTheDocument) {
  StreamPresence open = connected(41, 2);
  open.heard = kNow - Duration{4000};
  open.software = "plumb-agent 0.1.0";
  open.accepted = Sequence(52);
  open.missing = MissingEvents{Sequence(41), Sequence(52), kNow - Duration{90'000}};
  open.ahead = Duration{-120'000};
  EXPECT_EQ(presence_json(outlet_presence(open.outlet, {open}, kNow)).text(),
            R"({"at":"2026-01-05T09:00:00Z","clock_ahead_ms":-120000,"clock_off":true,)"
            R"("heard":"2026-01-05T08:59:56Z","last_sign":"2026-01-05T08:59:56Z",)"
            R"("missing":12,"missing_since":"2026-01-05T08:58:30Z","outlet":"isd",)"
            R"("recorded":"2026-01-05T08:58:00Z","state":"holds_unsent",)"
            R"("streams":[{"accepted":52,"clock_ahead_ms":-120000,"closed":false,)"
            R"("connected":true,"heard":"2026-01-05T08:59:56Z","historical":false,)"
            R"("missing":{"count":12,"first":41,"last":52,)"
            R"("since":"2026-01-05T08:58:30Z"},"next":41,)"
            R"("recorded":"2026-01-05T08:58:00Z","software":"plumb-agent 0.1.0",)"
            R"("source_kind":"agent","stream":"00000000000000000000000000000000"}]})");
}

}  // namespace
}  // namespace plumbline
