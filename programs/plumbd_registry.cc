// SPDX-License-Identifier: Apache-2.0
#include "programs/plumbd_registry.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/limits.h"
#include "programs/plumbd_request.h"

namespace plumbline {
namespace {

using How = RegistryPlan::Change::How;
using List = RegistryPlan::List;

// The list under `key`, each item read by `read`; empty when it is left out.
template <typename Item, typename Read>
Status read_list(const Json& request, std::string_view key, std::vector<Item>& items, Read read) {
  const Json* list = request.find(key);
  if (list == nullptr) return {};
  if (!list->is_array()) return Error(Code::kInvalid, fmt::format("\"{}\" is no list", key));
  for (const Json& json : list->as_array()) {
    if (!json.is_object()) {
      return Error(Code::kInvalid,
                   fmt::format("item {} of \"{}\" is no object", items.size(), key));
    }
    auto item = read(json);
    if (!item.ok()) {
      return Error(item.error().code(), fmt::format("item {} of \"{}\"", items.size(), key),
                   item.error());
    }
    items.push_back(std::move(item).value());
  }
  return {};
}

Json problems_json(const RegistryPlan& plan) {
  Json problems = Json::array();
  std::size_t listed = std::min(plan.problems.size(), limits::kMaxReportedErrors);
  for (std::size_t i = 0; i < listed; ++i) {
    const RegistryPlan::Wrong& wrong = plan.problems[i];
    Json json = Json::object();
    json.set("list", wrong.list == List::kOutlets ? "outlets" : "facts");
    json.set("at", std::uint64_t{wrong.at});
    json.set("attribute", wrong.problem.attribute).set("sentence", wrong.problem.sentence);
    problems.push(std::move(json));
  }
  return problems;
}

Json changes_json(const RegistryPlan& plan) {
  Json changes = Json::array();
  for (const RegistryPlan::Change& change : plan.changes) {
    Json json = Json::object();
    json.set("change", RegistryPlan::how_name(change.how));
    json.set("kind", change.kind).set("id", change.id);
    if (!change.differs.empty()) {
      Json differs = Json::array();
      for (const std::string& name : change.differs) differs.push(name);
      json.set("differs", std::move(differs));
    }
    changes.push(std::move(json));
  }
  return changes;
}

Json applied_json(const Office::Applied& applied) {
  const RegistryPlan& plan = applied.plan;
  Json json = Json::object();
  json.set("added", std::uint64_t{plan.count(How::kAdded, List::kFacts)});
  json.set("changed", std::uint64_t{plan.count(How::kChanged, List::kFacts)});
  json.set("withdrawn", std::uint64_t{plan.count(How::kWithdrawn, List::kFacts)});
  json.set("unchanged", std::uint64_t{plan.unchanged});
  json.set("outlets_added", std::uint64_t{plan.count(How::kAdded, List::kOutlets)});
  json.set("index", applied.last ? Json(applied.last->value) : Json());
  if (plan.problems.empty()) {
    json.set("changes", changes_json(plan));
  } else {
    json.set("problems", problems_json(plan));
    json.set("problem_count", std::uint64_t{plan.problems.size()});
  }
  return json;
}

}  // namespace

Result<Json> apply_registry(Office& office, const Json& request, const std::string& actor) {
  RETURN_IF_ERROR(only_keys(request, {"outlets", "facts", "dry_run", "reason"}));
  ASSIGN_OR_RETURN(bool dry_run, bool_or_false(request, "dry_run"));
  ASSIGN_OR_RETURN(std::string reason, text_or_empty(request, "reason"));
  RegistryInput input;
  RETURN_IF_ERROR(read_list(request, "outlets", input.outlets, outlet_at));
  RETURN_IF_ERROR(read_list(request, "facts", input.facts, fact_from_json));
  ASSIGN_OR_RETURN(Office::Applied applied,
                   office.apply_registry({actor, std::move(reason)}, input,
                                         dry_run ? Office::Run::kDry : Office::Run::kWrite));
  return applied_json(applied);
}

}  // namespace plumbline
