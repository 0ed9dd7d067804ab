// SPDX-License-Identifier: Apache-2.0
#include "model/presence.h"

#include <algorithm>

#include "base/check.h"

namespace plumbline {
namespace {

template <typename T>
void keep_greatest(std::optional<T>& kept, const std::optional<T>& other) {
  if (other && (!kept || *kept < *other)) kept = other;
}

std::int64_t distance(Duration ahead) {
  return ahead.ms < 0 ? -ahead.ms : ahead.ms;
}

// What the outlet's expected streams say together.
struct Seen {
  bool agent = false;
  bool connected = false;
  bool reported = false;
};

void add(const StreamPresence& stream, Seen& seen, OutletPresence& out) {
  keep_greatest(out.recorded, stream.recorded);
  if (!stream.expected()) return;
  seen.agent = true;
  seen.connected = seen.connected || stream.connected;
  seen.reported = seen.reported || stream.reported();
  keep_greatest(out.heard, stream.heard);
  if (stream.ahead && (!out.ahead || distance(*out.ahead) < distance(*stream.ahead))) {
    out.ahead = stream.ahead;
  }
  if (!stream.missing) return;
  // What an agent claims has no bound; the sum has.
  out.missing += std::min(stream.missing->count(), UINT64_MAX - out.missing);
  if (!out.missing_since || stream.missing->since < *out.missing_since) {
    out.missing_since = stream.missing->since;
  }
}

PresenceState state_of(const Seen& seen, const OutletPresence& out, Instant now) {
  if (!seen.agent) return PresenceState::kNoAgent;
  if (!seen.connected) {
    return seen.reported || out.heard ? PresenceState::kSilent : PresenceState::kNeverReported;
  }
  if (out.missing > 0) return PresenceState::kHolds;
  bool lately = out.recorded && now - *out.recorded <= kReportedLately;
  return lately ? PresenceState::kReporting : PresenceState::kIdle;
}

Json instant_json(const std::optional<Instant>& at) {
  return at ? Json(format_instant(*at)) : Json();
}

Json missing_json(const std::optional<MissingEvents>& missing) {
  if (!missing) return nullptr;
  Json json = Json::object();
  json.set("count", missing->count()).set("first", missing->first.value);
  json.set("last", missing->last.value).set("since", format_instant(missing->since));
  return json;
}

Json stream_json(const StreamPresence& stream) {
  Json json = Json::object();
  json.set("stream", stream.stream.hex()).set("source_kind", source_kind_name(stream.source_kind));
  json.set("historical", stream.historical).set("closed", stream.closed);
  json.set("connected", stream.connected).set("heard", instant_json(stream.heard));
  json.set("software", stream.software.empty() ? Json() : Json(stream.software));
  json.set("accepted", stream.accepted ? Json(stream.accepted->value) : Json());
  json.set("next", stream.next.value).set("missing", missing_json(stream.missing));
  json.set("recorded", instant_json(stream.recorded));
  json.set("clock_ahead_ms", stream.ahead ? Json(stream.ahead->ms) : Json());
  return json;
}

}  // namespace

std::string_view presence_state_name(PresenceState state) {
  switch (state) {
    case PresenceState::kNoAgent:
      return "no_agent";
    case PresenceState::kNeverReported:
      return "never_reported";
    case PresenceState::kReporting:
      return "reporting";
    case PresenceState::kIdle:
      return "idle";
    case PresenceState::kHolds:
      return "holds_unsent";
    case PresenceState::kSilent:
      return "silent";
  }
  CHECK(false, "every state has a name");
}

std::optional<Instant> OutletPresence::last_sign() const {
  std::optional<Instant> last = heard;
  keep_greatest(last, recorded);
  return last;
}

OutletPresence outlet_presence(const OutletId& outlet, std::vector<StreamPresence> streams,
                               Instant now) {
  OutletPresence out;
  out.outlet = outlet;
  out.at = now;
  Seen seen;
  for (const StreamPresence& stream : streams) add(stream, seen, out);
  out.clock_off = out.ahead && distance(*out.ahead) > kClockOff.ms;
  out.state = state_of(seen, out, now);
  out.streams = std::move(streams);
  return out;
}

Json presence_json(const OutletPresence& presence) {
  Json streams = Json::array();
  for (const StreamPresence& stream : presence.streams) streams.push(stream_json(stream));
  Json json = Json::object();
  json.set("outlet", presence.outlet.text()).set("at", format_instant(presence.at));
  json.set("state", presence_state_name(presence.state));
  json.set("heard", instant_json(presence.heard));
  json.set("recorded", instant_json(presence.recorded));
  json.set("last_sign", instant_json(presence.last_sign()));
  json.set("missing", presence.missing).set("missing_since", instant_json(presence.missing_since));
  json.set("clock_ahead_ms", presence.ahead ? Json(presence.ahead->ms) : Json());
  json.set("clock_off", presence.clock_off).set("streams", std::move(streams));
  return json;
}

}  // namespace plumbline
