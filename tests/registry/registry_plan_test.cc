// SPDX-License-Identifier: Apache-2.0
// What handing in outlets and facts would change, decided on values.
#include "registry/registry_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "registry/office.h"
#include "tests/support/wire/samples.h"

namespace plumbline {
namespace {

using samples::at;
using samples::outlet;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using How = RegistryPlan::Change::How;
using List = RegistryPlan::List;

Fact division(std::string id, std::string level, std::string parent = "") {
  Fact fact{"division", std::move(id), {}, {}, {{"name_zh", "某地"}, {"level", std::move(level)}}};
  if (!parent.empty()) fact.attributes["parent"] = std::move(parent);
  return fact;
}

Fact institution(std::string id, std::string place) {
  return {"institution",
          std::move(id),
          Date{2024, 5, 1},
          {},
          {{"name_zh", "机构"}, {"level", "county"}, {"place", std::move(place)}}};
}

OutletAdded library(std::map<std::string, std::string> places = {{"county", "320102"}}) {
  return {outlet("lib"), "L", "图书馆", "Library", std::move(places)};
}

class RegistryPlanTest : public ::testing::Test {
 protected:
  RegistryPlanTest() {
    apply(Genesis{"id", "net", {}, {}, false, {}});
    apply(FactsRecorded{{division("320100", "city"), division("320102", "county", "320100"),
                         division("320200", "city")}});
  }

  void apply(decltype(OfficeRecord::body) body) {
    ASSERT_TRUE(state_
                    .apply(LedgerIndex(next_++), at("2026-01-05T09:00:00Z"),
                           {"os:clerk", "test", std::move(body)})
                    .ok());
  }

  std::vector<std::string> problems(const RegistryInput& input) {
    std::vector<std::string> out;
    for (const auto& wrong : plan_registry(state_, input).problems) {
      out.push_back(wrong.problem.text());
    }
    return out;
  }

  RegistryState state_;
  std::uint64_t next_ = 0;
};

TEST_F(RegistryPlanTest, WhatIsKnownIsLeftOut) {
  RegistryInput input{{library()}, {institution("i1", "320102"), institution("i2", "320102")}};
  RegistryPlan plan = plan_registry(state_, input);
  EXPECT_THAT(plan.problems, IsEmpty());
  EXPECT_EQ(plan.count(How::kAdded, List::kOutlets), 1u);
  EXPECT_EQ(plan.count(How::kAdded, List::kFacts), 2u);
  apply(plan.outlets[0]);
  apply(FactsRecorded{plan.facts});
  RegistryPlan again = plan_registry(state_, input);
  EXPECT_THAT(again.changes, IsEmpty());
  EXPECT_EQ(again.unchanged, 3u);
}

TEST_F(RegistryPlanTest, AChangeNamesWhatDiffers) {
  apply(FactsRecorded{{institution("i1", "320102")}});
  Fact changed = institution("i1", "320102");
  changed.until = Date{2026, 12, 31};
  changed.attributes.erase("place");
  changed.attributes["confirmed"] = "2024-06-01";
  RegistryPlan plan = plan_registry(state_, {{}, {changed}});
  ASSERT_EQ(plan.changes.size(), 1u);
  EXPECT_EQ(plan.changes[0].how, How::kChanged);
  EXPECT_THAT(plan.changes[0].differs, ElementsAre("confirmed", "place", "until"));
}

TEST_F(RegistryPlanTest, AWithdrawalNeedsSomethingToWithdrawAndCanBeTakenBack) {
  Fact withdrawn{"institution", "i1", {}, {}, {{"withdrawn", "declared in error"}}};
  EXPECT_THAT(problems({{}, {withdrawn}}),
              ElementsAre("\"withdrawn\": the institution \"i1\" is not known here, so that it "
                          "cannot be withdrawn"));
  apply(FactsRecorded{{institution("i1", "320102")}});
  RegistryPlan plan = plan_registry(state_, {{}, {withdrawn}});
  EXPECT_EQ(plan.count(How::kWithdrawn, List::kFacts), 1u);
  apply(FactsRecorded{plan.facts});
  EXPECT_EQ(plan_registry(state_, {{}, {withdrawn}}).unchanged, 1u);
  plan = plan_registry(state_, {{}, {institution("i1", "320102")}});
  EXPECT_EQ(plan.count(How::kAdded, List::kFacts), 1u);
}

TEST_F(RegistryPlanTest, ReferencesAreKnownOrHandedIn) {
  EXPECT_THAT(problems({{}, {institution("i1", "330102")}}),
              ElementsAre("\"place\": the division \"330102\" is not known here"));
  EXPECT_THAT(problems({{}, {institution("i1", "330102"), division("330102", "county")}}),
              IsEmpty());
  Fact status{"status", "s1", Date{2024, 1, 1}, {}, {{"holder", "lib"}, {"status", "tisc"}}};
  EXPECT_THAT(problems({{}, {status}}),
              ElementsAre("\"holder\": the outlet or institution \"lib\" is not known here"));
  EXPECT_THAT(problems({{library()}, {status}}), IsEmpty());
  status.attributes["holder"] = "i1";
  EXPECT_THAT(problems({{}, {status, institution("i1", "320102")}}), IsEmpty());
}

TEST_F(RegistryPlanTest, WhatIsWithdrawnOrRefersToItselfIsNoReference) {
  Fact gone = division("320102", "county");
  gone.attributes = {{"withdrawn", "merged"}};
  EXPECT_THAT(problems({{}, {gone, institution("i1", "320102")}}),
              ElementsAre("\"place\": the division \"320102\" is not known here"));
  EXPECT_THAT(problems({{}, {division("320300", "city", "320300")}}),
              ElementsAre("\"parent\": the division \"320300\" refers to itself"));
}

TEST_F(RegistryPlanTest, AnOutletStandsInKnownDivisions) {
  EXPECT_THAT(problems({{library({{"county", "330102"}})}, {}}),
              ElementsAre("\"place:county\": the division \"330102\" is not known here"));
  EXPECT_THAT(problems({{library({{"county", "320100"}})}, {}}),
              ElementsAre("\"place:county\": the division \"320100\" is of the level \"city\", "
                          "not \"county\""));
  EXPECT_THAT(problems({{library({{"county", "320102"}, {"city", "320200"}})}, {}}),
              ElementsAre("\"place:county\": the division \"320102\" lies in \"320100\", not in "
                          "\"320200\""));
  EXPECT_THAT(problems({{library({{"county", "320102"}, {"city", "320100"}})}, {}}), IsEmpty());
  // A level without divisions on record has codes of its own.
  EXPECT_THAT(problems({{library({{"ward", "7"}})}, {}}), IsEmpty());
}

TEST_F(RegistryPlanTest, WhatIsRecordedOfAnOutletDoesNotChange) {
  apply(library());
  OutletAdded other = library();
  other.name_en = "City Library";
  other.code = "M";
  EXPECT_THAT(problems({{other}, {}}),
              ElementsAre("\"id\": the outlet \"lib\" is known with another code, name_en; what is "
                          "recorded of an outlet does not change"));
}

TEST_F(RegistryPlanTest, NothingStandsTwice) {
  EXPECT_THAT(problems({{library(), library()}, {division("1", "city"), division("1", "city")}}),
              ElementsAre("\"id\": the outlet \"lib\" stands twice",
                          "\"id\": the division \"1\" stands twice"));
}

TEST_F(RegistryPlanTest, AllProblemsAreToldWithTheRowTheyAreOf) {
  Fact bad = institution("i1", "330102");
  bad.attributes.erase("level");
  RegistryInput input{{library({{"county", "9"}})}, {bad}};
  EXPECT_EQ(plan_registry(state_, input).problem_text(input),
            "outlet \"lib\", \"place:county\": the division \"9\" is not known here\n"
            "institution \"i1\", \"level\": it is missing; a fact of kind \"institution\" needs "
            "it\n"
            "institution \"i1\", \"place\": the division \"330102\" is not known here");
}

}  // namespace
}  // namespace plumbline
