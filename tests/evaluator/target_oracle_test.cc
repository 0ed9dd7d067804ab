// SPDX-License-Identifier: Apache-2.0
#include "tests/evaluator/target_oracle.h"

#include <gtest/gtest.h>

#include <random>

#include "evaluator/target_fold.h"
#include "tests/support/evaluator/facts.h"
#include "tests/support/evaluator/small_ledger.h"

// Method. A seed makes a registry: divisions that begin, end and merge, at times in a circle;
// institutions, statuses and products with or without document and date, of known and unknown
// places, changed and withdrawn later. Days, codes and ids come from small sets, so that ends,
// beginnings and repetitions meet often. For a coverage and four counts the rows of random days
// must say what the oracle says, today and at the deadline as known by a day.
namespace plumbline {
namespace {

using testing::date;

class RandomRegistry {
 public:
  explicit RandomRegistry(std::uint64_t seed) : random_(seed) {
    int count = 10 + static_cast<int>(below(50));
    for (int i = 0; i < count; ++i) add();
    std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
      return a.recorded < b.recorded;  // the order within a day does not matter to the test
    });
    for (std::size_t i = 0; i < rows.size(); ++i) record(i);
  }

  std::uint64_t below(std::uint64_t bound) { return random_() % bound; }
  bool one_in(std::uint64_t bound) { return below(bound) == 0; }
  std::string day() { return oracle::days_of_2015()[below(365)]; }

  std::vector<oracle::RegistryRow> rows;
  FactBook book;

 private:
  std::string code(std::uint64_t others) {
    std::uint64_t number = below(6 + others);
    return number < 6 ? "c" + std::to_string(number) : number == 6 ? "city" : "unknown";
  }
  // Few days, so that they meet.
  std::string few() { return oracle::days_of_2015()[30 * below(12)]; }

  void add() {
    oracle::RegistryRow row;
    row.recorded = day();
    if (!one_in(4)) row.from = few();
    if (one_in(3)) row.until = few();
    auto maybe = [&](const char* name, std::string value) {
      if (!one_in(4)) row.attributes[name] = std::move(value);
    };
    switch (below(4)) {
      case 0:
        row.kind = "division";
        row.id = code(1);
        row.attributes["level"] = row.id == "city" ? "city" : "county";
        maybe("merged_into", code(2));
        break;
      case 1:
        row.kind = "institution";
        row.id = "i" + std::to_string(below(8));
        row.attributes["level"] = one_in(5) ? "city" : "county";
        maybe("place", code(2));
        maybe("document", "d");
        maybe("confirmed", few());
        break;
      case 2:
        row.kind = "status";
        row.id = "s" + std::to_string(below(6));
        row.attributes["status"] = one_in(3) ? "other" : "provincial";
        maybe("holder", "o" + std::to_string(below(4)));
        break;
      default:
        row.kind = "product";
        row.id = "p" + std::to_string(below(6));
        maybe("version_of", "p" + std::to_string(below(7)));
        maybe("reviewed", few());
    }
    if (one_in(8)) row.attributes["withdrawn"] = "entered twice";
    rows.push_back(std::move(row));
  }

  void record(std::size_t index) {
    const oracle::RegistryRow& row = rows[index];
    Instant noon = testing::at(row.recorded + "T17:00:00Z");
    book.add(LedgerIndex(index + 1), noon + Duration{static_cast<std::int64_t>(index)},
             testing::fact(row.kind, row.id, row.from, row.until, row.attributes));
  }

  std::mt19937_64 random_;
};

Target target_of(const oracle::TargetRule& rule, Target::Distinct distinct) {
  Target target;
  target.id = "t";
  target.counts = rule.counts;
  if (!rule.where_name.empty()) target.where = {{rule.where_name, rule.where_value}};
  target.distinct = distinct;
  if (distinct != Target::Distinct::kFact) target.distinct_by = rule.distinct;
  target.requirements = rule.requirements;
  target.dated = rule.dated;
  target.goal.test = rule.above ? TargetGoal::Test::kAbove : TargetGoal::Test::kAtLeast;
  target.goal.value = Decimal{rule.goal_number * Decimal::kOne};
  if (rule.coverage) {
    target.measure = Target::Measure::kCoverage;
    target.units = {{"level", "county"}};
    target.unit_level = "county";
    target.goal.value = Decimal{rule.goal_percent * Decimal::kOne / 100};
  }
  target.start = date(rule.start);
  return target;
}

struct Subject {
  oracle::TargetRule rule;
  Target::Distinct distinct;
};

std::vector<Subject> subjects() {
  using Distinct = Target::Distinct;
  oracle::TargetRule coverage{"institution", "level", "county", "place", {"document", "confirmed"},
                              {"confirmed"}, true,    true,     50,      0,
                              "2015-01-10"};
  oracle::TargetRule at_least = coverage;
  at_least.above = false;
  at_least.dated.clear();
  oracle::TargetRule holders{"status", "status", "provincial", "holder", {}, {}, false, false,
                             0,        2,        "2015-02-28"};
  oracle::TargetRule facts = holders;
  facts.distinct = "id";
  facts.above = true;
  oracle::TargetRule versions{"product", "", "", "version_of", {}, {"reviewed"}, false,
                              false,     0,  3,  "2015-03-01"};
  return {{coverage, Distinct::kPlace},
          {at_least, Distinct::kPlace},
          {holders, Distinct::kAttribute},
          {facts, Distinct::kFact},
          {versions, Distinct::kVersion}};
}

std::string figure(const Json& json) {
  return testing::word(json, "value") + " " + testing::word(json, "numerator") + "/" +
         testing::word(json, "denominator");
}

// The rows of a statement in the oracle's words.
std::string said(const std::vector<ResultRow>& rows, const std::string& period) {
  std::string text;
  std::string units;
  for (const ResultRow& row : rows) {
    if (row.period != period || row.level == "network") continue;
    Json body = Json::parse(row.body).value();
    units += "unit " + row.unit;
    for (const char* reading : {"strict", "ever", "claimed"}) {
      units += body.find("covered")->find(reading)->as_bool() ? " 1" : " 0";
    }
    units += "\n";
  }
  Json body = testing::body_of(rows, "network", "ALL", period);
  for (const Json& reading : body.find("readings")->as_array()) {
    text += testing::word(reading, "id") + " " + figure(reading) + " " +
            testing::word(reading, "verdict") + "\n";
    for (const Json& item : reading.find("counted")->as_array()) {
      text += "  " + testing::word(item, "unit") + ":";
      for (const Json& fact : item.find("facts")->as_array()) text += " " + fact.as_string();
      text += "\n";
    }
  }
  for (const Json& item : body.find("excluded")->as_array()) {
    text += "excluded " + testing::word(item, "fact") + " " + testing::word(item, "reason") + "\n";
  }
  text += units;
  for (const Json& point : body.find("trajectory")->as_array()) {
    text += testing::word(point, "date") + " " + figure(point) + "\n";
  }
  return text;
}

class TargetOracle : public ::testing::TestWithParam<std::uint64_t> {};

TEST_P(TargetOracle, SaysTheSameOfRandomDays) {
  RandomRegistry registry(GetParam());
  RuleSet rules = *testing::compiled(testing::small_pack());
  for (const Subject& subject : subjects()) {
    std::string today = registry.day();
    std::string deadline = registry.day();
    std::string known_by = std::max(deadline, registry.day());
    rules.targets = {target_of(subject.rule, subject.distinct)};
    rules.targets[0].deadline = date(deadline);
    rules.targets[0].known_by = date(known_by);
    std::vector<ResultRow> rows =
        target_rows(rules, registry.book, testing::at(today + "T20:00:00Z"));
    ASSERT_EQ(said(rows, "running"), oracle::statement(subject.rule, registry.rows, today, "9999"))
        << subject.rule.counts << " on " << today;
    bool is_final = today > deadline;
    ASSERT_EQ(testing::body_of(rows, "network", "ALL", "final").is_object(), is_final);
    if (!is_final) continue;
    ASSERT_EQ(said(rows, "final"),
              oracle::statement(subject.rule, registry.rows, deadline, known_by))
        << subject.rule.counts << " on " << deadline << " as known by " << known_by;
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, TargetOracle, ::testing::Range<std::uint64_t>(1, 151));

}  // namespace
}  // namespace plumbline
