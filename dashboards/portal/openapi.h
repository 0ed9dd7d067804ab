// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_DASHBOARDS_PORTAL_OPENAPI_H_
#define PLUMBLINE_DASHBOARDS_PORTAL_OPENAPI_H_

#include <string_view>

namespace plumbline {

// The text of dashboards/portal/openapi.json, which the build puts into the program.
std::string_view openapi_text();

}  // namespace plumbline

#endif  // PLUMBLINE_DASHBOARDS_PORTAL_OPENAPI_H_
