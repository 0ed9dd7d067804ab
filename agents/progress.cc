// SPDX-License-Identifier: Apache-2.0
#include "agents/progress.h"

#include <fmt/format.h>

namespace plumbline {
namespace {

constexpr std::int64_t kTerminalEveryMs = 250;
constexpr std::int64_t kLineEveryMs = 5'000;

}  // namespace

std::optional<std::string> Progress::update(const ImportProgress& progress, std::int64_t now_ms) {
  std::int64_t every = place_ == Place::kTerminal ? kTerminalEveryMs : kLineEveryMs;
  if (now_ms - shown_ms_.value_or(started_ms_) < every) return std::nullopt;
  shown_ms_ = now_ms;
  std::size_t percent = progress.bytes == 0 ? 100 : progress.bytes_read * 100 / progress.bytes;
  std::int64_t seconds = (now_ms - started_ms_) / 1000;
  std::string text = fmt::format("{:3} %  {} rows  {} s", percent, progress.rows, seconds);
  if (place_ == Place::kLines) return text + "\n";
  line_open_ = true;
  return "\r\033[K" + text;
}

std::string Progress::clear() {
  if (!line_open_) return "";
  line_open_ = false;
  return "\r\033[K";
}

}  // namespace plumbline
