// SPDX-License-Identifier: Apache-2.0
#include "collector/control_client.h"

#include <fmt/format.h>

#include "base/limits.h"
#include "collector/control_socket.h"

namespace plumbline {
namespace {

constexpr std::chrono::milliseconds kPatience(120'000);

Code code_of(std::string_view name) {
  for (int i = 0; i <= static_cast<int>(Code::kInternal); ++i) {
    if (code_name(static_cast<Code>(i)) == name) return static_cast<Code>(i);
  }
  return Code::kInternal;
}

}  // namespace

Result<Json> control_call(const std::string& socket_path, const Json& request) {
  ASSIGN_OR_RETURN(auto socket, connect_unix(socket_path));
  if (!socket.has_value()) {
    return Error(
        Code::kUnavailable,
        fmt::format("plumbd does not run on this data folder: nobody listens on {}", socket_path));
  }
  LineChannel channel(socket->get(), limits::kMaxOfficeRecordBytes, kPatience);
  // A request that is refused half-way has its answer all the same.
  Status written = channel.write_line(request.text());
  auto read = channel.read_line();
  if (!written.ok() && (!read.ok() || !read->has_value())) return written.error();
  ASSIGN_OR_RETURN(auto line, std::move(read));
  if (!line.has_value()) {
    return Error(Code::kUnavailable, "plumbd stopped before it answered; ask again");
  }
  ASSIGN_OR_RETURN(Json answer, Json::parse(*line));
  if (const Json* ok = answer.find("ok")) return *ok;
  const Json* error = answer.find("error");
  if (error == nullptr) return Error(Code::kInternal, "plumbd's answer has no known form");
  ASSIGN_OR_RETURN(std::string code, error->string_at("code"));
  ASSIGN_OR_RETURN(std::string sentence, error->string_at("sentence"));
  return Error(code_of(code), std::move(sentence));
}

}  // namespace plumbline
