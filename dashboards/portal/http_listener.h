// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_DASHBOARDS_PORTAL_HTTP_LISTENER_H_
#define PLUMBLINE_DASHBOARDS_PORTAL_HTTP_LISTENER_H_

#include "base/result.h"
#include "dashboards/portal/http_server.h"
#include "dashboards/portal/sources.h"

namespace plumbline {

// What the portal's listener answers with: the routes of routes.h, and the front end. kNotFound,
// kExhausted or kIo for a front end that cannot be read.
Result<HttpHandler> portal_handler(PortalSources sources);

}  // namespace plumbline

#endif  // PLUMBLINE_DASHBOARDS_PORTAL_HTTP_LISTENER_H_
