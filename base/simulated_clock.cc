// SPDX-License-Identifier: Apache-2.0
#include "base/simulated_clock.h"

#include <fmt/format.h>

namespace plumbline {

SimulatedClock::SimulatedClock(Instant at, Instant until, const Clock& ticks)
    : until_(until), ticks_(ticks) {
  MutexLock lock(mutex_);
  base_ = at;
  if (at >= until) released_ms_ = ticks.monotonic_ms();
}

Instant SimulatedClock::wall() const {
  MutexLock lock(mutex_);
  return wall_locked();
}

Instant SimulatedClock::wall_locked() const {
  if (!released_ms_.has_value()) return base_;
  return base_ + Duration{ticks_.monotonic_ms() - *released_ms_};
}

bool SimulatedClock::is_running() const {
  MutexLock lock(mutex_);
  return released_ms_.has_value();
}

Status SimulatedClock::advance(Instant to) {
  MutexLock lock(mutex_);
  const Instant now = wall_locked();
  if (to < now) {
    return Error(Code::kInvalid, fmt::format("the simulated clock shows {} and cannot go back to "
                                             "{}",
                                             format_instant(now), format_instant(to)));
  }
  if (to > until_) {
    return Error(Code::kInvalid, fmt::format("{} is beyond the simulated end, {}",
                                             format_instant(to), format_instant(until_)));
  }
  base_ = to;
  if (to == until_ && !released_ms_.has_value()) released_ms_ = ticks_.monotonic_ms();
  return {};
}

}  // namespace plumbline
