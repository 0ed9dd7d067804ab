// SPDX-License-Identifier: Apache-2.0
#include "programs/plumbd_exempt.h"

#include <fmt/format.h>

#include <memory>
#include <optional>
#include <vector>

#include "evaluator/standard.h"
#include "programs/plumbd_request.h"

namespace plumbline {
namespace {

constexpr const char* kKind = "exemption";
constexpr std::size_t kIdDigits = 8;

Result<std::shared_ptr<const RuleSet>> newest_rules(const Office& office) {
  RegistryState state = office.state();
  if (state.activations.empty()) return Error(Code::kNotFound, "no rules are in force yet");
  Problems problems;
  auto rules = compile_rules(state.activations.back().rules.files, problems);
  if (rules == nullptr) return Error(Code::kUnsupported, "the newest rules cannot be read");
  return rules;
}

Error unknown(const std::string& what, const std::string& id,
              const std::vector<std::string>& known) {
  std::string near = did_you_mean(id, known);
  return Error(Code::kNotFound,
               fmt::format("{} \"{}\"{}", what, id,
                           near.empty() ? "" : fmt::format(" (did you mean \"{}\"?)", near)));
}

Status check_criterion(const RuleSet& rules, const std::string& standard_id,
                       const std::string& criterion_id) {
  std::vector<std::string> standards;
  for (const Standard& standard : rules.standards) {
    standards.push_back(standard.id);
    if (standard.id != standard_id) continue;
    if (standard.level != rules.pack->levels.back().id) {
      return Error(Code::kInvalid,
                   fmt::format("the standard \"{}\" scores the level \"{}\"; outlets are exempt "
                               "from what is asked of outlets",
                               standard_id, standard.level));
    }
    std::vector<std::string> criteria;
    for (const Block& block : standard.blocks) {
      for (const Criterion& criterion : block.criteria) criteria.push_back(criterion.id);
    }
    for (const std::string& id : criteria) {
      if (id == criterion_id) return {};
    }
    return unknown(fmt::format("the standard \"{}\" has no criterion", standard_id), criterion_id,
                   criteria);
  }
  return unknown("the rules have no standard", standard_id, standards);
}

Result<std::optional<Date>> date_at(const Json& request, std::string_view key) {
  ASSIGN_OR_RETURN(std::string text, text_or_empty(request, key));
  if (text.empty()) return std::optional<Date>();
  Result<Date> date = parse_date(text);
  if (date.ok()) return std::optional<Date>(*date);
  return Error(Code::kInvalid, fmt::format("\"{}\" is not a date in the form 2025-12-31", key),
               date.error());
}

std::string id_of(const Fact& fact) {
  std::string about = fact.attribute("outlet") + "\n" + fact.attribute("standard") + "\n" +
                      fact.attribute("criterion") + "\n" + format_date(*fact.from);
  return fmt::format("ex-{}-{}", format_date(*fact.from), sha256(about).hex().substr(0, kIdDigits));
}

Result<Json> recorded(Office& office, const Office::By& who, const Fact& fact) {
  ASSIGN_OR_RETURN(std::optional<LedgerIndex> index, office.record_facts(who, {fact}));
  Json json = Json::object().set("id", fact.id);
  json.set("index", index ? Json(index->value) : Json());
  json.set("from", format_date(*fact.from)).set("until", format_date(*fact.until));
  return json.set("owner", fact.attribute("owner"));
}

Result<Json> grant(Office& office, const Clock& clock, const Json& request,
                   const std::string& actor) {
  RETURN_IF_ERROR(only_keys(request, {"outlet", "standard", "criterion", "from", "until", "owner",
                                      "document", "reason"}));
  ASSIGN_OR_RETURN(Office::By who, by(request, actor));
  ASSIGN_OR_RETURN(std::shared_ptr<const RuleSet> rules, newest_rules(office));
  Fact fact;
  fact.kind = kKind;
  for (const char* key : {"outlet", "standard", "criterion"}) {
    ASSIGN_OR_RETURN(fact.attributes[key], request.string_at(key));
  }
  RETURN_IF_ERROR(check_criterion(*rules, fact.attribute("standard"), fact.attribute("criterion")));
  ASSIGN_OR_RETURN(std::string owner, text_or_empty(request, "owner"));
  fact.attributes["owner"] = owner.empty() ? actor : owner;
  fact.attributes["reason"] = who.reason;
  ASSIGN_OR_RETURN(std::string document, text_or_empty(request, "document"));
  if (!document.empty()) fact.attributes["document"] = document;
  ASSIGN_OR_RETURN(std::optional<Date> from, date_at(request, "from"));
  fact.from = from.value_or(rules->pack->calendar.local_date(clock.wall()));
  ASSIGN_OR_RETURN(fact.until, date_at(request, "until"));
  fact.id = id_of(fact);
  if (office.view()->facts.find(kKind, fact.id) != nullptr) {
    return Error(Code::kExists,
                 fmt::format("the exemption \"{}\" of this outlet and criterion from that day is "
                             "on record; end it first",
                             fact.id));
  }
  return recorded(office, who, fact);
}

Result<Json> end(Office& office, const Clock& clock, const Json& request,
                 const std::string& actor) {
  RETURN_IF_ERROR(only_keys(request, {"id", "on", "reason"}));
  ASSIGN_OR_RETURN(Office::By who, by(request, actor));
  ASSIGN_OR_RETURN(std::string id, request.string_at("id"));
  ASSIGN_OR_RETURN(std::optional<Date> on, date_at(request, "on"));
  ASSIGN_OR_RETURN(std::shared_ptr<const RuleSet> rules, newest_rules(office));
  std::shared_ptr<const RegistryView> view = office.view();
  const FactBook::Version* known = view->facts.find(kKind, id);
  if (known == nullptr) return unknown("there is no exemption", id, view->facts.ids(kKind));
  Fact fact = known->fact;
  Date last = on.value_or(rules->pack->calendar.local_date(clock.wall()));
  if (last < *fact.from || *fact.until <= last) {
    return Error(Code::kInvalid,
                 fmt::format("it holds from {} to {}, so {} cannot become its last day; what was "
                             "granted in error is withdrawn by plumb registry apply",
                             format_date(*fact.from), format_date(*fact.until), format_date(last)));
  }
  fact.until = last;
  return recorded(office, who, fact);
}

Result<Json> list(Office& office, const Clock& clock, const Json& request) {
  RETURN_IF_ERROR(only_keys(request, {}));
  ASSIGN_OR_RETURN(std::shared_ptr<const RuleSet> rules, newest_rules(office));
  Date today = rules->pack->calendar.local_date(clock.wall());
  Json exemptions = Json::array();
  std::shared_ptr<const RegistryView> view = office.view();
  for (const FactBook::Version* version : view->facts.known(kKind)) {
    const Fact& fact = version->fact;
    Json json = Json::object().set("id", fact.id);
    for (const char* key : {"outlet", "standard", "criterion", "owner", "reason", "document"}) {
      const std::string& text = fact.attribute(key);
      json.set(key, text.empty() ? Json() : Json(text));
    }
    json.set("from", format_date(*fact.from)).set("until", format_date(*fact.until));
    json.set("state", today < *fact.from ? "to_come" : *fact.until < today ? "over" : "holds");
    json.set("entry", version->index.value);
    exemptions.push(json.set("recorded_at", format_instant(version->recorded_at)));
  }
  return Json::object().set("today", format_date(today)).set("exemptions", std::move(exemptions));
}

}  // namespace

Result<Json> handle_exemptions(Office& office, const Clock& clock, const Json& request,
                               const std::string& actor) {
  ASSIGN_OR_RETURN(std::string op, request.string_at("op"));
  if (op == "exempt.grant") return grant(office, clock, request, actor);
  if (op == "exempt.end") return end(office, clock, request, actor);
  if (op == "exempt.list") return list(office, clock, request);
  return Error(Code::kUnsupported, fmt::format("this plumbd knows no operation \"{}\"", op));
}

}  // namespace plumbline
