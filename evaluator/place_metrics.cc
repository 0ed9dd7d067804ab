// SPDX-License-Identifier: Apache-2.0
#include "evaluator/place_metrics.h"

#include <prometheus/gauge.h>
#include <prometheus/registry.h>

#include <utility>

namespace plumbline {
namespace {

constexpr const char* kDivision = "division";

const std::string& english(const Fact& fact) {
  const std::string& name = fact.attribute("name_en");
  return name.empty() ? fact.attribute("name_zh") : name;
}

}  // namespace

PlaceMetrics::PlaceMetrics(prometheus::Registry& registry)
    : counties_(prometheus::BuildGauge()
                    .Name("plumbline_county_info")
                    .Help("1 for each county, with its names and its city's as labels")
                    .Register(registry)) {}

void PlaceMetrics::show(const std::string& pack, const FactBook& facts, Date day) {
  Seen now{pack, facts.additions(), day};
  if (seen_ == now) return;
  seen_ = std::move(now);
  std::map<Labels, prometheus::Gauge*> fresh;
  for (const FactBook::Version* version : facts.known(kDivision)) {
    const Fact& county = version->fact;
    if (county.attribute("level") != "county" || !county.is_true_on(day)) continue;
    const std::string& code = county.attribute("parent");
    Labels labels = {{"pack", pack},
                     {"county", county.id},
                     {"county_name_zh", county.attribute("name_zh")},
                     {"county_name_en", english(county)},
                     {"city", code}};
    const FactBook::Version* city = code.empty() ? nullptr : facts.find(kDivision, code);
    labels["city_name_zh"] = city != nullptr ? city->fact.attribute("name_zh") : code;
    labels["city_name_en"] = city != nullptr ? english(city->fact) : code;
    auto old = shown_.extract(labels);
    prometheus::Gauge* gauge = old.empty() ? &counties_.Add(labels) : old.mapped();
    gauge->Set(1);
    fresh.emplace(std::move(labels), gauge);
  }
  for (const auto& [labels, gauge] : shown_) counties_.Remove(gauge);
  shown_ = std::move(fresh);
}

}  // namespace plumbline
