// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_SIMULATE_NETWORK_PLAN_H_
#define PLUMBLINE_SIMULATE_NETWORK_PLAN_H_

#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "model/fact.h"
#include "model/office_record.h"
#include "simulate/settings.h"

// The invented network: its outlets, and what the office puts on record on which day. Pure: of the
// settings, the pack's own registry rows and the seed.
namespace plumbline {

struct SimulatedOutlet {
  OutletAdded added;
  const Profile* profile = nullptr;  // of the settings, which must outlive it
  std::string host;
  std::int64_t size = 100;  // percent of the volume
  Date joins;               // on record from this day on
};

// What becomes known on a day.
struct RegistryDay {
  std::vector<OutletAdded> outlets;
  std::vector<Fact> facts;
};

struct NetworkPlan {
  std::vector<std::string> counties;  // codes, in the pack's order
  std::vector<SimulatedOutlet> outlets;
  std::map<Date, RegistryDay> days;
};

// The rows of a pack's data/registry.csv: columns kind, id, from, until and attributes. The
// registry checks them when they are handed in.
Result<std::vector<Fact>> read_registry_rows(std::string_view csv);

constexpr std::int64_t kAllOutlets = std::numeric_limits<std::int64_t>::max();

// `settings` must outlive the plan. At most `most` outlets.
NetworkPlan plan_network(const Settings& settings, const std::vector<Fact>& rows,
                         std::uint64_t seed, std::int64_t most);

}  // namespace plumbline

#endif  // PLUMBLINE_SIMULATE_NETWORK_PLAN_H_
