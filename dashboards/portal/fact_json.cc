// SPDX-License-Identifier: Apache-2.0
#include "dashboards/portal/fact_json.h"

#include "dashboards/portal/json_read.h"

namespace plumbline {
namespace {

Json date_or_null(const std::optional<Date>& date) {
  return date ? Json(format_date(*date)) : Json();
}

Json text_or_null(const std::string& text) {
  return text.empty() ? Json() : Json(text);
}

// The title of the veto that rests on findings of this code.
words::Text finding_name(const Json& rules, const std::string& code) {
  for (const Json& standard : list_at(rules, "standards")) {
    for (const Json& veto : list_at(standard, "vetoes")) {
      if (text_at(veto, "finding") == code) return words::text_of(veto.find("title"), code);
    }
  }
  return {code, code};
}

// The title of the criterion that an exemption is from.
words::Text exemption_name(const Json& rules, const Fact& fact) {
  const std::string& id = fact.attribute("criterion");
  if (const Json* standard = with_id(rules, "standards", fact.attribute("standard"))) {
    for (const Json& block : list_at(*standard, "blocks")) {
      const Json* criterion = with_id(block, "criteria", id);
      if (criterion != nullptr) return words::text_of(criterion->find("title"), id);
    }
  }
  return {id, id};
}

}  // namespace

words::Text fact_name(const ScopedData& data, const Fact& fact) {
  const std::string& zh = fact.attribute("name_zh");
  const std::string& en = fact.attribute("name_en");
  if (!zh.empty() || !en.empty()) return {zh.empty() ? en : zh, en.empty() ? zh : en};
  if (fact.kind == "status") return words::status(fact.attribute("status"));
  if (fact.kind == "finding") return finding_name(data.rules(), fact.attribute("code"));
  if (fact.kind == "exemption") return exemption_name(data.rules(), fact);
  if (fact.kind == "document") {
    const std::string& title_zh = fact.attribute("title_zh");
    const std::string& number = fact.attribute("number");
    return {title_zh.empty() ? number : title_zh, number};
  }
  return {fact.id, fact.id};
}

Json fact_place_json(const ScopedData& data, const Fact& fact) {
  const std::string code = data.county_today(fact.attribute("place"));
  if (code.empty()) return nullptr;
  const bool city = fact.attribute("level") == "city";
  return data.place_json(city ? ScopeLevel::kCity : ScopeLevel::kCounty, code);
}

Json fact_json(const ScopedData& data, const FactBook::Version& version) {
  const Fact& fact = version.fact;
  Json json = Json::object();
  json.set("kind", fact.kind).set("id", fact.id).set("name", fact_name(data, fact).json());
  json.set("from", date_or_null(fact.from)).set("until", date_or_null(fact.until));
  json.set("known", format_date(data.local(version.recorded_at).date));
  json.set("entry", version.index.value);
  for (const char* date : {"declared", "checked", "confirmed", "reviewed"}) {
    json.set(date, text_or_null(fact.attribute(date)));
  }
  json.set("place", fact_place_json(data, fact));
  json.set("document", nullptr);
  if (const Fact* document = data.document_of(fact)) {
    Json about = Json::object();
    about.set("number", document->attribute("number")).set("date", document->attribute("date"));
    about.set("issuer", document->attribute("issuer"));
    json.set("document", std::move(about));
  }
  return json;
}

Json facts_json(const ScopedData& data, std::string_view kind, const Json::Array& ids) {
  Json facts = Json::array();
  for (const Json& id : ids) {
    if (!id.is_string()) continue;
    const FactBook::Version* version = data.fact(kind, id.as_string());
    if (version != nullptr) facts.push(fact_json(data, *version));
  }
  return facts;
}

}  // namespace plumbline
