// SPDX-License-Identifier: Apache-2.0
#include "programs/plumb_ask.h"

#include "collector/control_client.h"

namespace plumbline {

Result<Json> ask_plumbd(const PlumbOptions& options, const Json& request) {
  if (options.data.empty()) {
    return Error(Code::kInvalid, "--data is needed: the folder that plumbd runs on");
  }
  return control_call(options.path("control.sock"), request);
}

std::string text_at(const Json& json, std::string_view key) {
  const Json* value = json.find(key);
  if (value == nullptr || value->is_null()) return "-";
  return value->is_string() ? value->as_string() : value->text();
}

Json::Array items_at(const Json& json, std::string_view key) {
  const Json* value = json.find(key);
  return value != nullptr && value->is_array() ? value->as_array() : Json::Array();
}

}  // namespace plumbline
