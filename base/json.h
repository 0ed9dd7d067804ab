// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_BASE_JSON_H_
#define PLUMBLINE_BASE_JSON_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"

namespace plumbline {

// A JSON value without floating point: null, bool, integer, string, array, object. Its text form
// is always RFC 8785 (JSON Canonicalization Scheme): keys sorted, no white space, one spelling of
// each string. Keys are restricted to ASCII, where sorting by bytes and by UTF-16 agree.
class Json {
 public:
  using Array = std::vector<Json>;
  using Object = std::map<std::string, Json, std::less<>>;

  Json() = default;
  Json(std::nullptr_t) {}                                              // NOLINT: implicit by intent
  Json(bool value) : value_(value) {}                                  // NOLINT
  Json(std::int64_t value) : value_(value) {}                          // NOLINT
  Json(std::uint64_t value) : value_(static_cast<std::int64_t>(value)) {}  // NOLINT
  Json(int value) : value_(std::int64_t{value}) {}                     // NOLINT
  Json(std::string value) : value_(std::move(value)) {}                // NOLINT
  Json(std::string_view value) : value_(std::string(value)) {}         // NOLINT
  Json(const char* value) : value_(std::string(value)) {}              // NOLINT
  Json(Array value) : value_(std::move(value)) {}                      // NOLINT
  Json(Object value) : value_(std::move(value)) {}                     // NOLINT

  static Json object() { return Json(Object{}); }
  static Json array() { return Json(Array{}); }

  // Parses text of at most 32 levels. Refuses (kInvalid, naming the byte) floating point, an
  // integer outside 64 bits, duplicate keys, keys that are not ASCII, invalid UTF-8 and anything
  // after the value.
  static Result<Json> parse(std::string_view text);

  // The RFC 8785 text.
  std::string text() const;

  bool is_null() const { return std::holds_alternative<std::monostate>(value_); }
  bool is_bool() const { return std::holds_alternative<bool>(value_); }
  bool is_integer() const { return std::holds_alternative<std::int64_t>(value_); }
  bool is_string() const { return std::holds_alternative<std::string>(value_); }
  bool is_array() const { return std::holds_alternative<Array>(value_); }
  bool is_object() const { return std::holds_alternative<Object>(value_); }

  // The value of that kind; another kind is a bug (CHECK).
  bool as_bool() const { return std::get<bool>(value_); }
  std::int64_t as_integer() const { return std::get<std::int64_t>(value_); }
  const std::string& as_string() const { return std::get<std::string>(value_); }
  const Array& as_array() const { return std::get<Array>(value_); }
  Array& as_array() { return std::get<Array>(value_); }
  const Object& as_object() const { return std::get<Object>(value_); }
  Object& as_object() { return std::get<Object>(value_); }

  // Object access. `set` turns null into an object. `find` returns nullptr when absent.
  Json& set(std::string key, Json value);
  const Json* find(std::string_view key) const;
  void push(Json value);

  // Checked reads for input: kInvalid naming the key when absent or of another kind.
  Result<std::string> string_at(std::string_view key) const;
  Result<std::int64_t> integer_at(std::string_view key) const;

  bool operator==(const Json&) const = default;

 private:
  void append_to(std::string& out) const;

  std::variant<std::monostate, bool, std::int64_t, std::string, Array, Object> value_;
};

}  // namespace plumbline

#endif  // PLUMBLINE_BASE_JSON_H_
