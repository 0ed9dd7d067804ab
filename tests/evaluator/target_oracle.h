// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_TESTS_EVALUATOR_TARGET_ORACLE_H_
#define PLUMBLINE_TESTS_EVALUATOR_TARGET_ORACLE_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

// A second computation of targets, as slow and plain as it can be: days are texts, a reading is
// tried day by day, every question looks at every record. Shares no code with the evaluator.
namespace plumbline::oracle {

struct RegistryRow {
  std::string recorded;  // the day on which it was recorded
  std::string kind;
  std::string id;
  std::string from;   // "" = open
  std::string until;  // "" = open
  std::map<std::string, std::string> attributes;
  std::string get(const std::string& name) const;
};

struct TargetRule {
  std::string counts;
  std::string where_name, where_value;  // "" = all facts of the kind
  std::string distinct;                 // "place", "version_of", "id" or another attribute
  std::vector<std::string> requirements;
  std::vector<std::string> dated;
  bool coverage = false;          // of the divisions of level "county"
  bool above = false;             // else: at least
  std::int64_t goal_percent = 0;  // coverage
  std::int64_t goal_number = 0;   // count
  std::string start;
};

// All days of 2015, in order.
const std::vector<std::string>& days_of_2015();

// What a statement says, a line each figure and list.
std::string statement(const TargetRule& rule, const std::vector<RegistryRow>& rows,
                      const std::string& day, const std::string& known_by);

}  // namespace plumbline::oracle

#endif  // PLUMBLINE_TESTS_EVALUATOR_TARGET_ORACLE_H_
