// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "simulate/for_all.h"
#include "simulate/simulation.h"

namespace plumbline {
namespace {

constexpr std::size_t kLiveOutlets = 6;
constexpr Range kLivePauseMs{1'500, 4'500};
// plumb-agent may fill these spools too.
constexpr Duration kLookOften{150};
constexpr Duration kAcknowledgePatience{30'000};

}  // namespace

Status Simulation::live() {
  if (!clock_.is_running()) {
    return Error(Code::kInvalid, "only behind the ledger's simulated end can outlets report live");
  }
  stations_.clear();
  std::vector<std::size_t> chosen;
  for (std::size_t i = 0; i < plan_.outlets.size() && chosen.size() < kLiveOutlets; ++i) {
    const Profile& profile = *plan_.outlets[i].profile;
    if (profile.reports && !profile.ends && profile.delay_days == 0) chosen.push_back(i);
  }
  if (chosen.empty()) return Error(Code::kNotFound, "no outlet is left that reports");
  for (std::size_t i : chosen) {
    const StationKey key{i, SourceKind::kAgent};
    RETURN_IF_ERROR(open_station(key, kLookOften, stations_[key]));
  }
  Random random(static_cast<std::uint64_t>(clock_.wall().ms), "live");
  for (;;) {
    if (options_.pause({random.between(kLivePauseMs.low, kLivePauseMs.high)})) return {};
    const auto at =
        static_cast<std::size_t>(random.below(static_cast<std::int64_t>(chosen.size())));
    RETURN_IF_ERROR(report_live(chosen[at]));
  }
}

Status Simulation::report_live(std::size_t outlet) {
  std::vector<Event> events = sources_[outlet].act_now(clock_.wall(), SourceKind::kAgent);
  std::vector<std::string> lines;
  for (const Event& event : events) {
    lines.push_back(fmt::format("{} {} {} {}", format_instant(event.time),
                                plan_.outlets[outlet].added.outlet.text(), event.type,
                                event.subject));
  }
  Station& station = *stations_.at({outlet, SourceKind::kAgent});
  RETURN_IF_ERROR(station.hand_in(std::move(events)));
  RETURN_IF_ERROR(station.wait_acknowledged(kAcknowledgePatience));
  for (const std::string& line : lines) options_.say(line);
  return {};
}

}  // namespace plumbline
