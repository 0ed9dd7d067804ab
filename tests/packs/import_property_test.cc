// SPDX-License-Identifier: Apache-2.0
// Times written in a mapping's form come back; rows with any cell replaced give events that fit
// the catalog, or a problem that names a column of the mapping.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "packs/mapping.h"
#include "tests/support/packs/boston_pack.h"

namespace plumbline {
namespace {

using testing_support::boston_pack;

// A local time in milliseconds as the file of Boston writes it.
std::string twelve_hour_text(std::int64_t local_ms) {
  Date date = date_from_days(local_ms / kMsPerDay);
  std::int64_t second = local_ms % kMsPerDay / 1000;
  std::int64_t hour = second / 3600;
  std::int64_t shown = hour == 0 ? 12 : hour > 12 ? hour - 12 : hour;
  return fmt::format("{:02}/{:02}/{:04} {:02}:{:02}:{:02} {}", date.month, date.day, date.year,
                     shown, second / 60 % 60, second % 60, hour < 12 ? "AM" : "PM");
}

TEST(ImportProperty, TimesComeBack) {
  const Calendar& calendar = boston_pack().calendar;
  std::mt19937 random(71);
  std::int64_t from = parse_instant("2014-01-01T00:00:00Z")->ms;
  int repeated = 0;
  for (int i = 0; i < 50'000; ++i) {
    Instant at{from + static_cast<std::int64_t>(random() % 189'000'000) * 1000};
    std::int64_t local = at.ms + calendar.offset_minutes_at(at) * kMsPerMinute;
    auto read = parse_time(twelve_hour_text(local), "MM/DD/YYYY hh:mm:ss AM", calendar);
    ASSERT_TRUE(read.ok()) << read.error().text();
    // In the hour that exists twice the first is read.
    bool second = at - *read == Duration{kMsPerHour};
    repeated += second;
    ASSERT_TRUE(*read == at || second) << format_instant(at);
  }
  EXPECT_LT(repeated, 50);
}

TEST(ImportProperty, TwoTimesOnlyInTheRepeatedHour) {
  const Calendar& calendar = boston_pack().calendar;
  std::int64_t change = parse_instant("2015-11-01T06:00:00Z")->ms;
  for (std::int64_t minute = -120; minute <= 120; ++minute) {
    Instant at{change + minute * kMsPerMinute};
    std::int64_t local = at.ms + calendar.offset_minutes_at(at) * kMsPerMinute;
    auto read = parse_time(twelve_hour_text(local), "MM/DD/YYYY hh:mm:ss AM", calendar);
    ASSERT_TRUE(read.ok());
    bool second = minute >= 0 && minute < 60;
    EXPECT_EQ(at - *read, Duration{second ? kMsPerHour : 0}) << minute;
  }
}

constexpr std::string_view kMapping = R"(
format: plumbline/import/v1
source: property
events:
  - type: request.opened
    subject: id
    time: opened
    time_format: YYYY-MM-DD HH:mm
    fields:
      due: {column: due, format: iso}
      source: {column: channel, values: {电话: Constituent Call, 网站: Self Service}}
      neighborhood: {column: place}
      reason: {column: reason}
  - type: request.closed
    subject: id
    time: closed
    time_format: YYYY-MM-DD HH:mm
    only_if_present: closed
)";
const std::vector<std::string> kHeader = {"reason",  "id",    "opened", "due",
                                          "channel", "place", "closed"};
const std::vector<std::string> kRow = {
    "灯", "R-1", "2015-03-01 08:00", "2015-03-05T00:00:00Z", "电话", "Roxbury", "2015-03-02 09:30"};

std::string random_cell(std::mt19937& random) {
  const std::string kCells[] = {"",
                                " ",
                                "网站",
                                "Twitter",
                                "Allston",
                                "2015-02-29 08:00",
                                "2015-03-08 02:30",
                                "2015-03-01 08:00",
                                "2016-01-01T00:00:00+08:00",
                                "13912345678",
                                "11010519491231002X",
                                std::string(65, 'x'),
                                "\xff\xfe",
                                "a\nb",
                                std::string("a\0b", 3),
                                "-1",
                                "1e9",
                                "知识"};
  return kCells[random() % std::size(kCells)];
}

TEST(ImportProperty, EveryRowIsEventsOrProblems) {
  Problems problems;
  auto mapping = parse_mapping("m.yaml", kMapping, boston_pack(), problems);
  ASSERT_TRUE(mapping) << problems.text();
  auto mapper = RowMapper::bind(*mapping, boston_pack(), kHeader);
  ASSERT_TRUE(mapper.ok());
  std::mt19937 random(72);
  std::size_t made = 0;
  std::size_t refused = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::vector<std::string> row = kRow;
    for (unsigned n = 0, times = random() % 3; n < times; ++n) {
      row[random() % row.size()] = random_cell(random);
    }
    std::vector<RowProblem> wrong;
    auto events = mapper->map(row, wrong);
    std::size_t wanted = row[6].empty() ? 1 : 2;
    ASSERT_LE(events.size(), wanted);
    ASSERT_EQ(events.size() == wanted, wrong.empty());
    for (const MappedEvent& mapped : events) {
      EXPECT_FALSE(check_event(boston_pack().events, mapped.event));
      EXPECT_EQ(mapped.id, mapped.event.type + "/" + row[1]);
    }
    for (const RowProblem& problem : wrong) {
      EXPECT_NE(std::find(kHeader.begin(), kHeader.end(), problem.column), kHeader.end());
      EXPECT_FALSE(problem.rule.empty());
      EXPECT_EQ(problem.sentence.find("139"), std::string::npos) << problem.sentence;
      EXPECT_EQ(problem.sentence.find("1949"), std::string::npos) << problem.sentence;
    }
    made += events.size();
    refused += wrong.size();
  }
  EXPECT_GT(made, 10'000u);
  EXPECT_GT(refused, 5'000u);
}

TEST(ImportProperty, WordsOfTheFileAndOfTheCatalogBothStand) {
  Problems problems;
  auto mapping = parse_mapping("m.yaml", kMapping, boston_pack(), problems);
  ASSERT_TRUE(mapping) << problems.text();
  auto mapper = RowMapper::bind(*mapping, boston_pack(), kHeader);
  for (const auto& [cell, value] :
       {std::pair("电话", "Constituent Call"), std::pair("网站", "Self Service"),
        std::pair("Twitter", "Twitter")}) {
    auto row = kRow;
    row[4] = cell;
    std::vector<RowProblem> wrong;
    auto events = mapper->map(row, wrong);
    ASSERT_EQ(events.size(), 2u);
    EXPECT_EQ(events[0].event.fields.back().name, "source");
    EXPECT_EQ(events[0].event.fields.back().value.text, value);
  }
}

}  // namespace
}  // namespace plumbline
