// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVALUATOR_RESULT_DIFFERENCE_H_
#define PLUMBLINE_EVALUATOR_RESULT_DIFFERENCE_H_

#include <string>

#include "base/json.h"
#include "evaluator/outlet_fold.h"

namespace plumbline {

// Why an outlet's result of a standard and period is another one in `after` than in `before`, a
// fold of a shorter prefix of `since` entries: {"cases": [{"type", "subject", "entries"}], "total",
// "rules_changed"}. A case is listed when it gives something else to one of the standard's figures
// in the period; its entries are those behind `since` that hold an event of it or a correction, and
// none where only time has passed. At most 100 cases are listed. Where another rule set answers,
// that is said, and no case is. Pure.
Json result_difference(const OutletFold& before, const OutletFold& after,
                       const std::string& standard, const Period& period, LedgerSize since);

}  // namespace plumbline

#endif  // PLUMBLINE_EVALUATOR_RESULT_DIFFERENCE_H_
