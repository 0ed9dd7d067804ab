// SPDX-License-Identifier: Apache-2.0
#include "dashboards/portal/words.h"

#include <fmt/format.h>

#include <initializer_list>

namespace plumbline::words {
namespace {

struct Entry {
  const char* id;
  const char* zh;
  const char* en;
};

// An id that has no words stands for itself: it comes from a rule pack or a newer program.
Text find(std::initializer_list<Entry> entries, std::string_view id) {
  for (const Entry& entry : entries) {
    if (id == entry.id) return {entry.zh, entry.en};
  }
  return {std::string(id), std::string(id)};
}

}  // namespace

Json Text::json() const {
  return Json::object().set("zh", zh).set("en", en);
}

Json name_json(const std::string& zh, const std::string& en) {
  return Text{zh.empty() ? en : zh, en.empty() ? zh : en}.json();
}

Text text_of(const Json* title, const std::string& otherwise) {
  Text text{otherwise, otherwise};
  if (title == nullptr || !title->is_object()) return text;
  if (auto zh = title->string_at("zh"); zh.ok()) text.zh = *zh;
  if (auto en = title->string_at("en"); en.ok()) text.en = *en;
  return text;
}

Text verdict(std::string_view id) {
  return find({{"met", "达标", "attained"},
               {"not_met", "未达标", "not attained"},
               {"insufficient_data", "数据不足", "insufficient data"},
               {"not_reported", "未报送", "not reported"},
               {"not_applicable", "不适用", "not applicable"}},
              id);
}

Text result_verdict(std::string_view id) {
  if (id == "met") return {"各项指标均达标", "every criterion attained"};
  if (id == "not_met") return {"有指标未达标", "some criteria not attained"};
  return verdict(id);
}

Text basis_kind(std::string_view id) {
  return find({{"official", "正式依据", "official"},
               {"benchmark", "外部参照", "benchmark"},
               {"proposal", "建议值", "proposal"}},
              id);
}

Text reading(std::string_view id) {
  return find({{"strict", "严格口径", "strict on the date"},
               {"ever", "曾认定口径", "ever recognised"},
               {"claimed", "含申报口径", "claimed included"}},
              id);
}

Text status(std::string_view id) {
  return find({{"provincial_outlet", "省级网点", "provincial outlet"},
               {"national_outlet", "国家级网点", "national outlet"},
               {"tisc", "技术与创新支持中心（TISC）", "TISC"},
               {"university_centre", "高校国家知识产权信息服务中心", "university centre"}},
              id);
}

Text set_aside_rule(std::string_view id) {
  return find({{"unknown_type", "未知的业务类型", "unknown type"},
               {"unknown_field", "未知的字段", "unknown field"},
               {"wrong_kind", "字段类型不符", "field of the wrong kind"},
               {"field_not_of_step", "字段不属于该环节", "field of another step"},
               {"missing_field", "缺少必填字段", "missing field"},
               {"not_in_enum", "取值不在选项内", "value not in the list"},
               {"pattern", "格式不符", "wrong form"},
               {"too_long", "内容过长", "too long"},
               {"empty", "内容为空", "empty"},
               {"not_text", "不是有效文本", "not text"},
               {"bad_subject", "业务编号不符合要求", "unusable subject"},
               {"personal_data", "含有个人信息", "personal data"},
               {"negative", "取值为负", "negative"},
               {"out_of_range", "取值超出范围", "out of range"},
               {"repeated_field", "字段重复", "repeated field"},
               {"future", "时间晚于接收时间", "dated in the future"},
               {"undecodable", "数据无法解读", "unreadable content"},
               {"withdrawn", "内容已撤回", "content withdrawn"},
               {"unknown_target", "更正或作废的对象不存在", "amends an unknown event"},
               {"other_stream", "更正或作废他人报送的数据", "amends another source's event"},
               {"too_many_amendments", "更正或作废次数过多", "too many amendments of a case"}},
              id);
}

Text time_flag(std::string_view id) {
  return find({{"late", "迟报", "late"}, {"back_dated", "补录", "entered long after"}}, id);
}

Text excluded_reason(std::string_view id) {
  return find({{"unknown_place", "所在区划未知", "its place is not known"},
               {"place_not_valid", "所在区划当日不存在", "its place was no division on the day"},
               {"other_level", "所在区划级别不符", "its place is of another level"},
               {"not_a_unit", "所在区划不在统计范围内", "its place is not counted"},
               {"missing_attribute", "缺少统计所需信息", "what is counted is missing"}},
              id);
}

Text fact_kind(std::string_view id) {
  return find({{"division", "行政区划", "division"},
               {"document", "文件", "document"},
               {"institution", "公共服务机构", "institution"},
               {"status", "网点资格", "status"},
               {"product", "公共服务产品", "product"},
               {"finding", "问题", "finding"},
               {"exemption", "免考核", "exemption"},
               {"class", "网点类别", "class of an outlet"},
               {"norm", "标准值", "norm"}},
              id);
}

Text demo_name(std::string_view role) {
  return find({{"province", "省局演示账号", "Province (demonstration)"},
               {"city", "市局演示账号", "City (demonstration)"},
               {"county", "县（市、区）演示账号", "County (demonstration)"},
               {"outlet", "网点演示账号", "Outlet (demonstration)"},
               {"auditor", "审计演示账号", "Auditor (demonstration)"},
               {"operator", "运维演示账号", "Operator (demonstration)"}},
              role);
}

Text not_graded() {
  return {"未评定等次", "not graded"};
}

Text no_report() {
  return {"本期未报送，因此不评定等次。",
          "Nothing was reported in this period, so there is no grade."};
}

Text no_grade_for_lack_of_data(const std::string& weight) {
  return {fmt::format("{} 分的指标数据不足，因此不评定等次。", weight),
          fmt::format("Criteria worth {} points have insufficient data, so there is no grade.",
                      weight)};
}

Text no_grade_for_little_measured(const std::string& score, const std::string& exempt,
                                  const std::string& without) {
  return {fmt::format("得分 {}；{} 分免考核，{} 分数据不足，所余分值过少，因此不评定等次。", score,
                      exempt, without),
          fmt::format("Score {}; {} points are exempt and {} without data: too little is left for "
                      "a grade.",
                      score, exempt, without)};
}

Text all_exempt() {
  return {"全部指标免考核，因此不评分、不评定等次。",
          "Every criterion is exempt, so there is no score and no grade."};
}

Text exempt(const std::string& from, const std::string& until, const std::string& reason,
            const std::string& owner) {
  return {fmt::format("{} 至 {} 免考核：{}（负责人：{}）", from, until, reason, owner),
          fmt::format("Exempt from {} to {}: {} (owner: {})", from, until, reason, owner)};
}

Text left_out(std::int64_t cases) {
  return {fmt::format("另有 {} 件因来源不符未计入", cases),
          fmt::format("{} more left out: not reported by the demanded source", cases)};
}

Text norm_taken(const std::string& value, const std::string& of_class, const std::string& fact) {
  const std::string zh = fact.empty() ? "规则所列" : "已公布（" + fact + "）";
  const std::string en = fact.empty() ? "as the rules say" : "as published (" + fact + ")";
  if (of_class.empty()) {
    return {fmt::format("标准值 {}：未定类别，{}", value, zh),
            fmt::format("Norm {}: of no class, {}", value, en)};
  }
  return {fmt::format("标准值 {}：类别 {}，{}", value, of_class, zh),
          fmt::format("Norm {}: class {}, {}", value, of_class, en)};
}

Text over_days(std::int64_t days) {
  return {fmt::format("按近 {} 天的数据计算", days),
          fmt::format("Computed over the last {} days", days)};
}

Text vetoed(const Text& veto, const std::string& since, const Text& grade) {
  return {fmt::format("一票否决（{}，自 {} 起）：得分保留，等次为{}。", veto.zh, since, grade.zh),
          fmt::format("Veto ({}, since {}): the score is kept, the grade is {}.", veto.en, since,
                      grade.en)};
}

Text capped(const Text& cap, const Text& by_score, const Text& grade) {
  return {fmt::format("按得分为{}，因等次上限（{}）评定为{}。", by_score.zh, cap.zh, grade.zh),
          fmt::format("The score reaches {}; the cap ({}) limits the grade to {}.", by_score.en,
                      cap.en, grade.en)};
}

Text held_down(const Text& by_score, const Text& block, const std::string& points,
               const std::string& least, const Text& grade) {
  return {fmt::format("按得分为{}，因{}得 {} 分、不足 {} 分，评定为{}。", by_score.zh, block.zh,
                      points, least, grade.zh),
          fmt::format("The score reaches {}; {} has {} of the {} points that it requires, so the "
                      "grade is {}.",
                      by_score.en, block.en, points, least, grade.en)};
}

Text limited(const std::string& score, const Text& grade, const std::string& weight) {
  return {fmt::format("得分 {}；有 {} 分权重因数据不足重新分配，等次最高为{}。", score, weight,
                      grade.zh),
          fmt::format("Score {}; {} points of weight were redistributed for insufficient data, so "
                      "the grade is at best {}.",
                      score, weight, grade.en)};
}

Text graded(const std::string& score, const Text& grade, const std::string& least) {
  return {fmt::format("得分 {}，达到{}（{} 分及以上）。", score, grade.zh, least),
          fmt::format("Score {}: {} ({} points or more).", score, grade.en, least)};
}

Text scored_without_grades(const std::string& score) {
  return {fmt::format("得分 {}，未评定等次。", score), fmt::format("Score {}; no grade.", score)};
}

Text not_computed() {
  return {"得分无法精确计算，因此不评定等次。",
          "The score could not be computed exactly, so there is no grade."};
}

Text attention_veto(const Text& veto) {
  return {"一票否决：" + veto.zh, "Veto: " + veto.en};
}

Text attention_cap(const Text& cap) {
  return {"等次上限：" + cap.zh, "Cap: " + cap.en};
}

Text attention_not_reported() {
  return {"本期未报送", "Nothing reported in this period"};
}

Text attention_set_aside(std::uint64_t count) {
  return {fmt::format("{} 条报送不符合规则，未计入", count),
          fmt::format("{} reported events do not fit the rules and are not counted", count)};
}

Text attention_insufficient(const std::string& weight) {
  return {fmt::format("数据不足：{} 分的指标无法评定", weight),
          fmt::format("Insufficient data: criteria worth {} points cannot be judged", weight)};
}

Text change(Change change, const Text& kind, const Text& name, const std::string& place) {
  const char* zh = change == Change::kNew ? "新增" : change == Change::kCorrected ? "更正" : "撤回";
  const char* en = change == Change::kNew         ? "recorded"
                   : change == Change::kCorrected ? "corrected"
                                                  : "withdrawn";
  const std::string at = place.empty() ? "" : fmt::format("（{}）", place);
  return {fmt::format("{}{}：{}{}", zh, kind.zh, name.zh, at),
          fmt::format("{} {}: {}", kind.en, en, name.en)};
}

Text condition(const Text& grade, const Text& block, const std::string& points,
               const std::string& least) {
  return {fmt::format("{}要求{}不低于 {} 分，得 {} 分", grade.zh, block.zh, least, points),
          fmt::format("{} requires {} points or more in {}; it has {}", grade.en, least, block.en,
                      points)};
}

Text cap_acts(const Text& cap, const std::string& figure, const Text& grade) {
  return {fmt::format("{}：{}，等次最高为{}", cap.zh, figure, grade.zh),
          fmt::format("{}: {}, so the grade is at best {}", cap.en, figure, grade.en)};
}

}  // namespace plumbline::words
