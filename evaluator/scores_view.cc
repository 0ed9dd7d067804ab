// SPDX-License-Identifier: Apache-2.0
#include "evaluator/scores_view.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/json.h"

namespace plumbline {
namespace {

// Text of a member, "" for null or absence; integers as digits.
std::string text_of(const Json& json, std::string_view key) {
  const Json* value = json.find(key);
  if (value == nullptr) return "";
  if (value->is_string()) return value->as_string();
  return value->is_integer() ? std::to_string(value->as_integer()) : "";
}

const Json::Array& items_of(const Json& json, std::string_view key) {
  static const Json::Array kNone;
  const Json* value = json.find(key);
  return value == nullptr || !value->is_array() ? kNone : value->as_array();
}

Result<Json> body_of(const ResultRow& row) {
  Result<Json> body = Json::parse(row.body);
  if (body.ok() && body->find("verdict") != nullptr) return body;
  return Error(Code::kCorrupt, fmt::format("the result of {} {} in {} cannot be read: it is not "
                                           "what this program writes",
                                           row.level, row.unit, row.period));
}

std::string csv_field(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string quoted = "\"";
  for (char c : text) {
    if (c == '"') quoted.push_back('"');
    quoted.push_back(c);
  }
  return quoted + "\"";
}

// One line of the CSV; members in the order of the heading.
struct CsvLine {
  std::string line, id, by, group, n, numerator, value, value_unit, weight_used, points, verdict,
      grade;
};
constexpr std::string_view kCsvHeading =
    "standard,level,unit,period,line,id,by,group,n,numerator,value,value_unit,weight_used,points,"
    "verdict,grade\n";

void append_csv(std::string& out, const ResultRow& row, const CsvLine& line) {
  const std::string* fields[] = {
      &row.standard,     &row.level,      &row.unit,     &row.period,
      &line.line,        &line.id,        &line.by,      &line.group,
      &line.n,           &line.numerator, &line.value,   &line.value_unit,
      &line.weight_used, &line.points,    &line.verdict, &line.grade};
  bool first = true;
  for (const std::string* field : fields) {
    if (!first) out.push_back(',');
    first = false;
    out += csv_field(*field);
  }
  out.push_back('\n');
}

void take_figure(CsvLine& line, const Json& figure) {
  line.n = text_of(figure, "n");
  line.numerator = text_of(figure, "numerator");
  line.value = text_of(figure, "value");
}

void append_indicator_csv(std::string& out, const ResultRow& row, const Json& indicator) {
  CsvLine line;
  line.line = "indicator";
  line.id = text_of(indicator, "id");
  line.value_unit = text_of(indicator, "unit");
  take_figure(line, indicator);
  append_csv(out, row, line);
  line.line = "group";
  for (const Json& by : items_of(indicator, "by")) {
    line.by = text_of(by, "field");
    for (const Json& group : items_of(by, "groups")) {
      line.group = text_of(group, "group");
      take_figure(line, group);
      append_csv(out, row, line);
    }
  }
}

// What the row of a target or of one of its units says in each reading.
struct ReadingCell {
  std::string id, numerator, denominator, value, verdict;
};

std::vector<ReadingCell> readings_of(const Json& body) {
  std::vector<ReadingCell> cells;
  for (const Json& reading : items_of(body, "readings")) {
    cells.push_back({text_of(reading, "id"), text_of(reading, "numerator"),
                     text_of(reading, "denominator"), text_of(reading, "value"),
                     text_of(reading, "verdict")});
  }
  const Json* covered = body.find("covered");
  if (covered == nullptr || !covered->is_object()) return cells;
  for (const auto& [id, holds] : covered->as_object()) {
    bool is_covered = holds.is_bool() && holds.as_bool();
    cells.push_back({id, is_covered ? "1" : "0", "1", is_covered ? "1" : "0", ""});
  }
  return cells;
}

bool is_target(const Json& body) {
  return text_of(body, "kind").starts_with("target");
}

void append_target_csv(std::string& out, const ResultRow& row, const Json& body) {
  CsvLine target;
  target.line = text_of(body, "kind");
  target.id = text_of(body, "target");
  target.n = text_of(body, "denominator");
  target.numerator = text_of(body, "numerator");
  target.value = text_of(body, "value");
  target.verdict = text_of(body, "verdict");
  append_csv(out, row, target);
  for (const ReadingCell& reading : readings_of(body)) {
    CsvLine line;
    line.line = "reading";
    line.id = reading.id;
    line.n = reading.denominator;
    line.numerator = reading.numerator;
    line.value = reading.value;
    line.verdict = reading.verdict;
    append_csv(out, row, line);
  }
}

void append_row_csv(std::string& out, const ResultRow& row, const Json& body) {
  if (is_target(body)) return append_target_csv(out, row, body);
  CsvLine score;
  score.line = "score";
  score.value = text_of(body, "score");
  score.verdict = text_of(body, "verdict");
  score.grade = text_of(body, "grade");
  append_csv(out, row, score);
  for (const Json& block : items_of(body, "blocks")) {
    for (const Json& criterion : items_of(block, "criteria")) {
      CsvLine line;
      line.line = "criterion";
      line.id = text_of(criterion, "id");
      line.weight_used = text_of(criterion, "weight_used");
      line.points = text_of(criterion, "points");
      line.verdict = text_of(criterion, "verdict");
      if (const Json* figure = criterion.find("figure")) {
        take_figure(line, *figure);
        line.value_unit = text_of(*figure, "unit");
      }
      append_csv(out, row, line);
    }
  }
  for (const Json& indicator : items_of(body, "indicators")) {
    append_indicator_csv(out, row, indicator);
  }
}

Result<std::string> csv(const std::vector<ResultRow>& rows) {
  std::string out(kCsvHeading);
  for (const ResultRow& row : rows) {
    ASSIGN_OR_RETURN(Json body, body_of(row));
    append_row_csv(out, row, body);
  }
  return out;
}

Result<std::string> json(const ResultsHeader& header, const std::vector<ResultRow>& rows,
                         BodiesAre bodies) {
  std::string out =
      fmt::format("{{\"as_of\":{},\"pack\":{},\"results\":[",
                  Json(format_instant(header.as_of)).text(), Json(header.pack).text());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (bodies == BodiesAre::kStored) {
      Result<Json> body = body_of(rows[i]);
      if (!body.ok()) return body.error();
    }
    if (i > 0) out.push_back(',');
    out += rows[i].body;
  }
  out += fmt::format("],\"rule_hash\":{},\"size\":{}}}\n", Json(header.rule_hash).text(),
                     header.size.value);
  return out;
}

// Columns as wide as their widest cell, counted in UTF-8 characters.
std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

std::string aligned(const std::vector<std::vector<std::string>>& lines) {
  std::vector<std::size_t> widths;
  for (const auto& line : lines) {
    widths.resize(std::max(widths.size(), line.size()));
    for (std::size_t c = 0; c < line.size(); ++c)
      widths[c] = std::max(widths[c], width_of(line[c]));
  }
  std::string out;
  for (const auto& line : lines) {
    std::string text;
    for (std::size_t c = 0; c < line.size(); ++c) {
      text += line[c] + std::string(widths[c] - width_of(line[c]) + 2, ' ');
    }
    text.erase(text.find_last_not_of(' ') + 1);
    out += text + "\n";
  }
  return out;
}

// "on_time 0.741811 (n 4396) 40.00/50.00 met"
std::string criterion_cell(const Json& criterion) {
  std::string points = text_of(criterion, "points");
  const Json* figure = criterion.find("figure");
  std::string value = figure == nullptr ? "" : text_of(*figure, "value");
  return fmt::format("{} {} {}/{} {}", text_of(criterion, "id"), value.empty() ? "-" : value,
                     points.empty() ? "-" : points, text_of(criterion, "weight_used"),
                     text_of(criterion, "verdict"));
}

std::string dash(std::string text) {
  return text.empty() ? "-" : text;
}

// "on 2025-12-31, goal above 0.5; strict 0.526316 (50/95) met; ever ..."
std::string target_cell(const Json& body) {
  std::string cell = "on " + text_of(body, "date");
  if (const Json* goal = body.find("goal")) {
    cell += fmt::format(", goal {} {}", text_of(*goal, "test"), text_of(*goal, "value"));
  }
  for (const ReadingCell& reading : readings_of(body)) {
    if (reading.verdict.empty()) {
      cell += fmt::format("; {} {}", reading.id, reading.value == "1" ? "yes" : "no");
    } else {
      cell += fmt::format("; {} {} ({}/{}) {}", reading.id, dash(reading.value), reading.numerator,
                          reading.denominator, reading.verdict);
    }
  }
  return cell;
}

std::vector<std::string> table_line(const ResultRow& row, const Json& body) {
  std::vector<std::string> line = {row.standard,
                                   row.level,
                                   row.unit,
                                   row.period,
                                   text_of(body, "verdict"),
                                   dash(text_of(body, "score")),
                                   dash(text_of(body, "grade"))};
  if (is_target(body)) {
    line.push_back(target_cell(body));
    return line;
  }
  std::string cell;
  for (const Json& block : items_of(body, "blocks")) {
    for (const Json& criterion : items_of(block, "criteria")) {
      cell += (cell.empty() ? "" : "; ") + criterion_cell(criterion);
    }
  }
  if (items_of(body, "blocks").empty()) {
    for (const Json& indicator : items_of(body, "indicators")) {
      cell += fmt::format("{}{} {} (n {})", cell.empty() ? "" : "; ", text_of(indicator, "id"),
                          dash(text_of(indicator, "value")), text_of(indicator, "n"));
    }
  }
  line.push_back(cell);
  return line;
}

Result<std::string> table(const ResultsHeader& header, const std::vector<ResultRow>& rows) {
  std::vector<std::vector<std::string>> lines = {
      {"standard", "level", "unit", "period", "verdict", "score", "grade", "figures"}};
  for (const ResultRow& row : rows) {
    ASSIGN_OR_RETURN(Json body, body_of(row));
    lines.push_back(table_line(row, body));
  }
  return fmt::format("{} as of {}, ledger size {}, rules {}\n", header.pack,
                     format_instant(header.as_of), header.size.value, header.rule_hash) +
         aligned(lines);
}

}  // namespace

Result<ScoresFormat> parse_scores_format(std::string_view text) {
  if (text == "table") return ScoresFormat::kTable;
  if (text == "json") return ScoresFormat::kJson;
  if (text == "csv") return ScoresFormat::kCsv;
  return Error(Code::kInvalid,
               fmt::format("\"{}\" is not a form of scores: table, json or csv", text));
}

Result<std::string> scores_text(const ResultsHeader& header, const std::vector<ResultRow>& rows,
                                ScoresFormat format, BodiesAre bodies) {
  switch (format) {
    case ScoresFormat::kTable:
      return table(header, rows);
    case ScoresFormat::kJson:
      return json(header, rows, bodies);
    case ScoresFormat::kCsv:
      return csv(rows);
  }
  return Error(Code::kInvalid, "a form of scores outside table, json and csv");
}

}  // namespace plumbline
