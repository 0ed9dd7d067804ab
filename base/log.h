// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_BASE_LOG_H_
#define PLUMBLINE_BASE_LOG_H_

#include <string_view>

namespace plumbline {

enum class LogLevel { kDebug, kInfo, kWarning, kError };

// Where a log line goes: stderr, one line each, "2025-01-02T03:04:05.678Z level part: sentence".
// Safe from any thread. Never holds field values of events, tokens or keys.
void log_line(LogLevel level, std::string_view part, std::string_view sentence);
void set_log_level(LogLevel least);

inline void log_info(std::string_view part, std::string_view sentence) {
  log_line(LogLevel::kInfo, part, sentence);
}
inline void log_warning(std::string_view part, std::string_view sentence) {
  log_line(LogLevel::kWarning, part, sentence);
}
inline void log_error(std::string_view part, std::string_view sentence) {
  log_line(LogLevel::kError, part, sentence);
}

}  // namespace plumbline

#endif  // PLUMBLINE_BASE_LOG_H_
