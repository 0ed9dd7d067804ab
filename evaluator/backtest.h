// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVALUATOR_BACKTEST_H_
#define PLUMBLINE_EVALUATOR_BACKTEST_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "evaluator/standard.h"
#include "store/results.h"

// What other rules would make of the same reports: docs/formats/rule_tools.md. Pure.
namespace plumbline {

// One side of a comparison: rules, and the rows that they give for a ledger prefix.
struct BacktestSide {
  const RuleSet& rules;
  const std::vector<ResultRow>& rows;  // sorted
};

// A unit under one set of rules; empty texts where there is nothing.
struct BacktestResult {
  std::string verdict, score, grade;
  std::size_t rank = 0;  // 1 = the best score of its standard and level; equal scores share one; 0:
                         // without a score
  bool operator==(const BacktestResult&) const = default;
};

struct BacktestUnit {
  enum class Move { kSame, kUp, kDown, kOther };  // kOther: with a grade on one side alone

  std::string standard, level, unit, place;  // `place`: code at the level above outlets, or ""
  std::optional<BacktestResult> before;      // nullopt: no row under these rules
  std::optional<BacktestResult> after;
  Move grade = Move::kSame;
};

struct BacktestTarget {
  std::string target, statement;                               // "running", "final"
  std::string old_value, new_value, old_verdict, new_verdict;  // empty: no such target
  bool flips() const { return old_verdict != new_verdict; }
};

struct BacktestPlace {
  std::size_t units = 0, up = 0, down = 0, other = 0, ranks = 0;  // ranks: how many changed theirs
};

struct Backtest {
  std::string period;
  std::vector<BacktestUnit> units;  // all of the period, by standard, level, unit
  std::vector<BacktestTarget> targets;
  std::map<std::string, BacktestPlace> places;  // of the units; "" for those without a place
};

// `places` of outlets. kCorrupt when a body is not what result_body makes.
Result<Backtest> backtest(const BacktestSide& before, const BacktestSide& after,
                          const std::string& period,
                          const std::map<std::string, std::string>& places);

// The units whose grade or rank changes, places and targets: tables for people.
std::string backtest_text(const Backtest& result);
// RFC 4180 with a heading: a line "unit" each, changed or not, a line "place" each, a line "target"
// each.
std::string backtest_csv(const Backtest& result);

}  // namespace plumbline

#endif  // PLUMBLINE_EVALUATOR_BACKTEST_H_
