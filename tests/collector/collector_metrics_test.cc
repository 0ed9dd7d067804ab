// SPDX-License-Identifier: Apache-2.0
#include "collector/collector_metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

namespace plumbline {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using Outcome = Admitted::Outcome;

class CollectorMetricsTest : public ::testing::Test {
 protected:
  std::string text() const { return prometheus::TextSerializer().Serialize(registry_.Collect()); }
  static Result<Admitted> outcome(Outcome value) {
    Admitted admitted;
    admitted.outcome = value;
    return admitted;
  }

  prometheus::Registry registry_;
  CollectorMetrics metrics_{registry_};
};

TEST_F(CollectorMetricsTest, EverySeriesStandsAtZeroFromTheBeginning) {
  for (const char* series :
       {"plumbline_collector_sessions 0", "plumbline_collector_events_total 0",
        "plumbline_collector_bytes_total 0",
        "plumbline_collector_batches_total{outcome=\"committed\"} 0",
        "plumbline_collector_batches_total{outcome=\"equivocated\"} 0",
        "plumbline_collector_refused_total{code=\"exhausted\"} 0",
        "plumbline_collector_protocol_errors_total{reason=\"tls_handshake\"} 0",
        "plumbline_collector_protocol_errors_total{reason=\"truncated_frame\"} 0"}) {
    EXPECT_THAT(text(), HasSubstr(series));
  }
}

TEST_F(CollectorMetricsTest, EventsAndBytesCountOnce) {
  metrics_.admitted(outcome(Outcome::kCommitted), 3, 100);
  metrics_.admitted(outcome(Outcome::kRepeated), 3, 100);
  metrics_.admitted(outcome(Outcome::kEquivocated), 3, 100);
  EXPECT_THAT(text(), HasSubstr("events_total 3"));
  EXPECT_THAT(text(), HasSubstr("bytes_total 100"));
  EXPECT_THAT(text(), HasSubstr("batches_total{outcome=\"committed\"} 1"));
  EXPECT_THAT(text(), HasSubstr("batches_total{outcome=\"repeated\"} 1"));
  EXPECT_THAT(text(), HasSubstr("batches_total{outcome=\"equivocated\"} 1"));
}

TEST_F(CollectorMetricsTest, AFullQueueIsToldFromAFailure) {
  metrics_.admitted(Error(Code::kExhausted, "full"), 3, 100);
  metrics_.admitted(Error(Code::kUnavailable, "broken"), 3, 100);
  EXPECT_THAT(text(), HasSubstr("batches_total{outcome=\"put_off\"} 1"));
  EXPECT_THAT(text(), HasSubstr("batches_total{outcome=\"failed\"} 1"));
  EXPECT_THAT(text(), HasSubstr("events_total 0"));
}

TEST_F(CollectorMetricsTest, OnlyMistakesAreProtocolErrors) {
  metrics_.ended(SessionEnd::kClosed);
  metrics_.ended(SessionEnd::kIdle);
  metrics_.ended(SessionEnd::kBadFrame);
  metrics_.handshake_failed();
  EXPECT_THAT(text(), HasSubstr("protocol_errors_total{reason=\"bad_frame\"} 1"));
  EXPECT_THAT(text(), HasSubstr("protocol_errors_total{reason=\"tls_handshake\"} 1"));
  EXPECT_THAT(text(), Not(HasSubstr("reason=\"closed\"")));
}

TEST_F(CollectorMetricsTest, EveryProtocolErrorHasItsSeries) {
  for (int i = 0; i <= static_cast<int>(SessionEnd::kSlowFrame); ++i) {
    const auto end = static_cast<SessionEnd>(i);
    metrics_.ended(end);
    const std::string series =
        "protocol_errors_total{reason=\"" + std::string(session_end_name(end)) + "\"} 1";
    if (!is_protocol_error(end)) continue;
    EXPECT_THAT(text(), HasSubstr(series));
  }
}

TEST_F(CollectorMetricsTest, SessionsGoUpAndDown) {
  metrics_.session_opened();
  metrics_.session_opened();
  metrics_.session_closed();
  EXPECT_THAT(text(), HasSubstr("plumbline_collector_sessions 1"));
}

TEST_F(CollectorMetricsTest, EveryCodeOfARefusalHasItsSeries) {
  for (int i = 0; i <= static_cast<int>(Code::kInternal); ++i) {
    metrics_.refused(code_name(static_cast<Code>(i)));
  }
  EXPECT_THAT(text(), HasSubstr("refused_total{code=\"internal\"} 1"));
  EXPECT_THAT(text(), HasSubstr("refused_total{code=\"invalid\"} 1"));
}

TEST_F(CollectorMetricsTest, EveryQuotaHasItsSeries) {
  using Quota = CollectorMetrics::Quota;
  for (int i = 0; i <= static_cast<int>(Quota::kEvaluator); ++i) {
    const auto quota = static_cast<Quota>(i);
    const std::string series =
        "over_quota_total{quota=\"" + std::string(quota_name(quota)) + "\"} ";
    EXPECT_THAT(text(), HasSubstr(series + "0"));
    metrics_.over_quota(quota);
    EXPECT_THAT(text(), HasSubstr(series + "1"));
  }
}

TEST(OutcomeNameTest, EveryOutcomeHasAWord) {
  EXPECT_EQ(outcome_name(Outcome::kBadSequence), "bad_sequence");
  EXPECT_EQ(outcome_name(Outcome::kUnknown), "unknown");
  EXPECT_EQ(outcome_name(Outcome::kRevoked), "revoked");
  EXPECT_EQ(outcome_name(Outcome::kGap), "gap");
}

}  // namespace
}  // namespace plumbline
