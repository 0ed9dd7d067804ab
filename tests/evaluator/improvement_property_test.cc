// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <random>
#include <set>
#include <string>

#include "evaluator/improvement.h"

// What bisection finds, against trying each number. The reference knows no bisection and no
// direction: on random small standards it adds, turns and takes away real samples one by one in
// their list, makes all tallies of it anew and scores.
namespace plumbline {
namespace {

Decimal decimal(std::string_view text) {
  return parse_decimal(text).value();
}

// One case of one indicator, and what becomes of it when it is closed.
struct Piece {
  Sample sample;
  enum class Fate { kStays, kTurns, kLeaves } fate = Fate::kStays;
};
using World = std::vector<std::vector<Piece>>;  // by indicator

constexpr std::size_t kOverCases = 5;  // of these the last two are counts; then a sum, a ratio
constexpr std::size_t kSum = 5;
constexpr std::size_t kRatio = 6;

class Reference {
 public:
  // Wild: criteria and caps over whatever figure, also the same one. Else each figure is judged
  // once, so that pairs are compared too.
  enum class Mode { kWild, kEachOnce };
  Reference(std::uint32_t seed, Mode mode) : random_(seed), mode_(mode) { make(); }

  void check() {
    got_ = improvement_of(standard_, measures(world_)).value();
    for (std::size_t b = 0; b < standard_.blocks.size(); ++b) {
      for (std::size_t c = 0; c < standard_.blocks[b].criteria.size(); ++c) check_criterion(b, c);
    }
    for (std::size_t i = 0; i < got_.held.caps.size(); ++i) check_cap(i);
    if (mode_ == Mode::kEachOnce) check_pair();
  }

  std::int64_t answers = 0;
  std::int64_t over_others = 0;
  std::int64_t too_late = 0;
  std::int64_t pairs = 0;

 private:
  using Goal = std::function<bool(const Standing&)>;
  struct Aim {
    std::size_t indicator;
    bool rising;
    Decimal bound;
  };
  struct Try {
    Aim aim;
    Move move;
    Pair::Part part;
  };

  static constexpr std::int64_t kFar = 25;
  static constexpr std::int64_t kFarPair = 9;

  std::int64_t pick(std::int64_t low, std::int64_t high) {
    return std::uniform_int_distribution<std::int64_t>(low, high)(random_);
  }
  bool coin() { return pick(0, 1) == 0; }

  void make();
  void make_indicators();
  void make_cases(const Indicator& indicator);
  void make_caps();
  Criterion make_criterion(std::size_t indicator, std::string_view weight);
  UnitMeasures measures(const World& world) const;
  std::optional<World> moved(World world, const Aim& aim, const Move& move,
                             std::int64_t number) const;
  void check_criterion(std::size_t b, std::size_t c);
  void check_cap(std::size_t place);
  void check_reach(const Reach& got, const Aim& aim, const Move& move, const Goal& goal);
  std::int64_t can_come(const Aim& aim, const Move& move) const;
  std::vector<Try> tries() const;
  bool is_steady(const Aim& aim, const Move& move) const;
  std::set<std::size_t> touched(std::size_t indicator) const;
  void check_pair();

  Standing score(const World& world) const {
    return standing_of(standard_, measures(world)).value();
  }
  bool reaches_grade(const Standing& standing) const {
    return standing.grade && *standing.grade <= *got_.next_grade;
  }

  std::mt19937 random_;
  Mode mode_;
  Standard standard_;
  World world_;
  std::vector<OpenCases::Side> joining_in_, joining_out_;
  bool ended_ = false;
  Improvement got_;
};

UnitMeasures Reference::measures(const World& world) const {
  UnitMeasures out;
  std::size_t all = 0;
  for (std::size_t i = 0; i < standard_.indicators.size(); ++i) {
    out.tallies.emplace_back();
    out.open.emplace_back();
    if (i >= world.size()) continue;
    all += world[i].size();
    out.open[i].in.joining = joining_in_[i].joining;
    out.open[i].out.joining = joining_out_[i].joining;
    for (const Piece& piece : world[i]) {
      out.tallies[i].add(standard_.indicators[i].aggregate, piece.sample);
      OpenCases::Side& side = piece.sample.in_numerator ? out.open[i].in : out.open[i].out;
      side.turning += std::int64_t{piece.fate == Piece::Fate::kTurns};
      side.leaving += std::int64_t{piece.fate == Piece::Fate::kLeaves};
    }
  }
  out.reported = all > 0;
  out.ended = ended_;
  return out;
}

// nullopt where the way has no such number.
std::optional<World> Reference::moved(World world, const Aim& aim, const Move& move,
                                      std::int64_t number) const {
  std::vector<Piece>& pieces = world[move.indicator];
  const Aggregate aggregate = standard_.indicators[move.indicator].aggregate;
  const bool share = aggregate == Aggregate::kShare;
  if (move.way == Way::kAdditional) {
    double bound = static_cast<double>(aim.bound.units) / 1e6;
    auto value = static_cast<std::int64_t>(aim.rising ? std::ceil(bound) : std::floor(bound));
    for (std::int64_t k = 0; k < number; ++k) {
      pieces.push_back({{aggregate == Aggregate::kQuantile ? value : 0, share && aim.rising,
                         "new" + std::to_string(k)},
                        Piece::Fate::kStays});
    }
    return world;
  }
  auto wanted = move.way == Way::kTurned ? Piece::Fate::kTurns : Piece::Fate::kLeaves;
  for (std::size_t i = 0; i < pieces.size() && number > 0;) {
    bool against = !share || pieces[i].sample.in_numerator != aim.rising;
    if (!against || pieces[i].fate != wanted) {
      ++i;
    } else if (move.way == Way::kTurned) {
      pieces[i].sample.in_numerator = aim.rising;
      pieces[i++].fate = Piece::Fate::kStays;
      --number;
    } else {
      pieces.erase(pieces.begin() + static_cast<std::ptrdiff_t>(i));
      --number;
    }
  }
  if (number > 0) return std::nullopt;
  return world;
}

// How many additional cases can still come.
std::int64_t Reference::can_come(const Aim& aim, const Move& move) const {
  if (!ended_ || move.way != Way::kAdditional) return kMaxMoveCases;
  const Aggregate aggregate = standard_.indicators[move.indicator].aggregate;
  if (aggregate == Aggregate::kCount) return joining_out_[move.indicator].joining;
  if (aggregate != Aggregate::kShare) return 0;
  return (aim.rising ? joining_in_ : joining_out_)[move.indicator].joining;
}

void Reference::check_reach(const Reach& got, const Aim& aim, const Move& move, const Goal& goal) {
  Reach::Kind want = Reach::Kind::kNotReachable;
  std::int64_t cases = 0;
  if (goal(got_.now)) want = Reach::Kind::kAlready;
  for (std::int64_t k = 1; k <= kFar && want == Reach::Kind::kNotReachable; ++k) {
    auto world = moved(world_, aim, move, k);
    if (!world) break;
    Standing standing = score(*world);
    if (!goal(standing)) continue;
    want = k > can_come(aim, move) ? Reach::Kind::kTooLate : Reach::Kind::kCases;
    cases = k;
    EXPECT_EQ(got.score, standing.card.score);
    EXPECT_EQ(got.grade, standing.grade);
  }
  if (want == Reach::Kind::kNotReachable && got.cases > kFar) return;
  answers += std::int64_t{want == Reach::Kind::kCases};
  too_late += std::int64_t{want == Reach::Kind::kTooLate};
  over_others += std::int64_t{want == Reach::Kind::kCases && aim.indicator >= kOverCases};
  EXPECT_EQ(static_cast<int>(got.kind), static_cast<int>(want));
  EXPECT_EQ(got.cases, cases);
}

void Reference::check_criterion(std::size_t b, std::size_t c) {
  const Criterion& criterion = standard_.blocks[b].criteria[c];
  Aim aim{criterion.indicator_index, criterion.higher_is_better, criterion.met_at};
  auto line = [&](const Standing& standing) { return standing.card.blocks[b][c]; };
  auto points = [&](const Standing& standing) { return line(standing).points.value_or(Decimal{}); };
  const bool whole = line(got_.now).points == line(got_.now).weight_used;
  for (const Move& move : got_.criteria[b][c]) {
    SCOPED_TRACE(criterion.id + " by way " + std::to_string(static_cast<int>(move.way)) +
                 " of indicator " + std::to_string(move.indicator));
    check_reach(move.points, aim, move, [&](const Standing& standing) {
      return whole || points(standing) > points(got_.now);
    });
    check_reach(move.met, aim, move,
                [&](const Standing& standing) { return line(standing).verdict == Verdict::kMet; });
    check_reach(move.full, aim, move, [&](const Standing& standing) {
      return line(standing).points == line(standing).weight_used;
    });
    check_reach(move.next_grade, aim, move, [&](const Standing& standing) {
      return !got_.next_grade || reaches_grade(standing);
    });
  }
}

void Reference::check_cap(std::size_t place) {
  const std::size_t index = got_.held.caps[place];
  const Cap& cap = standard_.caps[index];
  Aim aim{cap.indicator_index, cap.below.has_value(), cap.below ? *cap.below : *cap.above};
  for (const Move& move : got_.caps[place]) {
    SCOPED_TRACE("cap by way " + std::to_string(static_cast<int>(move.way)));
    check_reach(move.met, aim, move, [&](const Standing& standing) {
      const auto& caps = standing.limits.caps;
      return std::find(caps.begin(), caps.end(), index) == caps.end();
    });
    check_reach(move.next_grade, aim, move,
                [&](const Standing& standing) { return reaches_grade(standing); });
  }
}

std::set<std::size_t> Reference::touched(std::size_t indicator) const {
  std::set<std::size_t> out = {indicator};
  if (indicator == 3 || indicator == 4) out.insert({kSum, kRatio});
  return out;
}

// A quantile that is better than its bound gets worse with cases at the bound; a ratio with what
// is below it.
bool Reference::is_steady(const Aim& aim, const Move& move) const {
  if (aim.indicator == kRatio && aim.rising && move.way == Way::kAdditional) {
    return move.indicator == 3;
  }
  const Indicator& of = standard_.indicators[aim.indicator];
  if (aim.indicator >= kOverCases || of.aggregate != Aggregate::kQuantile) return true;
  auto figure = figure_of(of, measures(world_).tallies[aim.indicator]);
  if (!figure) return true;
  auto order = compare(*figure, aim.bound).value();
  return aim.rising ? order <= 0 : order >= 0;
}

std::vector<Reference::Try> Reference::tries() const {
  std::vector<Try> out;
  for (std::size_t b = 0; b < got_.criteria.size(); ++b) {
    for (std::size_t c = 0; c < got_.criteria[b].size(); ++c) {
      const Criterion& criterion = standard_.blocks[b].criteria[c];
      Aim aim{criterion.indicator_index, criterion.higher_is_better, criterion.met_at};
      for (const Move& move : got_.criteria[b][c]) {
        if (is_steady(aim, move)) out.push_back({aim, move, {b, c, move.indicator, move.way, 0}});
      }
    }
  }
  return out;
}

void Reference::check_pair() {
  if (!got_.next_grade) {
    EXPECT_FALSE(got_.pair);
    return;
  }
  std::int64_t total = kFarPair;
  auto alone = [&](const Move& move) {
    if (move.next_grade.kind != Reach::Kind::kCases) return;
    total = std::min(total, move.next_grade.cases - 1);
  };
  for (const auto& block : got_.criteria) {
    for (const Moves& moves : block) std::for_each(moves.begin(), moves.end(), alone);
  }
  for (const Moves& moves : got_.caps) std::for_each(moves.begin(), moves.end(), alone);
  std::optional<std::pair<Pair::Part, Pair::Part>> want;
  const std::vector<Try> all = tries();
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (std::size_t j = i + 1; j < all.size(); ++j) {
      std::set<std::size_t> both = touched(all[i].move.indicator);
      const std::size_t apart = both.size() + touched(all[j].move.indicator).size();
      both.merge(touched(all[j].move.indicator));
      if (both.size() != apart) continue;
      for (std::int64_t a = 1; a < total && a <= can_come(all[i].aim, all[i].move); ++a) {
        auto first = moved(world_, all[i].aim, all[i].move, a);
        for (std::int64_t b = 1; first && a + b <= total; ++b) {
          if (b > can_come(all[j].aim, all[j].move)) break;
          auto second = moved(*first, all[j].aim, all[j].move, b);
          if (!second) break;
          if (!reaches_grade(score(*second))) continue;
          want = {all[i].part, all[j].part};
          want->first.cases = a;
          want->second.cases = b;
          total = a + b - 1;
        }
      }
    }
  }
  if (!want && got_.pair && got_.pair->first.cases + got_.pair->second.cases > kFarPair) return;
  ASSERT_EQ(got_.pair.has_value(), want.has_value());
  if (!want) return;
  EXPECT_EQ(got_.pair->first, want->first);
  EXPECT_EQ(got_.pair->second, want->second);
  ++pairs;
}

Criterion Reference::make_criterion(std::size_t index, std::string_view weight) {
  const Indicator& of = standard_.indicators[index];
  const bool fine = index == kRatio || (index < kOverCases && of.aggregate == Aggregate::kShare);
  std::int64_t unit = fine ? 50'000 : 500'000;
  Decimal low{pick(0, 9) * unit};
  Decimal high{low.units + pick(1, 10) * unit};
  Criterion out;
  out.id = "c" + std::to_string(index);
  out.indicator_index = index;
  out.weight = decimal(weight);
  out.higher_is_better = pick(0, 2) > 0;
  const bool rising = out.higher_is_better;
  out.met_at = rising ? high : low;
  out.linear = rising ? Criterion::Linear{low, high} : Criterion::Linear{high, low};
  if (pick(0, 2) == 0) {
    out.linear.reset();
    Decimal some{pick(0, 4) * 250'000};
    Decimal one = Decimal::whole(1);
    out.bands = {{low, rising ? Decimal{} : one}, {high, some}, {{}, rising ? one : Decimal{}}};
  }
  return out;
}

void Reference::make_cases(const Indicator& indicator) {
  const bool share = indicator.aggregate == Aggregate::kShare;
  const bool closes = share || indicator.aggregate == Aggregate::kCount;
  world_.emplace_back();
  for (std::int64_t n = pick(0, 10); n > 0; --n) {
    Piece piece{{pick(0, 9), share && coin(), std::to_string(pick(0, 5))}, {}};
    if (closes && coin()) piece.fate = share && coin() ? Piece::Fate::kTurns : Piece::Fate::kLeaves;
    world_.back().push_back(piece);
  }
  joining_in_.push_back({share ? pick(0, 6) : 0, 0, 0});
  joining_out_.push_back({closes ? pick(0, 6) : 0, 0, 0});
}

void Reference::make_indicators() {
  constexpr Aggregate kAll[] = {Aggregate::kShare, Aggregate::kShare,    Aggregate::kCount,
                                Aggregate::kSum,   Aggregate::kQuantile, Aggregate::kMean,
                                Aggregate::kShare, Aggregate::kDistinct};
  for (std::size_t i = 0; i < kOverCases; ++i) {
    Indicator one;
    one.aggregate = i < 3 ? kAll[pick(0, 7)] : Aggregate::kCount;
    one.quantile = decimal("0.5");
    one.min_sample = pick(1, 7);
    if (none_is_a_figure(one.aggregate) && coin()) one.min_sample = 0;
    if (one.aggregate == Aggregate::kShare) one.bound = static_cast<Bound>(pick(0, 2));
    make_cases(one);
    standard_.indicators.push_back(one);
  }
  Indicator sum;
  sum.over = IndicatorOver::kSum;
  sum.parts = {3, 4};
  sum.min_sample = pick(0, 6);
  Indicator ratio;
  ratio.over = IndicatorOver::kRatio;
  ratio.parts = {mode_ == Mode::kWild && coin() ? kSum : 3, 4};
  ratio.min_sample = pick(1, 4);
  standard_.indicators.push_back(sum);
  standard_.indicators.push_back(ratio);
}

void Reference::make_caps() {
  const Criterion& criterion = standard_.blocks[0].criteria[0];
  Cap cap;
  cap.grade_index = static_cast<std::size_t>(pick(1, 3));
  cap.indicator_index = criterion.indicator_index;
  bool below = criterion.higher_is_better;
  if (mode_ == Mode::kWild && coin()) {
    cap.indicator_index = static_cast<std::size_t>(pick(0, 6));
    below = coin();
  }
  (below ? cap.below : cap.above) = criterion.met_at;
  standard_.caps = {cap};
}

void Reference::make() {
  make_indicators();
  std::vector<std::size_t> judged = {0, 1, 2, static_cast<std::size_t>(pick(kSum, kRatio))};
  if (mode_ == Mode::kWild) {
    for (std::size_t& one : judged) one = static_cast<std::size_t>(pick(0, 6));
  }
  standard_.blocks.resize(2);
  standard_.blocks[0].criteria = {make_criterion(judged[0], "35.5"),
                                  make_criterion(judged[1], "24.5")};
  standard_.blocks[1].criteria = {make_criterion(judged[2], "15"), make_criterion(judged[3], "25")};
  for (const char* least : {"90", "70", "40", "0"}) {
    standard_.grades.push_back({least, {}, decimal(least)});
  }
  standard_.max_weight_without_data = decimal("40");
  if (coin()) standard_.grades[1].conditions = {{0, decimal("35"), {}}};
  if (coin()) make_caps();
  ended_ = pick(0, 3) == 0;
}

TEST(ImprovementProperty, IsWhatTryingEachNumberFinds) {
  std::int64_t answers = 0;
  std::int64_t over_others = 0;
  std::int64_t too_late = 0;
  std::int64_t pairs = 0;
  for (std::uint32_t seed = 1; seed <= 240; ++seed) {
    SCOPED_TRACE(seed);
    Reference reference(seed, seed % 2 == 0 ? Reference::Mode::kWild : Reference::Mode::kEachOnce);
    reference.check();
    answers += reference.answers;
    over_others += reference.over_others;
    too_late += reference.too_late;
    pairs += reference.pairs;
    if (::testing::Test::HasFailure()) return;
  }
  EXPECT_GT(answers, 800) << "enough answers to mean something";
  EXPECT_GT(over_others, 100);
  EXPECT_GT(too_late, 50);
  EXPECT_GT(pairs, 5);
}

}  // namespace
}  // namespace plumbline
