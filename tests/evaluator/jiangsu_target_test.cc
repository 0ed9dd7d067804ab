// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "evaluator/standard.h"
#include "evaluator/target_statement.h"
#include "tests/support/evaluator/facts.h"
#include "tests/support/packs/jiangsu_pack.h"

// The shipped targets at the edge of being reached, over the divisions of the province.
namespace plumbline {
namespace {

using testing::Attributes;
using testing::date;
using testing::fact;
using testing_support::jiangsu_divisions;
using testing_support::jiangsu_files;

constexpr std::string_view kSince = "2020-01-01";

class JiangsuTarget : public ::testing::Test {
 protected:
  JiangsuTarget() {
    Problems problems;
    rules_ = compile_rules(jiangsu_files(), problems);
    EXPECT_NE(rules_, nullptr) << problems.text();
    for (auto& row : jiangsu_divisions()) {
      counties_.push_back(row["code"]);
      add(fact("division", row["code"], kSince, "",
               {{"name_zh", row["name"]}, {"level", "county"}, {"parent", row["city_code"]}}));
      if (std::find(cities_.begin(), cities_.end(), row["city_code"]) != cities_.end()) continue;
      cities_.push_back(row["city_code"]);
      add(fact("division", row["city_code"], kSince, "",
               {{"name_zh", row["city_name"]}, {"level", "city"}}));
    }
  }

  void add(const Fact& fact) { facts_.add(LedgerIndex(next_++), Instant{}, fact); }
  // A confirmed institution of the first `number` places.
  void institutions(const std::vector<std::string>& places, std::size_t number,
                    const std::string& level, const std::string& confirmed = "2022-05-01") {
    for (std::size_t i = 0; i < number; ++i) {
      add(fact("institution", "i" + places[i], "2022-03-01", "",
               {{"name_zh", "机构"},
                {"level", level},
                {"place", places[i]},
                {"document", "d1"},
                {"confirmed", confirmed}}));
    }
  }
  void statuses(const std::string& word, int number, const std::string& from) {
    for (int i = 0; i < number; ++i) {
      add(fact("status", fmt::format("{}{}", word, i), from, "",
               {{"holder", fmt::format("o{}", i)}, {"status", word}, {"document", "d1"}}));
    }
  }
  const Target& target(const std::string& id) const {
    auto found = std::find_if(rules_->targets.begin(), rules_->targets.end(),
                              [&](const Target& target) { return target.id == id; });
    EXPECT_NE(found, rules_->targets.end()) << id;
    return *found;
  }
  TargetStatement at_deadline(const std::string& id) const {
    return target_statement(target(id), facts_, target(id).deadline, FactBook::kNow);
  }
  // "48 of 95: met" in the headline reading.
  std::string result(const std::string& id) const {
    TargetStatement statement = at_deadline(id);
    const TargetStatement::Line& line = statement.line(target(id).headline);
    return fmt::format("{} of {}: {}", line.value.numerator, line.value.denominator,
                       verdict_name(line.verdict));
  }

  std::shared_ptr<const RuleSet> rules_;
  FactBook facts_;
  std::uint64_t next_ = 0;
  std::vector<std::string> counties_;
  std::vector<std::string> cities_;
};

TEST_F(JiangsuTarget, AreSevenWithTheDatesOfTheDocument) {
  std::vector<std::string> ids;
  for (const Target& target : rules_->targets) {
    ids.push_back(target.id);
    EXPECT_EQ(target.basis.kind, BasisKind::kOfficial) << target.id;
    EXPECT_NE(target.basis.text.find("苏知发〔2020〕157号"), std::string::npos) << target.id;
    EXPECT_EQ(target.headline, Reading::kStrict) << target.id;
    EXPECT_EQ(target.start, date("2020-12-22")) << target.id;
    bool milestone = target.id != "t1" && target.id != "t2" && target.id != "t3";
    EXPECT_EQ(target.deadline, date(milestone ? "2022-12-31" : "2025-12-31")) << target.id;
    EXPECT_EQ(target.known_by, date(milestone ? "2023-01-31" : "2026-01-31")) << target.id;
  }
  EXPECT_EQ(ids, (std::vector<std::string>{"t1", "t1a", "t1b", "t2", "t3", "t5a", "t5b"}));
}

TEST_F(JiangsuTarget, WithoutAFactNothingIsReported) {
  EXPECT_EQ(result("t1"), "0 of 95: not_reported");
  EXPECT_EQ(result("t2"), "0 of 100: not_reported");
}

TEST_F(JiangsuTarget, FortySevenOfNinetyFiveIsNotMoreThanHalf) {
  institutions(counties_, 47, "county");
  EXPECT_EQ(result("t1"), "47 of 95: not_met");
  EXPECT_EQ(at_deadline("t1").missing.size(), 48u);
}

TEST_F(JiangsuTarget, FortyEightOfNinetyFiveIsMoreThanHalf) {
  institutions(counties_, 48, "county");
  EXPECT_EQ(result("t1"), "48 of 95: met");
}

TEST_F(JiangsuTarget, TwentyEightOfNinetyFiveIsNotThirtyPerCent) {
  institutions(counties_, 28, "county");
  EXPECT_EQ(result("t1a"), "28 of 95: not_met");
}

TEST_F(JiangsuTarget, TwentyNineOfNinetyFiveIsThirtyPerCent) {
  institutions(counties_, 29, "county");
  EXPECT_EQ(result("t1a"), "29 of 95: met");
}

TEST_F(JiangsuTarget, ConfirmationAfterTheDeadlineDoesNotCount) {
  institutions(counties_, 47, "county");
  add(fact("institution", "late", "2025-11-01", "",
           {{"name_zh", "机构"},
            {"level", "county"},
            {"place", counties_[60]},
            {"document", "d1"},
            {"confirmed", "2026-01-04"}}));
  add(fact("institution", "claimed", "2025-11-01", "",
           {{"name_zh", "机构"}, {"level", "county"}, {"place", counties_[61]}}));
  EXPECT_EQ(result("t1"), "47 of 95: not_met");
  TargetStatement statement = at_deadline("t1");
  EXPECT_EQ(statement.line(Reading::kClaimed).value.numerator, 49);
  EXPECT_EQ(statement.line(Reading::kClaimed).verdict, Verdict::kMet);
  EXPECT_EQ(statement.line(Reading::kEver).value.numerator, 47);
}

TEST_F(JiangsuTarget, ACountyCountsOnceAndAnUnknownOneNever) {
  institutions(counties_, 47, "county");
  add(fact("institution", "second", "2022-03-01", "",
           {{"name_zh", "机构"},
            {"level", "county"},
            {"place", counties_[0]},
            {"document", "d1"},
            {"confirmed", "2022-05-01"}}));
  add(fact(
      "institution", "nowhere", "2022-03-01", "",
      {{"name_zh", "机构"}, {"level", "county"}, {"document", "d1"}, {"confirmed", "2022-05-01"}}));
  EXPECT_EQ(result("t1"), "47 of 95: not_met");
  ASSERT_EQ(at_deadline("t1").excluded.size(), 1u);
  EXPECT_EQ(at_deadline("t1").excluded[0].fact, "nowhere");
}

TEST_F(JiangsuTarget, AllThirteenCitiesAreNeeded) {
  institutions(cities_, 12, "city");
  institutions(counties_, 95, "county");
  EXPECT_EQ(result("t1b"), "12 of 13: not_met") << "counties do not stand for their city";
  EXPECT_EQ(result("t1"), "95 of 95: met");
  institutions(cities_, 13, "city");
  EXPECT_EQ(result("t1b"), "13 of 13: met");
}

TEST_F(JiangsuTarget, ACityDoesNotCountAsACounty) {
  institutions(cities_, 13, "city");
  EXPECT_EQ(result("t1"), "0 of 95: not_reported");
}

TEST_F(JiangsuTarget, NinetyNineOutletsAreNotAHundred) {
  statuses("provincial_outlet", 99, "2023-06-01");
  add(fact("status", "again", "2024-06-01", "",
           {{"holder", "o7"}, {"status", "provincial_outlet"}, {"document", "d2"}}));
  add(fact("status", "claimed", "2024-06-01", "",
           {{"holder", "o200"}, {"status", "provincial_outlet"}}));
  add(fact("status", "withdrawn", "2023-06-01", "2025-06-30",
           {{"holder", "o201"}, {"status", "provincial_outlet"}, {"document", "d1"}}));
  statuses("national_outlet", 120, "2023-06-01");
  EXPECT_EQ(result("t2"), "99 of 100: not_met");
  EXPECT_EQ(at_deadline("t2").line(Reading::kEver).value.numerator, 100);
  EXPECT_EQ(at_deadline("t2").line(Reading::kEver).verdict, Verdict::kMet);
  add(fact("status", "last", "2025-12-31", "",
           {{"holder", "o202"}, {"status", "provincial_outlet"}, {"document", "d1"}}));
  EXPECT_EQ(result("t2"), "100 of 100: met");
}

TEST_F(JiangsuTarget, VersionsOfAProductCountOnce) {
  for (int i = 0; i < 49; ++i) {
    add(fact("product", fmt::format("p{}", i), "2024-01-01", "",
             {{"name_zh", "产品"}, {"review", "accepted"}, {"reviewed", "2024-02-01"}}));
  }
  add(fact("product", "p0v2", "2025-01-01", "",
           {{"name_zh", "产品"},
            {"review", "accepted"},
            {"reviewed", "2025-02-01"},
            {"version_of", "p0"}}));
  add(fact("product", "late", "2025-12-01", "",
           {{"name_zh", "产品"}, {"review", "accepted"}, {"reviewed", "2026-01-10"}}));
  add(fact("product", "pending", "2025-12-01", "", {{"name_zh", "产品"}, {"review", "pending"}}));
  EXPECT_EQ(result("t3"), "49 of 50: not_met");
  add(fact("product", "p49", "2025-12-01", "",
           {{"name_zh", "产品"}, {"review", "accepted"}, {"reviewed", "2025-12-31"}}));
  EXPECT_EQ(result("t3"), "50 of 50: met");
}

TEST_F(JiangsuTarget, MilestonesOfCentresAreApart) {
  statuses("university_centre", 10, "2022-12-31");
  statuses("tisc", 7, "2022-01-01");
  add(fact("status", "tisc-late", "2023-01-01", "",
           {{"holder", "o50"}, {"status", "tisc"}, {"document", "d1"}}));
  EXPECT_EQ(result("t5a"), "10 of 10: met");
  EXPECT_EQ(result("t5b"), "7 of 8: not_met");
}

}  // namespace
}  // namespace plumbline
