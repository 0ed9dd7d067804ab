// SPDX-License-Identifier: Apache-2.0
#include "evaluator/rule_explain.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include "evaluator/expression_words.h"
#include "tests/evaluator/standard_files.h"

namespace plumbline {
namespace {

using namespace plumbline::testing;
using ::testing::HasSubstr;
using ::testing::Not;

std::shared_ptr<const RuleSet> shipped(const std::string& name) {
  Problems problems;
  auto rules = compile_rules(
      load_pack_files(std::string(PLUMBLINE_SOURCE_DIR) + "/rules/" + name).value(), problems);
  if (rules == nullptr) throw std::runtime_error(problems.text());
  return rules;
}

std::string explain(const std::string& pack, const std::string& name,
                    RuleLanguage language = RuleLanguage::kEnglish) {
  auto text = explain_rule(*shipped(pack), name, language);
  return text.ok() ? *text : text.error().text();
}

TEST(RuleExplain, ACriterion) {
  EXPECT_EQ(
      explain("boston-311", "on_time"),
      "criterion \"On time\" (on_time)\n"
      "  part of: standard \"Handling of service requests\", block \"Promptness\"\n"
      "  weight: 50 points\n"
      "  points: full points from 90%, none at 50% and below, in proportion between\n"
      "  attained: from 90% on\n"
      "  figure: \"On time of what was due or closed\" (ontime_due), share of the counted "
      "cases of Service request that comply\n"
      "  counted where: \"Target date\" is given and (\"Closed\" has happened or it is open "
      "past its due instant)\n"
      "  complies where: \"Closed\" has happened and the time of \"Closed\" is not after "
      "\"Target date\"\n"
      "  dated by: the time of \"Opened\"\n"
      "  from the events: \"Opened\" (request.opened), \"Closed\" (request.closed)\n"
      "  periods: from 2015-01-01 until 2015-12-31, each month, each year\n"
      "  basis: Proposal; nine of ten requests on time is what the city's own target dates aim "
      "at. (proposal)\n"
      "  without data: the weight goes to the other criteria of the block, that of a block "
      "wholly without data to the others; the grade is not \"Excellent\" then; there is none "
      "where more than 40 points have no data\n");
}

TEST(RuleExplain, TheExampleOfThePage) {
  std::string page = file_text(std::string(PLUMBLINE_SOURCE_DIR) + "/docs/formats/rule_tools.md");
  EXPECT_THAT(page, HasSubstr(explain("boston-311", "speed", RuleLanguage::kChinese)));
}

TEST(RuleExplain, ACriterionOverOtherFiguresShowsItsParts) {
  EXPECT_THAT(explain("jiangsu-2025", "consultations_and_searches"),
              HasSubstr("  figure: \"Consultations and searches\" (consultations_and_searches), "
                        "\"Consultations\" plus \"Searches\"; none at all counts as zero\n"
                        "    figure: \"Consultations\" (consultations), number of cases of "
                        "Consultation; none at all counts as zero\n"
                        "    dated by: the time of \"Opened\"\n"));
}

TEST(RuleExplain, AStandard) {
  std::string text = explain("jiangsu-2025", "outlet", RuleLanguage::kChinese);
  EXPECT_THAT(
      text,
      HasSubstr("标准「网点年度评价标准（建议稿）」(outlet)\n  适用：自 2025-01-01 起，按年\n"));
  EXPECT_THAT(text,
              HasSubstr("  板块「A 基础条件」\n    「开放日落实」(opening) 5 分：达到 98% 得满分"));
  EXPECT_THAT(text, HasSubstr("  一票否决："));
  EXPECT_THAT(text, HasSubstr("  等次上限："));
  EXPECT_THAT(text, HasSubstr("  等次：「优秀」90 分及以上，且"));
}

TEST(RuleExplain, ATarget) {
  EXPECT_THAT(explain("jiangsu-2025", "t1", RuleLanguage::kChinese),
              HasSubstr("目标「县（市、区）公共服务机构覆盖率」(t1)\n  要求：超过 50%\n"
                        "  期限：自 2020-12-22 起，2025-12-31 前完成\n"
                        "  认定：2026-01-31 之前登记的事实计入最终结果\n"));
}

TEST(RuleExplain, WhatThereIsNotAndWhatIsSeveral) {
  EXPECT_THAT(explain("boston-311", "on_tme"),
              HasSubstr("the pack has no standard, criterion or target \"on_tme\" (did you mean "
                        "\"on_time\"?)"));
  EXPECT_THAT(explain("boston-311", "service/speed"), HasSubstr("criterion \"Speed\" (speed)"));
}

TEST(ExpressionWords, EveryForm) {
  TypeSpec type;
  type.id = "request";
  type.steps = {{"opened", {"受理", "Opened"}, false}, {"closed", {"办结", "Closed"}, true}};
  auto field = [](const char* name, Kind kind, Title title) {
    FieldSpec spec;
    spec.name = name;
    spec.kind = kind;
    spec.title = std::move(title);
    return spec;
  };
  type.fields = {field("due", Kind::kInstant, {"期限", "Due"}),
                 field("fee", Kind::kDecimal, {"费用", "Fee"}),
                 field("note", Kind::kString, {"备注", "Note"})};
  auto en = [&](const char* text) { return expression_words(text, type).en; };
  auto zh = [&](const char* text) { return expression_words(text, type).zh; };
  EXPECT_EQ(zh("has(case.closed) && case.closed.time <= case.due"),
            "已有「办结」，且「办结」的时间不晚于「期限」");
  EXPECT_EQ(zh("has(case.fee) || !case.overdue"), "填有「费用」，或并非（已逾期未办结）");
  EXPECT_EQ(en("case.fee <= 2.50"), "\"Fee\" is at most 2.5");
  EXPECT_EQ(en("case.due >= timestamp(\"2015-01-01T00:00:00Z\")"),
            "\"Due\" is not before 2015-01-01T00:00:00Z");
  EXPECT_EQ(en("case.closed.time - case.opened.time > duration(\"72h\")"),
            "the time from the time of \"Opened\" to the time of \"Closed\" is above 72h");
  EXPECT_EQ(zh("case.closed.time <= workday_due(case.opened.time, 3)"),
            "「办结」的时间不晚于「受理」的时间之后第 3 个工作日结束时");
  EXPECT_EQ(zh("case.note in [\"a\", \"b\"]"), "「备注」为「a」、「b」之一");
  EXPECT_EQ(en("case.note.startsWith(\"a\") && (case.fee > 1 || case.fee < -1)"),
            "\"Note\" begins with \"a\" and (\"Fee\" is above 1 or \"Fee\" is below -1)");
  EXPECT_EQ(en("case.fee > 1 ? 1 : 0"), "1 if \"Fee\" is above 1, else 0");
  EXPECT_EQ(en("size(case.note) + 1 == 3"), "the number of characters of \"Note\" plus 1 is 3");
  EXPECT_EQ(en("not an expression"), "not an expression");
}

}  // namespace
}  // namespace plumbline
