// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_TESTS_BENCH_BENCH_EVENTS_H_
#define PLUMBLINE_TESTS_BENCH_BENCH_EVENTS_H_

#include <fmt/format.h>

#include <vector>

#include "base/clock.h"
#include "base/crypto.h"
#include "model/event.h"
#include "model/wire/batch.h"

// What the benchmarks of single parts report.
namespace plumbline {

constexpr Instant kStart{1735787045000};

struct Source {
  PrivateKey key;
  BatchHeader header;  // of the next batch
};

// Two events a case, a 10-character subject, four small fields when it is opened.
inline std::vector<Event> bench_events(std::uint64_t first, std::uint32_t count) {
  std::vector<Event> events;
  for (std::uint64_t i = first; i < first + count; ++i) {
    Event event;
    event.subject = fmt::format("{:010}", i / 2);
    event.time = kStart + Duration{static_cast<std::int64_t>(i) * 10'000};
    event.type = i % 2 == 0 ? "case.opened" : "case.closed";
    if (i % 2 == 0) {
      auto number = static_cast<std::int64_t>(i);
      event.fields = {{"amount", {Kind::kInteger, number % 100, ""}},
                      {"due", {Kind::kInstant, event.time.ms + 86'400'000, ""}},
                      {"place", {Kind::kEnum, 0, fmt::format("place-{}", i % 20)}},
                      {"source", {Kind::kEnum, 0, fmt::format("source-{}", i % 5)}}};
    }
    events.push_back(std::move(event));
  }
  return events;
}

}  // namespace plumbline

#endif  // PLUMBLINE_TESTS_BENCH_BENCH_EVENTS_H_
