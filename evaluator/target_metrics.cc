// SPDX-License-Identifier: Apache-2.0
#include "evaluator/target_metrics.h"

#include <prometheus/gauge.h>
#include <prometheus/registry.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "base/decimal.h"

namespace plumbline {
namespace {

prometheus::Family<prometheus::Gauge>& family(prometheus::Registry& registry, const char* name,
                                              const char* help) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry);
}

// "" where the member is no text.
std::string text_of(const Json& body, std::string_view member) {
  const Json* found = body.find(member);
  return found != nullptr && found->is_string() ? found->as_string() : std::string();
}

std::optional<double> number_of(const Json& body, std::string_view member) {
  Result<Decimal> value = parse_decimal(text_of(body, member));
  if (!value.ok()) return std::nullopt;
  // A gauge is for looking at: the exact value stands in the result's body.
  return static_cast<double>(value->units) / Decimal::kOne;
}

}  // namespace

TargetMetrics::TargetMetrics(prometheus::Registry& registry)
    : infos_(family(registry, "plumbline_target_info",
                    "1 for each target, with its titles and its headline reading as labels")),
      deadlines_(family(registry, "plumbline_target_deadline_timestamp_seconds",
                        "The end of the day on which the target must be reached")),
      goals_(family(registry, "plumbline_target_goal",
                    "What the target's value must be, a share or a whole number")),
      values_(family(registry, "plumbline_target_value",
                     "What the target stands at, by reading; only where something is known")),
      reached_(family(registry, "plumbline_target_reached",
                      "1 where the goal is reached, 0 where it is not")),
      covered_(family(registry, "plumbline_county_covered",
                      "1 where the county counts for the target today, strictly, else 0")) {}

TargetMetrics::Key TargetMetrics::key_of(const std::string& pack, const ResultRow& row) {
  return {pack, row.standard, row.level, row.unit, row.period};
}

void TargetMetrics::add(Family& family, const Labels& labels, double value, Shown& shown) {
  prometheus::Gauge& gauge = family.Add(labels);  // the same one while the labels are the same
  gauge.Set(value);
  shown.push_back({&family, &gauge});
}

void TargetMetrics::remove(const Shown& shown) {
  for (const Series& series : shown) series.family->Remove(series.gauge);
}

void TargetMetrics::show(const std::string& pack, const ResultRow& row) {
  Result<Json> body = Json::parse(row.body);
  Shown fresh;
  if (body.ok() && text_of(*body, "kind") == "target") fresh = network_row(pack, *body);
  if (body.ok() && text_of(*body, "kind") == "target_unit") fresh = unit_row(pack, *body);
  Shown& shown = rows_[key_of(pack, row)];
  // New series first, so that no scrape finds a gap between the old ones and them.
  std::erase_if(shown, [&](const Series& series) {
    return std::find(fresh.begin(), fresh.end(), series) != fresh.end();
  });
  remove(shown);
  shown = std::move(fresh);
}

TargetMetrics::Shown TargetMetrics::network_row(const std::string& pack, const Json& body) {
  Shown shown;
  const Json* readings = body.find("readings");
  if (readings == nullptr || !readings->is_array()) return shown;
  for (const Json& reading : readings->as_array()) {
    Labels labels = {{"pack", pack},
                     {"target", text_of(body, "target")},
                     {"reading", text_of(reading, "id")},
                     {"statement", text_of(body, "statement")}};
    if (auto value = number_of(reading, "value")) add(values_, labels, *value, shown);
    std::string verdict = text_of(reading, "verdict");
    if (verdict == "met" || verdict == "not_met") {
      add(reached_, labels, verdict == "met" ? 1 : 0, shown);
    }
  }
  return shown;
}

TargetMetrics::Shown TargetMetrics::unit_row(const std::string& pack, const Json& body) {
  Shown shown;
  if (text_of(body, "statement") != "running" || text_of(body, "level") != "county") return shown;
  const Json* covered = body.find("covered");
  const Json* strict = covered != nullptr ? covered->find("strict") : nullptr;
  // Where no fact is known at all, "not covered" would be a claim.
  if (strict == nullptr || !strict->is_bool() || text_of(body, "verdict") == "not_reported") {
    return shown;
  }
  add(covered_,
      {{"pack", pack}, {"target", text_of(body, "target")}, {"county", text_of(body, "unit")}},
      strict->as_bool() ? 1 : 0, shown);
  return shown;
}

void TargetMetrics::hide(const std::string& pack, const ResultRow& row) {
  auto found = rows_.find(key_of(pack, row));
  if (found == rows_.end()) return;
  remove(found->second);
  rows_.erase(found);
}

void TargetMetrics::show(const std::string& pack, const std::string& rule_hash,
                         const std::vector<Target>& targets, const Calendar& calendar) {
  if (rule_hash_ == rule_hash) return;
  rule_hash_ = rule_hash;
  remove(rule_set_);
  rule_set_.clear();
  // What another pack's targets stood at stands nowhere any more.
  std::erase_if(rows_, [&](const auto& row) {
    if (row.first.front() == pack) return false;
    remove(row.second);
    return true;
  });
  for (const Target& target : targets) {
    Labels labels = {{"pack", pack}, {"target", target.id}};
    const Date after = date_from_days(days_from_date(target.deadline) + 1);
    add(deadlines_, labels, static_cast<double>(calendar.start_of(after).ms) / 1000, rule_set_);
    add(goals_, labels, static_cast<double>(target.goal.value.units) / Decimal::kOne, rule_set_);
    labels.insert({{"reading", std::string(reading_name(target.headline))},
                   {"title_zh", target.title.zh},
                   {"title_en", target.title.en}});
    add(infos_, labels, 1, rule_set_);
  }
}

}  // namespace plumbline
