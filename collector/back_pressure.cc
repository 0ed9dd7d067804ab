// SPDX-License-Identifier: Apache-2.0
#include "collector/back_pressure.h"

#include <algorithm>

namespace plumbline {
namespace {

// Long enough for several commits, short enough to follow a disk that slows down.
constexpr std::int64_t kWindowMs = 200;
constexpr std::uint64_t kShortestMs = 50;
constexpr std::uint64_t kLongestMs = 30'000;
constexpr std::uint64_t kUnmeasuredMs = 100;
// At twenty looks a second this is over three minutes of lag; older growth is merged.
constexpr std::size_t kMaxGrowths = 4096;

Duration spread(std::uint64_t wait_ms, std::uint64_t agent) {
  const std::uint64_t wait = std::clamp(wait_ms, kShortestMs, kLongestMs);
  const std::uint64_t jitter = agent % (wait / 2 + 1);
  return {static_cast<std::int64_t>(std::min(wait + jitter, kLongestMs))};
}

}  // namespace

void DrainMeter::began(std::int64_t now_ms) {
  if (busy_) return;
  busy_ = true;
  since_ms_ = now_ms;
}

void DrainMeter::drained(std::size_t bytes, More more, std::int64_t now_ms) {
  bytes_ += bytes;
  const std::int64_t busy_ms = busy_ms_ + (busy_ ? now_ms - since_ms_ : 0);
  if (busy_ms >= kWindowMs) close_window(now_ms);
  if (more == More::kNothing && busy_) {
    busy_ms_ += now_ms - since_ms_;
    busy_ = false;
  }
}

void DrainMeter::close_window(std::int64_t now_ms) {
  const std::int64_t busy_ms = busy_ms_ + (busy_ ? now_ms - since_ms_ : 0);
  const std::uint64_t measured = bytes_ * 1000 / static_cast<std::uint64_t>(busy_ms);
  // The newest window counts a quarter, so that one slow fsync does not send everybody away.
  rate_ = rate_ == 0 ? measured : (3 * rate_ + measured) / 4;
  bytes_ = 0;
  busy_ms_ = 0;
  since_ms_ = now_ms;
}

Duration retry_after_queue(std::size_t queued_bytes, std::uint64_t bytes_per_second,
                           std::uint64_t agent) {
  if (bytes_per_second == 0) return spread(kUnmeasuredMs, agent);
  return spread(std::uint64_t{queued_bytes} * 1000 / bytes_per_second, agent);
}

Duration retry_after_lag(Duration lag, std::uint64_t agent) {
  return spread(static_cast<std::uint64_t>(std::max<std::int64_t>(lag.ms, 0)), agent);
}

Duration LagMeter::look(LedgerSize size, LedgerSize evaluated, std::int64_t now_ms) {
  if (!looked_) {
    looked_ = true;
    first_ = seen_ = size;
  }
  if (size > seen_ && growths_.size() == kMaxGrowths) {
    growths_.back().size = size;
  } else if (size > seen_) {
    growths_.push_back({size, now_ms});
  }
  seen_ = std::max(seen_, size);
  while (!growths_.empty() && growths_.front().size <= evaluated) growths_.pop_front();
  if (evaluated < first_ || growths_.empty()) return {0};
  return {now_ms - growths_.front().at_ms};
}

LetIn let_in_at(Duration lag, Duration limit) {
  if (lag <= limit) return LetIn::kAll;
  return lag.ms <= 2 * limit.ms ? LetIn::kLive : LetIn::kNone;
}

}  // namespace plumbline
