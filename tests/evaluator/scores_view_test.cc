// SPDX-License-Identifier: Apache-2.0
#include "evaluator/scores_view.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.h"
#include "evaluator/rebuild.h"
#include "tests/support/evaluator/small_ledger.h"

namespace plumbline {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

Rebuilt example() {
  testing::SmallLedger ledger;
  ledger.activate(testing::small_pack(), true);
  ledger.add_outlet("a", "c1");
  std::size_t stream = ledger.enroll("a");
  ledger.batch(stream, {testing::opened("r1", "2015-01-05T10:00:00Z",
                                        {testing::text_field("channel", Kind::kEnum, "web")}),
                        testing::closed("r1", "2015-01-05T12:30:00Z"),
                        testing::opened("r2", "2015-01-05T10:00:00Z")});
  return rebuild(ledger, ledger.length(), testing::at("2015-01-31T00:00:00Z")).value();
}

std::string text(ScoresFormat format) {
  Rebuilt built = example();
  return scores_text(built.header, built.rows, format).value();
}

TEST(ScoresView, TableHasALineForEachRow) {
  std::string table = text(ScoresFormat::kTable);
  EXPECT_THAT(table, StartsWith("small as of 2015-01-31T00:00:00Z, ledger size 6, rules "));
  // Heading, column names, and three units with month and year.
  EXPECT_EQ(std::count(table.begin(), table.end(), '\n'), 8);
  // on_time has no data: its 45.50 points went to the hours, which are short.
  EXPECT_THAT(table, HasSubstr("service   outlet   a     2015-01  insufficient_data  100.00  -"));
  EXPECT_THAT(table, HasSubstr("on_time - -/0.00 insufficient_data; hours 2.5000 70.00/70.00 met"));
  EXPECT_THAT(table, HasSubstr("opened 2 (n 2)"));
  EXPECT_THAT(table, Not(HasSubstr(" \n")));
}

TEST(ScoresView, JsonCarriesTheBodiesByteForByte) {
  Rebuilt built = example();
  std::string json = text(ScoresFormat::kJson);
  for (const ResultRow& row : built.rows) EXPECT_THAT(json, HasSubstr(row.body));
  Json parsed = Json::parse(json).value();
  EXPECT_EQ(parsed.text() + "\n", json) << "the whole is RFC 8785 too";
  EXPECT_EQ(parsed.integer_at("size").value(), 6);
  EXPECT_EQ(parsed.string_at("as_of").value(), "2015-01-31T00:00:00Z");
  EXPECT_EQ(parsed.find("results")->as_array().size(), built.rows.size());
}

TEST(ScoresView, CsvHasALineForEachFigureAndGroup) {
  std::string csv = text(ScoresFormat::kCsv);
  EXPECT_THAT(csv, StartsWith("standard,level,unit,period,line,id,by,group,n,numerator,value,"));
  EXPECT_THAT(csv,
              HasSubstr("\nservice,outlet,a,2015-01,score,,,,,,100.00,,,,insufficient_data,\n"));
  EXPECT_THAT(csv, HasSubstr("\nservice,outlet,a,2015-01,criterion,hours,,,1,,2.5000,hour,70.00,"
                             "70.00,met,\n"));
  EXPECT_THAT(csv, HasSubstr("\nservice,network,ALL,2015-01,indicator,opened,,,2,,2,none,,,,\n"));
  EXPECT_THAT(csv, HasSubstr("\nservice,network,ALL,2015-01,group,opened,channel,web,1,,1,none,"));
  EXPECT_THAT(csv, HasSubstr("\nservice,network,ALL,2015-01,group,opened,channel,,1,,1,none,"));
}

TEST(ScoresView, CsvQuotesWhatNeedsIt) {
  ResultRow row{"s", "outlet", "a", "2015", R"({"grade":"a \"b\", c","verdict":"met"})"};
  EXPECT_THAT(scores_text({}, {row}, ScoresFormat::kCsv).value(),
              HasSubstr("\ns,outlet,a,2015,score,,,,,,,,,,met,\"a \"\"b\"\", c\"\n"));
}

TEST(ScoresView, ABrokenBodyIsNamed) {
  ResultRow row{"s", "outlet", "a", "2015", "{"};
  for (ScoresFormat format : {ScoresFormat::kTable, ScoresFormat::kJson, ScoresFormat::kCsv}) {
    Result<std::string> shown = scores_text({}, {row}, format);
    ASSERT_FALSE(shown.ok());
    EXPECT_EQ(shown.error().code(), Code::kCorrupt);
    EXPECT_THAT(shown.error().text(), HasSubstr("outlet a in 2015"));
  }
}

TEST(ScoresView, KnowsThreeForms) {
  EXPECT_EQ(parse_scores_format("table").value(), ScoresFormat::kTable);
  EXPECT_EQ(parse_scores_format("json").value(), ScoresFormat::kJson);
  EXPECT_EQ(parse_scores_format("csv").value(), ScoresFormat::kCsv);
  EXPECT_EQ(parse_scores_format("xml").error().text(),
            "\"xml\" is not a form of scores: table, json or csv");
}

}  // namespace
}  // namespace plumbline
