// SPDX-License-Identifier: Apache-2.0
// Pages of the network as a whole: overview, targets, ledger, rules.
#include <fmt/format.h>

#include <algorithm>

#include "dashboards/portal/closing_json.h"
#include "dashboards/portal/fact_json.h"
#include "dashboards/portal/figure_text.h"
#include "dashboards/portal/handlers.h"
#include "dashboards/portal/json_read.h"
#include "dashboards/portal/outlet_list.h"
#include "dashboards/portal/target_view.h"

namespace plumbline {
namespace {

constexpr std::size_t kMaxAttention = 100;
constexpr std::size_t kMaxChanges = 20;

// The first coverage target about counties: the map shows it.
const Json& mapped_target(const ScopedData& data) {
  static const Json kNone = Json::object();
  for (const Json& target : list_at(data.rules(), "targets")) {
    if (text_at(target, "level") == "county") return target;
  }
  return kNone;
}

// "3,7"; false for anything else.
bool read_tile(const std::string& tile, int& x, int& y) {
  const std::size_t comma = tile.find(',');
  if (comma == std::string::npos || comma > 2 || tile.size() - comma > 3) return false;
  auto number = [](std::string_view text, int& out) {
    out = 0;
    for (char c : text) {
      if (c < '0' || c > '9') return false;
      out = out * 10 + (c - '0');
    }
    return !text.empty();
  };
  return number(std::string_view(tile).substr(0, comma), x) &&
         number(std::string_view(tile).substr(comma + 1), y);
}

Json map_json(const ScopedData& data, const UnitRows& units) {
  const Json& target = mapped_target(data);
  int columns = 0;
  int rows = 0;
  Json tiles = Json::array();
  for (const auto* county : data.counties()) {
    int x = 0;
    int y = 0;
    if (!read_tile(county->tile, x, y)) continue;
    columns = std::max(columns, x + 1);
    rows = std::max(rows, y + 1);
    Json tile = data.place_json(ScopeLevel::kCounty, county->code);
    auto since = units.since(target, county->code);
    tile.set("city", data.place_json(ScopeLevel::kCity, county->parent));
    tile.set("x", x).set("y", y).set("state", units.state(target, county->code));
    tile.set("since", since ? Json(*since) : Json());
    tile.set("outlets", std::uint64_t{data.outlets_of(ScopeLevel::kCounty, county->code).size()});
    tiles.push(std::move(tile));
  }
  return Json::object().set("columns", columns).set("rows", rows).set("tiles", std::move(tiles));
}

using LinesByCity = std::map<std::string, std::vector<OutletLine>>;

Json cities_json(const ScopedData& data, const UnitRows& units, const ResultChoice& choice,
                 LinesByCity& lines) {
  const Json& target = mapped_target(data);
  Json cities = Json::array();
  for (const auto* city : data.cities()) {
    const auto counties = data.counties_of(city->code);
    const auto covered = static_cast<std::uint64_t>(std::count_if(
        counties.begin(), counties.end(),
        [&](const auto* county) { return units.state(target, county->code) == "covered"; }));
    const std::vector<OutletLine>& of = lines[city->code];
    Json json = data.place_json(ScopeLevel::kCity, city->code);
    json.set("counties", std::uint64_t{counties.size()}).set("covered", covered);
    json.set("covered_text", fmt::format("{} / {}", covered, counties.size()));
    json.set("outlets", std::uint64_t{of.size()}).set("not_reported", count_not_reported(of));
    json.set("grades", grades_json(data, choice.standard, of, Titles::kWithout));
    cities.push(std::move(json));
  }
  return cities;
}

struct Attention {
  std::string kind;
  const OutletAdded* outlet;
  words::Text text;
};

// What an outlet needs attention for, the gravest first.
std::vector<Attention> attention_of(const OutletLine& line, const Json& standard) {
  std::vector<Attention> found;
  auto title = [&](std::string_view list, const std::string& id) {
    const Json* item = with_id(standard, list, id);
    return words::text_of(item == nullptr ? nullptr : item->find("title"), id);
  };
  if (line.row == nullptr) return {{"not_reported", line.outlet, words::attention_not_reported()}};
  for (const ScoredRow::Veto& veto : line.row->vetoes) {
    found.push_back({"veto", line.outlet, words::attention_veto(title("vetoes", veto.id))});
  }
  // A cap that holds no grade down is no reason to look: most acting caps lie above the score.
  const bool held_down = line.row->vetoes.empty() && is_capped(*line.row);
  for (const ScoredRow::Cap& cap : line.row->caps) {
    if (!held_down || cap.grade != *line.row->grade) continue;
    found.push_back({"cap", line.outlet, words::attention_cap(title("caps", cap.id))});
    break;
  }
  if (line.verdict() == "not_reported") {
    found.push_back({"not_reported", line.outlet, words::attention_not_reported()});
  }
  if (line.row->set_aside > 0) {
    found.push_back({"set_aside", line.outlet,
                     words::attention_set_aside(static_cast<std::uint64_t>(line.row->set_aside))});
  }
  if (line.verdict() == "insufficient_data") {
    const Json weight(line.row->weight_without_data);
    found.push_back(
        {"insufficient_data", line.outlet, words::attention_insufficient(points_text(&weight))});
  }
  return found;
}

Json attention_json(const ScopedData& data, const std::vector<OutletLine>& lines,
                    const ResultChoice& choice) {
  const Json& standard = standard_words(data, choice.standard);
  std::map<std::string, std::vector<Attention>> by_kind;
  for (const OutletLine& line : lines) {
    for (Attention& one : attention_of(line, standard)) by_kind[one.kind].push_back(one);
  }
  Json list = Json::array();
  for (const char* kind : {"veto", "cap", "not_reported", "set_aside", "insufficient_data"}) {
    for (const Attention& one : by_kind[kind]) {
      if (list.as_array().size() >= kMaxAttention) return list;
      Json json = Json::object();
      json.set("kind", one.kind).set("outlet", one.outlet->outlet.text());
      json.set("name", words::name_json(one.outlet->name_zh, one.outlet->name_en));
      json.set("county", data.place_json(ScopeLevel::kCounty, data.county_of(*one.outlet)));
      json.set("text", one.text.json());
      list.push(std::move(json));
    }
  }
  return list;
}

// Where or about whom a fact is; "" where that is not known.
std::string whose(const ScopedData& data, const Fact& fact) {
  const std::string& holder = fact.attribute(fact.kind == "status" ? "holder" : "outlet");
  if (const OutletAdded* outlet = data.outlet(holder)) {
    return outlet->name_zh.empty() ? outlet->name_en : outlet->name_zh;
  }
  const Json place = fact_place_json(data, fact);
  return place.is_object() ? text_at(*place.find("name"), "zh") : "";
}

Json changes_json(const ScopedData& data) {
  Json changes = Json::array();
  for (const FactBook::Version* version : data.newest_facts(kMaxChanges)) {
    const Fact& fact = version->fact;
    const auto kind = data.is_corrected(*version) ? words::Change::kCorrected : words::Change::kNew;
    const std::string at = whose(data, fact);
    Json json = Json::object();
    json.set("known", format_date(data.local(version->recorded_at).date));
    json.set("text",
             words::change(kind, words::fact_kind(fact.kind), fact_name(data, fact), at).json());
    json.set("kind", fact.kind).set("id", fact.id);
    changes.push(std::move(json));
  }
  return changes;
}

Result<Json> make_overview(ScopedData& data, const RouteArguments& arguments) {
  const auto outlets = data.outlets();
  ASSIGN_OR_RETURN(
      ResultChoice choice,
      choose_results(data, outlets.empty() ? "" : outlets.front()->outlet.text(), arguments));
  ASSIGN_OR_RETURN(TargetRows targets, TargetRows::read(data));
  ASSIGN_OR_RETURN(UnitRows units, UnitRows::read(data, ScopeLevel::kCounty, ""));
  ASSIGN_OR_RETURN(std::vector<OutletLine> lines, outlet_lines(data, outlets, choice));
  ASSIGN_OR_RETURN(Json published, published_json(data, choice, lines));
  LinesByCity by_city;
  for (const OutletLine& line : lines) by_city[data.city_of(*line.outlet)].push_back(line);
  Json json = Json::object();
  json.set("period", choice.period_json()).set("periods", choice.periods_json());
  json.set("published", std::move(published));
  json.set("targets", target_summaries(data, targets));
  json.set("map", map_json(data, units));
  json.set("grades", grades_json(data, choice.standard, lines, Titles::kWith));
  json.set("cities", cities_json(data, units, choice, by_city));
  json.set("attention", attention_json(data, lines, choice));
  json.set("changes", changes_json(data));
  return json;
}

}  // namespace

// The standing that every answer has is all of it: small enough to be asked every few seconds.
Result<Json> show_standing(ScopedData&, const RouteArguments&) {
  return Json::object();
}

Result<Json> show_rules(ScopedData& data, const RouteArguments&) {
  return Json::object().set("rules", data.rules());
}

Result<Json> show_overview(ScopedData& data, const RouteArguments& arguments) {
  return data.remembered("overview " + arguments.parameter("period"),
                         [&] { return make_overview(data, arguments); });
}

Result<Json> show_targets(ScopedData& data, const RouteArguments&) {
  ASSIGN_OR_RETURN(TargetRows rows, TargetRows::read(data));
  return Json::object().set("targets", target_summaries(data, rows));
}

Result<Json> show_target(ScopedData& data, const RouteArguments& arguments) {
  const std::string& id = arguments.at("target");
  const Json* target = with_id(data.rules(), "targets", id);
  if (target == nullptr) {
    return Error(Code::kNotFound, fmt::format("There is no target \"{}\" here.", id));
  }
  ASSIGN_OR_RETURN(TargetRows rows, TargetRows::read(data));
  Json statements = Json::object();
  statements.set("final", target_detail(data, *target, rows, "final"));
  statements.set("running", target_detail(data, *target, rows, "running"));
  Json json = Json::object();
  json.set("target", target_summary(data, *target, rows));
  json.set("statements", std::move(statements));
  return json;
}

Result<Json> show_ledger(ScopedData& data, const RouteArguments&) {
  ASSIGN_OR_RETURN(ScopedData::LedgerFacts ledger, data.ledger());
  Json json = Json::object();
  const auto& checkpoint = ledger.checkpoint;
  json.set("checkpoint", checkpoint ? Json(checkpoint->text) : Json());
  json.set("size", checkpoint ? Json(checkpoint->size.value) : Json());
  json.set("root", checkpoint ? Json(checkpoint->root) : Json());
  json.set("verifier", ledger.verifier);
  return json;
}

}  // namespace plumbline
