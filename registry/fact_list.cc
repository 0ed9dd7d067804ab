// SPDX-License-Identifier: Apache-2.0
#include "registry/fact_list.h"

#include <fmt/format.h>

#include "packs/outside_text.h"
#include "packs/problem.h"

namespace plumbline {
namespace {

Status check_kind(const std::string& kind) {
  if (kind.empty() || fact_kind(kind) != nullptr) return {};
  std::vector<std::string> kinds;
  for (const FactKind& one : fact_kinds()) kinds.push_back(one.id);
  std::string near = did_you_mean(kind, kinds);
  return Error(Code::kInvalid,
               fmt::format("\"{}\" is no kind of fact; known are {}{}", outside_text(kind),
                           fmt::join(kinds, ", "),
                           near.empty() ? "" : fmt::format(" (did you mean \"{}\"?)", near)));
}

// The versions of one fact that the query wants.
void list_versions(const std::vector<FactBook::Version>& versions, const FactQuery& query,
                   std::vector<ListedFact>& out) {
  const FactBook::Version* latest = nullptr;
  for (const FactBook::Version& version : versions) {
    if (!query.known_by || version.recorded_at <= *query.known_by) latest = &version;
  }
  if (latest == nullptr) return;
  for (const FactBook::Version& version : versions) {
    bool is_latest = &version == latest;
    bool wanted = query.history || (is_latest && version.fact.attribute("withdrawn").empty());
    if (query.on && !version.fact.is_true_on(*query.on)) wanted = false;
    if (wanted) out.push_back({version, is_latest});
    if (is_latest) return;
  }
}

std::string date_text(const std::optional<Date>& date) {
  return date ? format_date(*date) : "-";
}

}  // namespace

Result<std::vector<ListedFact>> list_facts(const FactBook& facts, const FactQuery& query) {
  RETURN_IF_ERROR(check_kind(query.kind));
  std::vector<ListedFact> out;
  for (const std::string& kind : facts.kinds()) {
    if (!query.kind.empty() && query.kind != kind) continue;
    for (const std::string& id : facts.ids(kind)) {
      if (query.id.empty() || query.id == id) list_versions(facts.history(kind, id), query, out);
    }
  }
  return out;
}

Result<Instant> end_of_day(const RegistryState& state, Date day) {
  const Date next = date_from_days(days_from_date(day) + 1);
  const Duration kLast{1};
  if (state.activations.empty()) return Instant{days_from_date(next) * kMsPerDay} - kLast;
  Problems problems;
  auto pack = parse_pack(state.activations.back().rules.files, problems);
  if (!pack) {
    return Error(Code::kCorrupt, "the active rules cannot be read:\n" + problems.text());
  }
  return pack->calendar.start_of(next) - kLast;
}

Json facts_json(const std::vector<ListedFact>& facts) {
  Json list = Json::array();
  for (const ListedFact& listed : facts) {
    Json json = fact_json(listed.version.fact);
    for (const char* end : {"from", "until"}) {
      if (json.find(end) == nullptr) json.set(end, nullptr);
    }
    json.set("entry", listed.version.index.value);
    json.set("recorded_at", format_instant(listed.version.recorded_at));
    json.set("latest", listed.latest);
    list.push(std::move(json));
  }
  Json json = Json::object();
  json.set("facts", std::move(list));
  return json;
}

std::string facts_text(const std::vector<ListedFact>& facts) {
  std::string text = fmt::format("{:<12} {:<28} {:<10} {:<10} {:>8}  {}\n", "kind", "id", "from",
                                 "until", "entry", "recorded at");
  for (const ListedFact& listed : facts) {
    const Fact& fact = listed.version.fact;
    const bool withdrawn = !fact.attribute("withdrawn").empty();
    text += fmt::format("{:<12} {:<28} {:<10} {:<10} {:>8}  {}{}\n", fact.kind, fact.id,
                        date_text(fact.from), date_text(fact.until), listed.version.index.value,
                        format_instant(listed.version.recorded_at),
                        withdrawn        ? "  withdrawn"
                        : !listed.latest ? "  replaced"
                                         : "");
    for (const auto& [name, value] : fact.attributes) {
      text += fmt::format("    {}: {}\n", name, value);
    }
  }
  return text;
}

}  // namespace plumbline
