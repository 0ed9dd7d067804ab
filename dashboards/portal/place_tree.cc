// SPDX-License-Identifier: Apache-2.0
#include "dashboards/portal/place_tree.h"

#include "dashboards/portal/words.h"

namespace plumbline {
namespace {

constexpr const char* kCityLevel = "city";
constexpr const char* kCountyLevel = "county";
// Divisions are merged once or twice in a generation; a longer chain is a circle.
constexpr int kMaxMerges = 8;
constexpr std::size_t kKeptTrees = 4;

std::string place_at(const OutletAdded& outlet, const char* level) {
  auto found = outlet.places.find(level);
  return found == outlet.places.end() ? "" : found->second;
}

}  // namespace

PlaceTree::PlaceTree(std::shared_ptr<const RegistryView> registry, Date day)
    : registry_(std::move(registry)), day_(day) {
  add_divisions();
  add_places();
}

void PlaceTree::add_divisions() {
  for (const FactBook::Version* version : registry_->facts.known("division")) {
    const Fact& fact = version->fact;
    const std::string& into = fact.attribute("merged_into");
    if (!into.empty() && fact.until && *fact.until < day_) merged_[fact.id] = into;
    if (!fact.is_true_on(day_)) continue;
    Division division{fact.id, fact.attribute("name_zh"), fact.attribute("name_en"),
                      fact.attribute("parent"), fact.attribute("tile")};
    if (fact.attribute("level") == kCityLevel) cities_[fact.id] = std::move(division);
    if (fact.attribute("level") == kCountyLevel) counties_[fact.id] = std::move(division);
  }
}

void PlaceTree::add_places() {
  for (const auto& [id, outlet] : registry_->outlets) {
    const std::string city = today(place_at(outlet, kCityLevel));
    const std::string county = today(place_at(outlet, kCountyLevel));
    if (!city.empty() && !cities_.contains(city)) cities_[city] = {city, "", "", "", ""};
    if (!county.empty() && !counties_.contains(county)) {
      counties_[county] = {county, "", "", city, ""};
    }
    if (!county.empty()) by_county_[county].push_back(&outlet);
    if (std::string of = city_of(outlet); !of.empty()) by_city_[of].push_back(&outlet);
  }
}

std::vector<const PlaceTree::Division*> PlaceTree::counties_of(const std::string& city) const {
  std::vector<const Division*> found;
  for (const auto& [code, county] : counties_) {
    if (county.parent == city) found.push_back(&county);
  }
  return found;
}

const OutletAdded* PlaceTree::outlet(const std::string& id) const {
  auto parsed = OutletId::parse(id);
  if (!parsed.ok()) return nullptr;
  auto found = registry_->outlets.find(*parsed);
  return found == registry_->outlets.end() ? nullptr : &found->second;
}

std::vector<const OutletAdded*> PlaceTree::outlets_of(const Scope& scope) const {
  if (scope.level == ScopeLevel::kNetwork) {
    std::vector<const OutletAdded*> all;
    for (const auto& [id, outlet] : registry_->outlets) all.push_back(&outlet);
    return all;
  }
  if (scope.level == ScopeLevel::kOutlet) {
    const OutletAdded* one = outlet(scope.unit);
    return one == nullptr ? std::vector<const OutletAdded*>() : std::vector{one};
  }
  const auto& groups = scope.level == ScopeLevel::kCity ? by_city_ : by_county_;
  auto found = groups.find(scope.unit);
  return found == groups.end() ? std::vector<const OutletAdded*>() : found->second;
}

std::string PlaceTree::county_of(const OutletAdded& outlet) const {
  return today(place_at(outlet, kCountyLevel));
}

// A county decides on the city; an outlet of a city itself names the city alone.
std::string PlaceTree::city_of(const OutletAdded& outlet) const {
  auto county = counties_.find(county_of(outlet));
  if (county != counties_.end() && !county->second.parent.empty()) return county->second.parent;
  return today(place_at(outlet, kCityLevel));
}

std::string PlaceTree::today(const std::string& code) const {
  std::string now = code;
  for (int i = 0; i < kMaxMerges; ++i) {
    auto merged = merged_.find(now);
    if (merged == merged_.end()) break;
    now = merged->second;
  }
  return now;
}

bool PlaceTree::knows(ScopeLevel level, const std::string& unit) const {
  switch (level) {
    case ScopeLevel::kNetwork:
      return unit == "ALL";
    case ScopeLevel::kCity:
      return cities_.contains(unit);
    case ScopeLevel::kCounty:
      return counties_.contains(unit);
    case ScopeLevel::kOutlet:
      return outlet(unit) != nullptr;
  }
  return false;
}

bool PlaceTree::contains(const Scope& scope, ScopeLevel level, const std::string& unit) const {
  if (level < scope.level || !knows(level, unit)) return false;
  if (scope.level == ScopeLevel::kNetwork) return scope.unit == "ALL";
  if (level == scope.level) return unit == scope.unit;
  if (level == ScopeLevel::kCounty) return counties_.at(unit).parent == scope.unit;
  const OutletAdded& one = *outlet(unit);
  return (scope.level == ScopeLevel::kCity ? city_of(one) : county_of(one)) == scope.unit;
}

Json PlaceTree::name(ScopeLevel level, const std::string& unit) const {
  if (level == ScopeLevel::kNetwork) {
    return words::name_json(registry_->genesis.network, registry_->genesis.network);
  }
  if (level == ScopeLevel::kOutlet) {
    const OutletAdded* one = outlet(unit);
    return one == nullptr ? words::name_json(unit, unit)
                          : words::name_json(one->name_zh, one->name_en);
  }
  const auto& divisions = level == ScopeLevel::kCity ? cities_ : counties_;
  auto found = divisions.find(unit);
  if (found == divisions.end() ||
      (found->second.name_zh.empty() && found->second.name_en.empty())) {
    return words::name_json(unit, unit);
  }
  return words::name_json(found->second.name_zh, found->second.name_en);
}

Json PlaceTree::division_json(ScopeLevel level, const std::string& code) const {
  if (code.empty()) return nullptr;
  return Json::object().set("code", code).set("name", name(level, code));
}

std::shared_ptr<const PlaceTree> PlaceTrees::of(std::shared_ptr<const RegistryView> registry,
                                                Date day) {
  MutexLock lock(mutex_);
  for (const auto& tree : kept_) {
    if (&tree->registry() == registry.get() && tree->day() == day) return tree;
  }
  if (kept_.size() >= kKeptTrees) kept_.erase(kept_.begin());
  kept_.push_back(std::make_shared<const PlaceTree>(std::move(registry), day));
  return kept_.back();
}

}  // namespace plumbline
