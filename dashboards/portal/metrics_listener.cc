// SPDX-License-Identifier: Apache-2.0
#include "dashboards/portal/metrics_listener.h"

#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

namespace plumbline {

Result<std::unique_ptr<HttpServer>> bind_metrics(const NetAddress& address, HttpExposure exposure,
                                                 std::shared_ptr<prometheus::Registry> registry) {
  ASSIGN_OR_RETURN(auto server, HttpServer::bind(address, exposure, "metrics"));
  server->answer_with([registry = std::move(registry)](const HttpRequest& request) {
    if (request.method != HttpMethod::kGet || request.path != "/metrics") {
      return http_problem(404, "not_found", "There is nothing at this address.");
    }
    return HttpAnswer{200, "text/plain; version=0.0.4; charset=utf-8",
                      prometheus::TextSerializer().Serialize(registry->Collect())};
  });
  return server;
}

}  // namespace plumbline
