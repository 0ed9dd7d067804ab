// SPDX-License-Identifier: Apache-2.0
#include "evaluator/rule_diff.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include "tests/evaluator/standard_files.h"

// Differences of two packs in words. The packs are the shipped ones; a difference is made by a
// replacement in one of their files.
namespace plumbline {
namespace {

using namespace plumbline::testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct Edit {
  std::string path, from, to;
};

PackFiles pack(const std::string& name, const std::vector<Edit>& edits = {}) {
  PackFiles files = load_pack_files(std::string(PLUMBLINE_SOURCE_DIR) + "/rules/" + name).value();
  for (const Edit& edit : edits) {
    std::string& text = files.at(edit.path);
    std::size_t at = text.find(edit.from);
    EXPECT_NE(at, std::string::npos) << edit.path << " lacks " << edit.from;
    if (at != std::string::npos) text.replace(at, edit.from.size(), edit.to);
  }
  return files;
}

std::shared_ptr<const RuleSet> compiled(const PackFiles& files) {
  Problems problems;
  auto rules = compile_rules(files, problems);
  if (rules == nullptr) throw std::runtime_error(problems.text());
  return rules;
}

std::vector<RuleChange> changes(const PackFiles& before, const PackFiles& after) {
  auto old_rules = compiled(before);
  auto new_rules = compiled(after);
  return rule_changes({before, *old_rules}, {after, *new_rules});
}

std::vector<RuleChange> changes(const std::string& name, const std::vector<Edit>& edits) {
  return changes(pack(name), pack(name, edits));
}

std::vector<std::string> zh(const std::vector<RuleChange>& list) {
  std::vector<std::string> out;
  for (const RuleChange& change : list) out.push_back(change.text.zh);
  return out;
}

std::vector<std::string> en(const std::vector<RuleChange>& list) {
  std::vector<std::string> out;
  for (const RuleChange& change : list) out.push_back(change.text.en);
  return out;
}

const std::string kService = "standards/service.yaml";
const std::string kOutlet = "standards/outlet.yaml";

TEST(RuleDiff, AWeightIsToldUnderItsStandardAndCriterion) {
  auto list = changes("boston-311", {{kService, "weight: 50", "weight: 45"},
                                     {kService, "weight: 30", "weight: 35"}});
  EXPECT_EQ(changes_text(list, RuleLanguage::kChinese),
            "标准「服务请求办理标准」(service) › 指标「按期办结」(on_time)\n"
            "  权重由 50 改为 45  [standards/service.yaml:124:17]\n"
            "标准「服务请求办理标准」(service) › 指标「办理速度」(speed)\n"
            "  权重由 30 改为 35  [standards/service.yaml:131:17]\n");
  EXPECT_THAT(changes_text(list, RuleLanguage::kEnglish),
              HasSubstr("criterion \"Speed\" (speed)\n  weight changed from 30 to 35  ["));
}

TEST(RuleDiff, WhatMeansTheSameIsNoDifference) {
  auto same = [](const std::vector<Edit>& edits) { return zh(changes("boston-311", edits)); };
  EXPECT_THAT(same({}), IsEmpty());
  EXPECT_THAT(same({{kService, "id: service\n", "# a remark\nid: 'service'\n"}}), IsEmpty());
  EXPECT_THAT(same({{kService, "zero: 0.5, full: 0.9", "full: 0.900, zero: 0.50"}}), IsEmpty());
  EXPECT_THAT(same({{kService, "has(case.closed) && case", "has( case.closed )&&case"}}),
              IsEmpty());
  EXPECT_THAT(same({{kService, "max_weight_without_data: 40\n", ""}}), IsEmpty());
  EXPECT_THAT(same({{kService, "by: [neighborhood, source]", "by: [source, neighborhood]"}}),
              IsEmpty());
  EXPECT_THAT(same({{kService, "linear: {zero: 0.5, full: 0.9}",
                     "linear: {zero: 0.5, full: 0.9}\n        met_at: 0.9"}}),
              IsEmpty());
  EXPECT_THAT(
      same({{"pack.yaml", "max_future: 10m", "max_future: 600s"},
            {"pack.yaml", "as_of: 2016-01-13T03:23:00Z", "as_of: 2016-01-12T22:23:00-05:00"}}),
      IsEmpty());
}

TEST(RuleDiff, OrderAndFileNamesAreNoDifference) {
  PackFiles before = pack("jiangsu-2025");
  PackFiles after = before;
  after["targets/another.yaml"] = after.at("targets/t2.yaml");
  after.erase("targets/t2.yaml");
  after.erase("tests/year.yaml");
  std::string& text = after.at(kOutlet);
  std::size_t staff = text.find("      - id: staff\n");
  std::size_t resources = text.find("      - id: resources\n");
  std::string moved = text.substr(staff, resources - staff);
  text.erase(staff, moved.size());
  text.insert(text.find("      - id: published\n"), moved);
  EXPECT_THAT(zh(changes(before, after)), IsEmpty());
}

TEST(RuleDiff, ScoringInWords) {
  EXPECT_THAT(
      zh(changes("boston-311", {{kService, "zero: 0.5, full: 0.9", "zero: 0.4, full: 0.95"}})),
      ElementsAre("零分线由 50% 改为 40%", "满分线由 90% 改为 95%"));
  EXPECT_THAT(
      en(changes("boston-311", {{kService, "up_to: 72, share: 0.8", "up_to: 48, share: 0.8"}})),
      ElementsAre("scoring changed from \"full points up to 24 h; 80% of the points up to 72 "
                  "h; 50% of the points up to 168 h; 20% of the points up to 720 h; no "
                  "points above 720 h\" to \"full points up to 24 h; 80% of the points up "
                  "to 48 h; 50% of the points up to 168 h; 20% of the points up to 720 h; "
                  "no points above 720 h\""));
  EXPECT_THAT(
      zh(changes("boston-311",
                 {{kService, "linear: {zero: 0.5, full: 0.9}",
                   "bands: [{up_to: 0.5, share: 0}, {share: 1}]\n        met_at: 0.8"}})),
      ElementsAre("计分方法由「达到 90% 得满分，50% 及以下不得分，其间按比例计分」改为「不超过 "
                  "50% 不得分；超过 50% 得满分」",
                  "达标线由 90% 改为 80%"));
}

TEST(RuleDiff, IndicatorsInWords) {
  EXPECT_THAT(
      zh(changes("jiangsu-2025",
                 {{kOutlet, "case.staff >= 3", "case.staff >= 2"},
                  {kOutlet, "by: [channel, requester_category]", "by: [channel, ip_type]"},
                  {kOutlet, "unit: {id: none, decimals: 1}", "unit: {id: none, decimals: 2}"}})),
      ElementsAre("符合要求的条件由「case.staff >= 3 && case.full_time >= 1」改为「case.staff >= "
                  "2 && case.full_time >= 1」",
                  "单位由 无单位、1 位小数 改为 无单位、2 位小数",
                  "分组字段增加 ip_type，减少 requester_category"));
}

TEST(RuleDiff, TitlesBasisGradesAndDates) {
  EXPECT_THAT(en(changes("boston-311", {{kService, "en: On time}", "en: In time}"},
                                        {kService, "basis_kind: proposal", "basis_kind: official"},
                                        {kService, "min: 80", "min: 75"},
                                        {kService, "from: 2015-01-01", "from: 2014-01-01"}})),
              ElementsAre("first day changed from 2015-01-01 to 2014-01-01",
                          "English title changed from \"On time\" to \"In time\"",
                          "kind of basis changed from proposal to official",
                          "least score changed from 80 to 75"));
}

TEST(RuleDiff, ACriterionThatMovesToAnotherBlock) {
  auto list = changes("jiangsu-2025", {{kOutlet, "  - id: supply\n", "  - id: supplied\n"}});
  EXPECT_THAT(zh(list), ::testing::Contains("所属板块由「B 服务供给」改为「B 服务供给」"));
  ASSERT_FALSE(list.empty());
}

TEST(RuleDiff, WhatCameAndWentSaysWhatItIsAndWhere) {
  auto list = changes(
      "boston-311", {{kService, "id: open_past_due\n        title: {zh: 逾期未办结, en: Open past",
                      "id: left_open\n        title: {zh: 逾期未办结, en: Left open past"}});
  EXPECT_EQ(
      changes_text(list, RuleLanguage::kEnglish),
      "standard \"Handling of service requests\" (service) › criterion \"Left open past the target "
      "date\" (left_open)\n  added: weight 20, full points up to 2%, none at 20% and above, "
      "in proportion between  [standards/service.yaml:143:9]\n"
      "standard \"Handling of service requests\" (service) › criterion \"Open past the target "
      "date\" (open_past_due)\n  removed (was: weight 20, full points up to 2%, none at 20% "
      "and above, in proportion between)  [standards/service.yaml:143:9]\n");
  ASSERT_EQ(list.size(), 2u);
  EXPECT_FALSE(list[0].old_place.has_value());
  EXPECT_FALSE(list[1].new_place.has_value());
}

TEST(RuleDiff, Targets) {
  PackFiles before = pack("jiangsu-2025");
  PackFiles after =
      pack("jiangsu-2025",
           {{"targets/t1.yaml", "above: 0.5", "at_least: 0.60"},
            {"targets/t1.yaml", "deadline: 2025-12-31", "deadline: 2026-01-31"},
            {"targets/t1.yaml", "requires: [document, confirmed]", "requires: [document]"},
            {"targets/t1.yaml", "where: {level: county}", "where: {level: county, tile_x: '1'}"}});
  after.erase("targets/t5b.yaml");
  before.erase("targets/t5a.yaml");
  after["targets/t1.yaml"].replace(after["targets/t1.yaml"].find(", tile_x: '1'"), 13, "");
  EXPECT_THAT(
      zh(changes(before, after)),
      ElementsAre("必备事项减少 confirmed", "目标值由 超过 50% 改为 不少于 60%",
                  "完成期限由 2025-12-31 改为 2026-01-31", "新增：不少于 10，2022-12-31 前完成",
                  "取消（原为：不少于 8，2022-12-31 前完成）"));
}

TEST(RuleDiff, EventTypesAndCalendar) {
  auto list =
      changes("jiangsu-2025",
              {{"events.yaml", "values: [onsite, phone, online, email, wechat, visit]",
                "values: [phone, onsite, online, email, visit, fax]"},
               {"events.yaml", "steps: [opened], required_in: [opened]}", "steps: [opened]}"},
               {"events.yaml", "      outcome:\n        kind: enum",
                "      minutes: {kind: count, title: {zh: 时长, en: Minutes}}\n"
                "      outcome:\n        kind: enum"},
               {"calendar.yaml", "    - 2021-01-01\n", "    - 2021-01-04\n"}});
  EXPECT_EQ(changes_text(list, RuleLanguage::kChinese),
            "事件类型「咨询」(consultation) › 字段「办结期限」(due)\n"
            "  必填环节减少 opened  [events.yaml:14:94]\n"
            "事件类型「咨询」(consultation) › 字段「渠道」(channel)\n"
            "  可选值增加 fax，减少 wechat  [events.yaml:20:17]\n"
            "事件类型「咨询」(consultation) › 字段「时长」(minutes)\n"
            "  新增  [events.yaml:62:16]\n"
            "工作日历\n"
            "  放假日增加 2021-01-04，减少 2021-01-01  [calendar.yaml:13:5]\n");
}

TEST(RuleDiff, TheOrderOfStepsMatters) {
  std::string opened = "      - {id: opened, title: {zh: 受理, en: Opened}}\n";
  std::string reply = "      - {id: first_reply, title: {zh: 首次答复, en: First reply}}\n";
  EXPECT_THAT(
      zh(changes("jiangsu-2025", {{"events.yaml", opened + reply, reply + opened}})),
      ElementsAre("环节顺序由 opened, first_reply, closed 改为 first_reply, opened, closed"));
}

TEST(RuleDiff, AnotherPackIsToldWhole) {
  auto list = changes(pack("boston-311"), pack("jiangsu-2025"));
  EXPECT_GT(list.size(), 30u);
  EXPECT_FALSE(changes_text(list, RuleLanguage::kChinese).empty());
}

TEST(RuleDiff, TheExampleOfThePage) {
  auto list = changes("boston-311", {{kService, "weight: 50", "weight: 45"},
                                     {kService, "weight: 30", "weight: 35"},
                                     {kService, "full: 0.9}", "full: 0.95}"}});
  std::string page = file_text(std::string(PLUMBLINE_SOURCE_DIR) + "/docs/formats/rule_tools.md");
  EXPECT_THAT(page, HasSubstr("--lang zh\n" + changes_text(list, RuleLanguage::kChinese)));
}

TEST(RuleDiff, Json) {
  auto list = changes("boston-311", {{kService, "weight: 50", "weight: 45"},
                                     {kService, "weight: 30", "weight: 35"}});
  EXPECT_EQ(Json(changes_json(list).as_array().front()).text(),
            R"({"after":"45","before":"50","change":"changed","key":"weight",)"
            R"("new":"standards/service.yaml:124:17","old":"standards/service.yaml:124:17",)"
            R"("text":{"en":"weight changed from 50 to 45","zh":"权重由 50 改为 45"},"where":[)"
            R"({"id":"service","kind":"standard","title":{"en":"Handling of service requests",)"
            R"("zh":"服务请求办理标准"}},{"id":"on_time","kind":"criterion","title":)"
            R"({"en":"On time","zh":"按期办结"}}]})");
}

}  // namespace
}  // namespace plumbline
