// SPDX-License-Identifier: Apache-2.0
#include "evaluator/ranked_counts.h"

#include <algorithm>

#include "base/check.h"

namespace plumbline {
namespace {

std::ptrdiff_t offset(std::size_t index) {
  return static_cast<std::ptrdiff_t>(index);
}

template <typename Run>
auto place_in(Run& run, std::int64_t number) {
  return std::lower_bound(run.begin(), run.end(), number,
                          [](const auto& has, std::int64_t wanted) { return has.number < wanted; });
}

}  // namespace

std::size_t RankedCounts::run_of(std::int64_t number) const {
  auto behind = std::upper_bound(firsts_.begin(), firsts_.end(), number);
  return behind == firsts_.begin() ? 0 : static_cast<std::size_t>(behind - firsts_.begin() - 1);
}

void RankedCounts::add(std::int64_t number, std::int64_t times) {
  if (runs_.empty()) {
    runs_.push_back({{number, times}});
    firsts_.push_back(number);
    totals_.push_back(times);
    return;
  }
  std::size_t at = run_of(number);
  Run& run = runs_[at];
  totals_[at] += times;
  auto place = place_in(run, number);
  if (place != run.end() && place->number == number) {
    place->times += times;
    return;
  }
  run.insert(place, {number, times});
  firsts_[at] = run.front().number;
  if (run.size() > kMost) split(at);
}

void RankedCounts::split(std::size_t run) {
  Run& full = runs_[run];
  auto half = full.begin() + offset(full.size() / 2);
  Run behind(half, full.end());
  std::int64_t counted = 0;
  for (const Counted& each : behind) counted += each.times;
  full.erase(half, full.end());
  totals_[run] -= counted;
  firsts_.insert(firsts_.begin() + offset(run) + 1, behind.front().number);
  totals_.insert(totals_.begin() + offset(run) + 1, counted);
  runs_.insert(runs_.begin() + offset(run) + 1, std::move(behind));
}

void RankedCounts::remove(std::int64_t number) {
  CHECK(!runs_.empty(), "a number is removed that was never added");
  std::size_t at = run_of(number);
  Run& run = runs_[at];
  auto place = place_in(run, number);
  CHECK(place != run.end() && place->number == number, "a number is removed that was never added");
  --totals_[at];
  if (--place->times > 0) return;
  run.erase(place);
  if (!run.empty()) {
    firsts_[at] = run.front().number;
    return;
  }
  runs_.erase(runs_.begin() + offset(at));
  firsts_.erase(firsts_.begin() + offset(at));
  totals_.erase(totals_.begin() + offset(at));
}

std::int64_t RankedCounts::at_rank(std::int64_t rank) const {
  CHECK(rank >= 1, "ranks are counted from one");
  std::size_t at = 0;
  for (; at < totals_.size() && rank > totals_[at]; ++at) rank -= totals_[at];
  CHECK(at < runs_.size(), "a rank lies within the numbers that are counted");
  auto place = runs_[at].begin();
  for (; rank > place->times; ++place) rank -= place->times;
  return place->number;
}

}  // namespace plumbline
