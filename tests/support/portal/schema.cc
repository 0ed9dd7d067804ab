// SPDX-License-Identifier: Apache-2.0
#include "tests/support/portal/schema.h"

#include <algorithm>
#include <set>

#include "base/check.h"

namespace plumbline::testing {
namespace {

using Problems = std::vector<std::string>;

bool has_type(const Json& value, const std::string& type) {
  if (type == "null") return value.is_null();
  if (type == "boolean") return value.is_bool();
  if (type == "integer") return value.is_integer();
  if (type == "string") return value.is_string();
  if (type == "array") return value.is_array();
  if (type == "object") return value.is_object();
  CHECK(false, "a schema names a type that there is not: " + type);
  return false;
}

bool has_one_type(const Json& value, const Json& types) {
  if (types.is_string()) return has_type(value, types.as_string());
  return std::any_of(types.as_array().begin(), types.as_array().end(),
                     [&](const Json& type) { return has_type(value, type.as_string()); });
}

const Json& followed(const Json& document, const Json& schema) {
  const Json* ref = schema.find("$ref");
  if (ref == nullptr) return schema;
  const std::string prefix = "#/components/schemas/";
  CHECK(ref->as_string().starts_with(prefix), "a reference stays in the document");
  const Json* found =
      document.find("components")->find("schemas")->find(ref->as_string().substr(prefix.size()));
  CHECK(found != nullptr, "a reference leads somewhere: " + ref->as_string());
  return followed(document, *found);
}

void check_object(const Json& document, const Json& schema, const Json& value,
                  const std::string& place, Problems& problems) {
  const Json* properties = schema.find("properties");
  for (const auto& [key, member] : value.as_object()) {
    const Json* about = properties == nullptr ? nullptr : properties->find(key);
    if (about != nullptr) {
      for (auto& problem : schema_problems(document, *about, member, place + "." + key)) {
        problems.push_back(std::move(problem));
      }
    } else if (schema.find("additionalProperties") != nullptr) {
      problems.push_back(place + " has a member \"" + key + "\" that is not described");
    }
  }
  if (const Json* required = schema.find("required")) {
    for (const Json& key : required->as_array()) {
      if (value.find(key.as_string()) == nullptr) {
        problems.push_back(place + " lacks \"" + key.as_string() + "\"");
      }
    }
  }
}

void check_bounds(const Json& schema, const Json& value, const std::string& place,
                  Problems& problems) {
  const Json* least = schema.find("minimum");
  const Json* most = schema.find("maximum");
  if (least != nullptr && value.as_integer() < least->as_integer()) {
    problems.push_back(place + " is below the minimum");
  }
  if (most != nullptr && value.as_integer() > most->as_integer()) {
    problems.push_back(place + " is above the maximum");
  }
}

void check_one_of(const Json& document, const Json& choices, const Json& value,
                  const std::string& place, Problems& problems) {
  std::string why;
  int fitting = 0;
  for (const Json& choice : choices.as_array()) {
    const Problems found = schema_problems(document, choice, value, place);
    if (found.empty()) ++fitting;
    if (!found.empty() && why.empty()) why = found.front();
  }
  if (fitting != 1) {
    problems.push_back(place + " fits " + std::to_string(fitting) + " of the choices: " + why);
  }
}

}  // namespace

std::vector<std::string> schema_problems(const Json& document, const Json& unfollowed,
                                         const Json& value, const std::string& place) {
  static const std::set<std::string> kKnown = {
      "type",  "enum",  "properties", "required", "additionalProperties",
      "items", "oneOf", "minimum",    "maximum",  "description"};
  const Json& schema = followed(document, unfollowed);
  Problems problems;
  for (const auto& [key, about] : schema.as_object()) {
    if (!kKnown.contains(key)) problems.push_back(place + ": unknown keyword \"" + key + "\"");
  }
  if (const Json* type = schema.find("type"); type != nullptr && !has_one_type(value, *type)) {
    problems.push_back(place + " is " + value.text().substr(0, 60) + ", not " + type->text());
    return problems;
  }
  if (const Json* words = schema.find("enum")) {
    const auto& list = words->as_array();
    if (std::find(list.begin(), list.end(), value) == list.end()) {
      problems.push_back(place + " is " + value.text().substr(0, 60) + ", none of the words");
    }
  }
  if (const Json* choices = schema.find("oneOf")) {
    check_one_of(document, *choices, value, place, problems);
  }
  if (value.is_integer()) check_bounds(schema, value, place, problems);
  if (value.is_object()) check_object(document, schema, value, place, problems);
  if (const Json* items = schema.find("items"); items != nullptr && value.is_array()) {
    for (std::size_t i = 0; i < value.as_array().size(); ++i) {
      for (auto& problem : schema_problems(document, *items, value.as_array()[i],
                                           place + "[" + std::to_string(i) + "]")) {
        problems.push_back(std::move(problem));
      }
    }
  }
  return problems;
}

}  // namespace plumbline::testing
