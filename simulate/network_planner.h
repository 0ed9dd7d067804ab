// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_SIMULATE_NETWORK_PLANNER_H_
#define PLUMBLINE_SIMULATE_NETWORK_PLANNER_H_

#include <deque>
#include <map>
#include <string>
#include <vector>

#include "simulate/network_plan.h"
#include "simulate/random.h"

// Private to network_plan*.cc.
namespace plumbline {

class NetworkPlanner {
 public:
  NetworkPlanner(const Settings& settings, const std::vector<Fact>& rows, std::uint64_t seed);
  NetworkPlan plan(std::int64_t most);

 private:
  struct Place {
    std::string code, parent, zh, en;
  };

  // network_plan.cc: places and outlets.
  void read_places(const std::vector<Fact>& rows);
  std::vector<const Profile*> deal_profiles(std::size_t count);
  void add_outlets(std::int64_t most);
  const HostKind& next_host(std::size_t number) const;
  OutletAdded make_outlet(const HostKind& host, std::size_t number);

  // network_plan_facts.cc: what the office records.
  void add_statuses();
  void add_withdrawals();
  void add_institutions();
  void add_institution(const InstitutionRule& rule, const Place& place);
  void add_products();
  void add_product(const ProductRule& rule);
  void add_findings();
  std::string add_document(const std::string& id, Date day, const Title& about);
  void record(Date day, Fact fact) { plan_.days[day].facts.push_back(std::move(fact)); }
  Date day_between(Date first, Date last);

  const Settings& settings_;
  Random random_;
  std::vector<Place> cities_, counties_;           // the pack's order
  std::deque<Place> free_cities_, free_counties_;  // without an institution yet, cities in turn
  std::map<std::string, std::size_t> hosts_seen_;  // outlets of each kind of host
  std::map<std::string, Fact> statuses_;           // by fact id
  std::map<int, int> documents_;                   // numbers given, by year
  int products_ = 0;
  NetworkPlan plan_;
};

std::string fill_in(std::string text, std::string_view what, std::string_view with);

}  // namespace plumbline

#endif  // PLUMBLINE_SIMULATE_NETWORK_PLANNER_H_
