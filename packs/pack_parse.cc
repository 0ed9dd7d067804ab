// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>

#include "base/crypto.h"
#include "base/limits.h"
#include "packs/extension.h"
#include "packs/pack_parts.h"

namespace plumbline {
namespace {

constexpr std::string_view kFormat = "plumbline/pack/v1";
constexpr Duration kMaxMaxFuture{366 * kMsPerDay};

// pack.yaml without what the other files say.
struct PackHead {
  Pack pack;
  Place time_zone_place;
};

void read_id_and_version(MapReader& map, Pack& pack) {
  if (auto id = map.required_text("id")) {
    if (!is_pack_id(*id)) {
      map.problems().add(map.node().find("id")->place,
                         fmt::format("the pack's id \"{}\" must be 1 to 64 of a-z, 0-9, '-', '.', "
                                     "beginning with a letter",
                                     *id));
    }
    pack.id = *id;
  }
  pack.version = map.required_text("version").value_or("");
}

// A duration of at most kMaxMaxFuture under `key` of `map`.
std::optional<Duration> read_duration(MapReader& map, std::string_view key) {
  auto text = map.required_text(key);
  if (!text) return std::nullopt;
  auto duration = parse_duration(*text);
  if (duration.ok() && *duration <= kMaxMaxFuture) return *duration;
  map.problems().add(map.node().find(key)->place,
                     fmt::format("\"{}\" must be a duration such as 10m or 24h, at most 366d, "
                                 "found \"{}\"",
                                 key, *text));
  return std::nullopt;
}

std::optional<TimeLimit> read_limit(MapReader& map, std::string_view key) {
  const YamlNode* node = map.optional(key);
  if (node == nullptr) return std::nullopt;
  MapReader limit(*node, fmt::format("\"{}\"", key), map.problems());
  auto after = read_duration(limit, "limit");
  Basis basis = read_basis(limit);
  limit.finish();
  if (!after) return std::nullopt;
  return TimeLimit{*after, std::move(basis)};
}

void read_times(MapReader& map, Pack& pack) {
  pack.as_of = map.optional_instant("as_of");
  if (pack.as_of && pack.as_of->ms % kMsPerMinute != 0) {
    map.problems().add(map.node().find("as_of")->place,
                       "\"as_of\" must be a whole minute of UTC, without seconds");
  }
  pack.max_future = read_duration(map, "max_future").value_or(Duration());
  pack.late_after = read_limit(map, "late_after");
  pack.back_dated_after = read_limit(map, "back_dated_after");
}

void read_levels(MapReader& map, Pack& pack) {
  const YamlNode* list = map.required("levels");
  if (list == nullptr) return;
  Problems& problems = map.problems();
  std::set<std::string> seen;
  for (const YamlNode& item : list->items) {
    MapReader level(item, "a level", problems);
    const YamlNode* id = level.required("id");
    auto title = read_title(level, "title");
    level.finish();
    if (id == nullptr || !check_identifier(*id, "a level", problems)) continue;
    if (!seen.insert(id->scalar).second) {
      problems.add(id->place, fmt::format("the level \"{}\" stands twice", id->scalar));
    }
    pack.levels.push_back({id->scalar, title.value_or(Title())});
  }
  bool framed = pack.levels.size() >= 2 && pack.levels.front().id == "network" &&
                pack.levels.back().id == "outlet";
  if (!list->is_list() || !framed) {
    problems.add(list->place,
                 "\"levels\" must be a list that begins with network and ends with outlet");
  }
}

PackHead read_head(const std::string& file, BytesView text, Problems& problems) {
  PackHead head;
  std::optional<YamlNode> root = parse_yaml(file, text, problems);
  if (!root) return head;
  MapReader map(*root, "the pack", problems);
  map.required_word("format", {kFormat});
  read_id_and_version(map, head.pack);
  head.pack.title = read_title(map, "title").value_or(Title());
  if (auto zone = map.required_text("time_zone")) {
    head.pack.time_zone = *zone;
    head.time_zone_place = map.node().find("time_zone")->place;
  }
  read_times(map, head.pack);
  read_levels(map, head.pack);
  read_extension_keys(map);
  map.finish();
  return head;
}

bool is_known_path(std::string_view path) {
  if (path == "pack.yaml" || path == "events.yaml" || path == "calendar.yaml") return true;
  for (std::string_view folder : {"standards/", "targets/", "tests/"}) {
    if (path.starts_with(folder) && path.ends_with(".yaml")) return true;
  }
  return false;
}

void check_paths(const PackFiles& files, Problems& problems) {
  for (const char* path : kAgentPackFiles) {
    if (!files.contains(path)) problems.add({path, 1, 1}, "the file is missing from the pack");
  }
  for (const auto& [path, content] : files) {
    if (is_known_path(path)) continue;
    problems.add({path, 1, 1},
                 "a pack holds pack.yaml, events.yaml, calendar.yaml and .yaml files in "
                 "standards/, targets/ and tests/; this file is none of them");
  }
}

}  // namespace

bool is_pack_id(std::string_view text) {
  return !text.empty() && text.size() <= 64 && text.front() >= 'a' && text.front() <= 'z' &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
         });
}

bool is_identifier(std::string_view text) {
  return !text.empty() && text.size() <= 64 && text.front() >= 'a' && text.front() <= 'z' &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
         });
}

bool check_identifier(const YamlNode& node, std::string_view what, Problems& problems) {
  if (node.is_scalar() && is_identifier(node.scalar)) return true;
  problems.add(node.place, fmt::format("the id of {} must be 1 to 64 of a-z, 0-9, '_', beginning "
                                       "with a letter, found {}",
                                       what, describe(node)));
  return false;
}

std::optional<Title> read_title(MapReader& map, std::string_view key) {
  const YamlNode* node = map.required(key);
  if (node == nullptr) return std::nullopt;
  MapReader title(*node, fmt::format("\"{}\"", key), map.problems());
  auto zh = title.required_text("zh");
  auto en = title.required_text("en");
  title.finish();
  if (!zh || !en) return std::nullopt;
  return Title{*zh, *en};
}

Basis read_basis(MapReader& map) {
  Basis out;
  out.text = map.required_text("basis").value_or("");
  auto kind = map.required_word("basis_kind", {"official", "benchmark", "proposal"});
  if (kind == "official") out.kind = BasisKind::kOfficial;
  if (kind == "benchmark") out.kind = BasisKind::kBenchmark;
  return out;
}

Result<Duration> parse_duration(std::string_view text) {
  std::int64_t count = 0;
  const char* end = text.data() + text.size();
  auto [stopped, error] = std::from_chars(text.data(), end, count);
  std::int64_t unit = 0;
  if (error == std::errc() && end - stopped == 1) {
    unit = *stopped == 's'   ? 1000
           : *stopped == 'm' ? kMsPerMinute
           : *stopped == 'h' ? kMsPerHour
           : *stopped == 'd' ? kMsPerDay
                             : 0;
  }
  constexpr std::int64_t kMaxCount = 1'000'000'000;  // times a day in ms stays within 64 bits
  if (unit == 0 || count < 0 || count > kMaxCount || text.front() == '-') {
    return Error(Code::kInvalid,
                 fmt::format("\"{}\" is not a duration such as 90s, 10m, 24h or 30d", text));
  }
  return Duration{count * unit};
}

std::optional<Pack> parse_pack(const PackFiles& files, Problems& problems) {
  std::size_t before = problems.count();
  check_paths(files, problems);
  auto text_of = [&](const char* path) -> const Bytes* {
    auto file = files.find(path);
    return file == files.end() ? nullptr : &file->second;
  };
  PackHead head;
  std::optional<EventCatalog> events;
  std::optional<NamedCalendar> calendar;
  if (auto text = text_of("pack.yaml")) head = read_head("pack.yaml", *text, problems);
  if (auto text = text_of("events.yaml")) events = parse_events("events.yaml", *text, problems);
  if (auto text = text_of("calendar.yaml")) {
    calendar = parse_calendar("calendar.yaml", *text, problems);
  }
  if (calendar && !head.pack.time_zone.empty() && calendar->time_zone != head.pack.time_zone) {
    problems.add(calendar->time_zone_place, fmt::format("the calendar is of {}, the pack of {}",
                                                        calendar->time_zone, head.pack.time_zone));
  }
  if (problems.count() != before || !events || !calendar) return std::nullopt;
  Pack pack = std::move(head.pack);
  pack.events = std::move(*events);
  pack.events_hash = sha256(files.at("events.yaml"));
  pack.calendar = std::move(calendar->calendar);
  pack.rules = rule_hash(files);
  pack.files = files;
  return pack;
}

}  // namespace plumbline
