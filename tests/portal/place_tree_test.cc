// SPDX-License-Identifier: Apache-2.0
#include "dashboards/portal/place_tree.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dashboards/portal/demo_accounts.h"

namespace plumbline {
namespace {

using ::testing::ElementsAre;

const Date kDay{2026, 10, 31};

class PlaceTreeTest : public ::testing::Test {
 protected:
  void division(const std::string& code, const std::string& level, const std::string& parent,
                std::optional<Date> until = std::nullopt, const std::string& into = "") {
    Fact fact{"division", code, Date{2000, 1, 1}, until, {{"name_zh", "名" + code}}};
    fact.attributes["level"] = level;
    if (!parent.empty()) fact.attributes["parent"] = parent;
    if (!into.empty()) fact.attributes["merged_into"] = into;
    registry_->facts.add(LedgerIndex(index_++), Instant{0}, fact);
  }
  void outlet(const std::string& id, std::map<std::string, std::string> places) {
    const OutletId parsed = OutletId::parse(id).value();
    registry_->outlets[parsed] = {parsed, "", "网点", "", std::move(places)};
  }
  PlaceTree tree() { return PlaceTree(registry_, kDay); }

  std::shared_ptr<RegistryView> registry_ = std::make_shared<RegistryView>();
  std::uint64_t index_ = 0;
};

TEST_F(PlaceTreeTest, ScopesHoldWhatLiesBelowThem) {
  division("c1", "city", "");
  division("c2", "city", "");
  division("a", "county", "c1");
  division("b", "county", "c2");
  outlet("o1", {{"county", "a"}});
  outlet("o2", {{"county", "b"}, {"city", "c1"}});  // the county decides
  outlet("o3", {{"city", "c1"}});
  const PlaceTree places = tree();
  const Scope city{ScopeLevel::kCity, "c1"};
  EXPECT_TRUE(places.contains(city, ScopeLevel::kCity, "c1"));
  EXPECT_FALSE(places.contains(city, ScopeLevel::kCity, "c2"));
  EXPECT_TRUE(places.contains(city, ScopeLevel::kCounty, "a"));
  EXPECT_FALSE(places.contains(city, ScopeLevel::kCounty, "b"));
  EXPECT_TRUE(places.contains(city, ScopeLevel::kOutlet, "o1"));
  EXPECT_FALSE(places.contains(city, ScopeLevel::kOutlet, "o2"));
  EXPECT_TRUE(places.contains(city, ScopeLevel::kOutlet, "o3"));
  EXPECT_FALSE(places.contains(city, ScopeLevel::kNetwork, "ALL"));
  const Scope county{ScopeLevel::kCounty, "a"};
  EXPECT_FALSE(places.contains(county, ScopeLevel::kCity, "c1"));
  EXPECT_FALSE(places.contains(county, ScopeLevel::kOutlet, "o3"));
  const Scope own{ScopeLevel::kOutlet, "o1"};
  EXPECT_TRUE(places.contains(own, ScopeLevel::kOutlet, "o1"));
  EXPECT_FALSE(places.contains(own, ScopeLevel::kCounty, "a"));
  const Scope whole{ScopeLevel::kNetwork, "ALL"};
  EXPECT_TRUE(places.contains(whole, ScopeLevel::kOutlet, "o2"));
  EXPECT_FALSE(places.contains(whole, ScopeLevel::kOutlet, "o4"));
  EXPECT_FALSE(places.contains({ScopeLevel::kCity, "gone"}, ScopeLevel::kCity, "gone"));
}

TEST_F(PlaceTreeTest, AMergedDivisionCountsForItsSuccessor) {
  division("new", "county", "c1");
  division("old", "county", "c1", Date{2020, 7, 1}, "new");
  division("circle", "county", "c1", Date{2020, 7, 1}, "circle");
  outlet("o1", {{"county", "old"}});
  const PlaceTree places = tree();
  EXPECT_EQ(places.county_of(*places.outlet("o1")), "new");
  EXPECT_EQ(places.today("circle"), "circle");
  EXPECT_FALSE(places.knows(ScopeLevel::kCounty, "old"));
  EXPECT_TRUE(places.contains({ScopeLevel::kCounty, "new"}, ScopeLevel::kOutlet, "o1"));
  EXPECT_EQ(PlaceTree(registry_, Date{2020, 7, 1}).today("old"), "old");
}

TEST_F(PlaceTreeTest, WithoutDivisionFactsThePlacesOfOutletsMakeTheTree) {
  outlet("o1", {{"county", "a"}, {"city", "c1"}});
  const PlaceTree places = tree();
  EXPECT_TRUE(places.contains({ScopeLevel::kCity, "c1"}, ScopeLevel::kCounty, "a"));
  EXPECT_EQ(places.name(ScopeLevel::kCounty, "a").text(), R"({"en":"a","zh":"a"})");
}

TEST_F(PlaceTreeTest, DemoAccountsChooseTheCountyWithTheMostOutlets) {
  outlet("o1", {{"county", "a"}, {"city", "c1"}});
  outlet("o2", {{"county", "b"}, {"city", "c2"}});
  outlet("o3", {{"county", "b"}, {"city", "c2"}});
  std::vector<std::string> chosen;
  for (const Account& account : choose_demo_accounts(tree())) {
    EXPECT_TRUE(check_account(account).ok()) << account.name;
    chosen.push_back(account.name + ":" + account.scope.unit);
  }
  EXPECT_THAT(chosen, ElementsAre("province:ALL", "city:c2", "county:b", "outlet:o2", "auditor:ALL",
                                  "operator:ALL"));
}

TEST_F(PlaceTreeTest, DemoAccountsOfANetworkWithoutPlaces) {
  outlet("o1", {});
  std::string chosen;
  for (const Account& account : choose_demo_accounts(tree())) chosen += account.name + " ";
  EXPECT_EQ(chosen, "province outlet auditor operator ");
}

TEST_F(PlaceTreeTest, TreesAreKept) {
  PlaceTrees trees;
  auto first = trees.of(registry_, kDay);
  EXPECT_EQ(first, trees.of(registry_, kDay));
  EXPECT_NE(first, trees.of(registry_, Date{2026, 11, 1}));
  EXPECT_NE(first, trees.of(std::make_shared<RegistryView>(), kDay));
}

}  // namespace
}  // namespace plumbline
