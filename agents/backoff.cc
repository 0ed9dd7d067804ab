// SPDX-License-Identifier: Apache-2.0
#include "agents/backoff.h"

namespace plumbline {

Duration BackoffPolicy::ceiling(std::uint32_t attempt) const {
  Duration longest = base;
  for (std::uint32_t i = 0; i < attempt && longest < cap; ++i) longest.ms *= 2;
  return longest < cap ? longest : cap;
}

Duration BackoffPolicy::delay(std::uint32_t attempt, std::uint64_t random) const {
  auto choices = static_cast<std::uint64_t>(ceiling(attempt).ms) + 1;
  return {static_cast<std::int64_t>(random % choices)};
}

}  // namespace plumbline
