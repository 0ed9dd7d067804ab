// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVALUATOR_CASE_JSON_H_
#define PLUMBLINE_EVALUATOR_CASE_JSON_H_

#include <cstddef>
#include <optional>

#include "base/json.h"
#include "evaluator/outlet_fold.h"

namespace plumbline {

// The indicator that cases are listed for.
struct CaseLine {
  std::size_t standard = 0;  // position in RuleSet::standards
  std::size_t index = 0;     // position in Standard::indicators
  const Indicator* indicator = nullptr;
};

// One case for people: what happened when, where each event stands in the ledger, and what the case
// gives to `line`. Pure.
Json case_json(const RuleFold& fold, const OutletFold& outlet, const std::optional<CaseLine>& line,
               CaseId id);

}  // namespace plumbline

#endif  // PLUMBLINE_EVALUATOR_CASE_JSON_H_
