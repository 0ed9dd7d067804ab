// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_DASHBOARDS_PORTAL_FIGURE_JSON_H_
#define PLUMBLINE_DASHBOARDS_PORTAL_FIGURE_JSON_H_

#include <string>

#include "base/json.h"

namespace plumbline {

// The member FIGURE of docs/formats/portal.md. `standard` gives title and aggregate, `figure` is
// that of a result body.
enum class Sufficient { kYes, kNo };
Json figure_json(const Json& standard, const std::string& indicator, const Json& figure,
                 Sufficient sufficient);
// From an element of "indicators" of a result body, which says itself whether it is sufficient.
Json indicator_json(const Json& standard, const Json& indicator);

}  // namespace plumbline

#endif  // PLUMBLINE_DASHBOARDS_PORTAL_FIGURE_JSON_H_
