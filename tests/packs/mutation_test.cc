// SPDX-License-Identifier: Apache-2.0
// The frame of boston-311 with one thing changed: a line twice, a line left out, a key misspelt, a
// byte altered. The answer is a pack or problems at places that exist, and where the change must
// be wrong, a problem that says so.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <sstream>

#include "tests/support/packs/boston_pack.h"

namespace plumbline {
namespace {

using testing::HasSubstr;
using testing_support::boston_frame_files;

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> out;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) out.push_back(line);
  return out;
}

std::string joined(const std::vector<std::string>& lines) {
  std::string out;
  for (const std::string& line : lines) out += line + "\n";
  return out;
}

struct Answer {
  bool usable = false;
  std::string text;
};

// Parses the frame with one file changed; every problem must stand in that file, on a line that
// it has, save for the time zone, which two files must agree on.
Answer parse_with(const std::string& path, const std::string& text) {
  PackFiles files = boston_frame_files();
  files[path] = text;
  Problems problems;
  bool usable = parse_pack(files, problems).has_value();
  EXPECT_NE(usable, !problems.empty());
  auto last_line = static_cast<int>(lines_of(text).size()) + 1;
  for (const Problem& problem : problems.sorted()) {
    EXPECT_TRUE(problem.place.file == path || problem.sentence.starts_with("the calendar is of"))
        << problem.text();
    EXPECT_GE(problem.place.line, 1) << problem.text();
    EXPECT_LE(problem.place.line, last_line) << problem.text();
    EXPECT_GE(problem.place.column, 1) << problem.text();
  }
  return {usable, problems.text()};
}

TEST(Mutation, EveryDoubledLineIsAProblem) {
  for (const auto& [path, text] : boston_frame_files()) {
    std::vector<std::string> lines = lines_of(text);
    for (std::size_t i = 0; i < lines.size(); ++i) {
      if (lines[i].starts_with("#")) continue;
      auto changed = lines;
      changed.insert(changed.begin() + static_cast<std::ptrdiff_t>(i), lines[i]);
      EXPECT_FALSE(parse_with(path, joined(changed)).usable) << path << ": " << lines[i];
    }
  }
}

TEST(Mutation, EveryLineLeftOutIsAnswered) {
  int refused = 0;
  for (const auto& [path, text] : boston_frame_files()) {
    std::vector<std::string> lines = lines_of(text);
    for (std::size_t i = 0; i < lines.size(); ++i) {
      auto changed = lines;
      changed.erase(changed.begin() + static_cast<std::ptrdiff_t>(i));
      refused += !parse_with(path, joined(changed)).usable;
    }
  }
  // Values of an enum, later offsets, optional keys and comments may be left out.
  EXPECT_GT(refused, 35);
}

TEST(Mutation, EveryMisspeltKeyIsNamedWithTheRightOne) {
  const std::pair<const char*, std::vector<const char*>> kKeys[] = {
      {"pack.yaml",
       {"format", "id", "version", "title", "time_zone", "as_of", "max_future", "levels"}},
      {"events.yaml",
       {"format", "types", "title", "steps", "final", "fields", "kind", "values", "required_in"}},
      {"calendar.yaml",
       {"format", "time_zone", "covers", "offsets", "work_days", "weekdays", "holidays", "extra"}}};
  for (const auto& [path, keys] : kKeys) {
    std::string text = boston_frame_files()[path];
    for (const char* key : keys) {
      std::string wrong = std::string(key) + "s";
      std::string changed = text;
      std::size_t at = changed.find(std::string(key) + ":");
      ASSERT_NE(at, std::string::npos) << key;
      changed.insert(at + std::string(key).size(), "s");
      Answer answer = parse_with(path, changed);
      EXPECT_FALSE(answer.usable) << key;
      EXPECT_THAT(answer.text, HasSubstr("unknown key \"" + wrong + "\"")) << key;
      EXPECT_THAT(answer.text, HasSubstr("(did you mean \"" + std::string(key) + "\"?)"));
    }
  }
}

TEST(Mutation, AnyAlteredByteIsAnswered) {
  std::mt19937 random(61);
  constexpr std::string_view kBytes = "\t\n\x01 {}[]:,&*!|>'\"%@`-?#~a9\x80\xff";
  for (const auto& [path, text] : boston_frame_files()) {
    for (int i = 0; i < 150; ++i) {
      std::string changed = text;
      for (unsigned n = 0, times = 1 + random() % 3; n < times; ++n) {
        changed[random() % changed.size()] = kBytes[random() % kBytes.size()];
      }
      parse_with(path, changed);
    }
  }
}

TEST(Mutation, AnyPrefixIsAnswered) {
  for (const auto& [path, text] : boston_frame_files()) {
    for (std::size_t size = 0; size < text.size(); size += 11) {
      parse_with(path, text.substr(0, size));
    }
  }
}

TEST(Mutation, RandomTextIsAnswered) {
  std::mt19937 random(62);
  constexpr const char* kParts[] = {"a", ": ", "\n",  "  ", "- ",  "[",   "]",  "{", "}",     ",",
                                    "'", "\"", "&a ", "*a", "!t ", "|\n", "? ", "#", "types", "~"};
  for (int i = 0; i < 800; ++i) {
    std::string text;
    for (unsigned n = 0, parts = random() % 30; n < parts; ++n) text += kParts[random() % 20];
    EXPECT_FALSE(parse_with("events.yaml", text).usable) << text;
  }
}

}  // namespace
}  // namespace plumbline
