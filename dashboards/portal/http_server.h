// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_DASHBOARDS_PORTAL_HTTP_SERVER_H_
#define PLUMBLINE_DASHBOARDS_PORTAL_HTTP_SERVER_H_

#include <functional>
#include <memory>
#include <string>

#include "base/json.h"
#include "base/net_address.h"
#include "base/result.h"

namespace plumbline {

struct HttpAnswer {
  int status = 200;
  std::string content_type;
  std::string body;
};

// A problem of RFC 9457, type "about:blank"; `more` adds members.
HttpAnswer http_problem(int status, const std::string& detail, Json more = Json::object());

// Called on a thread of the server's pool, several at a time.
using HttpHandler = std::function<HttpAnswer()>;

// Which addresses a server may take. It has a thread for each connection and no defence against
// the open internet, so another address than loopback needs a proxy before it.
enum class HttpExposure { kLoopback, kBehindProxy };

// An HTTP/1.1 server: keep-alive 2 s, bodies up to limits::kMaxHttpBodyBytes, headers up to 8 KiB,
// limits::kHttpThreads threads. Unknown paths and failures answer with a problem.
class HttpServer {
 public:
  // Takes the address; serves nobody before start(). kDenied for an address that `exposure` does
  // not allow, kExists for a port in use, both naming the address. `purpose` ("metrics") stands in
  // the sentence.
  static Result<std::unique_ptr<HttpServer>> bind(const NetAddress& address, HttpExposure exposure,
                                                  const std::string& purpose);
  // Stops.
  ~HttpServer();

  // Answers GET and HEAD of exactly this path. Before start(). `path` has no character that means
  // something in a regular expression but '/' and '-'.
  void get(const std::string& path, HttpHandler handler);

  // The address with the port that was taken.
  NetAddress address() const;

  void start();
  // Takes no new connections and waits for the requests under way. Idempotent.
  void stop();

 private:
  struct Impl;
  explicit HttpServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace plumbline

#endif  // PLUMBLINE_DASHBOARDS_PORTAL_HTTP_SERVER_H_
