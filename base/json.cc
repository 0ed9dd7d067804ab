// SPDX-License-Identifier: Apache-2.0
#include "base/json.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

#include "base/utf8.h"

namespace plumbline {
namespace {

constexpr std::size_t kMaxDepth = 32;

bool is_plain_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

// Builds a Json from the parser's events, so that duplicate keys, floats and depth are seen.
class Builder : public nlohmann::json_sax<nlohmann::json> {
 public:
  bool null() override { return add(Json()); }
  bool boolean(bool value) override { return add(Json(value)); }
  bool number_integer(number_integer_t value) override { return add(Json(std::int64_t{value})); }
  bool number_unsigned(number_unsigned_t value) override {
    if (value > static_cast<number_unsigned_t>(std::numeric_limits<std::int64_t>::max())) {
      return fail(fmt::format("the integer {} does not fit in 64 bits", value));
    }
    return add(Json(static_cast<std::int64_t>(value)));
  }
  bool number_float(number_float_t, const string_t& text) override {
    return fail(fmt::format("{} is not an integer, and no other number is allowed", text));
  }
  bool string(string_t& value) override { return add(Json(std::move(value))); }
  bool binary(binary_t&) override { return fail("binary values are not JSON"); }
  bool start_object(std::size_t) override { return open(Json::object()); }
  bool start_array(std::size_t) override { return open(Json::array()); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool key(string_t& value) override {
    if (!is_plain_ascii(value))
      return fail(fmt::format("the key \"{}\" is not plain ASCII", value));
    if (stack_.back().value.find(value) != nullptr) {
      return fail(fmt::format("the key \"{}\" stands twice", value));
    }
    stack_.back().key = std::move(value);
    return true;
  }
  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::detail::exception& error) override {
    // The library repeats what it read, which need not be text.
    return fail(fmt::format("not JSON at byte {}: {}", position, utf8_replaced(error.what())));
  }

  const std::string& problem() const { return problem_; }
  Json take() { return std::move(root_); }

 private:
  struct Level {
    Json value;
    std::string key;
  };

  bool fail(std::string problem) {
    problem_ = std::move(problem);
    return false;
  }
  bool add(Json value) {
    if (stack_.empty()) {
      root_ = std::move(value);
    } else if (stack_.back().value.is_array()) {
      stack_.back().value.push(std::move(value));
    } else {
      stack_.back().value.set(stack_.back().key, std::move(value));
    }
    return true;
  }
  bool open(Json value) {
    if (stack_.size() >= kMaxDepth) return fail("nested deeper than 32 levels");
    stack_.push_back({std::move(value), {}});
    return true;
  }
  bool close() {
    Json value = std::move(stack_.back().value);
    stack_.pop_back();
    return add(std::move(value));
  }

  std::vector<Level> stack_;
  Json root_;
  std::string problem_;
};

// RFC 8785 section 3.2.2.2: two-character escapes where JSON has them, \u00xx for other control
// characters, everything else as it is.
void append_string(std::string& out, std::string_view text) {
  out.push_back('"');
  for (char c : text) {
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\b':
        out += "\\b";
        break;
      case '\f':
        out += "\\f";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
        } else {
          out.push_back(c);
        }
    }
  }
  out.push_back('"');
}

}  // namespace

Result<Json> Json::parse(std::string_view text) {
  Builder builder;
  bool parsed = false;
  try {
    parsed = nlohmann::json::sax_parse(text.begin(), text.end(), &builder);
  } catch (const std::exception& error) {
    return Error(Code::kInvalid, fmt::format("not JSON: {}", error.what()));
  }
  if (!parsed) return Error(Code::kInvalid, builder.problem());
  return builder.take();
}

std::string Json::text() const {
  std::string out;
  append_to(out);
  return out;
}

void Json::append_to(std::string& out) const {
  if (is_null()) {
    out += "null";
  } else if (is_bool()) {
    out += as_bool() ? "true" : "false";
  } else if (is_integer()) {
    out += std::to_string(as_integer());
  } else if (is_string()) {
    append_string(out, as_string());
  } else if (is_array()) {
    out.push_back('[');
    bool first = true;
    for (const Json& item : as_array()) {
      if (!first) out.push_back(',');
      first = false;
      item.append_to(out);
    }
    out.push_back(']');
  } else {
    out.push_back('{');
    bool first = true;
    for (const auto& [key, value] : as_object()) {
      if (!first) out.push_back(',');
      first = false;
      append_string(out, key);
      out.push_back(':');
      value.append_to(out);
    }
    out.push_back('}');
  }
}

Json& Json::set(std::string key, Json value) {
  CHECK(is_plain_ascii(key), "keys of this project's JSON are plain ASCII");
  if (is_null()) value_ = Object{};
  as_object().insert_or_assign(std::move(key), std::move(value));
  return *this;
}

const Json* Json::find(std::string_view key) const {
  if (!is_object()) return nullptr;
  auto found = as_object().find(key);
  return found == as_object().end() ? nullptr : &found->second;
}

void Json::push(Json value) {
  if (is_null()) value_ = Array{};
  as_array().push_back(std::move(value));
}

Result<std::string> Json::string_at(std::string_view key) const {
  const Json* value = find(key);
  if (value == nullptr || !value->is_string()) {
    return Error(Code::kInvalid, fmt::format("\"{}\" is missing or not a string", key));
  }
  return value->as_string();
}

Result<std::int64_t> Json::integer_at(std::string_view key) const {
  const Json* value = find(key);
  if (value == nullptr || !value->is_integer()) {
    return Error(Code::kInvalid, fmt::format("\"{}\" is missing or not an integer", key));
  }
  return value->as_integer();
}

}  // namespace plumbline
