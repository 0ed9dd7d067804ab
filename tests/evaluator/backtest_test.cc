// SPDX-License-Identifier: Apache-2.0
#include "evaluator/backtest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "evaluator/backtest_ledger.h"
#include "evaluator/rebuild.h"
#include "tests/support/evaluator/small_ledger.h"

// What other rules would make of the same reports: the ledger as if they had been in force, and the
// comparison of two sets of rows.
namespace plumbline {
namespace {

using namespace plumbline::testing;
using ::testing::HasSubstr;
using Move = BacktestUnit::Move;

const std::string kService = "standards/service.yaml";

ResultRow row(const std::string& unit, const std::string& score, const std::string& grade,
              const std::string& period = "2015") {
  Json body = Json::object().set("verdict", score.empty() ? "insufficient_data" : "met");
  body.set("score", score.empty() ? Json() : Json(score));
  body.set("grade", grade.empty() ? Json() : Json(grade));
  return {"service", "outlet", unit, period, body.text()};
}

ResultRow target(const std::string& statement, const std::string& value,
                 const std::string& verdict) {
  Json body = Json::object().set("value", value).set("verdict", verdict);
  return {"target.counties", "network", "ALL", statement, body.text()};
}

Backtest compared(std::vector<ResultRow> before, std::vector<ResultRow> after,
                  const std::map<std::string, std::string>& places = {}) {
  auto rules = compiled(small_pack());
  return backtest({*rules, before}, {*rules, after}, "2015", places).value();
}

const BacktestUnit& unit_of(const Backtest& result, const std::string& id) {
  for (const BacktestUnit& unit : result.units) {
    if (unit.unit == id) return unit;
  }
  throw std::runtime_error("no unit " + id);
}

TEST(Backtest, GradesAndRanks) {
  Backtest result =
      compared({row("a", "95.00", "top"), row("b", "80.00", "good"), row("c", "80.00", "good"),
                row("d", "10.00", "low"), row("e", "", "")},
               {row("a", "85.00", "good"), row("b", "91.00", "top"), row("c", "80.00", "good"),
                row("d", "", ""), row("e", "5.00", "low")});
  EXPECT_EQ(unit_of(result, "a").grade, Move::kDown);
  EXPECT_EQ(unit_of(result, "b").grade, Move::kUp);
  EXPECT_EQ(unit_of(result, "c").grade, Move::kSame);
  EXPECT_EQ(unit_of(result, "d").grade, Move::kOther);
  EXPECT_EQ(unit_of(result, "e").grade, Move::kOther);
  // Two share the second rank, and the next is the fourth.
  EXPECT_EQ(unit_of(result, "b").before->rank, 2u);
  EXPECT_EQ(unit_of(result, "c").before->rank, 2u);
  EXPECT_EQ(unit_of(result, "d").before->rank, 4u);
  EXPECT_EQ(unit_of(result, "e").before->rank, 0u);
  EXPECT_EQ(unit_of(result, "b").after->rank, 1u);
}

TEST(Backtest, ScoresAreComparedAsNumbers) {
  Backtest result = compared({row("a", "100.00", "top"), row("b", "99.00", "top")}, {});
  EXPECT_EQ(unit_of(result, "a").before->rank, 1u);
  EXPECT_FALSE(unit_of(result, "a").after.has_value());
}

TEST(Backtest, OnlyThePeriodAndTheScoredLevel) {
  ResultRow network = row("ALL", "50.00", "low");
  network.level = "network";
  Backtest result =
      compared({row("a", "95.00", "top", "2015-01"), row("a", "80.00", "good"), network}, {});
  ASSERT_EQ(result.units.size(), 1u);
  EXPECT_EQ(result.units[0].before->score, "80.00");
}

TEST(Backtest, PlacesAreSummedUp) {
  Backtest result =
      compared({row("a", "95.00", "top"), row("b", "80.00", "good"), row("c", "70.00", "good")},
               {row("a", "85.00", "good"), row("b", "91.00", "top"), row("c", "70.00", "good")},
               {{"a", "320102"}, {"b", "320102"}});
  EXPECT_EQ(result.places.at("320102").units, 2u);
  EXPECT_EQ(result.places.at("320102").up, 1u);
  EXPECT_EQ(result.places.at("320102").down, 1u);
  EXPECT_EQ(result.places.at("320102").ranks, 2u);
  EXPECT_EQ(result.places.at("").units, 1u);
  EXPECT_EQ(result.places.at("").ranks, 0u);
}

TEST(Backtest, TargetsThatFlip) {
  Backtest result =
      compared({target("final", "0.494737", "not_met"), target("running", "0.494737", "not_met")},
               {target("final", "0.494737", "met")});
  ASSERT_EQ(result.targets.size(), 2u);
  EXPECT_TRUE(result.targets[0].flips());
  EXPECT_EQ(result.targets[1].new_verdict, "");
}

TEST(Backtest, Text) {
  std::string text = backtest_text(compared(
      {row("a", "95.00", "top"), row("b", "80.00", "good"), target("final", "0.5", "not_met")},
      {row("a", "85.00", "good"), row("b", "80.00", "good"), target("final", "0.6", "met")},
      {{"a", "320102"}, {"b", "320104"}}));
  EXPECT_EQ(text,
            "standard             unit                 grade                            score "
            "               rank\n"
            "service              a                    top -> good                      "
            "95.00 -> 85.00       1\n"
            "2015: 2 results, 0 better and 1 worse grades, 0 gained or lost one, 0 other "
            "ranks\n"
            "\n"
            "place                 results   better    worse    other    ranks\n"
            "320102                      1        0        1        0        0\n"
            "320104                      1        0        0        0        0\n"
            "\n"
            "target                          verdict                          value\n"
            "counties             final      not_met -> met                   0.5 -> 0.6\n"
            "1 of 1 statements of targets flip\n");
}

TEST(Backtest, Csv) {
  std::string csv = backtest_csv(
      compared({row("a", "95.00", "top")}, {row("a", "85.00", "good")}, {{"a", "3,2"}}));
  EXPECT_EQ(csv,
            "line,period,standard,level,unit,place,old_verdict,new_verdict,old_grade,new_grade,"
            "grade_change,old_score,new_score,old_rank,new_rank,results,better,worse,other,"
            "ranks\r\n"
            "unit,2015,service,outlet,a,\"3,2\",met,met,top,good,down,95.00,85.00,1,1,,,,,\r\n"
            "place,2015,,,,\"3,2\",,,,,,,,,,1,0,1,0,0\r\n");
}

TEST(Backtest, ABodyThatIsNoneIsRefused) {
  auto rules = compiled(small_pack());
  std::vector<ResultRow> rows = {{"service", "outlet", "a", "2015", "not JSON"}};
  EXPECT_FALSE(backtest({*rules, rows}, {*rules, {}}, "2015", {}).ok());
}

const Instant kAsOf = at("2015-03-01T00:00:00Z");

// The same reports under the rules that are activated at its beginning.
std::unique_ptr<SmallLedger> ledger_under(const PackFiles& files, bool retroactive) {
  auto ledger = std::make_unique<SmallLedger>();
  ledger->activate(files, retroactive);
  ledger->add_outlet("a", "c1");
  ledger->add_outlet("b", "c2");
  std::size_t a = ledger->enroll("a");
  std::size_t b = ledger->enroll_live("b");
  for (std::string id : {"r1", "r2", "r3"}) {
    ledger->batch(a, {opened(id, "2015-01-05T10:00:00Z", {due_field("2015-01-08T00:00:00Z")}),
                      closed(id, "2015-01-07T10:00:00Z")});
    ledger->batch(b, {opened(id, "2015-01-05T10:00:00Z", {due_field("2015-01-08T00:00:00Z")}),
                      closed(id, id == "r1" ? "2015-01-09T10:00:00Z" : "2015-01-06T10:00:00Z")});
  }
  return ledger;
}

OpenLedger opener(SmallLedger& ledger) {
  return [&ledger]() -> Result<std::unique_ptr<LedgerReader>> {
    return std::unique_ptr<LedgerReader>(std::make_unique<Borrowed>(ledger));
  };
}

// The rows as if `files` had been in force.
std::vector<ResultRow> rows_under(SmallLedger& ledger, const PackFiles& files) {
  OpenLedger open = with_rules(opener(ledger), ledger.length(), compiled(files)->pack).value();
  return rebuild(open, 1, ledger.length(), kAsOf).value().rows;
}

std::vector<ResultRow> rows_of(const OpenLedger& open, const SmallLedger& ledger) {
  return rebuild(open, 1, ledger.length(), kAsOf).value().rows;
}

TEST(BacktestLedger, RowsAreThoseOfALedgerWithTheseRules) {
  PackFiles other =
      small_pack({{kService, "full: 0.95", "full: 0.6"}, {kService, "met_at: 0.9", "met_at: 0.6"}});
  auto as_it_is = ledger_under(small_pack(), true);
  auto with_other = ledger_under(other, true);
  auto expected = rows_of(opener(*with_other), *with_other);
  EXPECT_EQ(rows_under(*as_it_is, other), expected);
  EXPECT_NE(rows_of(opener(*as_it_is), *as_it_is), expected);
  EXPECT_EQ(rows_under(*as_it_is, small_pack()), rows_of(opener(*as_it_is), *as_it_is));
}

TEST(BacktestLedger, TheyHoldForEveryPeriodWhateverWasActivatedLater) {
  PackFiles other =
      small_pack({{kService, "full: 0.95", "full: 0.6"}, {kService, "met_at: 0.9", "met_at: 0.6"}});
  auto with_other = ledger_under(other, true);
  // In force for later periods alone, and followed by a third set.
  auto late = ledger_under(small_pack(), false);
  late->activate(small_pack({{kService, "min: 90", "min: 80"}}), true);
  EXPECT_EQ(rows_under(*late, other), rows_of(opener(*with_other), *with_other));
}

TEST(BacktestLedger, WithoutAnyActivationThereIsNoPlaceForOthers) {
  SmallLedger ledger;
  ledger.add_outlet("a", "c1");
  auto open = with_rules(opener(ledger), ledger.length(), compiled(small_pack())->pack);
  ASSERT_FALSE(open.ok());
  EXPECT_THAT(open.error().text(), HasSubstr("no rules were ever activated"));
}

TEST(BacktestLedger, AClosedPeriodIsEvaluatedWithWhatIsKnownNow) {
  auto ledger = ledger_under(small_pack(), true);
  auto before = rows_of(opener(*ledger), *ledger);
  PeriodClosed closing;
  closing.standard = "service";
  closing.period = "2015-01";
  closing.revision = 1;
  closing.size = LedgerSize(4);  // before most of the reports
  closing.as_of = at("2015-02-01T06:00:00Z");
  ledger->record({"office", "closing", closing});
  EXPECT_NE(rows_of(opener(*ledger), *ledger), before);
  EXPECT_EQ(rows_under(*ledger, small_pack()), before);
}

}  // namespace
}  // namespace plumbline
