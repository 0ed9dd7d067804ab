// SPDX-License-Identifier: Apache-2.0
#include "packs/calendar_text.h"

#include <fmt/format.h>

#include <cstdlib>
#include <sstream>

#include "base/json.h"

namespace plumbline {
namespace {

constexpr std::size_t kColumns = 100;
constexpr const char* kWeekdays[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

// 1 = Monday .. 7 = Sunday.
int weekday_of(Date date) {
  constexpr std::int64_t kMondayBefore1970 = 3;  // 1970-01-01 was a Thursday
  std::int64_t days = days_from_date(date) + kMondayBefore1970;
  return static_cast<int>((days % 7 + 7) % 7) + 1;
}

Result<std::set<Date>> days_at(const std::string& file, const Json& json, std::string_view key) {
  const Json* days = json.find(key);
  if (days == nullptr || !days->is_object()) {
    return Error(Code::kInvalid,
                 fmt::format("{} lacks \"{}\", a map of days as in the npm package chinese-days",
                             file, key));
  }
  std::set<Date> out;
  for (const auto& [text, reason] : days->as_object()) {
    auto date = parse_date(text);
    if (!date.ok()) {
      return Error(Code::kInvalid,
                   fmt::format("{}, \"{}\": {}", file, key, date.error().sentence()));
    }
    out.insert(*date);
  }
  return out;
}

std::string comment(const std::string& note) {
  std::string out;
  std::string line = "#";
  std::istringstream words(note);
  for (std::string word; words >> word;) {
    if (line.size() + 1 + word.size() > kColumns) {
      out += line + "\n";
      line = "#";
    }
    line += " " + word;
  }
  return line == "#" ? "" : out + line + "\n";
}

std::string offset_text(int minutes) {
  int size = std::abs(minutes);
  return fmt::format("{}{:02}:{:02}", minutes < 0 ? '-' : '+', size / 60, size % 60);
}

// A year's days under its number.
std::string days_text(const char* key, const std::set<Date>& days) {
  if (days.empty()) return fmt::format("  {}: []\n", key);
  std::string out = fmt::format("  {}:\n", key);
  int year = 0;
  for (Date day : days) {
    if (day.year != year) out += fmt::format("    # {}\n", day.year);
    year = day.year;
    out += fmt::format("    - {}\n", format_date(day));
  }
  return out;
}

}  // namespace

Status add_work_days(const std::string& file, BytesView text, Calendar& calendar) {
  ASSIGN_OR_RETURN(Json json, Json::parse(text));
  ASSIGN_OR_RETURN(std::set<Date> off, days_at(file, json, "holidays"));
  ASSIGN_OR_RETURN(std::set<Date> worked, days_at(file, json, "workdays"));
  for (int year = calendar.first_day.year; year <= calendar.last_day.year; ++year) {
    auto next = off.lower_bound({year, 1, 1});
    if (next != off.end() && next->year == year) continue;
    return Error(Code::kInvalid,
                 fmt::format("{} names no day off in {}: its days would all be Monday to Friday; "
                             "end the calendar before, or take a newer file",
                             file, year));
  }
  for (Date day : off) {
    if (!calendar.covers(day) || !calendar.weekdays.contains(weekday_of(day))) continue;
    calendar.holidays.insert(day);
  }
  for (Date day : worked) {
    if (!calendar.covers(day) || calendar.weekdays.contains(weekday_of(day))) continue;
    calendar.extra_work_days.insert(day);
  }
  return {};
}

std::string calendar_text(const Calendar& calendar, const CalendarNotes& notes) {
  std::string out = "format: plumbline/calendar/v1\n";
  out += fmt::format("time_zone: {}\n", notes.time_zone);
  out += fmt::format("covers: {{from: {}, until: {}}}\n", format_date(calendar.first_day),
                     format_date(calendar.last_day));
  out += comment(notes.offsets) + "offsets:\n";
  for (const Calendar::Transition& transition : calendar.transitions) {
    out += fmt::format("  - {{from: {}, offset: \"{}\"}}\n", format_instant(transition.from),
                       offset_text(transition.offset_minutes));
  }
  std::string weekdays;
  for (int day : calendar.weekdays) {
    weekdays += fmt::format("{}{}", weekdays.empty() ? "" : ", ", kWeekdays[day - 1]);
  }
  out += comment(notes.work_days);
  out += fmt::format("work_days:\n  weekdays: [{}]\n", weekdays);
  out += days_text("holidays", calendar.holidays);
  return out + days_text("extra", calendar.extra_work_days);
}

}  // namespace plumbline
