// SPDX-License-Identifier: Apache-2.0
#include "evaluator/explanation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "evaluator/explanation_text.h"
#include "evaluator/ledger_view.h"
#include "tests/support/evaluator/facts.h"
#include "tests/support/evaluator/small_ledger.h"

namespace plumbline {
namespace {

using testing::Borrowed;
using testing::closed;
using testing::due_field;
using ::testing::HasSubstr;
using testing::opened;
using testing::small_pack;
using testing::SmallLedger;
using testing::word;

const Json::Array& list(const Json& json, const char* key) {
  return json.find(key)->as_array();
}

const Json& at(const Json& json, const char* key) {
  return *json.find(key);
}

// The element of `list` whose member `key` is `id`.
const Json& with(const Json::Array& list, const char* key, const std::string& id) {
  for (const Json& one : list) {
    if (word(one, key) == id) return one;
  }
  ADD_FAILURE() << "there is no " << id;
  return list.front();
}

class ExplanationTest : public ::testing::Test {
 protected:
  ExplanationTest() {
    ledger_.activate(small_pack(), true);
    ledger_.add_outlet("a", "c1");
    stream_ = ledger_.enroll("a");
    view_ = make_ledger_view([this]() -> Result<std::unique_ptr<LedgerReader>> {
      return std::unique_ptr<LedgerReader>(std::make_unique<Borrowed>(ledger_));
    });
  }

  // Three in time, one late, one overdue and open, one open and not due.
  void report() {
    const std::string due = "2015-01-20T12:00:00Z";
    for (const char* subject : {"r1", "r2", "r3"}) {
      ledger_.batch(stream_, {opened(subject, "2015-01-05T12:00:00Z", {due_field(due)}),
                              closed(subject, "2015-01-06T00:00:00Z")});
    }
    late_ = ledger_.batch(stream_, {opened("late", "2015-01-06T12:00:00Z", {due_field(due)}),
                                    closed("late", "2015-01-25T12:00:00Z")});
    ledger_.batch(stream_,
                  {opened("open", "2015-01-07T12:00:00Z", {due_field(due)}),
                   opened("wait", "2015-01-08T12:00:00Z", {due_field("2015-03-20T12:00:00Z")})});
  }

  Result<Json> explain(const char* as_of, std::uint64_t cases = 5, const char* period = "2015-01") {
    ResultKey key{"service", OutletId::parse("a").value(), period};
    return view_->explanation(key, cases, {ledger_.length(), testing::at(as_of)});
  }

  SmallLedger ledger_;
  std::unique_ptr<EvaluatorView> view_;
  std::size_t stream_ = 0;
  LedgerIndex late_;
};

// 3 of 5 in time: 45.5 * (0.6 - 0.4) / 0.55 = 16.55. Median 12 h: 24.5. 1 of 6 overdue and open:
// 30 * (0.5 - 1/6) / 0.5 = 20.
TEST_F(ExplanationTest, TheLinesSumToTheScoreWithRuleFigureThresholdAndCases) {
  report();
  Json got = explain("2015-01-28T00:00:00Z").value();
  EXPECT_EQ(word(got, "score"), "61.05");
  EXPECT_EQ(word(got, "sum"), "61.05");
  EXPECT_EQ(word(at(at(got, "grade"), "title"), "zh"), "良");
  EXPECT_EQ(word(got, "size"), std::to_string(ledger_.length().value));
  ASSERT_EQ(list(got, "lines").size(), 3u);
  const Json& line = with(list(got, "lines"), "criterion", "on_time");
  EXPECT_EQ(word(line, "points"), "16.55");
  EXPECT_EQ(word(at(line, "figure_text"), "en"), "60%");
  EXPECT_EQ(word(at(line, "sample_text"), "zh"), "5 件中 3 件");
  EXPECT_EQ(word(at(line, "threshold_text"), "en"), "at least 90%");
  EXPECT_THAT(word(at(line, "rule_text"), "zh"), HasSubstr("达到 95% 得满分"));
  EXPECT_EQ(word(line, "basis"), "For the tests.");
  const Json& cases = at(line, "cases");
  EXPECT_EQ(word(cases, "kind"), "against");
  EXPECT_EQ(word(cases, "total"), "2");
  EXPECT_EQ(word(list(cases, "cases")[0], "subject"), "open");
  const Json& late = list(cases, "cases")[1];
  EXPECT_EQ(word(late, "subject"), "late");
  EXPECT_EQ(word(at(late, "why"), "zh"), "已计入，不符合：办结晚于期限 5 天");
  ASSERT_EQ(list(late, "positions").size(), 2u);
  EXPECT_EQ(word(list(late, "positions")[0], "entry"), std::to_string(late_.value));
  // Of a share that should fall the numerator stands against the outlet.
  const Json& backlog = with(list(got, "lines"), "criterion", "overdue_open");
  EXPECT_EQ(word(at(backlog, "cases"), "total"), "1");
  EXPECT_EQ(word(list(at(backlog, "cases"), "cases")[0], "subject"), "open");
}

TEST_F(ExplanationTest, NoMoreCasesAreListedThanAreAskedFor) {
  report();
  Json got = explain("2015-01-28T00:00:00Z", 1).value();
  const Json& cases = at(with(list(got, "lines"), "criterion", "on_time"), "cases");
  EXPECT_EQ(word(cases, "total"), "2");
  EXPECT_EQ(list(cases, "cases").size(), 1u);
  got = explain("2015-01-28T00:00:00Z", 0).value();
  EXPECT_TRUE(list(at(list(got, "lines")[0], "cases"), "cases").empty());
}

// The open case that is overdue stands against the backlog until it is closed; the one that is not
// due yet would come to the cases in time.
TEST_F(ExplanationTest, SaysWhatWouldMoveIt) {
  report();
  Json got = at(explain("2015-01-28T00:00:00Z").value(), "improvement");
  EXPECT_EQ(word(at(got, "next_grade"), "id"), "top");
  const Json& on_time = with(list(got, "criteria"), "criterion", "on_time");
  ASSERT_EQ(list(on_time, "moves").size(), 1u) << "closing late cases makes none be in time";
  const Json& more = list(on_time, "moves")[0];
  EXPECT_EQ(word(more, "way"), "additional");
  EXPECT_EQ(word(more, "open"), "1");
  EXPECT_EQ(word(at(more, "points"), "cases"), "1") << "4 of 6";
  EXPECT_EQ(word(at(more, "met"), "cases"), "15") << "18 of 20";
  EXPECT_EQ(word(at(more, "full"), "cases"), "35") << "38 of 40";
  EXPECT_EQ(word(at(more, "next_grade"), "cases"), "35") << "90.00 points";
  EXPECT_EQ(word(at(more, "next_grade"), "score"), "90.00");
  const Json& backlog = with(list(got, "criteria"), "criterion", "overdue_open");
  const Json& close = with(list(backlog, "moves"), "way", "turned");
  EXPECT_EQ(word(close, "open"), "1");
  EXPECT_EQ(word(at(close, "full"), "cases"), "1");
  EXPECT_EQ(word(at(close, "full"), "score"), "71.05");
  EXPECT_EQ(word(at(close, "next_grade"), "kind"), "not_reachable");
  EXPECT_EQ(word(at(at(close, "next_grade"), "text"), "zh"), "本期不可及");
  EXPECT_EQ(word(at(close, "text"), "en"), "close 1 of the 1 open case that stands against it");
  // 16.55 with 13 more on time are 36.4 (16 of 18: 40.45), 24.5, and 30 with it closed.
  EXPECT_FALSE(at(got, "pair").is_null());
  EXPECT_THAT(word(at(at(got, "pair"), "text"), "zh"), HasSubstr("，并且"));
  EXPECT_EQ(word(at(at(got, "pair"), "grade"), "id"), "top");
}

// With 3 of 5 in time a cap at 70 % holds the grade down as well.
TEST_F(ExplanationTest, VetoesAndCapsStandFirstAndAreScoredWith) {
  const std::string limits =
      "vetoes:\n"
      "  - {id: leak, title: {zh: 泄密, en: Leak}, finding: leak, basis: Law., "
      "basis_kind: proposal}\n"
      "caps:\n"
      "  - {id: late, title: {zh: 逾期, en: Late}, grade: low, indicator: on_time, below: 0.7,"
      " basis: Letter., basis_kind: proposal}\n"
      "grades:\n";
  ledger_.activate(small_pack({{"standards/service.yaml", "grades:\n", limits}}), true);
  report();
  Json got = explain("2015-01-28T00:00:00Z").value();
  EXPECT_EQ(word(at(got, "grade"), "id"), "low");
  EXPECT_EQ(word(list(got, "caps")[0], "basis"), "Letter.");
  EXPECT_THAT(word(at(list(got, "caps")[0], "text"), "zh"), HasSubstr("逾期，现为 60%"));
  Json moves = at(got, "improvement");
  EXPECT_EQ(word(at(moves, "next_grade_text"), "zh"), "升到「良」");
  EXPECT_THAT(word(list(moves, "held")[0], "en"), HasSubstr("the cap \"Late\" acts"));
  const Json& lifts = list(with(list(moves, "caps"), "cap", "late"), "moves")[0];
  EXPECT_EQ(word(at(lifts, "met"), "cases"), "2") << "5 of 7";
  EXPECT_EQ(word(at(lifts, "next_grade"), "cases"), "2");
  ledger_.add_facts(
      {testing::fact("finding", "f1", "2015-01-20", "", {{"outlet", "a"}, {"code", "leak"}})});
  got = explain("2015-01-28T00:00:00Z").value();
  ASSERT_EQ(list(got, "vetoes").size(), 1u);
  EXPECT_THAT(word(at(list(got, "vetoes")[0], "text"), "zh"), HasSubstr("一票否决：泄密"));
  moves = at(got, "improvement");
  EXPECT_THAT(word(at(moves, "text"), "en"), HasSubstr("no number of cases changes the grade"));
  EXPECT_TRUE(at(moves, "cheapest").is_null());
  std::string text = explanation_text(got, Language::kEnglish);
  EXPECT_LT(text.find("Veto: Leak"), text.find("Cap: Late"));
  EXPECT_LT(text.find("Cap: Late"), text.find("How the score comes about"));
}

// Nothing can be dated in a period that has ended, save what is open in it.
TEST_F(ExplanationTest, OfAnEndedPeriodMoreCasesComeTooLate) {
  report();
  Json got = at(explain("2015-02-20T00:00:00Z").value(), "improvement");
  const Json& more = list(with(list(got, "criteria"), "criterion", "on_time"), "moves")[0];
  EXPECT_EQ(word(at(more, "points"), "kind"), "cases") << "one is open, and not due yet";
  EXPECT_EQ(word(at(more, "met"), "kind"), "too_late");
  EXPECT_EQ(word(at(more, "met"), "cases"), "15");
  EXPECT_THAT(word(at(got, "text"), "zh"), HasSubstr("本期不可及"));
  EXPECT_EQ(word(at(at(more, "met"), "text"), "en"), "would have taken 15");
  EXPECT_THAT(word(at(got, "note"), "zh"), HasSubstr("本期已结束"));
}

TEST_F(ExplanationTest, WhoReportedNothingIsExplainedToo) {
  Json got = explain("2015-01-28T00:00:00Z").value();
  EXPECT_TRUE(at(got, "score").is_null());
  EXPECT_TRUE(at(got, "sum").is_null());
  EXPECT_EQ(word(got, "verdict"), "not_reported");
  EXPECT_EQ(word(at(at(got, "improvement"), "next_grade"), "id"), "low") << "any grade";
  EXPECT_THAT(explanation_text(got, Language::kChinese), HasSubstr("未报送"));
}

TEST_F(ExplanationTest, WhatIsNotThereIsNotExplained) {
  report();
  EXPECT_EQ(explain("2015-01-28T00:00:00Z", 5, "2014-01").error().code(), Code::kNotFound);
  EXPECT_EQ(explain("2015-01-28T00:00:00Z", 5, "January").error().code(), Code::kInvalid);
  ResultKey key{"other", OutletId::parse("a").value(), "2015-01"};
  ResultMoment moment{ledger_.length(), testing::at("2015-01-28T00:00:00Z")};
  EXPECT_EQ(view_->explanation(key, 5, moment).error().code(), Code::kNotFound);
}

TEST_F(ExplanationTest, TheTextIsReadInBothLanguages) {
  report();
  Json got = explain("2015-01-28T00:00:00Z").value();
  std::string zh = explanation_text(got, Language::kChinese);
  std::string en = explanation_text(got, Language::kEnglish);
  EXPECT_THAT(zh, HasSubstr("得分 61.05，等次 良；未达标\n"));
  EXPECT_THAT(zh, HasSubstr("    按时  16.55 / 45.50  未达标\n"));
  EXPECT_THAT(zh, HasSubstr("合计 61.05 分\n"));
  EXPECT_THAT(zh, HasSubstr("距「优」（90.00 分起）还差 28.95 分\n"));
  EXPECT_THAT(en, HasSubstr("Score 61.05, grade Good; not attained\n"));
  EXPECT_THAT(en, HasSubstr("    On time  16.55 / 45.50  not attained\n"
                            "      On time: 60% (3 of 5 cases); attained with at least 90%\n"));
  EXPECT_THAT(en, HasSubstr("late: Counted; it does not do as required: closed 5 d after it was "
                            "due. [ledger " +
                            std::to_string(late_.value) + "/"));
  EXPECT_THAT(en, HasSubstr("28.95 points short of Top (from 90.00)\n"));
  EXPECT_THAT(en, HasSubstr("What would raise it\n"));
}

}  // namespace
}  // namespace plumbline
