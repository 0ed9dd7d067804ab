// SPDX-License-Identifier: Apache-2.0
#include "evaluator/rule_diff_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "evaluator/expression_syntax.h"
#include "evaluator/tally.h"

namespace plumbline {
namespace {

struct Word {
  std::string_view key;
  const char* zh;
  const char* en;
};

constexpr std::array kParts = {Word{"standard", "标准", "standard"},
                               Word{"indicator", "统计项", "indicator"},
                               Word{"block", "板块", "block"},
                               Word{"criterion", "指标", "criterion"},
                               Word{"grade", "等次", "grade"},
                               Word{"condition", "等次条件", "condition on block"},
                               Word{"veto", "一票否决", "veto"},
                               Word{"cap", "等次上限", "cap"},
                               Word{"target", "目标", "target"},
                               Word{"type", "事件类型", "event type"},
                               Word{"step", "环节", "step"},
                               Word{"field", "字段", "field"},
                               Word{"level", "层级", "level"},
                               Word{"offset", "时区偏移", "offset"},
                               Word{"calendar", "工作日历", "calendar"},
                               Word{"pack", "规则包", "pack"}};

// The longest form that fits is taken: "cap/below" before "below".
constexpr std::array kKeys = {
    Word{"title.zh", "中文名称", "Chinese title"},
    Word{"title.en", "英文名称", "English title"},
    Word{"owner.zh", "责任单位（中文）", "owner in Chinese"},
    Word{"owner.en", "责任单位（英文）", "owner in English"},
    Word{"basis", "依据", "basis"},
    Word{"basis_kind", "依据类别", "kind of basis"},
    Word{"id", "编号", "id"},
    Word{"version", "版本", "version"},
    Word{"extends", "所依据的规则包", "base pack"},
    Word{"time_zone", "时区", "time zone"},
    Word{"as_of", "固定的统计时点", "fixed as-of"},
    Word{"max_future", "允许的时间超前", "allowed time ahead"},
    Word{"late_after.limit", "迟报时限", "limit for late reports"},
    Word{"late_after.basis", "迟报时限的依据", "basis of the limit for late reports"},
    Word{"late_after.basis_kind", "迟报时限的依据类别",
         "kind of basis of the limit for late reports"},
    Word{"late_after", "迟报时限", "limit for late reports"},
    Word{"back_dated_after.limit", "补录时限", "limit for entries made long after"},
    Word{"back_dated_after.basis", "补录时限的依据",
         "basis of the limit for entries made long after"},
    Word{"back_dated_after", "补录时限", "limit for entries made long after"},
    Word{"covers.from", "日历起始日", "first day of the calendar"},
    Word{"covers.until", "日历截止日", "last day of the calendar"},
    Word{"offset/offset", "偏移", "offset"},
    Word{"work_days.weekdays", "每周工作日", "work days of the week"},
    Word{"work_days.holidays", "放假日", "days off"},
    Word{"work_days.extra", "调休上班日", "days worked in lieu"},
    Word{"level", "评分层级", "scored level"},
    Word{"levels", "统计层级", "levels"},
    Word{"periods", "评价周期", "periods"},
    Word{"from", "施行日期", "first day"},
    Word{"until", "截止日期", "last day"},
    Word{"max_weight_without_data", "不评等次的数据缺失分值",
         "weight without data above which there is no grade"},
    Word{"case", "业务类型", "case type"},
    Word{"by", "分组字段", "groups by"},
    Word{"aggregate", "统计方式", "aggregate"},
    Word{"target/where", "条件", "condition"},
    Word{"where", "计入条件", "condition to count"},
    Word{"numerator", "符合要求的条件", "condition to comply"},
    Word{"value", "取值", "value"},
    Word{"dated_by", "归属日期", "date that decides the period"},
    Word{"quantile", "分位", "quantile"},
    Word{"bound", "置信区间端", "end of the interval"},
    Word{"unit", "单位", "unit"},
    Word{"min_sample", "最少件数", "least number of cases"},
    Word{"sources", "要求的数据来源", "demanded kinds of source"},
    Word{"window", "滚动窗口", "window"},
    Word{"window.days", "滚动窗口天数", "days of the window"},
    Word{"fallback", "数据不足时的窗口", "fallback"},
    Word{"fallback.days", "数据不足时的窗口天数", "days of the fallback"},
    Word{"sum", "相加的统计项", "indicators added"},
    Word{"ratio.of", "比值的分子", "numerator of the ratio"},
    Word{"ratio.over", "比值的分母", "denominator of the ratio"},
    Word{"block", "所属板块", "block"},
    Word{"indicator", "所用统计项", "indicator"},
    Word{"weight", "权重", "weight"},
    Word{"linear.zero", "零分线", "bound for no points"},
    Word{"linear.full", "满分线", "bound for full points"},
    Word{"norm.classes", "各类网点的标准值", "norms by class"},
    Word{"norm.otherwise", "其他网点的标准值", "norm of other outlets"},
    Word{"norm.basis", "标准值的依据", "basis of the norm"},
    Word{"norm.basis_kind", "标准值的依据类别", "kind of basis of the norm"},
    Word{"norm", "标准值", "norm"},
    Word{"scoring", "计分方法", "scoring"},
    Word{"met_at", "达标线", "bound to attain"},
    Word{"grade/min", "最低分数", "least score"},
    Word{"requires", "等次条件", "conditions"},
    Word{"condition/at_least", "最低得分", "least points"},
    Word{"finding", "问题代码", "code of the finding"},
    Word{"cap/grade", "最高等次", "best grade"},
    Word{"cap/below", "下限", "lower bound"},
    Word{"cap/above", "上限", "upper bound"},
    Word{"measure", "计量方式", "measure"},
    Word{"counts", "统计对象", "what is counted"},
    Word{"distinct", "去重方式", "counted once by"},
    Word{"target/requires", "必备事项", "what must be there"},
    Word{"dated", "以日期为准的事项", "dates that must have come"},
    Word{"units.where", "统计范围", "units"},
    Word{"units.where.level", "统计范围的层级", "level of the units"},
    Word{"goal", "目标值", "goal"},
    Word{"start", "起始日期", "start"},
    Word{"deadline", "完成期限", "deadline"},
    Word{"known_by", "数据认定截止日", "last day on record"},
    Word{"headline", "公布口径", "headline reading"},
    Word{"headline_document", "口径文件", "document of the reading"},
    Word{"steps", "环节", "steps"},
    Word{"final", "办结环节", "final step"},
    Word{"due", "办结期限字段", "field of the due instant"},
    Word{"kind", "类型", "kind"},
    Word{"values", "可选值", "values"},
    Word{"pattern", "格式", "pattern"},
    Word{"field/steps", "可填环节", "steps that may carry it"},
    Word{"required_in", "必填环节", "steps that must carry it"},
    Word{"order", "顺序", "order"}};

constexpr std::array kValues = {
    Word{"basis_kind/official", "正式文件", "official"},
    Word{"basis_kind/benchmark", "参照", "benchmark"},
    Word{"basis_kind/proposal", "建议", "proposal"},
    Word{"aggregate/count", "计件数", "count"},
    Word{"aggregate/sum", "求和", "sum"},
    Word{"aggregate/share", "占比", "share"},
    Word{"aggregate/mean", "平均", "mean"},
    Word{"aggregate/quantile", "分位数", "quantile"},
    Word{"aggregate/distinct", "不同取值个数", "number of different values"},
    Word{"periods/month", "月", "month"},
    Word{"periods/quarter", "季度", "quarter"},
    Word{"periods/year", "年", "year"},
    Word{"sources/agent", "网点", "the outlet"},
    Word{"sources/rating_page", "评价页面", "the rating page"},
    Word{"sources/inspector", "检查人员", "an inspector"},
    Word{"sources/feed", "外部数据源", "a feed"},
    Word{"bound/lower", "下限", "lower"},
    Word{"bound/upper", "上限", "upper"},
    Word{"measure/coverage", "覆盖率", "coverage"},
    Word{"measure/count", "数量", "count"},
    Word{"headline/strict", "严格口径", "strict"},
    Word{"headline/ever", "曾经达到", "ever"},
    Word{"headline/claimed", "含申报", "claimed"},
    Word{"final/true", "是", "yes"},
    Word{"final/false", "否", "no"}};

constexpr std::array<std::string_view, 4> kExpressions = {"where", "numerator", "value",
                                                          "dated_by"};
constexpr std::array<std::string_view, 4> kTexts = {"version", "pattern", "id", "finding"};
constexpr std::array<std::string_view, 2> kDurations = {"max_future", "limit"};

std::string_view last_part(std::string_view key) {
  std::size_t dot = key.rfind('.');
  return dot == std::string_view::npos ? key : key.substr(dot + 1);
}

bool is_one_of(std::string_view word, const auto& words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

const Word* find_word(const auto& words, std::string_view key) {
  auto found =
      std::find_if(words.begin(), words.end(), [&](const Word& word) { return word.key == key; });
  return found == words.end() ? nullptr : &*found;
}

std::string canonical_expression(const std::string& text) {
  std::optional<SyntaxError> error;
  std::vector<ExprToken> tokens = expression_tokens(text, error);
  if (error) return text;
  std::string out;
  for (const ExprToken& token : tokens) {
    if (token.kind == ExprToken::Kind::kEnd) break;
    std::string word = token.text;
    if (token.kind == ExprToken::Kind::kDecimal) {
      auto number = parse_decimal(word);
      if (number.ok()) word = format_decimal(*number);
    }
    out += fmt::format("{}:{} ", static_cast<int>(token.kind), word);
  }
  return out;
}

std::string canonical_scalar(std::string_view name, const YamlNode& value) {
  const std::string& text = value.scalar;
  if (is_one_of(name, kExpressions)) return canonical_expression(text);
  if (is_one_of(name, kTexts)) return text;
  if (is_one_of(name, kDurations)) {
    auto duration = parse_duration(text);
    return duration.ok() ? fmt::format("{} ms", duration->ms) : text;
  }
  if (value.quoted && name != "offset") return text;
  if (auto number = parse_decimal(text); number.ok()) return format_decimal_short(*number);
  if (auto at = parse_instant(text); at.ok()) return format_instant(*at);
  return text;
}

Title joined(const std::vector<Title>& items) {
  Title out;
  for (const Title& item : items) {
    out.zh += (out.zh.empty() ? "" : "、") + item.zh;
    out.en += (out.en.empty() ? "" : ", ") + item.en;
  }
  return out;
}

Title duration_words(const std::string& text) {
  if (text.empty()) return {};
  std::string number = text.substr(0, text.size() - 1);
  switch (text.back()) {
    case 's':
      return {number + " 秒", number + " s"};
    case 'm':
      return {number + " 分钟", number + " min"};
    case 'h':
      return {number + " 小时", number + " h"};
    default:
      return {number + " 天", number + " d"};
  }
}

// Texts of several words stand in quotes, so that one sees where they end.
bool wants_quotes(std::string_view key, const std::string& text) {
  std::string_view name = last_part(key);
  if (name == "zh" || name == "en" || name == "basis" || name == "pattern") return true;
  return is_one_of(name, kExpressions) || text.find(' ') != std::string::npos;
}

// Beside its own quotes a Chinese text wants no space.
std::string spaced(const std::string& zh) {
  return zh.starts_with("「") ? zh : fmt::format(" {} ", zh);
}

}  // namespace

Title changed_text(const Title& name, const Title& from, const Title& to) {
  std::string last = spaced(to.zh);
  if (last.ends_with(' ')) last.pop_back();
  return {fmt::format("{}由{}改为{}", name.zh, spaced(from.zh), last),
          fmt::format("{} changed from {} to {}", name.en, from.en, to.en)};
}

Title part_word(std::string_view kind) {
  const Word* word = find_word(kParts, kind);
  if (word != nullptr) return {word->zh, word->en};
  return {std::string(kind), std::string(kind)};
}

Title key_word(std::string_view kind, std::string_view key) {
  const Word* word = find_word(kKeys, fmt::format("{}/{}", kind, key));
  if (word == nullptr) word = find_word(kKeys, key);
  if (word != nullptr) return {word->zh, word->en};
  std::size_t dot = key.rfind('.');
  if (dot == std::string_view::npos) return {std::string(key), std::string(key)};
  Title outer = key_word(kind, key.substr(0, dot));
  std::string_view last = key.substr(dot + 1);
  return {fmt::format("{}（{}）", outer.zh, last), fmt::format("{} ({})", outer.en, last)};
}

Title value_words(std::string_view key, const YamlNode& value) {
  if (value.is_list()) {
    std::vector<Title> items;
    for (const YamlNode& item : value.items) items.push_back(value_words(key, item));
    return joined(items);
  }
  if (!value.is_scalar()) return {flow_text(value), flow_text(value)};
  std::string_view name = last_part(key);
  const std::string& text = value.scalar;
  const Word* word = find_word(kValues, fmt::format("{}/{}", name, text));
  if (word != nullptr) return {word->zh, word->en};
  if (is_one_of(name, kDurations) && parse_duration(text).ok()) return duration_words(text);
  if (wants_quotes(key, text)) return {fmt::format("「{}」", text), fmt::format("\"{}\"", text)};
  return {text, text};
}

std::string canonical(std::string_view key, const YamlNode& value) {
  std::vector<std::string> parts;
  switch (value.type) {
    case YamlNode::Type::kNull:
      return "~";
    case YamlNode::Type::kScalar:
      return canonical_scalar(last_part(key), value);
    case YamlNode::Type::kList:
      for (const YamlNode& item : value.items) parts.push_back(canonical(key, item));
      std::sort(parts.begin(), parts.end());
      return fmt::format("[{}]", fmt::join(parts, ", "));
    case YamlNode::Type::kMap:
      for (const auto& [name, item] : value.entries) {
        parts.push_back(fmt::format("{}: {}", name.scalar, canonical(name.scalar, item)));
      }
      std::sort(parts.begin(), parts.end());
      return fmt::format("{{{}}}", fmt::join(parts, ", "));
  }
  return "";
}

Title unit_text(const Unit& unit) {
  std::string id(unit_name(unit.id));
  const char* zh = unit.id == Unit::Id::kMinute ? "分钟"
                   : unit.id == Unit::Id::kHour ? "小时"
                   : unit.id == Unit::Id::kDay  ? "天"
                                                : "无单位";
  if (unit.id == Unit::Id::kNone) id = "no unit";
  return {fmt::format("{}、{} 位小数", zh, unit.decimals),
          fmt::format("{}, {} decimal{}", id, unit.decimals, unit.decimals == 1 ? "" : "s")};
}

std::string flow_text(const YamlNode& value) {
  std::vector<std::string> parts;
  switch (value.type) {
    case YamlNode::Type::kNull:
      return "~";
    case YamlNode::Type::kScalar:
      return value.scalar;
    case YamlNode::Type::kList:
      for (const YamlNode& item : value.items) parts.push_back(flow_text(item));
      return fmt::format("[{}]", fmt::join(parts, ", "));
    case YamlNode::Type::kMap:
      for (const auto& [name, item] : value.entries) {
        parts.push_back(fmt::format("{}: {}", name.scalar, flow_text(item)));
      }
      return fmt::format("{{{}}}", fmt::join(parts, ", "));
  }
  return "";
}

std::string_view default_of(std::string_view kind, std::string_view key) {
  if (kind == "standard" && key == "max_weight_without_data") return "40";
  if (kind == "indicator" && key == "min_sample") return "1";
  if (kind == "step" && key == "final") return "false";
  return "";
}

}  // namespace plumbline
