// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_DASHBOARDS_PORTAL_METRICS_LISTENER_H_
#define PLUMBLINE_DASHBOARDS_PORTAL_METRICS_LISTENER_H_

#include <memory>

#include "base/result.h"
#include "dashboards/portal/http_server.h"

namespace prometheus {
class Registry;
}

namespace plumbline {

// GET /metrics in the Prometheus text format 0.0.4, on a listener of its own.
Result<std::unique_ptr<HttpServer>> bind_metrics(const NetAddress& address, HttpExposure exposure,
                                                 std::shared_ptr<prometheus::Registry> registry);

}  // namespace plumbline

#endif  // PLUMBLINE_DASHBOARDS_PORTAL_METRICS_LISTENER_H_
