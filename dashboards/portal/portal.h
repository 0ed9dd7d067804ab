// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_DASHBOARDS_PORTAL_PORTAL_H_
#define PLUMBLINE_DASHBOARDS_PORTAL_PORTAL_H_

#include <memory>
#include <optional>

#include "dashboards/portal/router.h"
#include "dashboards/portal/scoped_data.h"
#include "dashboards/portal/session_desk.h"
#include "dashboards/portal/sources.h"
#include "dashboards/portal/static_files.h"

namespace plumbline {

// Answers every request of the portal: finds the route, holds the request against the route's
// policy, and gives the handler what that policy allows and no more. Safe from any thread.
class Portal {
 public:
  // kNotFound, kExhausted or kIo when the front end of `sources.web_folder` cannot be read.
  static Result<std::unique_ptr<Portal>> make(PortalSources sources);

  HttpAnswer answer(const HttpRequest& request);

 private:
  explicit Portal(PortalSources sources);
  HttpAnswer serve(const RouteMatch& match, const HttpRequest& request);
  HttpAnswer serve_data(const RouteMatch& match, const Account& account, const HttpRequest& request,
                        DataHandler handler);

  const PortalSources sources_;
  SessionDesk desk_;
  DataRoom room_;
  std::optional<StaticFiles> files_;
};

}  // namespace plumbline

#endif  // PLUMBLINE_DASHBOARDS_PORTAL_PORTAL_H_
