// SPDX-License-Identifier: Apache-2.0
#include "evaluator/lever.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace plumbline {
namespace {

// Whether a figure moves with that of an indicator it is made of, against it, or not at all; mixed
// where that hangs on the numbers.
enum class Effect { kNone, kWith, kAgainst, kMixed };

bool has_sum(const Standard& standard, const Indicator& indicator) {
  if (indicator.over == IndicatorOver::kCases) return indicator.aggregate == Aggregate::kSum;
  return std::any_of(indicator.parts.begin(), indicator.parts.end(), [&](std::size_t part) {
    return has_sum(standard, standard.indicators[part]);
  });
}

Effect effect_on(const Standard& standard, std::size_t of, std::size_t moving) {
  if (of == moving) return Effect::kWith;
  const Indicator& indicator = standard.indicators[of];
  auto part = [&](std::size_t p) { return effect_on(standard, indicator.parts[p], moving); };
  if (indicator.over == IndicatorOver::kSum) {
    bool any = false;
    for (std::size_t p = 0; p < indicator.parts.size(); ++p) any |= part(p) != Effect::kNone;
    return any ? Effect::kWith : Effect::kNone;
  }
  if (indicator.over != IndicatorOver::kRatio) return Effect::kNone;
  const bool above = part(0) != Effect::kNone;
  const bool below = part(1) != Effect::kNone;
  if (!above && !below) return Effect::kNone;
  // What is summed may be negative, and turns a quotient around.
  if ((above && below) || has_sum(standard, indicator)) return Effect::kMixed;
  return above ? Effect::kWith : Effect::kAgainst;
}

// Whether all that is judged by a figure which the lever moves asks for the direction it goes.
bool is_monotone(const Standard& standard, const Lever& lever) {
  for (std::size_t moved : lever.moved) {
    const Effect effect = effect_on(standard, moved, lever.indicator);
    const bool rises = (effect == Effect::kWith) == lever.up;
    auto fits = [&](std::size_t indicator, bool rising) {
      return indicator != moved || (effect != Effect::kMixed && rising == rises);
    };
    for (const Block& block : standard.blocks) {
      for (const Criterion& criterion : block.criteria) {
        if (!fits(criterion.indicator_index, criterion.higher_is_better)) return false;
      }
    }
    for (const Cap& cap : standard.caps) {
      if (!fits(cap.indicator_index, cap.below.has_value())) return false;
    }
  }
  return true;
}

// The figure's stored number that is `bound`, or the nearest one on its good side; nullopt where no
// number of 64 bits is.
std::optional<std::int64_t> number_at(const Indicator& indicator, const Aim& aim) {
  Tally one;
  one.add(indicator.aggregate, {1, false, ""});
  Wide scaled = figure_of(indicator, one)->denominator * aim.bound.units;
  Wide number = scaled / Decimal::kOne;
  Wide rest = scaled % Decimal::kOne;
  if (rest > 0 && aim.rising) ++number;
  if (rest < 0 && !aim.rising) --number;
  if (number != static_cast<std::int64_t>(number)) return std::nullopt;
  return static_cast<std::int64_t>(number);
}

class Ways {
 public:
  Ways(const Standard& standard, const UnitMeasures& measures, const std::vector<Measured>& figures,
       const Aim& aim)
      : standard_(standard), measures_(measures), figures_(figures), aim_(aim) {}

  Result<std::vector<Lever>> all() {
    const Indicator& indicator = standard_.indicators[aim_.indicator];
    if (indicator.over == IndicatorOver::kSum) move_parts(aim_.indicator, aim_.rising);
    if (indicator.over == IndicatorOver::kRatio) {
      move_parts(indicator.parts[0], aim_.rising);
      move_parts(indicator.parts[1], !aim_.rising);
      // Without enough cases below the line there is no quotient, and more above it make none.
      if (aim_.rising && !figures_[aim_.indicator].sufficient) move_parts(indicator.parts[1], true);
    }
    if (indicator.over == IndicatorOver::kCases) RETURN_IF_ERROR(move_cases());
    return std::move(levers_);
  }

 private:
  OpenCases open_of(std::size_t indicator) const {
    return measures_.open.empty() ? OpenCases() : measures_.open[indicator];
  }

  Lever start(std::size_t indicator, Way way, bool up) const {
    Lever lever;
    lever.aim = aim_;
    lever.indicator = indicator;
    lever.way = way;
    lever.up = up;
    for (IndicatorOver over : {IndicatorOver::kCases, IndicatorOver::kSum, IndicatorOver::kRatio}) {
      for (std::size_t i = 0; i < standard_.indicators.size(); ++i) {
        if (standard_.indicators[i].over != over) continue;
        if (effect_on(standard_, i, indicator) != Effect::kNone) lever.moved.push_back(i);
      }
    }
    lever.monotone = is_monotone(standard_, lever);
    return lever;
  }

  void add(std::size_t indicator, bool up, std::int64_t joining) {
    Lever lever = start(indicator, Way::kAdditional, up);
    lever.open = joining;
    lever.most = kMaxMoveCases;
    push(std::move(lever));
  }

  // By closing some of `open` cases, of `counted` ones.
  void close(std::size_t indicator, Way way, bool up, std::int64_t open, std::int64_t counted) {
    Lever lever = start(indicator, way, up);
    lever.open = std::min(open, counted);
    lever.most = std::min(lever.open, kMaxMoveCases);
    if (lever.most > 0) push(std::move(lever));
  }

  void push(Lever lever) {
    bool there = std::any_of(levers_.begin(), levers_.end(), [&](const Lever& other) {
      return other.indicator == lever.indicator && other.way == lever.way;
    });
    if (!there) levers_.push_back(std::move(lever));
  }

  // What a sum or ratio is made of: counts, sums, distinct, or a sum over such.
  void move_parts(std::size_t index, bool up) {
    const Indicator& indicator = standard_.indicators[index];
    for (std::size_t part : indicator.parts) move_parts(part, up);
    if (indicator.over != IndicatorOver::kCases) return;
    const OpenCases open = open_of(index);
    if (indicator.aggregate == Aggregate::kCount) {
      if (up) {
        add(index, true, open.out.joining);
      } else {
        close(index, Way::kGone, false, open.out.leaving, measures_.tallies[index].count());
      }
    }
    if (indicator.aggregate == Aggregate::kDistinct && up) add(index, true, 0);
  }

  Status move_cases() {
    const Indicator& indicator = standard_.indicators[aim_.indicator];
    switch (indicator.aggregate) {
      case Aggregate::kSum:
      case Aggregate::kMean:
        return {};
      case Aggregate::kCount:
      case Aggregate::kDistinct:
        move_parts(aim_.indicator, aim_.rising);
        return {};
      case Aggregate::kQuantile:
        return move_quantile(indicator);
      case Aggregate::kShare:
        move_share();
        return {};
    }
    return {};
  }

  Status move_quantile(const Indicator& indicator) {
    std::optional<std::int64_t> number = number_at(indicator, aim_);
    if (!number) return {};
    add(aim_.indicator, aim_.rising, 0);
    Lever& lever = levers_.back();
    lever.number = *number;
    // Where the cases are better than that value, more of them pull the figure back to it.
    if (const std::optional<Fraction>& figure = figures_[aim_.indicator].figure) {
      ASSIGN_OR_RETURN(std::strong_ordering order, compare(*figure, aim_.bound));
      if (aim_.rising ? order > 0 : order < 0) lever.monotone = false;
    }
    return {};
  }

  void move_share() {
    const Tally& tally = measures_.tallies[aim_.indicator];
    const OpenCases open = open_of(aim_.indicator);
    const OpenCases::Side& right = aim_.rising ? open.in : open.out;
    const OpenCases::Side& wrong = aim_.rising ? open.out : open.in;
    const std::int64_t there = aim_.rising ? tally.count() - tally.numerator() : tally.numerator();
    add(aim_.indicator, aim_.rising, right.joining);
    close(aim_.indicator, Way::kTurned, aim_.rising, wrong.turning, there);
    close(aim_.indicator, Way::kGone, aim_.rising, wrong.leaving, there);
  }

  const Standard& standard_;
  const UnitMeasures& measures_;
  const std::vector<Measured>& figures_;
  const Aim& aim_;
  std::vector<Lever> levers_;
};

Tally share_tally(std::int64_t in, std::int64_t out) {
  Tally tally;
  if (in > 0) tally.add(Aggregate::kShare, {0, true, ""}, in);
  if (out > 0) tally.add(Aggregate::kShare, {0, false, ""}, out);
  return tally;
}

Tally tally_after(const Indicator& indicator, const Tally& tally, const Lever& lever,
                  std::int64_t cases) {
  if (lever.way == Way::kAdditional) {
    Tally more = tally;
    Sample sample{lever.number, indicator.aggregate == Aggregate::kShare && lever.up, ""};
    more.add(indicator.aggregate, sample, cases);
    return more;
  }
  if (indicator.aggregate != Aggregate::kShare) {
    Tally fewer;
    if (tally.count() > cases) fewer.add(indicator.aggregate, {}, tally.count() - cases);
    return fewer;
  }
  std::int64_t in = tally.numerator();
  std::int64_t out = tally.count() - in;
  (lever.up ? out : in) -= cases;
  if (lever.way == Way::kTurned) (lever.up ? in : out) += cases;
  return share_tally(in, out);
}

Measured measured_after(const Indicator& indicator, const Tally& tally, const Lever& lever,
                        std::int64_t cases) {
  if (indicator.aggregate != Aggregate::kDistinct) {
    return measured(indicator, tally_after(indicator, tally, lever, cases));
  }
  // Each case brings a value of its own: one more of the figure, one more counted.
  Measured out = measured(indicator, tally);
  out.figure->numerator += cases;
  Tally counted;
  counted.add(Aggregate::kCount, {}, tally.count() + cases);
  out.n = counted.count();
  out.sufficient = is_sufficient(indicator, counted);
  return out;
}

}  // namespace

std::vector<Measured> figures_of(const Standard& standard, const UnitMeasures& measures) {
  CHECK(measures.tallies.size() == standard.indicators.size(), "a tally for each indicator");
  std::vector<Measured> figures(standard.indicators.size());
  for (IndicatorOver over : {IndicatorOver::kCases, IndicatorOver::kSum, IndicatorOver::kRatio}) {
    for (std::size_t i = 0; i < figures.size(); ++i) {
      const Indicator& indicator = standard.indicators[i];
      if (indicator.over != over) continue;
      if (over == IndicatorOver::kCases) {
        figures[i] = measured(indicator, measures.tallies[i]);
        continue;
      }
      std::vector<const Measured*> parts;
      for (std::size_t part : indicator.parts) parts.push_back(&figures[part]);
      figures[i] = measured_over(indicator, parts);
    }
  }
  return figures;
}

Result<std::vector<Lever>> levers_of(const Standard& standard, const UnitMeasures& measures,
                                     const std::vector<Measured>& figures, const Aim& aim) {
  // One more case may bring the figure back to its own period, which other cases make.
  if (standard.indicators[aim.indicator].fallback_days > 0) return std::vector<Lever>();
  return Ways(standard, measures, figures, aim).all();
}

const std::vector<Measured>& figures_after(const Standard& standard, const UnitMeasures& measures,
                                           const std::vector<Measured>& figures, Lever& lever,
                                           std::int64_t cases) {
  auto [kept, fresh] = lever.kept.try_emplace(cases);
  std::vector<Measured>& made = kept->second;
  if (!fresh) return made;
  auto latest = [&](std::size_t indicator) -> const Measured* {
    for (std::size_t m = 0; m < made.size(); ++m) {
      if (lever.moved[m] == indicator) return &made[m];
    }
    return &figures[indicator];
  };
  made.reserve(lever.moved.size());
  for (std::size_t moved : lever.moved) {
    const Indicator& indicator = standard.indicators[moved];
    if (moved == lever.indicator) {
      made.push_back(measured_after(indicator, measures.tallies[moved], lever, cases));
      continue;
    }
    std::vector<const Measured*> parts;
    for (std::size_t part : indicator.parts) parts.push_back(latest(part));
    made.push_back(measured_over(indicator, parts));
  }
  return made;
}

}  // namespace plumbline
