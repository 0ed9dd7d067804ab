// SPDX-License-Identifier: Apache-2.0
#include "evaluator/rule_review.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include "evaluator/rule_review_constants.h"
#include "tests/evaluator/standard_files.h"

// Rules that compile and cannot be meant, and what is only worth a warning.
namespace plumbline {
namespace {

using namespace plumbline::testing;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

struct Edit {
  std::string path, from, to;
};

struct Reviewed {
  std::string problems;
  std::string warnings;
};

Reviewed review(const PackFiles& files) {
  Problems problems;
  auto rules = compile_rules(files, problems);
  if (rules == nullptr) throw std::runtime_error(problems.text());
  Problems warnings;
  review_rules(files, *rules, problems, warnings);
  return {problems.text(), warnings.text()};
}

Reviewed review(const std::string& name, const std::vector<Edit>& edits = {}) {
  PackFiles files = load_pack_files(std::string(PLUMBLINE_SOURCE_DIR) + "/rules/" + name).value();
  for (const Edit& edit : edits) {
    std::string& text = files[edit.path];
    std::size_t at = text.find(edit.from);
    if (at == std::string::npos) throw std::runtime_error(edit.path + " lacks " + edit.from);
    text.replace(at, edit.from.size(), edit.to);
  }
  return review(files);
}

const std::string kService = "standards/service.yaml";
const std::string kOutlet = "standards/outlet.yaml";

std::string boston(const std::string& from, const std::string& to) {
  return review("boston-311", {{kService, from, to}}).problems;
}

TEST(RuleReview, TheShippedPacksHaveNoProblem) {
  for (const char* name : {"boston-311", "jiangsu-2025", "library"}) {
    EXPECT_EQ(review(name).problems, "") << name;
  }
}

TEST(RuleReview, EachDemandedFieldOfTheShippedPacksIsRead) {
  for (const char* name : {"boston-311", "jiangsu-2025"}) {
    EXPECT_THAT(review(name).warnings, Not(HasSubstr("no rule reads it"))) << name;
  }
}

TEST(RuleReview, BandsOfAShare) {
  const std::string linear = "linear: {zero: 0.5, full: 0.9}";
  auto with = [&](const std::string& bands) {
    return boston(linear, "bands: " + bands + "\n        met_at: 0.8");
  };
  EXPECT_EQ(with("[{up_to: 0.5, share: 0}, {up_to: 0.9, share: 0.5}, {share: 1}]"), "");
  EXPECT_EQ(with("[{up_to: 0.5, share: 0}, {up_to: 1, share: 0.5}, {share: 1}]"),
            "standards/service.yaml:125:65: no figure reaches this band: \"ontime_due\" is a share "
            "and lies within 0 and 1\n");
  EXPECT_EQ(with("[{up_to: 0, share: 0}, {share: 1}]"), "");
}

TEST(RuleReview, BandsOfACount) {
  auto with = [&](const std::string& bands, const std::string& sample) {
    return review(
               "jiangsu-2025",
               {{kOutlet, "dated_by: case.delivered.time\n    min_sample: 0\n\n  trainings:",
                 "dated_by: case.delivered.time\n    min_sample: " + sample + "\n\n  trainings:"},
                {kOutlet,
                 "indicator: reports\n        weight: 6\n        linear: {zero: 0, full: 24}",
                 "indicator: reports\n        weight: 6\n        met_at: 2\n        bands: " +
                     bands}})
        .problems;
  };
  EXPECT_EQ(with("[{up_to: 0, share: 0}, {up_to: 2, share: 0.5}, {share: 1}]", "0"), "");
  EXPECT_THAT(with("[{up_to: 0, share: 0}, {up_to: 2, share: 0.5}, {share: 1}]", "1"),
              AllOf(HasSubstr(":17: no figure reaches this band: \"reports\" is a whole number and "
                              "at least 1\n")));
  EXPECT_EQ(with("[{up_to: 1, share: 0}, {up_to: 2, share: 0.5}, {share: 1}]", "1"), "");
  EXPECT_THAT(with("[{up_to: 2.2, share: 0}, {up_to: 2.8, share: 0.5}, {share: 1}]", "0"),
              HasSubstr("no figure reaches this band"));
  EXPECT_EQ(with("[{up_to: 2.2, share: 0}, {up_to: 3, share: 0.5}, {share: 1}]", "0"), "");
}

TEST(RuleReview, ACapThatCanNeverAct) {
  auto cap = [](const std::string& bound) {
    return boston("blocks:\n",
                  "caps:\n"
                  "  - {id: c, title: {zh: 上限, en: Cap}, grade: good, indicator: "
                  "ontime_due, " +
                      bound +
                      ", basis: x, basis_kind: proposal}\n"
                      "blocks:\n");
  };
  EXPECT_EQ(cap("below: 0.5"), "");
  EXPECT_EQ(cap("above: 0"), "");
  EXPECT_THAT(cap("below: 0"), HasSubstr("this cap can never act: \"ontime_due\" is a share and "
                                         "lies within 0 and 1"));
  EXPECT_THAT(cap("above: 1"), HasSubstr("standards/service.yaml:118:"));
}

TEST(RuleReview, AConditionThatIsTheSameOfEveryCase) {
  EXPECT_THAT(boston("where: has(case.due)\n    numerator: case.overdue",
                     "where: has(case.due) && 1 > 2\n    numerator: case.overdue || true"),
              AllOf(HasSubstr("\"where\" is false of every case"),
                    HasSubstr("\"numerator\" is true of every case")));
}

TEST(RuleReview, Constants) {
  TypeSpec type;
  type.id = "request";
  FieldSpec items;
  items.name = "items";
  items.kind = Kind::kCount;
  FieldSpec score;
  score.name = "score";
  score.kind = Kind::kInteger;
  type.fields = {items, score};
  auto value = [&](const char* text) -> std::string {
    std::optional<bool> found = constant_value(text, type);
    return !found ? "open" : *found ? "true" : "false";
  };
  EXPECT_EQ(value("true"), "true");
  EXPECT_EQ(value("2 >= 2.0"), "true");
  EXPECT_EQ(value("\"a\" == \"b\""), "false");
  EXPECT_EQ(value("case.items < 0"), "false");
  EXPECT_EQ(value("0 > case.items"), "false");
  EXPECT_EQ(value("case.items <= -1 && has(case.score)"), "false");
  EXPECT_EQ(value("case.items == -1 || 1 == 2"), "false");
  // A count may be missing, so it is never known to be true; another integer may be negative.
  EXPECT_EQ(value("case.items >= 0"), "open");
  EXPECT_EQ(value("case.items <= 0"), "open");
  EXPECT_EQ(value("case.score < 0"), "open");
  EXPECT_EQ(value("case.score > 1 || true"), "true");
  EXPECT_EQ(value("case.score > 1 || false"), "open");
  EXPECT_EQ(value("!(case.items < 0)"), "open");
}

TEST(RuleReview, TwoStandardsOfOneTitleMustNotOverlap) {
  PackFiles files =
      load_pack_files(std::string(PLUMBLINE_SOURCE_DIR) + "/rules/boston-311").value();
  std::string text = files.at(kService);
  auto second = [&](const std::string& from, const std::string& level = "outlet") {
    std::string copy = text;
    copy.replace(copy.find("id: service\n"), 12, "id: service_next\n");
    copy.replace(copy.find("from: 2015-01-01"), 16, "from: " + from);
    copy.replace(copy.find("until: 2015-12-31"), 17, "until: 2020-12-31");
    copy.replace(copy.find("level: outlet"), 13, "level: " + level);
    PackFiles both = files;
    both["standards/service_next.yaml"] = copy;
    return review(both).problems;
  };
  EXPECT_EQ(second("2016-01-01"), "");
  EXPECT_EQ(second("2015-01-01"),
            "standards/service_next.yaml:8:7: \"service_next\" judges periods that \"service\" of "
            "the same title judges as well (standards/service.yaml:8:7): one must end the day "
            "before the other begins\n");
  EXPECT_EQ(second("2015-01-01", "network"), "");
}

TEST(RuleReview, ARequiredFieldThatNoRuleReads) {
  auto warnings =
      review("jiangsu-2025", {{"events.yaml", "steps: [opened]\n        values: [instant, case]",
                               "steps: [opened]\n        required_in: [opened]\n        values: "
                               "[instant, case]"}})
          .warnings;
  EXPECT_THAT(warnings,
              HasSubstr("events.yaml:60:22: \"complexity\" of \"consultation\" is demanded "
                        "of who reports, and no rule reads it\n"));
}

TEST(RuleReview, AFigureThatNothingIsJudgedBy) {
  std::string warnings = review("boston-311").warnings;
  EXPECT_THAT(warnings, HasSubstr("nothing is judged by the figure \"opened\"\n"));
  EXPECT_THAT(warnings, Not(HasSubstr("\"ontime_due\"")));
  // Figures over which another figure stands are used.
  EXPECT_THAT(review("jiangsu-2025").warnings, Not(HasSubstr("\"searches\"")));
}

}  // namespace
}  // namespace plumbline
