// SPDX-License-Identifier: Apache-2.0
#include <date/tz.h>
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <exception>

#include "base/file.h"
#include "base/limits.h"
#include "packs/calendar_text.h"
#include "programs/plumb_rules_tools.h"

namespace plumbline {
namespace {

constexpr const char* kHelp =
    R"(Prints a calendar.yaml: the zone's offsets from this machine's time zone database, and the
work days. Evaluation reads that file alone, so look at it before it is put into a pack.

  plumb rules calendar --zone America/New_York --from 2014-01-01 --until 2019-12-31
  npm install chinese-days@1.5.7
  plumb rules calendar --zone Asia/Shanghai --from 2020-12-01 --until 2026-12-31 \
    --work-days node_modules/chinese-days/dist/chinese-days.json \
    --work-days-note "The State Council's yearly arrangement, through chinese-days 1.5.7."

Work days are Monday to Friday, less the "holidays" and with the "workdays" of --work-days. A year
of which that file knows no day off is refused. The first offset is the last change before --from
where that is not a year back, else it begins with --from.
Exit code: 0 printed, 1 refused.)";

// The database of the system is written out up to 2037; behind it a rule would have to be applied.
constexpr int kLastYear = 2037;

struct Args {
  std::string from, until, work_days;
  CalendarNotes notes;
};

date::local_days local_day(Date day) {
  return date::local_days{date::days{days_from_date(day)}};
}

Instant instant_of(date::sys_seconds at) {
  return {at.time_since_epoch().count() * 1000};
}

const date::time_zone* find_zone(const std::string& name) {
  for (const date::time_zone& zone : date::get_tzdb().zones) {
    if (zone.name() == name) return &zone;
  }
  return nullptr;
}

Error unknown_zone(const std::string& name) {
  std::vector<std::string> known;
  for (const date::time_zone& zone : date::get_tzdb().zones) known.push_back(zone.name());
  std::string near = did_you_mean(name, known);
  return Error(Code::kNotFound,
               fmt::format("this machine's time zone database has no zone \"{}\"{}", name,
                           near.empty() ? "" : fmt::format(" (did you mean \"{}\"?)", near)));
}

// The offsets that hold from the beginning of the first day to the end of the last.
Status add_offsets(const date::time_zone& zone, Calendar& calendar) {
  constexpr std::chrono::hours kYear{366 * 24};
  auto midnight = [&](date::local_days day) {
    return date::floor<std::chrono::seconds>(zone.to_sys(day, date::choose::earliest));
  };
  date::sys_seconds begin = midnight(local_day(calendar.first_day));
  date::sys_seconds end = midnight(local_day(calendar.last_day) + date::days{1});
  date::sys_info info = zone.get_info(begin);
  date::sys_seconds from = begin - info.begin < kYear ? info.begin : begin;
  while (from < end) {
    if (info.offset.count() % 60 != 0) {
      return Error(Code::kInvalid,
                   fmt::format("from {} {} was {} s from UTC, which is no whole minute",
                               format_instant(instant_of(from)), zone.name(), info.offset.count()));
    }
    auto minutes = static_cast<int>(info.offset.count() / 60);
    // A change of the name alone is none of the time.
    auto& known = calendar.transitions;
    if (known.empty() || known.back().offset_minutes != minutes) {
      known.push_back({instant_of(from), minutes});
    }
    from = info.end;
    info = zone.get_info(from);
  }
  return {};
}

Result<Calendar> frame(const Args& args) {
  Calendar calendar;
  ASSIGN_OR_RETURN(calendar.first_day, parse_date(args.from));
  ASSIGN_OR_RETURN(calendar.last_day, parse_date(args.until));
  if (calendar.last_day < calendar.first_day) {
    return Error(Code::kInvalid,
                 fmt::format("--until {} is before --from {}", args.until, args.from));
  }
  if (calendar.first_day.year < 1900 || calendar.last_day.year > kLastYear) {
    return Error(Code::kInvalid, fmt::format("a calendar lies within 1900 and {}, the years that "
                                             "the time zone database writes out",
                                             kLastYear));
  }
  calendar.weekdays = {1, 2, 3, 4, 5};
  return calendar;
}

Status print_calendar(const Args& args) {
  ASSIGN_OR_RETURN(Calendar calendar, frame(args));
  try {
    const date::time_zone* zone = find_zone(args.notes.time_zone);
    if (zone == nullptr) return unknown_zone(args.notes.time_zone);
    RETURN_IF_ERROR(add_offsets(*zone, calendar));
  } catch (const std::exception& thrown) {
    return Error(Code::kIo,
                 fmt::format("the time zone database cannot be read: {}", thrown.what()));
  }
  if (!args.work_days.empty()) {
    ASSIGN_OR_RETURN(Bytes text, read_file(args.work_days, limits::kMaxYamlBytes));
    RETURN_IF_ERROR(add_work_days(args.work_days, text, calendar));
  }
  fmt::print("{}", calendar_text(calendar, args.notes));
  return {};
}

}  // namespace

void add_rules_calendar(CLI::App& rules, PlumbOptions& options) {
  auto args = std::make_shared<Args>();
  auto* command = rules.add_subcommand("calendar", "make a calendar.yaml");
  command->add_option("--zone", args->notes.time_zone, "IANA name, such as Asia/Shanghai")
      ->required();
  command->add_option("--from", args->from, "first day, such as 2025-01-01")->required();
  command->add_option("--until", args->until, "last day")->required();
  command->add_option("--work-days", args->work_days, "JSON of days off and days worked");
  command->add_option("--offsets-note", args->notes.offsets, "comment above the offsets");
  command->add_option("--work-days-note", args->notes.work_days, "comment above the work days");
  command->footer(kHelp);
  command->callback([args, &options] { options.status = print_calendar(*args); });
}

}  // namespace plumbline
