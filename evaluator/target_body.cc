// SPDX-License-Identifier: Apache-2.0
#include "evaluator/target_body.h"

#include <utility>

#include "base/json.h"

namespace plumbline {
namespace {

Json list_of(const std::vector<std::string>& texts) {
  Json list = Json::array();
  for (const std::string& text : texts) list.push(text);
  return list;
}

// "value", "numerator" and "denominator". Where nothing is known there is no value: not even zero.
void set_value(const Target& target, const TargetStatement& statement, const TargetValue& value,
               Json& json) {
  std::optional<std::string> text = value_text(target, value);
  json.set("value", statement.reported && text ? Json(*text) : Json());
  json.set("numerator", value.numerator).set("denominator", value.denominator);
}

Json reading_json(const Target& target, const TargetStatement& statement, Reading reading) {
  const TargetStatement::Line& line = statement.line(reading);
  Json json = Json::object();
  json.set("id", reading_name(reading)).set("verdict", verdict_name(line.verdict));
  set_value(target, statement, line.value, json);
  Json counted = Json::array();
  for (const TargetStatement::Counted& item : line.counted) {
    counted.push(Json::object().set("unit", item.unit).set("facts", list_of(item.facts)));
  }
  json.set("counted", std::move(counted));
  return json;
}

Json trajectory_json(const Target& target, const TargetStatement& statement) {
  Json trajectory = Json::array();
  for (const TargetStatement::Point& point : statement.trajectory) {
    Json json = Json::object().set("date", format_date(point.date));
    set_value(target, statement, point.value, json);
    trajectory.push(std::move(json));
  }
  return trajectory;
}

Json excluded_json(const TargetStatement& statement) {
  Json excluded = Json::array();
  for (const TargetStatement::Excluded& item : statement.excluded) {
    excluded.push(Json::object().set("fact", item.fact).set("reason", exclusion_name(item.reason)));
  }
  return excluded;
}

}  // namespace

std::string target_body(const Target& target, const StatementKind& kind,
                        const TargetStatement& statement) {
  const TargetStatement::Line& headline = statement.line(target.headline);
  Json body = Json::object();
  body.set("kind", "target").set("target", target.id);
  body.set("statement", kind.name).set("date", format_date(statement.date));
  body.set("known_by", kind.known_by ? Json(format_instant(*kind.known_by)) : Json());
  body.set("frozen", kind.frozen);
  body.set("verdict", verdict_name(headline.verdict));
  set_value(target, statement, headline.value, body);
  body.set("goal", Json::object()
                       .set("test", goal_test_name(target.goal.test))
                       .set("value", format_decimal_short(target.goal.value)));
  body.set("headline", reading_name(target.headline));
  Json readings = Json::array();
  for (Reading reading : kReadings) readings.push(reading_json(target, statement, reading));
  body.set("readings", std::move(readings));
  body.set("missing", list_of(statement.missing)).set("excluded", excluded_json(statement));
  body.set("milestones", Json::array()).set("trajectory", trajectory_json(target, statement));
  return body.text();
}

std::string target_unit_body(const Target& target, const StatementKind& kind,
                             const TargetStatement& statement, const TargetStatement::Unit& unit) {
  Verdict verdict = Verdict::kNotReported;
  if (statement.reported) {
    bool covered = unit.covered[static_cast<std::size_t>(target.headline)];
    verdict = covered ? Verdict::kMet : Verdict::kNotMet;
  }
  Json covered = Json::object();
  for (Reading reading : kReadings) {
    covered.set(std::string(reading_name(reading)),
                unit.covered[static_cast<std::size_t>(reading)]);
  }
  Json body = Json::object();
  body.set("kind", "target_unit").set("target", target.id);
  body.set("statement", kind.name).set("date", format_date(statement.date));
  body.set("unit", unit.id).set("level", target.unit_level);
  body.set("covered", std::move(covered));
  body.set("since", unit.since ? Json(format_date(*unit.since)) : Json());
  body.set("facts", list_of(unit.facts)).set("verdict", verdict_name(verdict));
  return body.text();
}

}  // namespace plumbline
