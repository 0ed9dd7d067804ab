// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_BASE_SIMULATED_CLOCK_H_
#define PLUMBLINE_BASE_SIMULATED_CLOCK_H_

#include <cstdint>
#include <optional>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/result.h"

namespace plumbline {

// The clock of a simulated ledger. Its wall stands where it was put last; once it was put to the
// simulated end it is released and runs with the monotonic clock of `ticks`, which is also its own
// monotonic clock: what waits for seconds waits for real ones. Any thread.
class SimulatedClock : public Clock {
 public:
  // Stands at `at`; runs from there where that is `until` or later. `ticks` must outlive it.
  SimulatedClock(Instant at, Instant until, const Clock& ticks);
  Instant wall() const override;
  std::int64_t monotonic_ms() const override { return ticks_.monotonic_ms(); }

  // Puts the wall to `to`. kInvalid when that is before now or beyond the
  // simulated end.
  Status advance(Instant to);

  Instant until() const { return until_; }
  bool is_running() const;

 private:
  Instant wall_locked() const REQUIRES(mutex_);

  const Instant until_;
  const Clock& ticks_;
  mutable Mutex mutex_;
  Instant base_ GUARDED_BY(mutex_);
  std::optional<std::int64_t> released_ms_ GUARDED_BY(mutex_);  // monotonic; set once it runs
};

}  // namespace plumbline

#endif  // PLUMBLINE_BASE_SIMULATED_CLOCK_H_
