// SPDX-License-Identifier: Apache-2.0
#include "collector/admission_desk.h"

#include <fmt/format.h>

#include <cstring>
#include <utility>

namespace plumbline {
namespace {

// Evenly spread over streams and different for each batch: the hash of the batch.
std::uint64_t jitter_of(const Admission& admission) {
  std::uint64_t number = 0;
  std::memcpy(&number, admission.hash.view().data(), sizeof number);
  return number;
}

}  // namespace

AdmissionDesk::AdmissionDesk(Config config, CollectorMetrics& metrics, const Clock& clock)
    : config_(config),
      metrics_(metrics),
      clock_(clock),
      queue_(Queue::Config{config.max_bytes, limits::kTurnBytes, limits::kSmallBatchBytes}) {}

void AdmissionDesk::open(LedgerWriter& writer,
                         std::function<std::optional<EvaluatorPosition>()> position) {
  CHECK(writer_ == nullptr, "a desk opens once");
  writer_ = &writer;
  position_ = std::move(position);
}

AdmissionDesk::PutOff AdmissionDesk::put_off(CollectorMetrics::Quota quota, std::string sentence,
                                             Duration after) {
  metrics_.over_quota(quota);
  return {Error(Code::kExhausted, std::move(sentence)), after};
}

std::optional<AdmissionDesk::PutOff> AdmissionDesk::held_back(const Admission& admission,
                                                              std::size_t bytes) {
  if (let_in_ == LetIn::kAll) return std::nullopt;
  const bool live = bytes <= limits::kSmallBatchBytes && queue_.waiting(admission.stream) == 0;
  if (let_in_ == LetIn::kLive && live) return std::nullopt;
  return put_off(CollectorMetrics::Quota::kEvaluator,
                 fmt::format("the evaluation is {} ms behind the ledger, the limit is {} ms",
                             lag_.ms, config_.lag_limit.ms),
                 retry_after_lag(lag_, jitter_of(admission)));
}

std::optional<AdmissionDesk::PutOff> AdmissionDesk::admit(Admission admission,
                                                          LedgerWriter::AdmitDone done) {
  CHECK(writer_ != nullptr, "a desk is opened before anything is admitted");
  // The store's own reason comes before any queue: nobody is to wait for a ledger that has failed.
  if (auto failure = writer_->failure()) return PutOff{*failure, std::nullopt};
  const std::size_t bytes = admission.head.size() + admission.content.size();
  const StreamId stream = admission.stream;
  const std::uint64_t jitter = jitter_of(admission);
  std::vector<Failed> failed;
  {
    MutexLock lock(mutex_);
    if (auto held = held_back(admission, bytes)) return held;
    const std::size_t before = queue_.bytes() + with_writer_;
    switch (queue_.offer(stream, bytes, {std::move(admission), std::move(done), bytes})) {
      case Queue::Offered::kQueued:
        break;
      case Queue::Offered::kOverShare:
        return put_off(CollectorMetrics::Quota::kShare,
                       fmt::format("this stream has its share of the queue waiting; {} bytes of "
                                   "all streams wait for the ledger's writer",
                                   before),
                       retry_after_queue(before, drain_.bytes_per_second(), jitter));
      case Queue::Offered::kFull:
        return put_off(CollectorMetrics::Quota::kQueue,
                       fmt::format("{} bytes wait for the ledger's writer, the limit is {}", before,
                                   config_.max_bytes),
                       retry_after_queue(before, drain_.bytes_per_second(), jitter));
    }
    drain_.began(clock_.monotonic_ms());
    failed = hand_over();
  }
  answer(failed);
  return std::nullopt;
}

// The writer's queue is first in, first out, so it gets the next ones only when it is about to
// take them.
std::vector<AdmissionDesk::Failed> AdmissionDesk::hand_over() {
  std::vector<Failed> failed;
  while (with_writer_ == 0 || with_writer_ < config_.writer_bytes) {
    const auto lane = let_in_ == LetIn::kAll ? Queue::Lane::kAll : Queue::Lane::kLive;
    std::optional<Waiting> next = queue_.take(lane);
    if (!next.has_value()) break;
    const std::size_t bytes = next->bytes;
    with_writer_ += bytes;
    // Under the lock, so that the batches of a stream reach the writer in their order.
    Status taken =
        writer_->admit(std::move(next->admission),
                       [this, bytes, done = next->done](const Result<Admitted>& admitted) {
                         answered(bytes, done, admitted);
                       });
    if (taken.ok()) continue;
    with_writer_ -= bytes;
    failed.push_back({std::move(next->done), taken.error()});
  }
  metrics_.queued(queue_.bytes());
  metrics_.queued_batches(queue_.items());
  return failed;
}

void AdmissionDesk::answered(std::size_t bytes, const LedgerWriter::AdmitDone& done,
                             const Result<Admitted>& admitted) {
  done(admitted);
  std::vector<Failed> failed;
  {
    MutexLock lock(mutex_);
    with_writer_ -= bytes;
    const bool more = with_writer_ > 0 || queue_.items() > 0;
    drain_.drained(bytes, more ? DrainMeter::More::kSomething : DrainMeter::More::kNothing,
                   clock_.monotonic_ms());
    failed = hand_over();
  }
  answer(failed);
}

void AdmissionDesk::answer(const std::vector<Failed>& failed) {
  for (const Failed& item : failed) item.done(item.error);
}

void AdmissionDesk::tick() {
  std::optional<EvaluatorPosition> position;
  if (position_) position = position_();
  std::vector<Failed> failed;
  {
    MutexLock lock(mutex_);
    lag_ = Duration{0};
    if (position.has_value()) {
      lag_ = lag_meter_.look(position->size, position->evaluated, clock_.monotonic_ms());
    }
    if (!finishing_) let_in_ = let_in_at(lag_, config_.lag_limit);
    metrics_.evaluator_lag(lag_);
    failed = hand_over();
  }
  answer(failed);
}

void AdmissionDesk::finish() {
  std::vector<Failed> failed;
  {
    MutexLock lock(mutex_);
    finishing_ = true;
    let_in_ = LetIn::kAll;
    failed = hand_over();
  }
  answer(failed);
}

}  // namespace plumbline
