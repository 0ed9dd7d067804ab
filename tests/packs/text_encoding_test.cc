// SPDX-License-Identifier: Apache-2.0
#include "packs/text_encoding.h"

#include <gtest/gtest.h>

#include "packs/csv.h"

namespace plumbline {
namespace {

std::string converted(BytesView bytes) {
  auto text = to_utf8(bytes);
  return text.ok() ? *text : "! " + text.error().sentence();
}

TEST(TextEncoding, Utf8StaysAndLosesItsMark) {
  EXPECT_EQ(converted(""), "");
  EXPECT_EQ(converted("plain"), "plain");
  EXPECT_EQ(converted("知识产权"), "知识产权");
  EXPECT_EQ(converted("\xef\xbb\xbf知"), "知");
}

TEST(TextEncoding, GbkAndGb18030AreConverted) {
  EXPECT_EQ(converted("\xd6\xaa\xca\xb6\xb2\xfa\xc8\xa8,1\n"), "知识产权,1\n");
  EXPECT_EQ(converted("\x81\x40"), "丂");                    // GBK beyond GB 2312
  EXPECT_EQ(converted("\xd6\xd0\x95\x32\x82\x36"), "中𠀀");  // four bytes, GB18030 only
}

TEST(TextEncoding, WhatIsNeitherIsNamedByItsByte) {
  EXPECT_EQ(converted("abc\xff"),
            "! the text is neither UTF-8 (wrong at byte 3) nor GBK or GB18030 (wrong at byte 3)");
  EXPECT_EQ(converted("\xd6\xd0\xd6"),
            "! the text is neither UTF-8 (wrong at byte 0) nor GBK or GB18030 (wrong at byte 2)");
  EXPECT_EQ(converted("\xef\xbb\xbf\xd6\xd0"),
            "! the text is marked as UTF-8 and is not (wrong at byte 3)");
}

TEST(TextEncoding, LongTextsGoThroughInPieces) {
  std::string gbk;
  std::string utf8;
  for (int i = 0; i < 50'000; ++i) {
    gbk += "\xd6\xd0";
    utf8 += "中";
  }
  EXPECT_EQ(converted(gbk), utf8);
  EXPECT_EQ(converted(gbk + "\xff"),
            "! the text is neither UTF-8 (wrong at byte 0) nor GBK or GB18030 (wrong at byte "
            "100000)");
}

TEST(TextEncoding, AGbkFileBecomesRows) {
  auto text = to_utf8("\xb1\xe0\xba\xc5,\xcf\xd8\r\n1,\"\xb9\xc4\xc2\xa5\r\n\xc7\xf8\"\r\n");
  ASSERT_TRUE(text.ok());
  CsvReader reader(*text);
  EXPECT_EQ(reader.next().value()->cells[0], "编号");
  EXPECT_EQ(reader.next().value()->cells[1], "鼓楼\r\n区");
}

}  // namespace
}  // namespace plumbline
