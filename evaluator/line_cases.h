// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVALUATOR_LINE_CASES_H_
#define PLUMBLINE_EVALUATOR_LINE_CASES_H_

#include "base/json.h"
#include "evaluator/rule_fold.h"

namespace plumbline {

// The cases that a criterion's figure was made of in a period, the newest first, at most `most`:
// {"kind", "total", "cases": [{"type", "title", "subject", "state", "why", "positions"}]}. Of a
// share those on its wrong side ("against"), of all else those that count ("counted"); also where a
// share has none on its wrong side. Over other indicators: the cases of any of its parts. A
// position is {"entry", "sequence"} of an event or correction of the case in the ledger. `fold` is
// one of `outlet`. Pure.
Json line_cases(const RuleFold& fold, std::size_t standard, const Criterion& criterion,
                const Period& period, std::size_t most);

}  // namespace plumbline

#endif  // PLUMBLINE_EVALUATOR_LINE_CASES_H_
