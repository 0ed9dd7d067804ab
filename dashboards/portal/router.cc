// SPDX-License-Identifier: Apache-2.0
#include "dashboards/portal/router.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/utf8.h"
#include "model/ids.h"

namespace plumbline {
namespace {

constexpr std::size_t kMaxValueBytes = 64;

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// 1 to 64 of A-Z a-z 0-9 . _ -
bool is_code(const std::string& text) {
  return !text.empty() && text.size() <= kMaxValueBytes &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return is_letter(c) || is_digit(c) || c == '.' || c == '_' || c == '-';
         });
}

// "2026", "2026-Q1" or "2026-03".
bool is_period(const std::string& text) {
  if (text.size() == 7 && text[5] == 'Q') {
    return is_period(text.substr(0, 4)) && text[4] == '-' && text[6] >= '1' && text[6] <= '4';
  }
  if (text.size() != 4 && text.size() != 7) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i == 4 ? text[i] != '-' : !is_digit(text[i])) return false;
  }
  const std::string month = text.size() == 7 ? text.substr(5) : "01";
  return month >= "01" && month <= "12";
}

// Up to nine digits.
bool is_count(const std::string& text) {
  return !text.empty() && text.size() <= 9 && std::all_of(text.begin(), text.end(), is_digit);
}

// A number of entries: up to 18 digits, none of them a leading zero.
bool is_entries(const std::string& text) {
  return !text.empty() && text.size() <= 18 && std::all_of(text.begin(), text.end(), is_digit) &&
         (text.size() == 1 || text.front() != '0');
}

bool is_text(const std::string& text) {
  return !text.empty() && text.size() <= kMaxValueBytes && !utf8_error_at(text) &&
         !has_control_character(text);
}

bool has_form(std::string_view name, const std::string& value) {
  if (name == "outlet") return OutletId::parse(value).ok();
  if (name == "period") return is_period(value);
  if (name == "offset" || name == "limit" || name == "cases") return is_count(value);
  if (name == "subject") return is_text(value);
  if (name == "index" || name == "size" || name == "first" || name == "second") {
    return is_entries(value);
  }
  return is_code(value);
}

Error malformed(std::string_view name, const std::string& value) {
  const std::string shown = utf8_error_at(value) ? "?" : utf8_shorten(value, kMaxValueBytes);
  return Error(Code::kInvalid, fmt::format("\"{}\" is no {}.", shown, name));
}

std::string_view take_segment(std::string_view& rest) {
  if (!rest.empty()) rest.remove_prefix(1);  // the slash
  const std::size_t end = std::min(rest.find('/'), rest.size());
  std::string_view segment = rest.substr(0, end);
  rest.remove_prefix(end);
  return segment;
}

bool matches(std::string_view pattern, std::string_view path, RouteMatch& match) {
  match.segments.clear();
  while (!pattern.empty() && !path.empty()) {
    const std::string_view wanted = take_segment(pattern);
    const std::string_view given = take_segment(path);
    if (wanted.starts_with('{')) {
      match.segments[std::string(wanted.substr(1, wanted.size() - 2))] = given;
    } else if (wanted != given) {
      return false;
    }
  }
  return pattern.empty() && path.empty();
}

bool names(std::string_view list, std::string_view name) {
  while (!list.empty()) {
    const std::size_t end = std::min(list.find(' '), list.size());
    if (list.substr(0, end) == name) return true;
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return false;
}

}  // namespace

const std::string& RouteArguments::at(std::string_view name) const {
  auto found = path.find(name);
  CHECK(found != path.end(), "a handler asks for what its pattern names");
  return found->second;
}

std::uint64_t RouteArguments::number(std::string_view name, std::uint64_t otherwise) const {
  const std::string& text = parameter(name);
  std::uint64_t value = otherwise;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

const std::string& RouteArguments::parameter(std::string_view name) const {
  static const std::string kNone;
  auto found = query.find(name);
  return found == query.end() ? kNone : found->second;
}

RouteMatch find_route(std::span<const Route> routes, const HttpRequest& request) {
  RouteMatch match;
  bool other_method = false;
  for (const Route& route : routes) {
    if (!matches(route.pattern, request.path, match)) continue;
    if (route.method == request.method) {
      match.route = &route;
      return match;
    }
    other_method = true;
  }
  match.other_method = other_method;
  return match;
}

Result<RouteArguments> read_arguments(const RouteMatch& match, const HttpRequest& request) {
  RouteArguments arguments;
  for (const auto& [name, segment] : match.segments) {
    ASSIGN_OR_RETURN(std::string value, decode_url(segment));
    if (!has_form(name, value)) return malformed(name, value);
    arguments.path.emplace(name, std::move(value));
  }
  for (const auto& [name, value] : request.parameters) {
    if (!names(match.route->parameters, name)) return malformed("parameter of this page", name);
    if (value.empty()) continue;
    if (!has_form(name, value)) return malformed(name, value);
    if (!arguments.query.emplace(name, value).second) {
      return Error(Code::kInvalid, fmt::format("The parameter \"{}\" comes twice.", name));
    }
  }
  return arguments;
}

}  // namespace plumbline
