// SPDX-License-Identifier: Apache-2.0
#include "registry/stream_watch.h"

#include <algorithm>

#include "base/check.h"

namespace plumbline {

std::string_view doubt_name(StreamDoubt::Kind kind) {
  switch (kind) {
    case StreamDoubt::Kind::kMachineReturned:
      return "machine_returned";
    case StreamDoubt::Kind::kClockWentBack:
      return "clock_went_back";
  }
  CHECK(false, "every kind of doubt has a name");
}

void StreamWatch::found(StreamDoubt::Kind kind, BatchNumber number) {
  if (!doubt_.has_value()) doubt_ = StreamDoubt{kind, number, 0};
  ++doubt_->count;
}

void StreamWatch::take(const BatchHeader& header) {
  // A system that does not tell its start says zero.
  if (header.boot_id == Start{}) return;
  auto same = std::find_if(seen_.begin(), seen_.end(),
                           [&](const Seen& seen) { return seen.start == header.boot_id; });
  if (same == seen_.end()) {
    if (seen_.size() == kMaxStarts) seen_.erase(seen_.begin());
    seen_.push_back({header.boot_id, header.monotonic_ms});
    return;
  }
  const bool went_back = header.monotonic_ms < same->monotonic_ms - kClockTolerance.ms;
  if (same + 1 != seen_.end()) {
    found(StreamDoubt::Kind::kMachineReturned, header.number);
    std::rotate(same, same + 1, seen_.end());
  } else if (went_back) {
    found(StreamDoubt::Kind::kClockWentBack, header.number);
  }
  // The lower clock is remembered too, so that a machine set back is told once, not for ever.
  Seen& last = seen_.back();
  last.monotonic_ms =
      went_back ? header.monotonic_ms : std::max(last.monotonic_ms, header.monotonic_ms);
}

}  // namespace plumbline
