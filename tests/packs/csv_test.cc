// SPDX-License-Identifier: Apache-2.0
#include "packs/csv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/limits.h"

namespace plumbline {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// Each row as "line: a|b", each refusal as "! sentence".
std::vector<std::string> rows(std::string_view text) {
  CsvReader reader(text);
  std::vector<std::string> out;
  while (true) {
    auto row = reader.next();
    if (!row.ok()) {
      out.push_back("! " + row.error().sentence());
      continue;
    }
    if (!row->has_value()) return out;
    std::string shown = std::to_string((*row)->line) + ": ";
    for (std::size_t i = 0; i < (*row)->cells.size(); ++i) {
      shown += (i > 0 ? "|" : "") + (*row)->cells[i];
    }
    out.push_back(shown);
    EXPECT_EQ(reader.line(), (*row)->line);
  }
}

TEST(Csv, ReadsRowsWithTheirLines) {
  EXPECT_THAT(rows("a,b\n1,2\n3,\n,4\n"), ElementsAre("1: a|b", "2: 1|2", "3: 3|", "4: |4"));
  EXPECT_THAT(rows("a,b\n1,2"), ElementsAre("1: a|b", "2: 1|2"));
  EXPECT_THAT(rows("a\n\"\"\nx"), ElementsAre("1: a", "2: ", "3: x"));
  EXPECT_THAT(rows(""), ElementsAre());
  EXPECT_THAT(rows("\n\n"), ElementsAre());
}

TEST(Csv, EndsLinesWithLfOrCrlfAndSkipsEmptyOnes) {
  EXPECT_THAT(rows("a,b\r\n1,2\r\n\r\n3,4\r\n"), ElementsAre("1: a|b", "2: 1|2", "4: 3|4"));
  EXPECT_THAT(rows("a,b\n\n\n1,2\r\n"), ElementsAre("1: a|b", "4: 1|2"));
  // A carriage return that does not end a line belongs to its cell.
  EXPECT_THAT(rows("a,b\n1\r2,3\n"), ElementsAre("1: a|b", "2: 1\r2|3"));
}

TEST(Csv, SkipsTheByteOrderMark) {
  EXPECT_THAT(rows("\xef\xbb\xbf\x61,b\n1,2\n"), ElementsAre("1: a|b", "2: 1|2"));
  EXPECT_THAT(rows("\xef\xbb\xbf\"a,x\",b\n"), ElementsAre("1: a,x|b"));
}

TEST(Csv, QuotesHoldCommasQuotesAndNewlines) {
  EXPECT_THAT(rows("a,b\n\"1,5\",\"say \"\"hi\"\"\"\n"),
              ElementsAre("1: a|b", "2: 1,5|say \"hi\""));
  EXPECT_THAT(rows("a,b\n\"x\ny\r\nz\",2\n3,4\n"),
              ElementsAre("1: a|b", "2: x\ny\r\nz|2", "5: 3|4"));
  EXPECT_THAT(rows("\"a\",\"\"\n\"\",\"b\""), ElementsAre("1: a|", "2: |b"));
}

TEST(Csv, ARowOfAnotherWidthIsRefusedByItself) {
  EXPECT_THAT(rows("a,b\n1\n1,2,3\n4,5\n"),
              ElementsAre("1: a|b", "! line 2: the row has 1 cells, the header has 2",
                          "! line 3: the row has 3 cells, the header has 2", "4: 4|5"));
}

TEST(Csv, MisplacedQuotesAreRefusedByThemselves) {
  EXPECT_THAT(rows("a,b\n5\" pipe,2\n\"x\"y,2\n3,4\n"),
              ElementsAre("1: a|b", "! line 2: a quote stands inside a cell that is not in quotes",
                          "! line 3: text stands behind the closing quote of a cell", "4: 3|4"));
}

TEST(Csv, AQuoteThatIsNeverClosedEndsTheFile) {
  EXPECT_THAT(rows("a,b\n1,2\n3,\"4\n5,6\n"),
              ElementsAre("1: a|b", "2: 1|2",
                          "! line 3: the quote opened on line 3 is never closed; nothing after it "
                          "was read"));
  EXPECT_THAT(rows("a,b\n\"1\n2\",\"3\n"),
              ElementsAre("1: a|b",
                          "! line 2: the quote opened on line 3 is never closed; nothing after it "
                          "was read"));
}

TEST(Csv, RowsHaveALimit) {
  std::string longest(limits::kMaxInputLineBytes - 2, 'x');
  EXPECT_EQ(rows("a,b\n" + longest + ",2\n3,4\n").size(), 3u);
  auto over = rows("a,b\n" + longest + "xxxx,2\n3,4\n");
  EXPECT_THAT(over,
              ElementsAre("1: a|b", "! line 2: the row is longer than 1048576 bytes", "3: 3|4"));
  auto quoted = rows("a,b\n\"" + longest + "xxxx\",2\n3,4\n");
  EXPECT_THAT(quoted, ElementsAre("1: a|b", "! line 2: the row is longer than 1048576 bytes"));
}

TEST(Csv, TellsHowFarItIs) {
  CsvReader reader("a,b\n1,2\n");
  EXPECT_EQ(reader.offset(), 0u);
  ASSERT_TRUE(reader.next().ok());
  EXPECT_EQ(reader.offset(), 4u);
  ASSERT_TRUE(reader.next().ok());
  EXPECT_EQ(reader.offset(), 8u);
}

}  // namespace
}  // namespace plumbline
