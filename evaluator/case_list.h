// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVALUATOR_CASE_LIST_H_
#define PLUMBLINE_EVALUATOR_CASE_LIST_H_

#include "base/json.h"
#include "base/result.h"
#include "evaluator/outlet_fold.h"
#include "evaluator/view.h"

namespace plumbline {

// What can be said of a query before anything is read: kInvalid as EvaluatorView::cases.
Status check_case_query(const CaseQuery& query);

// The cases of a folded outlet that a checked query asks for: docs/formats/portal.md, "cases".
// kNotFound as EvaluatorView::cases. Pure.
Result<Json> case_list(const OutletFold& outlet, const CaseQuery& query);

}  // namespace plumbline

#endif  // PLUMBLINE_EVALUATOR_CASE_LIST_H_
