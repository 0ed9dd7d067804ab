// SPDX-License-Identifier: Apache-2.0
#include "packs/pattern.h"

#include <gtest/gtest.h>

#include <random>
#include <regex>
#include <string>

namespace plumbline {
namespace {

bool matches(std::string_view pattern, std::string_view text) {
  auto compiled = Pattern::compile(pattern);
  EXPECT_TRUE(compiled.ok()) << pattern << ": " << compiled.error().text();
  return compiled.ok() && compiled->matches(text);
}

std::string refusal(std::string_view pattern) {
  auto compiled = Pattern::compile(pattern);
  return compiled.ok() ? "" : compiled.error().sentence();
}

TEST(Pattern, MatchesTheWholeText) {
  EXPECT_TRUE(matches("abc", "abc"));
  EXPECT_TRUE(matches("^abc$", "abc"));
  EXPECT_FALSE(matches("abc", "xabc"));
  EXPECT_FALSE(matches("abc", "abcx"));
  EXPECT_FALSE(matches("abc", ""));
  EXPECT_TRUE(matches("", ""));
  EXPECT_FALSE(matches("", "a"));
}

TEST(Pattern, SetsEscapesAndCharactersBeyondAscii) {
  EXPECT_TRUE(matches("32\\d{4}", "320102"));
  EXPECT_FALSE(matches("32\\d{4}", "32010a"));
  EXPECT_TRUE(matches("[a-c_-]+", "a-b_c"));
  EXPECT_TRUE(matches("[^0-9]", "字"));
  EXPECT_FALSE(matches("[^0-9]", "7"));
  EXPECT_TRUE(matches("苏[一-龥]{2}号", "苏知服号"));
  EXPECT_TRUE(matches("a\\.b\\\\", "a.b\\"));
  EXPECT_FALSE(matches("a\\.b", "axb"));
  EXPECT_TRUE(matches("\\w+\\s\\w", "ab_1 x"));
  EXPECT_TRUE(matches(".", "字"));
  EXPECT_FALSE(matches(".", "\n"));
  EXPECT_TRUE(matches("[\\d.]+", "1.5"));
}

TEST(Pattern, RepetitionsChoicesAndGroups) {
  EXPECT_TRUE(matches("a{2,3}", "aaa"));
  EXPECT_FALSE(matches("a{2,3}", "aaaa"));
  EXPECT_FALSE(matches("a{2,}", "a"));
  EXPECT_TRUE(matches("a{2,}", "aaaaa"));
  EXPECT_TRUE(matches("a{0}", ""));
  EXPECT_TRUE(matches("(ab|cd)*e?", "abcdab"));
  EXPECT_TRUE(matches("a|b|", ""));
  EXPECT_FALSE(matches("(a|b)c", "ab"));
  EXPECT_TRUE(matches("(a*)*", "aaa"));
}

TEST(Pattern, WhatCannotBeUsedIsNamed) {
  EXPECT_EQ(refusal("[0-9"), "a set that is not closed at character 5");
  EXPECT_EQ(refusal("(a"), "a group that is not closed at character 3");
  EXPECT_EQ(refusal("a)"), "\")\" stands alone at character 2");
  EXPECT_EQ(refusal("*"), "\"*\" stands alone at character 1");
  EXPECT_EQ(refusal("a**"), "\"*\" stands alone at character 3");
  EXPECT_EQ(refusal("a$b"), "\"$\" stands alone at character 2");
  EXPECT_EQ(refusal("a^"), "\"^\" stands alone at character 2");
  EXPECT_EQ(refusal("(?=a)"), "\"(?\" is not supported at character 2");
  EXPECT_EQ(refusal("\\b"), "\"\\b\" is not supported at character 3");
  EXPECT_EQ(refusal("\\"), "a backslash at the end at character 2");
  EXPECT_EQ(refusal("[]"), "an empty set at character 3");
  EXPECT_EQ(refusal("[z-a]"), "a range that ends before it begins at character 3");
  EXPECT_EQ(refusal("a{3,2}"), "a repetition that ends before it begins at character 6");
  EXPECT_EQ(refusal("a{65}"), "a repetition without a number from 0 to 64 at character 5");
  EXPECT_EQ(refusal("a{x}"), "a repetition without a number from 0 to 64 at character 3");
  EXPECT_EQ(refusal("a{1"), "a repetition that is not closed at character 4");
  EXPECT_NE(refusal("\xff"), "");
  EXPECT_NE(refusal(std::string(257, 'a')), "");
  EXPECT_NE(refusal(std::string(20, '(') + "a" + std::string(20, ')')), "");
  EXPECT_NE(refusal("((a{64}){64}){64}"), "");
}

// A backtracking matcher needs 2^n steps here, and an unbounded compiler 64^15 copies.
TEST(Pattern, TimeIsBoundedWhateverThePattern) {
  EXPECT_FALSE(matches("(a*)*b", std::string(64, 'a')));
  EXPECT_FALSE(matches("(a|a)*b", std::string(64, 'a')));
  EXPECT_FALSE(matches("(a?){64}a{64}", std::string(63, 'a')));
  std::string nested = "()";
  for (int i = 0; i < 15; ++i) nested = "(" + nested + "{64})";
  EXPECT_NE(refusal(nested), "");
}

std::string random_pattern(std::mt19937& random, int depth) {
  std::string out;
  for (unsigned i = 0, parts = random() % 4; i < parts; ++i) {
    switch (random() % (depth > 0 ? 6 : 3)) {
      case 0:
        out += "a";
        break;
      case 1:
        out += "b";
        break;
      case 2:
        out += random() % 2 ? "[ab]" : "[^a]";
        break;
      case 3:
        out += "(" + random_pattern(random, depth - 1) + ")";
        break;
      case 4:
        out +=
            "(" + random_pattern(random, depth - 1) + "|" + random_pattern(random, depth - 1) + ")";
        break;
      case 5: {
        constexpr const char* kRepeats[] = {"*", "+", "?", "{2}", "{1,}", "{0,2}"};
        out += std::string(random() % 2 ? "a" : "(ab|c)") + kRepeats[random() % 6];
        break;
      }
    }
  }
  return out;
}

TEST(Pattern, AgreesWithTheStandardLibrary) {
  std::mt19937 random(20250101);
  for (int i = 0; i < 400; ++i) {
    std::string pattern = random_pattern(random, 2);
    auto ours = Pattern::compile(pattern);
    ASSERT_TRUE(ours.ok()) << pattern;
    std::regex theirs(pattern);
    for (int j = 0; j < 20; ++j) {
      std::string text;
      for (unsigned k = 0, size = random() % 6; k < size; ++k) text += "abc"[random() % 3];
      EXPECT_EQ(ours->matches(text), std::regex_match(text, theirs)) << pattern << " on " << text;
    }
  }
}

}  // namespace
}  // namespace plumbline
