// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVALUATOR_FINDING_BOOK_H_
#define PLUMBLINE_EVALUATOR_FINDING_BOOK_H_

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/clock.h"
#include "model/fact.h"

namespace plumbline {

// The findings of the registry: what vetoes rest on. What it answers depends on the newest version
// of each finding and on the day alone, not on the order in which they came. A plain value; pure.
class FindingBook {
 public:
  struct Acting {
    std::string id;
    Date since;  // its first day
  };

  // What is known of a finding from now on; facts of other kinds are passed over. Returns the
  // outlets whose results may differ.
  std::vector<std::string> learn(const Fact& fact);

  // Days of `day` and before have come; never backwards. Returns the outlets with a finding that
  // begins on a day that had not come before.
  std::vector<std::string> advance(Date day);

  // The findings of the code about the outlet that are true on a day within `first` and `last`
  // that has come, sorted by id.
  std::vector<Acting> acting(const std::string& outlet, const std::string& code, Date first,
                             Date last) const;

 private:
  std::map<std::string, Fact> findings_;                    // by id
  std::map<std::string, std::set<std::string>> of_outlet_;  // outlet -> ids
  std::map<Date, std::set<std::string>> to_come_;           // first day -> ids
  std::optional<Date> day_;
};

}  // namespace plumbline

#endif  // PLUMBLINE_EVALUATOR_FINDING_BOOK_H_
