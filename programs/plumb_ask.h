// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_PROGRAMS_PLUMB_ASK_H_
#define PLUMBLINE_PROGRAMS_PLUMB_ASK_H_

#include <string>
#include <string_view>

#include "base/json.h"
#include "base/result.h"
#include "programs/plumb_options.h"

// Asking plumbd through its local socket, and showing what it answers.
namespace plumbline {

// kInvalid without --data.
Result<Json> ask_plumbd(const PlumbOptions& options, const Json& request);
// The member as text; "-" when it is missing or null.
std::string text_at(const Json& json, std::string_view key);
// The list under the key; empty when there is none.
Json::Array items_at(const Json& json, std::string_view key);

}  // namespace plumbline

#endif  // PLUMBLINE_PROGRAMS_PLUMB_ASK_H_
