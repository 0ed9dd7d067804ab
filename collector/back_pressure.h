// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_COLLECTOR_BACK_PRESSURE_H_
#define PLUMBLINE_COLLECTOR_BACK_PRESSURE_H_

#include <cstdint>
#include <deque>

#include "base/clock.h"
#include "model/ids.h"

// How long an agent is told to wait, from what is measured. Values; time is an argument.
namespace plumbline {

// How fast the writer answers, in bytes a second, averaged over the last seconds in which it had
// something to do; an idle second says nothing about its speed.
class DrainMeter {
 public:
  // Something waits from now on, after nothing did.
  void began(std::int64_t now_ms);
  // `bytes` were answered. `more` is whether something still waits.
  enum class More { kNothing, kSomething };
  void drained(std::size_t bytes, More more, std::int64_t now_ms);

  // 0 until the first measurement.
  std::uint64_t bytes_per_second() const { return rate_; }

 private:
  void close_window(std::int64_t now_ms);

  bool busy_ = false;
  std::int64_t since_ms_ = 0;  // of the window, or of its part that is busy
  std::int64_t busy_ms_ = 0;   // the busy parts of the window before that
  std::uint64_t bytes_ = 0;    // answered in the window
  std::uint64_t rate_ = 0;
};

// The time in which `queued_bytes` are written at `bytes_per_second` (100 ms, where that is not
// known yet), plus up to half of it by `agent`, so that agents that are told together do not come
// back together; from 50 ms to the 30 s that an agent waits at most.
Duration retry_after_queue(std::size_t queued_bytes, std::uint64_t bytes_per_second,
                           std::uint64_t agent);

// The same where the evaluator is behind by `lag`, which it is taken to need again.
Duration retry_after_lag(Duration lag, std::uint64_t agent);

// How long the evaluator has been behind the ledger: the age of the oldest growth, seen by this
// object, that is not evaluated. What was there before the first look does not count: after a
// restart the evaluator reads old entries again, and agents need not wait for that.
class LagMeter {
 public:
  Duration look(LedgerSize size, LedgerSize evaluated, std::int64_t now_ms);

 private:
  struct Growth {
    LedgerSize size;
    std::int64_t at_ms;
  };
  bool looked_ = false;
  LedgerSize first_;
  LedgerSize seen_;
  std::deque<Growth> growths_;  // ascending; at most kMaxGrowths
};

// What the evaluator's lag lets in.
enum class LetIn {
  kAll,
  kLive,  // one small batch at a time of streams that have nothing waiting
  kNone,
};
// Up to `limit` all, up to twice that live outlets, beyond it nobody.
LetIn let_in_at(Duration lag, Duration limit);

}  // namespace plumbline

#endif  // PLUMBLINE_COLLECTOR_BACK_PRESSURE_H_
