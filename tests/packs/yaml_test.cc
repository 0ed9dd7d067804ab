// SPDX-License-Identifier: Apache-2.0
#include "packs/yaml.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/limits.h"

namespace plumbline {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

std::string repeated(std::string_view part, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) out += part;
  return out;
}

std::string problems_of(const std::string& text) {
  Problems problems;
  parse_yaml("f.yaml", text, problems);
  return problems.text();
}

TEST(Yaml, KeepsOrderPlacesAndQuotes) {
  Problems problems;
  auto root = parse_yaml("f.yaml", "b: 'x'\na:\n  - 1\n  - {c: ~}\n", problems);
  ASSERT_TRUE(root) << problems.text();
  ASSERT_EQ(root->entries.size(), 2u);
  EXPECT_EQ(root->entries[0].first.scalar, "b");
  EXPECT_TRUE(root->find("b")->quoted);
  const YamlNode* list = root->find("a");
  ASSERT_TRUE(list != nullptr && list->is_list());
  EXPECT_EQ(list->items[0].scalar, "1");
  EXPECT_FALSE(list->items[0].quoted);
  EXPECT_EQ(list->items[0].place, (Place{"f.yaml", 3, 5}));
  EXPECT_EQ(list->items[1].find("c")->type, YamlNode::Type::kNull);
  EXPECT_EQ(root->find("c"), nullptr);
}

TEST(Yaml, CountsColumnsInBytesAndSkipsTheByteOrderMark) {
  Problems problems;
  auto root = parse_yaml("f.yaml", "\xef\xbb\xbf{中: 文, a: b}\r\n", problems);
  ASSERT_TRUE(root) << problems.text();
  EXPECT_EQ(root->find("a")->place, (Place{"f.yaml", 1, 15}));
  EXPECT_EQ(root->find("中")->scalar, "文");
}

TEST(Yaml, FirstOfTwoEqualKeysStays) {
  Problems problems;
  auto root = parse_yaml("f.yaml", "a: 1\na: 2\n", problems);
  ASSERT_TRUE(root);
  ASSERT_EQ(root->entries.size(), 1u);
  EXPECT_EQ(root->find("a")->scalar, "1");
}

TEST(Yaml, AnEmptyFileIsNothing) {
  Problems problems;
  auto root = parse_yaml("f.yaml", "# only a comment\n", problems);
  ASSERT_TRUE(root);
  EXPECT_EQ(root->type, YamlNode::Type::kNull);
  EXPECT_EQ(root->place, (Place{"f.yaml", 1, 1}));
  EXPECT_TRUE(problems.empty());
}

TEST(Yaml, DepthEndsAtItsLimit) {
  auto nested = [](int levels) { return repeated("[", levels) + repeated("]", levels) + "\n"; };
  EXPECT_EQ(problems_of(nested(limits::kMaxYamlDepth)), "");
  EXPECT_THAT(problems_of(nested(limits::kMaxYamlDepth + 1)),
              HasSubstr("nested deeper than 32 levels"));
}

TEST(Yaml, DeepNestingIsRefusedBeforeItRecurses) {
  EXPECT_THAT(problems_of(repeated("[\n", 100'000)), HasSubstr("nested deeper than 32 levels"));
  EXPECT_THAT(problems_of(repeated("- ", 8'000)), HasSubstr("nested deeper than 32 levels"));
  EXPECT_THAT(problems_of(repeated("{a: ", 4'000)), HasSubstr("nested deeper than 32 levels"));
}

TEST(Yaml, SizeLinesAndValuesHaveLimits) {
  std::string comment = "#" + std::string(1022, 'x') + "\n";
  EXPECT_EQ(problems_of(repeated(comment, 1024)), "");
  EXPECT_EQ(problems_of(repeated(comment, 1024) + "\n"),
            "f.yaml:1:1: the file has 1048577 bytes, at most 1048576 are read\n");
  EXPECT_EQ(problems_of("a: 1\n#" + std::string(kMaxYamlLineBytes, 'x')),
            "f.yaml:2:1: the line has 16385 bytes, at most 16384 are read\n");
  EXPECT_THAT(problems_of(repeated("- 1\n", kMaxYamlNodes + 1)),
              StartsWith("f.yaml:100001:3: the file has more than 100000 values"));
}

TEST(Yaml, AliasesNeverMultiply) {
  std::string text = "a: &a [x, x]\n";
  for (char c = 'b'; c <= 'z'; ++c) {
    char before = static_cast<char>(c - 1);
    text += std::string(1, c) + ": &" + c + " [*" + before + ", *" + before + "]\n";
  }
  Problems problems;
  auto root = parse_yaml("f.yaml", text, problems);
  ASSERT_TRUE(root);
  EXPECT_EQ(root->find("z")->items.size(), 2u);
  EXPECT_EQ(root->find("z")->items[0].type, YamlNode::Type::kNull);
  EXPECT_EQ(problems.count(), 26u + 50u);
}

TEST(Yaml, HostileTextsAreAnsweredNotCrashed) {
  for (std::string text :
       {"&", "*", "!", "%", "|", ">", "'", "\"", "? ", ": ", "- - -", "{{{", "]", "a: b: c", "\t",
        "---\n...\n---", "!<", "\"\\x", "%YAML 9.9\n---\na: 1"}) {
    Problems problems;
    auto root = parse_yaml("f.yaml", text, problems);
    EXPECT_TRUE(root || !problems.empty()) << text;
  }
}

// One reader over a map written as text.
struct Reading {
  explicit Reading(const std::string& text)
      : root(parse_yaml("f.yaml", text, problems).value_or(YamlNode())),
        map(root, "a thing", problems) {}
  Problems problems;
  YamlNode root;
  MapReader map;
};

TEST(MapReader, ReadsEachKind) {
  Reading r(
      "t: text\ni: -12\nd: 3.25\nb: true\nat: 2016-01-13T03:23:00Z\nday: 2015-03-08\n"
      "w: two\nl: [a, 'b']\nnested: {x: 1}\n");
  EXPECT_EQ(r.map.required_text("t"), "text");
  EXPECT_EQ(r.map.required_integer("i"), -12);
  EXPECT_EQ(r.map.required_decimal("d"), Decimal{3'250'000});
  EXPECT_EQ(r.map.optional_bool("b"), true);
  EXPECT_EQ(r.map.optional_instant("at"), parse_instant("2016-01-13T03:23:00Z").value());
  EXPECT_EQ(r.map.required_date("day"), (Date{2015, 3, 8}));
  EXPECT_EQ(r.map.required_word("w", {"one", "two"}), "two");
  auto list = r.map.optional_text_list("l");
  ASSERT_EQ(list.size(), 2u);
  EXPECT_EQ(list[1].first, "b");
  EXPECT_EQ(list[1].second, (Place{"f.yaml", 8, 8}));
  EXPECT_TRUE(r.map.required("nested")->is_map());
  r.map.finish();
  EXPECT_EQ(r.problems.text(), "");
}

TEST(MapReader, AbsentOptionalKeysAreNoProblem) {
  Reading r("a: 1\n");
  EXPECT_FALSE(r.map.optional_text("b"));
  EXPECT_FALSE(r.map.optional_integer("b"));
  EXPECT_FALSE(r.map.optional_decimal("b"));
  EXPECT_FALSE(r.map.optional_bool("b"));
  EXPECT_FALSE(r.map.optional_instant("b"));
  EXPECT_FALSE(r.map.optional_word("b", {"x"}));
  EXPECT_TRUE(r.map.optional_text_list("b").empty());
  EXPECT_EQ(r.map.optional("b"), nullptr);
  EXPECT_TRUE(r.problems.empty());
}

TEST(MapReader, WrongFormsNameKeyExpectationAndFinding) {
  Reading r(
      "t: [x]\nempty:\ni: 1.5\nq: \"7\"\nd: 0.1234567\nb: yes\nat: 2016-01-13\nday: 2015-02-29\n"
      "w: tow\nl: x\nm: [a, [b]]\n");
  r.map.required_text("t");
  r.map.required_text("empty");
  r.map.required_integer("i");
  r.map.required_integer("q");
  r.map.required_decimal("d");
  r.map.optional_bool("b");
  r.map.optional_instant("at");
  r.map.required_date("day");
  r.map.required_word("w", {"one", "two"});
  r.map.optional_text_list("l");
  r.map.optional_text_list("m");
  EXPECT_EQ(r.problems.text(),
            "f.yaml:1:4: \"t\" must be text, found a list\n"
            "f.yaml:2:1: \"empty\" must be text, found nothing\n"
            "f.yaml:3:4: \"i\" must be an integer, found \"1.5\"\n"
            "f.yaml:4:4: \"q\" must be an integer, found \"7\" in quotes\n"
            "f.yaml:5:4: \"d\" must be a number with at most six decimals, found \"0.1234567\"\n"
            "f.yaml:6:4: \"b\" must be true or false, found \"yes\"\n"
            "f.yaml:7:5: \"at\" must be an instant of the form 2016-01-13T03:23:00Z, found "
            "\"2016-01-13\"\n"
            "f.yaml:8:6: \"day\" must be a date of the form 2025-12-31, found \"2015-02-29\"\n"
            "f.yaml:9:4: \"w\" must be one of one, two, found \"tow\" (did you mean \"two\"?)\n"
            "f.yaml:10:4: \"l\" must be a list of texts, found \"x\"\n"
            "f.yaml:11:8: \"m\" must be a list of texts, found a list\n");
}

TEST(MapReader, MissingAndUnknownKeysAreReportedTogether) {
  Reading r("wieght: 1\nid: x\nzzz: 2\n");
  r.map.required_text("id");
  r.map.required_integer("weight");
  r.map.finish();
  EXPECT_EQ(r.problems.text(),
            "f.yaml:1:1: a thing lacks the key \"weight\"\n"
            "f.yaml:1:1: unknown key \"wieght\" in a thing (did you mean \"weight\"?)\n"
            "f.yaml:3:1: unknown key \"zzz\" in a thing, which may also have weight\n");
}

TEST(MapReader, WhatIsNoMapIsReportedOnce) {
  Reading r("- a\n");
  EXPECT_FALSE(r.map.required_text("id"));
  EXPECT_FALSE(r.map.required_integer("n"));
  r.map.finish();
  EXPECT_EQ(r.problems.text(), "f.yaml:1:1: a thing must be a map, found a list\n");
}

TEST(Problems, AreSortedByPlaceAndCountedBeyondTheLimit) {
  Problems problems;
  problems.add({"b", 1, 1}, "last");
  problems.add({"a", 10, 1}, "third");
  problems.add({"a", 9, 2}, "second", "word");
  problems.add({"a", 9, 1}, "first");
  EXPECT_EQ(problems.text(),
            "a:9:1: first\na:9:2: second (did you mean \"word\"?)\na:10:1: third\nb:1:1: last\n");
  for (std::size_t i = 0; i < limits::kMaxReportedErrors; ++i) problems.add({"c", 1, 1}, "more");
  EXPECT_EQ(problems.count(), limits::kMaxReportedErrors + 4);
  EXPECT_EQ(problems.sorted().size(), limits::kMaxReportedErrors);
  EXPECT_THAT(problems.text(), HasSubstr("4 more problems are not listed\n"));
}

TEST(DidYouMean, FindsTheNearestWordOrNone) {
  std::vector<std::string> kinds = {"string", "integer", "instant", "count"};
  EXPECT_EQ(did_you_mean("instnat", kinds), "instant");
  EXPECT_EQ(did_you_mean("String", kinds), "string");
  EXPECT_EQ(did_you_mean("cout", kinds), "count");
  EXPECT_EQ(did_you_mean("text", kinds), "");
  EXPECT_EQ(did_you_mean("", kinds), "");
  EXPECT_EQ(did_you_mean(std::string(65, 'a'), {std::string(64, 'a')}), "");
  EXPECT_EQ(did_you_mean("x", {"y"}), "");
}

}  // namespace
}  // namespace plumbline
