// SPDX-License-Identifier: Apache-2.0
#include "simulate/network_plan.h"

#include <fmt/format.h>

#include <algorithm>

#include "packs/csv.h"
#include "simulate/network_planner.h"
#include "simulate/work_time.h"

namespace plumbline {
namespace {

// The rows with a place of their own first, then in turn through the parents.
template <typename Place>
std::deque<Place> in_turn(const std::vector<Place>& places, Random& random) {
  std::map<std::string, std::vector<Place>> by_parent;
  for (const Place& place : places) by_parent[place.parent].push_back(place);
  for (auto& [parent, group] : by_parent) random.shuffle(group);
  std::deque<Place> turn;
  for (std::size_t i = 0; turn.size() < places.size(); ++i) {
    for (auto& [parent, group] : by_parent) {
      if (i < group.size()) turn.push_back(group[i]);
    }
  }
  return turn;
}

std::string letter(std::size_t number) {
  std::string text(1, static_cast<char>('A' + number % 26));
  return number < 26 ? text : static_cast<char>('A' + number / 26 - 1) + text;
}

Result<Fact> fact_of_row(const CsvRow& header, const CsvRow& row) {
  Fact fact;
  for (std::size_t i = 0; i < header.cells.size(); ++i) {
    const std::string& name = header.cells[i];
    const std::string& cell = row.cells[i];
    if (cell.empty()) continue;
    if (name == "kind") {
      fact.kind = cell;
    } else if (name == "id") {
      fact.id = cell;
    } else if (name == "from") {
      ASSIGN_OR_RETURN(fact.from, parse_date(cell));
    } else if (name == "until") {
      ASSIGN_OR_RETURN(fact.until, parse_date(cell));
    } else {
      fact.attributes.emplace(name, cell);
    }
  }
  return fact;
}

}  // namespace

std::string fill_in(std::string text, std::string_view what, std::string_view with) {
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += with.size()) {
    text.replace(at, what.size(), with);
  }
  return text;
}

Result<std::vector<Fact>> read_registry_rows(std::string_view csv) {
  CsvReader reader(csv);
  std::vector<Fact> facts;
  ASSIGN_OR_RETURN(std::optional<CsvRow> header, reader.next());
  if (!header) return Error(Code::kInvalid, "the table of the registry is empty");
  for (;;) {
    ASSIGN_OR_RETURN(std::optional<CsvRow> row, reader.next());
    if (!row) return facts;
    auto fact = fact_of_row(*header, *row);
    if (!fact.ok()) {
      return Error(Code::kInvalid, fmt::format("line {} of the registry's rows", row->line),
                   fact.error());
    }
    facts.push_back(std::move(*fact));
  }
}

NetworkPlanner::NetworkPlanner(const Settings& settings, const std::vector<Fact>& rows,
                               std::uint64_t seed)
    : settings_(settings), random_(seed, "network") {
  read_places(rows);
  RegistryDay& first = plan_.days[settings.known];
  for (const Fact& fact : rows) first.facts.push_back(fact);
  free_cities_ = in_turn(cities_, random_);
  free_counties_ = in_turn(counties_, random_);
}

void NetworkPlanner::read_places(const std::vector<Fact>& rows) {
  for (const Fact& fact : rows) {
    if (fact.kind != "division") continue;
    Place place{fact.id, fact.attribute("parent"), fact.attribute("name_zh"),
                fact.attribute("name_en")};
    if (fact.attribute("level") == settings_.city_level) cities_.push_back(place);
    if (fact.attribute("level") != settings_.county_level) continue;
    counties_.push_back(place);
    plan_.counties.push_back(place.code);
  }
}

// Those with a count get it, the others share the rest by weight; then all are mixed.
std::vector<const Profile*> NetworkPlanner::deal_profiles(std::size_t count) {
  std::vector<const Profile*> dealt;
  std::vector<std::int64_t> weights;
  for (const Profile& profile : settings_.profiles) {
    for (std::int64_t i = 0; i < profile.count && dealt.size() < count; ++i) {
      dealt.push_back(&profile);
    }
    weights.push_back(profile.weight);
  }
  while (dealt.size() < count) dealt.push_back(&settings_.profiles[random_.pick(weights)]);
  random_.shuffle(dealt);
  return dealt;
}

// The one that is furthest behind its share, so that every wave has all of them.
const HostKind& NetworkPlanner::next_host(std::size_t number) const {
  std::int64_t total = 0;
  for (const HostKind& host : settings_.hosts) total += host.weight;
  auto behind = [&](const HostKind& host) {
    auto seen = hosts_seen_.find(host.id);
    const auto have = seen == hosts_seen_.end() ? 0 : static_cast<std::int64_t>(seen->second);
    return host.weight * static_cast<std::int64_t>(number + 1) - have * total;
  };
  return *std::max_element(
      settings_.hosts.begin(), settings_.hosts.end(),
      [&](const HostKind& a, const HostKind& b) { return behind(a) < behind(b); });
}

OutletAdded NetworkPlanner::make_outlet(const HostKind& host, std::size_t number) {
  const std::size_t of_host = hosts_seen_[host.id]++;
  // Different hosts begin at different counties, so that outlets lie all over the network.
  const std::size_t shift = number % 7;
  const std::size_t at = counties_.empty() ? 0 : (of_host * 13 + shift) % counties_.size();
  const Place place = counties_.empty() ? Place{} : counties_[at];
  auto named = [&](const std::string& text) {
    const bool english = text == host.name.en;
    return fill_in(fill_in(text, "{place}", english ? place.en : place.zh), "{letter}",
                   letter(of_host));
  };
  OutletAdded outlet;
  auto id = OutletId::parse(fmt::format("{}-{:03}", host.id, of_host + 1));
  CHECK(id.ok(), "the settings name hosts by words that can begin an outlet's id");
  outlet.outlet = *id;
  outlet.code = fmt::format("EX-{:03}", number + 1);
  outlet.name_zh = named(host.name.zh);
  outlet.name_en = named(host.name.en);
  if (place.code.empty()) return outlet;
  outlet.places[settings_.county_level] = place.code;
  if (!place.parent.empty()) outlet.places[settings_.city_level] = place.parent;
  return outlet;
}

void NetworkPlanner::add_outlets(std::int64_t most) {
  std::size_t total = 0;
  for (const OutletWave& wave : settings_.waves) total += static_cast<std::size_t>(wave.count);
  std::vector<const Profile*> profiles = deal_profiles(total);
  for (const OutletWave& wave : settings_.waves) {
    for (std::int64_t i = 0; i < wave.count; ++i) {
      const std::size_t number = plan_.outlets.size();
      if (static_cast<std::int64_t>(number) >= most) return;
      const HostKind& host = next_host(number);
      SimulatedOutlet outlet{make_outlet(host, number), profiles[number], host.id,
                             random_.between(60, 140), wave.known};
      plan_.days[wave.known].outlets.push_back(outlet.added);
      plan_.outlets.push_back(std::move(outlet));
    }
  }
}

NetworkPlan NetworkPlanner::plan(std::int64_t most) {
  add_outlets(most);
  add_statuses();
  add_withdrawals();
  add_institutions();
  add_products();
  add_findings();
  return std::move(plan_);
}

NetworkPlan plan_network(const Settings& settings, const std::vector<Fact>& rows,
                         std::uint64_t seed, std::int64_t most) {
  return NetworkPlanner(settings, rows, seed).plan(most);
}

}  // namespace plumbline
