// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVALUATOR_UNIT_MEASURES_H_
#define PLUMBLINE_EVALUATOR_UNIT_MEASURES_H_

#include "evaluator/improvement.h"
#include "evaluator/rule_fold.h"

namespace plumbline {

// What the figures of an outlet are made of in a period, from a fold of that outlet alone: the
// tallies, and what each open case would give to each indicator if it were closed at the fold's
// as-of, with nothing else of it changed. `standard` is a place in RuleSet::standards. Whether the
// outlet reported, whether the period has ended and which vetoes act is not told. Pure.
UnitMeasures measures_of(const RuleFold& fold, std::size_t standard, const Period& period);

}  // namespace plumbline

#endif  // PLUMBLINE_EVALUATOR_UNIT_MEASURES_H_
