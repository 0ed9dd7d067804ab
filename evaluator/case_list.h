// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVALUATOR_CASE_LIST_H_
#define PLUMBLINE_EVALUATOR_CASE_LIST_H_

#include "base/json.h"
#include "base/result.h"
#include "evaluator/outlet_fold.h"
#include "evaluator/view.h"

namespace plumbline {

// The cases of a folded outlet that a query asks for: docs/formats/portal.md, "cases". kNotFound,
// kInvalid as EvaluatorView::cases. Pure.
Result<Json> case_list(const OutletFold& fold, const CaseQuery& query);

// "2026-10-31 08:01" in the network's local time.
std::string local_text(const Calendar& calendar, Instant at);

}  // namespace plumbline

#endif  // PLUMBLINE_EVALUATOR_CASE_LIST_H_
