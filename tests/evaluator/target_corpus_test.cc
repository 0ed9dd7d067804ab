// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "evaluator/standard.h"
#include "tests/evaluator/standard_files.h"

// Each file of data/targets is one target of the sample pack with a level of counties. Its name
// states the verdict: x.good.yaml compiles; x.bad.yaml is refused with exactly the problems in
// x.bad.txt.
namespace plumbline {
namespace {

using namespace plumbline::testing;

std::vector<std::string> targets(const std::string& ending) {
  return fixtures(ending, "targets");
}

std::shared_ptr<const RuleSet> compile(PackFiles files, const std::string& problems_wanted) {
  Problems problems;
  auto rules = compile_rules(files, problems);
  EXPECT_EQ(rules != nullptr, problems.empty());
  EXPECT_EQ(problems.text(), problems_wanted);
  return rules;
}

PackFiles with_target(const std::string& fixture) {
  PackFiles files = sample_pack_with_counties();
  std::string path = "targets/" + fixture;
  files[path] = file_text(evaluator_data() + path);
  return files;
}

class BadTarget : public ::testing::TestWithParam<std::string> {};

TEST_P(BadTarget, IsRefusedWithTheseProblems) {
  std::string stem = GetParam().substr(0, GetParam().size() - std::string(".yaml").size());
  std::string expected = file_text(evaluator_data() + "targets/" + stem + ".txt");
  EXPECT_FALSE(expected.empty());
  compile(with_target(GetParam()), expected);
}

std::string test_name(const ::testing::TestParamInfo<std::string>& info) {
  return info.param.substr(0, info.param.find('.'));
}

INSTANTIATE_TEST_SUITE_P(TargetCorpus, BadTarget, ::testing::ValuesIn(targets(".bad.yaml")),
                         test_name);

TEST(TargetCorpus, GoodFixturesCompile) {
  EXPECT_FALSE(targets(".good.yaml").empty());
  for (const std::string& fixture : targets(".good.yaml")) compile(with_target(fixture), "");
}

TEST(TargetCorpus, EveryExpectationHasItsFixture) {
  EXPECT_EQ(targets(".bad.txt").size(), targets(".bad.yaml").size());
  EXPECT_GT(targets(".bad.yaml").size(), 40u);
}

TEST(TargetReader, ReadsEveryKeyOfACoverage) {
  auto rules = compile(with_target("coverage.good.yaml"), "");
  ASSERT_NE(rules, nullptr);
  ASSERT_EQ(rules->targets.size(), 1u);
  const Target& target = rules->targets[0];
  EXPECT_EQ(target.id, "sample");
  EXPECT_EQ(target.title, (Title{"覆盖率", "Coverage"}));
  EXPECT_EQ(target.measure, Target::Measure::kCoverage);
  EXPECT_EQ(target.counts, "institution");
  EXPECT_EQ(target.where, (Target::Attributes{{"level", "county"}}));
  EXPECT_EQ(target.distinct, Target::Distinct::kPlace);
  EXPECT_EQ(target.distinct_by, "place");
  EXPECT_EQ(target.requirements, (std::vector<std::string>{"document", "confirmed"}));
  EXPECT_EQ(target.dated, std::vector<std::string>{"confirmed"});
  EXPECT_EQ(target.units, (Target::Attributes{{"level", "county"}}));
  EXPECT_EQ(target.unit_level, "county");
  EXPECT_EQ(target.goal.test, TargetGoal::Test::kAbove);
  EXPECT_EQ(target.goal.value, Decimal{500'000});
  EXPECT_EQ(target.start, (Date{2020, 12, 22}));
  EXPECT_EQ(target.deadline, (Date{2025, 12, 31}));
  EXPECT_EQ(target.known_by, (Date{2026, 1, 31}));
  EXPECT_EQ(target.headline, Reading::kStrict);
  EXPECT_EQ(target.headline_document, "a notice of this test");
  EXPECT_EQ(target.owner, (Title{"省局", "The office"}));
  EXPECT_EQ(target.basis.kind, BasisKind::kProposal);
}

TEST(TargetReader, ReadsACountOfVersionsAndOfFacts) {
  const Target versions = compile(with_target("count.good.yaml"), "")->targets.at(0);
  EXPECT_EQ(versions.measure, Target::Measure::kCount);
  EXPECT_EQ(versions.distinct, Target::Distinct::kVersion);
  EXPECT_EQ(versions.distinct_by, "version_of");
  EXPECT_EQ(versions.goal.test, TargetGoal::Test::kAtLeast);
  EXPECT_EQ(versions.goal.value, Decimal::whole(50));
  EXPECT_EQ(versions.known_by, std::nullopt);
  EXPECT_EQ(versions.headline, Reading::kEver);
  const Target facts = compile(with_target("each_fact.good.yaml"), "")->targets.at(0);
  EXPECT_EQ(facts.distinct, Target::Distinct::kFact);
  EXPECT_EQ(facts.distinct_by, "");
}

TEST(TargetReader, TargetsAreSortedAndHaveIdsOfTheirOwn) {
  PackFiles files = sample_pack_with_counties();
  std::string text = file_text(evaluator_data() + "targets/count.good.yaml");
  auto named = [&](const std::string& id) {
    std::string copy = text;
    return copy.replace(copy.find("id: sample"), 10, "id: " + id);
  };
  files["targets/1.yaml"] = named("t2");
  files["targets/2.yaml"] = named("t1");
  auto rules = compile(files, "");
  ASSERT_EQ(rules->targets.size(), 2u);
  EXPECT_EQ(rules->targets[0].id, "t1");
  files["targets/3.yaml"] = named("t1");
  compile(files, "targets/3.yaml:3:5: the id \"t1\" is that of the target in targets/2.yaml\n");
}

TEST(TargetReader, ProblemsOfTargetsComeWithThoseOfThePack) {
  PackFiles files = with_target("headline.bad.yaml");
  files["pack.yaml"] += "colour: red\n";
  Problems problems;
  EXPECT_EQ(compile_rules(files, problems), nullptr);
  EXPECT_EQ(problems.count(), 2u);
}

}  // namespace
}  // namespace plumbline
