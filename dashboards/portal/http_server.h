// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_DASHBOARDS_PORTAL_HTTP_SERVER_H_
#define PLUMBLINE_DASHBOARDS_PORTAL_HTTP_SERVER_H_

#include <functional>
#include <memory>
#include <string>

#include "base/net_address.h"
#include "base/result.h"
#include "dashboards/portal/http_message.h"

namespace plumbline {

// Answers every request. Called on a thread of the server's pool, several at a time.
using HttpHandler = std::function<HttpAnswer(const HttpRequest&)>;

// Which addresses a server may take. It has a thread for each connection and no defence against
// the open internet, so another address than loopback needs a proxy before it.
enum class HttpExposure { kLoopback, kBehindProxy };

// An HTTP/1.1 server: keep-alive 2 s, bodies up to limits::kMaxHttpBodyBytes, headers up to 8 KiB,
// limits::kHttpThreads threads. It knows no paths: one handler answers everything, so that nothing
// can be served beside that handler's own table. Failures of HTTP itself answer with a problem.
class HttpServer {
 public:
  // Takes the address; serves nobody before start(). kDenied for an address that `exposure` does
  // not allow, kExists for a port in use, both naming the address. `purpose` ("metrics") stands in
  // the sentence.
  static Result<std::unique_ptr<HttpServer>> bind(const NetAddress& address, HttpExposure exposure,
                                                  const std::string& purpose);
  // Stops.
  ~HttpServer();

  // What answers every request. Once, before start().
  void answer_with(HttpHandler handler);

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
