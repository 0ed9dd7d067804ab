// SPDX-License-Identifier: Apache-2.0
#include "evaluator/target_fold.h"

#include <algorithm>
#include <utility>

#include "evaluator/row_changes.h"
#include "evaluator/target_body.h"
#include "evaluator/target_statement.h"
#include "evaluator/unit_table.h"

namespace plumbline {
namespace {

void add_rows(const Target& target, const StatementKind& kind, const TargetStatement& statement,
              std::vector<ResultRow>& rows) {
  std::string standard = std::string(kTargetRows) + target.id;
  std::string period(kind.name);
  for (const TargetStatement::Unit& unit : statement.units) {
    rows.push_back({standard, target.unit_level, unit.id, period,
                    target_unit_body(target, kind, statement, unit)});
  }
  rows.push_back({standard, "network", kNetworkUnit, period, target_body(target, kind, statement)});
}

// The last instant of a local day.
Instant end_of(const Calendar& calendar, Date day) {
  Date next = date_from_days(days_from_date(day) + 1);
  return calendar.start_of(next) - Duration{1};
}

}  // namespace

std::vector<ResultRow> target_rows(const RuleSet& rules, const FactBook& facts, Instant as_of) {
  const Calendar& calendar = rules.pack->calendar;
  Date today = calendar.local_date(as_of);
  std::vector<ResultRow> rows;
  for (const Target& target : rules.targets) {
    add_rows(target, {"running", std::nullopt, false},
             target_statement(target, facts, today, FactBook::kNow), rows);
    if (today <= target.deadline) continue;
    StatementKind kind{"final", std::nullopt, false};
    if (target.known_by) {
      kind.known_by = end_of(calendar, *target.known_by);
      kind.frozen = *target.known_by < today;
    }
    add_rows(
        target, kind,
        target_statement(target, facts, target.deadline, kind.known_by.value_or(FactBook::kNow)),
        rows);
  }
  std::sort(rows.begin(), rows.end());
  return rows;
}

void TargetFold::use(std::shared_ptr<const RuleSet> rules) {
  if (rules == rules_) return;
  rules_ = std::move(rules);
  stale_ = true;
}

void TargetFold::restart() {
  given_.clear();
  stale_ = true;
}

TargetFold::Changes TargetFold::take_changes(const FactBook& facts, std::optional<Instant> as_of) {
  std::optional<Date> day;
  if (rules_ != nullptr && as_of) day = rules_->pack->calendar.local_date(*as_of);
  if (!stale_ && day == day_) return {};
  stale_ = false;
  day_ = day;
  std::vector<ResultRow> fresh;
  if (day) fresh = target_rows(*rules_, facts, *as_of);
  Changes changes;
  compare_rows(given_, fresh, changes.changed, changes.gone);
  given_ = std::move(fresh);
  return changes;
}

}  // namespace plumbline
