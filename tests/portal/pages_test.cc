// SPDX-License-Identifier: Apache-2.0
// What the pages say: texts ready to be shown, and how trouble is told.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dashboards/portal/json_read.h"
#include "tests/support/portal/scene.h"

namespace plumbline {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using testing::PortalScene;

class Pages : public ::testing::Test {
 protected:
  Json page(const std::string& path) {
    if (cookie_.empty()) cookie_ = scene_.cookie_of(Role::kProvince, "ALL");
    const auto answer = scene_.get(path, cookie_);
    EXPECT_EQ(answer.status, 200) << answer.body;
    return answer.json();
  }

  PortalScene scene_;
  std::string cookie_;
};

TEST_F(Pages, TheStandingSaysWhatTheAnswerStandsOn) {
  scene_.checkpoint = {"note", LedgerSize(90), "root"};
  scene_.ledger_size = LedgerSize(130);
  scene_.late = true;
  const Json answer = page("/api/v1/targets");
  const Json& standing = *answer.find("standing");
  EXPECT_EQ(number_at(standing, "size"), 100);
  EXPECT_EQ(text_at(standing, "as_of"), "2026-10-31T00:01:00Z");
  EXPECT_EQ(text_at(standing, "as_of_text"), "2026-10-31 08:01");
  EXPECT_EQ(number_at(standing, "behind_entries"), 30);
  EXPECT_TRUE(flag_at(standing, "late"));
  EXPECT_TRUE(flag_at(standing, "simulated"));
  EXPECT_EQ(text_at(standing, "pack_version"), "1");
  EXPECT_EQ(number_at(standing, "checkpoint_size"), 90);
}

TEST_F(Pages, TheOverviewCountsAndMaps) {
  const Json overview = page("/api/v1/overview");
  EXPECT_EQ(text_at(overview, "period"), "2026");
  EXPECT_EQ(overview.find("periods")->text(), R"(["2026","2025","2026-10"])");
  const Json& map = *overview.find("map");
  EXPECT_EQ(number_at(map, "columns"), 4);
  EXPECT_EQ(number_at(map, "rows"), 3);
  ASSERT_EQ(list_at(map, "tiles").size(), 4u);
  EXPECT_EQ(text_at(list_at(map, "tiles")[1], "state"), "missing");
  EXPECT_EQ(number_at(list_at(map, "tiles")[1], "outlets"), 2);
  const Json& city = list_at(overview, "cities")[0];
  EXPECT_EQ(text_at(city, "covered_text"), "1 / 2");
  EXPECT_EQ(number_at(city, "outlets"), 4);
  EXPECT_EQ(with_id(overview, "grades", "fail")->find("outlets")->as_integer(), 8);
  EXPECT_TRUE(list_at(overview, "grades").back().find("id")->is_null());
  EXPECT_EQ(text_at(list_at(overview, "attention")[0], "kind"), "veto");
  EXPECT_EQ(list_at(overview, "changes").size(), 20u);
  EXPECT_THAT(text_at(*list_at(overview, "changes")[0].find("text"), "zh"),
              HasSubstr("新增问题：弄虚作假"));
}

TEST_F(Pages, ACapNeedsAttentionOnlyWhereItHoldsTheGradeDown) {
  auto caps = [&] {
    int found = 0;
    const Json overview = page("/api/v1/overview");
    for (const Json& one : list_at(overview, "attention")) {
      if (text_at(one, "kind") == "cap") ++found;
    }
    return found;
  };
  EXPECT_EQ(caps(), 0) << "the veto decides";
  scene_.outlet_changes = {{R"({"id": "fabricated", "finding": "CANARY-finding", )"
                            R"("since": "2026-03-01"})",
                            ""},
                           {R"("grade": "fail")", R"("grade": "pass")"}};
  scene_.publish(101);
  EXPECT_EQ(caps(), 8);
  scene_.outlet_changes.push_back(
      {R"("grade_by_score": "excellent")", R"("grade_by_score": "pass")"});
  scene_.publish(102);
  EXPECT_EQ(caps(), 0) << "the score alone gives no better grade";
}

TEST_F(Pages, AGradeIsHeldDownByTheConditionOfTheOneJustMissed) {
  scene_.outlet_changes = {
      {R"({"id": "fabricated", "finding": "CANARY-finding", "since": "2026-03-01"})", ""},
      {R"("grade_limited": false)",
       R"("grade_limited": false, "conditions": [)"
       R"({"grade": "excellent", "block": "speed", "at_least": "95.00", "points": "92.40",)"
       R"( "holds": false},)"
       R"({"grade": "pass", "block": "speed", "at_least": "93.00", "points": "92.40",)"
       R"( "holds": false}])"}};
  scene_.publish(101);
  const Json page_of = page("/api/v1/outlets/o320102-1");
  const Json& result = *page_of.find("result");
  EXPECT_EQ(text_at(*result.find("reason"), "zh"),
            "按得分为优秀，因时效得 92.40 分、不足 93.00 分，评定为不合格。");
  EXPECT_EQ(text_at(*result.find("reason"), "en"),
            "The score reaches Excellent; Speed has 92.40 of the 93.00 points that it requires, so "
            "the grade is Fail.");
  ASSERT_EQ(list_at(result, "conditions").size(), 2u);
  const Json& first = list_at(result, "conditions")[0];
  EXPECT_TRUE(flag_at(first, "acts"));
  EXPECT_EQ(text_at(*first.find("text"), "en"),
            "Excellent requires 95.00 points or more in Speed; it has 92.40");
  EXPECT_EQ(text_at(*first.find("basis"), "text"), "建议");
}

TEST_F(Pages, ACapThatLeavesAGradeIsTheReasonBesideAConditionUnmet) {
  scene_.outlet_changes = {
      {R"({"id": "fabricated", "finding": "CANARY-finding", "since": "2026-03-01"})", ""},
      {R"("grade": "fail")", R"("grade": "pass")"},
      {R"("grade_limited": false)",
       R"("grade_limited": false, "conditions": [)"
       R"({"grade": "excellent", "block": "speed", "at_least": "95.00", "points": "92.40",)"
       R"( "holds": false}])"}};
  scene_.publish(101);
  const Json page_of = page("/api/v1/outlets/o320102-1");
  EXPECT_THAT(text_at(*page_of.find("result")->find("reason"), "en"),
              HasSubstr("the cap (Spot checks differ) limits the grade to Pass"));
}

TEST_F(Pages, ATargetHasItsTextsAndLists) {
  const Json target = page("/api/v1/targets/t1");
  EXPECT_EQ(text_at(*target.find("target")->find("goal"), "text"), "> 50 %");
  const Json& final = *target.find("statements")->find("final");
  EXPECT_EQ(text_at(final, "text"), "75.00 %");
  EXPECT_EQ(text_at(final, "fraction_text"), "3 / 4");
  EXPECT_EQ(text_at(*final.find("verdict_title"), "zh"), "达标");
  EXPECT_EQ(text_at(list_at(final, "missing")[0], "code"), "320104");
  EXPECT_EQ(text_at(*list_at(final, "missing")[0].find("city"), "code"), "320100");
  const Json& counted = list_at(list_at(final, "readings")[0], "counted")[0];
  const Json& fact = list_at(counted, "facts")[0];
  EXPECT_EQ(text_at(fact, "confirmed"), "2021-05-06");
  EXPECT_EQ(text_at(*fact.find("document"), "number"), "苏知发〔2020〕157号");
  EXPECT_EQ(text_at(fact, "known"), "2026-10-30");
}

TEST_F(Pages, ATargetWithoutAStatementIsNotReported) {
  const Json target = page("/api/v1/targets/t2");
  EXPECT_TRUE(target.find("target")->find("final")->is_null());
  const Json& running = *target.find("target")->find("running");
  EXPECT_EQ(text_at(running, "verdict"), "not_reported");
  EXPECT_EQ(text_at(*running.find("verdict_title"), "zh"), "未报送");
  EXPECT_EQ(text_at(running, "text"), "—");
  EXPECT_EQ(text_at(*target.find("target")->find("goal"), "text"), "≥ 100");
}

TEST_F(Pages, AnOutletSaysWhyItHasItsGrade) {
  const Json page_of = page("/api/v1/outlets/o320102-1");
  const Json& result = *page_of.find("result");
  EXPECT_EQ(text_at(*result.find("grade"), "id"), "fail");
  EXPECT_EQ(text_at(*result.find("grade_by_score"), "id"), "excellent");
  EXPECT_EQ(text_at(*result.find("reason"), "zh"),
            "一票否决（弄虚作假，自 2026-03-01 起）：得分保留，等次为不合格。");
  EXPECT_EQ(text_at(*list_at(result, "vetoes")[0].find("finding"), "id"), "canary320102x1-finding");
  EXPECT_EQ(text_at(*list_at(result, "caps")[0].find("text"), "en"),
            "Spot checks differ: 75.00 %, so the grade is at best Pass");
  const Json& block = list_at(result, "blocks")[0];
  EXPECT_EQ(text_at(block, "points_text"), "92.40");
  const Json& hours = list_at(block, "criteria")[1];
  EXPECT_EQ(text_at(hours, "points_text"), "32.40 / 40.00");
  EXPECT_EQ(number_at(hours, "share"), 81);
  EXPECT_FALSE(flag_at(hours, "redistributed"));
  EXPECT_TRUE(flag_at(list_at(block, "criteria")[0], "redistributed"));
  EXPECT_EQ(text_at(*hours.find("figure"), "text"), "9.50 h");
  EXPECT_EQ(text_at(*list_at(block, "criteria")[0].find("figure"), "text"), "94.74 %");
  EXPECT_EQ(list_at(page_of, "history").size(), 2u);
  EXPECT_EQ(text_at(list_at(page_of, "history")[0], "period"), "2025");
  EXPECT_EQ(list_at(*page_of.find("outlet"), "statuses").size(), 1u);
}

TEST_F(Pages, AnExemptLineSaysUntilWhenAndWhy) {
  Fact fact{"exemption",
            "e1",
            Date{2026, 3, 1},
            Date{2026, 12, 31},
            {{"outlet", "o320102-1"},
             {"standard", "service"},
             {"criterion", "on_time"},
             {"owner", "os:li"},
             {"reason", "水灾"}}};
  scene_.registry->facts.add(LedgerIndex(90), Instant{1'793'404'860'000}, fact);
  scene_.outlet_changes = {
      {R"({"id": "fabricated", "finding": "CANARY-finding", "since": "2026-03-01"})", ""},
      {R"("grade": "fail")", R"("grade": null)"},
      {R"("grade_limited": false)",
       R"("grade_limited": false, "weight_exempt": "60.00", "exemptions": )"
       R"([{"id": "e1", "criterion": "on_time", "until": "2026-12-31"}])"}};
  scene_.publish(101);
  const Json page_of = page("/api/v1/outlets/o320102-1");
  const Json& result = *page_of.find("result");
  EXPECT_EQ(text_at(*result.find("reason"), "zh"),
            "得分 92.40；60.00 分免考核，0.00 分数据不足，所余分值过少，因此不评定等次。");
  const Json& lines = *list_at(result, "blocks")[0].find("criteria");
  ASSERT_EQ(list_at(lines.as_array()[0], "notes").size(), 1u);
  EXPECT_EQ(text_at(list_at(lines.as_array()[0], "notes")[0], "zh"),
            "2026-03-01 至 2026-12-31 免考核：水灾（负责人：os:li）");
  EXPECT_EQ(text_at(list_at(lines.as_array()[0], "notes")[0], "en"),
            "Exempt from 2026-03-01 to 2026-12-31: 水灾 (owner: os:li)");
  EXPECT_TRUE(list_at(lines.as_array()[1], "notes").empty());
}

TEST_F(Pages, ALineSaysHowManyCasesWereLeftOutForTheirSource) {
  scene_.outlet_changes = {{R"("n": 19, "unit": "hour", "value": "9.5000"}}]}])",
                            R"("n": 19, "left_out": 4, "unit": "hour", "value": "9.5000"}}]}])"}};
  scene_.publish(101);
  const Json page_of = page("/api/v1/outlets/o320102-1");
  const Json& lines = *list_at(*page_of.find("result"), "blocks")[0].find("criteria");
  EXPECT_TRUE(list_at(lines.as_array()[0], "notes").empty());
  ASSERT_EQ(list_at(lines.as_array()[1], "notes").size(), 1u);
  EXPECT_EQ(text_at(list_at(lines.as_array()[1], "notes")[0], "zh"), "另有 4 件因来源不符未计入");
}

TEST_F(Pages, AClosedPeriodShowsItsRevisionsAndWhatWouldBeNow) {
  const char* path = "/api/v1/outlets/o320102-1?period=2026";
  EXPECT_TRUE(page(path).find("closing")->is_null());
  PeriodClosed closed;
  closed.standard = "service";
  closed.period = "2026";
  closed.size = LedgerSize(80);
  closed.as_of = Instant{1'793'404'860'000};
  scene_.registry->closings.push_back(
      {LedgerIndex(90), Instant{1'793'404'860'000}, "os:clerk", "minutes of May", closed});
  // The results do not hold this one yet.
  closed.revision = 2;
  scene_.registry->closings.push_back(
      {LedgerIndex(120), Instant{1'793'404'860'000}, "os:clerk", "too new", closed});
  scene_.more_rows = {{"current.service", "outlet", "o320102-1", "2026",
                       R"({"score":"12.00","verdict":"not_met"})"}};
  scene_.publish(100);
  const Json answer = page(path);
  const Json& closing = *answer.find("closing");
  const Json::Array& revisions = list_at(closing, "revisions");
  ASSERT_EQ(revisions.size(), 1u);
  EXPECT_EQ(text_at(revisions[0], "reason"), "minutes of May");
  EXPECT_EQ(number_at(revisions[0], "entry"), 90);
  EXPECT_EQ(text_at(*revisions[0].find("result"), "score"),
            text_at(*answer.find("result"), "score"));
  EXPECT_EQ(text_at(*closing.find("now"), "score"), "12.00");
  EXPECT_TRUE(closing.find("cause")->is_null()) << "this evaluator compares nothing";
  EXPECT_EQ(list_at(answer, "standards").size(), 1u) << "current.service is no standard";
  EXPECT_TRUE(
      page("/api/v1/outlets/o320102-2?period=2026").find("closing")->find("now")->is_null());
}

TEST_F(Pages, PagesOfManyOutletsSayThatAPeriodIsClosed) {
  const std::vector<std::string> paths = {"/api/v1/overview?period=2026",
                                          "/api/v1/cities/320100?period=2026",
                                          "/api/v1/counties/320102?period=2026"};
  for (const std::string& path : paths) EXPECT_TRUE(page(path).find("published")->is_null());
  PeriodClosed closed;
  closed.standard = "service";
  closed.period = "2026";
  closed.revision = 2;
  closed.size = LedgerSize(80);
  scene_.registry->closings.push_back(
      {LedgerIndex(90), Instant{1'793'404'860'000}, "os:clerk", "minutes of May", closed});
  scene_.more_rows = {{"current.service", "outlet", "o320102-1", "2026",
                       R"({"score":"12.00","verdict":"not_met"})"}};
  scene_.publish(101);
  for (const std::string& path : paths) {
    const Json answer = page(path);
    const Json& published = *answer.find("published");
    EXPECT_EQ(number_at(published, "revision"), 2) << path;
    EXPECT_EQ(number_at(published, "entry"), 90) << path;
    EXPECT_EQ(number_at(published, "differing"), 1) << path;
  }
  const Json other = page("/api/v1/overview?period=2026-10");
  EXPECT_TRUE(other.find("published")->is_null()) << "another period is open";
}

TEST_F(Pages, ACountyShowsItsFactsAndTheWeakestLine) {
  const Json county = page("/api/v1/counties/320102?period=2026-10");
  EXPECT_EQ(list_at(county, "institutions").size(), 1u);
  EXPECT_EQ(list_at(county, "products").size(), 2u);
  const Json& row = list_at(county, "outlets")[0];
  EXPECT_EQ(text_at(*row.find("weakest"), "points_text"), "32.40 / 40.00");
  EXPECT_EQ(number_at(row, "vetoes"), 1);
  EXPECT_EQ(text_at(*county.find("county")->find("city"), "code"), "320100");
}

TEST_F(Pages, AnOutletWithoutResultsHasNotReported) {
  auto more = std::make_shared<RegistryView>(*scene_.registry);
  const OutletId id = OutletId::parse("new").value();
  more->outlets[id] = {id, "", "新网点", "", {{"county", "320102"}}};
  scene_.registry = more;
  const Json outlet = page("/api/v1/outlets/new");
  EXPECT_EQ(text_at(*outlet.find("result"), "verdict"), "not_reported");
  EXPECT_TRUE(outlet.find("period")->is_null());
  const Json county = page("/api/v1/counties/320102");
  EXPECT_EQ(number_at(county, "not_reported"), 0);
  EXPECT_EQ(text_at(list_at(county, "outlets")[0], "verdict"), "not_reported");
}

TEST_F(Pages, ALongNameWithMarkupStaysText) {
  auto more = std::make_shared<RegistryView>(*scene_.registry);
  std::string name = "<script>alert(\"x\")</script>\\u0000'&";
  while (name.size() < 300) name += "名";
  more->outlets[OutletId::parse("o320102-1").value()].name_zh = name;
  scene_.registry = more;
  const Json outlet = page("/api/v1/outlets/o320102-1");
  EXPECT_EQ(text_at(*outlet.find("outlet")->find("name"), "zh"), name);
}

TEST_F(Pages, UnknownPeriodsStandardsAndParametersAreTold) {
  const std::string cookie = scene_.cookie_of(Role::kProvince, "ALL");
  for (const auto& [path, status] : std::vector<std::pair<std::string, int>>{
           {"/api/v1/overview?period=2024", 404},
           {"/api/v1/overview?period=2026-13", 400},
           {"/api/v1/overview?period=2026&period=2025", 400},
           {"/api/v1/overview?unknown=1", 400},
           {"/api/v1/outlets/o320102-1?standard=other", 404},
           {"/api/v1/outlets/o320102-1?standard=target.t1", 404},
           {"/api/v1/outlets/o320102-1/cases?limit=0", 400},
           {"/api/v1/outlets/o320102-1/cases?limit=201", 400},
           {"/api/v1/outlets/o320102-1/cases?offset=-1", 400},
           {"/api/v1/outlets/o320102-1/cases?criterion=unknown", 404},
           {"/api/v1/outlets/o320102-1/cases?state=nonsense", 400},
           {"/api/v1/outlets/o320102-1/explanation?cases=201", 400},
           {"/api/v1/outlets/o320102-1/explanation?cases=-1", 400},
           {"/api/v1/outlets/o320102-1/explanation?period=1999", 404},
           {"/api/v1/outlets/o320102-1/explanation?standard=unknown", 404},
           {"/api/v1/outlets/o320102-1/cases/consultation/none", 404},
           {"/api/v1/outlets/o320102-1/cases/consultation/" + std::string(65, 'x'), 400},
           {"/api/v1/targets/t9", 404},
           {"/api/v1/targets/", 400},
           {"/api/v1/nothing", 404},
           {"/api", 404}}) {
    const auto answer = scene_.get(path, cookie);
    EXPECT_EQ(answer.status, status) << path << answer.body;
    EXPECT_EQ(answer.code(), status == 404 ? "not_found" : "invalid") << path;
  }
}

TEST_F(Pages, ABusyDatabaseIsAskedAgainAndThenTold) {
  cookie_ = scene_.cookie_of(Role::kProvince, "ALL");
  scene_.busy = 2;
  EXPECT_EQ(scene_.get("/api/v1/targets", cookie_).status, 200);
  // The reader that is open now is used again; a scene of its own has none.
  PortalScene other;
  const std::string cookie = other.cookie_of(Role::kProvince, "ALL");
  other.busy = 3;
  const auto answer = other.get("/api/v1/targets", cookie);
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.code(), "busy");
  EXPECT_THAT(answer.body, Not(HasSubstr("locked")));
}

TEST_F(Pages, WithoutRulesTheServerIsNotReady) {
  scene_.rules = nullptr;
  const auto answer = scene_.get("/api/v1/overview", scene_.cookie_of(Role::kProvince, "ALL"));
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.code(), "not_ready");
}

TEST_F(Pages, ANewPublicationIsSeenAtOnce) {
  page("/api/v1/overview");
  EXPECT_EQ(number_at(*page("/api/v1/overview").find("standing"), "size"), 100);
  scene_.publish(101);
  EXPECT_EQ(number_at(*page("/api/v1/overview").find("standing"), "size"), 101);
}

// What the registry learnt after the results were computed is not shown beside them.
TEST_F(Pages, FactsAreThoseOfTheSnapshot) {
  auto more = std::make_shared<RegistryView>(*scene_.registry);
  Fact later = more->facts.find("institution", "canary320102county")->fact;
  later.attributes["name_zh"] = "改名";
  more->facts.add(LedgerIndex(100), scene_.clock.wall(), later);
  later.id = "later";
  more->facts.add(LedgerIndex(101), scene_.clock.wall(), later);
  scene_.registry = more;
  Json county = page("/api/v1/counties/320102");
  ASSERT_EQ(list_at(county, "institutions").size(), 1u);
  EXPECT_THAT(county.text(), Not(HasSubstr("改名")));
  scene_.publish(102);
  county = page("/api/v1/counties/320102");
  EXPECT_EQ(list_at(county, "institutions").size(), 2u);
  EXPECT_THAT(county.text(), HasSubstr("改名"));
}

TEST_F(Pages, TheLedgerPageHoldsTheVerifiersLine) {
  const Json ledger = page("/api/v1/ledger");
  EXPECT_EQ(text_at(ledger, "verifier"), "plumbline/1+2+3");
  EXPECT_TRUE(ledger.find("checkpoint")->is_null());
}

}  // namespace
}  // namespace plumbline
