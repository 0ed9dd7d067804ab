// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVALUATOR_RULE_EXPLAIN_H_
#define PLUMBLINE_EVALUATOR_RULE_EXPLAIN_H_

#include <string>

#include "evaluator/rule_diff.h"
#include "evaluator/standard.h"

namespace plumbline {

// A rule in words for people: what is counted, from which events, dated by what, bounds, weight,
// basis, what missing data does. `name` is the id of a standard, of a target, or of a criterion,
// that of a criterion with its standard's before it ("outlet/staff") where several have it.
// kNotFound with what was probably meant, kInvalid where a criterion's id is that of several. Pure.
Result<std::string> explain_rule(const RuleSet& rules, const std::string& name,
                                 RuleLanguage language);

}  // namespace plumbline

#endif  // PLUMBLINE_EVALUATOR_RULE_EXPLAIN_H_
