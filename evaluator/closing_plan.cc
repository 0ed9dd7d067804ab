// SPDX-License-Identifier: Apache-2.0
#include "evaluator/closing_plan.h"

#include <fmt/format.h>

#include <map>

#include "base/json.h"
#include "evaluator/closed_results.h"

namespace plumbline {
namespace {

using UnitKey = std::pair<std::string, std::string>;  // level, unit
using Bodies = std::map<UnitKey, std::string>;

Bodies bodies_of(const std::vector<ResultRow>& rows, const std::string& standard,
                 const std::string& period) {
  Bodies bodies;
  for (const ResultRow& row : rows_of_period(rows, standard, period)) {
    bodies[{row.level, row.unit}] = row.body;
  }
  return bodies;
}

std::uint64_t last_revision(const RegistryView& office, const ClosingAsked& asked) {
  std::uint64_t last = 0;
  for (const RegistryState::Closing& closing : office.closings) {
    const PeriodClosed& closed = closing.closed;
    if (closed.standard == asked.standard && closed.period == asked.period) last = closed.revision;
  }
  return last;
}

struct Span {
  Instant start;
  bool ended = false;
};

Result<Span> span_of(const std::string& body) {
  ASSIGN_OR_RETURN(Json json, Json::parse(body));
  const Json* period = json.find("period");
  const Json* ended = period == nullptr ? nullptr : period->find("ended");
  if (ended == nullptr || !ended->is_bool()) {
    return Error(Code::kCorrupt, "a result without its period cannot be closed");
  }
  Span span;
  ASSIGN_OR_RETURN(std::string start, period->string_at("start"));
  ASSIGN_OR_RETURN(span.start, parse_instant(start));
  span.ended = ended->as_bool();
  return span;
}

// Of the rule set that answers for a period: as answering(), of what the office knows.
Result<Hash> rule_hash_for(const RegistryView& office, Instant start) {
  for (auto at = office.activations.rbegin(); at != office.activations.rend(); ++at) {
    if (at->retroactive || at->recorded_at <= start) return at->rule_hash;
  }
  return Error(Code::kNotFound, "no rule set answers for the period");
}

Status check_revision(const ClosingAsked& asked, std::uint64_t last) {
  bool restates = asked.what == ClosingAsked::What::kRestate;
  if (!restates && last > 0) {
    return Error(Code::kExists,
                 fmt::format("{} of {} is closed already, at revision {}; what came since is "
                             "published with `plumb period restate`",
                             asked.period, asked.standard, last));
  }
  if (restates && last == 0) {
    return Error(Code::kNotFound, fmt::format("{} of {} is not closed; there is nothing to restate",
                                              asked.period, asked.standard));
  }
  return {};
}

}  // namespace

Result<ClosingPlan> plan_closing(const ResultsStore::Snapshot& served, const RegistryView& office,
                                 const ClosingAsked& asked) {
  std::uint64_t last = last_revision(office, asked);
  RETURN_IF_ERROR(check_revision(asked, last));
  Bodies published = bodies_of(served.rows, asked.standard, asked.period);
  Bodies now = published;
  for (auto& [unit, body] :
       bodies_of(served.rows, current_standard(asked.standard), asked.period)) {
    now[unit] = body;
  }
  if (now.empty()) {
    return Error(Code::kNotFound,
                 fmt::format("there are no results of {} in {}", asked.standard, asked.period));
  }
  if (last == 0) published.clear();
  ClosingPlan plan;
  for (const auto& [unit, body] : now) {
    plan.rows.push_back({asked.standard, unit.first, unit.second, asked.period, body});
    auto before = published.find(unit);
    std::string was = before == published.end() ? "" : before->second;
    if (was != body) plan.changes.push_back({unit.first, unit.second, std::move(was), body});
  }
  if (plan.changes.empty()) {
    return Error(Code::kExists, fmt::format("nothing differs from revision {} of {} in {}", last,
                                            asked.standard, asked.period));
  }
  ASSIGN_OR_RETURN(Span span, span_of(plan.rows.front().body));
  if (!span.ended) {
    return Error(Code::kInvalid, fmt::format("{} has not ended as of {}: it cannot be closed yet",
                                             asked.period, format_instant(served.header.as_of)));
  }
  PeriodClosed& closed = plan.closed;
  closed.standard = asked.standard;
  closed.period = asked.period;
  closed.revision = last + 1;
  closed.size = served.header.size;
  closed.as_of = served.header.as_of;
  ASSIGN_OR_RETURN(closed.rule_hash, rule_hash_for(office, span.start));
  closed.results = plan.rows.size();
  closed.root = results_root(plan.rows);
  return plan;
}

}  // namespace plumbline
