// SPDX-License-Identifier: Apache-2.0
#include "evaluator/target_metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include "tests/support/evaluator/small_ledger.h"

namespace plumbline {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

struct Shown {
  Shown() {
    target.id = "t1";
    target.title = {"覆盖率", "Coverage"};
    target.headline = Reading::kClaimed;
    target.deadline = Date{2015, 12, 31};
    target.goal = {TargetGoal::Test::kAbove, Decimal{500'000}};
  }
  std::string text(const std::string& rule_hash, const std::vector<Target>& targets) {
    metrics.show("small", rule_hash, targets, rules->pack->calendar);
    return prometheus::TextSerializer().Serialize(registry.Collect());
  }

  std::shared_ptr<const RuleSet> rules = testing::compiled(testing::small_pack());
  prometheus::Registry registry;
  TargetMetrics metrics{registry};
  Target target;
};

ResultRow row(const std::string& level, const std::string& unit, const std::string& statement,
              const std::string& rest) {
  std::string body = R"({"kind":")" + std::string(level == "network" ? "target" : "target_unit") +
                     R"(","level":")" + level + R"(","statement":")" + statement +
                     R"(","target":"t1","unit":")" + unit + "\"," + rest + "}";
  return {"target.t1", level, unit, statement, body};
}

ResultRow network(const std::string& statement, const std::string& readings) {
  return row("network", "ALL", statement, R"("readings":[)" + readings + "]");
}

ResultRow county(const std::string& unit, const std::string& verdict, const std::string& strict,
                 const std::string& statement = "running") {
  return row("county", unit, statement,
             R"("covered":{"claimed":true,"ever":true,"strict":)" + strict + R"(},"verdict":")" +
                 verdict + "\"");
}

TEST(TargetMetrics, ShowsValueAndVerdictOfEachReading) {
  Shown shown;
  shown.metrics.show(
      "small", network("final", R"({"id":"strict","value":"0.526316","verdict":"met"},)"
                                R"({"id":"claimed","value":"0.400000","verdict":"not_met"})"));
  std::string text = shown.text("h", {shown.target});
  EXPECT_THAT(text, HasSubstr("plumbline_target_value{pack=\"small\",reading=\"strict\",statement="
                              "\"final\",target=\"t1\"} 0.526316"));
  EXPECT_THAT(text, HasSubstr("plumbline_target_reached{pack=\"small\",reading=\"strict\",statement"
                              "=\"final\",target=\"t1\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("plumbline_target_reached{pack=\"small\",reading=\"claimed\","
                              "statement=\"final\",target=\"t1\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("plumbline_target_goal{pack=\"small\",target=\"t1\"} 0.5\n"));
}

TEST(TargetMetrics, NoDataIsNoSeries) {
  Shown shown;
  auto known = R"({"id":"strict","value":"0.500000","verdict":"not_met"})";
  shown.metrics.show("small", network("running", known));
  EXPECT_THAT(shown.text("h", {}), HasSubstr("plumbline_target_value{"));
  auto unknown = R"({"id":"strict","value":null,"verdict":"not_reported"})";
  shown.metrics.show("small", network("running", unknown));
  EXPECT_THAT(shown.text("h", {}), Not(HasSubstr("plumbline_target_value{")));
  EXPECT_THAT(shown.text("h", {}), Not(HasSubstr("plumbline_target_reached{")));
  shown.metrics.show("small", county("320102", "not_reported", "false"));
  EXPECT_THAT(shown.text("h", {}), Not(HasSubstr("plumbline_county_covered{")));
}

TEST(TargetMetrics, CountiesOfTheRunningStatementAreCoveredOrNot) {
  Shown shown;
  shown.metrics.show("small", county("320102", "met", "true"));
  shown.metrics.show("small", county("320104", "not_met", "false"));
  shown.metrics.show("small", county("320105", "met", "true", "final"));
  std::string text = shown.text("h", {});
  EXPECT_THAT(text, HasSubstr("plumbline_county_covered{county=\"320102\",pack=\"small\",target="
                              "\"t1\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("county=\"320104\",pack=\"small\",target=\"t1\"} 0\n"));
  EXPECT_THAT(text, Not(HasSubstr("320105")));
}

TEST(TargetMetrics, ARowThatGoesTakesItsSeriesAlong) {
  Shown shown;
  ResultRow covered = county("320102", "met", "true");
  shown.metrics.show("small", covered);
  shown.metrics.hide("other", covered);
  EXPECT_THAT(shown.text("h", {}), HasSubstr("320102"));
  shown.metrics.hide("small", covered);
  shown.metrics.hide("small", covered);
  EXPECT_THAT(shown.text("h", {}), Not(HasSubstr("320102")));
}

TEST(TargetMetrics, AnotherPackTakesItsRowsAlong) {
  Shown shown;
  shown.metrics.show("other", county("320102", "met", "true"));
  shown.metrics.show("small", county("320104", "met", "true"));
  std::string text = shown.text("h", {});
  EXPECT_THAT(text, Not(HasSubstr("320102")));
  EXPECT_THAT(text, HasSubstr("320104"));
}

TEST(TargetMetrics, NamesTitlesHeadlineAndDeadline) {
  Shown shown;
  std::string text = shown.text("h", {shown.target});
  EXPECT_THAT(text, HasSubstr("plumbline_target_info{pack=\"small\",reading=\"claimed\","
                              "target=\"t1\",title_en=\"Coverage\",title_zh=\"覆盖率\"} 1\n"));
  // Midnight in New York after the day.
  EXPECT_THAT(text, HasSubstr("plumbline_target_deadline_timestamp_seconds{pack=\"small\","
                              "target=\"t1\"} 1451624400\n"));
}

TEST(TargetMetrics, AnotherRuleSetTakesThePlaceOfTheFirst) {
  Shown shown;
  shown.text("h", {shown.target});
  shown.target.id = "t2";
  EXPECT_THAT(shown.text("h", {shown.target}), HasSubstr("target=\"t1\""));
  std::string text = shown.text("i", {shown.target});
  EXPECT_THAT(text, HasSubstr("target=\"t2\""));
  EXPECT_THAT(text, Not(HasSubstr("target=\"t1\"")));
  EXPECT_THAT(shown.text("j", {}), Not(HasSubstr("target=\"")));
}

}  // namespace
}  // namespace plumbline
