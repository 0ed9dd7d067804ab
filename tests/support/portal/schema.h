// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_TESTS_SUPPORT_PORTAL_SCHEMA_H_
#define PLUMBLINE_TESTS_SUPPORT_PORTAL_SCHEMA_H_

#include <string>
#include <vector>

#include "base/json.h"

namespace plumbline::testing {

// What of `value` contradicts `schema`, a sentence each with its place. The part of JSON Schema
// that openapi.json uses: $ref within the document, type, enum, properties, required,
// additionalProperties (false), items, oneOf, minimum, maximum. Any other keyword that says
// something about a value is told as well, so that none is passed over.
std::vector<std::string> schema_problems(const Json& document, const Json& schema,
                                         const Json& value, const std::string& place = "$");

}  // namespace plumbline::testing

#endif  // PLUMBLINE_TESTS_SUPPORT_PORTAL_SCHEMA_H_
