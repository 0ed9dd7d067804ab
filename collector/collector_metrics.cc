// SPDX-License-Identifier: Apache-2.0
#include "collector/collector_metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>

#include <map>
#include <string>

namespace plumbline {
namespace {

constexpr Admitted::Outcome kOutcomes[] = {
    Admitted::Outcome::kCommitted, Admitted::Outcome::kRepeated,    Admitted::Outcome::kEquivocated,
    Admitted::Outcome::kGap,       Admitted::Outcome::kBadSequence, Admitted::Outcome::kUnknown,
    Admitted::Outcome::kRevoked};

constexpr Code kCodes[] = {Code::kInvalid,   Code::kNotFound,        Code::kExists,
                           Code::kConflict,  Code::kUnauthenticated, Code::kDenied,
                           Code::kExhausted, Code::kUnavailable,     Code::kCorrupt,
                           Code::kIo,        Code::kUnsupported,     Code::kInternal};

constexpr SessionEnd kProtocolErrors[] = {
    SessionEnd::kTruncatedFrame,    SessionEnd::kBadFrame,   SessionEnd::kOversizedFrame,
    SessionEnd::kUnexpectedMessage, SessionEnd::kBadVersion, SessionEnd::kHelloTimeout,
    SessionEnd::kSlowFrame};

using Quota = CollectorMetrics::Quota;
constexpr Quota kQuotas[] = {
    Quota::kSessions, Quota::kAddress,   Quota::kUnauthenticated, Quota::kUnauthenticatedAddress,
    Quota::kStream,   Quota::kReceiving, Quota::kQueue,           Quota::kShare,
    Quota::kEvaluator};

constexpr std::string_view kFailed = "failed";
constexpr std::string_view kPutOff = "put_off";
constexpr std::string_view kTlsHandshake = "tls_handshake";

using Counters = std::map<std::string, prometheus::Counter*, std::less<>>;

prometheus::Family<prometheus::Counter>& counters(prometheus::Registry& registry, const char* name,
                                                  const char* help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
}

prometheus::Gauge& gauge(prometheus::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add({});
}

void add(Counters& to, prometheus::Family<prometheus::Counter>& family, const char* label,
         std::string_view value) {
  to.emplace(value, &family.Add({{label, std::string(value)}}));
}

}  // namespace

std::string_view quota_name(Quota quota) {
  switch (quota) {
    case Quota::kSessions:
      return "sessions";
    case Quota::kAddress:
      return "address";
    case Quota::kUnauthenticated:
      return "unauthenticated";
    case Quota::kUnauthenticatedAddress:
      return "unauthenticated_address";
    case Quota::kStream:
      return "stream";
    case Quota::kReceiving:
      return "receiving";
    case Quota::kQueue:
      return "queue";
    case Quota::kShare:
      return "share";
    case Quota::kEvaluator:
      return "evaluator";
  }
  CHECK(false, "every quota has a name");
}

std::string_view outcome_name(Admitted::Outcome outcome) {
  switch (outcome) {
    case Admitted::Outcome::kCommitted:
      return "committed";
    case Admitted::Outcome::kRepeated:
      return "repeated";
    case Admitted::Outcome::kEquivocated:
      return "equivocated";
    case Admitted::Outcome::kGap:
      return "gap";
    case Admitted::Outcome::kBadSequence:
      return "bad_sequence";
    case Admitted::Outcome::kUnknown:
      return "unknown";
    case Admitted::Outcome::kRevoked:
      return "revoked";
  }
  CHECK(false, "every outcome has a name");
}

struct CollectorMetrics::Series {
  explicit Series(prometheus::Registry& registry)
      : sessions(gauge(registry, "plumbline_collector_sessions", "Sessions that are open.")),
        queued(gauge(registry, "plumbline_collector_queued_bytes",
                     "Bytes of batches that wait before the ledger's writer.")),
        queued_batches(gauge(registry, "plumbline_collector_queued_batches",
                             "Batches that wait before the ledger's writer.")),
        lag(gauge(registry, "plumbline_collector_evaluator_lag_seconds",
                  "Age of the oldest ledger entry that is not evaluated yet.")),
        events(counters(registry, "plumbline_collector_events_total",
                        "Events committed to the ledger for the first time.")
                   .Add({})),
        bytes(counters(registry, "plumbline_collector_bytes_total",
                       "Bytes of the batches committed to the ledger for the first time.")
                  .Add({})) {
    auto& batch_family = counters(registry, "plumbline_collector_batches_total",
                                  "Batches handed to the ledger, by outcome.");
    for (auto outcome : kOutcomes) add(batches, batch_family, "outcome", outcome_name(outcome));
    add(batches, batch_family, "outcome", kPutOff);
    add(batches, batch_family, "outcome", kFailed);
    auto& refused_family = counters(registry, "plumbline_collector_refused_total",
                                    "Refusals sent to agents, by code.");
    for (auto code : kCodes) add(refused, refused_family, "code", code_name(code));
    auto& quota_family = counters(registry, "plumbline_collector_over_quota_total",
                                  "Connections, sessions and batches that met a limit, by limit.");
    for (auto quota : kQuotas) add(quotas, quota_family, "quota", quota_name(quota));
    auto& error_family = counters(registry, "plumbline_collector_protocol_errors_total",
                                  "Sessions that ended by a mistake of the peer, by reason.");
    for (auto end : kProtocolErrors) add(errors, error_family, "reason", session_end_name(end));
    add(errors, error_family, "reason", kTlsHandshake);
  }

  prometheus::Gauge& sessions;
  prometheus::Gauge& queued;
  prometheus::Gauge& queued_batches;
  prometheus::Gauge& lag;
  prometheus::Counter& events;
  prometheus::Counter& bytes;
  Counters batches;
  Counters refused;
  Counters quotas;
  Counters errors;
};

CollectorMetrics::CollectorMetrics(prometheus::Registry& registry)
    : series_(std::make_unique<Series>(registry)) {}
CollectorMetrics::~CollectorMetrics() = default;

void CollectorMetrics::session_opened() {
  series_->sessions.Increment();
}
void CollectorMetrics::session_closed() {
  series_->sessions.Decrement();
}

void CollectorMetrics::admitted(const Result<Admitted>& admitted, std::uint32_t events,
                                std::size_t bytes) {
  std::string_view outcome = admitted.ok() ? outcome_name(admitted->outcome)
                             : admitted.error().code() == Code::kExhausted ? kPutOff
                                                                           : kFailed;
  series_->batches.find(outcome)->second->Increment();
  if (outcome == outcome_name(Admitted::Outcome::kCommitted)) {
    series_->events.Increment(events);
    series_->bytes.Increment(static_cast<double>(bytes));
  }
}

void CollectorMetrics::refused(std::string_view code) {
  auto found = series_->refused.find(code);
  CHECK(found != series_->refused.end(), "a refusal's code is one of base/result.h");
  found->second->Increment();
}

void CollectorMetrics::ended(SessionEnd end) {
  if (is_protocol_error(end)) series_->errors.find(session_end_name(end))->second->Increment();
}

void CollectorMetrics::over_quota(Quota quota) {
  series_->quotas.find(quota_name(quota))->second->Increment();
}

void CollectorMetrics::queued(std::size_t bytes) {
  series_->queued.Set(static_cast<double>(bytes));
}

void CollectorMetrics::queued_batches(std::size_t batches) {
  series_->queued_batches.Set(static_cast<double>(batches));
}

void CollectorMetrics::evaluator_lag(Duration lag) {
  series_->lag.Set(static_cast<double>(lag.ms) / 1000);
}

void CollectorMetrics::handshake_failed() {
  series_->errors.find(kTlsHandshake)->second->Increment();
}

}  // namespace plumbline
