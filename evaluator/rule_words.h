// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVALUATOR_RULE_WORDS_H_
#define PLUMBLINE_EVALUATOR_RULE_WORDS_H_

#include <string>

#include "evaluator/standard.h"

// Rules in words, for the officials who answer for them and the outlets that are judged by them.
// Pure.
namespace plumbline {

// A bound of a figure as people write it: a share as per cent, a duration with its unit.
Title bound_text(const Indicator& indicator, Decimal bound);

// How the criterion turns its figure into points: one sentence.
Title criterion_text(const Criterion& criterion, const Indicator& indicator);

// What the cap does to the grade: one sentence. `grade` is the cap's.
Title cap_text(const Cap& cap, const Indicator& indicator, const Grade& grade);

// What the condition asks for of its block: one sentence.
Title condition_text(const GradeCondition& condition, const Block& block);

// What the figure is: how it is made of cases, and from how many on it counts.
// The kinds of source that an indicator demands: 评价页面、检查人员 / rating page, inspector.
Title sources_text(const std::vector<SourceKind>& sources);

Title indicator_text(const Indicator& indicator, const TypeSpec& type);
// The same of one over other indicators; `standard` is its own.
Title indicator_over_text(const Indicator& indicator, const Standard& standard);

}  // namespace plumbline

#endif  // PLUMBLINE_EVALUATOR_RULE_WORDS_H_
