// SPDX-License-Identifier: Apache-2.0
#include "dashboards/portal/static_files.h"

#include <fmt/format.h>

#include "base/crypto.h"
#include "base/file.h"

namespace plumbline {
namespace {

constexpr const char* kIndex = "/index.html";
constexpr std::size_t kTagDigits = 32;

std::string type_of(std::string_view path) {
  static const std::map<std::string_view, const char*> kTypes = {
      {"html", "text/html; charset=utf-8"},
      {"js", "text/javascript; charset=utf-8"},
      {"mjs", "text/javascript; charset=utf-8"},
      {"css", "text/css; charset=utf-8"},
      {"json", "application/json"},
      {"map", "application/json"},
      {"webmanifest", "application/manifest+json"},
      {"svg", "image/svg+xml"},
      {"png", "image/png"},
      {"jpg", "image/jpeg"},
      {"ico", "image/x-icon"},
      {"woff", "font/woff"},
      {"woff2", "font/woff2"},
      {"txt", "text/plain; charset=utf-8"},
  };
  const std::size_t dot = path.rfind('.');
  auto found = kTypes.find(dot == std::string_view::npos ? "" : path.substr(dot + 1));
  return found == kTypes.end() ? "application/octet-stream" : found->second;
}

bool is_own_page(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return path.find('.', slash == std::string_view::npos ? 0 : slash) == std::string_view::npos;
}

}  // namespace

Result<StaticFiles> StaticFiles::load(const std::string& folder) {
  ASSIGN_OR_RETURN(std::vector<std::string> paths, list_files(folder));
  StaticFiles files;
  std::size_t left = kMaxBytes;
  for (const std::string& path : paths) {
    ASSIGN_OR_RETURN(Bytes body, read_file(folder + "/" + path, left));
    left -= body.size();
    // The builder puts a hash into the names under assets/: another content has another name.
    const bool for_ever = path.starts_with("assets/");
    std::string tag = fmt::format("\"{}\"", sha256(body).hex().substr(0, kTagDigits));
    files.files_["/" + path] = {type_of(path), std::move(body), std::move(tag),
                                for_ever ? "public, max-age=31536000, immutable" : "no-cache"};
  }
  if (!files.files_.contains(kIndex)) {
    return Error(Code::kNotFound,
                 fmt::format("{} holds no index.html: build the front end first", folder));
  }
  return files;
}

HttpAnswer StaticFiles::answer(const HttpRequest& request) const {
  auto path = decode_url(request.path);
  if (!path.ok()) return http_problem(path.error());
  auto found = files_.find(*path);
  if (found == files_.end() && is_own_page(*path)) found = files_.find(kIndex);
  if (found == files_.end()) {
    return http_problem(404, "not_found", "There is nothing at this address.");
  }
  const File& file = found->second;
  HttpAnswer answer{200, file.type, file.body};
  if (request.header("if-none-match") == file.tag) answer = {304, "", ""};
  answer.headers = {{"ETag", file.tag}, {"Cache-Control", file.cache}};
  return answer;
}

}  // namespace plumbline
