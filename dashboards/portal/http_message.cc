// SPDX-License-Identifier: Apache-2.0
#include "dashboards/portal/http_message.h"

#include <algorithm>

#include "base/log.h"
#include "base/utf8.h"

namespace plumbline {
namespace {

constexpr const char* kProblemType = "application/problem+json";

const char* title_of(int status) {
  switch (status) {
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 503:
      return "Service Unavailable";
    default:
      return status < 500 ? "Request Refused" : "Server Error";
  }
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

const std::string& HttpRequest::header(std::string_view lower_case_name) const {
  static const std::string kNone;
  auto found = headers.find(lower_case_name);
  return found == headers.end() ? kNone : found->second;
}

std::optional<std::string> HttpRequest::cookie(std::string_view name) const {
  std::optional<std::string> value;
  auto [from, to] = headers.equal_range("cookie");
  for (auto at = from; at != to; ++at) {
    std::string_view rest = at->second;
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find(';'), rest.size());
      std::string_view pair = rest.substr(0, end);
      rest.remove_prefix(std::min(end + 1, rest.size()));
      while (!pair.empty() && pair.front() == ' ') pair.remove_prefix(1);
      const std::size_t equals = pair.find('=');
      if (equals == std::string_view::npos || pair.substr(0, equals) != name) continue;
      if (value.has_value()) return std::nullopt;
      value = pair.substr(equals + 1);
    }
  }
  return value;
}

HttpAnswer http_problem(int status, std::string_view code, const std::string& detail, Json more) {
  more.set("type", "about:blank").set("title", title_of(status));
  more.set("status", status).set("detail", detail).set("code", code);
  return {status, kProblemType, more.text()};
}

HttpAnswer http_problem(const Error& error) {
  switch (error.code()) {
    case Code::kNotFound:
      return http_problem(404, "not_found", error.sentence());
    case Code::kInvalid:
      return http_problem(400, "invalid", error.sentence());
    case Code::kUnauthenticated:
      return http_problem(401, "unauthenticated", error.sentence());
    case Code::kDenied:
      return http_problem(403, "forbidden", error.sentence());
    case Code::kExists:
    case Code::kConflict:
      return http_problem(409, "invalid", error.sentence());
    case Code::kUnavailable:
    case Code::kExhausted:
      log_warning("portal", "an answer had to be put off: " + error.text());
      return http_problem(503, "busy", "The server is busy; ask again in a moment.");
    default:
      log_error("portal", "an answer failed: " + error.text());
      return http_problem(500, "internal", "The server could not answer; its log says why.");
  }
}

Result<std::string> decode_url(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out.push_back(text[i]);
      continue;
    }
    if (i + 2 >= text.size() || hex_digit(text[i + 1]) < 0 || hex_digit(text[i + 2]) < 0) {
      return Error(Code::kInvalid, "the address holds half an escape");
    }
    out.push_back(static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2])));
    i += 2;
  }
  if (utf8_error_at(out)) return Error(Code::kInvalid, "the address is not UTF-8");
  if (has_control_character(out)) {
    return Error(Code::kInvalid, "the address holds a control character");
  }
  return out;
}

}  // namespace plumbline
