// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_DASHBOARDS_PORTAL_CLOSING_JSON_H_
#define PLUMBLINE_DASHBOARDS_PORTAL_CLOSING_JSON_H_

#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "dashboards/portal/outlet_list.h"
#include "dashboards/portal/scoped_data.h"

namespace plumbline {

// What was published of an outlet's result, and what came since: docs/formats/portal.md, "closing".
// null where the period is not closed. `standard` is the served rule set's words of it.
Result<Json> closing_json(ScopedData& data, const Json& standard, const ResultKey& key);

// Whether the results of these outlets are published: docs/formats/portal.md, "published". null
// where the period is not closed.
Result<Json> published_json(ScopedData& data, const ResultChoice& choice,
                            const std::vector<OutletLine>& lines);

}  // namespace plumbline

#endif  // PLUMBLINE_DASHBOARDS_PORTAL_CLOSING_JSON_H_
