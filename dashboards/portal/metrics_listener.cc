// SPDX-License-Identifier: Apache-2.0
#include "dashboards/portal/metrics_listener.h"

#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

namespace plumbline {

Result<std::unique_ptr<HttpServer>> bind_metrics(const NetAddress& address, HttpExposure exposure,
                                                 std::shared_ptr<prometheus::Registry> registry) {
  ASSIGN_OR_RETURN(auto server, HttpServer::bind(address, exposure, "metrics"));
  server->get("/metrics", [registry = std::move(registry)] {
    return HttpAnswer{200, "text/plain; version=0.0.4; charset=utf-8",
                      prometheus::TextSerializer().Serialize(registry->Collect())};
  });
  return server;
}

}  // namespace plumbline
