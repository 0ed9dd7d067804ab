// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_REGISTRY_OUTLET_JSON_H_
#define PLUMBLINE_REGISTRY_OUTLET_JSON_H_

#include "base/json.h"
#include "model/office_record.h"

namespace plumbline {

// An outlet as requests to plumbd and its answers have it: {id, code, name_zh, name_en, places}.
Json outlet_json(const OutletAdded& outlet);

}  // namespace plumbline

#endif  // PLUMBLINE_REGISTRY_OUTLET_JSON_H_
