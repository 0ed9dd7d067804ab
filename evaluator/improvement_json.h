// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVALUATOR_IMPROVEMENT_JSON_H_
#define PLUMBLINE_EVALUATOR_IMPROVEMENT_JSON_H_

#include "base/json.h"
#include "evaluator/improvement.h"

namespace plumbline {

// What would move a score, as data and in words: docs/formats/explanation.md, "improvement". Pure.
enum class PeriodState { kRunning, kEnded };
Json improvement_json(const Standard& standard, const Improvement& improvement, PeriodState state);

// {"id", "title"} of a grade; null for none.
Json grade_json(const Standard& standard, std::optional<std::size_t> grade);

}  // namespace plumbline

#endif  // PLUMBLINE_EVALUATOR_IMPROVEMENT_JSON_H_
