// SPDX-License-Identifier: Apache-2.0
// Outlets and facts from a CSV file: what each cell becomes, and every way in which a file is
// wrong.
#include "registry/fact_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/limits.h"

namespace plumbline {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kHeader =
    "kind,id,from,until,name_zh,level,place,confirmed,place:county,code,withdrawn\n";

FactTable read(const std::string& rows) {
  return FactTable::read("network.csv", std::string(kHeader) + rows);
}

TEST(FactTable, ARowBecomesAnOutletOrAFact) {
  FactTable table = read(
      "outlet,lib-1,,,南京图书馆,,,,320102,NJ-1,\n"
      "institution,ip-1,2024-05-01,2026-12-31,机构,county,320102,2024-06-01,,,\n"
      "institution,ip-2,,,,,,,,,declared in error\n");
  ASSERT_TRUE(table.good()) << table.problem_text();
  ASSERT_EQ(table.input().outlets.size(), 1u);
  const OutletAdded& outlet = table.input().outlets[0];
  EXPECT_EQ(outlet.outlet.text(), "lib-1");
  EXPECT_EQ(outlet.code, "NJ-1");
  EXPECT_EQ(outlet.name_zh, "南京图书馆");
  EXPECT_EQ(outlet.places, (std::map<std::string, std::string>{{"county", "320102"}}));
  ASSERT_EQ(table.input().facts.size(), 2u);
  EXPECT_EQ(table.input().facts[0], (Fact{"institution",
                                          "ip-1",
                                          Date{2024, 5, 1},
                                          Date{2026, 12, 31},
                                          {{"name_zh", "机构"},
                                           {"level", "county"},
                                           {"place", "320102"},
                                           {"confirmed", "2024-06-01"}}}));
  EXPECT_EQ(table.input().facts[1].attribute("withdrawn"), "declared in error");
}

TEST(FactTable, AByteOrderMarkWindowsLinesAndEmptyRowsAreNoProblem) {
  FactTable table = FactTable::read(
      "a.csv", "\xef\xbb\xbfkind,id,level,name_zh\r\ndivision,320102,county,玄武区\r\n,,,\r\n\r\n");
  ASSERT_TRUE(table.good()) << table.problem_text();
  EXPECT_EQ(table.input().facts.size(), 1u);
}

TEST(FactTable, EveryProblemOfEveryRowWithItsPlace) {
  FactTable table = FactTable::read("n.csv",
                                    "kind,id,from,levle,place,level,name_zh,review\n"
                                    "institution,i1,2024-5-1,,320102,county,机构,\n"
                                    "produkt,p1,,,,,,\n"
                                    "product,p2,2024-01-01,,,,产品,acepted\n"
                                    "product,p3,2024-01-01,,,county,产品,\n"
                                    ",x,,,,,,\n"
                                    "institution,,2024-05-01,,,county,机构,\n"
                                    "outlet,O1,,,,,网点,\n"
                                    "outlet,o2,2024-01-01,,,,网点,\n"
                                    "outlet,o3,,,,,,\n"
                                    "product,p2,2024-01-01,,,,产品,\n"
                                    "product,p9\n");
  EXPECT_FALSE(table.good());
  EXPECT_EQ(
      table.problem_text(),
      "n.csv:1: column \"levle\": this column is not known (did you mean \"level\"?)\n"
      "n.csv:2: column \"from\": \"2024-5-1\" is not a date in the form 2025-12-31\n"
      "n.csv:3: column \"kind\": \"produkt\" is none of outlet, division, document, institution, "
      "status, product, finding, exemption, class, norm (did you mean \"product\"?)\n"
      "n.csv:4: column \"review\": \"acepted\" is none of accepted, rejected, pending (did you "
      "mean \"accepted\"?)\n"
      "n.csv:5: column \"level\": a row of kind \"product\" has no \"level\", found \"county\"\n"
      "n.csv:6: column \"kind\": it is missing\n"
      "n.csv:7: column \"id\": it is missing\n"
      "n.csv:8: column \"id\": \"O1\" is not an outlet id: 1 to 64 of a-z, 0-9, '.', '_', '-', "
      "beginning with a letter or digit\n"
      "n.csv:9: column \"from\": a row of kind \"outlet\" has no \"from\", found \"2024-01-01\"\n"
      "n.csv:10: column \"name_zh\": the outlet needs a name, in Chinese or in English\n"
      "n.csv:11: column \"id\": the product \"p2\" stands twice; the first is on line 4\n"
      "n.csv:12: the row has 2 cells, the header has 8\n");
}

TEST(FactTable, AnAttributeOfAnotherKindIsNamedWithTheOneThatIsNear) {
  FactTable table = FactTable::read("n.csv",
                                    "kind,id,from,name_zh,level,review,reviewed\n"
                                    "institution,i1,2024-01-01,机构,county,accepted,\n");
  EXPECT_THAT(table.problem_text(),
              HasSubstr("a row of kind \"institution\" has no \"review\", found \"accepted\""));
}

TEST(FactTable, AHeaderWithoutKindOrIdIsNotReadOn) {
  FactTable table = FactTable::read("n.csv", "knid,id,id\ndivision,320102,x\n");
  EXPECT_EQ(table.problem_text(),
            "n.csv:1: column \"knid\": this column is not known (did you mean \"kind\"?)\n"
            "n.csv:1: column \"id\": this column stands twice\n"
            "n.csv:1: column \"kind\": this column is missing\n");
  EXPECT_THAT(FactTable::read("n.csv", "").problem_text(), HasSubstr("the file is empty"));
  EXPECT_TRUE(FactTable::read("n.csv", "kind,id\n").good());
}

TEST(FactTable, AQuoteThatIsNotClosedIsToldOnce) {
  FactTable table = read("institution,\"ip-1,,,,,,,,,\n");
  EXPECT_THAT(table.problem_text(), HasSubstr("never closed"));
}

TEST(FactTable, ANameMayHold300CharactersAndHtml) {
  std::string name = "<b onclick=alert(1)>";
  while (name.size() < 20 + 280 * 3) name += "网";
  FactTable table = read("outlet,lib-1,,,\"" + name + "\",,,,,,\n");
  ASSERT_TRUE(table.good()) << table.problem_text();
  EXPECT_EQ(table.input().outlets[0].name_zh, name);
  FactTable longer = read("outlet,lib-1,,," + std::string(1201, 'x') + ",,,,,,\n");
  EXPECT_THAT(longer.problem_text(), HasSubstr("1201 characters in 1201 bytes, at most 1200"));
}

TEST(FactTable, WhatAPlanFindsIsAddedAtItsCell) {
  FactTable table = read(
      "outlet,lib-1,,,网点,,,,330102,,\n"
      "institution,ip-1,2024-5-1,,机构,county,330102,,,,\n");
  using List = RegistryPlan::List;
  table.add({List::kOutlets, 0, {"place:county", "the division \"330102\" is not known here"}});
  table.add({List::kFacts, 0, {"place", "the division \"330102\" is not known here"}});
  table.add({List::kFacts, 0, {"from", "said of a cell that has a problem already"}});
  EXPECT_EQ(table.problem_text(),
            "network.csv:2: column \"place:county\": the division \"330102\" is not known here\n"
            "network.csv:3: column \"from\": \"2024-5-1\" is not a date in the form 2025-12-31\n"
            "network.csv:3: column \"place\": the division \"330102\" is not known here\n");
}

TEST(FactTable, ProblemsAreListedUpToALimit) {
  std::string rows;
  for (std::size_t i = 0; i < limits::kMaxReportedErrors + 7; ++i) rows += ",x,,,,,,,,,\n";
  FactTable table = read(rows);
  EXPECT_THAT(table.problem_text(), HasSubstr("\n7 more problems are not listed\n"));
}

}  // namespace
}  // namespace plumbline
