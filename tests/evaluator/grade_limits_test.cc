// SPDX-License-Identifier: Apache-2.0
// Vetoes and caps: from a finding or a figure to the grade, through the whole engine.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "evaluator/engine.h"
#include "evaluator/rebuild.h"
#include "evaluator/rules_json.h"
#include "evaluator/scoring.h"
#include "tests/support/evaluator/facts.h"
#include "tests/support/evaluator/small_ledger.h"

namespace plumbline {
namespace {

using testing::body_of;
using testing::closed;
using testing::due_field;
using ::testing::HasSubstr;
using testing::indicator_of;
using testing::opened;
using testing::SmallLedger;
using testing::word;

const char* const kLimits =
    "vetoes:\n"
    "  - {id: fabricated, title: {zh: 虚构, en: Fabricated}, finding: fake, basis: For the tests.,"
    " basis_kind: proposal}\n"
    "  - {id: leak, title: {zh: 泄密, en: Leak}, finding: leak, basis: For the tests.,"
    " basis_kind: proposal}\n"
    "caps:\n"
    "  - {id: slow, title: {zh: 过慢, en: Slow}, grade: good, indicator: hours, above: 2,"
    " basis: For the tests., basis_kind: proposal}\n"
    "  - {id: late, title: {zh: 逾期, en: Late}, grade: low, indicator: on_time, below: 0.5,"
    " basis: For the tests., basis_kind: proposal}\n"
    "grades:\n";

PackFiles limited_pack(const std::vector<testing::Replace>& more = {}) {
  std::vector<testing::Replace> change = {{"standards/service.yaml", "grades:\n", kLimits}};
  change.insert(change.end(), more.begin(), more.end());
  return testing::small_pack(change);
}

Fact finding(std::string id, std::string_view from, std::string code = "leak",
             std::string_view until = "") {
  return testing::fact("finding", std::move(id), from, until,
                       {{"outlet", "a"}, {"code", std::move(code)}});
}

// Outlet "a" with a case on time in January 2015, closed after one hour; another after `hours`.
struct World {
  explicit World(const PackFiles& pack = limited_pack(), int hours = 1) {
    ledger.activate(pack, true);
    ledger.add_outlet("a", "c1");
    stream = ledger.enroll("a");
    const Instant opened_at = testing::at("2015-01-05T10:00:00Z");
    for (const char* id : {"r1", "r2"}) {
      Instant closed_at = opened_at + Duration{(id[1] == '1' ? 1 : hours) * kMsPerHour};
      ledger.batch(stream, {opened(id, "2015-01-05T10:00:00Z", {due_field("2015-01-09T10:00:00Z")}),
                            closed(id, format_instant(closed_at))});
    }
  }
  Json body(std::string_view as_of, const std::string& period = "2015-01") {
    return body_of(rebuild(ledger, ledger.length(), testing::at(as_of)).value().rows, "outlet", "a",
                   period);
  }
  SmallLedger ledger;
  std::size_t stream = 0;
};

TEST(GradeLimits, AVetoGivesTheLastGradeAndCapsHoldAnotherDown) {
  Standard standard;
  standard.grades.resize(4);
  standard.caps.resize(2);
  standard.caps[0].grade_index = 1;
  standard.caps[1].grade_index = 2;
  using Grade = std::optional<std::size_t>;
  EXPECT_EQ(limited_grade(standard, {}, 1, {}), Grade(1));
  EXPECT_EQ(limited_grade(standard, {{}, {0}}, 0, {}), Grade(1));
  EXPECT_EQ(limited_grade(standard, {{}, {0, 1}}, 0, {}), Grade(2));
  EXPECT_EQ(limited_grade(standard, {{}, {0}}, 3, {}), Grade(3));
  EXPECT_EQ(limited_grade(standard, {{}, {0}}, std::nullopt, {}), std::nullopt);
  EXPECT_EQ(limited_grade(standard, {{0}, {0}}, 0, {}), Grade(3));
  EXPECT_EQ(limited_grade(standard, {{0}, {}}, std::nullopt, {}), Grade(3));
}

TEST(GradeLimits, WithoutAnyTheGradeIsThatOfTheScore) {
  World world;
  Json body = world.body("2015-02-10T00:00:00Z");
  EXPECT_EQ(word(body, "score"), "100.00");
  EXPECT_EQ(word(body, "grade"), "top");
  EXPECT_EQ(word(body, "grade_by_score"), "top");
  EXPECT_EQ(word(body, "verdict"), "met");
  EXPECT_EQ(word(body, "vetoes"), "[]");
  EXPECT_EQ(word(body, "caps"), "[]");
}

TEST(GradeLimits, AFindingTakesTheGradeAndLeavesTheScore) {
  World world;
  world.ledger.add_facts({finding("f1", "2015-01-20", "leak", "2015-01-25"),
                          finding("f2", "2015-01-02"), finding("f3", "2015-01-02", "other")});
  Json body = world.body("2015-02-10T00:00:00Z");
  EXPECT_EQ(word(body, "score"), "100.00");
  EXPECT_EQ(word(body, "grade"), "low");
  EXPECT_EQ(word(body, "grade_by_score"), "top");
  EXPECT_EQ(word(body, "verdict"), "not_met");
  EXPECT_EQ(word(body, "vetoes"), R"([{"finding":"f1","id":"leak","since":"2015-01-20"},)"
                                  R"({"finding":"f2","id":"leak","since":"2015-01-02"}])");
  EXPECT_EQ(word(world.body("2015-02-10T00:00:00Z", "2015-02"), "vetoes"),
            R"([{"finding":"f2","id":"leak","since":"2015-01-02"}])");
  Json silent = world.body("2015-02-10T00:00:00Z", "2015-02");
  EXPECT_EQ(word(silent, "verdict"), "not_reported");
  EXPECT_EQ(word(silent, "grade"), "low") << "who reports nothing keeps no grade by that";
  EXPECT_EQ(word(silent, "grade_by_score"), "null");
}

TEST(GradeLimits, AWithdrawnFindingActsNoMore) {
  World world;
  world.ledger.add_facts({finding("f1", "2015-01-20")});
  world.ledger.add_facts({testing::fact("finding", "f1", "", "", {{"withdrawn", "appeal 3"}})});
  EXPECT_EQ(word(world.body("2015-02-10T00:00:00Z"), "grade"), "top");
}

TEST(GradeLimits, AFindingActsFromItsLocalDayOn) {
  World world;
  world.ledger.add_facts({finding("f1", "2015-01-20")});
  // The pack's calendar is five hours behind UTC.
  EXPECT_EQ(word(world.body("2015-01-20T04:59:00Z"), "grade"), "top");
  EXPECT_EQ(word(world.body("2015-01-20T05:00:00Z"), "grade"), "low");
}

TEST(GradeLimits, ACapHoldsTheGradeAndShowsItsFigure) {
  World world(limited_pack({{"standards/service.yaml", "quantile: 0.5", "quantile: 1"}}), 3);
  Json body = world.body("2015-02-10T00:00:00Z");
  EXPECT_EQ(word(body, "grade_by_score"), "top");
  EXPECT_EQ(word(body, "grade"), "good");
  EXPECT_EQ(word(body, "verdict"), "met");
  EXPECT_EQ(word(body, "caps"), R"([{"figure":{"n":2,"unit":"hour","value":"3.0000"},)"
                                R"("grade":"good","id":"slow"}])");
  World at_the_bound(limited_pack({{"standards/service.yaml", "quantile: 0.5", "quantile: 1"}}), 2);
  EXPECT_EQ(word(at_the_bound.body("2015-02-10T00:00:00Z"), "caps"), "[]");
}

TEST(GradeLimits, ACapNeedsEnoughData) {
  World world(limited_pack({{"standards/service.yaml", "min_sample: 2", "min_sample: 3"},
                            {"standards/service.yaml", "below: 0.5", "below: 1"}}));
  EXPECT_EQ(word(world.body("2015-02-10T00:00:00Z"), "caps"), "[]");
}

TEST(GradeLimits, ABoundIsTheFigureOfAShare) {
  World world(limited_pack({{"standards/service.yaml", "    min_sample: 2\n",
                             "    min_sample: 2\n    bound: lower\n"}}));
  Json body = world.body("2015-02-10T00:00:00Z");
  Json figure = indicator_of(body, "on_time");
  EXPECT_EQ(word(figure, "n"), "2");
  EXPECT_EQ(word(figure, "numerator"), "2");
  EXPECT_EQ(word(figure, "value"), "0.342372");
  EXPECT_EQ(word(body, "grade"), "low") << "0.342372 is below the cap's 0.5";
  EXPECT_THAT(word(body, "caps"), HasSubstr("0.342372"));
}

TEST(GradeLimits, TheRulesSayThemInWords) {
  Json rules = rules_json(*testing::compiled(limited_pack()));
  const Json& standard = rules.find("standards")->as_array()[0];
  EXPECT_EQ(word(standard.find("vetoes")->as_array()[1], "finding"), "leak");
  const Json& cap = standard.find("caps")->as_array()[1];
  EXPECT_EQ(word(cap, "grade"), "low");
  EXPECT_EQ(word(cap, "rule_text"),
            R"({"en":"below 50% the grade is at best Low; insufficient data with fewer than 2 )"
            R"(cases","zh":"低于 50% 时，等次最高为「差」；不足 2 件时数据不足"})");
}

// Findings come, change and go between batches; as-of goes on in random steps. At each stop the
// rows published so far must equal those of a rebuild.
TEST(GradeLimits, DoNotDependOnHowTheLedgerIsFoldedInPieces) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    std::mt19937_64 random(seed);
    World world;
    for (int i = 0; i < 12; ++i) {
      world.ledger.now = world.ledger.now + Duration{kMsPerDay};
      std::string id = "f" + std::to_string(random() % 4);
      Date from = date_from_days(days_from_date({2015, 1, 1}) + static_cast<int>(random() % 60));
      if (random() % 5 == 0) {
        world.ledger.add_facts({testing::fact("finding", id, "", "", {{"withdrawn", "x"}})});
      } else {
        Fact fact = finding(id, format_date(from), random() % 3 == 0 ? "fake" : "leak");
        if (random() % 2 == 0) fact.attributes["outlet"] = "late";
        world.ledger.add_facts({fact});
      }
      if (i == 6) world.ledger.add_outlet("late", "c1");
    }
    Engine engine;
    std::map<std::vector<std::string>, std::string> published;
    Instant as_of = testing::at("2015-01-02T00:00:00Z");
    while (as_of < testing::at("2015-03-10T00:00:00Z")) {
      for (std::uint64_t n = random() % 5;
           n > 0 && engine.next().value < world.ledger.length().value; --n) {
        ASSERT_TRUE(engine.apply(world.ledger.entries()[engine.next().value]).ok());
      }
      as_of = as_of + Duration{static_cast<std::int64_t>(random() % 80) * kMsPerHour};
      ASSERT_TRUE(engine.advance(as_of).ok());
      for (const ResultRow& row : engine.take_changed()) {
        published[{row.standard, row.level, row.unit, row.period}] = row.body;
      }
      Rebuilt built = rebuild(world.ledger, LedgerSize(engine.next().value), as_of).value();
      ASSERT_EQ(published.size(), built.rows.size()) << seed;
      for (const ResultRow& row : built.rows) {
        ASSERT_EQ((published[{row.standard, row.level, row.unit, row.period}]), row.body) << seed;
      }
    }
  }
}

}  // namespace
}  // namespace plumbline
