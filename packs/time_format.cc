// SPDX-License-Identifier: Apache-2.0
#include "packs/time_format.h"

#include <fmt/format.h>

#include <array>
#include <optional>

#include "packs/mapping.h"
#include "packs/outside_text.h"

namespace plumbline {
namespace {

enum Part { kYear, kMonth, kDay, kHour24, kHour12, kMinute, kSecond, kHalf, kParts };
constexpr std::array<std::string_view, kParts> kPartNames = {"YYYY", "MM", "DD", "HH",
                                                             "hh",   "mm", "ss", "AM"};

// Takes the part with which the format goes on; nullopt when it is a character of its own.
std::optional<Part> take_part(std::string_view& format) {
  for (int part = 0; part < kParts; ++part) {
    std::string_view name = kPartNames[static_cast<std::size_t>(part)];
    if (!format.starts_with(name)) continue;
    format.remove_prefix(name.size());
    return static_cast<Part>(part);
  }
  return std::nullopt;
}

// Reads the value of a part; false when the text does not go on with one.
bool take_value(std::string_view& text, Part part, int& value) {
  std::size_t size = kPartNames[static_cast<std::size_t>(part)].size();
  if (text.size() < size) return false;
  if (part == kHalf) {
    if (!text.starts_with("AM") && !text.starts_with("PM")) return false;
    value = text.front() == 'P' ? 1 : 0;
  } else {
    value = 0;
    for (char c : text.substr(0, size)) {
      if (c < '0' || c > '9') return false;
      value = value * 10 + (c - '0');
    }
  }
  text.remove_prefix(size);
  return true;
}

using Values = std::array<std::optional<int>, kParts>;

bool read_values(std::string_view text, std::string_view format, Values& values) {
  while (!format.empty()) {
    if (std::optional<Part> part = take_part(format)) {
      int value = 0;
      if (!take_value(text, *part, value)) return false;
      values[*part] = value;
    } else {
      if (text.empty() || text.front() != format.front()) return false;
      text.remove_prefix(1);
      format.remove_prefix(1);
    }
  }
  return text.empty();
}

// Hour of the day, or nullopt when it is none. 12 AM is the hour 0, 12 PM the hour 12.
std::optional<int> hour_of(const Values& values) {
  if (values[kHour12]) {
    int hour = *values[kHour12];
    if (hour < 1 || hour > 12) return std::nullopt;
    return hour % 12 + 12 * values[kHalf].value_or(0);
  }
  int hour = values[kHour24].value_or(0);
  return hour <= 23 ? std::optional(hour) : std::nullopt;
}

}  // namespace

Status check_time_format(std::string_view format) {
  if (format == "iso") return {};
  std::array<int, kParts> counts{};
  std::string_view rest = format;
  while (!rest.empty()) {
    if (std::optional<Part> part = take_part(rest)) {
      ++counts[*part];
    } else {
      rest.remove_prefix(1);
    }
  }
  auto wrong = [&](std::string_view what) {
    return Error(Code::kInvalid, fmt::format("the time format \"{}\" {}", format, what));
  };
  for (std::size_t part = 0; part < kParts; ++part) {
    if (counts[part] > 1) return wrong(fmt::format("has {} twice", kPartNames[part]));
  }
  if (!counts[kYear] || !counts[kMonth] || !counts[kDay]) {
    return wrong("must be iso or have YYYY, MM and DD");
  }
  if (counts[kHour12] != counts[kHalf]) return wrong("must have hh and AM together");
  if (counts[kHour12] && counts[kHour24]) return wrong("has both HH and hh");
  bool has_hour = counts[kHour12] || counts[kHour24];
  if (counts[kMinute] && !has_hour) return wrong("has minutes without hours");
  if (counts[kSecond] && !counts[kMinute]) return wrong("has seconds without minutes");
  return {};
}

Result<Instant> parse_time(std::string_view text, std::string_view format,
                           const Calendar& calendar) {
  Values values;
  if (format == "iso") {
    if (auto at = parse_instant(text); at.ok()) return *at;
    return Error(Code::kInvalid, fmt::format("\"{}\" is not a time of the form "
                                             "2016-01-13T03:23:00Z or 2016-01-13T11:23:00+08:00",
                                             outside_text(text)));
  }
  if (!read_values(text, format, values)) {
    return Error(Code::kInvalid,
                 fmt::format("\"{}\" is not a time of the form {}", outside_text(text), format));
  }
  Date date{values[kYear].value_or(0), values[kMonth].value_or(0), values[kDay].value_or(0)};
  std::optional<int> hour = hour_of(values);
  int minute = values[kMinute].value_or(0);
  int second = values[kSecond].value_or(0);
  bool exists = date.year >= 1900 && date.year <= 2199 && is_valid_date(date) && hour &&
                minute <= 59 && second <= 59;
  if (!exists) {
    return Error(Code::kInvalid, fmt::format("\"{}\" names a date or time that does not exist",
                                             outside_text(text)));
  }
  bool has_time = values[kHour12] || values[kHour24];
  if (!has_time) return calendar.start_of(date);
  return calendar.instant_of(date, *hour * kMsPerHour + minute * kMsPerMinute + second * 1000);
}

}  // namespace plumbline
