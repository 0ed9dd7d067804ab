// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "evaluator/backtest.h"

namespace plumbline {
namespace {

using Move = BacktestUnit::Move;

std::string or_none(const std::string& text) {
  return text.empty() ? "none" : text;
}

std::string rank_text(std::size_t rank) {
  return rank == 0 ? "none" : std::to_string(rank);
}

// "good -> excellent", or once where it stays.
std::string pair_text(const std::string& was, const std::string& now) {
  return was == now ? was : fmt::format("{} -> {}", was, now);
}

const BacktestResult& side(const std::optional<BacktestResult>& result) {
  static const BacktestResult none;
  return result ? *result : none;
}

const char* move_word(Move move) {
  switch (move) {
    case Move::kSame:
      return "same";
    case Move::kUp:
      return "up";
    case Move::kDown:
      return "down";
    case Move::kOther:
      return "other";
  }
  return "same";
}

std::string csv_line(const std::vector<std::string>& fields) {
  std::string out;
  for (const std::string& field : fields) {
    if (&field != &fields.front()) out += ',';
    bool plain = field.find_first_of(",\"\r\n") == std::string::npos;
    if (!plain) out += '"';
    for (char c : field) out += c == '"' && !plain ? "\"\"" : std::string(1, c);
    if (!plain) out += '"';
  }
  return out + "\r\n";
}

bool ranks_differ(const BacktestUnit& unit) {
  return side(unit.before).rank != side(unit.after).rank;
}

std::string units_text(const Backtest& result) {
  std::string out =
      fmt::format("{:<20} {:<20} {:<32} {:<20} {}\n", "standard", "unit", "grade", "score", "rank");
  for (const BacktestUnit& unit : result.units) {
    if (unit.grade == Move::kSame && !ranks_differ(unit)) continue;
    const BacktestResult& was = side(unit.before);
    const BacktestResult& now = side(unit.after);
    out += fmt::format("{:<20} {:<20} {:<32} {:<20} {}\n", unit.standard, unit.unit,
                       pair_text(or_none(was.grade), or_none(now.grade)),
                       pair_text(or_none(was.score), or_none(now.score)),
                       pair_text(rank_text(was.rank), rank_text(now.rank)));
  }
  return out;
}

std::string unit_line(const Backtest& result, const BacktestUnit& unit) {
  auto rank = [](std::size_t number) { return number == 0 ? "" : std::to_string(number); };
  const BacktestResult& was = side(unit.before);
  const BacktestResult& now = side(unit.after);
  return csv_line({"unit",
                   result.period,
                   unit.standard,
                   unit.level,
                   unit.unit,
                   unit.place,
                   was.verdict,
                   now.verdict,
                   was.grade,
                   now.grade,
                   move_word(unit.grade),
                   was.score,
                   now.score,
                   rank(was.rank),
                   rank(now.rank),
                   "",
                   "",
                   "",
                   "",
                   ""});
}

std::string place_line(const Backtest& result, const std::string& code,
                       const BacktestPlace& place) {
  std::vector<std::string> fields = {"place", result.period, "", "", "", code};
  fields.resize(15);
  for (std::size_t count : {place.units, place.up, place.down, place.other, place.ranks}) {
    fields.push_back(std::to_string(count));
  }
  return csv_line(fields);
}

std::string target_line(const BacktestTarget& target) {
  std::vector<std::string> fields = {"target",
                                     target.statement,
                                     target.target,
                                     "network",
                                     "ALL",
                                     "",
                                     target.old_verdict,
                                     target.new_verdict,
                                     "",
                                     "",
                                     target.flips() ? "other" : "same",
                                     target.old_value,
                                     target.new_value};
  fields.resize(20);
  return csv_line(fields);
}

}  // namespace

std::string backtest_text(const Backtest& result) {
  BacktestPlace all;
  for (const auto& [code, place] : result.places) {
    all.units += place.units;
    all.up += place.up;
    all.down += place.down;
    all.other += place.other;
    all.ranks += place.ranks;
  }
  std::string out = units_text(result);
  out += fmt::format(
      "{}: {} results, {} better and {} worse grades, {} gained or lost one, {} other "
      "ranks\n",
      result.period, all.units, all.up, all.down, all.other, all.ranks);
  if (result.places.size() > 1) {
    out += fmt::format("\n{:<20} {:>8} {:>8} {:>8} {:>8} {:>8}\n", "place", "results", "better",
                       "worse", "other", "ranks");
    for (const auto& [code, place] : result.places) {
      out += fmt::format("{:<20} {:>8} {:>8} {:>8} {:>8} {:>8}\n", or_none(code), place.units,
                         place.up, place.down, place.other, place.ranks);
    }
  }
  std::size_t flips = 0;
  for (const BacktestTarget& target : result.targets) {
    if (!target.flips()) continue;
    if (flips++ == 0)
      out += fmt::format("\n{:<20} {:<10} {:<32} {}\n", "target", "", "verdict", "value");
    out += fmt::format("{:<20} {:<10} {:<32} {}\n", target.target, target.statement,
                       pair_text(or_none(target.old_verdict), or_none(target.new_verdict)),
                       pair_text(or_none(target.old_value), or_none(target.new_value)));
  }
  if (!result.targets.empty()) {
    out += fmt::format("{} of {} statements of targets flip\n", flips, result.targets.size());
  }
  return out;
}

std::string backtest_csv(const Backtest& result) {
  std::string out =
      csv_line({"line",         "period",      "standard",    "level",     "unit",
                "place",        "old_verdict", "new_verdict", "old_grade", "new_grade",
                "grade_change", "old_score",   "new_score",   "old_rank",  "new_rank",
                "results",      "better",      "worse",       "other",     "ranks"});
  for (const BacktestUnit& unit : result.units) out += unit_line(result, unit);
  for (const auto& [code, place] : result.places) out += place_line(result, code, place);
  for (const BacktestTarget& target : result.targets) out += target_line(target);
  return out;
}

}  // namespace plumbline
