// SPDX-License-Identifier: Apache-2.0
#include "evaluator/integrity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace plumbline {
namespace {

constexpr const char* kEnd = ", title: {zh: a, en: b}, basis: x, basis_kind: proposal}\n";

struct Read {
  std::vector<Signal> signals;
  std::string problems;
};

// Signals over the rules of rules/library, one flow map each.
Read read(const std::vector<std::string>& items) {
  Problems problems;
  PackFiles files = load_pack_files(std::string(PLUMBLINE_SOURCE_DIR) + "/rules/library").value();
  static std::shared_ptr<const RuleSet> rules = compile_rules(files, problems);
  std::string text = "format: plumbline/integrity/v1\nsignals:\n";
  for (const std::string& item : items) text += "  - {" + item + kEnd;
  Read out;
  out.signals = read_signals("integrity.yaml", text, *rules, problems);
  out.problems = problems.text();
  return out;
}

ResultRow row(const std::string& body) {
  return {"branch", "outlet", "a", "2026", body};
}

std::vector<std::size_t> raised(const std::vector<Signal>& signals, const ResultRow& result) {
  std::vector<std::size_t> which;
  const std::vector<RaisedSignal> all = raised_signals(signals, result).value();
  for (const RaisedSignal& one : all) {
    which.push_back(one.signal);
  }
  return which;
}

std::string body(const std::string& value, int n, int events, int back_dated) {
  return R"({"events":)" + std::to_string(events) + R"(,"flags":{"back_dated":)" +
         std::to_string(back_dated) + R"(},"indicators":[{"id":"readers","n":9,"value":"9"},)" +
         R"({"id":"level","n":)" + std::to_string(n) + R"(,"value":)" + value + "}]}";
}

TEST(Integrity, AFigureBeyondItsBoundRaisesItsSignal) {
  Read given = read({"id: high, standard: branch, indicator: level, above: 4.5, min_sample: 10",
                     "id: low, standard: branch, indicator: level, below: 2",
                     "id: old, standard: branch, flag: back_dated, above: 0.1, min_sample: 20"});
  ASSERT_EQ(given.problems, "");
  using testing::ElementsAre;
  using testing::IsEmpty;
  EXPECT_THAT(raised(given.signals, row(body("\"4.51\"", 10, 20, 3))), ElementsAre(0, 2));
  // The bound itself is not beyond; nor is anything below the least sample.
  EXPECT_THAT(raised(given.signals, row(body("\"4.5\"", 10, 20, 2))), IsEmpty());
  EXPECT_THAT(raised(given.signals, row(body("\"4.51\"", 9, 19, 19))), IsEmpty());
  EXPECT_THAT(raised(given.signals, row(body("\"1.99\"", 1, 1, 0))), ElementsAre(1));
  // No figure, no event: nothing to look at.
  EXPECT_THAT(raised(given.signals, row(body("null", 0, 0, 0))), IsEmpty());
}

TEST(Integrity, ResultsOfOtherStandardsAndLevelsRaiseNothing) {
  Read given = read({"id: high, standard: branch, indicator: level, above: 4.5"});
  ResultRow other = row(body("\"5\"", 10, 20, 0));
  EXPECT_THAT(raised(given.signals, other), testing::SizeIs(1));
  other.level = "network";
  EXPECT_THAT(raised(given.signals, other), testing::IsEmpty());
  other = row(body("\"5\"", 10, 20, 0));
  other.standard = "target.townships";
  EXPECT_THAT(raised(given.signals, other), testing::IsEmpty());
}

TEST(Integrity, ABodyThatIsNoneIsCorrupt) {
  Read given = read({"id: high, standard: branch, indicator: level, above: 4.5"});
  for (const char* text : {"", "{}", R"({"indicators":[{}]})"}) {
    auto answer = raised_signals(given.signals, row(text));
    ASSERT_FALSE(answer.ok()) << text;
    EXPECT_EQ(answer.error().code(), Code::kCorrupt);
  }
}

TEST(Integrity, AllProblemsComeAtOnce) {
  Read bad = read({"id: a, standard: brunch, indicator: level, above: 1",
                   "id: a, standard: branch, indicator: levle, above: 1",
                   "id: c, standard: branch, indicator: returned_in_time, above: 95",
                   "id: d, standard: branch, indicator: level, above: 1, below: 0",
                   "id: e, standard: branch, flag: back_dated, indicator: level, above: 2",
                   "id: f, standard: branch, flag: backdated, above: 0.5, min_sample: 0"});
  for (const char* problem :
       {"integrity.yaml:3:23: there is no standard \"brunch\" (did you mean \"branch\"?)",
        "integrity.yaml:4:10: the id \"a\" stands twice",
        "there is no indicator \"levle\" (did you mean \"level\"?)",
        "\"above\" is 95, but the indicator \"returned_in_time\" is a share",
        "signal \"d\" must have either \"above\" or \"below\", it has both",
        "a signal is over a \"flag\" or an \"indicator\"",
        "\"above\" is 2, but the part of the events that are flagged lies within 0 and 1",
        "\"flag\" must be one of late, back_dated, found \"backdated\"",
        "\"min_sample\" must be at least 1"}) {
    EXPECT_THAT(bad.problems, testing::HasSubstr(problem));
  }
}

TEST(Integrity, NoEventIsFlaggedInAPackWithoutTheLimit) {
  Problems problems;
  PackFiles files =
      load_pack_files(std::string(PLUMBLINE_SOURCE_DIR) + "/rules/boston-311").value();
  std::shared_ptr<const RuleSet> rules = compile_rules(files, problems);
  std::string text = std::string("format: plumbline/integrity/v1\nsignals:\n  - {id: a, ") +
                     "standard: service, flag: late, above: 0.5" + kEnd;
  read_signals("integrity.yaml", text, *rules, problems);
  EXPECT_THAT(problems.text(), testing::HasSubstr("pack.yaml has no \"late_after\""));
}

}  // namespace
}  // namespace plumbline
