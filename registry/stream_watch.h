// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_REGISTRY_STREAM_WATCH_H_
#define PLUMBLINE_REGISTRY_STREAM_WATCH_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "model/wire/batch.h"

namespace plumbline {

// A sign that two machines report with one key: a copied folder, or a machine set back to an image.
// Batches that contradict each other are refused and put on record (StreamConflict). What is here
// are copies that happen to stay in sequence; nothing is refused for it, since a machine with two
// systems or a replaced clock looks alike. A person asks the outlet.
struct StreamDoubt {
  enum class Kind {
    kMachineReturned,  // start A of a machine, another start B, then A again: a start ends for good
    kClockWentBack,    // the monotonic clock, which only rises, fell within one start
  };
  Kind kind = Kind::kMachineReturned;
  BatchNumber number;       // of the first batch that shows it
  std::uint64_t count = 0;  // batches that show it, of either kind
  bool operator==(const StreamDoubt&) const = default;
};
std::string_view doubt_name(StreamDoubt::Kind kind);  // "machine_returned", "clock_went_back"

// One stream's batches, from their headers alone: equal headers in equal order give equal doubts.
class StreamWatch {
 public:
  // Programs of one machine seal one after the other, but may have read the clock before they
  // waited for their turn.
  static constexpr Duration kClockTolerance{60'000};
  // Starts that are remembered; a copy that comes back after so many others is not noticed.
  static constexpr std::size_t kMaxStarts = 16;

  // The stream's next batch.
  void take(const BatchHeader& header);

  const std::optional<StreamDoubt>& doubt() const { return doubt_; }

 private:
  using Start = std::array<std::uint8_t, 8>;
  struct Seen {
    Start start;
    std::int64_t monotonic_ms;  // the highest
  };
  void found(StreamDoubt::Kind kind, BatchNumber number);

  std::vector<Seen> seen_;  // the latest is last
  std::optional<StreamDoubt> doubt_;
};

}  // namespace plumbline

#endif  // PLUMBLINE_REGISTRY_STREAM_WATCH_H_
