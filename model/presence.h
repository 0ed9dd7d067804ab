// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_MODEL_PRESENCE_H_
#define PLUMBLINE_MODEL_PRESENCE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "model/ids.h"

// Who is heard, and what is missing: docs/formats/presence.md. None of it is in the ledger and
// none of it feeds a result. What sessions tell is forgotten when the server stops.
namespace plumbline {

// An outlet has reported lately where its newest batch is not older than this.
constexpr Duration kReportedLately{15 * kMsPerMinute};
// An agent's clock that is off by more than this is told. A busy line delays a heartbeat by
// seconds.
constexpr Duration kClockOff{kMsPerMinute};

// Events that an agent has accepted and the ledger does not hold.
struct MissingEvents {
  Sequence first, last;
  Instant since;  // when the server first heard of `first`
  std::uint64_t count() const { return last.value - first.value + 1; }
  bool operator==(const MissingEvents&) const = default;
};

struct StreamPresence {
  StreamId stream;
  OutletId outlet;
  SourceKind source_kind = SourceKind::kAgent;
  bool historical = false;  // an import: nobody expects to hear from it
  bool closed = false;      // revoked, or another key has taken over
  bool connected = false;
  std::optional<Instant> heard;      // the newest frame since the server's start
  std::string software;              // "" while it was not heard
  std::optional<Sequence> accepted;  // the last one that the agent says it has accepted
  Sequence next{1};                  // the one that the ledger expects
  std::optional<MissingEvents> missing;
  std::optional<Instant> recorded;  // of the newest batch in the ledger
  // How far the agent's clock is ahead of the server's, at least; docs/formats/presence.md.
  std::optional<Duration> ahead;

  bool expected() const { return !historical && !closed; }
  bool reported() const { return next > Sequence(1); }
};

enum class PresenceState {
  kNoAgent,        // no key is enrolled that could report
  kNeverReported,  // enrolled, not connected, and the ledger holds nothing of it
  kReporting,      // connected, and reported lately
  kIdle,           // connected, nothing to send
  kHolds,          // connected, and holds events that the ledger lacks
  kSilent,         // not connected
};
// "no_agent", "never_reported", "reporting", "idle", "holds_unsent", "silent".
std::string_view presence_state_name(PresenceState state);

// An outlet by its streams that are expected to report. Pure.
struct OutletPresence {
  OutletId outlet;
  Instant at;  // when this was so
  PresenceState state = PresenceState::kNoAgent;
  std::optional<Instant> heard;     // since the server's start
  std::optional<Instant> recorded;  // the newest batch in the ledger
  std::optional<Duration> ahead;    // the clock that is off the most
  bool clock_off = false;
  std::uint64_t missing = 0;             // events
  std::optional<Instant> missing_since;  // of the oldest
  std::vector<StreamPresence> streams;   // all of the outlet

  // The newest sign of life, heard or in the ledger.
  std::optional<Instant> last_sign() const;
};
OutletPresence outlet_presence(const OutletId& outlet, std::vector<StreamPresence> streams,
                               Instant now);

// Instants as text, durations in milliseconds: docs/formats/presence.md.
Json presence_json(const OutletPresence& presence);

}  // namespace plumbline

#endif  // PLUMBLINE_MODEL_PRESENCE_H_
