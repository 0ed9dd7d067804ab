// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "evaluator/standard.h"
#include "tests/evaluator/standard_files.h"

// Each file of data/standards is one standard of the sample pack. Its name states the verdict:
// x.good.yaml compiles; x.bad.yaml is refused with exactly the problems in x.bad.txt.
namespace plumbline {
namespace {

using namespace plumbline::testing;

std::string problems_with(const std::string& fixture) {
  PackFiles files = sample_pack();
  std::string path = "standards/" + fixture;
  files[path] = file_text(evaluator_data() + path);
  Problems problems;
  auto rules = compile_rules(files, problems);
  EXPECT_EQ(rules != nullptr, problems.empty()) << fixture;
  return problems.text();
}

class BadStandard : public ::testing::TestWithParam<std::string> {};

TEST_P(BadStandard, IsRefusedWithTheseProblems) {
  std::string stem = GetParam().substr(0, GetParam().size() - std::string(".yaml").size());
  std::string expected = file_text(evaluator_data() + "standards/" + stem + ".txt");
  EXPECT_FALSE(expected.empty());
  EXPECT_EQ(problems_with(GetParam()), expected);
}

std::string test_name(const ::testing::TestParamInfo<std::string>& info) {
  return info.param.substr(0, info.param.find('.'));
}

INSTANTIATE_TEST_SUITE_P(StandardCorpus, BadStandard, ::testing::ValuesIn(fixtures(".bad.yaml")),
                         test_name);

TEST(StandardCorpus, GoodFixturesCompile) {
  for (const std::string& fixture : fixtures(".good.yaml")) {
    EXPECT_EQ(problems_with(fixture), "") << fixture;
  }
}

TEST(StandardCorpus, EveryExpectationHasItsFixture) {
  EXPECT_EQ(fixtures(".bad.txt").size(), fixtures(".bad.yaml").size());
  EXPECT_GT(fixtures(".bad.yaml").size(), 50u);
  EXPECT_FALSE(fixtures(".good.yaml").empty());
}

}  // namespace
}  // namespace plumbline
