// SPDX-License-Identifier: Apache-2.0
#include "programs/plumb_progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace plumbline {
namespace {

constexpr std::int64_t kTerminalMs = 200;
constexpr std::int64_t kLogMs = 10'000;

std::string seconds_text(std::uint64_t seconds) {
  if (seconds < 60) return fmt::format("{} s", seconds);
  if (seconds < 3600) return fmt::format("{} min {} s", seconds / 60, seconds % 60);
  return fmt::format("{} h {} min", seconds / 3600, seconds / 60 % 60);
}

}  // namespace

std::string progress_text(const std::string& what, std::uint64_t done, std::uint64_t of,
                          std::uint64_t bytes, std::int64_t elapsed_ms, const std::string& things) {
  auto ms = static_cast<std::uint64_t>(std::max<std::int64_t>(elapsed_ms, 1));
  std::string text = fmt::format("{}: {} % ({} of {} {})", what, of == 0 ? 100 : done * 100 / of,
                                 done, of, things);
  if (bytes > 0) text += fmt::format(", {} MB/s", bytes / ms / 1000);
  if (done == 0 || done >= of) return text;
  return text + ", " + seconds_text(ms * (of - done) / done / 1000) + " left";
}

ProgressLine::ProgressLine(std::string what, Where where, const Clock& clock, std::string things)
    : what_(std::move(what)),
      things_(std::move(things)),
      where_(where),
      clock_(clock),
      started_ms_(clock.monotonic_ms()),
      told_ms_(started_ms_) {}

ProgressLine::Where ProgressLine::stderr_is() {
  return ::isatty(STDERR_FILENO) == 1 ? Where::kTerminal : Where::kLog;
}

ProgressLine::~ProgressLine() {
  if (stands_) fmt::print(stderr, "\r\033[K");
}

void ProgressLine::tell(std::uint64_t done, std::uint64_t of, std::uint64_t bytes) {
  const std::int64_t now = clock_.monotonic_ms();
  if (now - told_ms_ < (where_ == Where::kTerminal ? kTerminalMs : kLogMs)) return;
  told_ms_ = now;
  std::string text = progress_text(what_, done, of, bytes, now - started_ms_, things_);
  if (where_ == Where::kTerminal) {
    fmt::print(stderr, "\r{}\033[K", text);
    std::fflush(stderr);
    stands_ = true;
  } else {
    fmt::print(stderr, "{}\n", text);
  }
}

}  // namespace plumbline
