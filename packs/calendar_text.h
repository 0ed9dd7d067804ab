// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_PACKS_CALENDAR_TEXT_H_
#define PLUMBLINE_PACKS_CALENDAR_TEXT_H_

#include <string>

#include "base/bytes.h"
#include "packs/calendar.h"

// Makes a pack's calendar.yaml. Pure.
namespace plumbline {

// Days off and days worked from `text`: JSON with {"holidays": {"2025-01-01": ...}, "workdays":
// {...}}, as in the npm package chinese-days. Of the first those that fall on a work day of the
// week become holidays, of the second those that do not become extra work days, from first_day to
// last_day. `file` names it in sentences. kInvalid where a day is none, or where the file knows no
// day of a year that `calendar` covers: all of its days would silently be Monday to Friday.
Status add_work_days(const std::string& file, BytesView text, Calendar& calendar);

// What a calendar.yaml says of itself; each note becomes a comment of lines of 100 columns.
struct CalendarNotes {
  std::string time_zone;
  std::string offsets;    // may be empty
  std::string work_days;  // may be empty
};

// The file; parse_calendar() makes of it what `calendar` is.
std::string calendar_text(const Calendar& calendar, const CalendarNotes& notes);

}  // namespace plumbline

#endif  // PLUMBLINE_PACKS_CALENDAR_TEXT_H_
