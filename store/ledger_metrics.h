// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_STORE_LEDGER_METRICS_H_
#define PLUMBLINE_STORE_LEDGER_METRICS_H_

#include <array>
#include <cstddef>

#include "store/store.h"

namespace prometheus {
class Counter;
class Gauge;
class Registry;
}  // namespace prometheus

namespace plumbline {

// The ledger writer's metrics, all named plumbline_ledger_*, all zero at birth. Safe from any
// thread. `registry` must outlive the object, and the object the writer that it is given to.
class LedgerMetrics {
 public:
  explicit LedgerMetrics(prometheus::Registry& registry);

  // A commit is durable: how many batches it admitted, of how many bytes (head and content), and
  // how large the ledger is now.
  void committed(std::size_t batches, std::size_t bytes, LedgerSize size);
  // A commit failed; the writer refuses everything from now on.
  void failed();
  // What became of one batch that was asked to be admitted.
  void answered(Admitted::Outcome outcome);
  // What waits for the writer.
  void queued(std::size_t bytes);
  // The size at opening.
  void opened(LedgerSize size);

 private:
  prometheus::Counter* commits_;
  prometheus::Counter* commit_failures_;
  prometheus::Counter* batches_;
  prometheus::Counter* bytes_;
  prometheus::Gauge* queue_bytes_;
  prometheus::Gauge* entries_;
  std::array<prometheus::Counter*, 7> answers_{};  // by Admitted::Outcome
};

}  // namespace plumbline

#endif  // PLUMBLINE_STORE_LEDGER_METRICS_H_
