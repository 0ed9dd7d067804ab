// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_DASHBOARDS_PORTAL_HTTP_MESSAGE_H_
#define PLUMBLINE_DASHBOARDS_PORTAL_HTTP_MESSAGE_H_

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace plumbline {

enum class HttpMethod { kGet, kPost, kDelete, kOther };

// What a client asks, as plain values.
struct HttpRequest {
  HttpMethod method = HttpMethod::kGet;  // kGet for HEAD too
  std::string path;                      // as sent, "%2F" still there, without "?..."
  std::multimap<std::string, std::string, std::less<>> parameters;  // decoded
  std::multimap<std::string, std::string, std::less<>> headers;     // names in lower case
  std::string body;

  // The first value; "" when absent.
  const std::string& header(std::string_view lower_case_name) const;
  // The value of a cookie; nullopt when absent or sent twice.
  std::optional<std::string> cookie(std::string_view name) const;
};

struct HttpAnswer {
  int status = 200;
  std::string content_type;
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers = {};  // beside Content-Type
};

// A problem of RFC 9457, type "about:blank"; `code` is a stable word for programs; `more` adds
// members.
HttpAnswer http_problem(int status, std::string_view code, const std::string& detail,
                        Json more = Json::object());
// The problem for an error: kNotFound 404, kInvalid 400, kUnauthenticated 401, kDenied 403, kExists
// and kConflict 409, kUnavailable and kExhausted 503 "busy"; anything else 500 without its text.
HttpAnswer http_problem(const Error& error);

// "%41" decoded. kInvalid for half an escape, and for what is not
// UTF-8 or holds a control character.
Result<std::string> decode_url(std::string_view text);

}  // namespace plumbline

#endif  // PLUMBLINE_DASHBOARDS_PORTAL_HTTP_MESSAGE_H_
