// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVALUATOR_UNIT_TABLE_H_
#define PLUMBLINE_EVALUATOR_UNIT_TABLE_H_

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "model/office_record.h"
#include "packs/pack.h"

namespace plumbline {

using UnitId = std::uint32_t;      // position in UnitTable::units
using LevelIndex = std::uint32_t;  // position in Pack::levels; 0 = the network

// The unit of the network level.
inline constexpr const char* kNetworkUnit = "ALL";

// The units of every level, from the registry: the network is one, the last level's units are the
// outlets, the others follow from the places of the outlets. An outlet without a place at a level
// belongs to no unit there.
class UnitTable {
 public:
  struct Unit {
    LevelIndex level = 0;
    std::string id;
  };

  // `levels` from the whole to the part, at least two.
  explicit UnitTable(const std::vector<LevelSpec>& levels);

  // Returns the outlet's number; units that are new stand at the end of units().
  std::uint32_t add_outlet(const OutletAdded& outlet);

  // The outlet must have been added: the registry knows every outlet that has a stream.
  std::uint32_t outlet(const OutletId& id) const;
  bool has_outlet(const OutletId& id) const { return outlets_.contains(id); }
  const OutletId& outlet_id(std::uint32_t outlet) const { return outlet_ids_[outlet]; }
  // The units that the outlet is part of, the network first, itself last.
  const std::vector<UnitId>& units_of(std::uint32_t outlet) const { return memberships_[outlet]; }
  // The unit that the outlet is, at the last level.
  UnitId unit_of(std::uint32_t outlet) const { return memberships_[outlet].back(); }

  const std::vector<Unit>& units() const { return units_; }
  std::size_t outlets() const { return outlet_ids_.size(); }

 private:
  UnitId unit(LevelIndex level, const std::string& id);

  std::vector<LevelSpec> levels_;
  std::vector<Unit> units_;
  std::map<std::pair<LevelIndex, std::string>, UnitId> unit_index_;
  std::map<OutletId, std::uint32_t> outlets_;
  std::vector<OutletId> outlet_ids_;
  std::vector<std::vector<UnitId>> memberships_;
};

}  // namespace plumbline

#endif  // PLUMBLINE_EVALUATOR_UNIT_TABLE_H_
