// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVALUATOR_CASE_JSON_H_
#define PLUMBLINE_EVALUATOR_CASE_JSON_H_

#include "base/json.h"
#include "evaluator/case_words.h"
#include "evaluator/outlet_fold.h"

namespace plumbline {

// One case for people: what happened when, where each event stands in the ledger, and what the case
// gives to the view's indicator. `of` is one of a fold of `outlet` by `pack` that is listed. Pure.
Json case_json(const OutletFold& outlet, const Pack& pack, const Case& of, const CaseView& view);

}  // namespace plumbline

#endif  // PLUMBLINE_EVALUATOR_CASE_JSON_H_
