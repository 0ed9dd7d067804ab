// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_TESTS_BENCH_EVALUATE_EVENTS_H_
#define PLUMBLINE_TESTS_BENCH_EVALUATE_EVENTS_H_

#include <cstdint>
#include <queue>
#include <vector>

#include "base/clock.h"
#include "model/event.h"

// The events of `script/bench evaluate`: consultations of three steps, by a fixed rule that
// duck.mjs spells in SQL. Times are whole seconds.
namespace plumbline {

constexpr std::int64_t kFirstSecond = 1735660800;  // 2025-01-01T00:00:00+08:00
constexpr std::int64_t kOpenSeconds = 360 * 86'400;
constexpr std::int64_t kDueSeconds = 3 * 86'400;

struct BenchCase {
  std::int64_t opened = 0;  // seconds since 1970
  std::int64_t replied = 0;
  std::int64_t closed = 0;
  std::int64_t due = 0;
  int channel = 0;  // position in the pack's values
  std::int64_t rating = 0;
};

// Case `number` of `cases` that the outlet opens, evenly spread over 360 days.
BenchCase bench_case(std::int64_t outlet, std::int64_t number, std::int64_t cases);

// The events of one outlet in the order of their time, as an agent reports them.
class OutletEvents {
 public:
  OutletEvents(std::int64_t outlet, std::int64_t cases) : outlet_(outlet), cases_(cases) {}

  // The next `count`, or as many as there are left.
  std::vector<Event> next(std::size_t count);

 private:
  enum class Step { kOpened, kReplied, kClosed };
  struct Waiting {
    std::int64_t second = 0;
    std::int64_t number = 0;
    Step step = Step::kOpened;
    auto operator<=>(const Waiting&) const = default;
  };
  void open_next();
  Event event_of(const Waiting& waiting) const;

  std::int64_t outlet_;
  std::int64_t cases_;
  std::int64_t opened_ = 0;
  std::priority_queue<Waiting, std::vector<Waiting>, std::greater<>> waiting_;
};

}  // namespace plumbline

#endif  // PLUMBLINE_TESTS_BENCH_EVALUATE_EVENTS_H_
