// SPDX-License-Identifier: Apache-2.0
#include "simulate/simulation.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "agents/enroll.h"
#include "base/file.h"
#include "base/limits.h"
#include "simulate/for_all.h"
#include "simulate/work_time.h"

namespace plumbline {
namespace {

constexpr std::int64_t kTickDays = 7;
// When in the day the office puts something on record, local.
constexpr std::int64_t kOfficeMinute = 9 * 60;
constexpr Duration kEnrollPatience{30'000};
constexpr Duration kAcknowledgePatience{120'000};
// Nobody but this process fills the spools while the history is reported, and it tells the senders.
constexpr Duration kLookSeldom{5'000};

std::vector<SourceKind> kinds_of(const Settings& settings) {
  std::set<SourceKind> kinds;
  for (const Activity& activity : settings.activities) {
    kinds.insert(activity.source);
    if (activity.first_source) kinds.insert(*activity.first_source);
  }
  return {kinds.begin(), kinds.end()};
}

}  // namespace

Result<SimulationInput> read_simulation(const std::string& rules_folder) {
  ASSIGN_OR_RETURN(PackFiles files, load_pack_files(rules_folder));
  Problems problems;
  std::optional<Pack> pack = parse_pack(files, problems);
  if (!pack) return Error(Code::kInvalid, "the rules are not usable:\n" + problems.text());
  ASSIGN_OR_RETURN(Bytes yaml, read_file(rules_folder + "/simulation.yaml", limits::kMaxYamlBytes));
  std::optional<Settings> settings = parse_settings(yaml, pack->events, problems);
  if (!settings) return Error(Code::kInvalid, "the simulation is not usable:\n" + problems.text());
  ASSIGN_OR_RETURN(Bytes csv,
                   read_file(rules_folder + "/data/registry.csv", limits::kMaxPackBytes));
  ASSIGN_OR_RETURN(std::vector<Fact> rows, read_registry_rows(csv));
  return SimulationInput{std::move(*pack), std::move(*settings), std::move(rows)};
}

Simulation::Simulation(const SimulationInput& input, OfficePort office, SimulationOptions options)
    : input_(input),
      office_(std::move(office)),
      options_(std::move(options)),
      plan_(plan_network(input.settings, input.rows, options_.seed, options_.most_outlets)),
      clock_(options_.now, options_.end, system_clock()),
      kinds_(kinds_of(input.settings)),
      next_day_(plan_.days.begin()),
      started_ms_(clock_.monotonic_ms()) {
  for (const SimulatedOutlet& outlet : plan_.outlets) {
    sources_.emplace_back(input.settings, input.pack, plan_, outlet, options_.seed);
  }
}

Simulation::~Simulation() = default;

std::vector<Instant> Simulation::ticks() const {
  std::vector<Instant> ticks;
  const Calendar& calendar = input_.pack.calendar;
  for (Date day = add_days(input_.settings.begin, kTickDays);; day = add_days(day, kTickDays)) {
    const Instant at = calendar.start_of(day);
    if (at >= options_.until) break;
    ticks.push_back(at);
  }
  ticks.push_back(options_.until);
  return ticks;
}

Status Simulation::advance(Instant to) {
  if (to <= clock_.wall()) return {};
  RETURN_IF_ERROR(office_.advance_clock(to));
  return clock_.advance(to);
}

Status Simulation::run() {
  if (clock_.is_running()) {
    options_.say("the ledger is at its simulated end already");
    return {};
  }
  const Instant begin = input_.pack.calendar.start_of(input_.settings.begin);
  RETURN_IF_ERROR(record_until(std::min(begin, options_.until)));
  RETURN_IF_ERROR(office_.activate_rules());
  options_.say(fmt::format("the registry stands at the beginning, {}", format_instant(begin)));
  RETURN_IF_ERROR(open_stations(begin));
  options_.say(fmt::format("{} agents are enrolled", stations_.size()));
  for (Instant at : ticks()) {
    if (is_asked_to_stop()) return Error(Code::kUnavailable, "asked to stop");
    RETURN_IF_ERROR(record_until(at));
    RETURN_IF_ERROR(tick(at));
    show_progress(at);
  }
  return {};
}

// What became known before the ledger's now has been recorded by the run that put it there.
Status Simulation::record_until(Instant until) {
  for (; next_day_ != plan_.days.end(); ++next_day_) {
    const auto& [day, known] = *next_day_;
    const Instant at = minute_of_day(input_.pack.calendar, day, kOfficeMinute);
    if (at > until) return {};
    if (at < clock_.wall()) continue;
    RETURN_IF_ERROR(advance(at));
    RETURN_IF_ERROR(office_.record(known));
  }
  return {};
}

Status Simulation::tick(Instant at) {
  RETURN_IF_ERROR(advance(at));
  RETURN_IF_ERROR(open_stations(at));
  RETURN_IF_ERROR(for_all(sources_.size(), [&](std::size_t i) { return hand_in(i, at); }));
  for (auto& [key, station] : stations_) {
    RETURN_IF_ERROR(station->wait_acknowledged(kAcknowledgePatience));
  }
  return {};
}

Status Simulation::hand_in(std::size_t outlet, Instant at) {
  std::map<SourceKind, std::vector<Event>> events;
  for (SimulatedEvent& made : sources_[outlet].next(at)) {
    events[made.source].push_back(std::move(made.event));
  }
  for (auto& [kind, list] : events) {
    const std::size_t count = list.size();
    RETURN_IF_ERROR(stations_.at({outlet, kind})->hand_in(std::move(list)));
    MutexLock lock(mutex_);
    handed_in_ += count;
  }
  return {};
}

// Stations of the outlets that are on record by now.
Status Simulation::open_stations(Instant at) {
  const Date today = input_.pack.calendar.local_date(at);
  std::vector<std::pair<const StationKey, std::unique_ptr<Station>>*> missing;
  for (std::size_t i = 0; i < plan_.outlets.size(); ++i) {
    if (plan_.outlets[i].joins >= today) continue;
    for (SourceKind kind : kinds_) {
      auto [found, added] = stations_.try_emplace({i, kind});
      if (added) missing.push_back(&*found);
    }
  }
  return for_all(missing.size(), [&](std::size_t i) {
    return open_station(missing[i]->first, kLookSeldom, missing[i]->second);
  });
}

std::string Simulation::folder_of(const StationKey& key) const {
  std::string folder = options_.agents_folder + "/" + plan_.outlets[key.first].added.outlet.text();
  if (key.second != SourceKind::kAgent) folder += "." + std::string(source_kind_name(key.second));
  return folder;
}

Status Simulation::open_station(const StationKey& key, Duration look_every,
                                std::unique_ptr<Station>& out) {
  const std::string folder = folder_of(key);
  ASSIGN_OR_RETURN(bool enrolled, Spool::exists(folder));
  if (!enrolled) {
    ASSIGN_OR_RETURN(std::string token,
                     office_.make_token(plan_.outlets[key.first].added.outlet, key.second));
    ASSIGN_OR_RETURN([[maybe_unused]] Enrolment made,
                     enroll(folder, options_.server, token, clock_, kEnrollPatience));
  } else {
    ASSIGN_OR_RETURN(Spool spool, Spool::open(folder));
    RETURN_IF_ERROR(spool.set_server(options_.server));
  }
  ASSIGN_OR_RETURN(out, Station::open(folder, input_.pack, clock_));
  return out->start(look_every);
}

void Simulation::show_progress(Instant at) {
  const Instant begin = input_.pack.calendar.start_of(input_.settings.begin);
  const std::int64_t passed = clock_.monotonic_ms() - started_ms_;
  const std::int64_t done = std::max<std::int64_t>(1, (at - begin).ms / kMsPerHour);
  const std::int64_t whole = std::max<std::int64_t>(1, (options_.until - begin).ms / kMsPerHour);
  MutexLock lock(mutex_);
  options_.say(fmt::format("{}: {} events, {} %, about {} s to go", format_instant(at), handed_in_,
                           done * 100 / whole, passed * (whole - done) / done / 1000));
}

}  // namespace plumbline
