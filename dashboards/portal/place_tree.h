// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_DASHBOARDS_PORTAL_PLACE_TREE_H_
#define PLUMBLINE_DASHBOARDS_PORTAL_PLACE_TREE_H_

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "base/mutex.h"
#include "registry/office.h"
#include "store/accounts.h"

namespace plumbline {

// The tree province, city, county, outlet on a day: from the division facts, and where there are
// none from the places that the outlets name. A plain value; pure.
class PlaceTree {
 public:
  struct Division {
    std::string code;
    std::string name_zh, name_en;
    std::string parent;  // a county's city
    std::string tile;    // "x,y"
  };

  PlaceTree(std::shared_ptr<const RegistryView> registry, Date day);

  const RegistryView& registry() const { return *registry_; }
  Date day() const { return day_; }

  const std::map<std::string, Division>& cities() const { return cities_; }
  const std::map<std::string, Division>& counties() const { return counties_; }
  std::vector<const Division*> counties_of(const std::string& city) const;
  const OutletAdded* outlet(const std::string& id) const;  // nullptr when there is none
  // Sorted by id. `unit` is what scope and level name.
  std::vector<const OutletAdded*> outlets_of(const Scope& scope) const;

  // The county of an outlet, and the city of it or of its county; "" when it has none.
  std::string county_of(const OutletAdded& outlet) const;
  std::string city_of(const OutletAdded& outlet) const;
  // The division that counts for `code` on the day: the one it was merged into.
  std::string today(const std::string& code) const;

  bool knows(ScopeLevel level, const std::string& unit) const;
  // Whether the unit lies in the scope. A unit that there is not lies nowhere.
  bool contains(const Scope& scope, ScopeLevel level, const std::string& unit) const;

  Json name(ScopeLevel level, const std::string& unit) const;           // {"zh","en"}
  Json division_json(ScopeLevel level, const std::string& code) const;  // {"code","name"}, or null

 private:
  void add_divisions();
  void add_places();

  std::shared_ptr<const RegistryView> registry_;
  Date day_;
  std::map<std::string, std::string> merged_;  // old code -> new code, by the day
  std::map<std::string, Division> cities_, counties_;
  std::map<std::string, std::vector<const OutletAdded*>> by_city_, by_county_;
};

// Keeps the trees last made. Safe from any thread.
class PlaceTrees {
 public:
  std::shared_ptr<const PlaceTree> of(std::shared_ptr<const RegistryView> registry, Date day);

 private:
  Mutex mutex_;
  std::vector<std::shared_ptr<const PlaceTree>> kept_ GUARDED_BY(mutex_);  // the newest last
};

}  // namespace plumbline

#endif  // PLUMBLINE_DASHBOARDS_PORTAL_PLACE_TREE_H_
