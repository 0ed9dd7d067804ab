// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVALUATOR_EXPLANATION_H_
#define PLUMBLINE_EVALUATOR_EXPLANATION_H_

#include <string>

#include "base/json.h"
#include "base/result.h"
#include "evaluator/outlet_fold.h"

namespace plumbline {

// How an outlet's score of a standard in a period comes about, line by line, and what would move
// it: docs/formats/explanation.md. At most `cases` cases of each line. kNotFound when there is no
// such result, or the standard does not score outlets. Pure.
Result<Json> explanation(const OutletFold& outlet, const std::string& standard,
                         const Period& period, std::size_t cases);

}  // namespace plumbline

#endif  // PLUMBLINE_EVALUATOR_EXPLANATION_H_
