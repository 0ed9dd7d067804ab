// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_SIMULATE_SETTINGS_READER_H_
#define PLUMBLINE_SIMULATE_SETTINGS_READER_H_

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "packs/yaml.h"
#include "simulate/settings.h"

// Private to settings*.cc: values that simulation.yaml is made of.
namespace plumbline::settings {

// Hands each map of the list under `key` to `take`; `what` names one in sentences.
void each(MapReader& map, std::string_view key, const std::string& what,
          const std::function<void(MapReader&)>& take);
std::int64_t integer_or(MapReader& map, std::string_view key, std::int64_t otherwise);
std::string text_or(MapReader& map, std::string_view key, std::string otherwise);
Date date_or(MapReader& map, std::string_view key, Date otherwise);
Odds odds_or(MapReader& map, std::string_view key, Odds otherwise);
// [low, high] with low <= high.
std::optional<Range> range_at(MapReader& map, std::string_view key);
std::vector<std::int64_t> integers_at(MapReader& map, std::string_view key, std::size_t count);

// The map of field rules under `key`; names are looked up in `type` where it is given.
std::vector<FieldRule> fields_at(MapReader& map, std::string_view key, const TypeSpec* type);
Activity activity_at(MapReader& map, const EventCatalog& catalog);

}  // namespace plumbline::settings

#endif  // PLUMBLINE_SIMULATE_SETTINGS_READER_H_
