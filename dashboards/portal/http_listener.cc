// SPDX-License-Identifier: Apache-2.0
#include "dashboards/portal/http_listener.h"

#include "dashboards/portal/portal.h"

namespace plumbline {

Result<HttpHandler> portal_handler(PortalSources sources) {
  ASSIGN_OR_RETURN(std::shared_ptr<Portal> portal, Portal::make(std::move(sources)));
  return HttpHandler([portal](const HttpRequest& request) { return portal->answer(request); });
}

}  // namespace plumbline
