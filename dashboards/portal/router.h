// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_DASHBOARDS_PORTAL_ROUTER_H_
#define PLUMBLINE_DASHBOARDS_PORTAL_ROUTER_H_

#include <optional>
#include <span>

#include "dashboards/portal/route.h"

// Which route a request means. Pure.
namespace plumbline {

struct RouteMatch {
  const Route* route = nullptr;  // nullptr: no route has this path
  bool other_method = false;     // the path is there, the method is not
  // Texts between the slashes, as sent.
  std::map<std::string, std::string, std::less<>> segments;
};
RouteMatch find_route(std::span<const Route> routes, const HttpRequest& request);

// The match's segments and the request's parameters in their form: codes of places, outlet ids,
// periods. kInvalid for what does not have its form, and for a parameter that the route does not
// know or that comes twice.
Result<RouteArguments> read_arguments(const RouteMatch& match, const HttpRequest& request);

}  // namespace plumbline

#endif  // PLUMBLINE_DASHBOARDS_PORTAL_ROUTER_H_
