// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_PROGRAMS_PLUMBD_METRICS_H_
#define PLUMBLINE_PROGRAMS_PLUMBD_METRICS_H_

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "collector/collector_metrics.h"
#include "collector/presence_metrics.h"
#include "dashboards/portal/http_listener.h"
#include "evaluator/evaluator_metrics.h"
#include "model/ids.h"
#include "store/ledger_metrics.h"

namespace prometheus {
class Counter;
class Gauge;
class Registry;
}  // namespace prometheus

namespace plumbline {

// The registry that /metrics shows, with the metrics of every part. Its own:
//   plumbline_checkpoint_size_entries   entries covered by the published checkpoint
//   plumbline_checkpoint_refused        1 while no checkpoint can be signed
//   plumbline_checkpoint_shown_total{outcome}  checkpoints that agents held: consistent, given_up,
//                                       suspect (then the signer decides), forged
//   plumbline_ready{part}               1, or 0 while /readyz names the part as a reason
//   plumbline_store_free_bytes          room on the disk of the data folder
//   plumbline_ledger_simulated          1 where the ledger's genesis says that nothing in it is
//   real plumbline_build_info{version}       1
class ServerMetrics {
 public:
  ServerMetrics();
  ~ServerMetrics();

  void checkpoint(LedgerSize size);
  void checkpoint_refused(bool refused);
  void checkpoint_shown(std::string_view outcome);
  // What /readyz answers now; a part without a reason is ready.
  void ready(const std::vector<NotReady>& reasons);
  void simulated();
  void free_bytes(std::uintmax_t bytes);
  std::shared_ptr<prometheus::Registry> registry() const { return registry_; }

 private:
  std::shared_ptr<prometheus::Registry> registry_;
  prometheus::Gauge* size_;
  prometheus::Gauge* refused_;
  std::map<std::string, prometheus::Counter*, std::less<>> shown_;
  prometheus::Gauge* simulated_;
  prometheus::Gauge* free_;
  std::array<prometheus::Gauge*, 3> ready_{};  // by kParts

 public:
  LedgerMetrics ledger;
  CollectorMetrics collector;
  PresenceMetrics presence;
  EvaluatorMetrics evaluator;
};

}  // namespace plumbline

#endif  // PLUMBLINE_PROGRAMS_PLUMBD_METRICS_H_
