// SPDX-License-Identifier: Apache-2.0
#include "evaluator/result_body.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "evaluator/rebuild.h"
#include "tests/support/evaluator/small_ledger.h"

namespace plumbline {
namespace {

using testing::word;

std::vector<ResultRow> rows_of(const std::vector<Event>& events, const PackFiles& pack) {
  testing::SmallLedger ledger;
  ledger.activate(pack, true);
  ledger.add_outlet("a", "c1");
  std::size_t stream = ledger.enroll("a");
  if (!events.empty()) ledger.batch(stream, events);
  return rebuild(ledger, ledger.length(), testing::at("2015-02-10T00:00:00Z")).value().rows;
}

TEST(ResultBody, IsTheExampleOfTheDocument) {
  std::vector<ResultRow> rows =
      rows_of({testing::opened("r1", "2015-01-05T10:00:00Z",
                               {testing::due_field("2015-01-06T10:00:00Z"),
                                testing::text_field("channel", Kind::kEnum, "web")}),
               testing::closed("r1", "2015-01-05T12:30:00Z")},
              testing::small_pack());
  std::string document =
      read_file(std::string(PLUMBLINE_SOURCE_DIR) + "/docs/formats/results.md", 1 << 20).value();
  std::size_t begin = document.find("```json\n") + 8;
  std::string example = document.substr(begin, document.find("\n```", begin) - begin);
  std::erase(example, '\n');
  for (const ResultRow& row : rows) {
    if (row.unit == "a" && row.period == "2015-01") {
      EXPECT_EQ(row.body, example);
    }
  }
}

TEST(ResultBody, IsCanonicalJsonWithoutFloatingPoint) {
  for (const ResultRow& row : rows_of({}, testing::small_pack())) {
    // Json::parse refuses numbers with a fraction or an exponent.
    EXPECT_EQ(Json::parse(row.body).value().text(), row.body);
  }
}

TEST(ResultBody, AFigureBelowItsLeastSampleIsShownAndScoresNothing) {
  Json body =
      testing::body_of(rows_of({testing::opened("r1", "2015-01-05T10:00:00Z",
                                                {testing::due_field("2015-01-06T10:00:00Z")}),
                                testing::closed("r1", "2015-01-05T12:30:00Z")},
                               testing::small_pack()),
                       "outlet", "a", "2015-01");
  Json figure = testing::indicator_of(body, "on_time");
  EXPECT_EQ(word(figure, "value"), "1.000000");
  EXPECT_EQ(word(figure, "sufficient"), "false");
  Json criterion = testing::criterion_of(body, "on_time");
  EXPECT_EQ(word(criterion, "verdict"), "insufficient_data");
  EXPECT_EQ(word(criterion, "points"), "null");
  EXPECT_EQ(word(criterion, "weight"), "45.50");
  EXPECT_EQ(word(criterion, "weight_used"), "0.00");
  EXPECT_EQ(word(criterion, "redistributed"), "-45.50");
  EXPECT_EQ(word(body, "weight_without_data"), "45.50");
  EXPECT_EQ(word(body, "grade"), "null") << "over 40 points without data";
}

TEST(ResultBody, TheTopGradeNeedsAllData) {
  PackFiles lenient = testing::small_pack(
      {{"standards/service.yaml", "max_weight_without_data: 40", "max_weight_without_data: 50"}});
  Json body = testing::body_of(rows_of({testing::opened("r1", "2015-01-05T10:00:00Z"),
                                        testing::closed("r1", "2015-01-05T12:30:00Z")},
                                       lenient),
                               "outlet", "a", "2015-01");
  EXPECT_EQ(word(body, "score"), "100.00");
  EXPECT_EQ(word(body, "grade"), "good");
  EXPECT_EQ(word(body, "grade_limited"), "true");
}

TEST(ResultBody, ASumBeyondSixtyFourBitsIsWrittenExactly) {
  constexpr std::int64_t kHuge = 9'000'000'000'000'000'000;
  std::vector<Event> visits;
  for (int i = 0; i < 3; ++i) {
    visits.push_back(testing::visit("v" + std::to_string(i), "2015-01-05T10:00:00Z", kHuge));
  }
  Json body = testing::body_of(rows_of(visits, testing::small_pack()), "outlet", "a", "2015-01");
  EXPECT_EQ(word(testing::indicator_of(body, "people"), "value"), "27000000000000000000");
}

}  // namespace
}  // namespace plumbline
