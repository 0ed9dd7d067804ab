// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_DASHBOARDS_PORTAL_HTTP_LISTENER_H_
#define PLUMBLINE_DASHBOARDS_PORTAL_HTTP_LISTENER_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "dashboards/portal/http_server.h"

namespace plumbline {

// Why the server is not ready: which part ("storage", "checkpoint", "evaluator"), and a sentence.
struct NotReady {
  std::string part;
  std::string sentence;
};

// Where the portal's answers come from. Called on the server's threads, several at a time.
struct PortalSources {
  std::function<std::vector<NotReady>()> not_ready;        // empty = ready
  std::function<std::optional<std::string>()> checkpoint;  // the published signed note
};

// The portal's listener:
//   GET /healthz                    200 "alive": the process answers
//   GET /readyz                     200 {"ready":true}, or 503, a problem with "reasons":
//                                   [{"part","sentence"}]
//   GET /api/v1/ledger/checkpoint   200 text/plain, the signed note; 503 while there is none
Result<std::unique_ptr<HttpServer>> bind_portal(const NetAddress& address, HttpExposure exposure,
                                                PortalSources sources);

}  // namespace plumbline

#endif  // PLUMBLINE_DASHBOARDS_PORTAL_HTTP_LISTENER_H_
