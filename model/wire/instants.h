// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_MODEL_WIRE_INSTANTS_H_
#define PLUMBLINE_MODEL_WIRE_INSTANTS_H_

#include <cstdint>

namespace plumbline {

// Instants of the wire format lie in the years 1900 to 2199 (UTC), those that have a text form
// (base/clock.h). Sums and differences of two of them fit in 64 bits with room to spare.
constexpr std::int64_t kMinWireInstantMs = -2'208'988'800'000;  // 1900-01-01T00:00:00Z
constexpr std::int64_t kMaxWireInstantMs = 7'258'118'399'999;   // 2199-12-31T23:59:59.999Z

constexpr bool is_wire_instant(std::int64_t ms) {
  return ms >= kMinWireInstantMs && ms <= kMaxWireInstantMs;
}

}  // namespace plumbline

#endif  // PLUMBLINE_MODEL_WIRE_INSTANTS_H_
