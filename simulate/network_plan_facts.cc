// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "simulate/network_planner.h"
#include "simulate/work_time.h"

namespace plumbline {
namespace {

// Who decided, in a network where nobody is real.
constexpr const char* kDecidedBy = "示例经办人甲 / Example officer A";
constexpr const char* kSecondedBy = "示例复核人乙 / Example officer B";

Fact make_fact(std::string kind, std::string id, std::optional<Date> from) {
  return {std::move(kind), std::move(id), from, std::nullopt, {}};
}

}  // namespace

Date NetworkPlanner::day_between(Date first, Date last) {
  return add_days(first, random_.below(days_from_date(last) - days_from_date(first) + 1));
}

std::string NetworkPlanner::add_document(const std::string& id, Date day, const Title& about) {
  const DocumentWords& words = settings_.documents;
  Fact fact = make_fact("document", id, std::nullopt);
  const int number = ++documents_[day.year];
  fact.attributes = {{"number", fill_in(fill_in(words.number, "{year}", std::to_string(day.year)),
                                        "{n}", std::to_string(number))},
                     {"issuer", words.issuer},
                     {"date", format_date(day)},
                     {"title_zh", fill_in(words.title.zh, "{name}", about.zh)},
                     {"title_en", fill_in(words.title.en, "{name}", about.en)}};
  record(day, std::move(fact));
  return id;
}

void NetworkPlanner::add_statuses() {
  auto add = [this](const SimulatedOutlet& outlet, const std::string& status, Date from,
                    const std::string& document) {
    const std::string id = outlet.added.outlet.text() + "-" + status;
    Fact fact = make_fact("status", id, from);
    fact.attributes = {
        {"holder", outlet.added.outlet.text()}, {"status", status}, {"document", document}};
    statuses_.emplace(id, fact);
    record(std::max(from, outlet.joins), std::move(fact));
  };
  std::size_t next = 0;
  for (const OutletWave& wave : settings_.waves) {
    std::string document;
    for (std::int64_t i = 0; i < wave.count && next < plan_.outlets.size(); ++i, ++next) {
      if (wave.status.empty()) continue;
      if (document.empty()) {
        document = add_document(fmt::format("doc-{}-{}", wave.status, format_date(wave.known)),
                                wave.known, {"示例网点名单", "example outlets"});
      }
      add(plan_.outlets[next], wave.status, wave.known, document);
    }
  }
  for (const StatusRule& rule : settings_.statuses) {
    std::string document =
        add_document(fmt::format("doc-{}-{}", rule.status, format_date(rule.from)), rule.from,
                     {"示例名单", "an example list"});
    std::int64_t left = rule.count;
    for (const SimulatedOutlet& outlet : plan_.outlets) {
      if (left == 0) break;
      if (outlet.host != rule.host || outlet.joins > rule.from) continue;
      add(outlet, rule.status, rule.from, document);
      --left;
    }
  }
}

void NetworkPlanner::add_withdrawals() {
  for (const StatusEnd& end : settings_.status_ends) {
    std::int64_t left = end.count;
    for (auto& [id, fact] : statuses_) {
      if (left == 0) break;
      if (fact.attribute("status") != end.status || fact.until || *fact.from >= end.until) continue;
      fact.until = end.until;
      record(end.until, fact);
      --left;
    }
  }
}

void NetworkPlanner::add_institutions() {
  for (const InstitutionRule& rule : settings_.institutions) {
    auto& free = rule.level == settings_.city_level ? free_cities_ : free_counties_;
    for (std::int64_t i = 0; i < rule.count && !free.empty(); ++i) {
      const Place place = free.front();
      free.pop_front();
      add_institution(rule, place);
    }
  }
}

void NetworkPlanner::add_institution(const InstitutionRule& rule, const Place& place) {
  const Title name{fill_in(settings_.institution_name.zh, "{place}", place.zh),
                   fill_in(settings_.institution_name.en, "{place}", place.en)};
  const Date declared = day_between(rule.first, rule.last);
  const Date confirmed = rule.confirmed.value_or(
      add_days(declared, random_.between(rule.confirmed_after.low, rule.confirmed_after.high)));
  Fact fact = make_fact("institution", "inst-" + place.code, declared);
  fact.attributes = {{"name_zh", name.zh},
                     {"name_en", name.en},
                     {"level", rule.level},
                     {"place", place.code},
                     {"declared", format_date(declared)}};
  if (rule.documented) {
    fact.attributes["document"] = add_document("doc-inst-" + place.code, declared, name);
  }
  record(declared, fact);
  if (!rule.documented) return;
  const std::int64_t wait = days_from_date(confirmed) - days_from_date(declared);
  fact.attributes["checked"] = format_date(add_days(declared, wait / 2));
  fact.attributes["confirmed"] = format_date(confirmed);
  record(confirmed, std::move(fact));
}

void NetworkPlanner::add_products() {
  for (const ProductRule& rule : settings_.products) {
    for (std::int64_t i = 0; i < rule.count; ++i) add_product(rule);
  }
}

void NetworkPlanner::add_product(const ProductRule& rule) {
  const std::string number = fmt::format("{:02}", ++products_);
  const Title name{fill_in(settings_.product_name.zh, "{n}", number),
                   fill_in(settings_.product_name.en, "{n}", number)};
  const Date released = day_between(rule.first, rule.last);
  const Date reviewed = add_days(released, random_.between(40, 100));
  Fact fact = make_fact("product", "product-" + number, released);
  fact.attributes = {{"name_zh", name.zh}, {"name_en", name.en}, {"review", "pending"}};
  if (!plan_.outlets.empty()) {
    const auto at =
        static_cast<std::size_t>(random_.below(static_cast<std::int64_t>(plan_.outlets.size())));
    const SimulatedOutlet& owner = plan_.outlets[at];
    auto place = owner.added.places.find(settings_.county_level);
    if (owner.joins <= released) fact.attributes["owner"] = owner.added.outlet.text();
    if (place != owner.added.places.end()) fact.attributes["place"] = place->second;
  }
  record(released, fact);
  if (rule.accepted) {
    fact.attributes["review"] = "accepted";
    fact.attributes["reviewed"] = format_date(reviewed);
    fact.attributes["document"] = add_document("doc-product-" + number, reviewed, name);
    record(reviewed, fact);
  }
  if (!rule.ends) return;
  fact.until = rule.ends;
  record(*rule.ends, std::move(fact));
}

void NetworkPlanner::add_findings() {
  for (const FindingRule& rule : settings_.findings) {
    for (const SimulatedOutlet& outlet : plan_.outlets) {
      if (outlet.profile->id != rule.profile || outlet.joins > rule.from) continue;
      const std::string id = outlet.added.outlet.text() + "-" + rule.code;
      Fact fact = make_fact("finding", id, rule.from);
      fact.attributes = {{"outlet", outlet.added.outlet.text()},
                         {"code", rule.code},
                         {"document", add_document("doc-" + id, rule.from,
                                                   {outlet.added.name_zh, outlet.added.name_en})},
                         {"decided_by", kDecidedBy},
                         {"seconded_by", kSecondedBy}};
      record(rule.from, std::move(fact));
      break;
    }
  }
}

}  // namespace plumbline
