// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_PROGRAMS_PLUMBD_REQUEST_H_
#define PLUMBLINE_PROGRAMS_PLUMBD_REQUEST_H_

#include <initializer_list>
#include <map>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/result.h"
#include "registry/office.h"

// Reads the members of an office's request; every error names the member.
namespace plumbline {

// kInvalid when the request has a key beside "op" and these.
Status only_keys(const Json& request, std::initializer_list<std::string_view> known);
// A text that may be left out.
Result<std::string> text_or_empty(const Json& request, std::string_view key);
Result<bool> bool_or_false(const Json& request, std::string_view key);
// The object of texts under the key; empty when it is left out.
Result<std::map<std::string, std::string>> texts_at(const Json& request, std::string_view key);
// Who asks, and the request's "reason".
Result<Office::By> by(const Json& request, const std::string& actor);
// {id, code, name_zh, name_en, places{level: code}}; all but the id may be left out.
Result<OutletAdded> outlet_at(const Json& request);

}  // namespace plumbline

#endif  // PLUMBLINE_PROGRAMS_PLUMBD_REQUEST_H_
