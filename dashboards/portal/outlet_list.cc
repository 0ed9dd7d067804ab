// SPDX-License-Identifier: Apache-2.0
#include "dashboards/portal/outlet_list.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "dashboards/portal/figure_text.h"
#include "dashboards/portal/json_read.h"

namespace plumbline {
namespace {

constexpr const char* kOutletLevel = "outlet";

bool is_quarter(const std::string& period) {
  return period.find('Q') != std::string::npos;
}

Json texts_json(const std::vector<std::string>& texts) {
  Json json = Json::array();
  for (const std::string& text : texts) json.push(text);
  return json;
}

// "2026" before "2026-Q4" before "2026-10"; of a kind the later one first.
bool comes_first(const std::string& a, const std::string& b) {
  if (!same_kind_of_period(a, b))
    return a.size() < b.size() || (a.size() == b.size() && is_quarter(a));
  return a > b;
}

// In the pack's order; standards that the served rule set does not have any more come last.
std::vector<std::string> ordered(const ScopedData& data,
                                 const std::map<std::string, std::set<std::string>>& periods) {
  std::vector<std::string> standards;
  for (const Json& standard : list_at(data.rules(), "standards")) {
    const std::string& id = text_at(standard, "id");
    if (text_at(standard, "level") == kOutletLevel && periods.contains(id)) standards.push_back(id);
  }
  for (const auto& [id, of] : periods) {
    if (std::find(standards.begin(), standards.end(), id) == standards.end()) {
      standards.push_back(id);
    }
  }
  return standards;
}

Error no_result(const std::string& what, const std::string& value) {
  return Error(Code::kNotFound, fmt::format("There is no result for the {} \"{}\".", what, value));
}

std::optional<std::string> title_of_cap(const ScoredRow& row) {
  for (const ScoredRow::Cap& cap : row.caps) {
    if (row.grade && cap.grade == *row.grade) return cap.id;
  }
  return row.caps.empty() ? std::nullopt : std::optional<std::string>(row.caps.front().id);
}

words::Text title_in(const Json& standard, std::string_view list, const std::string& id) {
  const Json* item = with_id(standard, list, id);
  return words::text_of(item == nullptr ? nullptr : item->find("title"), id);
}

// The criterion's title stands in a block.
Json weakest_json(const Json& standard, const ScoredRow& row) {
  if (!row.weakest) return nullptr;
  words::Text title{row.weakest->criterion, row.weakest->criterion};
  for (const Json& block : list_at(standard, "blocks")) {
    if (with_id(block, "criteria", row.weakest->criterion) != nullptr) {
      title = title_in(block, "criteria", row.weakest->criterion);
    }
  }
  const Json points(row.weakest->points);
  const Json weight(row.weakest->weight);
  Json json = Json::object();
  json.set("criterion", row.weakest->criterion).set("title", title.json());
  json.set("points_text", points_text(&points) + " / " + points_text(&weight));
  return json;
}

void set_result(Json& json, const Json& standard, const ScoredRow& row) {
  json.set("score", row.score ? Json(*row.score) : Json());
  const Json score = json.find("score") == nullptr ? Json() : *json.find("score");
  json.set("score_text", points_text(&score));
  json.set("grade", grade_json(standard, row.grade));
  json.set("vetoes", std::uint64_t{row.vetoes.size()}).set("caps", std::uint64_t{row.caps.size()});
  json.set("events", row.events).set("weakest", weakest_json(standard, row));
  const bool needs_words = !row.grade || !row.vetoes.empty() || is_capped(row);
  json.set("note", needs_words ? reason_of(row, standard).json() : Json());
}

}  // namespace

bool same_kind_of_period(const std::string& a, const std::string& b) {
  return a.size() == b.size() && is_quarter(a) == is_quarter(b);
}

Json ResultChoice::periods_json() const {
  return texts_json(periods);
}

Json ResultChoice::standards_json() const {
  return texts_json(standards);
}

Result<ResultChoice> choose_results(ScopedData& data, const std::string& outlet,
                                    const RouteArguments& arguments) {
  const std::string& wanted = arguments.parameter("standard");
  const std::string& period = arguments.parameter("period");
  ResultChoice choice;
  if (outlet.empty()) return choice;
  ResultsStore::Filter filter;
  filter.level = kOutletLevel;
  filter.unit = outlet;
  ASSIGN_OR_RETURN(std::vector<ResultRow> keys, data.keys(filter));
  std::map<std::string, std::set<std::string>> periods;
  for (const ResultRow& key : keys) {
    // A dot is in no standard's id: those rows are of targets and closings.
    if (key.standard.find('.') == std::string::npos) periods[key.standard].insert(key.period);
  }
  choice.standards = ordered(data, periods);
  if (!wanted.empty() && !periods.contains(wanted)) return no_result("standard", wanted);
  std::set<std::string> all;
  for (const auto& [standard, of] : periods) {
    if (wanted.empty() || standard == wanted) all.insert(of.begin(), of.end());
  }
  choice.periods.assign(all.begin(), all.end());
  std::sort(choice.periods.begin(), choice.periods.end(), comes_first);
  if (!period.empty() && !all.contains(period)) return no_result("period", period);
  if (choice.periods.empty()) return choice;
  choice.period = period.empty() ? choice.periods.front() : period;
  choice.standard = wanted;
  for (const std::string& standard : choice.standards) {
    if (choice.standard.empty() && periods[standard].contains(choice.period)) {
      choice.standard = standard;
    }
  }
  return choice;
}

Result<std::vector<OutletLine>> outlet_lines(ScopedData& data,
                                             const std::vector<const OutletAdded*>& outlets,
                                             const ResultChoice& choice) {
  std::map<std::string, std::shared_ptr<const ScoredRow>> by_unit;
  if (!choice.standard.empty() && !outlets.empty()) {
    ResultsStore::Filter filter;
    filter.standard = choice.standard;
    filter.level = kOutletLevel;
    filter.period = choice.period;
    for (const OutletAdded* outlet : outlets) filter.units.push_back(outlet->outlet.text());
    ASSIGN_OR_RETURN(std::vector<ResultRow> rows, data.rows(filter));
    for (const ResultRow& row : rows) {
      ASSIGN_OR_RETURN(by_unit[row.unit], data.scored(row));
    }
  }
  std::vector<OutletLine> lines;
  for (const OutletAdded* outlet : outlets) {
    auto row = by_unit.find(outlet->outlet.text());
    lines.push_back({outlet, row == by_unit.end() ? nullptr : row->second});
  }
  return lines;
}

Json outlet_rows_json(const ScopedData& data, const std::vector<OutletLine>& lines) {
  static const ScoredRow kNothing;
  Json rows = Json::array();
  for (const OutletLine& line : lines) {
    const ScoredRow& row = line.row == nullptr ? kNothing : *line.row;
    Json json = Json::object();
    json.set("id", line.outlet->outlet.text());
    json.set("name", words::name_json(line.outlet->name_zh, line.outlet->name_en));
    json.set("county", data.place_json(ScopeLevel::kCounty, data.county_of(*line.outlet)));
    json.set("verdict", line.verdict());
    json.set("verdict_title", words::result_verdict(line.verdict()).json());
    set_result(json, standard_words(data, row.standard), row);
    rows.push(std::move(json));
  }
  return rows;
}

std::int64_t count_not_reported(const std::vector<OutletLine>& lines) {
  return std::count_if(lines.begin(), lines.end(),
                       [](const OutletLine& line) { return line.verdict() == "not_reported"; });
}

Json grades_json(const ScopedData& data, const std::string& standard,
                 const std::vector<OutletLine>& lines, Titles titles) {
  std::map<std::string, std::int64_t> counts;
  for (const OutletLine& line : lines) {
    ++counts[line.row != nullptr && line.row->grade ? *line.row->grade : ""];
  }
  const Json& about = standard_words(data, standard);
  Json grades = Json::array();
  auto push = [&](const std::string& id, const words::Text& title) {
    Json json = Json::object();
    json.set("id", id.empty() ? Json() : Json(id)).set("outlets", counts[id]);
    if (titles == Titles::kWith) json.set("title", title.json());
    grades.push(std::move(json));
    counts.erase(id);
  };
  for (const Json& grade : list_at(about, "grades")) {
    const std::string id = text_at(grade, "id");
    push(id, grade_title(about, id));
  }
  // Grades of another rule set than the served one.
  for (auto [id, count] : std::map<std::string, std::int64_t>(counts)) {
    if (!id.empty()) push(id, {id, id});
  }
  push("", words::not_graded());
  return grades;
}

const Json& standard_words(const ScopedData& data, const std::string& id) {
  static const Json kNone = Json::object();
  const Json* standard = with_id(data.rules(), "standards", id);
  return standard == nullptr ? kNone : *standard;
}

words::Text grade_title(const Json& standard, const std::string& id) {
  return title_in(standard, "grades", id);
}

Json grade_json(const Json& standard, const std::optional<std::string>& id) {
  if (!id) return nullptr;
  return Json::object().set("id", *id).set("title", grade_title(standard, *id).json());
}

bool is_capped(const ScoredRow& row) {
  if (!row.grade || !row.grade_by_score || *row.grade == *row.grade_by_score) return false;
  return std::any_of(row.caps.begin(), row.caps.end(),
                     [&](const ScoredRow::Cap& cap) { return cap.grade == *row.grade; });
}

// Better grades ask for no less, so the last condition is that of the grade just missed.
const ScoredRow::Unmet* holding_down(const ScoredRow& row) {
  if (!row.grade || !row.grade_by_score || *row.grade == *row.grade_by_score) return nullptr;
  return row.unmet.empty() || is_capped(row) ? nullptr : &row.unmet.back();
}

words::Text reason_of(const ScoredRow& row, const Json& standard) {
  if (row.failed) return words::not_computed();
  if (row.verdict.empty() || row.verdict == "not_reported") {
    if (row.vetoes.empty() || !row.grade) return words::no_report();
  }
  const words::Text grade = row.grade ? grade_title(standard, *row.grade) : words::not_graded();
  if (!row.vetoes.empty() && row.grade) {
    const ScoredRow::Veto& veto = row.vetoes.front();
    return words::vetoed(title_in(standard, "vetoes", veto.id), veto.since, grade);
  }
  if (is_capped(row)) {
    return words::capped(title_in(standard, "caps", *title_of_cap(row)),
                         grade_title(standard, *row.grade_by_score), grade);
  }
  if (const ScoredRow::Unmet* unmet = holding_down(row)) {
    const Json points = unmet->points.empty() ? Json() : Json(unmet->points);
    const Json least(unmet->at_least);
    return words::held_down(grade_title(standard, *row.grade_by_score),
                            title_in(standard, "blocks", unmet->block), points_text(&points),
                            points_text(&least), grade);
  }
  const Json weight(row.weight_without_data);
  if (!row.grade) {
    if (row.verdict == "not_applicable" && !row.weight_exempt.empty()) return words::all_exempt();
    const Json exempt(row.weight_exempt);
    if (!row.weight_exempt.empty() && row.score) {
      return words::no_grade_for_little_measured(*row.score, points_text(&exempt),
                                                 points_text(&weight));
    }
    const bool lacks = row.weight_without_data.find_first_not_of("0.") != std::string::npos;
    if (lacks || !row.score) return words::no_grade_for_lack_of_data(points_text(&weight));
    return words::scored_without_grades(*row.score);
  }
  const std::string score = row.score.value_or(kNoFigure);
  if (row.grade_limited) return words::limited(score, grade, points_text(&weight));
  const Json* about = with_id(standard, "grades", *row.grade);
  return words::graded(score, grade, points_text(about == nullptr ? nullptr : about->find("min")));
}

}  // namespace plumbline
