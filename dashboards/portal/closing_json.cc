// SPDX-License-Identifier: Apache-2.0
#include "dashboards/portal/closing_json.h"

#include <fmt/format.h>

#include <optional>
#include <set>

#include "dashboards/portal/words.h"

namespace plumbline {
namespace {

// The row under a standard's name, as a list shows it; null where there is none.
Result<Json> standing_json(ScopedData& data, const Json& standard, const std::string& name,
                           const ResultKey& key) {
  ResultsStore::Filter filter;
  filter.standard = name;
  filter.level = scope_level_name(ScopeLevel::kOutlet);
  filter.unit = key.outlet.text();
  filter.period = key.period;
  ASSIGN_OR_RETURN(std::vector<ResultRow> rows, data.rows(filter));
  if (rows.empty()) return Json(nullptr);
  ASSIGN_OR_RETURN(auto scored, data.scored(rows.front()));
  Json json = Json::object();
  json.set("verdict", scored->verdict);
  json.set("verdict_title", words::result_verdict(scored->verdict).json());
  json.set("score", scored->score ? Json(*scored->score) : Json(nullptr));
  return json.set("grade", grade_json(standard, scored->grade));
}

// Why it is another one than before; null where nobody can tell any more.
Json cause_json(ScopedData& data, const ResultKey& key, const PeriodClosed& before,
                const PeriodClosed* after) {
  Result<Json> cause = data.difference(key, before, after);
  return cause.ok() ? std::move(*cause) : Json(nullptr);
}

Json about_json(const ScopedData& data, const RegistryState::Closing& closing) {
  const PeriodClosed& closed = closing.closed;
  Json json = Json::object();
  json.set("revision", closed.revision).set("entry", closing.index.value);
  json.set("recorded_at", format_instant(closing.recorded_at));
  json.set("recorded_text", data.minute_text(closing.recorded_at));
  json.set("as_of", format_instant(closed.as_of)).set("as_of_text", data.minute_text(closed.as_of));
  json.set("size", closed.size.value).set("root", closed.root.hex());
  return json.set("reason", closing.reason);
}

}  // namespace

Result<Json> closing_json(ScopedData& data, const Json& standard, const ResultKey& key) {
  auto closings = data.closings(key.standard, key.period);
  if (closings.empty()) return Json(nullptr);
  Json revisions = Json::array();
  for (std::size_t i = 0; i < closings.size(); ++i) {
    const PeriodClosed& closed = closings[i]->closed;
    bool is_last = i + 1 == closings.size();
    std::string name =
        is_last ? key.standard : fmt::format("closed.{}.{}", closed.revision, key.standard);
    Json json = about_json(data, *closings[i]);
    ASSIGN_OR_RETURN(Json result, standing_json(data, standard, name, key));
    json.set("result", std::move(result));
    json.set("cause",
             i == 0 ? Json(nullptr) : cause_json(data, key, closings[i - 1]->closed, &closed));
    revisions.push(std::move(json));
  }
  Json json = Json::object().set("revisions", std::move(revisions));
  ASSIGN_OR_RETURN(Json now, standing_json(data, standard, "current." + key.standard, key));
  bool differs = !now.is_null();
  json.set("now", std::move(now));
  json.set("cause",
           differs ? cause_json(data, key, closings.back()->closed, nullptr) : Json(nullptr));
  return json;
}

Result<Json> published_json(ScopedData& data, const ResultChoice& choice,
                            const std::vector<OutletLine>& lines) {
  auto closings = data.closings(choice.standard, choice.period);
  if (closings.empty()) return Json(nullptr);
  ResultsStore::Filter filter;
  filter.standard = "current." + choice.standard;
  filter.level = scope_level_name(ScopeLevel::kOutlet);
  filter.period = choice.period;
  ASSIGN_OR_RETURN(std::vector<ResultRow> differing, data.keys(filter));
  std::set<std::string> units;
  for (const ResultRow& row : differing) units.insert(row.unit);
  std::uint64_t count = 0;
  for (const OutletLine& line : lines) count += units.count(line.outlet->outlet.text());
  const RegistryState::Closing& last = *closings.back();
  Json json = Json::object();
  json.set("revision", last.closed.revision).set("entry", last.index.value);
  json.set("recorded_text", data.minute_text(last.recorded_at));
  return json.set("differing", count);
}

}  // namespace plumbline
