// SPDX-License-Identifier: Apache-2.0
// Facts with both times: what is true on a day as known on another, and how it is shown. The page
// docs/formats/registry.md asks and answers the same.
#include "registry/fact_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "registry/fact_table.h"
#include "tests/support/wire/doc_blocks.h"
#include "tests/support/wire/samples.h"

namespace plumbline {
namespace {

using samples::at;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Fact institution(std::string id) {
  return {"institution",
          std::move(id),
          Date{2025, 11, 3},
          {},
          {{"name_zh", "机构"}, {"level", "county"}}};
}

class FactListTest : public ::testing::Test {
 protected:
  void record(const char* when, Fact fact) {
    state_.facts.add(LedgerIndex(next_++), at(when), fact);
  }

  std::vector<std::string> found(FactQuery query) {
    std::vector<std::string> out;
    std::vector<ListedFact> facts = list_facts(state_.facts, query).value();
    for (const ListedFact& listed : facts) {
      out.push_back(fmt_entry(listed));
    }
    return out;
  }

  static std::string fmt_entry(const ListedFact& listed) {
    return listed.version.fact.id + "@" + std::to_string(listed.version.index.value);
  }

  FactQuery known(const char* day) {
    FactQuery query;
    query.known_by = end_of_day(state_, parse_date(day).value()).value();
    return query;
  }

  RegistryState state_;
  std::uint64_t next_ = 1;
};

TEST_F(FactListTest, TrueOnADayAsKnownOnAnother) {
  record("2026-01-15T01:00:00Z", institution("a"));
  record("2026-01-21T00:00:00Z", institution("b"));
  Fact ended = institution("a");
  ended.until = Date{2025, 12, 30};
  record("2026-02-01T00:00:00Z", ended);
  FactQuery query = known("2026-01-20");
  query.on = Date{2025, 12, 31};
  EXPECT_THAT(found(query), ElementsAre("a@1"));
  query.known_by = known("2026-01-21").known_by;
  EXPECT_THAT(found(query), ElementsAre("a@1", "b@2"));
  query.known_by.reset();
  EXPECT_THAT(found(query), ElementsAre("b@2"));
  query.on = Date{2025, 12, 30};
  EXPECT_THAT(found(query), ElementsAre("a@3", "b@2"));
  query.on = Date{2025, 11, 2};
  EXPECT_THAT(found(query), IsEmpty());
}

TEST_F(FactListTest, TheDayEndsByTheCalendarOfTheRules) {
  EXPECT_EQ(end_of_day(state_, Date{2026, 1, 20}).value(), at("2026-01-20T23:59:59.999Z"));
  PackFiles files =
      load_pack_files(std::string(PLUMBLINE_SOURCE_DIR) + "/rules/jiangsu-2025").value();
  state_.activations.push_back({LedgerIndex(1), at("2026-01-05T00:00:00Z"), {}});
  state_.activations.back().rules.files = files;
  EXPECT_EQ(end_of_day(state_, Date{2026, 1, 20}).value(), at("2026-01-20T15:59:59.999Z"));
  state_.activations.back().rules.files = {{"pack.yaml", "no"}};
  EXPECT_EQ(end_of_day(state_, Date{2026, 1, 20}).error().code(), Code::kCorrupt);
}

TEST_F(FactListTest, AWithdrawnFactIsInItsHistoryOnly) {
  record("2026-01-15T01:00:00Z", institution("a"));
  record("2026-01-16T01:00:00Z",
         {"institution", "a", {}, {}, {{"withdrawn", "declared in error"}}});
  EXPECT_THAT(found({}), IsEmpty());
  EXPECT_THAT(found(known("2026-01-15")), ElementsAre("a@1"));
  FactQuery query;
  query.id = "a";
  query.history = true;
  EXPECT_THAT(found(query), ElementsAre("a@1", "a@2"));
  std::string text = facts_text(list_facts(state_.facts, query).value());
  EXPECT_THAT(text, HasSubstr("2026-01-15T01:00:00Z  replaced\n"));
  EXPECT_THAT(text, HasSubstr("2026-01-16T01:00:00Z  withdrawn\n"));
  EXPECT_THAT(text, HasSubstr("    withdrawn: declared in error\n"));
  Json json = facts_json(list_facts(state_.facts, query).value());
  EXPECT_EQ(json.find("facts")->as_array()[0].text(),
            R"({"attributes":{"level":"county","name_zh":"机构"},"entry":1,"from":"2025-11-03",)"
            R"("id":"a","kind":"institution","latest":false,)"
            R"("recorded_at":"2026-01-15T01:00:00Z","until":null})");
}

TEST_F(FactListTest, AKindThatThereIsNotIsNamed) {
  FactQuery query;
  query.kind = "institutions";
  auto listed = list_facts(state_.facts, query);
  ASSERT_FALSE(listed.ok());
  EXPECT_THAT(listed.error().sentence(), HasSubstr("did you mean \"institution\"?"));
  query.kind = "institution";
  EXPECT_THAT(found(query), IsEmpty());
}

// The page's files are applied at the times that it tells, and each of its questions is answered.
TEST_F(FactListTest, ThePageAnswersWhatTheProgramAnswers) {
  auto page = samples::doc_blocks("registry.md");
  for (const char* name : {"2026-01-15.csv", "2026-01-25.csv", "2026-02-10.csv"}) {
    FactTable table = FactTable::read(name, page.at(name));
    ASSERT_TRUE(table.good()) << table.problem_text();
    RegistryPlan plan = plan_registry(state_, table.input());
    ASSERT_THAT(plan.problems, IsEmpty()) << plan.problem_text(table.input());
    for (const OutletAdded& outlet : plan.outlets) state_.outlets.emplace(outlet.outlet, outlet);
    for (const Fact& fact : plan.facts) {
      state_.facts.add(LedgerIndex(next_), at(std::string(name).substr(0, 10) + "T04:00:00Z"),
                       fact);
    }
    ++next_;
  }
  std::istringstream lines(page.at("answers"));
  std::string line;
  int asked = 0;
  while (std::getline(lines, line)) {
    ASSERT_EQ(line.substr(0, 3), "on ") << line;
    FactQuery query = known(line.substr(26, 10).c_str());
    query.on = parse_date(line.substr(3, 10)).value();
    query.kind = "institution";
    std::string ids;
    std::vector<ListedFact> facts = list_facts(state_.facts, query).value();
    for (const ListedFact& listed : facts) {
      ids += " " + listed.version.fact.id;
    }
    EXPECT_EQ(line.substr(36), ":" + (ids.empty() ? " none" : ids)) << line;
    ++asked;
  }
  EXPECT_GE(asked, 4);
}

}  // namespace
}  // namespace plumbline
