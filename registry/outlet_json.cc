// SPDX-License-Identifier: Apache-2.0
#include "registry/outlet_json.h"

namespace plumbline {

Json outlet_json(const OutletAdded& outlet) {
  Json places = Json::object();
  for (const auto& [level, code] : outlet.places) places.set(level, code);
  Json json = Json::object();
  json.set("id", outlet.outlet.text()).set("code", outlet.code);
  json.set("name_zh", outlet.name_zh).set("name_en", outlet.name_en);
  json.set("places", std::move(places));
  return json;
}

}  // namespace plumbline
