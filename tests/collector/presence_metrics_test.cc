// SPDX-License-Identifier: Apache-2.0
#include "collector/presence_metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

namespace plumbline {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(PresenceMetrics, ShowWhatIsKnownAndForgetWhoHasGone) {
  prometheus::Registry registry;
  PresenceMetrics metrics(registry);
  auto text = [&] { return prometheus::TextSerializer().Serialize(registry.Collect()); };
  const Instant now = parse_instant("2026-01-05T09:00:00Z").value();
  StreamPresence stream;
  stream.outlet = OutletId::parse("isd").value();
  stream.next = Sequence(5);
  stream.recorded = now - Duration{7000};
  auto silent = outlet_presence(stream.outlet, {stream}, now);
  auto nobody = outlet_presence(OutletId::parse("empty").value(), {}, now);
  metrics.show({nobody, silent});
  EXPECT_THAT(text(), HasSubstr("outlet_connected{outlet=\"isd\"} 0\n"));
  EXPECT_THAT(text(), HasSubstr("outlet_heard_timestamp_seconds{outlet=\"isd\"} 1767603593\n"));
  EXPECT_THAT(text(), Not(HasSubstr("outlet_missing_events{"))) << "not known is not none";
  EXPECT_THAT(text(), Not(HasSubstr("outlet_clock_ahead_seconds{")));
  EXPECT_THAT(text(), Not(HasSubstr("empty")));
  stream.connected = true;
  stream.heard = now;
  stream.missing = MissingEvents{Sequence(5), Sequence(7), now};
  stream.ahead = Duration{-1500};
  metrics.show({outlet_presence(stream.outlet, {stream}, now)});
  EXPECT_THAT(text(), HasSubstr("outlet_connected{outlet=\"isd\"} 1\n"));
  EXPECT_THAT(text(), HasSubstr("outlet_missing_events{outlet=\"isd\"} 3\n"));
  EXPECT_THAT(text(), HasSubstr("outlet_clock_ahead_seconds{outlet=\"isd\"} -1.5\n"));
  metrics.show({});
  EXPECT_THAT(text(), Not(HasSubstr("isd")));
}

}  // namespace
}  // namespace plumbline
