// SPDX-License-Identifier: Apache-2.0
#include "evaluator/improvement_words.h"

#include <fmt/format.h>

#include "evaluator/rule_words.h"

namespace plumbline {
namespace {

std::string points_text(Decimal points) {
  return format_decimal(points, 2);
}

const char* case_word(std::int64_t cases) {
  return cases == 1 ? "case" : "cases";
}

// What each of the cases that are asked for must be, after "n more cases": "that comply".
Title kind_text(const Indicator& indicator, const Aim& aim, std::int64_t cases) {
  switch (indicator.aggregate) {
    case Aggregate::kShare:
      if (!aim.rising) return {"没有此情形的", " without this"};
      return {"符合要求的", cases == 1 ? " that complies" : " that comply"};
    case Aggregate::kDistinct:
      return {"取值不重复且未曾出现的", cases == 1 ? " with a value that was not there"
                                                   : ", each with a value that was not there"};
    case Aggregate::kQuantile: {
      Title bound = bound_text(indicator, aim.bound);
      return {fmt::format("{} {} 的", aim.rising ? "不低于" : "不超过", bound.zh),
              fmt::format(" of {} {}", aim.rising ? "at least" : "at most", bound.en)};
    }
    default:
      return {};
  }
}

Title additional_text(const Indicator& indicator, const Aim& aim, std::int64_t cases) {
  Title kind = kind_text(indicator, aim, cases);
  return {fmt::format("再有 {} 件{}", cases, kind.zh),
          fmt::format("{} more {}{}", cases, case_word(cases), kind.en)};
}

Title closing_text(const Move& move, std::int64_t cases) {
  return {fmt::format("办结 {} 件对它不利的在办件（现有 {} 件）", cases, move.open),
          fmt::format("close {} of the {} open {} that {} against it", cases, move.open,
                      case_word(move.open), move.open == 1 ? "stands" : "stand")};
}

// Of a sum or a ratio the cases are those of one of its parts.
Title of_part(const Indicator& indicator, const Aim& aim, const Move& move, const Title& text) {
  if (move.indicator == aim.indicator) return text;
  return {fmt::format("「{}」{}", indicator.title.zh, text.zh),
          fmt::format("\"{}\": {}", indicator.title.en, text.en)};
}

Title veto_text(const Veto& veto) {
  return {fmt::format("一票否决「{}」生效：在它销号以前，增加多少件都不能改变等次", veto.title.zh),
          fmt::format("the veto \"{}\" stands: until it is lifted no number of cases changes the "
                      "grade",
                      veto.title.en)};
}

Title missing_text(const Standard& standard, const Improvement& improvement) {
  const Decimal weight = improvement.now.card.weight_without_data;
  std::string points = points_text(weight);
  const Decimal exempt = improvement.now.card.weight_exempt;
  if (exempt.units > 0 && Decimal{weight.units + exempt.units} > standard.max_weight_without_data) {
    return {
        fmt::format("{} 分免考核，{} 分没有数据，合计超过 {} 分不评等次", points_text(exempt),
                    points, points_text(standard.max_weight_without_data)),
        fmt::format("{} points are exempt and {} have no data; over {} together there is no "
                    "grade",
                    points_text(exempt), points, points_text(standard.max_weight_without_data))};
  }
  if (weight > standard.max_weight_without_data) {
    std::string most = points_text(standard.max_weight_without_data);
    return {
        fmt::format("{} 分的指标没有数据，超过 {} 分不评等次", points, most),
        fmt::format("criteria of {} points have no data; over {} there is no grade", points, most)};
  }
  return {
      fmt::format("{} 分的指标没有数据，不能评最高等次", points),
      fmt::format("criteria of {} points have no data, which rules the highest grade out", points)};
}

Title short_text(const Grade& grade, Decimal score) {
  Decimal missing{grade.min_score.units - score.units};
  return {fmt::format("距「{}」（{} 分起）还差 {} 分", grade.title.zh, points_text(grade.min_score),
                      points_text(missing)),
          fmt::format("{} points short of {} (from {})", points_text(missing), grade.title.en,
                      points_text(grade.min_score))};
}

}  // namespace

Aim aim_of_criterion(const Standard& standard, std::size_t block, std::size_t criterion) {
  const Criterion& of = standard.blocks[block].criteria[criterion];
  return {of.indicator_index, of.higher_is_better, of.met_at, block, criterion};
}

Aim aim_of_cap(const Standard& standard, std::size_t cap) {
  const Cap& of = standard.caps[cap];
  Aim aim{of.indicator_index, of.below.has_value(), of.below ? *of.below : *of.above};
  aim.cap = cap;
  return aim;
}

Title deed_text(const Standard& standard, const Aim& aim, const Move& move, std::int64_t cases) {
  const Indicator& indicator = standard.indicators[move.indicator];
  Title text = move.way == Way::kAdditional ? additional_text(indicator, aim, cases)
                                            : closing_text(move, cases);
  if (move.way == Way::kAdditional && move.open > 0) {
    text.zh += fmt::format("（现有 {} 件在办，如现在办结即是）", move.open);
    text.en += fmt::format(" ({} open now would do if closed now)", move.open);
  }
  return of_part(indicator, aim, move, text);
}

Title way_text(const Standard& standard, const Aim& aim, const Move& move) {
  const Indicator& indicator = standard.indicators[move.indicator];
  Title text = {fmt::format("办结对它不利的在办件（现有 {} 件）", move.open),
                fmt::format("closing open cases that stand against it ({} now)", move.open)};
  if (move.way == Way::kAdditional) {
    Title kind = kind_text(indicator, aim, 2);
    text = {kind.zh.empty() ? "增加件数" : fmt::format("增加{}件", kind.zh),
            fmt::format("more cases{}", kind.en)};
    if (move.open > 0) {
      text.zh += fmt::format("（{} 件在办，如现在办结即是）", move.open);
      text.en += fmt::format(" ({} open now would do if closed now)", move.open);
    }
  }
  return of_part(indicator, aim, move, text);
}

Title reach_text(const Reach& reach) {
  switch (reach.kind) {
    case Reach::Kind::kAlready:
      return {"已达到", "already"};
    case Reach::Kind::kCases:
      return {fmt::format("{} 件", reach.cases),
              fmt::format("{} {}", reach.cases, case_word(reach.cases))};
    case Reach::Kind::kTooLate:
      return {fmt::format("原需 {} 件", reach.cases),
              fmt::format("would have taken {}", reach.cases)};
    case Reach::Kind::kNotReachable:
      return {"本期不可及", "not reachable this period"};
  }
  return {};
}

Title outcome_text(const Standard& standard, std::optional<Decimal> score,
                   std::optional<std::size_t> grade) {
  Title text = {"没有得分", "no score"};
  if (score) text = {points_text(*score) + " 分", points_text(*score) + " points"};
  if (!grade) return {text.zh + "，无等次", text.en + ", no grade"};
  const Title& title = standard.grades[*grade].title;
  return {fmt::format("{}，等次「{}」", text.zh, title.zh),
          fmt::format("{}, grade {}", text.en, title.en)};
}

Title next_grade_text(const Standard& standard, const Improvement& improvement) {
  if (!improvement.next_grade) return {};
  if (!improvement.now.grade) return {"评出等次", "A grade"};
  const Title& next = standard.grades[*improvement.next_grade].title;
  return {fmt::format("升到「{}」", next.zh), fmt::format("To {}", next.en)};
}

std::vector<Title> held_texts(const Standard& standard, const Improvement& improvement) {
  std::vector<Title> texts;
  if (!improvement.next_grade) return texts;
  for (std::size_t veto : improvement.held.vetoes)
    texts.push_back(veto_text(standard.vetoes[veto]));
  for (std::size_t c : improvement.held.caps) {
    const Cap& cap = standard.caps[c];
    Title rule =
        cap_text(cap, standard.indicators[cap.indicator_index], standard.grades[cap.grade_index]);
    texts.push_back({fmt::format("等次上限「{}」生效：{}", cap.title.zh, rule.zh),
                     fmt::format("the cap \"{}\" acts: {}", cap.title.en, rule.en)});
  }
  const Grade& next = standard.grades[*improvement.next_grade];
  for (std::size_t c : improvement.conditions) {
    const GradeCondition& condition = next.conditions[c];
    const auto& points = improvement.now.card.conditions[*improvement.next_grade][c].points;
    Title asks = condition_text(condition, standard.blocks[condition.block_index]);
    std::string now = points ? points_text(*points) : "—";
    texts.push_back({fmt::format("「{}」还要求{}，现为 {} 分", next.title.zh, asks.zh, now),
                     fmt::format("{} also asks for {}; now {}", next.title.en, asks.en, now)});
  }
  if (improvement.held_by_missing_data) texts.push_back(missing_text(standard, improvement));
  const std::optional<Decimal>& score = improvement.now.card.score;
  if (score && *score < next.min_score) texts.push_back(short_text(next, *score));
  return texts;
}

}  // namespace plumbline
