// SPDX-License-Identifier: Apache-2.0
#include "evaluator/rule_mutants.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/evaluator/standard_files.h"

namespace plumbline {
namespace {

using namespace plumbline::testing;

PackFiles boston() {
  return load_pack_files(std::string(PLUMBLINE_SOURCE_DIR) + "/rules/boston-311").value();
}

std::vector<RuleTest> tests_of(const PackFiles& files) {
  Problems problems;
  auto rules = compile_rules(files, problems);
  EXPECT_NE(rules, nullptr) << problems.text();
  std::vector<RuleTest> tests = read_rule_tests(files, *rules, problems);
  EXPECT_TRUE(problems.empty()) << problems.text();
  // Explanations hold indexes only; what is compiled may go.
  return tests;
}

TEST(RuleMutants, EachNumberOperatorAndDateIsChanged) {
  PackFiles files;
  files["events.yaml"] = "ignored: 1\n";
  files["standards/a.yaml"] = R"(from: 2015-01-01
level: 3
indicators:
  x: {where: 'case.n <= 2 && !(case.t == "a <= 1")', quantile: 0.5, min_sample: 5, bound: lower}
blocks:
  - {weight: 60, linear: {zero: 0.5, full: 1}}
  - {weight: 40, bands: [{up_to: 24, share: 1}]}
caps: [{below: 0.8}]
)";
  files["targets/t.yaml"] = "goal: {above: 0.5}\nstart: 2020-12-22\ndeadline: 2025-12-31\n";
  std::string found;
  for (const RuleMutant& mutant : rule_mutants(files)) {
    found += fmt::format("{}:{}:{} {}\n", mutant.place.file, mutant.place.line, mutant.place.column,
                         mutant.what);
  }
  EXPECT_EQ(found, R"(standards/a.yaml:1:7 from: 2015-01-01 -> 2016-01-01
standards/a.yaml:1:7 from: 2015-01-01 -> 2014-01-01
standards/a.yaml:4:22 where: <= -> <
standards/a.yaml:4:25 where: 2 -> 3
standards/a.yaml:4:25 where: 2 -> 1
standards/a.yaml:4:27 where: && -> ||
standards/a.yaml:4:30 where: ! -> nothing
standards/a.yaml:4:39 where: == -> !=
standards/a.yaml:4:64 quantile: 0.5 -> 0.6
standards/a.yaml:4:64 quantile: 0.5 -> 0.4
standards/a.yaml:4:81 min_sample: 5 -> 6
standards/a.yaml:4:81 min_sample: 5 -> 4
standards/a.yaml:4:91 bound: lower -> upper
standards/a.yaml:6:14 weight: 60 -> 61, at line 7 40 -> 39
standards/a.yaml:6:33 zero: 0.5 -> 0.51
standards/a.yaml:6:33 zero: 0.5 -> 0.49
standards/a.yaml:6:44 full: 1 -> 1.01
standards/a.yaml:6:44 full: 1 -> 0.99
standards/a.yaml:7:14 weight: 40 -> 41, at line 6 60 -> 59
standards/a.yaml:7:34 up_to: 24 -> 25
standards/a.yaml:7:34 up_to: 24 -> 23
standards/a.yaml:7:45 share: 1 -> 1.01
standards/a.yaml:7:45 share: 1 -> 0.99
standards/a.yaml:8:9 below -> above
standards/a.yaml:8:16 below: 0.8 -> 0.81
standards/a.yaml:8:16 below: 0.8 -> 0.79
targets/t.yaml:1:8 above -> at_least
targets/t.yaml:1:15 above: 0.5 -> 0.51
targets/t.yaml:1:15 above: 0.5 -> 0.49
targets/t.yaml:2:8 start: 2020-12-22 -> 2021-01-22
targets/t.yaml:2:8 start: 2020-12-22 -> 2020-11-21
targets/t.yaml:3:11 deadline: 2025-12-31 -> 2026-01-01
targets/t.yaml:3:11 deadline: 2025-12-31 -> 2025-12-30
)");
  for (const RuleMutant& mutant : rule_mutants(files)) {
    EXPECT_NE(mutated(files, mutant), files) << mutant.what;
  }
  RuleMutant weights;
  for (const RuleMutant& mutant : rule_mutants(files)) {
    if (mutant.what.starts_with("weight: 40")) weights = mutant;
  }
  const Bytes text = mutated(files, weights).at("standards/a.yaml");
  EXPECT_NE(text.find("{weight: 59, linear"), Bytes::npos) << text;
  EXPECT_NE(text.find("{weight: 41, bands"), Bytes::npos) << text;
}

// jiangsu-2025 is held to the same bar by tests/end_to_end/rules_test.py: it has six times as many.
TEST(RuleMutants, TheTestsOfBostonNoticeNineInTen) {
  PackFiles files = boston();
  std::vector<RuleTest> tests = tests_of(files);
  std::size_t noticed = 0;
  std::size_t all = 0;
  std::string survived;
  for (const RuleMutant& mutant : rule_mutants(files)) {
    MutantFate fate = fate_of(files, mutant, tests);
    if (fate == MutantFate::kRefused) continue;
    ++all;
    if (fate == MutantFate::kNoticed) ++noticed;
    if (fate == MutantFate::kSurvived) survived += mutant.what + "\n";
  }
  EXPECT_GE(all, 50U);
  EXPECT_GE(noticed * 100, all * 90) << survived;
  // Without its tests nothing is noticed.
  for (const RuleMutant& mutant : rule_mutants(files)) {
    EXPECT_NE(fate_of(files, mutant, {}), MutantFate::kNoticed) << mutant.what;
  }
}

}  // namespace
}  // namespace plumbline
