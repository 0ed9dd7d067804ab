// SPDX-License-Identifier: Apache-2.0
// Proofs and checkpoints: what anyone needs who holds one. Hashes alone, of entries that no hash
// gives away (docs/decisions/0023-public-proofs.md).
#include <charconv>

#include "dashboards/portal/handlers.h"
#include "dashboards/portal/sources.h"

namespace plumbline {
namespace {

// Its form was checked by the route.
std::optional<std::uint64_t> number(const RouteArguments& arguments, std::string_view name) {
  const std::string& text = arguments.parameter(name);
  if (text.empty()) return std::nullopt;
  std::uint64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

std::optional<LedgerSize> as_size(std::optional<std::uint64_t> entries) {
  if (!entries.has_value()) return std::nullopt;
  return LedgerSize(*entries);
}

Error missing(std::string_view name) {
  return Error(Code::kInvalid, "The parameter \"" + std::string(name) + "\" is needed.");
}

Json list_of(const std::vector<std::string>& path) {
  Json list = Json::array();
  for (const std::string& hash : path) list.push(hash);
  return list;
}

}  // namespace

Result<Json> show_checkpoints(const PortalSources& sources, const RouteArguments&) {
  Json list = Json::array();
  for (const KnownCheckpoint& one : sources.checkpoints()) {
    Json item = Json::object();
    item.set("origin", one.origin).set("verifier", one.verifier).set("from", one.from.value);
    item.set("checkpoint", one.text.empty() ? Json(nullptr) : Json(one.text));
    item.set("given_up", one.given_up);
    list.push(std::move(item));
  }
  return Json::object().set("checkpoints", std::move(list));
}

Result<Json> show_inclusion(const PortalSources& sources, const RouteArguments& arguments) {
  auto index = number(arguments, "index");
  if (!index.has_value()) return missing("index");
  ASSIGN_OR_RETURN(InclusionAnswer proof,
                   sources.inclusion(LedgerIndex(*index), as_size(number(arguments, "size"))));
  Json json = Json::object();
  json.set("index", proof.index.value).set("size", proof.size.value);
  json.set("leaf", proof.leaf).set("root", proof.root).set("path", list_of(proof.path));
  return json;
}

Result<Json> show_consistency(const PortalSources& sources, const RouteArguments& arguments) {
  auto first = number(arguments, "first");
  if (!first.has_value()) return missing("first");
  ASSIGN_OR_RETURN(ConsistencyAnswer proof,
                   sources.consistency(LedgerSize(*first), as_size(number(arguments, "second"))));
  Json json = Json::object();
  json.set("first", proof.first.value).set("second", proof.second.value);
  json.set("first_root", proof.first_root).set("second_root", proof.second_root);
  json.set("path", list_of(proof.path));
  return json;
}

}  // namespace plumbline
