// SPDX-License-Identifier: Apache-2.0
#include "simulate/settings.h"

#include <fmt/format.h>

#include "simulate/settings_reader.h"

namespace plumbline {
namespace settings {

void each(MapReader& map, std::string_view key, const std::string& what,
          const std::function<void(MapReader&)>& take) {
  const YamlNode* list = map.optional(key);
  if (list == nullptr) return;
  if (!list->is_list()) {
    map.problems().add(list->place, fmt::format("\"{}\" must be a list", key));
    return;
  }
  for (const YamlNode& item : list->items) {
    MapReader inner(item, what, map.problems());
    take(inner);
    inner.finish();
  }
}

std::int64_t integer_or(MapReader& map, std::string_view key, std::int64_t otherwise) {
  return map.optional_integer(key).value_or(otherwise);
}

std::string text_or(MapReader& map, std::string_view key, std::string otherwise) {
  return map.optional_text(key).value_or(std::move(otherwise));
}

Date date_or(MapReader& map, std::string_view key, Date otherwise) {
  auto text = map.optional_text(key);
  if (!text) return otherwise;
  auto date = parse_date(*text);
  if (date.ok()) return *date;
  map.problem(date.error().sentence());
  return otherwise;
}

}  // namespace settings

namespace {

using namespace settings;

std::optional<Date> optional_date(MapReader& map, std::string_view key) {
  if (map.node().find(key) == nullptr) return std::nullopt;
  return map.required_date(key);
}

void read_burst(MapReader& map, Profile& profile, const EventCatalog& catalog) {
  Burst burst;
  burst.type = map.required_text("type").value_or("");
  burst.per_year = integer_or(map, "per_year", 12);
  burst.size = range_at(map, "size").value_or(Range{10, 20});
  burst.minutes = integer_or(map, "minutes", 10);
  burst.fields = fields_at(map, "fields", catalog.type(burst.type));
  profile.bursts.push_back(std::move(burst));
}

Profile read_profile(MapReader& map, const EventCatalog& catalog) {
  Profile profile;
  profile.id = map.required_text("id").value_or("");
  profile.weight = integer_or(map, "weight", 0);
  profile.count = integer_or(map, "count", 0);
  profile.volume = integer_or(map, "volume", 100);
  profile.delay_days = integer_or(map, "delay_days", 0);
  profile.reports = map.optional_bool("reports").value_or(true);
  profile.ends = optional_date(map, "ends");
  if (const YamlNode* odds = map.optional("odds")) {
    MapReader inner(*odds, "odds", map.problems());
    for (const YamlNode::Entry& entry : odds->entries) {
      profile.odds[entry.first.scalar] = integer_or(inner, entry.first.scalar, 0);
    }
    inner.finish();
  }
  for (FieldRule& rule : fields_at(map, "fields", nullptr)) {
    std::string name = rule.field;
    rule.field = name.substr(name.find('.') + 1);
    profile.fields.emplace(std::move(name), std::move(rule));
  }
  each(map, "bursts", "a burst", [&](MapReader& m) { read_burst(m, profile, catalog); });
  return profile;
}

InstitutionRule read_institution(MapReader& map) {
  InstitutionRule rule;
  rule.level = map.required_text("level").value_or("");
  rule.count = map.required_integer("count").value_or(0);
  rule.first = map.required_date("first").value_or(Date{});
  rule.last = date_or(map, "last", rule.first);
  rule.confirmed_after = range_at(map, "confirmed_after").value_or(Range{30, 60});
  rule.confirmed = optional_date(map, "confirmed");
  rule.documented = map.optional_bool("documented").value_or(true);
  return rule;
}

void read_registry(MapReader& map, Settings& settings) {
  settings.known = map.required_date("known").value_or(Date{});
  settings.city_level = map.required_text("city_level").value_or("");
  settings.county_level = map.required_text("county_level").value_or("");
  settings.institution_name = read_title(map, "institution_name").value_or(Title{});
  settings.product_name = read_title(map, "product_name").value_or(Title{});
  settings.documents.number = map.required_text("document_number").value_or("");
  settings.documents.issuer = map.required_text("document_issuer").value_or("");
  settings.documents.title = read_title(map, "document_title").value_or(Title{});
  each(map, "hosts", "a kind of host", [&](MapReader& m) {
    settings.hosts.push_back({m.required_text("id").value_or(""), integer_or(m, "weight", 1),
                              read_title(m, "name").value_or(Title{})});
  });
  each(map, "outlets", "a wave of outlets", [&](MapReader& m) {
    settings.waves.push_back({m.required_date("known").value_or(Date{}),
                              m.required_integer("count").value_or(0), text_or(m, "status", "")});
  });
  each(map, "statuses", "a status", [&](MapReader& m) {
    settings.statuses.push_back(
        {m.required_text("status").value_or(""), m.required_text("host").value_or(""),
         m.required_integer("count").value_or(0), m.required_date("from").value_or(Date{})});
  });
  each(map, "withdrawals", "a withdrawal", [&](MapReader& m) {
    settings.status_ends.push_back({m.required_text("status").value_or(""),
                                    m.required_integer("count").value_or(0),
                                    m.required_date("until").value_or(Date{})});
  });
  each(map, "institutions", "institutions",
       [&](MapReader& m) { settings.institutions.push_back(read_institution(m)); });
  each(map, "products", "products", [&](MapReader& m) {
    ProductRule rule;
    rule.count = m.required_integer("count").value_or(0);
    rule.first = m.required_date("first").value_or(Date{});
    rule.last = date_or(m, "last", rule.first);
    rule.accepted = m.optional_bool("accepted").value_or(true);
    rule.ends = optional_date(m, "ends");
    settings.products.push_back(rule);
  });
  each(map, "findings", "a finding", [&](MapReader& m) {
    settings.findings.push_back({m.required_text("profile").value_or(""),
                                 m.required_text("code").value_or(""),
                                 m.required_date("from").value_or(Date{})});
  });
}

Settings read_settings(MapReader& map, const EventCatalog& catalog) {
  Settings settings;
  map.required_word("format", {"plumbline/simulation/v1"});
  settings.begin = map.required_date("begin").value_or(Date{});
  settings.work_hours = range_at(map, "work_hours").value_or(Range{9, 17});
  settings.months = integers_at(map, "months", 12);
  settings.weekdays = integers_at(map, "weekdays", 7);
  settings.days_off = integer_or(map, "days_off", 0);
  if (const YamlNode* registry = map.required("registry")) {
    MapReader inner(*registry, "the registry", map.problems());
    read_registry(inner, settings);
    inner.finish();
  }
  each(map, "profiles", "a profile",
       [&](MapReader& m) { settings.profiles.push_back(read_profile(m, catalog)); });
  each(map, "activities", "an activity",
       [&](MapReader& m) { settings.activities.push_back(activity_at(m, catalog)); });
  if (settings.profiles.empty()) map.problem("at least one profile is needed");
  if (settings.hosts.empty()) map.problem("at least one kind of host is needed");
  if (settings.work_hours.low < 0 || settings.work_hours.high > 24 ||
      settings.work_hours.low == settings.work_hours.high) {
    map.problem("\"work_hours\" must lie within 0 and 24");
  }
  map.finish();
  return settings;
}

}  // namespace

std::int64_t Profile::percent(const Odds& odds_or_name) const {
  if (const auto* number = std::get_if<std::int64_t>(&odds_or_name)) return *number;
  auto found = odds.find(std::get<std::string>(odds_or_name));
  return found == odds.end() ? 100 : found->second;
}

std::optional<Settings> parse_settings(BytesView simulation_yaml, const EventCatalog& catalog,
                                       Problems& problems) {
  auto root = parse_yaml("simulation.yaml", simulation_yaml, problems);
  if (!root) return std::nullopt;
  MapReader map(*root, "the simulation", problems);
  Settings settings = read_settings(map, catalog);
  if (!problems.empty()) return std::nullopt;
  return settings;
}

}  // namespace plumbline
