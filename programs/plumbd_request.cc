// SPDX-License-Identifier: Apache-2.0
#include "programs/plumbd_request.h"

#include <fmt/format.h>

#include <algorithm>

namespace plumbline {

Status only_keys(const Json& request, std::initializer_list<std::string_view> known) {
  for (const auto& [key, value] : request.as_object()) {
    if (key != "op" && std::find(known.begin(), known.end(), key) == known.end()) {
      return Error(Code::kInvalid, fmt::format("the request has an unknown key \"{}\"", key));
    }
  }
  return {};
}

Result<std::string> text_or_empty(const Json& request, std::string_view key) {
  if (request.find(key) == nullptr) return std::string();
  return request.string_at(key);
}

Result<bool> bool_or_false(const Json& request, std::string_view key) {
  const Json* value = request.find(key);
  if (value == nullptr) return false;
  if (value->is_bool()) return value->as_bool();
  return Error(Code::kInvalid, fmt::format("\"{}\" is neither true nor false", key));
}

Result<Office::By> by(const Json& request, const std::string& actor) {
  ASSIGN_OR_RETURN(std::string reason, request.string_at("reason"));
  return Office::By{actor, std::move(reason)};
}

Result<std::map<std::string, std::string>> texts_at(const Json& request, std::string_view key) {
  std::map<std::string, std::string> texts;
  const Json* value = request.find(key);
  if (value == nullptr) return texts;
  if (!value->is_object()) {
    return Error(Code::kInvalid, fmt::format("\"{}\" is not an object", key));
  }
  for (const auto& [name, text] : value->as_object()) {
    if (!text.is_string()) {
      return Error(Code::kInvalid, fmt::format("\"{}\" of \"{}\" is not a string", name, key));
    }
    texts.emplace(name, text.as_string());
  }
  return texts;
}

Result<OutletAdded> outlet_at(const Json& request) {
  ASSIGN_OR_RETURN(std::string id, request.string_at("id"));
  OutletAdded outlet;
  ASSIGN_OR_RETURN(outlet.outlet, OutletId::parse(id));
  ASSIGN_OR_RETURN(outlet.code, text_or_empty(request, "code"));
  ASSIGN_OR_RETURN(outlet.name_zh, text_or_empty(request, "name_zh"));
  ASSIGN_OR_RETURN(outlet.name_en, text_or_empty(request, "name_en"));
  ASSIGN_OR_RETURN(outlet.places, texts_at(request, "places"));
  return outlet;
}

}  // namespace plumbline
