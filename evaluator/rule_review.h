// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVALUATOR_RULE_REVIEW_H_
#define PLUMBLINE_EVALUATOR_RULE_REVIEW_H_

#include "evaluator/standard.h"

namespace plumbline {

// What compiles and still cannot be meant. docs/formats/rule_tools.md. An evaluation takes such
// rules, so that what a ledger once activated stays readable; authors do not get past it. Pure.
//
// Problems: a band that no figure reaches, a cap that can never act, a condition that is the same
// of every case, two standards of one title that judge the same periods. Warnings: a required field
// of an event that no rule reads, a figure that nothing is judged by.
void review_rules(const PackFiles& files, const RuleSet& rules, Problems& problems,
                  Problems& warnings);

}  // namespace plumbline

#endif  // PLUMBLINE_EVALUATOR_RULE_REVIEW_H_
