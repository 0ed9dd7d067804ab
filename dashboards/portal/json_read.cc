// SPDX-License-Identifier: Apache-2.0
#include "dashboards/portal/json_read.h"

namespace plumbline {
namespace {

const Json* member(const Json& json, std::string_view key) {
  return json.is_object() ? json.find(key) : nullptr;
}

}  // namespace

const std::string& text_at(const Json& json, std::string_view key) {
  static const std::string kNone;
  const Json* value = member(json, key);
  return value != nullptr && value->is_string() ? value->as_string() : kNone;
}

std::optional<std::string> optional_text_at(const Json& json, std::string_view key) {
  const Json* value = member(json, key);
  if (value == nullptr || !value->is_string()) return std::nullopt;
  return value->as_string();
}

std::int64_t number_at(const Json& json, std::string_view key) {
  const Json* value = member(json, key);
  return value != nullptr && value->is_integer() ? value->as_integer() : 0;
}

bool flag_at(const Json& json, std::string_view key) {
  const Json* value = member(json, key);
  return value != nullptr && value->is_bool() && value->as_bool();
}

const Json::Array& list_at(const Json& json, std::string_view key) {
  static const Json::Array kNone;
  const Json* value = member(json, key);
  return value != nullptr && value->is_array() ? value->as_array() : kNone;
}

const Json& at_or_null(const Json& json, std::string_view key) {
  static const Json kNull;
  const Json* value = member(json, key);
  return value == nullptr ? kNull : *value;
}

const Json* with_id(const Json& json, std::string_view list, std::string_view id) {
  for (const Json& item : list_at(json, list)) {
    if (text_at(item, "id") == id) return &item;
  }
  return nullptr;
}

}  // namespace plumbline
