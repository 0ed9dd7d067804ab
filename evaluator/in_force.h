// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVALUATOR_IN_FORCE_H_
#define PLUMBLINE_EVALUATOR_IN_FORCE_H_

#include <memory>
#include <vector>

#include "evaluator/period_list.h"
#include "evaluator/standard.h"
#include "model/ids.h"

namespace plumbline {

// A rule set that a ledger prefix activates.
struct InForce {
  LedgerIndex index;
  Instant recorded_at;
  bool retroactive = false;
  std::shared_ptr<const RuleSet> rules;
};

// The periods that a rule set answers for.
struct Answering {
  std::shared_ptr<const RuleSet> rules;
  PeriodRange range;
};

// A retroactive activation answers for every period, another one for the periods that start at or
// after its recorded_at; of several the latest that answers for a period. `in_force` in ledger
// order; the answer is the oldest first, without those that answer for none. Pure.
std::vector<Answering> answering(const std::vector<InForce>& in_force);

}  // namespace plumbline

#endif  // PLUMBLINE_EVALUATOR_IN_FORCE_H_
