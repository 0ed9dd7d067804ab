// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_PACKS_PACK_PARTS_H_
#define PLUMBLINE_PACKS_PACK_PARTS_H_

#include <optional>
#include <string>

#include "packs/pack.h"
#include "packs/yaml.h"

// The single files of a pack as checked values. Each adds all its problems and returns nullopt
// when there is one. docs/formats/pack.md.
namespace plumbline {

std::optional<EventCatalog> parse_events(const std::string& file, BytesView text,
                                         Problems& problems);

struct NamedCalendar {
  std::string time_zone;
  Place time_zone_place;
  Calendar calendar;
};
std::optional<NamedCalendar> parse_calendar(const std::string& file, BytesView text,
                                            Problems& problems);

// The rule files under `folder` itself, whatever pack it extends.
Result<PackFiles> load_own_files(const std::string& folder);

// An id of packs: a letter, then letters, digits, '-' and '.', at most 64.
bool is_pack_id(std::string_view text);

// An id of types, steps, fields and levels: [a-z][a-z0-9_]{0,63}.
bool is_identifier(std::string_view text);

// False, with a problem at its place, when the node is no identifier; `what` names it ("a step").
bool check_identifier(const YamlNode& node, std::string_view what, Problems& problems);

}  // namespace plumbline

#endif  // PLUMBLINE_PACKS_PACK_PARTS_H_
