// SPDX-License-Identifier: Apache-2.0
#include "evaluator/rule_test.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/evaluator/standard_files.h"

// Tests of rules: that those of the shipped packs pass, that a wrong expectation is told with its
// place, and that what cannot be read is refused. The corpus is the pack boston-311 with one more
// file of tests.
namespace plumbline {
namespace {

using namespace plumbline::testing;
using ::testing::HasSubstr;

PackFiles shipped(const std::string& pack) {
  return load_pack_files(std::string(PLUMBLINE_SOURCE_DIR) + "/rules/" + pack).value();
}

struct Read {
  std::shared_ptr<const RuleSet> rules;
  std::vector<RuleTest> tests;
  std::string problems;
};

Read read(const PackFiles& files) {
  Problems problems;
  Read out;
  out.rules = compile_rules(files, problems);
  EXPECT_NE(out.rules, nullptr) << problems.text();
  if (out.rules != nullptr) out.tests = read_rule_tests(files, *out.rules, problems);
  out.problems = problems.text();
  return out;
}

Read read_boston(const std::string& text) {
  PackFiles files = shipped("boston-311");
  std::erase_if(files, [](const auto& file) { return file.first.starts_with("tests/"); });
  files["tests/x.yaml"] = text;
  return read(files);
}

std::string differences(const Read& read) {
  std::string text = read.problems;
  for (const RuleTest& test : read.tests) {
    for (const RuleDifference& one : run_rule_test(*read.rules, test)) text += one.text() + "\n";
  }
  return text;
}

constexpr const char* kHead = "format: plumbline/tests/v1\ntests:\n  - name: x\n";
constexpr const char* kOneRequest = R"(    as_of: 2015-02-01
    events:
      - {type: request.opened, subject: a, time: 2015-01-05 09:00, fields: {source: Twitter}}
      - {type: request.closed, subject: a, time: 2015-01-05 11:30}
)";

std::string one_request(const std::string& rest) {
  return std::string(kHead) + kOneRequest + rest;
}

class ShippedPack : public ::testing::TestWithParam<const char*> {};

TEST_P(ShippedPack, PassesItsTests) {
  Read pack = read(shipped(GetParam()));
  EXPECT_GE(pack.tests.size(), 10U);
  EXPECT_EQ(differences(pack), "");
}

INSTANTIATE_TEST_SUITE_P(Rules, ShippedPack,
                         ::testing::Values("boston-311", "jiangsu-2025", "library"));

TEST(RuleTests, ThePageIsRun) {
  std::string page = file_text(std::string(PLUMBLINE_SOURCE_DIR) + "/docs/formats/rule_tests.md");
  std::size_t begin = page.find("```yaml\n") + 8;
  Read example = read_boston(page.substr(begin, page.find("```\n", begin) - begin));
  EXPECT_EQ(example.tests.size(), 1U);
  EXPECT_EQ(differences(example), "");
}

TEST(RuleTests, AWrongExpectationIsToldWithItsPlace) {
  EXPECT_EQ(differences(read_boston(one_request(R"(    expect:
      - standard: service
        period: 2015-01
        score: 99
        grade: good
        criteria: {speed: {points: 100.00, verdict: not_met}, on_time: {points: 1}}
        figures: {median_hours: {value: 2.5, n: 2}}
      - {standard: service, period: 2015, absent: true}
      - {standard: service, period: 2016, verdict: met}
    explain:
      - {standard: service, indicator: median_hours, case: a, en: "Counted.", counts: false}
      - {standard: service, indicator: median_hours, case: b, counts: false}
)"))),
            "tests/x.yaml:11:16: service outlet a 2015-01: score: expected 99, found 100.00\n"
            "tests/x.yaml:12:16: service outlet a 2015-01: grade: expected good, found none\n"
            "tests/x.yaml:13:53: service outlet a 2015-01: criteria.speed.verdict: expected "
            "not_met, found met\n"
            "tests/x.yaml:13:81: service outlet a 2015-01: criteria.on_time.points: expected 1, "
            "found none\n"
            "tests/x.yaml:14:49: service outlet a 2015-01: figures.median_hours.n: expected 2, "
            "found 1\n"
            "tests/x.yaml:15:9: service outlet a 2015: expected no row, found a row\n"
            "tests/x.yaml:16:9: service outlet a 2016: expected a row, found no row\n"
            "tests/x.yaml:18:67: case a of a for median_hours: en: expected Counted., found "
            "Counted with the value 2.5 h.\n"
            "tests/x.yaml:18:87: case a of a for median_hours: counts: expected false, found "
            "true\n"
            "tests/x.yaml:19:9: case b of a for median_hours: expected a case, found no case\n");
}

TEST(RuleTests, AMapForAListAndUsualFieldsOfNoTypeArePassedOverByNobody) {
  Read bad = read_boston(R"(format: plumbline/tests/v1
defaults:
  request.opend: {source: Twitter}
  request.closed: [source]
tests:
  - name: x
    as_of: 2015-02-01
    outlets: {id: a}
    facts: {kind: division}
    events: {type: request.opened, subject: a, time: 2015-01-05}
    expect: {standard: service, period: 2015, score: 1}
    explain: {standard: service, indicator: opened, case: a}
  - name: y
    as_of: 2015-02-01
    outlets:
      - {id: a, places: [x]}
    events:
      - {type: request.opened, subject: a, time: 2015-01-05, fields: [source]}
    expect:
      - {standard: service, period: 2015, criteria: [on_time], figures: opened}
)");
  EXPECT_TRUE(bad.tests.empty());
  for (const char* problem :
       {"x.yaml:3:3: there is no event type \"request.opend\" (did you mean \"request.opened\"?)",
        "x.yaml:4:19: \"request.closed\" must be a map of fields, found a list",
        "x.yaml:8:14: \"outlets\" must be a list, found a map",
        "x.yaml:9:12: \"facts\" must be a list, found a map",
        "x.yaml:10:13: \"events\" must be a list, found a map",
        "x.yaml:11:13: \"expect\" must be a list, found a map",
        "x.yaml:12:14: \"explain\" must be a list, found a map",
        "x.yaml:16:25: \"places\" must be a map, found a list",
        "x.yaml:18:70: \"fields\" must be a map, found a list",
        "x.yaml:20:53: \"criteria\" must be a map, found a list",
        "x.yaml:20:73: \"figures\" must be a map, found \"opened\""}) {
    EXPECT_THAT(bad.problems, HasSubstr(problem));
  }
}

TEST(RuleTests, AllProblemsComeAtOnce) {
  Read bad = read_boston(R"(format: plumbline/tests/v1
tests:
  - name: x
    as_of: 2015-02-01 00:00:30
    evnts: []
    events:
      - {type: request.opend, subject: a, time: 2015-01-05}
      - {type: request.opened, subject: a, time: 2015-03-08 02:30, fields: {sorce: Twitter}}
      - {type: request.opened, subject: a, repeat: 2, time: 2015-01-05, outlet: b}
      - {type: request.opened, subject: a, time: soon, fields: {due: 7}}
      - {void: first, time: 2015-01-05}
    facts:
      - {kind: findng, id: f}
    expect:
      - {standard: servce, period: 2015-13, score: 1}
      - {standard: service, period: 2015, criteria: {ontime: {points: 1}},
         figures: {opened: {vlue: 1}}}
      - {standard: service, period: 2015}
    explain:
      - {standard: service, indicator: opend, case: a}
  - name: y
    as_of: 2015-02-01
)");
  EXPECT_TRUE(bad.tests.empty());
  for (const char* problem :
       {"tests/x.yaml:5:5: unknown key \"evnts\" in a test",
        "tests/x.yaml:4:12: \"as_of\" must be a whole minute",
        "x.yaml:7:16: there is no event type \"request.opend\" (did you mean \"request.opened\"?)",
        "tests/x.yaml:8:50: 2015-03-08 02:30:00 does not exist",
        "has no field \"sorce\" (did you mean \"source\"?)",
        "tests/x.yaml:9:81: the test has no outlet \"b\"",
        "9:9: an event that is repeated needs \"#\"", "tests/x.yaml:10:50: a time is local",
        "tests/x.yaml:10:70: a time is local",
        "tests/x.yaml:11:16: no event before this one has the id \"first\"",
        "tests/x.yaml:13:9: ", "there is no standard \"servce\" (did you mean \"service\"?)",
        "there is no criterion \"ontime\" (did you mean \"on_time\"?)",
        "unknown key \"vlue\" in indicator (did you mean \"value\"?)",
        "tests/x.yaml:18:9: an expectation that says nothing of its row tests nothing",
        "there is no indicator \"opend\" (did you mean \"opened\"?)",
        "tests/x.yaml:21:5: a test that expects nothing tests nothing"}) {
    EXPECT_THAT(bad.problems, HasSubstr(problem));
  }
  // Nothing is said twice: what follows from another problem is none.
  EXPECT_EQ(std::count(bad.problems.begin(), bad.problems.end(), '\n'), 19) << bad.problems;
}

TEST(RuleTests, LocalTimeIsThePacks) {
  Read read = read_boston(std::string(kHead) + R"(    as_of: 2015-02-01
    events:
      - {type: request.opened, subject: a, time: 2015-01-05, fields: {source: Twitter}}
      - {type: request.opened, subject: b, time: "2015-01-05T05:00:00Z", fields: {source: Twitter}}
      - {type: request.opened, subject: c, time: 2015-07-05 00:00:00, fields: {source: Twitter}}
    expect: [{standard: service, period: 2015-01, events: 2}]
)");
  ASSERT_EQ(read.problems, "");
  ASSERT_EQ(read.tests.size(), 1U);
  const std::vector<RuleTest::Event>& events = read.tests.front().events;
  EXPECT_EQ(events[0].event.time, events[1].event.time);
  EXPECT_EQ(format_instant(events[2].event.time), "2015-07-05T04:00:00Z");
  EXPECT_EQ(differences(read), "");
}

// What stands in tests/ is on record with the rules, and is nothing that an evaluation reads.
TEST(RuleTests, BelongToTheHashAndToNoEvaluation) {
  PackFiles files = shipped("boston-311");
  Hash before = rule_hash(files);
  files["tests/more.yaml"] = "format: what no server reads\n";
  EXPECT_NE(rule_hash(files), before);
  Problems problems;
  EXPECT_NE(compile_rules(files, problems), nullptr) << problems.text();
}

}  // namespace
}  // namespace plumbline
