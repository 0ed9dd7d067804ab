// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "evaluator/rebuild.h"
#include "tests/support/evaluator/small_ledger.h"
#include "tests/support/packs/jiangsu_pack.h"

// The shipped standards applied to outlets whose year is known by heart.
namespace plumbline {
namespace {

using testing::body_of;
using testing::criterion_of;
using testing::indicator_of;
using testing::number_field;
using testing::SmallLedger;
using testing::text_field;
using testing::word;
using testing_support::jiangsu_files;

// 02:00 UTC (10:00 local) of the n-th day of 2025, n from 0, and `hours` later.
Instant on_day(int day, int hours = 0) {
  return Instant{testing::at("2025-01-01T02:00:00Z").ms + day * kMsPerDay + hours * kMsPerHour};
}

Field truth(std::string name, bool value) {
  return number_field(std::move(name), Kind::kBool, value ? 1 : 0);
}
Field count(std::string name, std::int64_t value) {
  return number_field(std::move(name), Kind::kCount, value);
}
Field word_of(std::string name, std::string value) {
  return text_field(std::move(name), Kind::kEnum, std::move(value));
}
Field due_at(Instant instant) {
  return number_field("due", Kind::kInstant, instant.ms);
}

// The events of one outlet's year.
class Year {
 public:
  void add(const std::string& type, const std::string& subject, Instant time,
           std::vector<Field> fields = {}) {
    std::sort(fields.begin(), fields.end(),
              [](const Field& a, const Field& b) { return a.name < b.name; });
    events_.push_back({type, subject, time, std::move(fields)});
  }

  void opening_days(int days, int closed) {
    for (int i = 0; i < days; ++i) {
      add("opening_day", fmt::format("d{}", i), on_day(i), {truth("open", i >= closed)});
    }
  }
  // `late` of them are answered and closed eight days after they were opened.
  void consultations(int number, int late) {
    for (int i = 0; i < number; ++i) {
      std::string subject = fmt::format("c{}", i);
      int wait = i < late ? 8 * 24 : 2;
      add("consultation.opened", subject, on_day(i),
          {due_at(on_day(i, 72)), word_of("channel", "phone"),
           word_of("requester_category", "micro_small"),
           text_field("requester_county", Kind::kCode, fmt::format("32010{}", i % 6))});
      add("consultation.first_reply", subject, on_day(i, wait));
      add("consultation.closed", subject, on_day(i, wait + 1));
    }
  }
  void reports(int number, int late, bool proved) {
    std::string evidence = proved ? std::string(64, 'a') : "";
    for (int i = 0; i < number; ++i) {
      std::string subject = fmt::format("r{}", i);
      add("report.accepted", subject, on_day(i), {due_at(on_day(i + 5))});
      std::vector<Field> fields = {count("rework", i < late ? 1 : 0)};
      if (proved) fields.push_back(text_field("evidence", Kind::kCode, evidence));
      add("report.delivered", subject, on_day(i, i < late ? 240 : 24), fields);
    }
  }
  void trainings(int number, int people) {
    for (int i = 0; i < number; ++i) {
      add("training", fmt::format("t{}", i), on_day(30 * i),
          {count("attended", people), count("co_hosts", 1),
           text_field("evidence", Kind::kCode, std::string(64, 'b'))});
    }
  }
  void ratings(int number, int bad, const std::string& origin) {
    for (int i = 0; i < number; ++i) {
      add("rating", fmt::format("g{}{}", origin, i), on_day(i),
          {number_field("level", Kind::kInteger, i < bad ? 1 : 5), word_of("origin", origin)});
    }
  }
  void declaration(int staff) {
    add("declaration", "2025", on_day(9),
        {count("staff", staff), count("full_time", 1), count("databases", staff),
         truth("list_published", true), truth("rules_published", staff >= 3)});
  }
  void submissions(int on_time) {
    for (int i = 0; i < 4; ++i) {
      std::string subject = fmt::format("q{}", i);
      add("submission.called", subject, on_day(80 * i), {due_at(on_day(80 * i + 10))});
      if (i < on_time) add("submission.delivered", subject, on_day(80 * i + 3));
    }
  }
  void spot_checks(int number, int wrong) {
    for (int i = 0; i < number; ++i) {
      add("spot_check", fmt::format("s{}", i), on_day(i), {truth("agreed", i >= wrong)});
    }
  }
  void extras() {
    for (int i = 0; i < 4; ++i) {
      std::string n = std::to_string(i);
      add("search", "k" + n, on_day(i), {count("searches", 150)});
      add("outreach", "o" + n, on_day(i));
      add("product.released", "p" + n, on_day(i));
      add("analysis.accepted", "a" + n, on_day(i));
      add("analysis.adopted", "a" + n, on_day(i + 20), {word_of("adoption", "used")});
    }
  }
  // A bad rating that was found true; handled ten days late or not at all.
  void bad_rating(bool handled) {
    add("complaint.opened", "b1", on_day(10),
        {due_at(on_day(17)), word_of("trigger", "rating"), truth("real_name", true)});
    add("complaint.verified", "b1", on_day(12), {word_of("verdict", "upheld")});
    if (!handled) return;
    add("complaint.rectified", "b1", on_day(26));
    add("complaint.revisited", "b1", on_day(27));
  }
  const std::vector<Event>& events() const { return events_; }

 private:
  std::vector<Event> events_;
};

Year good_year() {
  Year year;
  year.opening_days(240, 2);
  year.consultations(250, 3);
  year.reports(30, 1, true);
  year.trainings(5, 30);
  year.ratings(90, 0, "active");
  year.declaration(4);
  year.submissions(4);
  year.spot_checks(20, 0);
  year.extras();
  return year;
}

class JiangsuStandard : public ::testing::Test {
 protected:
  JiangsuStandard() {
    RulesActivated rules;
    rules.pack = "jiangsu-2025";
    rules.version = "1";
    rules.files = jiangsu_files();
    rules.rule_hash = rule_hash(rules.files);
    rules.retroactive = true;
    ledger_.record({"os:test", "first rules", rules});
  }
  void outlet(const std::string& id, const Year& year) {
    OutletAdded added;
    added.outlet = OutletId::parse(id).value();
    added.name_zh = added.name_en = id;
    added.places = {{"city", "320100"}, {"county", "320102"}};
    ledger_.record({"os:test", "add", added});
    ledger_.now = testing::at("2026-01-15T00:00:00Z");
    std::map<SourceKind, std::vector<Event>> by_source;
    for (const Event& event : year.events()) by_source[source_of(event)].push_back(event);
    ledger_.enroll(id);
    for (const auto& [source, events] : by_source)
      ledger_.batch(ledger_.enroll(id, source), events);
  }
  // Who reports what, as the simulation of the pack has it.
  static SourceKind source_of(const Event& event) {
    if (event.type == "spot_check") return SourceKind::kInspector;
    if (event.type != "rating") return SourceKind::kAgent;
    bool typed = std::any_of(event.fields.begin(), event.fields.end(), [](const Field& field) {
      return field.value.text == "entered_by_outlet";
    });
    return typed ? SourceKind::kAgent : SourceKind::kRatingPage;
  }
  void finding(const std::string& outlet, const std::string& code) {
    FactsRecorded facts;
    Fact document{"document",
                  "d1",
                  std::nullopt,
                  std::nullopt,
                  {{"number", "1"}, {"issuer", "office"}, {"date", "2025-11-03"}}};
    Fact found{"finding",
               "f1",
               parse_date("2025-11-03").value(),
               std::nullopt,
               {{"outlet", outlet},
                {"code", code},
                {"document", "d1"},
                {"decided_by", "a"},
                {"seconded_by", "b"}}};
    facts.facts = {document, found};
    ledger_.record({"os:test", "decided", facts});
  }
  void evaluate() {
    rows_ = rebuild(ledger_, ledger_.length(), testing::at("2026-01-16T00:00:00Z")).value().rows;
  }
  // The first row of the unit for the period: the year has one standard, a month the other.
  Json body(const std::string& level, const std::string& unit, const std::string& period) {
    if (rows_.empty()) evaluate();
    return body_of(rows_, level, unit, period);
  }
  Json of(const std::string& outlet) { return body("outlet", outlet, "2025"); }

  SmallLedger ledger_;
  std::vector<ResultRow> rows_;
};

TEST_F(JiangsuStandard, AGoodYearIsExcellent) {
  outlet("good", good_year());
  Json body = of("good");
  EXPECT_EQ(word(body, "grade"), "excellent") << body.text();
  EXPECT_EQ(word(body, "score"), "100.00") << body.text();
  EXPECT_EQ(word(body, "verdict"), "met");
  EXPECT_EQ(word(*body.find("set_aside"), "count"), "0") << body.text();
}

TEST_F(JiangsuStandard, APoorYearFailsAndSilenceIsNotReported) {
  Year poor;
  poor.opening_days(200, 50);
  poor.consultations(40, 25);
  poor.reports(5, 4, false);
  poor.trainings(1, 12);
  poor.ratings(20, 9, "active");
  poor.declaration(2);
  poor.submissions(1);
  poor.spot_checks(10, 4);
  poor.bad_rating(false);
  outlet("poor", poor);
  outlet("silent", Year());
  EXPECT_EQ(word(of("poor"), "grade"), "fail") << of("poor").text();
  EXPECT_EQ(word(of("poor"), "verdict"), "not_met");
  EXPECT_EQ(word(of("silent"), "verdict"), "not_reported");
  EXPECT_EQ(word(of("silent"), "score"), "null");
}

TEST_F(JiangsuStandard, NoneOfSomethingIsZeroAndNoBadRatingIsNoFault) {
  Year year;
  year.opening_days(240, 0);
  outlet("idle", year);
  Json body = of("idle");
  for (const char* id :
       {"consultations_and_searches", "reports", "trainings", "reach", "products", "adoption"}) {
    EXPECT_EQ(word(criterion_of(body, id), "verdict"), "not_met") << id;
    EXPECT_EQ(word(criterion_of(body, id), "points"), "0.00") << id;
  }
  EXPECT_EQ(word(criterion_of(body, "bad_ratings_on_time"), "verdict"), "met");
  EXPECT_EQ(word(criterion_of(body, "good_rate"), "verdict"), "insufficient_data");
  EXPECT_EQ(word(criterion_of(body, "spot_check"), "verdict"), "insufficient_data");
}

TEST_F(JiangsuStandard, OnlyActiveRatingsMakeTheGoodRate) {
  Year year = good_year();
  year.ratings(40, 40, "entered_by_outlet");
  year.ratings(40, 40, "default");
  outlet("a", year);
  EXPECT_EQ(word(indicator_of(of("a"), "ratings"), "value"), "170");
  EXPECT_EQ(word(indicator_of(of("a"), "good_rate"), "n"), "90");
  EXPECT_EQ(word(indicator_of(of("a"), "good_rate"), "left_out"), "0");
  EXPECT_EQ(word(indicator_of(of("a"), "good_rate"), "numerator"), "90");
  EXPECT_EQ(word(indicator_of(of("a"), "active_rating_rate"), "value"), "0.3214") << "90 over 280";
}

TEST_F(JiangsuStandard, WhatAnOutletTypedAsActiveIsLeftOut) {
  outlet("a", good_year());
  std::vector<Event> typed;
  for (int i = 0; i < 40; ++i) {
    typed.push_back({"rating",
                     fmt::format("typed{}", i),
                     on_day(i),
                     {number_field("level", Kind::kInteger, 5), word_of("origin", "active")}});
  }
  ledger_.batch(ledger_.enroll("a"), typed);
  EXPECT_EQ(word(indicator_of(of("a"), "ratings"), "value"), "130");
  EXPECT_EQ(word(indicator_of(of("a"), "good_rate"), "n"), "90");
  EXPECT_EQ(word(indicator_of(of("a"), "good_rate"), "left_out"), "40");
  EXPECT_EQ(word(*criterion_of(of("a"), "good_rate").find("figure"), "left_out"), "40");
}

TEST_F(JiangsuStandard, FewRatingsKeepAnOutletFromTheTopGrade) {
  Year year;
  year.opening_days(240, 2);
  year.consultations(250, 3);
  year.reports(30, 0, true);
  year.trainings(5, 30);
  year.ratings(9, 0, "active");
  year.declaration(4);
  year.submissions(4);
  year.spot_checks(20, 0);
  year.extras();
  outlet("few", year);
  EXPECT_EQ(word(of("few"), "score"), "95.13");
  EXPECT_EQ(word(of("few"), "grade"), "good");
  EXPECT_EQ(word(of("few"), "grade_limited"), "true");
}

TEST_F(JiangsuStandard, ALateBadRatingCostsAThirdOfItsPoints) {
  Year year = good_year();
  year.bad_rating(true);
  outlet("a", year);
  EXPECT_EQ(word(criterion_of(of("a"), "bad_ratings_on_time"), "points"), "2.67");
  EXPECT_EQ(word(criterion_of(of("a"), "bad_ratings_rectified"), "points"), "3.00");
  EXPECT_EQ(word(indicator_of(of("a"), "bad_ratings_revisited"), "value"), "1.0000");
}

// The ids of what acted on a grade.
std::vector<std::string> ids(const Json& body, const std::string& list) {
  std::vector<std::string> out;
  const Json* items = body.find(list);
  if (items == nullptr) return {"absent"};
  for (const Json& item : items->as_array()) out.push_back(word(item, "id"));
  return out;
}

TEST_F(JiangsuStandard, EachVetoKeepsTheScoreAndFails) {
  for (const char* code : {"fabricated_events", "charged_free_service", "leak", "dishonest_host",
                           "forced_ratings", "no_service_90_days"}) {
    std::string id = std::string("o-") + code[0] + code[1];
    outlet(id, good_year());
    finding(id, code);
    rows_.clear();
    Json body = of(id);
    EXPECT_EQ(word(body, "score"), "100.00") << code;
    EXPECT_EQ(word(body, "grade"), "fail") << code;
    EXPECT_EQ(word(body, "grade_by_score"), "excellent") << code;
    EXPECT_EQ(ids(body, "vetoes"), std::vector<std::string>{code});
    ledger_.now = Instant{ledger_.now.ms + 1};
  }
}

TEST_F(JiangsuStandard, WhatIsOverdueCapsTheGrade) {
  Year year = good_year();
  year.add("consultation.opened", "open", on_day(100),
           {due_at(on_day(103)), word_of("channel", "phone"),
            word_of("requester_category", "micro_small")});
  outlet("overdue", year);
  EXPECT_EQ(word(of("overdue"), "grade_by_score"), "excellent");
  EXPECT_EQ(word(of("overdue"), "grade"), "good");
  EXPECT_EQ(ids(of("overdue"), "caps"), std::vector<std::string>{"overdue_consultation"});
  year.bad_rating(false);
  outlet("bad", year);
  rows_.clear();
  EXPECT_EQ(word(of("bad"), "grade"), "pass");
  EXPECT_EQ(ids(of("bad"), "caps"),
            (std::vector<std::string>{"real_name_bad_rating", "overdue_consultation",
                                      "overdue_complaint"}));
}

TEST_F(JiangsuStandard, SpotChecksThatDisagreeCapTheGrade) {
  Year year = good_year();
  for (int i = 0; i < 6; ++i) {
    year.add("spot_check", "wrong" + std::to_string(i), on_day(i), {truth("agreed", false)});
  }
  outlet("edge", year);  // 20 of 26
  EXPECT_EQ(word(of("edge"), "grade_by_score"), "excellent");
  EXPECT_EQ(word(of("edge"), "grade"), "pass");
  EXPECT_EQ(ids(of("edge"), "caps"), std::vector<std::string>{"spot_check"});
}

TEST_F(JiangsuStandard, ExcellentAsksForTwentyFourPointsOfQuality) {
  Year year;
  year.opening_days(240, 2);
  year.consultations(250, 120);  // as many late as cost all points of being on time
  year.reports(30, 6, true);
  year.trainings(5, 30);
  year.ratings(90, 0, "active");
  year.declaration(4);
  year.submissions(4);
  year.spot_checks(20, 0);
  year.extras();
  outlet("hasty", year);
  Json body = of("hasty");
  EXPECT_EQ(word(body, "score"), "90.71") << body.text();
  EXPECT_EQ(word(body, "grade_by_score"), "excellent");
  EXPECT_EQ(word(body, "grade"), "good");
  EXPECT_EQ(word(body, "conditions"),
            R"([{"at_least":"24.00","block":"quality","grade":"excellent","holds":false,)"
            R"("points":"20.71"}])");
}

TEST_F(JiangsuStandard, TheGoodRateIsTheLowerBound) {
  outlet("a", good_year());
  Json figure = indicator_of(of("a"), "good_rate");
  EXPECT_EQ(word(figure, "n"), "90");
  EXPECT_EQ(word(figure, "numerator"), "90");
  EXPECT_EQ(word(figure, "value"), "0.9591") << "ninety kind ratings do not prove a hundred";
}

TEST_F(JiangsuStandard, AMonthAsksForNoVolume) {
  Year year;
  year.opening_days(31, 0);
  year.consultations(3, 0);
  outlet("small", year);
  Json body = this->body("outlet", "small", "2025-01");
  EXPECT_EQ(word(body, "grade"), "on_track") << body.text();
  EXPECT_EQ(word(body, "score"), "100.00");
  EXPECT_EQ(word(of("small"), "grade"), "null") << "half the year's weight has no data";
}

TEST_F(JiangsuStandard, CityAndCountyHaveFiguresOfTheirOutlets) {
  outlet("a", good_year());
  outlet("b", good_year());
  for (const auto& [level, unit] :
       {std::pair{"county", "320102"}, std::pair{"city", "320100"}, std::pair{"network", "ALL"}}) {
    Json body = this->body(level, unit, "2025");
    EXPECT_EQ(word(indicator_of(body, "consultations"), "value"), "500") << level;
    EXPECT_EQ(word(indicator_of(body, "consultations_on_time"), "numerator"), "494") << level;
    EXPECT_EQ(word(indicator_of(body, "counties_reached"), "value"), "6") << level;
  }
}

}  // namespace
}  // namespace plumbline
