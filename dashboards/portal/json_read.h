// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_DASHBOARDS_PORTAL_JSON_READ_H_
#define PLUMBLINE_DASHBOARDS_PORTAL_JSON_READ_H_

#include <optional>
#include <string>
#include <string_view>

#include "base/json.h"

// Reading what other parts have written: a member that is absent or of another kind reads as
// nothing, so that a body of an older version still shows what it has.
namespace plumbline {

// "" when it is no string.
const std::string& text_at(const Json& json, std::string_view key);
std::optional<std::string> optional_text_at(const Json& json, std::string_view key);
std::int64_t number_at(const Json& json, std::string_view key);      // 0 when it is no integer
bool flag_at(const Json& json, std::string_view key);                // false when it is no bool
const Json::Array& list_at(const Json& json, std::string_view key);  // empty when it is no array
const Json& at_or_null(const Json& json, std::string_view key);
// The element of the list whose "id" it is; nullptr when there is none.
const Json* with_id(const Json& json, std::string_view list, std::string_view id);

}  // namespace plumbline

#endif  // PLUMBLINE_DASHBOARDS_PORTAL_JSON_READ_H_
