// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_COLLECTOR_ADMISSION_DESK_H_
#define PLUMBLINE_COLLECTOR_ADMISSION_DESK_H_

#include <functional>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "base/limits.h"
#include "base/load_limits.h"
#include "base/mutex.h"
#include "collector/back_pressure.h"
#include "collector/collector_metrics.h"
#include "collector/fair_queue.h"
#include "store/store.h"

namespace plumbline {

// How far the ledger has grown and how much of it is evaluated.
struct EvaluatorPosition {
  LedgerSize size;
  LedgerSize evaluated;
};

// Between the sessions and the ledger's writer: a fair queue of which the writer gets only what it
// is about to commit, and the back-pressure. Safe from any thread.
class AdmissionDesk {
 public:
  struct Config {
    std::size_t max_bytes = limits::kMaxQueuedAdmitBytes;
    std::size_t writer_bytes = limits::kMaxWriterBytes;
    Duration lag_limit{1000};
  };
  struct PutOff {
    Error error;
    std::optional<Duration> retry_after;  // absent where the store is the reason
  };

  // `metrics` and `clock` must outlive this object.
  AdmissionDesk(Config config, CollectorMetrics& metrics, const Clock& clock);

  // Once, before anything is admitted. `writer` must outlive the last answer. `position` may be
  // empty, and answers nullopt while nobody is to wait for the evaluator (it has failed).
  void open(LedgerWriter& writer, std::function<std::optional<EvaluatorPosition>()> position);

  // Queues a batch: `done` is called exactly once, as by LedgerWriter::admit. Or puts it off,
  // without calling `done`.
  std::optional<PutOff> admit(Admission admission, LedgerWriter::AdmitDone done);

  // Looks at the evaluator, and goes on with what was held back for it. To be called every
  // kTick.
  void tick();
  static constexpr Duration kTick{100};

  // From now on the evaluator holds back nothing: what was queued gets to the writer.
  void finish();

 private:
  struct Waiting {
    Admission admission;
    LedgerWriter::AdmitDone done;
    std::size_t bytes = 0;
  };
  using Queue = FairQueue<StreamId, Waiting>;
  // Items that the writer did not take, to be answered without the lock.
  struct Failed {
    LedgerWriter::AdmitDone done;
    Error error;
  };

  std::optional<PutOff> held_back(const Admission& admission, std::size_t bytes) REQUIRES(mutex_);
  PutOff put_off(CollectorMetrics::Quota quota, std::string sentence, Duration after);
  std::vector<Failed> hand_over() REQUIRES(mutex_);
  void answered(std::size_t bytes, const LedgerWriter::AdmitDone& done,
                const Result<Admitted>& admitted) EXCLUDES(mutex_);
  static void answer(const std::vector<Failed>& failed);

  const Config config_;
  CollectorMetrics& metrics_;
  const Clock& clock_;
  LedgerWriter* writer_ = nullptr;
  std::function<std::optional<EvaluatorPosition>()> position_;

  Mutex mutex_;
  Queue queue_ GUARDED_BY(mutex_);
  std::size_t with_writer_ GUARDED_BY(mutex_) = 0;  // bytes handed over and not answered
  DrainMeter drain_ GUARDED_BY(mutex_);
  LagMeter lag_meter_ GUARDED_BY(mutex_);
  Duration lag_ GUARDED_BY(mutex_);
  LetIn let_in_ GUARDED_BY(mutex_) = LetIn::kAll;
  bool finishing_ GUARDED_BY(mutex_) = false;
};

}  // namespace plumbline

#endif  // PLUMBLINE_COLLECTOR_ADMISSION_DESK_H_
