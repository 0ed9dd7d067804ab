// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVALUATOR_EXEMPTION_BOOK_H_
#define PLUMBLINE_EVALUATOR_EXEMPTION_BOOK_H_

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/clock.h"
#include "model/fact.h"

namespace plumbline {

// The exemptions of the registry: which outlet need not meet which criterion, from which day to
// which. What it answers depends on the newest version of each and on the day asked for, not on
// the order in which they came. A plain value; pure.
class ExemptionBook {
 public:
  struct Acting {
    std::string id;
    std::optional<Date> until;  // its last day
  };

  // What is known of an exemption from now on; facts of other kinds are passed over. Returns the
  // outlets whose results may differ.
  std::vector<std::string> learn(const Fact& fact);

  // `day` has come; never backwards. Returns the outlets with an exemption that begins or has run
  // out since the day before it.
  std::vector<std::string> advance(Date day);

  // Those of the outlet that hold on `day` for the criterion of the standard, sorted by id.
  std::vector<Acting> acting(const std::string& outlet, const std::string& standard,
                             const std::string& criterion, Date day) const;

  // Whether the outlet has any, whatever its days.
  bool any(const std::string& outlet) const;

 private:
  void wait_for(Date day, const std::string& id);

  std::map<std::string, Fact> exemptions_;                  // by id
  std::map<std::string, std::set<std::string>> of_outlet_;  // outlet -> ids
  std::map<Date, std::set<std::string>> changes_;           // day that lies ahead -> ids
  std::optional<Date> day_;
};

}  // namespace plumbline

#endif  // PLUMBLINE_EVALUATOR_EXEMPTION_BOOK_H_
