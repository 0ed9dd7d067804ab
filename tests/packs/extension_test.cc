// SPDX-License-Identifier: Apache-2.0
#include "packs/extension.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "packs/yaml.h"
#include "tests/support/temp_folder.h"

// Packs that extend another one. Each test lays a base and an extension side by side in a folder.
namespace plumbline {
namespace {

using plumbline::testing::PrivateFolder;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr const char* kEvents = R"(format: plumbline/events/v1
types:
  request:
    title: {zh: 请求, en: Request}
    fields:
      fee: {kind: decimal, title: {zh: 费用, en: Fee}}
)";
constexpr const char* kCalendar = R"(format: plumbline/calendar/v1
time_zone: Asia/Shanghai
covers: {from: 2024-01-01, until: 2026-12-31}
offsets: [{from: 2023-12-31T16:00:00Z, offset: "+08:00"}]
work_days: {weekdays: [mon, tue, wed, thu, fri], holidays: [], extra: []}
)";
constexpr const char* kStandard = R"(format: plumbline/standard/v1
id: service
grades:
  - {id: good, min: 80}
  - {id: poor, min: 0}
blocks:
  - id: quality
    criteria:
      - {id: speed, weight: 60, linear: {zero: 0.5, full: 0.9}}
      - {id: order, weight: 40}
)";

std::string head(const std::string& id, const std::string& version, const std::string& more = "") {
  return "format: plumbline/pack/v1\nid: " + id + "\nversion: \"" + version + "\"\n" + more +
         "title: {zh: 包, en: Pack}\ntime_zone: Asia/Shanghai\nmax_future: 10m\n"
         "levels:\n  - {id: network, title: {zh: 全省, en: All}}\n"
         "  - {id: outlet, title: {zh: 网点, en: Outlet}}\n";
}

class ExtensionTest : public ::testing::Test {
 protected:
  ExtensionTest() {
    write("base/pack.yaml", head("base", "3"));
    write("base/events.yaml", kEvents);
    write("base/calendar.yaml", kCalendar);
    write("base/standards/service.yaml", kStandard);
    write("base/tests/service.yaml", "format: plumbline/tests/v1\n");
    write("base/data/rows.csv", "a,b\n");
    write("local/pack.yaml", head("local", "1", "extends: base@3\n"));
  }

  void write(const std::string& path, const std::string& text) {
    std::filesystem::path file = folder_.path(path);
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << text;
  }
  void lock(const std::string& list) {
    write("base/pack.yaml", head("base", "3", "locked: [" + list + "]\n"));
  }
  void override_standard(const std::string& from, const std::string& to) {
    std::string text = kStandard;
    text.replace(text.find(from), from.size(), to);
    write("local/standards/service.yaml", text);
  }
  Result<LoadedPack> load(const std::string& name = "local") const {
    return load_pack(folder_.path(name));
  }
  std::string refusal(const std::string& name = "local") const {
    auto pack = load(name);
    return pack.ok() ? "" : pack.error().text();
  }

  PrivateFolder folder_;
};

TEST_F(ExtensionTest, FilesOfTheBaseAreTaken) {
  auto pack = load();
  ASSERT_TRUE(pack.ok()) << pack.error().text();
  std::vector<std::string> paths;
  for (const auto& [path, bytes] : pack->files) paths.push_back(path);
  EXPECT_THAT(paths,
              ElementsAre("calendar.yaml", "events.yaml", "pack.yaml", "standards/service.yaml"));
  EXPECT_THAT(pack->files.at("pack.yaml"), HasSubstr("id: local"));
  ASSERT_TRUE(pack->extension.has_value());
  EXPECT_EQ(pack->extension->id, "base");
  EXPECT_THAT(pack->extension->taken,
              ElementsAre("calendar.yaml", "events.yaml", "standards/service.yaml"));
  EXPECT_THAT(pack->extension->overridden, IsEmpty());
  EXPECT_EQ(pack->origins.at("events.yaml"), "../base");
  EXPECT_EQ(pack->origins.at("pack.yaml"), "../local");
}

TEST_F(ExtensionTest, ItIsAPackLikeAnother) {
  Problems problems;
  auto pack = parse_pack(load().value().files, problems);
  ASSERT_TRUE(pack.has_value()) << problems.text();
  EXPECT_EQ(pack->id, "local");
  EXPECT_EQ(pack->events.types.size(), 1u);
}

TEST_F(ExtensionTest, ItsOwnFilesCountAndAreListed) {
  override_standard("weight: 60", "weight: 61");
  write("local/events.yaml", kEvents);
  write("local/targets/t.yaml", "id: t\n");
  auto pack = load();
  ASSERT_TRUE(pack.ok()) << pack.error().text();
  EXPECT_THAT(pack->files.at("standards/service.yaml"), HasSubstr("weight: 61"));
  EXPECT_THAT(pack->extension->overridden, ElementsAre("standards/service.yaml"));
  EXPECT_THAT(pack->extension->taken, ElementsAre("calendar.yaml"));
}

TEST_F(ExtensionTest, WhatTheBaseSaysIsInTheRuleHash) {
  Hash before = rule_hash(load().value().files);
  write("base/events.yaml", std::string(kEvents) + "# another byte\n");
  EXPECT_NE(rule_hash(load().value().files), before);
}

TEST_F(ExtensionTest, TheVersionIsChecked) {
  write("base/pack.yaml", head("base", "4"));
  EXPECT_THAT(refusal(), HasSubstr("pack.yaml:4:10: extends version \"3\" of base, but "
                                   "../base/pack.yaml:3:10 says \"4\""));
}

TEST_F(ExtensionTest, TheIdIsChecked) {
  write("base/pack.yaml", head("other", "3"));
  EXPECT_THAT(refusal(), HasSubstr("pack.yaml:4:10: extends \"base\", but the id in "
                                   "../base/pack.yaml is \"other\""));
}

TEST_F(ExtensionTest, TheRuleHashOfTheBaseMayBeDemanded) {
  std::string hash = rule_hash(load("base").value().files).hex();
  write("local/pack.yaml", head("local", "1", "extends: base@3\nbase_rule_hash: " + hash + "\n"));
  EXPECT_EQ(refusal(), "");
  write("base/calendar.yaml", std::string(kCalendar) + "# changed\n");
  EXPECT_THAT(refusal(), HasSubstr("pack.yaml:5:17: the rule hash of ../base is "));
  write("local/pack.yaml", head("local", "1", "extends: base@3\nbase_rule_hash: 12ab\n"));
  EXPECT_THAT(refusal(), HasSubstr("\"base_rule_hash\" must be 64 hexadecimal digits"));
}

TEST_F(ExtensionTest, WhatIsLockedCannotBeOverridden) {
  lock("standards/service.yaml#grades, calendar.yaml");
  override_standard("min: 80", "min: 75");
  write("local/calendar.yaml", std::string(kCalendar).replace(
                                   std::string(kCalendar).find("2026-12-31"), 10, "2027-12-31"));
  EXPECT_THAT(refusal(),
              HasSubstr("calendar.yaml:1:1: \"calendar.yaml\" is locked at ../base/pack.yaml:4:41 "
                        "and must be as at ../base/calendar.yaml:1:1\n"
                        "standards/service.yaml:4:3: \"standards/service.yaml#grades\" is locked "
                        "at ../base/pack.yaml:4:10 and must be as at "
                        "../base/standards/service.yaml:4:3"));
}

TEST_F(ExtensionTest, BesideWhatIsLockedEverythingMayChange) {
  lock("standards/service.yaml#blocks.quality.criteria.speed.weight, pack.yaml#levels");
  override_standard("zero: 0.5, full: 0.9", "zero: 0.4, full: 0.9");
  EXPECT_EQ(refusal(), "");
  override_standard("weight: 60,", "weight: 60.0,");
  EXPECT_EQ(refusal(), "");
  override_standard("weight: 60", "weight: 61");
  EXPECT_THAT(refusal(), HasSubstr("standards/service.yaml:9:29: "));
  override_standard("id: speed", "id: pace");
  EXPECT_THAT(refusal(), HasSubstr("standards/service.yaml:1:1: \"standards/service.yaml#blocks."
                                   "quality.criteria.speed.weight\" is locked at "
                                   "../base/pack.yaml:4:10 and must be here as at "
                                   "../base/standards/service.yaml:9:29"));
}

TEST_F(ExtensionTest, KeysOfPackYamlCanBeLocked) {
  lock("pack.yaml#max_future");
  std::string own = head("local", "1", "extends: base@3\n");
  write("local/pack.yaml", own.replace(own.find("10m"), 3, "20m"));
  EXPECT_THAT(refusal(), HasSubstr("pack.yaml:7:13: \"pack.yaml#max_future\" is locked at "
                                   "../base/pack.yaml:4:10"));
}

TEST_F(ExtensionTest, LocksHoldOverTheWholeChain) {
  lock("calendar.yaml");
  write("third/pack.yaml", head("third", "1", "extends: local@1\n"));
  auto pack = load("third");
  ASSERT_TRUE(pack.ok()) << pack.error().text();
  EXPECT_EQ(pack->origins.at("events.yaml"), "../base");
  write("third/calendar.yaml", std::string(kCalendar).replace(
                                   std::string(kCalendar).find("2026-12-31"), 10, "2027-12-31"));
  EXPECT_THAT(refusal("third"), HasSubstr("\"calendar.yaml\" is locked at ../base/pack.yaml:4:10"));
}

TEST_F(ExtensionTest, WhatCannotBePutTogether) {
  auto with = [&](const std::string& keys) {
    write("local/pack.yaml", head("local", "1", keys));
    return refusal();
  };
  EXPECT_THAT(with("extends: nowhere@1\n"),
              HasSubstr("pack.yaml:4:10: extends \"nowhere\", but there is no folder ../nowhere "
                        "beside this pack"));
  EXPECT_THAT(with("extends: local@1\n"), HasSubstr("a pack cannot extend itself"));
  EXPECT_THAT(with("extends: base\n"), HasSubstr("\"extends\" must be id@version of a pack"));
  EXPECT_THAT(with("extends: ../base@3\n"), HasSubstr("\"extends\" must be id@version of a pack"));
  EXPECT_THAT(with("locked: [pack.yaml]\n"), HasSubstr("\"pack.yaml\" cannot be locked"));
  EXPECT_THAT(with("locked: [events.yaml#]\n"), HasSubstr("\"events.yaml#\" cannot be locked"));
  EXPECT_THAT(with("locked: [data/x.csv]\n"), HasSubstr("\"data/x.csv\" cannot be locked"));
}

TEST_F(ExtensionTest, ACircleEnds) {
  write("base/pack.yaml", head("base", "3", "extends: local@1\n"));
  EXPECT_THAT(refusal(), HasSubstr("a chain of more than 4 packs, or a circle"));
}

TEST_F(ExtensionTest, WhatIsLockedMustBeThere) {
  lock("standards/service.yaml#blocks.quality, standards/service.yaml#blocks.speed");
  Problems problems;
  check_locks(load("base").value().files, problems);
  EXPECT_EQ(problems.text(),
            "pack.yaml:4:49: \"standards/service.yaml#blocks.speed\" is locked "
            "and not there\n");
}

TEST_F(ExtensionTest, TheFolderMayBeNamedInOtherWays) {
  EXPECT_TRUE(load("local/").ok());
  EXPECT_TRUE(load("base/../local").ok());
  EXPECT_TRUE(load("local/.").ok()) << refusal("local/.");
}

}  // namespace
}  // namespace plumbline
