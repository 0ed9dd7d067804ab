// SPDX-License-Identifier: Apache-2.0
// Pages of one outlet: its result, line by line, and its cases.
#include <fmt/format.h>

#include <algorithm>

#include "base/decimal.h"
#include "dashboards/portal/closing_json.h"
#include "dashboards/portal/fact_json.h"
#include "dashboards/portal/figure_json.h"
#include "dashboards/portal/figure_text.h"
#include "dashboards/portal/handlers.h"
#include "dashboards/portal/json_read.h"
#include "dashboards/portal/outlet_list.h"

namespace plumbline {
namespace {

constexpr std::uint64_t kMaxCases = 200;
constexpr std::uint64_t kExplainedCases = 5;

Json basis_json(const Json& basis) {
  const std::string& kind = text_at(basis, "kind");
  Json json = Json::object();
  json.set("kind", kind).set("kind_title", words::basis_kind(kind).json());
  json.set("text", at_or_null(basis, "text"));
  return json;
}

const Json& words_of(const Json& parent, std::string_view list, const std::string& id) {
  static const Json kNone = Json::object();
  const Json* item = with_id(parent, list, id);
  return item == nullptr ? kNone : *item;
}

Json title_json(const Json& about, const std::string& id) {
  return words::text_of(about.find("title"), id).json();
}

// What is to be known of a line besides its rule: sentences, in both languages.
Json notes_json(const ScopedData& data, const Json& body, const Json& line) {
  Json notes = Json::array();
  const std::string& criterion = text_at(line, "id");
  if (auto cases = number_at(at_or_null(line, "figure"), "left_out"); cases > 0) {
    notes.push(words::left_out(cases).json());
  }
  if (auto days = number_at(at_or_null(line, "figure"), "days"); days > 0) {
    notes.push(words::over_days(days).json());
  }
  if (const Json* norm = line.find("norm")) {
    notes.push(words::norm_taken(text_at(*norm, "value"),
                                 optional_text_at(*norm, "class").value_or(""),
                                 optional_text_at(*norm, "fact").value_or(""))
                   .json());
  }
  for (const Json& exemption : list_at(body, "exemptions")) {
    if (text_at(exemption, "criterion") != criterion) continue;
    const FactBook::Version* version = data.fact("exemption", text_at(exemption, "id"));
    if (version == nullptr) continue;
    const Fact& fact = version->fact;
    notes.push(words::exempt(fact.from ? format_date(*fact.from) : "",
                             fact.until ? format_date(*fact.until) : "", fact.attribute("reason"),
                             fact.attribute("owner"))
                   .json());
  }
  return notes;
}

Json criterion_json(const Json& standard, const Json& block, const Json& body,
                    const Json& criterion) {
  const std::string& id = text_at(criterion, "id");
  const std::string& indicator = text_at(criterion, "indicator");
  const Json& about = words_of(block, "criteria", id);
  const Json* figures = with_id(body, "indicators", indicator);
  const bool enough = figures != nullptr && flag_at(*figures, "sufficient");
  const std::string& verdict = text_at(criterion, "verdict");
  Json json = Json::object();
  json.set("id", id).set("title", title_json(about, id));
  json.set("verdict", verdict).set("verdict_title", words::verdict(verdict).json());
  for (const char* key : {"weight", "weight_used", "points"}) {
    json.set(key, at_or_null(criterion, key));
  }
  const std::string& moved = text_at(criterion, "redistributed");
  json.set("redistributed", moved.find_first_not_of("-0.") != std::string::npos);
  const Json* points = criterion.find("points");
  const Json* weight = criterion.find("weight_used");
  json.set("points_text", points_text(points) + " / " + points_text(weight));
  json.set("share", share_of(points, weight));
  json.set("figure", figure_json(standard, indicator, at_or_null(criterion, "figure"),
                                 enough ? Sufficient::kYes : Sufficient::kNo));
  json.set("rule_text", words::text_of(about.find("rule_text"), "").json());
  json.set("basis", basis_json(at_or_null(about, "basis")));
  return json;
}

// The sum of a member of a block's criteria, two decimals; null when none has it.
Json sum_of(const Json& block, std::string_view key) {
  Decimal sum;
  bool any = false;
  for (const Json& criterion : list_at(block, "criteria")) {
    auto text = optional_text_at(criterion, key);
    if (!text) continue;
    auto value = parse_decimal(*text);
    if (!value.ok()) continue;
    auto more = decimal_add(sum, *value);
    if (!more.ok()) return nullptr;
    sum = *more;
    any = true;
  }
  return any ? Json(format_decimal(sum, 2)) : Json();
}

Json blocks_json(const ScopedData& data, const Json& standard, const Json& body) {
  Json blocks = Json::array();
  for (const Json& block : list_at(body, "blocks")) {
    const std::string& id = text_at(block, "id");
    const Json& about = words_of(standard, "blocks", id);
    const Json points = sum_of(block, "points");
    const Json weight = sum_of(block, "weight_used");
    Json criteria = Json::array();
    for (const Json& criterion : list_at(block, "criteria")) {
      Json line = criterion_json(standard, about, body, criterion);
      criteria.push(line.set("notes", notes_json(data, body, criterion)));
    }
    Json json = Json::object();
    json.set("id", id).set("title", title_json(about, id));
    json.set("points_text", points_text(&points)).set("weight_text", points_text(&weight));
    json.set("criteria", std::move(criteria));
    blocks.push(std::move(json));
  }
  return blocks;
}

Json vetoes_json(const ScopedData& data, const Json& standard, const Json& body) {
  Json vetoes = Json::array();
  for (const Json& veto : list_at(body, "vetoes")) {
    const std::string& id = text_at(veto, "id");
    const Json& about = words_of(standard, "vetoes", id);
    const FactBook::Version* finding = data.fact("finding", text_at(veto, "finding"));
    Json json = Json::object();
    json.set("id", id).set("title", title_json(about, id));
    json.set("since", at_or_null(veto, "since"));
    json.set("finding", finding == nullptr ? Json() : fact_json(data, *finding));
    json.set("basis", basis_json(at_or_null(about, "basis")));
    vetoes.push(std::move(json));
  }
  return vetoes;
}

Json caps_json(const Json& standard, const Json& body) {
  Json caps = Json::array();
  for (const Json& cap : list_at(body, "caps")) {
    const std::string& id = text_at(cap, "id");
    const std::string& grade = text_at(cap, "grade");
    const Json& about = words_of(standard, "caps", id);
    const Json& figure = at_or_null(cap, "figure");
    std::string indicator = text_at(about, "indicator");
    if (indicator.empty()) indicator = text_at(figure, "id");
    Json shown = figure_json(standard, indicator, figure, Sufficient::kYes);
    const words::Text text = words::cap_acts(words::text_of(about.find("title"), id),
                                             text_at(shown, "text"), grade_title(standard, grade));
    Json json = Json::object();
    json.set("id", id).set("title", title_json(about, id));
    json.set("grade", grade_json(standard, grade)).set("figure", std::move(shown));
    json.set("text", text.json()).set("basis", basis_json(at_or_null(about, "basis")));
    caps.push(std::move(json));
  }
  return caps;
}

std::size_t place_of_grade(const Json& standard, const std::optional<std::string>& id) {
  const auto& grades = list_at(standard, "grades");
  auto found = std::find_if(grades.begin(), grades.end(),
                            [&](const Json& grade) { return id && text_at(grade, "id") == *id; });
  return static_cast<std::size_t>(found - grades.begin());
}

// What the rules say of a condition: it is known by its grade and block.
const Json& condition_words(const Json& standard, const Json& condition) {
  static const Json kNone = Json::object();
  const Json& grade = words_of(standard, "grades", text_at(condition, "grade"));
  for (const Json& one : list_at(grade, "requires")) {
    if (text_at(one, "block") == text_at(condition, "block")) return one;
  }
  return kNone;
}

// The conditions of grades. One acts when it does not hold and lies between the grade by score and
// the grade given.
Json conditions_json(const Json& standard, const ScoredRow& row, const Json& body) {
  Json conditions = Json::array();
  const std::size_t from = place_of_grade(standard, row.grade_by_score);
  const std::size_t to = place_of_grade(standard, row.grade);
  for (const Json& one : list_at(body, "conditions")) {
    const std::string& grade = text_at(one, "grade");
    const std::string& block = text_at(one, "block");
    const std::size_t at = place_of_grade(standard, grade);
    const words::Text text =
        words::condition(grade_title(standard, grade),
                         words::text_of(words_of(standard, "blocks", block).find("title"), block),
                         points_text(one.find("points")), points_text(one.find("at_least")));
    Json json = Json::object();
    json.set("grade", grade_json(standard, grade)).set("holds", flag_at(one, "holds"));
    json.set("acts", !flag_at(one, "holds") && at >= from && at < to);
    json.set("text", text.json());
    json.set("basis", basis_json(at_or_null(condition_words(standard, one), "basis")));
    conditions.push(std::move(json));
  }
  return conditions;
}

Json result_json(const ScopedData& data, const Json& standard, const ScoredRow& row,
                 const Json& body) {
  const std::string verdict = row.verdict.empty() ? "not_reported" : row.verdict;
  Json json = Json::object();
  json.set("verdict", verdict).set("verdict_title", words::result_verdict(verdict).json());
  json.set("score", at_or_null(body, "score"));
  json.set("score_text", points_text(body.find("score")));
  json.set("grade", grade_json(standard, row.grade));
  json.set("grade_by_score", grade_json(standard, row.grade_by_score));
  json.set("grade_limited", row.grade_limited);
  json.set("weight_without_data", at_or_null(body, "weight_without_data"));
  json.set("reason", reason_of(row, standard).json());
  json.set("vetoes", vetoes_json(data, standard, body)).set("caps", caps_json(standard, body));
  json.set("conditions", conditions_json(standard, row, body));
  json.set("blocks", blocks_json(data, standard, body));
  Json grades = Json::array();
  for (const Json& grade : list_at(standard, "grades")) {
    Json one = Json::object();
    one.set("id", at_or_null(grade, "id")).set("title", at_or_null(grade, "title"));
    one.set("min", at_or_null(grade, "min"));
    grades.push(std::move(one));
  }
  json.set("grades", std::move(grades));
  return json;
}

// Of the period's events, those that came late or were entered long after; where the pack has no
// such limit, nothing is said.
Json flags_json(const Json& flags) {
  Json list = Json::array();
  for (const char* flag : {"late", "back_dated"}) {
    if (flags.find(flag) == nullptr) continue;
    Json json = Json::object();
    json.set("flag", flag).set("title", words::time_flag(flag).json());
    list.push(json.set("count", number_at(flags, flag)));
  }
  return list;
}

Json reported_json(const Json& body) {
  const Json& aside = at_or_null(body, "set_aside");
  Json rules = Json::array();
  for (const Json& rule : list_at(aside, "rules")) {
    const std::string& id = text_at(rule, "rule");
    Json json = Json::object();
    json.set("rule", id).set("title", words::set_aside_rule(id).json());
    json.set("count", number_at(rule, "count"));
    rules.push(std::move(json));
  }
  Json set_aside = Json::object();
  set_aside.set("count", number_at(aside, "count")).set("rules", std::move(rules));
  Json json = Json::object();
  json.set("events", number_at(body, "events")).set("set_aside", std::move(set_aside));
  json.set("duplicates", number_at(body, "duplicates"));
  json.set("failed_cases", number_at(body, "failed_cases"));
  const Json& amended = at_or_null(body, "amended");
  json.set("amended", Json::object()
                          .set("corrected", number_at(amended, "corrected"))
                          .set("voided", number_at(amended, "voided")));
  return json.set("flags", flags_json(at_or_null(body, "flags")));
}

// All periods of the kind that is shown, the oldest first.
Result<Json> history_json(ScopedData& data, const Json& standard, const std::string& outlet,
                          const ResultChoice& choice) {
  Json history = Json::array();
  if (choice.standard.empty()) return history;
  ResultsStore::Filter filter;
  filter.standard = choice.standard;
  filter.level = scope_level_name(ScopeLevel::kOutlet);
  filter.unit = outlet;
  ASSIGN_OR_RETURN(std::vector<ResultRow> rows, data.rows(filter));
  for (const ResultRow& row : rows) {
    if (!same_kind_of_period(row.period, choice.period)) continue;
    ASSIGN_OR_RETURN(auto scored, data.scored(row));
    Json json = Json::object();
    json.set("period", row.period).set("verdict", scored->verdict);
    json.set("score", scored->score ? Json(*scored->score) : Json());
    json.set("grade", grade_json(standard, scored->grade));
    history.push(std::move(json));
  }
  return history;
}

Json about_json(const ScopedData& data, const OutletAdded& outlet) {
  Json statuses = Json::array();
  for (const FactBook::Version* version : data.facts("status")) {
    if (version->fact.attribute("holder") != outlet.outlet.text()) continue;
    statuses.push(fact_json(data, *version));
  }
  Json json = Json::object();
  json.set("id", outlet.outlet.text()).set("code", outlet.code);
  json.set("name", words::name_json(outlet.name_zh, outlet.name_en));
  json.set("city", data.place_json(ScopeLevel::kCity, data.city_of(outlet)));
  json.set("county", data.place_json(ScopeLevel::kCounty, data.county_of(outlet)));
  json.set("statuses", std::move(statuses));
  return json;
}

}  // namespace

Result<Json> show_outlet(ScopedData& data, const RouteArguments& arguments) {
  const std::string& id = arguments.at("outlet");
  const OutletAdded* outlet = data.outlet(id);
  if (outlet == nullptr) return data.admit(ScopeLevel::kOutlet, id).error();
  ASSIGN_OR_RETURN(ResultChoice choice, choose_results(data, id, arguments));
  const Json& standard = standard_words(data, choice.standard);
  ResultsStore::Filter filter;
  filter.standard = choice.standard;
  filter.level = scope_level_name(ScopeLevel::kOutlet);
  filter.unit = id;
  filter.period = choice.period;
  std::vector<ResultRow> rows;
  if (!choice.standard.empty()) {
    ASSIGN_OR_RETURN(rows, data.rows(filter));
  }
  Json body = Json::object();
  ScoredRow scored;
  if (!rows.empty()) {
    ASSIGN_OR_RETURN(auto kept, data.body(rows.front()));
    body = *kept;
    scored = scored_row(rows.front(), body);
  }
  ASSIGN_OR_RETURN(Json history, history_json(data, standard, id, choice));
  ASSIGN_OR_RETURN(Json closing,
                   closing_json(data, standard, {choice.standard, outlet->outlet, choice.period}));
  Json about = Json::object();
  about.set("id", choice.standard).set("title", title_json(standard, choice.standard));
  Json json = Json::object();
  json.set("outlet", about_json(data, *outlet));
  json.set("period", choice.period_json()).set("periods", choice.periods_json());
  json.set("standards", choice.standards_json());
  json.set("standard", choice.standard.empty() ? Json() : std::move(about));
  json.set("result", result_json(data, standard, scored, body));
  json.set("closing", std::move(closing));
  json.set("reported", reported_json(body)).set("history", std::move(history));
  return json;
}

Result<Json> show_cases(ScopedData& data, const RouteArguments& arguments) {
  CaseQuery query;
  ASSIGN_OR_RETURN(query.outlet, OutletId::parse(arguments.at("outlet")));
  query.standard = arguments.parameter("standard");
  query.period = arguments.parameter("period");
  query.criterion = arguments.parameter("criterion");
  query.type = arguments.parameter("type");
  query.state = arguments.parameter("state");
  query.offset = arguments.number("offset", 0);
  query.limit = arguments.number("limit", query.limit);
  if (query.limit == 0 || query.limit > kMaxCases) {
    return Error(Code::kInvalid,
                 fmt::format("The limit is {}, must be 1 to {}.", query.limit, kMaxCases));
  }
  ASSIGN_OR_RETURN(Json cases, data.cases(query));
  return Json::object().set("cases", std::move(cases));
}

Result<Json> show_explanation(ScopedData& data, const RouteArguments& arguments) {
  const std::string& id = arguments.at("outlet");
  const OutletAdded* outlet = data.outlet(id);
  if (outlet == nullptr) return data.admit(ScopeLevel::kOutlet, id).error();
  const std::uint64_t cases = arguments.number("cases", kExplainedCases);
  if (cases > kMaxCases) {
    return Error(Code::kInvalid, fmt::format("{} cases of each line are asked for, at most {} are "
                                             "given.",
                                             cases, kMaxCases));
  }
  ASSIGN_OR_RETURN(ResultChoice choice, choose_results(data, id, arguments));
  Json json = Json::object().set("explanation", nullptr);
  if (choice.standard.empty()) return json;
  ResultsStore::Filter filter;
  filter.standard = choice.standard;
  filter.level = scope_level_name(ScopeLevel::kOutlet);
  filter.unit = id;
  filter.period = choice.period;
  ASSIGN_OR_RETURN(std::vector<ResultRow> rows, data.rows(filter));
  if (rows.empty()) return json;
  ASSIGN_OR_RETURN(auto body, data.body(rows.front()));
  ASSIGN_OR_RETURN(Json explanation,
                   data.explanation({choice.standard, outlet->outlet, choice.period}, cases));
  // A content that was withdrawn since a closing: what is published can be made no more.
  const bool same = at_or_null(*body, "score") == at_or_null(explanation, "score") &&
                    text_at(*body, "grade") == text_at(at_or_null(explanation, "grade"), "id");
  if (same) json.set("explanation", std::move(explanation));
  return json;
}

Result<Json> show_case(ScopedData& data, const RouteArguments& arguments) {
  CaseQuery query;
  ASSIGN_OR_RETURN(query.outlet, OutletId::parse(arguments.at("outlet")));
  query.type = arguments.at("type");
  query.subject = arguments.at("subject");
  ASSIGN_OR_RETURN(Json cases, data.cases(query));
  if (list_at(cases, "cases").empty()) {
    return Error(Code::kNotFound, "There is no such case here.");
  }
  return Json::object().set("cases", std::move(cases));
}

}  // namespace plumbline
