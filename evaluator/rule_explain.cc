// SPDX-License-Identifier: Apache-2.0
#include "evaluator/rule_explain.h"

#include <fmt/format.h>

#include <set>

#include "evaluator/expression_syntax.h"
#include "evaluator/expression_words.h"
#include "evaluator/rule_lookup.h"
#include "evaluator/rule_words.h"

namespace plumbline {
namespace {

class Explainer {
 public:
  Explainer(const RuleSet& rules, RuleLanguage language)
      : rules_(rules), zh_(language == RuleLanguage::kChinese) {}

  std::string standard(const Standard& of) {
    head("标准", "standard", of.title, of.id);
    line("适用", "applies", applies(of));
    for (const Block& block : of.blocks) {
      out_ += zh_ ? fmt::format("  板块「{}」\n", block.title.zh)
                  : fmt::format("  block \"{}\"\n", block.title.en);
      for (const Criterion& one : block.criteria) {
        const Indicator& indicator = of.indicators[one.indicator_index];
        std::string weight = format_decimal_short(one.weight);
        Title rule = criterion_text(one, indicator);
        out_ +=
            zh_ ? fmt::format("    「{}」({}) {} 分：{}\n", one.title.zh, one.id, weight, rule.zh)
                : fmt::format("    \"{}\" ({}), {} points: {}\n", one.title.en, one.id, weight,
                              rule.en);
      }
    }
    grades(of);
    limits(of);
    missing(of);
    return std::move(out_);
  }

  std::string criterion(const FoundCriterion& in) {
    head("指标", "criterion", in.criterion->title, in.criterion->id);
    line("所属", "part of",
         {fmt::format("标准「{}」，板块「{}」", in.standard->title.zh, in.block->title.zh),
          fmt::format("standard \"{}\", block \"{}\"", in.standard->title.en, in.block->title.en)});
    std::string weight = format_decimal_short(in.criterion->weight);
    line("权重", "weight", {weight + " 分", weight + " points"});
    line("计分", "points", criterion_text(*in.criterion, *in.indicator));
    line("达标", "attained", attained(in));
    figure(*in.indicator, *in.standard, 2);
    line("周期", "periods", applies(*in.standard));
    basis(in.criterion->basis);
    missing(*in.standard);
    return std::move(out_);
  }

  std::string target(const Target& of) {
    head("目标", "target", of.title, of.id);
    line("要求", "goal", goal_text(of));
    line("期限", "dates",
         {fmt::format("自 {} 起，{} 前完成", format_date(of.start), format_date(of.deadline)),
          fmt::format("from {}, to be reached by {}", format_date(of.start),
                      format_date(of.deadline))});
    if (of.known_by) {
      std::string day = format_date(*of.known_by);
      line("认定", "final statement",
           {day + " 之前登记的事实计入最终结果", "of what is on record by the end of " + day});
    }
    line("责任单位", "owner", of.owner);
    basis(of.basis);
    return std::move(out_);
  }

 private:
  void head(const char* zh, const char* en, const Title& title, const std::string& id) {
    out_ += zh_ ? fmt::format("{}「{}」({})\n", zh, title.zh, id)
                : fmt::format("{} \"{}\" ({})\n", en, title.en, id);
  }

  void line(const char* zh, const char* en, const Title& text, int indent = 2) {
    out_.append(static_cast<std::size_t>(indent), ' ');
    out_ += zh_ ? fmt::format("{}：{}\n", zh, text.zh) : fmt::format("{}: {}\n", en, text.en);
  }

  static Title applies(const Standard& of) {
    Title text{"自 " + format_date(of.from) + " 起", "from " + format_date(of.from)};
    if (of.until) {
      text.zh += "至 " + format_date(*of.until);
      text.en += " until " + format_date(*of.until);
    }
    for (Period::Unit unit : of.periods) {
      text.zh += unit == Period::Unit::kMonth ? "，按月" : "，按年";
      text.en += unit == Period::Unit::kMonth ? ", each month" : ", each year";
    }
    return text;
  }

  static Title attained(const FoundCriterion& in) {
    Title bound = bound_text(*in.indicator, in.criterion->met_at);
    if (in.criterion->higher_is_better) return {"达到 " + bound.zh, "from " + bound.en + " on"};
    return {"不超过 " + bound.zh, "up to " + bound.en};
  }

  // How the figure is made; of one over others each of its parts as well.
  void figure(const Indicator& of, const Standard& standard, int indent) {
    Title name = zh_ ? Title{fmt::format("「{}」({})", of.title.zh, of.id), ""}
                     : Title{"", fmt::format("\"{}\" ({})", of.title.en, of.id)};
    if (of.over != IndicatorOver::kCases) {
      Title text = indicator_over_text(of, standard);
      line("统计", "figure", {name.zh + "，" + text.zh, name.en + ", " + text.en}, indent);
      for (std::size_t part : of.parts) figure(standard.indicators[part], standard, indent + 2);
      return;
    }
    const TypeSpec& type = rules_.pack->events.types[of.type_index];
    Title text = indicator_text(of, type);
    line("统计", "figure", {name.zh + "，" + text.zh, name.en + ", " + text.en}, indent);
    expression("计入", "counted where", of.where, type, indent);
    expression("符合要求", "complies where", of.numerator, type, indent);
    expression("取值", "value", of.value, type, indent);
    expression("归属日期", "dated by", of.dated_by, type, indent);
    line("数据来源", "from the events", sources(of, type), indent);
  }

  void expression(const char* zh, const char* en, const std::optional<Expression>& of,
                  const TypeSpec& type, int indent) {
    if (of) line(zh, en, expression_words(of->text(), type), indent);
  }

  // The event types whose steps or fields the expressions read.
  static Title sources(const Indicator& of, const TypeSpec& type) {
    if (type.steps.empty())
      return {fmt::format("「{}」({})", type.title.zh, type.id),
              fmt::format("\"{}\" ({})", type.title.en, type.id)};
    std::set<std::string> words;
    for (const auto* one : {&of.where, &of.numerator, &of.value, &of.dated_by}) {
      std::optional<SyntaxError> error;
      if (!*one) continue;
      for (const ExprToken& token : expression_tokens((*one)->text(), error)) {
        if (token.kind == ExprToken::Kind::kName) words.insert(token.text);
      }
    }
    if (words.contains("overdue") && type.due_field) words.insert(*type.due_field);
    Title out;
    for (const StepSpec& step : type.steps) {
      bool used = words.contains(step.id) || (words.contains("overdue") && step.final);
      for (const FieldSpec& field : type.fields) {
        for (const std::string& carries : field.steps) {
          used = used || (carries == step.id && words.contains(field.name));
        }
      }
      if (!used) continue;
      out.zh += fmt::format("{}「{}」({}.{})", out.zh.empty() ? "" : "、", step.title.zh, type.id,
                            step.id);
      out.en += fmt::format("{}\"{}\" ({}.{})", out.en.empty() ? "" : ", ", step.title.en, type.id,
                            step.id);
    }
    return out;
  }

  void grades(const Standard& of) {
    for (const Grade& grade : of.grades) {
      std::string least = format_decimal_short(grade.min_score);
      Title text{fmt::format("「{}」{} 分及以上", grade.title.zh, least),
                 fmt::format("\"{}\" from {} points", grade.title.en, least)};
      for (const GradeCondition& condition : grade.conditions) {
        Title more = condition_text(condition, of.blocks[condition.block_index]);
        text.zh += "，且" + more.zh;
        text.en += " and " + more.en;
      }
      line("等次", "grade", text);
    }
  }

  void limits(const Standard& of) {
    for (const Veto& veto : of.vetoes) {
      line("一票否决", "veto",
           {fmt::format("{}（问题代码 {}）：等次为「{}」，得分不变", veto.title.zh, veto.finding,
                        of.grades.back().title.zh),
            fmt::format("{} (finding {}): the grade is \"{}\", the score stays", veto.title.en,
                        veto.finding, of.grades.back().title.en)});
    }
    for (const Cap& cap : of.caps) {
      Title text = cap_text(cap, of.indicators[cap.indicator_index], of.grades[cap.grade_index]);
      line("等次上限", "cap",
           {fmt::format("{}：{}", cap.title.zh, text.zh),
            fmt::format("{}: {}", cap.title.en, text.en)});
    }
  }

  void missing(const Standard& of) {
    std::string limit = format_decimal_short(of.max_weight_without_data);
    line("数据不足时", "without data",
         {fmt::format(
              "分值调整给同板块其他指标，整个板块都没有数据时调整给其他板块；此时不能评为「{}」；"
              "数据不足的指标合计超过 {} 分时不评等次",
              of.grades.front().title.zh, limit),
          fmt::format("the weight goes to the other criteria of the block, that of a block wholly "
                      "without data to the others; the grade is not \"{}\" then; there is none "
                      "where more than {} points have no data",
                      of.grades.front().title.en, limit)});
  }

  void basis(const Basis& of) {
    const char* zh = of.kind == BasisKind::kOfficial    ? "正式文件"
                     : of.kind == BasisKind::kBenchmark ? "参照"
                                                        : "建议";
    const char* en = of.kind == BasisKind::kOfficial    ? "official"
                     : of.kind == BasisKind::kBenchmark ? "benchmark"
                                                        : "proposal";
    line("依据", "basis",
         {fmt::format("{}（{}）", of.text, zh), fmt::format("{} ({})", of.text, en)});
  }

  const RuleSet& rules_;
  const bool zh_;
  std::string out_;
};

// Criteria of that name: with their standard's before it, or alone.
std::vector<FoundCriterion> criteria_named(const RuleSet& rules, const std::string& name) {
  std::vector<FoundCriterion> found;
  for (const Standard& standard : rules.standards) {
    for (const std::string& id :
         {name, name.starts_with(standard.id + "/") ? name.substr(standard.id.size() + 1)
                                                    : std::string()}) {
      FoundCriterion in = find_criterion(standard, id);
      if (in.criterion != nullptr) found.push_back(in);
    }
  }
  return found;
}

Error not_found(const RuleSet& rules, const std::string& name) {
  std::vector<std::string> known;
  for (const Target& target : rules.targets) known.push_back(target.id);
  for (const Standard& standard : rules.standards) {
    known.push_back(standard.id);
    for (const Block& block : standard.blocks) {
      for (const Criterion& one : block.criteria) known.push_back(one.id);
    }
  }
  std::string near = did_you_mean(name, known);
  return Error(Code::kNotFound,
               fmt::format("the pack has no standard, criterion or target \"{}\"{}", name,
                           near.empty() ? "" : fmt::format(" (did you mean \"{}\"?)", near)));
}

}  // namespace

Result<std::string> explain_rule(const RuleSet& rules, const std::string& name,
                                 RuleLanguage language) {
  Explainer explainer(rules, language);
  if (const Standard* standard = find_standard(rules, name)) return explainer.standard(*standard);
  if (const Target* target = find_target(rules, name)) return explainer.target(*target);
  std::vector<FoundCriterion> found = criteria_named(rules, name);
  if (found.empty()) return not_found(rules, name);
  if (found.size() == 1) return explainer.criterion(found.front());
  std::string ways;
  for (const FoundCriterion& in : found) {
    ways += (ways.empty() ? "" : ", ") + in.standard->id + "/" + in.criterion->id;
  }
  return Error(Code::kInvalid, fmt::format("several criteria are called \"{}\": {}", name, ways));
}

}  // namespace plumbline
