// SPDX-License-Identifier: Apache-2.0
// Pages of a city and of a county.
#include <algorithm>

#include "dashboards/portal/closing_json.h"
#include "dashboards/portal/fact_json.h"
#include "dashboards/portal/figure_json.h"
#include "dashboards/portal/handlers.h"
#include "dashboards/portal/json_read.h"
#include "dashboards/portal/outlet_list.h"
#include "dashboards/portal/target_view.h"

namespace plumbline {
namespace {

std::string first_id(const std::vector<const OutletAdded*>& outlets) {
  return outlets.empty() ? "" : outlets.front()->outlet.text();
}

std::vector<OutletLine> lines_of(const ScopedData& data, const std::vector<OutletLine>& lines,
                                 const std::string& county) {
  std::vector<OutletLine> of;
  for (const OutletLine& line : lines) {
    if (data.county_of(*line.outlet) == county) of.push_back(line);
  }
  return of;
}

// Facts of a kind that lie in the county: by their own place, or by their owner's.
Json facts_of_county(const ScopedData& data, std::string_view kind, const std::string& county) {
  Json facts = Json::array();
  for (const FactBook::Version* version : data.facts(kind)) {
    const Fact& fact = version->fact;
    std::string place = data.county_today(fact.attribute("place"));
    if (const OutletAdded* owner = data.outlet(fact.attribute("owner")); owner != nullptr) {
      place = data.county_of(*owner);
    }
    if (place == county) facts.push(fact_json(data, *version));
  }
  return facts;
}

// The figures that the standard declares for counties.
Result<Json> county_figures(ScopedData& data, const std::string& county,
                            const ResultChoice& choice) {
  Json figures = Json::array();
  if (choice.standard.empty()) return figures;
  ResultsStore::Filter filter;
  filter.standard = choice.standard;
  filter.level = scope_level_name(ScopeLevel::kCounty);
  filter.unit = county;
  filter.period = choice.period;
  ASSIGN_OR_RETURN(std::vector<ResultRow> rows, data.rows(filter));
  for (const ResultRow& row : rows) {
    ASSIGN_OR_RETURN(auto body, data.body(row));
    const Json& standard = standard_words(data, choice.standard);
    for (const Json& indicator : list_at(*body, "indicators")) {
      figures.push(indicator_json(standard, indicator));
    }
  }
  return figures;
}

}  // namespace

Result<Json> show_city(ScopedData& data, const RouteArguments& arguments) {
  const std::string& city = arguments.at("city");
  const auto outlets = data.outlets_of(ScopeLevel::kCity, city);
  ASSIGN_OR_RETURN(ResultChoice choice, choose_results(data, first_id(outlets), arguments));
  ASSIGN_OR_RETURN(std::vector<OutletLine> lines, outlet_lines(data, outlets, choice));
  ASSIGN_OR_RETURN(Json published, published_json(data, choice, lines));
  ASSIGN_OR_RETURN(UnitRows city_units, UnitRows::read(data, ScopeLevel::kCity, city));
  ASSIGN_OR_RETURN(UnitRows units, UnitRows::read(data, ScopeLevel::kCounty, ""));
  Json counties = Json::array();
  for (const auto* county : data.counties_of(city)) {
    const std::vector<OutletLine> of = lines_of(data, lines, county->code);
    Json json = data.place_json(ScopeLevel::kCounty, county->code);
    json.set("covered", units.json(data, county->code));
    json.set("outlets", std::uint64_t{of.size()}).set("not_reported", count_not_reported(of));
    json.set("grades", grades_json(data, choice.standard, of, Titles::kWithout));
    counties.push(std::move(json));
  }
  Json json = Json::object();
  json.set("city", data.place_json(ScopeLevel::kCity, city));
  json.set("period", choice.period_json()).set("periods", choice.periods_json());
  json.set("published", std::move(published));
  json.set("targets", city_units.json(data, city)).set("counties", std::move(counties));
  json.set("outlets", outlet_rows_json(data, lines));
  return json;
}

Result<Json> show_county(ScopedData& data, const RouteArguments& arguments) {
  const std::string& code = arguments.at("county");
  const auto outlets = data.outlets_of(ScopeLevel::kCounty, code);
  ASSIGN_OR_RETURN(ResultChoice choice, choose_results(data, first_id(outlets), arguments));
  ASSIGN_OR_RETURN(std::vector<OutletLine> lines, outlet_lines(data, outlets, choice));
  ASSIGN_OR_RETURN(Json published, published_json(data, choice, lines));
  ASSIGN_OR_RETURN(UnitRows units, UnitRows::read(data, ScopeLevel::kCounty, code));
  ASSIGN_OR_RETURN(Json figures, county_figures(data, code, choice));
  Json county = data.place_json(ScopeLevel::kCounty, code);
  county.set("city", nullptr);
  for (const auto* division : data.counties()) {
    if (division->code != code) continue;
    county.set("city", data.place_json(ScopeLevel::kCity, division->parent));
  }
  Json json = Json::object();
  json.set("county", std::move(county));
  json.set("period", choice.period_json()).set("periods", choice.periods_json());
  json.set("published", std::move(published));
  json.set("targets", units.json(data, code));
  json.set("institutions", facts_of_county(data, "institution", code));
  json.set("products", facts_of_county(data, "product", code));
  json.set("outlets", outlet_rows_json(data, lines)).set("figures", std::move(figures));
  return json;
}

}  // namespace plumbline
