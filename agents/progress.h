// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_AGENTS_PROGRESS_H_
#define PLUMBLINE_AGENTS_PROGRESS_H_

#include <optional>
#include <string>

#include "agents/import.h"

namespace plumbline {

// When and how the progress of an import is shown: on a terminal one line that is written over
// four times a second, elsewhere a line of its own every five seconds.
class Progress {
 public:
  enum class Place { kTerminal, kLines };
  Progress(Place place, std::int64_t now_ms) : place_(place), started_ms_(now_ms) {}

  // What to write now, if anything is due.
  std::optional<std::string> update(const ImportProgress& progress, std::int64_t now_ms);
  // What clears the line on a terminal before other text; empty where there is none.
  std::string clear();

 private:
  Place place_;
  std::int64_t started_ms_;
  std::optional<std::int64_t> shown_ms_;
  bool line_open_ = false;
};

}  // namespace plumbline

#endif  // PLUMBLINE_AGENTS_PROGRESS_H_
