// SPDX-License-Identifier: Apache-2.0
// What rules/jiangsu-2025/simulation.yaml promises: it fits its catalogue, and its registry gives
// the coverage that the demonstration tells of, whatever the seed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "simulate/outlet_source.h"
#include "simulate/simulation.h"

namespace plumbline {
namespace {

const SimulationInput& input() {
  static const SimulationInput read = [] {
    auto found = read_simulation(std::string(PLUMBLINE_SOURCE_DIR) + "/rules/jiangsu-2025");
    EXPECT_TRUE(found.ok()) << found.error().text();
    return std::move(found).value();
  }();
  return read;
}

// What is known at the end of a day, by kind and id.
std::map<std::pair<std::string, std::string>, Fact> known_on(const NetworkPlan& plan, Date day) {
  std::map<std::pair<std::string, std::string>, Fact> known;
  for (const auto& [at, recorded] : plan.days) {
    if (at > day) break;
    for (const Fact& fact : recorded.facts) known[{fact.kind, fact.id}] = fact;
  }
  return known;
}

std::size_t confirmed(const NetworkPlan& plan, const std::string& level, Date day) {
  std::set<std::string> places;
  for (const auto& [key, fact] : known_on(plan, day)) {
    if (fact.kind != "institution" || fact.attribute("level") != level) continue;
    const std::string& date = fact.attribute("confirmed");
    if (!date.empty() && date <= format_date(day)) places.insert(fact.attribute("place"));
  }
  return places.size();
}

std::size_t holding(const NetworkPlan& plan, const std::string& status, Date day) {
  std::size_t count = 0;
  for (const auto& [key, fact] : known_on(plan, day)) {
    if (fact.kind == "status" && fact.attribute("status") == status && fact.is_true_on(day)) {
      ++count;
    }
  }
  return count;
}

TEST(JiangsuSimulation, CoversTheCountiesAsTold) {
  for (std::uint64_t seed : {1, 2, 7, 99}) {
    const NetworkPlan plan = plan_network(input().settings, input().rows, seed, kAllOutlets);
    EXPECT_EQ(plan.counties.size(), 95u);
    EXPECT_EQ(confirmed(plan, "city", {2022, 12, 31}), 13u) << seed;
    EXPECT_GE(confirmed(plan, "county", {2022, 12, 31}), 30u) << seed;
    EXPECT_EQ(confirmed(plan, "county", {2025, 10, 31}), 47u) << seed;
    EXPECT_EQ(confirmed(plan, "county", {2025, 12, 31}), 48u) << seed;
    EXPECT_EQ(confirmed(plan, "county", {2026, 1, 31}), 49u) << seed;
  }
}

TEST(JiangsuSimulation, HasTheOutletsAndProductsAsTold) {
  for (std::uint64_t seed : {1, 2, 7, 99}) {
    const NetworkPlan plan = plan_network(input().settings, input().rows, seed, kAllOutlets);
    EXPECT_EQ(plan.outlets.size(), 110u);
    EXPECT_EQ(holding(plan, "provincial_outlet", {2025, 12, 31}), 104u);
    EXPECT_EQ(holding(plan, "provincial_outlet", {2026, 10, 30}), 102u);
    EXPECT_EQ(holding(plan, "university_centre", {2022, 12, 31}), 10u);
    EXPECT_EQ(holding(plan, "tisc", {2022, 12, 31}), 8u);
    std::size_t accepted = 0;
    std::size_t findings = 0;
    std::size_t products = 0;
    for (const auto& [key, fact] : known_on(plan, {2025, 12, 31})) {
      if (fact.kind == "product" && fact.attribute("review") == "accepted") ++accepted;
    }
    for (const auto& [key, fact] : known_on(plan, {2026, 10, 30})) {
      if (fact.kind == "product") ++products;
      if (fact.kind == "finding") ++findings;
    }
    EXPECT_EQ(accepted, 46u);
    EXPECT_EQ(products, 52u);
    EXPECT_EQ(findings, 1u) << seed;
  }
}

TEST(JiangsuSimulation, NamesNobodyWhoIsReal) {
  const NetworkPlan plan = plan_network(input().settings, input().rows, 3, kAllOutlets);
  for (const SimulatedOutlet& outlet : plan.outlets) {
    EXPECT_TRUE(outlet.added.name_zh.starts_with("示例")) << outlet.added.name_zh;
    EXPECT_TRUE(outlet.added.name_en.starts_with("Example")) << outlet.added.name_en;
  }
}

TEST(JiangsuSimulation, ReportsOnlyWhatFitsThePack) {
  const NetworkPlan plan = plan_network(input().settings, input().rows, 1, 12);
  const Instant end = input().pack.calendar.start_of({2025, 7, 1});
  std::size_t events = 0;
  std::set<std::string> types;
  for (const SimulatedOutlet& outlet : plan.outlets) {
    OutletSource source(input().settings, input().pack, plan, outlet, 1);
    for (const SimulatedEvent& made : source.next(end)) {
      auto misfit = check_event(input().pack.events, made.event);
      ASSERT_FALSE(misfit.has_value()) << made.event.type << ": " << misfit->sentence;
      types.insert(made.event.type);
      ++events;
    }
  }
  EXPECT_GT(events, 5'000u);
  EXPECT_EQ(types.size(), input().pack.events.event_types().size());
}

}  // namespace
}  // namespace plumbline
