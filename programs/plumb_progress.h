// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_PROGRAMS_PLUMB_PROGRESS_H_
#define PLUMBLINE_PROGRAMS_PLUMB_PROGRESS_H_

#include <cstdint>
#include <string>

#include "base/clock.h"

namespace plumbline {

// How far long work has come, on stderr: on a terminal one line that is written over, five times a
// second; elsewhere a line every ten seconds, so that short work leaves nothing in a log.
class ProgressLine {
 public:
  enum class Where { kTerminal, kLog };

  // `what` names the work: "verify"; `things` what is counted. The clock must outlive the line.
  ProgressLine(std::string what, Where where, const Clock& clock, std::string things = "entries");
  static Where stderr_is();
  // Wipes what stands on the terminal.
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  void tell(std::uint64_t done, std::uint64_t of, std::uint64_t bytes);

 private:
  std::string what_;
  std::string things_;
  Where where_;
  const Clock& clock_;
  std::int64_t started_ms_;
  std::int64_t told_ms_;
  bool stands_ = false;
};

// "verify: 42 % (1234 of 2938 entries), 512 MB/s, 3 min 20 s left"; no rate of no bytes. Rate and
// time left are over the whole of `elapsed_ms`.
std::string progress_text(const std::string& what, std::uint64_t done, std::uint64_t of,
                          std::uint64_t bytes, std::int64_t elapsed_ms,
                          const std::string& things = "entries");

}  // namespace plumbline

#endif  // PLUMBLINE_PROGRAMS_PLUMB_PROGRESS_H_
