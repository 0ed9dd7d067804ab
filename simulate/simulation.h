// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_SIMULATE_SIMULATION_H_
#define PLUMBLINE_SIMULATE_SIMULATION_H_

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "agents/enrolment.h"
#include "base/mutex.h"
#include "base/result.h"
#include "base/simulated_clock.h"
#include "packs/pack.h"
#include "simulate/network_plan.h"
#include "simulate/outlet_source.h"
#include "simulate/settings.h"
#include "simulate/station.h"

namespace plumbline {

// What the simulation asks of a running plumbd. Each call is answered when it is durable there.
struct OfficePort {
  std::function<Status(Instant to)> advance_clock;
  std::function<Status(const RegistryDay& day)> record;
  std::function<Status()> activate_rules;  // has no effect where they are active
  std::function<Result<std::string>(const OutletId&, SourceKind)> make_token;  // several threads
};

struct SimulationOptions {
  ServerAddress server;
  std::string agents_folder;
  std::uint64_t seed = 1;
  Instant now;    // of the ledger's clock
  Instant until;  // where the history ends, at most the ledger's simulated end
  Instant end;    // the ledger's simulated end
  std::int64_t most_outlets = kAllOutlets;
  std::function<void(const std::string& sentence)> say;
  // Waits; true when the simulation is asked to stop.
  std::function<bool(Duration)> pause;
};

// The pack of a folder with what its simulation needs.
struct SimulationInput {
  Pack pack;
  Settings settings;
  std::vector<Fact> rows;
};
Result<SimulationInput> read_simulation(const std::string& rules_folder);

// Lets the invented network report to plumbd, week by week on the ledger's clock: what the office
// records, then what every outlet has reported since, each week acknowledged before the next
// begins.
class Simulation {
 public:
  // `input` must outlive it.
  Simulation(const SimulationInput& input, OfficePort office, SimulationOptions options);
  ~Simulation();

  // From the ledger's now to the end. What the ledger has already is not done again. kUnavailable
  // when asked to stop.
  Status run();

  // From the end on: some outlets report something every few seconds, until asked to stop.
  Status live();

  std::size_t outlets() const { return plan_.outlets.size(); }
  std::size_t stations() const { return plan_.outlets.size() * kinds_.size(); }

 private:
  using StationKey = std::pair<std::size_t, SourceKind>;  // position of the outlet

  bool is_asked_to_stop() const { return options_.pause(Duration{0}); }
  std::vector<Instant> ticks() const;
  Status record_until(Instant until);
  Status tick(Instant at);
  Status open_stations(Instant at);
  Status open_station(const StationKey& key, Duration look_every, std::unique_ptr<Station>& out);
  Status hand_in(std::size_t outlet, Instant at);
  std::string folder_of(const StationKey& key) const;
  Status advance(Instant to);
  void show_progress(Instant at);
  Status report_live(std::size_t outlet);

  const SimulationInput& input_;
  const OfficePort office_;
  const SimulationOptions options_;
  const NetworkPlan plan_;
  SimulatedClock clock_;
  std::vector<SourceKind> kinds_;
  std::vector<OutletSource> sources_;
  std::map<StationKey, std::unique_ptr<Station>> stations_;
  std::map<Date, RegistryDay>::const_iterator next_day_;
  std::int64_t started_ms_ = 0;

  Mutex mutex_;
  std::uint64_t handed_in_ GUARDED_BY(mutex_) = 0;
};

}  // namespace plumbline

#endif  // PLUMBLINE_SIMULATE_SIMULATION_H_
