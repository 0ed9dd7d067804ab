// SPDX-License-Identifier: Apache-2.0
#include "base/utf8.h"

#include <gtest/gtest.h>

namespace plumbline {
namespace {

// The text of a code point, for any number, whether RFC 3629 allows it or not.
std::string encoded(char32_t c) {
  auto byte = [](char32_t value) { return static_cast<char>(value); };
  if (c < 0x80) return {byte(c)};
  if (c < 0x800) return {byte(0xc0 | c >> 6), byte(0x80 | (c & 63))};
  if (c < 0x10000) return {byte(0xe0 | c >> 12), byte(0x80 | (c >> 6 & 63)), byte(0x80 | (c & 63))};
  return {byte(0xf0 | c >> 18), byte(0x80 | (c >> 12 & 63)), byte(0x80 | (c >> 6 & 63)),
          byte(0x80 | (c & 63))};
}

TEST(Utf8, EveryCodePointButSurrogatesIsText) {
  for (char32_t c = 0; c < 0x110100; ++c) {
    std::string text = encoded(c);
    bool allowed = c <= 0x10ffff && !(c >= 0xd800 && c <= 0xdfff);
    ASSERT_EQ(!utf8_error_at(text).has_value(), allowed) << std::hex << static_cast<unsigned>(c);
    if (!allowed) continue;
    std::string_view rest = text;
    ASSERT_EQ(take_utf8(rest), c);
    ASSERT_TRUE(rest.empty());
  }
}

TEST(Utf8, NamesTheByteWhereTextEnds) {
  EXPECT_EQ(utf8_error_at("abc"), std::nullopt);
  EXPECT_EQ(utf8_error_at("知识"), std::nullopt);
  EXPECT_EQ(utf8_error_at("知\xe8\xaf"), 3u);  // cut off
  EXPECT_EQ(utf8_error_at("a\x80"), 1u);       // a continuation alone
  EXPECT_EQ(utf8_error_at("\xc0\x80"), 0u);    // overlong
  EXPECT_EQ(utf8_error_at("\xc1\xbf"), 0u);
  EXPECT_EQ(utf8_error_at("\xe0\x9f\xbf"), 0u);
  EXPECT_EQ(utf8_error_at("\xf0\x8f\xbf\xbf"), 0u);
  EXPECT_EQ(utf8_error_at("ab\xed\xa0\x80"), 2u);  // a surrogate
  EXPECT_EQ(utf8_error_at("\xf5\x80\x80\x80"), 0u);
  EXPECT_EQ(utf8_error_at("\xe4\xb8z"), 0u);
}

// ASCII is passed over in steps of eight bytes: a byte that is none is found wherever it stands.
TEST(Utf8, OneByteThatIsNoAsciiIsFoundAtEveryPlace) {
  for (std::size_t size = 0; size < 40; ++size) {
    std::string text(size, 'a');
    EXPECT_TRUE(is_ascii(text));
    EXPECT_EQ(utf8_error_at(text), std::nullopt);
    for (std::size_t at = 0; at < size; ++at) {
      std::string broken = text;
      broken[at] = '\x80';
      EXPECT_FALSE(is_ascii(broken)) << size << " bytes, byte " << at;
      EXPECT_EQ(utf8_error_at(broken), at) << size << " bytes";
    }
  }
}

TEST(Utf8, WhatIsNoTextIsReplacedByteByByte) {
  EXPECT_EQ(utf8_replaced("网点 a"), "网点 a");
  EXPECT_EQ(utf8_replaced(""), "");
  EXPECT_EQ(utf8_replaced("a\xff\xfe"
                          "b"),
            "a\uFFFD\uFFFDb");
  EXPECT_EQ(utf8_replaced("\xe4\xb8"), "\uFFFD\uFFFD");
  EXPECT_EQ(utf8_replaced("\xe4\xb8\x80\xb8"), "\xe4\xb8\x80\uFFFD");
}

TEST(Utf8, CountsAndShortensByCharacters) {
  EXPECT_EQ(utf8_length(""), 0u);
  EXPECT_EQ(utf8_length("a知😀"), 3u);
  EXPECT_EQ(utf8_shorten("a知😀", 3), "a知😀");
  EXPECT_EQ(utf8_shorten("a知😀", 2), "a知…");
  EXPECT_EQ(utf8_shorten("", 2), "");
  EXPECT_EQ(utf8_shorten("x", 0), "…");
}

TEST(Utf8, SeesControlCharacters) {
  EXPECT_FALSE(has_control_character("a 知😀"));
  EXPECT_TRUE(has_control_character("a\nb"));
  EXPECT_TRUE(has_control_character(std::string_view("\0", 1)));
  EXPECT_TRUE(has_control_character("\x7f"));
  EXPECT_TRUE(has_control_character("\xc2\x85"));
  EXPECT_FALSE(has_control_character("\xc2\xa0"));
}

TEST(Utf8DeathTest, ACharacterOfNoTextIsABug) {
  std::string_view none;
  EXPECT_DEATH(take_utf8(none), "text that has one");
  std::string_view broken = "\xff";
  EXPECT_DEATH(take_utf8(broken), "checked to be UTF-8");
}

}  // namespace
}  // namespace plumbline
