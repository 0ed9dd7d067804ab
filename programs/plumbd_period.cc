// SPDX-License-Identifier: Apache-2.0
#include "programs/plumbd_period.h"

#include <fmt/format.h>

#include <optional>

#include "evaluator/closing_plan.h"
#include "programs/plumbd_request.h"

namespace plumbline {
namespace {

constexpr std::size_t kMostChanges = 200;

Json closed_json(const PeriodClosed& closed) {
  Json json = Json::object();
  json.set("standard", closed.standard).set("period", closed.period);
  json.set("revision", closed.revision).set("size", closed.size.value);
  json.set("as_of", format_instant(closed.as_of)).set("rule_sha256", closed.rule_hash.hex());
  json.set("results", closed.results).set("root_sha256", closed.root.hex());
  return json;
}

Json member(const Json& json, const char* key) {
  const Json* value = json.find(key);
  return value == nullptr ? Json(nullptr) : *value;
}

// What people ask of a result first.
Json summary_json(const std::string& body) {
  Result<Json> json = body.empty() ? Json(nullptr) : Json::parse(body);
  if (!json.ok() || !json->is_object()) return Json(nullptr);
  return Json::object()
      .set("verdict", member(*json, "verdict"))
      .set("score", member(*json, "score"))
      .set("grade", member(*json, "grade"));
}

Json changes_json(const ClosingPlan& plan) {
  Json changes = Json::array();
  for (std::size_t i = 0; i < plan.changes.size() && i < kMostChanges; ++i) {
    const ClosingPlan::Change& change = plan.changes[i];
    Json json = Json::object();
    json.set("level", change.level).set("unit", change.unit);
    json.set("before", summary_json(change.before)).set("after", summary_json(change.after));
    changes.push(std::move(json));
  }
  return changes;
}

}  // namespace

Result<Json> PeriodDesk::handle(const Json& request, const std::string& actor) const {
  ASSIGN_OR_RETURN(std::string op, request.string_at("op"));
  if (op == "period.close") return close(request, actor);
  if (op == "period.list") return list(request);
  return Error(Code::kUnsupported, fmt::format("this plumbd knows no operation \"{}\"", op));
}

Result<Json> PeriodDesk::close(const Json& request, const std::string& actor) const {
  RETURN_IF_ERROR(only_keys(request, {"standard", "period", "restate", "dry_run", "reason"}));
  ClosingAsked asked;
  ASSIGN_OR_RETURN(asked.standard, request.string_at("standard"));
  ASSIGN_OR_RETURN(asked.period, request.string_at("period"));
  ASSIGN_OR_RETURN(bool restate, bool_or_false(request, "restate"));
  ASSIGN_OR_RETURN(bool dry, bool_or_false(request, "dry_run"));
  if (restate) asked.what = ClosingAsked::What::kRestate;
  Office::By who{actor, ""};
  if (!dry) {
    ASSIGN_OR_RETURN(who, by(request, actor));
  }
  RETURN_IF_ERROR(catch_up_());
  ASSIGN_OR_RETURN(std::unique_ptr<ResultsStore> results, open_());
  ASSIGN_OR_RETURN(auto served, results->read({"", "", "", asked.period}));
  if (!served) return Error(Code::kNotFound, "nothing was evaluated yet: activate rules first");
  ASSIGN_OR_RETURN(ClosingPlan plan, plan_closing(*served, *office_.view(), asked));
  std::optional<LedgerIndex> index;
  if (!dry) {
    ASSIGN_OR_RETURN(index, office_.close_period(who, plan.closed));
  }
  Json json = closed_json(plan.closed);
  json.set("index", index ? Json(index->value) : Json(nullptr));
  json.set("change_count", std::uint64_t{plan.changes.size()});
  return json.set("changes", changes_json(plan));
}

Result<Json> PeriodDesk::list(const Json& request) const {
  RETURN_IF_ERROR(only_keys(request, {}));
  Json closings = Json::array();
  for (const RegistryState::Closing& closing : office_.view()->closings) {
    Json json = closed_json(closing.closed);
    json.set("index", closing.index.value);
    json.set("recorded_at", format_instant(closing.recorded_at));
    json.set("actor", closing.actor).set("reason", closing.reason);
    closings.push(std::move(json));
  }
  return Json::object().set("closings", std::move(closings));
}

}  // namespace plumbline
