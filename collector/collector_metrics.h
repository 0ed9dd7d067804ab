// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_COLLECTOR_COLLECTOR_METRICS_H_
#define PLUMBLINE_COLLECTOR_COLLECTOR_METRICS_H_

#include <cstddef>
#include <memory>
#include <string_view>

#include "base/result.h"
#include "collector/session_machine.h"
#include "store/store.h"

namespace prometheus {
class Registry;
}

namespace plumbline {

// The collector's metrics. All series stand at zero from the beginning; labels come from enums
// only. Safe from any thread.
//   plumbline_collector_sessions                        open sessions
//   plumbline_collector_batches_total{outcome}          committed, repeated, equivocated, gap,
//                                                       bad_sequence, unknown, revoked, put_off,
//                                                       failed
//   plumbline_collector_events_total                    events committed for the first time
//   plumbline_collector_bytes_total                     bytes of the batches committed
//   plumbline_collector_refused_total{code}             Refused answers, and sessions over quota
//   plumbline_collector_over_quota_total{quota}         what met a limit: connections not taken
//                                                       (sessions, address, unauthenticated,
//                                                       unauthenticated_address) or given up for
//                                                       another (unauthenticated), sessions ended
//                                                       (stream, receiving), batches put off
//                                                       (queue, share, evaluator)
//   plumbline_collector_queued_bytes                    waiting before the ledger's writer
//   plumbline_collector_queued_batches                  the same, counted
//   plumbline_collector_evaluator_lag_seconds           age of the oldest entry not evaluated
//   plumbline_collector_protocol_errors_total{reason}   session_end_name() of protocol errors,
//                                                       and "tls_handshake"
class CollectorMetrics {
 public:
  enum class Quota {
    kSessions,
    kAddress,
    kUnauthenticated,
    kUnauthenticatedAddress,
    kStream,
    kReceiving,
    kQueue,
    kShare,
    kEvaluator,
  };

  // `registry` must outlive this object.
  explicit CollectorMetrics(prometheus::Registry& registry);
  ~CollectorMetrics();

  void session_opened();
  void session_closed();
  void admitted(const Result<Admitted>& admitted, std::uint32_t events, std::size_t bytes);
  void refused(std::string_view code);
  void ended(SessionEnd end);
  void handshake_failed();
  void over_quota(Quota quota);
  void queued(std::size_t bytes);
  void queued_batches(std::size_t batches);
  void evaluator_lag(Duration lag);

 private:
  struct Series;
  std::unique_ptr<Series> series_;
};

// The word of a quota: "sessions", "address", ...
std::string_view quota_name(CollectorMetrics::Quota quota);

// The word of an outcome: "committed", "repeated", ...
std::string_view outcome_name(Admitted::Outcome outcome);

}  // namespace plumbline

#endif  // PLUMBLINE_COLLECTOR_COLLECTOR_METRICS_H_
