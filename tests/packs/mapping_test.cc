// SPDX-License-Identifier: Apache-2.0
#include "packs/mapping.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <set>

#include "model/ids.h"
#include "packs/csv.h"
#include "packs/text_encoding.h"
#include "packs/time_format.h"
#include "tests/support/packs/boston_pack.h"

namespace plumbline {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing_support::boston_pack;
using testing_support::kBostonFolder;

const Mapping& boston_mapping() {
  static const Mapping mapping = [] {
    Problems problems;
    auto text = read_file(kBostonFolder + "/import/boston311.yaml", 1 << 20);
    auto parsed = parse_mapping("boston311.yaml", text.value(), boston_pack(), problems);
    EXPECT_TRUE(parsed.has_value()) << problems.text();
    return parsed.value_or(Mapping());
  }();
  return mapping;
}

std::string time(std::string_view text, std::string_view format = "MM/DD/YYYY hh:mm:ss AM") {
  auto at = parse_time(text, format, boston_pack().calendar);
  return at.ok() ? format_instant(*at) : "! " + at.error().sentence();
}

TEST(ParseTime, ReadsTwelveHourLocalTime) {
  EXPECT_EQ(time("01/01/2015 12:20:09 AM"), "2015-01-01T05:20:09Z");
  EXPECT_EQ(time("01/01/2015 12:20:09 PM"), "2015-01-01T17:20:09Z");
  EXPECT_EQ(time("01/01/2015 01:00:00 AM"), "2015-01-01T06:00:00Z");
  EXPECT_EQ(time("01/01/2015 11:59:59 PM"), "2015-01-02T04:59:59Z");
  EXPECT_EQ(time("07/01/2015 12:00:00 AM"), "2015-07-01T04:00:00Z");
  EXPECT_EQ(time("02/29/2016 12:00:00 PM"), "2016-02-29T17:00:00Z");
}

TEST(ParseTime, ReadsOtherForms) {
  EXPECT_EQ(time("2015-03-08 14:05", "YYYY-MM-DD HH:mm"), "2015-03-08T18:05:00Z");
  EXPECT_EQ(time("20150308", "YYYYMMDD"), "2015-03-08T05:00:00Z");
  EXPECT_EQ(time("2015年03月08日", "YYYY年MM月DD日"), "2015-03-08T05:00:00Z");
  EXPECT_EQ(time("2015-03-08T14:05:06+08:00", "iso"), "2015-03-08T06:05:06Z");
}

TEST(ParseTime, RefusesWhatIsNoTime) {
  EXPECT_EQ(time("2015-01-01"),
            "! \"2015-01-01\" is not a time of the form MM/DD/YYYY hh:mm:ss AM");
  EXPECT_THAT(time(""), HasSubstr("is not a time"));
  EXPECT_THAT(time("1/1/2015 12:20:09 AM"), HasSubstr("is not a time"));
  EXPECT_THAT(time("01/01/2015 12:20:09 AM "), HasSubstr("is not a time"));
  EXPECT_THAT(time("01/01/2015 12:20:09 XM"), HasSubstr("is not a time"));
  EXPECT_THAT(time("yesterday", "iso"), HasSubstr("is not a time"));
  for (const char* text :
       {"02/29/2015 12:00:00 AM", "13/01/2015 12:00:00 AM", "01/01/2015 13:00:00 AM",
        "01/01/2015 00:00:00 AM", "01/01/2015 01:60:00 AM", "01/01/2015 01:00:60 AM",
        "01/01/0015 01:00:00 AM"}) {
    EXPECT_THAT(time(text), HasSubstr("names a date or time that does not exist")) << text;
  }
  EXPECT_THAT(time("2015-03-08 24:00", "YYYY-MM-DD HH:mm"), HasSubstr("does not exist"));
  EXPECT_EQ(time("03/08/2015 02:30:00 AM"),
            "! 2015-03-08 02:30:00 does not exist: the clock was set forward");
  EXPECT_THAT(time("13912345678"), Not(HasSubstr("139")));
}

TEST(TimeFormat, NeedsADateAndOrder) {
  for (const char* format : {"iso", "MM/DD/YYYY hh:mm:ss AM", "YYYYMMDD", "YYYY-MM-DDTHH:mm"}) {
    EXPECT_TRUE(check_time_format(format).ok()) << format;
  }
  auto refused = [](const char* format) { return check_time_format(format).error().sentence(); };
  EXPECT_THAT(refused(""), HasSubstr("must be iso or have YYYY, MM and DD"));
  EXPECT_THAT(refused("MM/DD"), HasSubstr("must be iso or have YYYY, MM and DD"));
  EXPECT_THAT(refused("YYYY-MM-DD MM"), HasSubstr("has MM twice"));
  EXPECT_THAT(refused("YYYY-MM-DD hh:mm"), HasSubstr("must have hh and AM together"));
  EXPECT_THAT(refused("YYYY-MM-DD HH AM"), HasSubstr("must have hh and AM together"));
  EXPECT_THAT(refused("YYYY-MM-DD HH hh AM"), HasSubstr("has both HH and hh"));
  EXPECT_THAT(refused("YYYY-MM-DD mm"), HasSubstr("has minutes without hours"));
  EXPECT_THAT(refused("YYYY-MM-DD HH ss"), HasSubstr("has seconds without minutes"));
}

TEST(Mapping, NamesTheColumnsThatItReads) {
  EXPECT_EQ(boston_mapping().source, "boston-311");
  EXPECT_THAT(boston_mapping().columns,
              ElementsAre("CASE_ENQUIRY_ID", "CLOSED_DT", "Department", "OPEN_DT", "REASON",
                          "Source", "TARGET_DT", "TYPE", "neighborhood"));
}

const std::vector<std::string> kHeader = {"CASE_ENQUIRY_ID", "OPEN_DT",      "TARGET_DT",
                                          "CLOSED_DT",       "REASON",       "TYPE",
                                          "Department",      "neighborhood", "Source"};

// A row of the file, without the columns that the mapping does not read.
std::vector<std::string> row() {
  return {"101001240735",
          "01/01/2015 12:25:23 AM",
          "01/16/2015 08:30:00 AM",
          "01/02/2015 04:17:43 PM",
          "Street Lights",
          "Street Light Outages",
          "PWDx",
          "Fenway / Kenmore / Audubon Circle / Longwood",
          "Citizens Connect App"};
}

RowMapper mapper() {
  return RowMapper::bind(boston_mapping(), boston_pack(), kHeader).value();
}

TEST(RowMapper, MakesTheEventsOfARow) {
  std::vector<RowProblem> problems;
  auto events = mapper().map(row(), problems);
  EXPECT_TRUE(problems.empty());
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[0].id, "request.opened/101001240735");
  const Event& opened = events[0].event;
  EXPECT_EQ(opened.type, "request.opened");
  EXPECT_EQ(opened.subject, "101001240735");
  EXPECT_EQ(format_instant(opened.time), "2015-01-01T05:25:23Z");
  ASSERT_EQ(opened.fields.size(), 5u);
  EXPECT_EQ(opened.fields[0],
            (Field{"due", {Kind::kInstant, parse_instant("2015-01-16T13:30:00Z").value().ms, ""}}));
  EXPECT_EQ(
      opened.fields[1],
      (Field{"neighborhood", {Kind::kEnum, 0, "Fenway / Kenmore / Audubon Circle / Longwood"}}));
  EXPECT_EQ(opened.fields[4], (Field{"source", {Kind::kEnum, 0, "Citizens Connect App"}}));
  EXPECT_EQ(events[1].id, "request.closed/101001240735");
  EXPECT_EQ(format_instant(events[1].event.time), "2015-01-02T21:17:43Z");
  EXPECT_TRUE(events[1].event.fields.empty());
}

TEST(RowMapper, EmptyCellsAreAbsentFieldsAndAbsentEvents) {
  auto cells = row();
  cells[2] = cells[3] = cells[7] = "";
  std::vector<RowProblem> problems;
  auto events = mapper().map(cells, problems);
  EXPECT_TRUE(problems.empty());
  ASSERT_EQ(events.size(), 1u);
  EXPECT_THAT(events[0].event.fields, ElementsAre(testing::Field(&Field::name, "reason"),
                                                  testing::Field(&Field::name, "request_type"),
                                                  testing::Field(&Field::name, "source")));
}

TEST(RowMapper, KnowsWhoseRowItIs) {
  EXPECT_TRUE(mapper().is_for(row(), "PWDx"));
  EXPECT_FALSE(mapper().is_for(row(), "pwdx"));
  EXPECT_FALSE(mapper().is_for(row(), ""));
  Mapping anybody = boston_mapping();
  anybody.outlet_column = "";
  EXPECT_TRUE(RowMapper::bind(anybody, boston_pack(), kHeader).value().is_for(row(), "x"));
}

TEST(RowMapper, ABadRowNamesColumnRuleAndValue) {
  auto cells = row();
  cells[0] = "";
  cells[1] = "2015-01-01";
  cells[2] = "soon";
  cells[3] = "";
  std::vector<RowProblem> problems;
  EXPECT_TRUE(mapper().map(cells, problems).empty());
  ASSERT_EQ(problems.size(), 2u);
  EXPECT_EQ(problems[0].column, "OPEN_DT");
  EXPECT_EQ(problems[0].rule, "time");
  EXPECT_THAT(problems[0].sentence, HasSubstr("\"2015-01-01\""));
  EXPECT_EQ(problems[1].column, "TARGET_DT");
}

TEST(RowMapper, RulesOfTheCatalogHoldForRows) {
  auto problem_with = [](std::size_t cell, const std::string& value) {
    auto cells = row();
    cells[3] = "";
    cells[cell] = value;
    std::vector<RowProblem> problems;
    EXPECT_TRUE(mapper().map(cells, problems).empty());
    EXPECT_EQ(problems.size(), 1u);
    return problems.empty() ? "" : problems[0].column + " " + problems[0].rule;
  };
  EXPECT_EQ(problem_with(0, ""), "CASE_ENQUIRY_ID bad_subject");
  EXPECT_EQ(problem_with(0, "13912345678"), "CASE_ENQUIRY_ID personal_data");
  EXPECT_EQ(problem_with(4, "call 13912345678"), "REASON personal_data");
  EXPECT_EQ(problem_with(4, std::string(65, 'x')), "REASON too_long");
  EXPECT_EQ(problem_with(7, "Cambridge"), "neighborhood not_in_enum");
  EXPECT_EQ(problem_with(8, ""), "Source missing_field");
}

TEST(RowMapper, OneBadEventLeavesTheOthersOfTheRow) {
  auto cells = row();
  cells[3] = "tomorrow";
  std::vector<RowProblem> problems;
  auto events = mapper().map(cells, problems);
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].event.type, "request.opened");
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_EQ(problems[0].column, "CLOSED_DT");
}

TEST(RowMapper, MissingAndDoubledColumnsAreNamed) {
  auto refused = [](std::vector<std::string> header) {
    return RowMapper::bind(boston_mapping(), boston_pack(), header).error().sentence();
  };
  EXPECT_EQ(refused({"CASE_ENQUIRY_ID", "OPEN_DT", "TARGET_DT", "CLOSED_DT", "REASON", "TYPE",
                     "department", "neighborhood"}),
            "the file lacks the columns \"Department\", \"Source\" that the mapping \"boston-311\" "
            "reads");
  auto doubled = kHeader;
  doubled.push_back("OPEN_DT");
  EXPECT_EQ(refused(doubled), "the file has the column \"OPEN_DT\" twice");
}

constexpr std::string_view kKindsEvents = R"(
format: plumbline/events/v1
types:
  visit:
    title: {zh: 走访, en: Visit}
    fields:
      i: {kind: integer, title: {zh: 整, en: I}}
      d: {kind: decimal, title: {zh: 小, en: D}}
      b: {kind: bool, title: {zh: 是, en: B}}
      n: {kind: count, title: {zh: 数, en: N}}
      e: {kind: enum, title: {zh: 道, en: E}, values: [web, phone]}
)";
constexpr std::string_view kKindsMapping = R"(
format: plumbline/import/v1
source: kinds
events:
  - type: visit
    subject: id
    time: at
    time_format: iso
    fields:
      i: {column: i}
      d: {column: d}
      b: {column: b}
      n: {column: n}
      e: {column: e, values: {网络: web, 电话: phone}}
)";

TEST(RowMapper, ReadsEachKindFromText) {
  PackFiles files = testing_support::boston_frame_files();
  files["events.yaml"] = kKindsEvents;
  Problems problems;
  auto pack = parse_pack(files, problems);
  ASSERT_TRUE(pack) << problems.text();
  auto mapping = parse_mapping("m.yaml", kKindsMapping, *pack, problems);
  ASSERT_TRUE(mapping) << problems.text();
  auto mapper = RowMapper::bind(*mapping, *pack, {"id", "at", "i", "d", "b", "n", "e"});
  ASSERT_TRUE(mapper.ok());
  std::vector<RowProblem> bad;
  auto events = mapper->map({"1", "2025-01-01T00:00:00Z", "-7", "1.25", "true", "3", "电话"}, bad);
  ASSERT_EQ(events.size(), 1u);
  EXPECT_THAT(
      events[0].event.fields,
      ElementsAre(Field{"b", {Kind::kBool, 1, ""}}, Field{"d", {Kind::kDecimal, 1'250'000, ""}},
                  Field{"e", {Kind::kEnum, 0, "phone"}}, Field{"i", {Kind::kInteger, -7, ""}},
                  Field{"n", {Kind::kCount, 3, ""}}));
  EXPECT_TRUE(
      mapper->map({"2", "2025-01-01T00:00:00Z", "7.0", "1e3", "yes", "x", "web"}, bad).empty());
  ASSERT_EQ(bad.size(), 4u);
  EXPECT_EQ(bad[0].sentence, "\"yes\" is not true or false");
  EXPECT_EQ(bad[1].sentence, "\"1e3\" is not a number with at most six decimals");
  EXPECT_EQ(bad[2].sentence, "\"7.0\" is not an integer");
  bad.clear();
  EXPECT_TRUE(mapper->map({"3", "2025-01-01T00:00:00Z", "", "", "", "-1", ""}, bad).empty());
  ASSERT_EQ(bad.size(), 1u);
  EXPECT_EQ(bad[0].rule, "negative");
}

TEST(BostonFile, EveryRowBecomesEventsWithoutAProblem) {
  auto text = to_utf8(testing_support::gunzip(kBostonFolder + "/data/boston311_2015h1.csv.gz"));
  ASSERT_TRUE(text.ok());
  CsvReader reader(*text);
  auto header = reader.next();
  ASSERT_TRUE(header.ok() && header->has_value());
  auto mapper = RowMapper::bind(boston_mapping(), boston_pack(), (*header)->cells);
  ASSERT_TRUE(mapper.ok()) << mapper.error().text();
  std::size_t department = static_cast<std::size_t>(
      std::find((*header)->cells.begin(), (*header)->cells.end(), "Department") -
      (*header)->cells.begin());
  std::map<std::string, int> events;
  std::set<std::string> ids;
  std::set<std::string> departments;
  std::vector<RowProblem> problems;
  int with_due = 0;
  while (true) {
    auto row = reader.next();
    ASSERT_TRUE(row.ok()) << row.error().text();
    if (!row->has_value()) break;
    for (const MappedEvent& mapped : mapper->map((*row)->cells, problems)) {
      ++events[mapped.event.type];
      ids.insert(mapped.id);
      with_due += !mapped.event.fields.empty() && mapped.event.fields[0].name == "due";
    }
    departments.insert((*row)->cells[department]);
  }
  EXPECT_TRUE(problems.empty()) << problems[0].column << ": " << problems[0].sentence;
  EXPECT_EQ(events["request.opened"], 58'119);
  EXPECT_EQ(events["request.closed"], 49'126);
  EXPECT_EQ(ids.size(), 107'245u);
  EXPECT_EQ(with_due, 58'119 - 14'527);
  EXPECT_EQ(departments.size(), 17u);
}

TEST(BostonFile, EachDepartmentIsAnOutlet) {
  auto bytes = read_file(kBostonFolder + "/data/outlets.csv", 1 << 20);
  ASSERT_TRUE(bytes.ok());
  CsvReader reader(*bytes);
  EXPECT_THAT(reader.next().value()->cells, ElementsAre("outlet", "code", "name_zh", "name_en"));
  std::set<std::string> codes;
  while (auto row = reader.next().value()) {
    EXPECT_TRUE(OutletId::parse(row->cells[0]).ok()) << row->cells[0];
    std::string id;
    for (char c : row->cells[1]) {
      bool kept = std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '.' || c == '-';
      id += kept ? static_cast<char>(std::tolower(static_cast<unsigned char>(c))) : '-';
    }
    EXPECT_EQ(row->cells[0], id);
    codes.insert(row->cells[1]);
  }
  EXPECT_THAT(codes,
              ElementsAre("ANML", "BPS_", "BTDT", "BWSC", "CHT_", "DISB", "GEN_", "HS_D", "HS_O",
                          "HS_V", "HS_Y", "INFO", "ISD", "No Q", "PARK", "PROP", "PWDx"));
}

}  // namespace
}  // namespace plumbline
