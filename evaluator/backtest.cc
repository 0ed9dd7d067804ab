// SPDX-License-Identifier: Apache-2.0
#include "evaluator/backtest.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "base/json.h"
#include "evaluator/rule_lookup.h"
#include "evaluator/target_fold.h"

namespace plumbline {
namespace {

using Move = BacktestUnit::Move;

std::string text_at(const Json& body, std::string_view key) {
  const Json* value = body.find(key);
  return value != nullptr && value->is_string() ? value->as_string() : "";
}

Result<Json> body_of(const ResultRow& row) {
  Result<Json> body = Json::parse(row.body);
  if (body.ok() && body->is_object()) return body;
  return Error(Code::kCorrupt, fmt::format("the result of {} {} in {} cannot be read", row.level,
                                           row.unit, row.period));
}

bool is_target(const ResultRow& row) {
  return row.standard.starts_with(kTargetRows);
}

using Key = std::tuple<std::string, std::string, std::string>;  // standard, level, unit
using Results = std::map<Key, BacktestResult>;

// Competition ranks: 1, 1, 3.
void add_ranks(Results& results) {
  std::map<std::pair<std::string, std::string>, std::vector<std::pair<Decimal, BacktestResult*>>>
      groups;
  for (auto& [key, result] : results) {
    auto score = parse_decimal(result.score);
    if (!score.ok()) continue;
    groups[{std::get<0>(key), std::get<1>(key)}].emplace_back(*score, &result);
  }
  for (auto& [group, scored] : groups) {
    std::sort(scored.begin(), scored.end(),
              [](const auto& a, const auto& b) { return a.first > b.first; });
    for (std::size_t i = 0; i < scored.size(); ++i) {
      bool tied = i > 0 && scored[i].first == scored[i - 1].first;
      scored[i].second->rank = tied ? scored[i - 1].second->rank : i + 1;
    }
  }
}

// The rows of units that are scored, in the period.
Result<Results> results_of(const BacktestSide& side, const std::string& period) {
  Results out;
  for (const ResultRow& row : side.rows) {
    if (is_target(row) || row.period != period) continue;
    const Standard* standard = find_standard(side.rules, row.standard);
    if (standard == nullptr || standard->level != row.level) continue;
    ASSIGN_OR_RETURN(Json body, body_of(row));
    out[{row.standard, row.level, row.unit}] = {text_at(body, "verdict"), text_at(body, "score"),
                                                text_at(body, "grade"), 0};
  }
  add_ranks(out);
  return out;
}

// Grades from the best (0) on; nullopt without one.
std::optional<std::size_t> grade_at(const RuleSet& rules, const std::string& standard_id,
                                    const std::string& grade) {
  const Standard* standard = find_standard(rules, standard_id);
  if (standard == nullptr) return std::nullopt;
  for (std::size_t i = 0; i < standard->grades.size(); ++i) {
    if (standard->grades[i].id == grade) return i;
  }
  return std::nullopt;
}

// By the places of the grades in their own lists; the same grade is the same, wherever it stands.
Move move_of(const BacktestSide& before, const BacktestSide& after, const BacktestUnit& unit) {
  std::string was = unit.before ? unit.before->grade : "";
  std::string now = unit.after ? unit.after->grade : "";
  if (was == now) return Move::kSame;
  auto from = grade_at(before.rules, unit.standard, was);
  auto to = grade_at(after.rules, unit.standard, now);
  if (!from || !to || *from == *to) return Move::kOther;
  return *to < *from ? Move::kUp : Move::kDown;
}

struct TargetSaid {
  std::string value, verdict;
};
using Targets = std::map<std::pair<std::string, std::string>, TargetSaid>;

Result<Targets> targets_of(const BacktestSide& side) {
  Targets out;
  for (const ResultRow& row : side.rows) {
    if (!is_target(row) || row.level != "network") continue;
    ASSIGN_OR_RETURN(Json body, body_of(row));
    std::string id = row.standard.substr(kTargetRows.size());
    out[{id, row.period}] = {text_at(body, "value"), text_at(body, "verdict")};
  }
  return out;
}

Status add_targets(const BacktestSide& before, const BacktestSide& after, Backtest& out) {
  ASSIGN_OR_RETURN(Targets old_targets, targets_of(before));
  ASSIGN_OR_RETURN(Targets new_targets, targets_of(after));
  Targets all = old_targets;
  all.insert(new_targets.begin(), new_targets.end());
  for (const auto& [key, said] : all) {
    auto was = old_targets.find(key);
    auto now = new_targets.find(key);
    BacktestTarget target{key.first, key.second, "", "", "", ""};
    if (was != old_targets.end()) {
      target.old_value = was->second.value;
      target.old_verdict = was->second.verdict;
    }
    if (now != new_targets.end()) {
      target.new_value = now->second.value;
      target.new_verdict = now->second.verdict;
    }
    out.targets.push_back(std::move(target));
  }
  return {};
}

void count(const BacktestUnit& unit, BacktestPlace& place) {
  ++place.units;
  if (unit.grade == Move::kUp) ++place.up;
  if (unit.grade == Move::kDown) ++place.down;
  if (unit.grade == Move::kOther) ++place.other;
  std::size_t was = unit.before ? unit.before->rank : 0;
  std::size_t now = unit.after ? unit.after->rank : 0;
  if (was != now) ++place.ranks;
}

}  // namespace

Result<Backtest> backtest(const BacktestSide& before, const BacktestSide& after,
                          const std::string& period,
                          const std::map<std::string, std::string>& places) {
  Backtest out;
  out.period = period;
  ASSIGN_OR_RETURN(Results old_results, results_of(before, period));
  ASSIGN_OR_RETURN(Results new_results, results_of(after, period));
  Results all = old_results;
  all.insert(new_results.begin(), new_results.end());
  for (const auto& [key, either] : all) {
    BacktestUnit unit;
    std::tie(unit.standard, unit.level, unit.unit) = key;
    auto place = places.find(unit.unit);
    if (place != places.end()) unit.place = place->second;
    auto was = old_results.find(key);
    auto now = new_results.find(key);
    if (was != old_results.end()) unit.before = was->second;
    if (now != new_results.end()) unit.after = now->second;
    unit.grade = move_of(before, after, unit);
    count(unit, out.places[unit.place]);
    out.units.push_back(std::move(unit));
  }
  RETURN_IF_ERROR(add_targets(before, after, out));
  return out;
}

}  // namespace plumbline
