// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVALUATOR_NORM_BOOK_H_
#define PLUMBLINE_EVALUATOR_NORM_BOOK_H_

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/decimal.h"
#include "evaluator/standard.h"
#include "model/fact.h"

namespace plumbline {

// The number that takes the place of "norm" for one outlet in one period.
struct NormInForce {
  Decimal value;
  std::string outlet_class;  // "" where the outlet has none
  std::string fact;          // of the registry; "" where the number is the pack's
};

// Classes of outlets and norms of classes, from the registry. What it answers depends on the
// versions, on when each was recorded, and on the day asked for, not on the order in which they
// came. A plain value; pure.
class NormBook {
 public:
  struct Touched {
    std::vector<std::string> outlets;
    bool all = false;  // the results of any outlet may differ
  };
  // What is on record since `recorded_at`; facts of other kinds are passed over.
  Touched learn(const Fact& fact, Instant recorded_at);

  // `day` has come; never backwards. Returns the outlets whose class begins or ends by it.
  std::vector<std::string> advance(Date day);

  // The class that the outlet has on `day`: of several the one that began last.
  std::string class_of(const std::string& outlet, Date day) const;

  // Of a criterion with a norm: that of the outlet's class on `day`, as it was published for the
  // period that begins on `first` at `start`, before it began; else the pack's.
  NormInForce norm(const Standard& standard, const Criterion& criterion, const std::string& outlet,
                   Date day, Date first, Instant start) const;

 private:
  struct Version {
    Instant recorded_at;
    Fact fact;
  };
  void wait_for(Date day, const std::string& outlet);
  std::optional<NormInForce> published(const Standard& standard, const Criterion& criterion,
                                       const std::string& of_class, Date first,
                                       Instant start) const;

  std::map<std::string, Fact> classes_;                     // by id, the newest version
  std::map<std::string, std::set<std::string>> of_outlet_;  // outlet -> ids of classes
  std::map<std::string, std::vector<Version>> norms_;       // by id, in ledger order
  std::map<Date, std::set<std::string>> changes_;           // day that lies ahead -> outlets
  std::optional<Date> day_;
};

}  // namespace plumbline

#endif  // PLUMBLINE_EVALUATOR_NORM_BOOK_H_
