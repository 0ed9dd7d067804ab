// SPDX-License-Identifier: Apache-2.0
#include "evaluator/unit_table.h"

#include "base/check.h"

namespace plumbline {

UnitTable::UnitTable(const std::vector<LevelSpec>& levels) : levels_(levels) {
  CHECK(levels_.size() >= 2, "a checked pack has at least the network and the outlet level");
  unit(0, kNetworkUnit);
}

UnitId UnitTable::unit(LevelIndex level, const std::string& id) {
  auto [found, added] = unit_index_.try_emplace({level, id}, static_cast<UnitId>(units_.size()));
  if (added) units_.push_back({level, id});
  return found->second;
}

std::uint32_t UnitTable::add_outlet(const OutletAdded& outlet) {
  auto number = static_cast<std::uint32_t>(outlet_ids_.size());
  bool added = outlets_.try_emplace(outlet.outlet, number).second;
  CHECK(added, "the registry refuses an outlet that exists");
  outlet_ids_.push_back(outlet.outlet);
  std::vector<UnitId> member = {unit(0, kNetworkUnit)};
  auto last = static_cast<LevelIndex>(levels_.size() - 1);
  for (LevelIndex level = 1; level < last; ++level) {
    auto place = outlet.places.find(levels_[level].id);
    if (place != outlet.places.end()) member.push_back(unit(level, place->second));
  }
  member.push_back(unit(last, outlet.outlet.text()));
  memberships_.push_back(std::move(member));
  return number;
}

std::uint32_t UnitTable::outlet(const OutletId& id) const {
  auto found = outlets_.find(id);
  CHECK(found != outlets_.end(), "an outlet is looked up that was never added");
  return found->second;
}

}  // namespace plumbline
