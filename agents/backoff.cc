// SPDX-License-Identifier: Apache-2.0
#include "agents/backoff.h"

#include <cstring>

#include "base/crypto.h"

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

std::uint64_t random_number() {
  Bytes bytes = random_bytes(sizeof(std::uint64_t));
  std::uint64_t number = 0;
  std::memcpy(&number, bytes.data(), sizeof number);
  return number;
}

}  // namespace plumbline
