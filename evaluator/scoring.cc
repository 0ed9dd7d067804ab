// SPDX-License-Identifier: Apache-2.0
#include "evaluator/scoring.h"

#include <algorithm>
#include <numeric>

#include "base/check.h"

namespace plumbline {
namespace {

constexpr std::int64_t kCent = Decimal::kOne / 100;

using Figures = ByCriterion<std::optional<Fraction>>;

// The part of `weight` that a share of `numerator` / `denominator` earns, in whole cents.
Result<Decimal> part_of(Decimal weight, Wide numerator, Wide denominator) {
  Fraction share = reduced({numerator, denominator});
  ASSIGN_OR_RETURN(Wide above, wide_multiply(share.numerator, weight.units));
  ASSIGN_OR_RETURN(Wide below, wide_multiply(share.denominator, kCent));
  return Decimal{static_cast<std::int64_t>(divide_half_away(above, below)) * kCent};
}

// (figure - zero) / (full - zero), held within 0..1. Exact: every term is scaled by 10^6 and the
// figure's denominator, and both sides are turned where full < zero.
Result<Decimal> linear_points(const Criterion::Linear& linear, const Fraction& figure,
                              Decimal weight) {
  Fraction small = reduced(figure);
  ASSIGN_OR_RETURN(Wide scaled, wide_multiply(small.numerator, Decimal::kOne));
  ASSIGN_OR_RETURN(Wide offset, wide_multiply(small.denominator, linear.zero.units));
  ASSIGN_OR_RETURN(Wide reached, wide_subtract(scaled, offset));
  ASSIGN_OR_RETURN(Wide range,
                   wide_multiply(small.denominator, Wide{linear.full.units} - linear.zero.units));
  CHECK(range != 0, "a linear criterion has two different ends");
  if (range < 0) {
    reached = -reached;
    range = -range;
  }
  if (reached <= 0) return part_of(weight, 0, 1);
  if (reached >= range) return part_of(weight, 1, 1);
  return part_of(weight, reached, range);
}

// The criterion with a number in place of its norm.
Criterion with_norm(const Criterion& criterion, Decimal value) {
  Criterion out;
  out.id = criterion.id;
  out.linear = Criterion::Linear{criterion.linear->zero, value};
  out.met_at = value;
  out.higher_is_better = value > criterion.linear->zero;
  return out;
}

Result<bool> is_met(const Criterion& criterion, const Fraction& figure) {
  ASSIGN_OR_RETURN(std::strong_ordering order, compare(figure, criterion.met_at));
  return criterion.higher_is_better ? order >= 0 : order <= 0;
}

// Gives the weight of criteria without data and of those that are exempt to the others: within the
// block first, then the weight of blocks wholly without points over all others. Figures of what is
// exempt are not there.
void redistribute(const Standard& standard, const Figures& figures, ScoreCard& card) {
  std::vector<Decimal> used;  // of every criterion, in file order
  std::vector<CriterionLine*> lines;
  Decimal homeless;
  for (std::size_t b = 0; b < standard.blocks.size(); ++b) {
    std::vector<Decimal> present;
    Decimal missing;
    for (std::size_t c = 0; c < standard.blocks[b].criteria.size(); ++c) {
      Decimal weight = standard.blocks[b].criteria[c].weight;
      bool has_data = figures[b][c].has_value();
      present.push_back(has_data ? weight : Decimal{});
      if (!has_data) missing.units += weight.units;
    }
    bool block_has_data = std::any_of(present.begin(), present.end(),
                                      [](Decimal weight) { return weight.units > 0; });
    if (!block_has_data) homeless.units += missing.units;
    std::vector<Decimal> more =
        block_has_data ? split_by_weight(missing, present) : std::vector<Decimal>(present.size());
    for (std::size_t c = 0; c < present.size(); ++c) {
      used.push_back({present[c].units + more[c].units});
      lines.push_back(&card.blocks[b][c]);
    }
  }
  bool any_data = std::any_of(used.begin(), used.end(), [](Decimal w) { return w.units > 0; });
  std::vector<Decimal> more =
      any_data ? split_by_weight(homeless, used) : std::vector<Decimal>(used.size());
  for (std::size_t i = 0; i < lines.size(); ++i) {
    lines[i]->weight_used = {used[i].units + more[i].units};
  }
}

bool is_exempt(const CriterionLine& line) {
  return line.verdict == Verdict::kNotApplicable;
}

// Marks what is exempt, and weighs what is exempt and what has no data for another reason.
void weigh(const Standard& standard, const Figures& figures, const ByCriterion<bool>& exempt,
           ScoreCard& card) {
  for (std::size_t b = 0; b < card.blocks.size(); ++b) {
    for (std::size_t c = 0; c < card.blocks[b].size(); ++c) {
      Decimal weight = standard.blocks[b].criteria[c].weight;
      if (!exempt.empty() && exempt[b][c]) {
        card.blocks[b][c].verdict = Verdict::kNotApplicable;
        card.weight_exempt.units += weight.units;
      } else if (!figures[b][c]) {
        card.weight_without_data.units += weight.units;
      }
    }
  }
}

void grade(const Standard& standard, ScoreCard& card) {
  // A grade says little where little was measured, for whatever reason.
  Decimal unmeasured{card.weight_without_data.units + card.weight_exempt.units};
  if (!card.score || unmeasured > standard.max_weight_without_data) return;
  for (std::size_t g = 0; g < standard.grades.size(); ++g) {
    if (*card.score < standard.grades[g].min_score) continue;
    card.grade = g;
    break;
  }
  if (card.grade == std::size_t{0} && card.weight_without_data.units > 0) {
    card.grade_limited = true;
    card.grade.reset();
    if (standard.grades.size() > 1) card.grade = 1;
  }
}

// The block's points as they are where it weighs what the standard gives it: weight of other blocks
// that went to it takes its points along in proportion, rounded to 0.01.
std::optional<Decimal> points_of_block(const Block& block,
                                       const std::vector<CriterionLine>& lines) {
  Wide points = 0;
  Wide weight = 0;
  Wide used = 0;
  for (std::size_t c = 0; c < lines.size(); ++c) {
    points += lines[c].points.value_or(Decimal{}).units;
    weight += block.criteria[c].weight.units;
    used += lines[c].weight_used.units;
  }
  if (used == 0) return std::nullopt;
  // At most 10^8 units each: the product is far from 128 bits.
  return Decimal{static_cast<std::int64_t>(divide_half_away(points * weight, used * kCent)) *
                 kCent};
}

ConditionLines conditions_of(const Standard& standard, const ScoreCard& card) {
  ConditionLines lines;
  for (const Grade& grade : standard.grades) {
    lines.emplace_back();
    for (const GradeCondition& condition : grade.conditions) {
      std::size_t b = condition.block_index;
      std::optional<Decimal> points = points_of_block(standard.blocks[b], card.blocks[b]);
      bool all_exempt = std::all_of(card.blocks[b].begin(), card.blocks[b].end(), is_exempt);
      lines.back().push_back({points, all_exempt || (points && *points >= condition.at_least)});
    }
  }
  return lines;
}

bool all_hold(const std::vector<ConditionLine>& lines) {
  return std::all_of(lines.begin(), lines.end(), [](const ConditionLine& l) { return l.holds; });
}

Verdict verdict_of(const Standard& standard, const ScoreCard& card) {
  if (!card.score && card.weight_without_data == Decimal{}) return Verdict::kNotApplicable;
  if (card.weight_without_data > standard.max_weight_without_data || !card.score) {
    return Verdict::kInsufficientData;
  }
  bool not_met = false;
  bool insufficient = false;
  for (const auto& block : card.blocks) {
    for (const CriterionLine& line : block) {
      not_met = not_met || line.verdict == Verdict::kNotMet;
      insufficient = insufficient || line.verdict == Verdict::kInsufficientData;
    }
  }
  if (not_met) return Verdict::kNotMet;
  return insufficient ? Verdict::kInsufficientData : Verdict::kMet;
}

}  // namespace

std::vector<Decimal> split_by_weight(Decimal amount, const std::vector<Decimal>& weights) {
  Wide total = 0;
  for (Decimal weight : weights) total += weight.units;
  CHECK(total > 0, "weight is split over at least one criterion with weight");
  std::int64_t cents = amount.units / kCent;
  std::vector<Decimal> parts(weights.size());
  std::vector<Wide> remainders(weights.size());
  std::int64_t left = cents;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    Wide share = Wide{cents} * weights[i].units;
    auto whole = static_cast<std::int64_t>(share / total);
    parts[i] = {whole * kCent};
    remainders[i] = share % total;
    left -= whole;
  }
  std::vector<std::size_t> order(weights.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return remainders[a] > remainders[b]; });
  for (std::size_t i = 0; left > 0; ++i, --left) parts[order[i]].units += kCent;
  // The first in order may have no weight when every share came out whole.
  auto first =
      std::find_if(order.begin(), order.end(), [&](std::size_t i) { return weights[i].units > 0; });
  parts[*first].units += amount.units % kCent;
  return parts;
}

Result<Decimal> points_of(const Criterion& criterion, const Fraction& figure, Decimal weight) {
  if (criterion.linear) return linear_points(*criterion.linear, figure, weight);
  for (const Band& band : criterion.bands) {
    if (band.up_to) {
      ASSIGN_OR_RETURN(std::strong_ordering order, compare(figure, *band.up_to));
      if (order > 0) continue;
    }
    return part_of(weight, band.share.units, Decimal::kOne);
  }
  return Error(Code::kInvalid, "criterion " + criterion.id + " has no band for its figure");
}

std::optional<std::size_t> limited_grade(const Standard& standard, const GradeLimits& limits,
                                         std::optional<std::size_t> by_score,
                                         const ConditionLines& conditions) {
  if (!limits.vetoes.empty() && !standard.grades.empty()) return standard.grades.size() - 1;
  if (!by_score) return std::nullopt;
  std::size_t grade = *by_score;
  for (std::size_t cap : limits.caps) grade = std::max(grade, standard.caps[cap].grade_index);
  while (grade < conditions.size() && !all_hold(conditions[grade])) ++grade;
  CHECK(grade < standard.grades.size(), "the last grade has no condition");
  return grade;
}

Result<bool> cap_acts(const Cap& cap, const Fraction& figure) {
  ASSIGN_OR_RETURN(std::strong_ordering order,
                   compare(figure, cap.below ? *cap.below : *cap.above));
  return cap.below ? order < 0 : order > 0;
}

Result<ScoreCard> score_unit(const Standard& standard, const Figures& given, bool reported,
                             const ByCriterion<bool>& exempt,
                             const ByCriterion<std::optional<Decimal>>& norms) {
  CHECK(given.size() == standard.blocks.size(), "figures come block by block");
  Figures figures = given;
  ScoreCard card;
  for (std::size_t b = 0; b < figures.size(); ++b) {
    CHECK(figures[b].size() == standard.blocks[b].criteria.size(), "a figure for each criterion");
    card.blocks.emplace_back(figures[b].size());
    for (std::size_t c = 0; c < figures[b].size(); ++c) {
      if (!reported) card.blocks[b][c].verdict = Verdict::kNotReported;
      if (!reported || (!exempt.empty() && exempt[b][c])) figures[b][c].reset();
    }
  }
  weigh(standard, figures, exempt, card);
  if (!reported) {
    if (card.weight_without_data == Decimal{}) card.verdict = Verdict::kNotApplicable;
    return card;
  }
  redistribute(standard, figures, card);
  for (std::size_t b = 0; b < figures.size(); ++b) {
    for (std::size_t c = 0; c < figures[b].size(); ++c) {
      const Criterion& written = standard.blocks[b].criteria[c];
      CriterionLine& line = card.blocks[b][c];
      line.redistributed = {line.weight_used.units - written.weight.units};
      if (!figures[b][c]) continue;
      Criterion by_norm;
      if (written.norm && !norms.empty() && norms[b][c]) by_norm = with_norm(written, *norms[b][c]);
      const Criterion& criterion = by_norm.linear ? by_norm : written;
      ASSIGN_OR_RETURN(Decimal points, points_of(criterion, *figures[b][c], line.weight_used));
      ASSIGN_OR_RETURN(bool met, is_met(criterion, *figures[b][c]));
      line.points = points;
      line.verdict = met ? Verdict::kMet : Verdict::kNotMet;
      card.score = Decimal{card.score.value_or(Decimal{}).units + points.units};
    }
  }
  grade(standard, card);
  if (card.score) card.conditions = conditions_of(standard, card);
  card.verdict = verdict_of(standard, card);
  return card;
}

}  // namespace plumbline
