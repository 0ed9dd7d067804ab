// SPDX-License-Identifier: Apache-2.0
#include "evaluator/target_statement.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/evaluator/facts.h"

namespace plumbline {
namespace {

using namespace plumbline::testing;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// A book to which facts come one after the other, a minute each.
struct Book {
  Book() = default;
  Book(std::initializer_list<Fact> facts) {
    for (const Fact& one : facts) add(one);
  }
  void add(const Fact& one) {
    book.add(LedgerIndex(next), Instant{static_cast<std::int64_t>(next) * kMsPerMinute}, one);
    ++next;
  }
  TargetStatement on(std::string_view day, const Target& target = coverage_target(),
                     Instant known_by = FactBook::kNow) const {
    return target_statement(target, book, date(day), known_by);
  }
  FactBook book;
  std::uint64_t next = 1;
};

// "strict 1/2 ever 1/2 claimed 2/2"
std::string readings(const TargetStatement& statement) {
  std::string text;
  for (Reading reading : kReadings) {
    const TargetValue& value = statement.line(reading).value;
    text += (text.empty() ? "" : " ") + std::string(reading_name(reading)) + " " +
            std::to_string(value.numerator) + "/" + std::to_string(value.denominator);
  }
  return text;
}

// "i1 unknown_place; i2 other_level"
std::string excluded(const TargetStatement& statement) {
  std::string text;
  for (const auto& item : statement.excluded) {
    text += (text.empty() ? "" : "; ") + item.fact + " " + std::string(exclusion_name(item.reason));
  }
  return text;
}

Verdict verdict(const TargetStatement& statement) {
  return statement.line(Reading::kStrict).verdict;
}

TEST(TargetStatement, TheThreeReadingsOfOneDay) {
  Book book{county("c1"),
            county("c2"),
            county("c3"),
            county("c4"),
            institution("confirmed", "c1", "2024-05-01", "2024-06-01"),
            institution("closed", "c2", "2024-05-01", "2024-06-01", "2025-03-31"),
            institution("claimed", "c3", "2024-05-01")};
  TargetStatement statement = book.on("2025-06-30");
  EXPECT_EQ(readings(statement), "strict 1/4 ever 2/4 claimed 2/4");
  EXPECT_THAT(statement.missing, ElementsAre("c2", "c3", "c4"));
  EXPECT_EQ(value_text(coverage_target(), statement.line(Reading::kStrict).value), "0.250000");
  ASSERT_EQ(statement.line(Reading::kEver).counted.size(), 2u);
  EXPECT_EQ(statement.line(Reading::kEver).counted[1].unit, "c2");
  EXPECT_THAT(statement.line(Reading::kEver).counted[1].facts, ElementsAre("closed"));
  EXPECT_EQ(excluded(statement), "");
}

TEST(TargetStatement, UntilIsTheLastDayAndFromTheFirst) {
  Book book{county("c1"), institution("i", "c1", "2025-02-10", "2025-02-20", "2025-03-31")};
  EXPECT_EQ(readings(book.on("2025-02-09")), "strict 0/1 ever 0/1 claimed 0/1");
  EXPECT_EQ(readings(book.on("2025-02-10")), "strict 0/1 ever 0/1 claimed 1/1");
  EXPECT_EQ(readings(book.on("2025-02-19")), "strict 0/1 ever 0/1 claimed 1/1");
  EXPECT_EQ(readings(book.on("2025-02-20")), "strict 1/1 ever 1/1 claimed 1/1");
  EXPECT_EQ(readings(book.on("2025-03-31")), "strict 1/1 ever 1/1 claimed 1/1");
  EXPECT_EQ(readings(book.on("2025-04-01")), "strict 0/1 ever 1/1 claimed 0/1");
}

TEST(TargetStatement, ConfirmedAfterItsEndItNeverWasStrictlyTrue) {
  Book book{county("c1"), institution("i", "c1", "2025-02-10", "2025-04-20", "2025-03-31")};
  EXPECT_EQ(readings(book.on("2025-12-31")), "strict 0/1 ever 0/1 claimed 0/1");
}

TEST(TargetStatement, TheVerdictIsExactAndNeverThatOfTheRoundedValue) {
  Book book;
  for (int i = 100; i < 195; ++i) book.add(county(std::to_string(i)));
  for (int i = 100; i < 147; ++i) {
    book.add(institution("i" + std::to_string(i), std::to_string(i), "2024-01-01", "2024-01-01"));
  }
  TargetStatement below = book.on("2025-12-31");
  EXPECT_EQ(readings(below), "strict 47/95 ever 47/95 claimed 47/95");
  EXPECT_EQ(verdict(below), Verdict::kNotMet);
  EXPECT_EQ(value_text(coverage_target(), below.lines[0].value), "0.494737");
  book.add(institution("i147", "147", "2024-01-01", "2024-01-01"));
  TargetStatement above = book.on("2025-12-31");
  EXPECT_EQ(verdict(above), Verdict::kMet);
  EXPECT_EQ(value_text(coverage_target(), above.lines[0].value), "0.505263");
  // Half of 96 is not more than half; it is at least half.
  book.add(county("195"));
  EXPECT_EQ(verdict(book.on("2025-12-31")), Verdict::kNotMet);
  Target at_least = coverage_target();
  at_least.goal.test = TargetGoal::Test::kAtLeast;
  EXPECT_EQ(verdict(book.on("2025-12-31", at_least)), Verdict::kMet);
  // 48/96 = 0.5 reads 0.333333 for a third: a third is above 0.333333 however it is written.
  Target third = coverage_target();
  third.goal.value = Decimal{333'333};
  Book three{county("c1"), county("c2"), county("c3"),
             institution("i", "c1", "2024-01-01", "2024-01-01")};
  EXPECT_EQ(value_text(third, three.on("2025-12-31", third).lines[0].value), "0.333333");
  EXPECT_EQ(verdict(three.on("2025-12-31", third)), Verdict::kMet);
}

TEST(TargetStatement, ACountyCountsOnceAndListsAllItsFacts) {
  Book book{county("c1"), county("c2"), institution("b", "c1", "2024-05-01", "2024-06-01"),
            institution("a", "c1", "2024-01-01", "2024-02-01")};
  TargetStatement statement = book.on("2025-06-30");
  EXPECT_EQ(readings(statement), "strict 1/2 ever 1/2 claimed 1/2");
  EXPECT_THAT(statement.lines[0].counted[0].facts, ElementsAre("a", "b"));
  ASSERT_EQ(statement.units.size(), 2u);
  EXPECT_EQ(statement.units[0].since, date("2024-02-01"));
  EXPECT_THAT(statement.units[0].facts, ElementsAre("a", "b"));
  EXPECT_EQ(statement.units[1].since, std::nullopt);
  EXPECT_THAT(statement.units[1].facts, IsEmpty());
}

TEST(TargetStatement, NoFactOfTheKindIsNotReportedAndNotZero) {
  Book book{county("c1"), status("s", "o", "2024-01-01")};
  TargetStatement statement = book.on("2025-12-31");
  EXPECT_FALSE(statement.reported);
  for (const auto& line : statement.lines) EXPECT_EQ(line.verdict, Verdict::kNotReported);
  // A withdrawn fact is no fact; a fact that begins later was reported.
  Fact wrong = institution("i", "c1", "2024-01-01", "2024-01-01");
  wrong.attributes["withdrawn"] = "entered twice";
  book.add(wrong);
  EXPECT_EQ(verdict(book.on("2025-12-31")), Verdict::kNotReported);
  book.add(institution("later", "c1", "2026-01-01", "2026-01-01"));
  EXPECT_EQ(verdict(book.on("2025-12-31")), Verdict::kNotMet);
}

TEST(TargetStatement, AShareOfNoDivisionsIsInsufficientData) {
  Book book{institution("i", "c1", "2024-01-01", "2024-01-01")};
  TargetStatement statement = book.on("2025-12-31");
  EXPECT_EQ(verdict(statement), Verdict::kInsufficientData);
  EXPECT_EQ(value_text(coverage_target(), statement.lines[0].value), std::nullopt);
  EXPECT_EQ(excluded(statement), "i unknown_place");
  // Divisions that are not valid on the day are none either.
  book.add(county("c1", "2026-01-01"));
  EXPECT_EQ(verdict(book.on("2025-12-31")), Verdict::kInsufficientData);
  EXPECT_EQ(excluded(book.on("2025-12-31")), "i place_not_valid");
}

TEST(TargetStatement, FactsOfAMergedPlaceCountForItsSuccessor) {
  Book book{county("old1", "2000-01-01", "2020-07-14", "new"),
            county("old2", "2000-01-01", "2020-07-14", "new"),
            county("new", "2020-07-15", "2024-12-31", "newer"),
            county("newer", "2025-01-01"),
            county("other"),
            institution("i1", "old1", "2019-01-01", "2019-02-01"),
            institution("i2", "old2", "2019-01-01", "2019-02-01")};
  EXPECT_EQ(readings(book.on("2020-07-14")), "strict 2/3 ever 2/3 claimed 2/3");
  EXPECT_EQ(readings(book.on("2020-07-15")), "strict 1/2 ever 1/2 claimed 1/2");
  TargetStatement statement = book.on("2025-12-31");
  EXPECT_EQ(readings(statement), "strict 1/2 ever 1/2 claimed 1/2");
  EXPECT_EQ(statement.lines[0].counted[0].unit, "newer");
  EXPECT_THAT(statement.lines[0].counted[0].facts, ElementsAre("i1", "i2"));
  EXPECT_EQ(statement.units[0].since, date("2019-02-01"));
}

TEST(TargetStatement, APlaceThatEndedWithoutSuccessorOrInACircleIsExcluded) {
  Book book{county("gone", "2000-01-01", "2020-01-01"),
            county("a", "2000-01-01", "2020-01-01", "b"),
            county("b", "2000-01-01", "2020-01-01", "a"),
            county("lost", "2000-01-01", "2020-01-01", "nowhere"),
            county("here"),
            institution("i1", "gone", "2019-01-01", "2019-01-01"),
            institution("i2", "a", "2019-01-01", "2019-01-01"),
            institution("i3", "lost", "2019-01-01", "2019-01-01"),
            institution("i4", "nowhere", "2019-01-01", "2019-01-01"),
            institution("i5", "", "2019-01-01", "2019-01-01"),
            institution("i6", "", "2027-01-01", "2019-01-01")};
  TargetStatement statement = book.on("2025-12-31");
  EXPECT_EQ(readings(statement), "strict 0/1 ever 0/1 claimed 0/1");
  EXPECT_EQ(excluded(statement),
            "i1 place_not_valid; i2 place_not_valid; i3 place_not_valid; i4 unknown_place; "
            "i5 unknown_place")
      << "i6 is not true yet: there is nothing to count";
}

TEST(TargetStatement, APlaceOfAnotherLevelIsExcluded) {
  Fact city = fact("division", "3201", "2000-01-01", "", {{"level", "city"}});
  Book book{city, county("c1"), institution("i", "3201", "2024-01-01", "2024-01-01")};
  EXPECT_EQ(excluded(book.on("2025-12-31")), "i other_level");
  Target one_city = coverage_target();
  one_city.units["parent"] = "3201";
  book.add(institution("j", "c1", "2024-01-01", "2024-01-01"));
  EXPECT_EQ(excluded(book.on("2025-12-31", one_city)), "i other_level; j not_a_unit");
  EXPECT_EQ(readings(book.on("2025-12-31", one_city)), "strict 0/0 ever 0/0 claimed 0/0");
}

TEST(TargetStatement, DivisionsOfOneNameAreToldApartByTheirCode) {
  // Both are called the same; only c2 has an institution.
  Book book{county("c1"), county("c2"), institution("i", "c2", "2024-01-01", "2024-01-01")};
  EXPECT_THAT(book.on("2025-12-31").missing, ElementsAre("c1"));
}

TEST(TargetStatement, CountsOnceForEachValueOfTheAttribute) {
  Book book{status("s1", "o1", "2024-01-01"), status("s2", "o1", "2024-06-01"),
            status("s3", "o2", "2024-01-01", "2025-06-30"), status("s4", "", "2024-01-01")};
  TargetStatement early = book.on("2025-06-30", count_target());
  EXPECT_EQ(readings(early), "strict 2/2 ever 2/2 claimed 2/2");
  EXPECT_EQ(verdict(early), Verdict::kMet);
  EXPECT_EQ(value_text(count_target(), early.lines[0].value), "2");
  EXPECT_EQ(excluded(early), "s4 missing_attribute");
  EXPECT_THAT(early.units, IsEmpty());
  EXPECT_THAT(early.missing, IsEmpty());
  TargetStatement late = book.on("2025-07-01", count_target());
  EXPECT_EQ(readings(late), "strict 1/2 ever 2/2 claimed 1/2");
  EXPECT_EQ(verdict(late), Verdict::kNotMet);
}

TEST(TargetStatement, VersionsCountOnceWhereverTheyLead) {
  Target target = count_target();
  target.counts = "product";
  target.where = {{"review", "accepted"}};
  target.distinct = Target::Distinct::kVersion;
  target.distinct_by = "version_of";
  auto product = [](std::string id, std::string of, std::string review) {
    Attributes attributes = {{"review", std::move(review)}};
    if (!of.empty()) attributes["version_of"] = std::move(of);
    return fact("product", std::move(id), "2024-01-01", "", attributes);
  };
  Book book{product("p1", "", "accepted"),
            product("p2", "p1", "pending"),
            product("p3", "p2", "accepted"),  // by way of one that does not count itself
            product("q", "", "accepted"),
            product("x", "y", "accepted"),  // a circle of two, and one that leads into it
            product("y", "x", "accepted"),
            product("z", "y", "accepted"),
            product("v", "unknown", "accepted"),
            product("w", "unknown", "accepted")};
  TargetStatement statement = book.on("2025-12-31", target);
  std::vector<std::string> keys;
  for (const auto& counted : statement.lines[0].counted) keys.push_back(counted.unit);
  EXPECT_THAT(keys, ElementsAre("p1", "q", "unknown", "x"));
  EXPECT_THAT(statement.lines[0].counted[0].facts, ElementsAre("p1", "p3"));
  EXPECT_THAT(statement.lines[0].counted[3].facts, ElementsAre("x", "y", "z"));
}

TEST(TargetStatement, EachFactCountsWhereNothingTellsThemApart) {
  Target target = count_target();
  target.distinct = Target::Distinct::kFact;
  target.distinct_by = "";
  Book book{status("s1", "o1", "2024-01-01"), status("s2", "o1", "2024-06-01")};
  EXPECT_EQ(readings(book.on("2025-06-30", target)), "strict 2/2 ever 2/2 claimed 2/2");
}

TEST(TargetStatement, WhatWasKnownIsThatOfTheInstant) {
  Book book{county("c1"), county("c2"), institution("i", "c1", "2024-01-01", "2024-01-01")};
  Instant before{static_cast<std::int64_t>(book.next - 1) * kMsPerMinute};
  book.add(institution("j", "c2", "2024-01-01", "2024-01-01"));
  Fact changed = institution("i", "c1", "2024-01-01", "2024-01-01", "2024-12-31");
  book.add(changed);
  EXPECT_EQ(readings(book.on("2025-06-30", coverage_target(), before)),
            "strict 1/2 ever 1/2 claimed 1/2");
  EXPECT_THAT(book.on("2025-06-30", coverage_target(), before).missing, ElementsAre("c2"));
  EXPECT_EQ(readings(book.on("2025-06-30")), "strict 1/2 ever 2/2 claimed 1/2");
  EXPECT_THAT(book.on("2025-06-30").missing, ElementsAre("c1"));
}

TEST(TargetStatement, TheTrajectoryHasTheMonthEndsUpToTheDay) {
  Target target = coverage_target();
  target.start = date("2024-11-15");
  Book book{county("c1"), county("c2", "2025-01-15"),
            institution("i", "c1", "2024-01-01", "2024-12-31")};
  auto text = [&](std::string_view day) {
    std::string points;
    for (const auto& point : book.on(day, target).trajectory) {
      points += format_date(point.date) + " " + std::to_string(point.value.numerator) + "/" +
                std::to_string(point.value.denominator) + " ";
    }
    return points;
  };
  EXPECT_EQ(text("2025-02-28"), "2024-11-30 0/1 2024-12-31 1/1 2025-01-31 1/2 2025-02-28 1/2 ");
  EXPECT_EQ(text("2025-02-27"), "2024-11-30 0/1 2024-12-31 1/1 2025-01-31 1/2 ");
  EXPECT_EQ(text("2024-11-29"), "");
  EXPECT_EQ(text("2020-01-01"), "");
}

TEST(TargetStatement, ADateThatCannotBeReadIsNoDate) {
  Book book{county("c1"), institution("i", "c1", "2024-01-01", "soon")};
  EXPECT_EQ(readings(book.on("2025-12-31")), "strict 0/1 ever 0/1 claimed 1/1");
}

}  // namespace
}  // namespace plumbline
