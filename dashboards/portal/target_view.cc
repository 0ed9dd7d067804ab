// SPDX-License-Identifier: Apache-2.0
#include "dashboards/portal/target_view.h"

#include <algorithm>

#include "dashboards/portal/fact_json.h"
#include "dashboards/portal/figure_text.h"
#include "dashboards/portal/json_read.h"
#include "dashboards/portal/words.h"

namespace plumbline {
namespace {

constexpr std::string_view kPrefix = "target.";

void set_verdict(Json& json, const std::string& verdict) {
  json.set("verdict", verdict).set("verdict_title", words::verdict(verdict).json());
}

// The goal as text and as it stands.
Json goal_json(const std::string& measure, const Json& goal) {
  Json json = Json::object();
  json.set("test", at_or_null(goal, "test")).set("value", at_or_null(goal, "value"));
  json.set("text", goal_text(measure, &goal));
  return json;
}

// Without a value nothing was reported, and its count is not shown as zero.
std::string fraction_of(const Json& json, const Json* denominator) {
  const bool silent = at_or_null(json, "value").is_null();
  return fraction_text(silent ? nullptr : json.find("numerator"), denominator);
}

Json reading_json(const std::string& measure, const Json& statement, const Json& reading) {
  const std::string& id = text_at(reading, "id");
  Json json = Json::object();
  json.set("id", id).set("title", words::reading(id).json());
  json.set("value", at_or_null(reading, "value"));
  json.set("text", target_text(measure, reading.find("value")));
  json.set("numerator", at_or_null(reading, "numerator"));
  json.set("fraction_text", fraction_of(reading, statement.find("denominator")));
  set_verdict(json, text_at(reading, "verdict"));
  return json;
}

Json statement_json(const std::string& measure, const Json& body) {
  Json json = Json::object();
  json.set("date", text_at(body, "date")).set("frozen", flag_at(body, "frozen"));
  json.set("known_by", at_or_null(body, "known_by"));
  set_verdict(json, text_at(body, "verdict"));
  json.set("value", at_or_null(body, "value"));
  json.set("text", target_text(measure, body.find("value")));
  json.set("numerator", at_or_null(body, "numerator"));
  json.set("denominator", at_or_null(body, "denominator"));
  json.set("fraction_text", fraction_of(body, body.find("denominator")));
  Json readings = Json::array();
  for (const Json& reading : list_at(body, "readings")) {
    readings.push(reading_json(measure, body, reading));
  }
  json.set("readings", std::move(readings));
  return json;
}

// What stands where the evaluator has said nothing of a target.
Json silent_statement(const ScopedData& data) {
  Json body = Json::object();
  body.set("date", format_date(data.today())).set("frozen", false);
  body.set("verdict", "not_reported");
  return body;
}

// Of a unit's code: {code,name,city}; null for what is counted without a unit.
Json unit_json(const ScopedData& data, const std::string& code) {
  Json json = data.place_json(ScopeLevel::kCounty, code);
  if (!json.is_object()) return json;
  json.set("city", nullptr);
  for (const auto* county : data.counties()) {
    if (county->code == code && !county->parent.empty()) {
      json.set("city", data.place_json(ScopeLevel::kCity, county->parent));
    }
  }
  return json;
}

// What is counted one by one is no unit: its facts say what it is.
Json counted_json(const ScopedData& data, const std::string& measure, const std::string& kind,
                  const Json& reading) {
  Json counted = Json::array();
  for (const Json& item : list_at(reading, "counted")) {
    const std::string& unit = text_at(item, "unit");
    Json json = Json::object();
    json.set("unit", measure == "coverage" ? unit_json(data, unit) : Json());
    json.set("facts", facts_json(data, kind, list_at(item, "facts")));
    counted.push(std::move(json));
  }
  return counted;
}

Json trajectory_json(const std::string& measure, const Json& body) {
  Json points = Json::array();
  for (const Json& point : list_at(body, "trajectory")) {
    Json json = Json::object();
    json.set("date", text_at(point, "date")).set("value", at_or_null(point, "value"));
    json.set("text", target_text(measure, point.find("value")));
    json.set("numerator", at_or_null(point, "numerator"));
    json.set("denominator", at_or_null(point, "denominator"));
    points.push(std::move(json));
  }
  return points;
}

// Ids of facts are unique in their kind alone. Where the rule set does not say which kind a target
// counts, it is the first in which all of them are.
std::string kind_counted(const ScopedData& data, const Json& target, const Json::Array& ids) {
  if (auto kind = optional_text_at(target, "counts")) return *kind;
  for (const char* kind : {"institution", "status", "product", "document", "division"}) {
    const bool all = std::all_of(ids.begin(), ids.end(), [&](const Json& id) {
      return id.is_string() && data.fact(kind, id.as_string()) != nullptr;
    });
    if (all) return kind;
  }
  return "institution";
}

Json::Array ids_counted(const Json& body) {
  Json::Array ids;
  for (const Json& reading : list_at(body, "readings")) {
    for (const Json& item : list_at(reading, "counted")) {
      const auto& facts = list_at(item, "facts");
      ids.insert(ids.end(), facts.begin(), facts.end());
    }
  }
  for (const Json& item : list_at(body, "excluded")) ids.push_back(at_or_null(item, "fact"));
  return ids;
}

}  // namespace

Result<TargetRows> TargetRows::read(ScopedData& data) {
  ResultsStore::Filter filter;
  filter.standard_prefix = kPrefix;
  filter.level = scope_level_name(ScopeLevel::kNetwork);
  ASSIGN_OR_RETURN(std::vector<ResultRow> found, data.rows(filter));
  TargetRows rows;
  for (const ResultRow& row : found) {
    ASSIGN_OR_RETURN(auto body, data.body(row));
    rows.bodies_[{row.standard.substr(kPrefix.size()), row.period}] = std::move(body);
  }
  return rows;
}

const Json* TargetRows::find(const std::string& target, const std::string& statement) const {
  auto found = bodies_.find({target, statement});
  return found == bodies_.end() ? nullptr : found->second.get();
}

Json target_summary(const ScopedData& data, const Json& target, const TargetRows& rows) {
  const std::string& id = text_at(target, "id");
  const std::string& measure = text_at(target, "measure");
  const Json& basis = at_or_null(target, "basis");
  const std::string& kind = text_at(basis, "kind");
  Json about = Json::object();
  about.set("kind", kind).set("kind_title", words::basis_kind(kind).json());
  about.set("text", at_or_null(basis, "text"));
  Json json = Json::object();
  json.set("id", id).set("title", at_or_null(target, "title")).set("measure", measure);
  json.set("goal", goal_json(measure, at_or_null(target, "goal")));
  for (const char* key : {"start", "deadline", "headline", "owner"}) {
    json.set(key, at_or_null(target, key));
  }
  json.set("basis", std::move(about));
  const Json* final = rows.find(id, "final");
  const Json* running = rows.find(id, "running");
  json.set("final", final == nullptr ? Json() : statement_json(measure, *final));
  json.set("running",
           statement_json(measure, running == nullptr ? silent_statement(data) : *running));
  return json;
}

Json target_summaries(const ScopedData& data, const TargetRows& rows) {
  Json targets = Json::array();
  for (const Json& target : list_at(data.rules(), "targets")) {
    targets.push(target_summary(data, target, rows));
  }
  return targets;
}

Json target_detail(const ScopedData& data, const Json& target, const TargetRows& rows,
                   const std::string& statement) {
  const Json* found = rows.find(text_at(target, "id"), statement);
  if (found == nullptr && statement == "final") return nullptr;
  const Json body = found == nullptr ? silent_statement(data) : *found;
  const std::string& measure = text_at(target, "measure");
  const std::string kind = kind_counted(data, target, ids_counted(body));
  Json json = statement_json(measure, body);
  Json readings = Json::array();
  for (const Json& reading : list_at(body, "readings")) {
    Json one = reading_json(measure, body, reading);
    one.set("counted", counted_json(data, measure, kind, reading));
    readings.push(std::move(one));
  }
  json.set("readings", std::move(readings));
  Json missing = Json::array();
  for (const Json& unit : list_at(body, "missing")) {
    if (unit.is_string()) missing.push(unit_json(data, unit.as_string()));
  }
  json.set("missing", std::move(missing));
  Json excluded = Json::array();
  for (const Json& item : list_at(body, "excluded")) {
    const FactBook::Version* fact = data.fact(kind, text_at(item, "fact"));
    if (fact == nullptr) continue;
    Json one = Json::object();
    one.set("fact", fact_json(data, *fact));
    one.set("reason", words::excluded_reason(text_at(item, "reason")).json());
    excluded.push(std::move(one));
  }
  json.set("excluded", std::move(excluded));
  json.set("trajectory", trajectory_json(measure, body));
  return json;
}

Result<UnitRows> UnitRows::read(ScopedData& data, ScopeLevel level, const std::string& unit) {
  ResultsStore::Filter filter;
  filter.standard_prefix = kPrefix;
  filter.level = scope_level_name(level);
  filter.unit = unit;
  filter.period = "running";
  ASSIGN_OR_RETURN(std::vector<ResultRow> found, data.rows(filter));
  UnitRows rows;
  rows.level_ = level;
  for (const ResultRow& row : found) {
    ASSIGN_OR_RETURN(auto body, data.body(row));
    rows.bodies_[{row.standard.substr(kPrefix.size()), row.unit}] = std::move(body);
  }
  return rows;
}

const Json* UnitRows::find(const std::string& target, const std::string& unit) const {
  auto found = bodies_.find({target, unit});
  return found == bodies_.end() ? nullptr : found->second.get();
}

std::string UnitRows::state(const Json& target, const std::string& unit) const {
  const Json* body = find(text_at(target, "id"), unit);
  if (body == nullptr) return "missing";
  const Json& covered = at_or_null(*body, "covered");
  const std::string& headline = text_at(target, "headline");
  if (flag_at(covered, headline.empty() ? "strict" : headline)) return "covered";
  return flag_at(covered, "claimed") ? "claimed" : "missing";
}

std::optional<std::string> UnitRows::since(const Json& target, const std::string& unit) const {
  const Json* body = find(text_at(target, "id"), unit);
  return body == nullptr ? std::nullopt : optional_text_at(*body, "since");
}

Json UnitRows::json(const ScopedData& data, const std::string& unit) const {
  Json targets = Json::array();
  for (const Json& target : list_at(data.rules(), "targets")) {
    if (text_at(target, "level") != scope_level_name(level_)) continue;
    const Json* body = find(text_at(target, "id"), unit);
    Json json = Json::object();
    json.set("id", text_at(target, "id")).set("title", at_or_null(target, "title"));
    json.set("state", state(target, unit));
    auto from = since(target, unit);
    json.set("since", from ? Json(*from) : Json());
    set_verdict(json, body == nullptr ? "not_reported" : text_at(*body, "verdict"));
    const Json::Array ids = body == nullptr ? Json::Array() : list_at(*body, "facts");
    json.set("facts", facts_json(data, kind_counted(data, target, ids), ids));
    targets.push(std::move(json));
  }
  return targets;
}

}  // namespace plumbline
