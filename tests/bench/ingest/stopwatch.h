// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_TESTS_BENCH_INGEST_STOPWATCH_H_
#define PLUMBLINE_TESTS_BENCH_INGEST_STOPWATCH_H_

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include <fmt/format.h>

namespace plumbline::bench {

// Microseconds of the steady clock: the clocks of base/clock.h have whole milliseconds, which is
// more than an acknowledgement takes.
inline std::int64_t now_us() {
  auto since = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::microseconds>(since).count();
}

// Waits of batches in microseconds; `json()` tells nearest ranks in milliseconds.
inline std::string waits_json(std::vector<std::int64_t> waits) {
  if (waits.empty()) return "null";
  std::sort(waits.begin(), waits.end());
  auto ms = [&](std::size_t percent) {
    std::size_t rank = (waits.size() * percent + 99) / 100;
    return static_cast<double>(waits[std::max<std::size_t>(rank, 1) - 1]) / 1000.0;
  };
  return fmt::format("{{\"p50\":{:.3f},\"p90\":{:.3f},\"p99\":{:.3f},\"max\":{:.3f}}}", ms(50),
                     ms(90), ms(99), ms(100));
}

}  // namespace plumbline::bench

#endif  // PLUMBLINE_TESTS_BENCH_INGEST_STOPWATCH_H_
