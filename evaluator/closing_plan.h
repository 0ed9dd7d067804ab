// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVALUATOR_CLOSING_PLAN_H_
#define PLUMBLINE_EVALUATOR_CLOSING_PLAN_H_

#include <string>
#include <vector>

#include "base/result.h"
#include "registry/office.h"
#include "store/results.h"

namespace plumbline {

struct ClosingAsked {
  std::string standard;
  std::string period;
  enum class What { kClose, kRestate } what = What::kClose;
};

// What a closing would publish.
struct ClosingPlan {
  PeriodClosed closed;
  std::vector<ResultRow> rows;  // its results, sorted
  // Those that differ from what was published before: what was, and what is. All of them where the
  // period was never closed, with nothing before.
  struct Change {
    std::string level, unit;
    std::string before, after;  // bodies; empty where there is none
  };
  std::vector<Change> changes;
};

// `served` is all that is served of the period. kNotFound: no results of that standard and period,
// or nothing to restate because it is not closed; kExists: closed already, or nothing differs from
// what was published last; kInvalid: the period has not ended at as-of. Pure.
Result<ClosingPlan> plan_closing(const ResultsStore::Snapshot& served, const RegistryView& office,
                                 const ClosingAsked& asked);

}  // namespace plumbline

#endif  // PLUMBLINE_EVALUATOR_CLOSING_PLAN_H_
