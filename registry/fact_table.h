// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_REGISTRY_FACT_TABLE_H_
#define PLUMBLINE_REGISTRY_FACT_TABLE_H_

#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "registry/registry_plan.h"

namespace plumbline {

// Outlets and facts of one CSV file (docs/formats/registry.md), each with the line on which it
// stands, and everything that is wrong.
class FactTable {
 public:
  // The file's text as UTF-8 (to_utf8); `file` is what sentences call it. A row with a problem is
  // part of the input as far as it could be read, so that rows which refer to it are not wrong.
  static FactTable read(std::string file, std::string_view text);

  const RegistryInput& input() const { return input_; }
  bool good() const { return problems_.empty(); }

  // Adds what a plan of this input found, save for cells that have a problem already.
  void add(const RegistryPlan::Wrong& wrong);

  // One problem a line, "FILE:LINE: column "NAME": SENTENCE", in the order of the lines; at most
  // limits::kMaxReportedErrors, and how many more there are.
  std::string problem_text() const;

 private:
  friend class FactTableReader;
  struct Problem {
    std::size_t line;
    std::string column;  // "" when the row as a whole is meant
    std::string sentence;
  };
  void add(Problem problem);

  std::string file_;
  RegistryInput input_;
  std::vector<std::size_t> outlet_lines_, fact_lines_;  // of each row of input_
  std::vector<Problem> problems_;
  std::set<std::pair<std::size_t, std::string>> wrong_cells_;
};

}  // namespace plumbline

#endif  // PLUMBLINE_REGISTRY_FACT_TABLE_H_
