// SPDX-License-Identifier: Apache-2.0
// Who is heard and what is missing. As of now: the ledger and its results know nothing of it.
#include <algorithm>
#include <map>

#include "dashboards/portal/handlers.h"
#include "dashboards/portal/scoped_data.h"
#include "dashboards/portal/words.h"

namespace plumbline {
namespace {

constexpr std::size_t kMaxListed = 200;
// The gravest first.
constexpr PresenceState kStates[] = {PresenceState::kSilent,        PresenceState::kHolds,
                                     PresenceState::kNeverReported, PresenceState::kNoAgent,
                                     PresenceState::kIdle,          PresenceState::kReporting};

words::Text state_sentence(const ScopedData& data, const OutletPresence& presence) {
  switch (presence.state) {
    case PresenceState::kNoAgent:
      return words::presence_no_agent();
    case PresenceState::kNeverReported:
      return words::presence_never_reported();
    case PresenceState::kReporting:
      return words::presence_reporting();
    case PresenceState::kIdle:
      return words::presence_idle();
    case PresenceState::kHolds:
      return words::presence_holds(presence.missing, data.minute_text(*presence.missing_since));
    case PresenceState::kSilent:
      break;
  }
  const auto last = presence.last_sign();
  return last ? words::presence_silent(presence.at - *last) : words::presence_not_heard();
}

// One sentence for officials: the state, what waits, and a clock that is off.
words::Text sentence_of(const ScopedData& data, const OutletPresence& presence) {
  words::Text text = state_sentence(data, presence);
  auto add = [&](const words::Text& more) {
    text.zh += "；" + more.zh;
    text.en += "; " + more.en;
  };
  if (presence.missing > 0 && presence.state != PresenceState::kHolds) {
    add(words::presence_holds(presence.missing, data.minute_text(*presence.missing_since)));
  }
  if (presence.clock_off) add(words::presence_clock_off(*presence.ahead));
  return text;
}

Json one_json(const ScopedData& data, const OutletAdded& outlet, const OutletPresence& presence) {
  Json json = presence_json(presence);
  json.set("name", words::name_json(outlet.name_zh, outlet.name_en));
  json.set("state_title", words::presence_state(presence_state_name(presence.state)).json());
  json.set("text", sentence_of(data, presence).json());
  const auto last = presence.last_sign();
  json.set("last_sign_text", last ? Json(data.minute_text(*last)) : Json());
  return json;
}

bool needs_a_look(const OutletPresence& presence) {
  return presence.clock_off ||
         (presence.state != PresenceState::kIdle && presence.state != PresenceState::kReporting);
}

}  // namespace

Result<Json> show_outlet_presence(ScopedData& data, const RouteArguments& arguments) {
  const std::string& id = arguments.at("outlet");
  const OutletAdded* outlet = data.outlet(id);
  if (outlet == nullptr) return data.admit(ScopeLevel::kOutlet, id).error();
  ASSIGN_OR_RETURN(auto found, data.presence({outlet}));
  return Json::object().set("presence", one_json(data, *outlet, found.front()));
}

Result<Json> show_presence(ScopedData& data, const RouteArguments&) {
  const std::vector<const OutletAdded*> outlets = data.outlets();
  ASSIGN_OR_RETURN(auto found, data.presence(outlets));
  std::map<PresenceState, std::vector<std::size_t>> by_state;
  for (std::size_t i = 0; i < found.size(); ++i) by_state[found[i].state].push_back(i);
  Json states = Json::array();
  Json listed = Json::array();
  std::uint64_t to_look_at = 0;
  for (PresenceState state : kStates) {
    const std::vector<std::size_t>& those = by_state[state];
    Json one = Json::object();
    one.set("state", presence_state_name(state)).set("outlets", std::uint64_t{those.size()});
    one.set("title", words::presence_state(presence_state_name(state)).json());
    states.push(std::move(one));
    for (std::size_t i : those) {
      if (!needs_a_look(found[i])) continue;
      ++to_look_at;
      if (to_look_at <= kMaxListed) listed.push(one_json(data, *outlets[i], found[i]));
    }
  }
  Json json = Json::object();
  json.set("states", std::move(states)).set("total", to_look_at).set("outlets", std::move(listed));
  return Json::object().set("presence", std::move(json));
}

}  // namespace plumbline
