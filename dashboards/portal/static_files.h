// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_DASHBOARDS_PORTAL_STATIC_FILES_H_
#define PLUMBLINE_DASHBOARDS_PORTAL_STATIC_FILES_H_

#include <map>
#include <string>

#include "dashboards/portal/http_message.h"

namespace plumbline {

// The built front end, read once and served from memory: no request reaches the file system. A path
// without a dot in its last part is the front end's own and gets index.html.
class StaticFiles {
 public:
  // kNotFound where there is no index.html; kExhausted over kMaxBytes.
  static constexpr std::size_t kMaxBytes = 64u << 20;
  static Result<StaticFiles> load(const std::string& folder);

  // 404 for a file that there is not; 304 where the client has it.
  HttpAnswer answer(const HttpRequest& request) const;

 private:
  struct File {
    std::string type;
    std::string body;
    std::string tag;    // quoted
    std::string cache;  // Cache-Control
  };
  std::map<std::string, File, std::less<>> files_;  // "/assets/a.js"
};

}  // namespace plumbline

#endif  // PLUMBLINE_DASHBOARDS_PORTAL_STATIC_FILES_H_
