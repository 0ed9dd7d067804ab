// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_AGENTS_BACKOFF_H_
#define PLUMBLINE_AGENTS_BACKOFF_H_

#include <cstdint>

#include "base/clock.h"

namespace plumbline {

// Waiting times between attempts to reach the server: exponential with full jitter. Attempt n
// (from 0) waits a time that is evenly spread over [0, min(cap, base * 2^n)], so that agents that
// lost the server at the same moment do not come back at the same moment.
struct BackoffPolicy {
  Duration base{500};
  // 30 s: all agents are back within half a minute of a server's return.
  Duration cap{30'000};

  // The longest wait of an attempt.
  Duration ceiling(std::uint32_t attempt) const;
  // `random` is any evenly distributed 64-bit number.
  Duration delay(std::uint32_t attempt, std::uint64_t random) const;
};

// Such a number, from the operating system's generator.
std::uint64_t random_number();

}  // namespace plumbline

#endif  // PLUMBLINE_AGENTS_BACKOFF_H_
