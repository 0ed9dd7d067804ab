// SPDX-License-Identifier: Apache-2.0
#include "tests/evaluator/target_oracle.h"

#include <cstdio>
#include <set>

namespace plumbline::oracle {
namespace {

using Rows = std::vector<RegistryRow>;

constexpr int kDaysOfMonth[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

bool is_true(const RegistryRow& row, const std::string& day) {
  return (row.from.empty() || row.from <= day) && (row.until.empty() || day <= row.until);
}

bool is_strict(const TargetRule& rule, const RegistryRow& row, const std::string& day) {
  if (!is_true(row, day)) return false;
  for (const std::string& name : rule.requirements) {
    if (row.get(name).empty()) return false;
  }
  for (const std::string& name : rule.dated) {
    if (row.get(name).empty() || row.get(name) > day) return false;
  }
  return true;
}

bool counts(const TargetRule& rule, const RegistryRow& row, const std::string& reading,
            const std::string& day) {
  if (reading == "strict") return is_strict(rule, row, day);
  if (reading == "claimed") return is_true(row, day);
  for (const std::string& earlier : days_of_2015()) {
    if (earlier <= day && is_strict(rule, row, earlier)) return true;
  }
  return false;
}

// The last record of each fact of the kind, by id.
std::map<std::string, RegistryRow> known(const Rows& rows, const std::string& kind,
                                         const std::string& known_by) {
  std::map<std::string, RegistryRow> last;
  for (const RegistryRow& row : rows) {
    if (row.kind == kind && row.recorded <= known_by) last[row.id] = row;
  }
  for (auto at = last.begin(); at != last.end();) {
    at = at->second.get("withdrawn").empty() ? std::next(at) : last.erase(at);
  }
  return last;
}

// The code of the division that counts, or "!reason".
std::string place(const std::map<std::string, RegistryRow>& divisions, std::string code,
                  const std::string& day) {
  if (!divisions.contains(code)) return "!unknown_place";
  for (int step = 0; step < 1000; ++step) {
    if (!divisions.contains(code)) return "!place_not_valid";
    const RegistryRow& division = divisions.at(code);
    if (is_true(division, day)) {
      return division.get("level") == "county" ? code : "!other_level";
    }
    bool over = !division.until.empty() && division.until < day;
    if (!over) return "!place_not_valid";
    code = division.get("merged_into");
  }
  return "!place_not_valid";
}

std::string key(const TargetRule& rule, const Rows& rows, const RegistryRow& row,
                const std::string& day, const std::string& known_by) {
  if (rule.distinct == "id") return row.id;
  if (rule.distinct == "place") {
    return place(known(rows, "division", known_by), row.get("place"), day);
  }
  if (rule.distinct != "version_of") {
    return row.get(rule.distinct).empty() ? "!missing_attribute" : row.get(rule.distinct);
  }
  auto facts = known(rows, rule.counts, known_by);
  std::string at = row.id;
  auto next = [&](const std::string& id) {
    return facts.contains(id) ? facts.at(id).get("version_of") : std::string();
  };
  // After more steps than there are facts the way goes round; once round visits the circle.
  for (std::size_t step = 0; step < facts.size() + 2; ++step) {
    if (next(at).empty()) return at;
    at = next(at);
  }
  std::set<std::string> circle;
  while (circle.insert(at).second) at = next(at);
  return *circle.begin();
}

std::map<std::string, std::set<std::string>> counted(const TargetRule& rule, const Rows& rows,
                                                     const std::string& reading,
                                                     const std::string& day,
                                                     const std::string& known_by) {
  std::map<std::string, std::set<std::string>> found;
  for (const auto& [id, row] : known(rows, rule.counts, known_by)) {
    if (!rule.where_name.empty() && row.get(rule.where_name) != rule.where_value) continue;
    if (counts(rule, row, reading, day)) found[key(rule, rows, row, day, known_by)].insert(id);
  }
  return found;
}

std::set<std::string> units(const Rows& rows, const std::string& day, const std::string& known_by) {
  std::set<std::string> codes;
  for (const auto& [id, row] : known(rows, "division", known_by)) {
    if (row.get("level") == "county" && is_true(row, day)) codes.insert(id);
  }
  return codes;
}

std::int64_t size_of(const std::map<std::string, std::set<std::string>>& found) {
  std::int64_t size = 0;
  for (const auto& [name, ids] : found) size += name[0] == '!' ? 0 : 1;
  return size;
}

std::string share(std::int64_t numerator, std::int64_t denominator) {
  if (denominator == 0) return "null";
  std::int64_t millionths = (2'000'000 * numerator + denominator) / (2 * denominator);
  char text[32];
  std::snprintf(text, sizeof text, "%lld.%06lld", static_cast<long long>(millionths / 1'000'000),
                static_cast<long long>(millionths % 1'000'000));
  return text;
}

std::string figure(const TargetRule& rule, const Rows& rows, const std::string& reading,
                   const std::string& day, const std::string& known_by, bool reported) {
  std::int64_t numerator = size_of(counted(rule, rows, reading, day, known_by));
  std::int64_t denominator = rule.goal_number;
  if (rule.coverage) denominator = static_cast<std::int64_t>(units(rows, day, known_by).size());
  std::string value = rule.coverage ? share(numerator, denominator) : std::to_string(numerator);
  return (reported ? value : "null") + " " + std::to_string(numerator) + "/" +
         std::to_string(denominator);
}

std::string verdict(const TargetRule& rule, std::int64_t numerator, std::int64_t denominator,
                    bool reported) {
  if (!reported) return "not_reported";
  if (rule.coverage && denominator == 0) return "insufficient_data";
  std::int64_t left = rule.coverage ? 100 * numerator : numerator;
  std::int64_t right = rule.coverage ? rule.goal_percent * denominator : rule.goal_number;
  bool met = rule.above ? left > right : left >= right;
  return met ? "met" : "not_met";
}

}  // namespace

std::string RegistryRow::get(const std::string& name) const {
  auto found = attributes.find(name);
  return found == attributes.end() ? "" : found->second;
}

const std::vector<std::string>& days_of_2015() {
  static std::vector<std::string> days;
  if (!days.empty()) return days;
  for (int month = 1; month <= 12; ++month) {
    for (int day = 1; day <= kDaysOfMonth[month - 1]; ++day) {
      char text[32];
      std::snprintf(text, sizeof text, "2015-%02d-%02d", month, day);
      days.push_back(text);
    }
  }
  return days;
}

std::string statement(const TargetRule& rule, const std::vector<RegistryRow>& rows,
                      const std::string& day, const std::string& known_by) {
  bool reported = false;
  for (const auto& [id, row] : known(rows, rule.counts, known_by)) {
    reported = reported || rule.where_name.empty() || row.get(rule.where_name) == rule.where_value;
  }
  std::int64_t denominator = static_cast<std::int64_t>(units(rows, day, known_by).size());
  std::string text;
  std::map<std::string, std::string> excluded;
  std::map<std::string, std::map<std::string, std::set<std::string>>> of_reading;
  for (const char* reading : {"strict", "ever", "claimed"}) {
    auto found = counted(rule, rows, reading, day, known_by);
    text += std::string(reading) + " " + figure(rule, rows, reading, day, known_by, reported) +
            " " + verdict(rule, size_of(found), denominator, reported) + "\n";
    for (const auto& [name, ids] : found) {
      for (const std::string& id : ids) {
        if (name[0] == '!') excluded[id] = name.substr(1);
      }
      if (name[0] == '!') continue;
      text += "  " + name + ":";
      for (const std::string& id : ids) text += " " + id;
      text += "\n";
    }
    of_reading[reading] = found;
  }
  for (const auto& [id, reason] : excluded) text += "excluded " + id + " " + reason + "\n";
  if (rule.coverage) {
    for (const std::string& unit : units(rows, day, known_by)) {
      text += "unit " + unit;
      for (const char* reading : {"strict", "ever", "claimed"}) {
        text += of_reading[reading].contains(unit) ? " 1" : " 0";
      }
      text += "\n";
    }
  }
  for (const std::string& end : days_of_2015()) {
    int month = std::stoi(end.substr(5, 2));
    bool is_end = std::stoi(end.substr(8, 2)) == kDaysOfMonth[month - 1];
    if (!is_end || end < rule.start || end > day) continue;
    text += end + " " + figure(rule, rows, "strict", end, known_by, reported) + "\n";
  }
  return text;
}

}  // namespace plumbline::oracle
