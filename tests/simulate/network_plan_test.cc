// SPDX-License-Identifier: Apache-2.0
#include "simulate/network_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "model/office_record.h"
#include "tests/support/simulate/small_pack.h"

namespace plumbline {
namespace {

using testing_support::small_rows;
using testing_support::small_settings;

NetworkPlan plan(std::uint64_t seed = 1, std::int64_t most = kAllOutlets) {
  return plan_network(small_settings(), small_rows(), seed, most);
}

std::string text_of(const NetworkPlan& plan) {
  std::string text;
  for (const auto& [day, known] : plan.days) {
    text += format_date(day) + "\n";
    for (const OutletAdded& outlet : known.outlets) text += outlet.outlet.text() + outlet.name_zh;
    for (const Fact& fact : known.facts) text += fact_json(fact).text() + "\n";
  }
  for (const SimulatedOutlet& outlet : plan.outlets) text += outlet.profile->id + "\n";
  return text;
}

// What is known of a fact in the end.
const Fact* last(const NetworkPlan& plan, const std::string& kind, const std::string& id) {
  const Fact* found = nullptr;
  for (const auto& [day, known] : plan.days) {
    for (const Fact& fact : known.facts) {
      if (fact.kind == kind && fact.id == id) found = &fact;
    }
  }
  return found;
}

std::size_t count(const NetworkPlan& plan, const std::string& kind, const std::string& attribute) {
  std::set<std::string> ids;
  for (const auto& [day, known] : plan.days) {
    for (const Fact& fact : known.facts) {
      if (fact.kind == kind && !fact.attribute(attribute).empty()) ids.insert(fact.id);
    }
  }
  return ids.size();
}

TEST(RegistryRows, AreReadWithTheirAttributes) {
  auto rows = read_registry_rows("kind,id,from,until,note\nstatus,a,2021-01-01,,x\n");
  ASSERT_TRUE(rows.ok());
  EXPECT_EQ((*rows)[0], (Fact{"status", "a", Date{2021, 1, 1}, std::nullopt, {{"note", "x"}}}));
  EXPECT_FALSE(read_registry_rows("").ok());
  EXPECT_FALSE(read_registry_rows("kind,id,from\nstatus,a,soon\n").ok());
  EXPECT_FALSE(read_registry_rows("kind,id\nstatus\n").ok());
}

TEST(NetworkPlan, IsTheSameForTheSameSeed) {
  EXPECT_EQ(text_of(plan(1)), text_of(plan(1)));
  EXPECT_NE(text_of(plan(1)), text_of(plan(2)));
}

TEST(NetworkPlan, BeginsWithThePacksOwnRows) {
  const NetworkPlan made = plan();
  EXPECT_EQ(made.days.begin()->first, (Date{2020, 6, 1}));
  EXPECT_EQ(made.days.begin()->second.facts, small_rows());
  EXPECT_EQ(made.counties, (std::vector<std::string>{"101", "102"}));
}

TEST(NetworkPlan, HasTheOutletsOfTheWaves) {
  const NetworkPlan made = plan();
  ASSERT_EQ(made.outlets.size(), 7u);
  EXPECT_EQ(made.outlets[4].joins, (Date{2020, 9, 1}));
  EXPECT_EQ(made.outlets[5].joins, (Date{2021, 3, 1}));
  EXPECT_EQ(made.days.at({2020, 9, 1}).outlets.size(), 5u);
  std::multiset<std::string> profiles;
  std::set<std::string> ids;
  for (const SimulatedOutlet& outlet : made.outlets) {
    profiles.insert(outlet.profile->id);
    ids.insert(outlet.added.outlet.text());
    EXPECT_EQ(outlet.added.places.at("city"), "100");
    EXPECT_THAT(outlet.added.name_zh, testing::HasSubstr("示例"));
    EXPECT_THAT(outlet.added.name_en, testing::HasSubstr("Example"));
    EXPECT_THAT(outlet.added.name_en, testing::Not(testing::HasSubstr("{")));
  }
  EXPECT_EQ(ids.size(), 7u);
  EXPECT_EQ(profiles.count("plain"), 3u);
  for (const char* one : {"late", "gone", "absent", "loud"}) EXPECT_EQ(profiles.count(one), 1u);
  EXPECT_EQ(plan(1, 3).outlets.size(), 3u);
}

TEST(NetworkPlan, RecordsAFactOnceADayAndADocumentBeforeItsUse) {
  const NetworkPlan made = plan();
  std::set<std::string> documents;
  for (const auto& [day, known] : made.days) {
    std::set<std::pair<std::string, std::string>> seen;
    for (const Fact& fact : known.facts) {
      EXPECT_TRUE(seen.emplace(fact.kind, fact.id).second) << fact.kind << fact.id;
      if (fact.kind == "document") documents.insert(fact.id);
    }
    for (const Fact& fact : known.facts) {
      const std::string& document = fact.attribute("document");
      if (!document.empty()) {
        EXPECT_TRUE(documents.contains(document)) << fact.id;
      }
    }
  }
}

TEST(NetworkPlan, ConfirmsWhatHasADocument) {
  const NetworkPlan made = plan();
  EXPECT_EQ(count(made, "institution", "declared"), 3u);
  EXPECT_EQ(count(made, "institution", "document"), 2u);
  EXPECT_EQ(count(made, "institution", "confirmed"), 2u);
  const Fact* city = last(made, "institution", "inst-100");
  ASSERT_NE(city, nullptr);
  EXPECT_LT(city->attribute("declared"), city->attribute("checked"));
  EXPECT_LT(city->attribute("checked"), city->attribute("confirmed"));
}

TEST(NetworkPlan, GivesAndWithdrawsStatuses) {
  const NetworkPlan made = plan();
  EXPECT_EQ(count(made, "status", "holder"), 7u);  // five listed, two special
  std::size_t ended = 0;
  for (const auto& [day, known] : made.days) {
    for (const Fact& fact : known.facts) {
      if (fact.kind != "status" || !fact.until) continue;
      EXPECT_EQ(day, (Date{2021, 4, 30}));
      ++ended;
    }
  }
  EXPECT_EQ(ended, 1u);
}

TEST(NetworkPlan, ReviewsProducts) {
  const NetworkPlan made = plan();
  EXPECT_EQ(count(made, "product", "review"), 3u);
  EXPECT_EQ(count(made, "product", "reviewed"), 2u);
  EXPECT_EQ(last(made, "product", "product-03")->attribute("review"), "pending");
}

TEST(NetworkPlan, FindsWhatWasMadeUpByWhoIsOnRecord) {
  std::size_t found = 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const NetworkPlan made = plan(seed);
    const auto loud = std::find_if(made.outlets.begin(), made.outlets.end(),
                                   [](const auto& outlet) { return outlet.profile->id == "loud"; });
    const std::string id = loud->added.outlet.text();
    const Fact* finding = last(made, "finding", id + "-made_up");
    EXPECT_EQ(finding != nullptr, loud->joins <= Date({2021, 2, 1})) << seed;
    if (finding == nullptr) continue;
    EXPECT_EQ(finding->attribute("outlet"), id);
    ++found;
  }
  EXPECT_GT(found, 0u);
}

}  // namespace
}  // namespace plumbline
