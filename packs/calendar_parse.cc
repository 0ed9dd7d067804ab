// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "packs/pack_parts.h"

namespace plumbline {
namespace {

constexpr std::string_view kFormat = "plumbline/calendar/v1";
// UTC-12:00 to UTC+14:00 are in use; older ones went a little further.
constexpr int kMaxOffsetMinutes = 18 * 60;

const std::vector<std::string>& weekday_words() {
  static const std::vector<std::string> words = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
  return words;
}

// "-05:00", "+08:00" or "Z" as minutes east of UTC, read as the end of an instant.
std::optional<int> parse_offset(const std::string& text) {
  auto at = parse_instant("2000-01-01T00:00:00" + text);
  if (!at.ok()) return std::nullopt;
  constexpr std::int64_t kUtc = 946'684'800'000;  // 2000-01-01T00:00:00Z
  auto minutes = static_cast<int>((kUtc - at->ms) / kMsPerMinute);
  if (std::abs(minutes) > kMaxOffsetMinutes) return std::nullopt;
  return minutes;
}

// Without usable years every day counts as covered, so that one mistake is one problem.
bool read_covers(MapReader& map, Calendar& calendar) {
  calendar.first_day = {1900, 1, 1};
  calendar.last_day = {2199, 12, 31};
  const YamlNode* node = map.required("covers");
  if (node == nullptr) return false;
  MapReader covers(*node, "\"covers\"", map.problems());
  auto from = covers.required_date("from");
  auto until = covers.required_date("until");
  covers.finish();
  if (!from || !until) return false;
  if (*until < *from) {
    covers.problem(fmt::format("\"covers\" ends on {}, before it begins on {}", format_date(*until),
                               format_date(*from)));
    return false;
  }
  calendar.first_day = *from;
  calendar.last_day = *until;
  return true;
}

void read_offset(const YamlNode& item, Calendar& calendar, Problems& problems) {
  MapReader map(item, "an offset", problems);
  map.required("from");
  auto from = map.optional_instant("from");
  auto text = map.required_text("offset");
  map.finish();
  if (!from || !text) return;
  std::optional<int> minutes = parse_offset(*text);
  if (!minutes) {
    problems.add(item.find("offset")->place,
                 fmt::format("\"offset\" must be of the form -05:00, found \"{}\"", *text));
    return;
  }
  if (!calendar.transitions.empty() && *from <= calendar.transitions.back().from) {
    problems.add(
        item.find("from")->place,
        fmt::format("offsets must be in order of time, and {} is not after {}",
                    format_instant(*from), format_instant(calendar.transitions.back().from)));
    return;
  }
  calendar.transitions.push_back({*from, *minutes});
}

void read_offsets(MapReader& map, Calendar& calendar) {
  const YamlNode* list = map.required("offsets");
  if (list == nullptr) return;
  if (!list->is_list() || list->items.empty()) {
    map.problems().add(list->place, "\"offsets\" must be a list of at least one offset");
    return;
  }
  for (const YamlNode& item : list->items) read_offset(item, calendar, map.problems());
}

void check_first_offset(MapReader& map, const Calendar& calendar) {
  if (calendar.transitions.empty()) return;
  Instant first_midnight = calendar.start_of(calendar.first_day);
  if (calendar.transitions.front().from > first_midnight) {
    map.problems().add(map.node().find("offsets")->place,
                       fmt::format("the first offset must hold from {} or earlier, the beginning "
                                   "of what the calendar covers",
                                   format_instant(first_midnight)));
  }
}

void read_weekdays(MapReader& map, Calendar& calendar) {
  map.required("weekdays");
  for (const auto& [word, place] : map.optional_text_list("weekdays")) {
    const auto& words = weekday_words();
    auto found = std::find(words.begin(), words.end(), word);
    if (found == words.end()) {
      map.problems().add(place,
                         fmt::format("\"{}\" is not a day of the week: mon, tue, wed, thu, "
                                     "fri, sat, sun",
                                     word),
                         did_you_mean(word, words));
    } else if (!calendar.weekdays.insert(static_cast<int>(found - words.begin()) + 1).second) {
      map.problems().add(place, fmt::format("\"{}\" stands twice", word));
    }
  }
}

void read_days(MapReader& map, std::string_view key, const Calendar& calendar,
               std::set<Date>& days) {
  for (const auto& [text, place] : map.optional_text_list(key)) {
    auto date = parse_date(text);
    if (!date.ok()) {
      map.problems().add(place, date.error().sentence());
    } else if (!calendar.covers(*date)) {
      map.problems().add(place,
                         fmt::format("{} is not among the days that the calendar covers", text));
    } else if (calendar.holidays.contains(*date) || calendar.extra_work_days.contains(*date)) {
      map.problems().add(place, fmt::format("{} stands twice", text));
    } else {
      days.insert(*date);
    }
  }
}

void read_work_days(MapReader& map, Calendar& calendar) {
  const YamlNode* node = map.required("work_days");
  if (node == nullptr) return;
  MapReader work(*node, "\"work_days\"", map.problems());
  read_weekdays(work, calendar);
  read_days(work, "holidays", calendar, calendar.holidays);
  read_days(work, "extra", calendar, calendar.extra_work_days);
  work.finish();
  if (node->is_map() && node->find("weekdays") != nullptr && calendar.weekdays.empty()) {
    work.problem("\"weekdays\" must name at least one day");
  }
}

}  // namespace

std::optional<NamedCalendar> parse_calendar(const std::string& file, BytesView text,
                                            Problems& problems) {
  std::size_t before = problems.count();
  NamedCalendar out;
  if (std::optional<YamlNode> root = parse_yaml(file, text, problems)) {
    MapReader map(*root, "the calendar", problems);
    map.required_word("format", {kFormat});
    if (auto zone = map.required_text("time_zone")) {
      out.time_zone = *zone;
      out.time_zone_place = map.node().find("time_zone")->place;
    }
    bool has_years = read_covers(map, out.calendar);
    read_offsets(map, out.calendar);
    if (has_years) check_first_offset(map, out.calendar);
    read_work_days(map, out.calendar);
    map.finish();
  }
  if (problems.count() != before) return std::nullopt;
  return out;
}

}  // namespace plumbline
