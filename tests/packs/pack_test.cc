// SPDX-License-Identifier: Apache-2.0
#include "packs/pack.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "base/crypto.h"
#include "base/limits.h"
#include "tests/support/packs/boston_pack.h"

namespace plumbline {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing_support::boston_frame_files;
using testing_support::boston_pack;

// A folder of its own for each test, removed at the end.
class PackFolder : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "packXXXXXX";
    folder_ = mkdtemp(pattern.data());
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  void write(const std::string& path, const std::string& text) {
    std::filesystem::create_directories(std::filesystem::path(folder_ + "/" + path).parent_path());
    std::ofstream(folder_ + "/" + path, std::ios::binary) << text;
  }
  std::string folder_;
};

std::vector<std::string> paths(const PackFiles& files) {
  std::vector<std::string> out;
  for (const auto& [path, bytes] : files) out.push_back(path);
  return out;
}

TEST_F(PackFolder, LoadsTheRuleFilesAndNothingElse) {
  write("pack.yaml", "a");
  write("standards/service.yaml", "b");
  write("tests/service.yaml", "c");
  for (const char* path :
       {"data/x.csv", "data/deep/y.yaml", "import/m.yaml", "simulation.yaml", "README.md",
        "standards/README.md", ".hidden", "standards/.swp.yaml", ".git/config"}) {
    write(path, "x");
  }
  auto files = load_pack_files(folder_);
  ASSERT_TRUE(files.ok()) << files.error().text();
  EXPECT_THAT(paths(*files),
              ElementsAre("pack.yaml", "standards/service.yaml", "tests/service.yaml"));
  EXPECT_EQ(files->at("standards/service.yaml"), "b");
}

TEST_F(PackFolder, SizeAndNumberHaveLimits) {
  write("pack.yaml", std::string(limits::kMaxPackBytes, 'x'));
  EXPECT_TRUE(load_pack_files(folder_).ok());
  write("events.yaml", "x");
  EXPECT_EQ(load_pack_files(folder_).error().code(), Code::kExhausted);
  write("pack.yaml", "");
  for (std::size_t i = 2; i < limits::kMaxPackFiles; ++i) {
    write("standards/" + std::to_string(i) + ".yaml", "");
  }
  EXPECT_TRUE(load_pack_files(folder_).ok());
  write("standards/more.yaml", "");
  EXPECT_EQ(load_pack_files(folder_).error().code(), Code::kExhausted);
}

TEST_F(PackFolder, AFolderThatIsNotThere) {
  EXPECT_EQ(load_pack_files(folder_ + "/none").error().code(), Code::kNotFound);
}

TEST(RuleHash, IsThatOfTheSortedLines) {
  PackFiles files = {{"a.yaml", "1"}, {"b.yaml", "2"}, {"c.yaml", "3"}};
  // SHA-256 of "1" is 6b86..., of "2" d473..., of "3" 4e07...: sorted lines begin with c.yaml.
  std::string lines = sha256("3").hex() + "  c.yaml\n" + sha256("1").hex() + "  a.yaml\n" +
                      sha256("2").hex() + "  b.yaml\n";
  EXPECT_EQ(rule_hash(files), sha256(lines));
  files["a.yaml"] = "1 ";
  EXPECT_NE(rule_hash(files), sha256(lines));
}

TEST(ParsePack, ReadsBoston) {
  const Pack& pack = boston_pack();
  EXPECT_EQ(pack.id, "boston-311");
  EXPECT_EQ(pack.time_zone, "America/New_York");
  EXPECT_EQ(pack.as_of, parse_instant("2016-01-13T03:23:00Z").value());
  EXPECT_EQ(pack.max_future, Duration{10 * kMsPerMinute});
  ASSERT_EQ(pack.levels.size(), 2u);
  EXPECT_EQ(pack.levels[0].id, "network");
  EXPECT_EQ(pack.levels[1].id, "outlet");
  EXPECT_EQ(pack.levels[1].title, (Title{"部门", "Department"}));
  EXPECT_THAT(pack.events.event_types(), ElementsAre("request.closed", "request.opened"));
  const TypeSpec* request = pack.events.type("request");
  EXPECT_EQ(request->due_field, "due");
  EXPECT_TRUE(request->step("closed")->final);
  EXPECT_FALSE(request->step("opened")->final);
  EXPECT_EQ(request->field("neighborhood")->values.size(), 23u);
  EXPECT_EQ(request->field("source")->values.size(), 7u);
  EXPECT_THAT(request->field("source")->required_in, ElementsAre("opened"));
  EXPECT_EQ(pack.events_hash, sha256(pack.files.at("events.yaml")));
  EXPECT_EQ(pack.rules, rule_hash(pack.files));
}

TEST(ParsePack, LimitsOfAnEventsTimeHaveTheirBasis) {
  EXPECT_FALSE(boston_pack().late_after.has_value());
  PackFiles files = boston_frame_files();
  files["pack.yaml"] +=
      "late_after: {limit: 3d, basis: article 12, basis_kind: official}\n"
      "back_dated_after: {limit: 48h, basis: tried in March, basis_kind: proposal}\n";
  Problems problems;
  auto pack = parse_pack(files, problems);
  ASSERT_TRUE(pack) << problems.text();
  EXPECT_EQ(pack->late_after->after, Duration{3 * kMsPerDay});
  EXPECT_EQ(pack->late_after->basis.text, "article 12");
  EXPECT_EQ(pack->late_after->basis.kind, BasisKind::kOfficial);
  EXPECT_EQ(pack->back_dated_after->after, Duration{2 * kMsPerDay});
  EXPECT_EQ(pack->back_dated_after->basis.kind, BasisKind::kProposal);
}

TEST(ParsePack, ALimitWithoutItsBasisIsAProblem) {
  PackFiles files = boston_frame_files();
  files["pack.yaml"] +=
      "late_after: {limit: 3 days, basis: article 12, basis_kind: official}\n"
      "back_dated_after: {limit: 48h}\n";
  Problems problems;
  EXPECT_FALSE(parse_pack(files, problems));
  EXPECT_THAT(problems.text(), HasSubstr("\"limit\" must be a duration such as 10m or 24h"));
  EXPECT_THAT(problems.text(), HasSubstr("\"back_dated_after\" lacks the key \"basis\""));
  EXPECT_THAT(problems.text(), HasSubstr("\"back_dated_after\" lacks the key \"basis_kind\""));
  files["pack.yaml"] += "late_after: 3d\n";
  EXPECT_FALSE(parse_pack(files, problems));
}

TEST(ParsePack, TheWholeFolderLoads) {
  auto files = load_pack_files(testing_support::kBostonFolder);
  ASSERT_TRUE(files.ok());
  Problems problems;
  EXPECT_TRUE(parse_pack(*files, problems)) << problems.text();
}

TEST(ParsePack, MissingAndStrangeFilesAreProblems) {
  PackFiles files = boston_frame_files();
  files.erase("calendar.yaml");
  files["notes.txt"] = "x";
  files["standards/service.yml"] = "x";
  files["standards/service.yaml"] = "not looked at: [";
  Problems problems;
  EXPECT_FALSE(parse_pack(files, problems));
  const std::string strange =
      ":1:1: a pack holds pack.yaml, events.yaml, calendar.yaml and .yaml files in standards/, "
      "targets/ and tests/; this file is none of them\n";
  EXPECT_EQ(problems.text(), "calendar.yaml:1:1: the file is missing from the pack\nnotes.txt" +
                                 strange + "standards/service.yml" + strange);
}

TEST(ParsePack, ProblemsOfAllFilesComeAtOnce) {
  PackFiles files = boston_frame_files();
  files["pack.yaml"] += "nickname: x\n";
  files["events.yaml"] += "nickname: x\n";
  files["calendar.yaml"] += "nickname: x\n";
  Problems problems;
  EXPECT_FALSE(parse_pack(files, problems));
  EXPECT_EQ(
      problems.text(),
      "calendar.yaml:24:1: unknown key \"nickname\" in the calendar, which has all of its keys\n"
      "events.yaml:66:1: unknown key \"nickname\" in the event description, which has all "
      "of its keys\n"
      "pack.yaml:14:1: unknown key \"nickname\" in the pack, which may also have "
            "late_after, back_dated_after, extends, base_rule_hash, locked\n");
}

TEST(ParsePack, EarlierProblemsOfOthersDoNotSpoilIt) {
  Problems problems;
  problems.add({"other.yaml", 1, 1}, "something else");
  EXPECT_TRUE(parse_pack(boston_frame_files(), problems));
}

TEST(ParseDuration, HasAWholeNumberAndAUnit) {
  EXPECT_EQ(parse_duration("90s").value(), Duration{90'000});
  EXPECT_EQ(parse_duration("10m").value(), Duration{600'000});
  EXPECT_EQ(parse_duration("24h").value(), Duration{kMsPerDay});
  EXPECT_EQ(parse_duration("30d").value(), Duration{30 * kMsPerDay});
  EXPECT_EQ(parse_duration("0s").value(), Duration{0});
  for (const char* text : {"", "10", "m", "10 m", "-1m", "-0m", "+1m", "1.5h", "1h30m", "10M",
                           "99999999999d", "99999999999999999999d"}) {
    EXPECT_FALSE(parse_duration(text).ok()) << text;
  }
}

// Enum values and keys may be as many as the limits say, and no more.
std::string events_with(std::size_t types, std::size_t fields, std::size_t values) {
  std::string text = "format: plumbline/events/v1\ntypes:\n";
  for (std::size_t t = 0; t < types; ++t) {
    text += "  t" + std::to_string(t) + ":\n    title: {zh: 甲, en: T}\n    fields:\n";
    for (std::size_t f = 0; f < fields; ++f) {
      text += "      f" + std::to_string(f) +
              ":\n        kind: enum\n        title: {zh: 甲, en: F}\n"
              "        values:\n";
      for (std::size_t v = 0; v < values; ++v) text += "          - v" + std::to_string(v) + "\n";
    }
  }
  return text;
}

TEST(ParsePack, TypesFieldsAndValuesHaveLimits) {
  auto problems_with = [](std::size_t types, std::size_t fields, std::size_t values) {
    PackFiles files = boston_frame_files();
    files["events.yaml"] = events_with(types, fields, values);
    Problems problems;
    parse_pack(files, problems);
    return problems.text();
  };
  EXPECT_EQ(problems_with(256, 1, 1), "");
  EXPECT_THAT(problems_with(257, 1, 1), HasSubstr("\"types\" must be a map of 1 to 256 types"));
  EXPECT_EQ(problems_with(1, 64, 1), "");
  EXPECT_THAT(problems_with(1, 65, 1), HasSubstr("\"fields\" must be a map of at most 64 fields"));
  EXPECT_EQ(problems_with(1, 1, 64), "");
  EXPECT_THAT(problems_with(1, 1, 65), HasSubstr("an enum has 1 to 64 values, found 65"));
}

}  // namespace
}  // namespace plumbline
