// SPDX-License-Identifier: Apache-2.0
#include "evaluator/improvement.h"

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <utility>

#include "evaluator/lever.h"

namespace plumbline {
namespace {

// The engine's own score, limits and grade for such figures, which are as Standard::indicators.
Result<Standing> stand(const Standard& standard, const std::vector<Measured>& figures,
                       bool reported, const UnitMeasures& measures) {
  auto value_of = [&](std::size_t indicator) -> Result<std::optional<Fraction>> {
    const Measured& figure = figures[indicator];
    if (!figure.error.empty()) return Error(Code::kInvalid, figure.error);
    return figure.sufficient ? figure.figure : std::optional<Fraction>();
  };
  std::vector<std::vector<std::optional<Fraction>>> in_blocks;
  for (const Block& block : standard.blocks) {
    in_blocks.emplace_back();
    for (const Criterion& criterion : block.criteria) {
      ASSIGN_OR_RETURN(std::optional<Fraction> value, value_of(criterion.indicator_index));
      in_blocks.back().push_back(value);
    }
  }
  Standing out;
  ASSIGN_OR_RETURN(out.card, score_unit(standard, in_blocks, reported, measures.exempt));
  out.limits.vetoes = measures.vetoes;
  for (std::size_t c = 0; c < standard.caps.size(); ++c) {
    ASSIGN_OR_RETURN(std::optional<Fraction> value, value_of(standard.caps[c].indicator_index));
    if (!value || !reported) continue;
    ASSIGN_OR_RETURN(bool acts, cap_acts(standard.caps[c], *value));
    if (acts) out.limits.caps.push_back(c);
  }
  out.grade = limited_grade(standard, out.limits, out.card.grade, out.card.conditions);
  return out;
}

// Whether a standing is what is wanted.
using Goal = std::function<bool(const Standing&)>;

class Search {
 public:
  Search(const Standard& standard, const UnitMeasures& measures)
      : standard_(standard), measures_(measures), figures_(figures_of(standard, measures)) {}

  Result<Improvement> run();

 private:
  Status choose_next_grade();
  void add_held();
  Result<Moves> moves_of(const Aim& aim);
  Move move_of(Lever& lever);
  Reach least(Lever& lever, const Goal& goal);
  std::vector<std::int64_t> sections_of(Lever& lever);
  std::optional<std::int64_t> least_in(const std::vector<std::int64_t>& sections, std::int64_t most,
                                       const std::function<bool(std::int64_t)>& reaches) const;
  void find_pair();
  void try_pair(Lever& a, Lever& b);
  const Standing* after(Lever& lever, std::int64_t cases);
  std::optional<Standing> after_both(Lever& a, std::int64_t cases_a, Lever& b,
                                     std::int64_t cases_b);
  std::int64_t available(const Lever& lever) const;
  bool grade_reached(const Standing& standing) const {
    return next_ && standing.grade && *standing.grade <= *next_;
  }
  std::optional<Standing> keep_error(Result<Standing> standing);

  const Standard& standard_;
  const UnitMeasures& measures_;
  const std::vector<Measured> figures_;
  Improvement out_;
  std::optional<std::size_t> next_;
  std::map<std::int64_t, std::optional<Standing>> standings_;  // of the lever that is looked at
  std::vector<Lever> steady_;                                  // of criteria; for pairs
  std::int64_t pair_total_ = kMaxPairCases;
  Status failed_;
};

std::optional<Standing> Search::keep_error(Result<Standing> standing) {
  if (standing.ok()) return std::move(*standing);
  failed_ = standing.error();
  return std::nullopt;
}

void put(const Lever& lever, const std::vector<Measured>& moved, std::vector<Measured>& figures) {
  for (std::size_t m = 0; m < moved.size(); ++m) figures[lever.moved[m]] = moved[m];
}

const Standing* Search::after(Lever& lever, std::int64_t cases) {
  auto [kept, fresh] = standings_.try_emplace(cases);
  if (fresh) {
    std::vector<Measured> figures = figures_;
    put(lever, figures_after(standard_, measures_, figures_, lever, cases), figures);
    bool reported = measures_.reported || lever.way == Way::kAdditional;
    kept->second = keep_error(stand(standard_, figures, reported, measures_));
  }
  return kept->second ? &*kept->second : nullptr;
}

std::optional<Standing> Search::after_both(Lever& a, std::int64_t cases_a, Lever& b,
                                           std::int64_t cases_b) {
  std::vector<Measured> figures = figures_;
  put(a, figures_after(standard_, measures_, figures_, a, cases_a), figures);
  put(b, figures_after(standard_, measures_, figures_, b, cases_b), figures);
  bool reported = measures_.reported || a.way == Way::kAdditional || b.way == Way::kAdditional;
  return keep_error(stand(standard_, figures, reported, measures_));
}

// How many of the lever's cases can still come.
std::int64_t Search::available(const Lever& lever) const {
  if (lever.way != Way::kAdditional || !measures_.ended) return lever.most;
  return std::min(lever.most, lever.open);
}

// The numbers of cases at which a figure that the lever moves begins or ceases to have data, after
// 1: between them weights stay where they are, and more is never worse where the lever is monotone.
std::vector<std::int64_t> Search::sections_of(Lever& lever) {
  std::set<std::int64_t> starts = {1};
  auto sufficient = [&](std::size_t m, std::int64_t cases) {
    return figures_after(standard_, measures_, figures_, lever, cases)[m].sufficient;
  };
  for (std::size_t m = 0; m < lever.moved.size(); ++m) {
    const bool last = sufficient(m, lever.most);
    if (sufficient(m, 1) == last) continue;
    std::int64_t low = 1;
    std::int64_t high = lever.most;
    while (high - low > 1) {
      std::int64_t middle = low + (high - low) / 2;
      (sufficient(m, middle) == last ? high : low) = middle;
    }
    starts.insert(high);
  }
  return {starts.begin(), starts.end()};
}

// The least number up to `most` that reaches, where within a section more is never worse.
std::optional<std::int64_t> Search::least_in(
    const std::vector<std::int64_t>& sections, std::int64_t most,
    const std::function<bool(std::int64_t)>& reaches) const {
  for (std::size_t s = 0; s < sections.size(); ++s) {
    std::int64_t low = sections[s];
    std::int64_t high = s + 1 < sections.size() ? std::min(sections[s + 1] - 1, most) : most;
    if (low > high || !reaches(high)) continue;
    while (low < high) {
      std::int64_t middle = low + (high - low) / 2;
      if (reaches(middle)) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }
  return std::nullopt;
}

Reach Search::least(Lever& lever, const Goal& goal) {
  if (goal(out_.now)) return {Reach::Kind::kAlready, 0, {}, {}, {}};
  auto reaches = [&](std::int64_t cases) {
    const Standing* standing = after(lever, cases);
    return standing != nullptr && goal(*standing);
  };
  std::optional<std::int64_t> cases;
  if (lever.monotone) {
    cases = least_in(sections_of(lever), lever.most, reaches);
  } else {
    const std::int64_t most = std::min(lever.most, kMaxScannedCases);
    for (std::int64_t n = 1; n <= most && !cases; ++n) {
      if (reaches(n)) cases = n;
    }
  }
  if (!cases) return {};
  const Standing& standing = *after(lever, *cases);
  Reach reach;
  reach.kind = *cases > available(lever) ? Reach::Kind::kTooLate : Reach::Kind::kCases;
  reach.cases = *cases;
  reach.score = standing.card.score;
  reach.grade = standing.grade;
  if (!lever.aim.cap) {
    reach.points = standing.card.blocks[lever.aim.block][lever.aim.criterion].points;
  }
  return reach;
}

Move Search::move_of(Lever& lever) {
  standings_.clear();
  Move move;
  move.indicator = lever.indicator;
  move.way = lever.way;
  move.open = lever.open;
  const Aim& aim = lever.aim;
  if (aim.cap) {
    move.met = least(lever, [&](const Standing& standing) {
      const std::vector<std::size_t>& caps = standing.limits.caps;
      return std::find(caps.begin(), caps.end(), *aim.cap) == caps.end();
    });
  } else {
    auto line = [&aim](const Standing& standing) -> const CriterionLine& {
      return standing.card.blocks[aim.block][aim.criterion];
    };
    const Decimal points = line(out_.now).points.value_or(Decimal{});
    move.points = least(lever, [&](const Standing& standing) {
      return line(standing).points.value_or(Decimal{}) > points;
    });
    move.met = least(
        lever, [&](const Standing& standing) { return line(standing).verdict == Verdict::kMet; });
    move.full = least(lever, [&](const Standing& standing) {
      return line(standing).points && *line(standing).points == line(standing).weight_used;
    });
    if (move.full.kind == Reach::Kind::kAlready) move.points = move.full;
  }
  if (!next_) {
    move.next_grade.kind = Reach::Kind::kAlready;
  } else if (measures_.vetoes.empty()) {
    move.next_grade =
        least(lever, [this](const Standing& standing) { return grade_reached(standing); });
  }
  return move;
}

Result<Moves> Search::moves_of(const Aim& aim) {
  ASSIGN_OR_RETURN(std::vector<Lever> levers, levers_of(standard_, measures_, figures_, aim));
  Moves moves;
  for (Lever& lever : levers) {
    moves.push_back(move_of(lever));
    const Reach& reach = moves.back().next_grade;
    if (reach.kind == Reach::Kind::kCases) pair_total_ = std::min(pair_total_, reach.cases - 1);
    if (lever.monotone && !aim.cap) steady_.push_back(std::move(lever));
  }
  return moves;
}

Status Search::choose_next_grade() {
  ASSIGN_OR_RETURN(out_.now, stand(standard_, figures_, measures_.reported, measures_));
  if (!out_.now.grade && !standard_.grades.empty()) next_ = standard_.grades.size() - 1;
  if (out_.now.grade && *out_.now.grade > 0) next_ = *out_.now.grade - 1;
  out_.next_grade = next_;
  return {};
}

void Search::add_held() {
  if (!next_) return;
  out_.held.vetoes = out_.now.limits.vetoes;
  for (std::size_t cap : out_.now.limits.caps) {
    if (standard_.caps[cap].grade_index > *next_) out_.held.caps.push_back(cap);
  }
  if (*next_ < out_.now.card.conditions.size()) {
    const auto& lines = out_.now.card.conditions[*next_];
    for (std::size_t c = 0; c < lines.size(); ++c) {
      if (!lines[c].holds) out_.conditions.push_back(c);
    }
  }
  const ScoreCard& card = out_.now.card;
  const Decimal unmeasured{card.weight_without_data.units + card.weight_exempt.units};
  bool no_grade = unmeasured > standard_.max_weight_without_data;
  out_.held_by_missing_data = no_grade || (*next_ == 0 && card.grade_limited);
}

bool share_figures(const Lever& a, const Lever& b) {
  return std::any_of(a.moved.begin(), a.moved.end(), [&](std::size_t moved) {
    return std::find(b.moved.begin(), b.moved.end(), moved) != b.moved.end();
  });
}

// For each number of the first, how few of the second are enough; what is found bounds the rest.
void Search::try_pair(Lever& a, Lever& b) {
  const std::int64_t most_a = available(a);
  const std::int64_t most_b = available(b);
  if (most_a < 1 || most_b < 1 || pair_total_ < 2) return;
  const std::vector<std::int64_t> sections = sections_of(b);
  auto reaches = [&](std::int64_t cases_a, std::int64_t cases_b) {
    std::optional<Standing> standing = after_both(a, cases_a, b, cases_b);
    return standing && grade_reached(*standing);
  };
  // Where no figure begins or ceases to have data, what the most of both does not reach no fewer
  // do.
  if (sections.size() == 1 && sections_of(a).size() == 1 &&
      !reaches(std::min(most_a, pair_total_ - 1), std::min(most_b, pair_total_ - 1))) {
    return;
  }
  for (std::int64_t k = 1; k <= most_a && k < pair_total_; ++k) {
    auto cases = least_in(sections, std::min(most_b, pair_total_ - k),
                          [&](std::int64_t of_b) { return reaches(k, of_b); });
    if (!cases) continue;
    Pair pair = {{a.aim.block, a.aim.criterion, a.indicator, a.way, k},
                 {b.aim.block, b.aim.criterion, b.indicator, b.way, *cases}};
    std::optional<Standing> standing = after_both(a, k, b, *cases);
    pair.score = standing->card.score;
    pair.grade = standing->grade;
    out_.pair = pair;
    pair_total_ = k + *cases - 1;
  }
}

void Search::find_pair() {
  if (!next_ || !measures_.vetoes.empty()) return;
  for (std::size_t i = 0; i < steady_.size(); ++i) {
    for (std::size_t j = i + 1; j < steady_.size(); ++j) {
      if (!share_figures(steady_[i], steady_[j])) try_pair(steady_[i], steady_[j]);
    }
  }
}

Result<Improvement> Search::run() {
  RETURN_IF_ERROR(choose_next_grade());
  add_held();
  for (std::size_t b = 0; b < standard_.blocks.size(); ++b) {
    out_.criteria.emplace_back();
    for (std::size_t c = 0; c < standard_.blocks[b].criteria.size(); ++c) {
      const Criterion& criterion = standard_.blocks[b].criteria[c];
      Aim aim{criterion.indicator_index, criterion.higher_is_better, criterion.met_at, b, c};
      ASSIGN_OR_RETURN(Moves moves, moves_of(aim));
      out_.criteria.back().push_back(std::move(moves));
    }
  }
  for (std::size_t c : out_.held.caps) {
    const Cap& cap = standard_.caps[c];
    Aim aim{cap.indicator_index, cap.below.has_value(), cap.below ? *cap.below : *cap.above};
    aim.cap = c;
    ASSIGN_OR_RETURN(Moves moves, moves_of(aim));
    out_.caps.push_back(std::move(moves));
  }
  find_pair();
  RETURN_IF_ERROR(failed_);
  return std::move(out_);
}

}  // namespace

Result<Standing> standing_of(const Standard& standard, const UnitMeasures& measures) {
  return stand(standard, figures_of(standard, measures), measures.reported, measures);
}

Result<Improvement> improvement_of(const Standard& standard, const UnitMeasures& measures) {
  return Search(standard, measures).run();
}

}  // namespace plumbline
