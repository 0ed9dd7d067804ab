// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "evaluator/standard.h"
#include "tests/support/packs/jiangsu_pack.h"

// The shipped pack itself: it compiles, its divisions are those of the province, its work days
// those of the State Council.
namespace plumbline {
namespace {

using testing_support::jiangsu_divisions;
using testing_support::jiangsu_files;
using Tile = std::pair<int, int>;

std::shared_ptr<const RuleSet> jiangsu() {
  Problems problems;
  auto rules = compile_rules(jiangsu_files(), problems);
  EXPECT_TRUE(problems.empty()) << problems.text();
  return rules;
}

TEST(JiangsuPack, CompilesWithoutAProblem) {
  auto rules = jiangsu();
  ASSERT_NE(rules, nullptr);
  EXPECT_EQ(rules->pack->id, "jiangsu-2025");
  std::vector<std::string> levels;
  for (const LevelSpec& level : rules->pack->levels) levels.push_back(level.id);
  EXPECT_EQ(levels, (std::vector<std::string>{"network", "city", "county", "outlet"}));
  EXPECT_FALSE(rules->pack->as_of.has_value()) << "a network that goes on has no fixed as-of";
}

TEST(JiangsuPack, NoNumberOfAStandardIsShownAsOfficial) {
  auto rules = jiangsu();
  ASSERT_NE(rules, nullptr);
  for (const Standard& standard : rules->standards) {
    for (const Block& block : standard.blocks) {
      for (const Criterion& criterion : block.criteria) {
        EXPECT_NE(criterion.basis.kind, BasisKind::kOfficial) << criterion.id;
      }
    }
    for (const Grade& grade : standard.grades) {
      EXPECT_NE(grade.basis.kind, BasisKind::kOfficial) << grade.id;
    }
  }
}

TEST(JiangsuPack, YearHasVolumesAndMonthHasNone) {
  auto rules = jiangsu();
  ASSERT_NE(rules, nullptr);
  ASSERT_EQ(rules->standards.size(), 2u);
  EXPECT_EQ(rules->standards[0].id, "outlet");
  EXPECT_EQ(rules->standards[0].periods, std::vector{Period::Unit::kYear});
  EXPECT_EQ(rules->standards[1].id, "outlet_month");
  EXPECT_EQ(rules->standards[1].periods,
            (std::vector{Period::Unit::kMonth, Period::Unit::kQuarter}));
  for (const Block& block : rules->standards[1].blocks) {
    for (const Criterion& criterion : block.criteria) {
      const Indicator& indicator = rules->standards[1].indicators[criterion.indicator_index];
      bool volume = indicator.aggregate != Aggregate::kShare && criterion.higher_is_better;
      EXPECT_FALSE(volume) << criterion.id << ": no month reaches the volume of a year";
    }
  }
}

TEST(JiangsuPack, EachBlockHasThePointsOfTheDomain) {
  auto rules = jiangsu();
  ASSERT_NE(rules, nullptr);
  std::map<std::string, std::int64_t> points;
  for (const Block& block : rules->standards[0].blocks) {
    for (const Criterion& criterion : block.criteria) {
      points[block.id] += criterion.weight.units / Decimal::kOne;
    }
  }
  EXPECT_EQ(points,
            (std::map<std::string, std::int64_t>{
                {"base", 15}, {"supply", 30}, {"quality", 30}, {"order", 15}, {"effect", 10}}));
}

TEST(JiangsuDivisions, AreNinetyFiveInThirteenCities) {
  std::set<std::string> codes;
  std::map<std::string, std::string> cities;
  std::map<std::string, std::set<std::string>> cities_of_name;
  for (auto& row : jiangsu_divisions()) {
    EXPECT_TRUE(codes.insert(row["code"]).second) << row["code"] << " stands twice";
    EXPECT_EQ(row["code"].substr(0, 4) + "00", row["city_code"]) << row["name"];
    auto [city, added] = cities.emplace(row["city_code"], row["city_name"]);
    EXPECT_EQ(city->second, row["city_name"]);
    cities_of_name[row["name"]].insert(row["city_code"]);
    EXPECT_FALSE(row["name_en"].empty() || row["city_name_en"].empty()) << row["code"];
  }
  EXPECT_EQ(codes.size(), 95u);
  EXPECT_EQ(cities.size(), 13u);
  EXPECT_EQ(cities_of_name["鼓楼区"], (std::set<std::string>{"320100", "320300"}));
  EXPECT_EQ(cities_of_name.size(), 94u) << "only 鼓楼区 is a name of two";
}

// The tiles that hang together with `first` by an edge.
std::set<Tile> connected(const std::set<Tile>& tiles, Tile first) {
  std::set<Tile> seen = {first};
  std::vector<Tile> todo = {first};
  while (!todo.empty()) {
    auto [x, y] = todo.back();
    todo.pop_back();
    for (Tile next : {Tile{x + 1, y}, Tile{x - 1, y}, Tile{x, y + 1}, Tile{x, y - 1}}) {
      if (tiles.count(next) == 1 && seen.insert(next).second) todo.push_back(next);
    }
  }
  return seen;
}

TEST(JiangsuDivisions, TilesAreApartAndCitiesHangTogether) {
  std::set<Tile> all;
  std::map<std::string, std::set<Tile>> by_city;
  for (auto& row : jiangsu_divisions()) {
    Tile tile = {std::stoi(row["tile_x"]), std::stoi(row["tile_y"])};
    EXPECT_TRUE(all.insert(tile).second) << row["name"] << " shares its tile";
    EXPECT_TRUE(tile.first >= 0 && tile.first < 14 && tile.second >= 0 && tile.second < 14);
    by_city[row["city_name"]].insert(tile);
  }
  for (const auto& [city, tiles] : by_city) {
    EXPECT_EQ(connected(tiles, *tiles.begin()), tiles) << city;
  }
  EXPECT_EQ(connected(all, *all.begin()), all);
  EXPECT_LT(by_city["徐州市"].rbegin()->second, by_city["南京市"].rbegin()->second);
  EXPECT_LT(by_city["南京市"].rbegin()->first, by_city["苏州市"].rbegin()->first);
}

TEST(JiangsuDivisions, RegistryRowsSayTheSame) {
  std::map<std::string, std::map<std::string, std::string>> rows;
  std::size_t cities = 0;
  for (auto& row : testing_support::jiangsu_data("registry.csv")) {
    if (row["kind"] != "division") continue;
    if (row["level"] == "city") ++cities;
    EXPECT_TRUE(rows.emplace(row["id"], row).second) << row["id"] << " stands twice";
  }
  EXPECT_EQ(cities, 13u);
  EXPECT_EQ(rows.size(), 95u + 13u);
  for (auto& division : jiangsu_divisions()) {
    auto& row = rows[division["code"]];
    EXPECT_EQ(row["level"], "county") << division["code"];
    EXPECT_EQ(row["name_zh"], division["name"]);
    EXPECT_EQ(row["name_en"], division["name_en"]);
    EXPECT_EQ(row["parent"], division["city_code"]);
    EXPECT_EQ(row["tile"], division["tile_x"] + "," + division["tile_y"]);
    EXPECT_EQ(rows[division["city_code"]]["name_zh"], division["city_name"]);
    EXPECT_EQ(rows[division["city_code"]]["name_en"], division["city_name_en"]);
  }
}

// Noon at +08:00 of a day, then the local day on which the n-th work day after it ends.
std::string due_day(const Calendar& calendar, std::string_view day, int work_days) {
  Instant noon = parse_instant(std::string(day) + "T04:00:00Z").value();
  Instant due = calendar.workday_due(noon, work_days);
  return format_instant(Instant{due.ms - 1 + 8 * kMsPerHour}).substr(0, 10);
}

TEST(JiangsuCalendar, KnowsDaysOffAndDaysWorked) {
  auto rules = jiangsu();
  ASSERT_NE(rules, nullptr);
  const Calendar& calendar = rules->pack->calendar;
  // National Day of 2025: off from October 1 to 8; Sunday, September 28 and Saturday, October 11
  // are worked.
  EXPECT_EQ(due_day(calendar, "2025-09-30", 1), "2025-10-09");
  EXPECT_EQ(due_day(calendar, "2025-09-26", 1), "2025-09-28");
  EXPECT_EQ(due_day(calendar, "2025-10-10", 1), "2025-10-11");
  EXPECT_EQ(due_day(calendar, "2025-09-30", 3), "2025-10-11");
  // Spring Festival of 2026: off from February 15 to 23; Saturday the 14th and the 28th are worked.
  EXPECT_EQ(due_day(calendar, "2026-02-13", 1), "2026-02-14");
  EXPECT_EQ(due_day(calendar, "2026-02-14", 1), "2026-02-24");
  EXPECT_EQ(due_day(calendar, "2026-02-27", 1), "2026-02-28");
  // The day of the policy is covered.
  EXPECT_EQ(due_day(calendar, "2020-12-22", 1), "2020-12-23");
}

}  // namespace
}  // namespace plumbline
