// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_DASHBOARDS_PORTAL_CLOSING_JSON_H_
#define PLUMBLINE_DASHBOARDS_PORTAL_CLOSING_JSON_H_

#include <string>

#include "base/json.h"
#include "base/result.h"
#include "dashboards/portal/scoped_data.h"

namespace plumbline {

// What was published of an outlet's result, and what came since: docs/formats/portal.md, "closing".
// null where the period is not closed. `standard` is the served rule set's words of it.
Result<Json> closing_json(ScopedData& data, const Json& standard, const ResultKey& key);

}  // namespace plumbline

#endif  // PLUMBLINE_DASHBOARDS_PORTAL_CLOSING_JSON_H_
