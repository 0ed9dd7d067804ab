// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_DASHBOARDS_PORTAL_FACT_JSON_H_
#define PLUMBLINE_DASHBOARDS_PORTAL_FACT_JSON_H_

#include <string>

#include "dashboards/portal/scoped_data.h"
#include "dashboards/portal/words.h"

namespace plumbline {

// What a fact is called: its name, the title of its status or of its finding, else its id.
words::Text fact_name(const ScopedData& data, const Fact& fact);
// The member FACT of docs/formats/portal.md.
Json fact_json(const ScopedData& data, const FactBook::Version& version);
// The facts of these ids that lie in the scope.
Json facts_json(const ScopedData& data, std::string_view kind, const Json::Array& ids);
// The place of a fact, a county or a city: {"code","name"}; null without one.
Json fact_place_json(const ScopedData& data, const Fact& fact);

}  // namespace plumbline

#endif  // PLUMBLINE_DASHBOARDS_PORTAL_FACT_JSON_H_
