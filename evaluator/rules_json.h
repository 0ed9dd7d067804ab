// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVALUATOR_RULES_JSON_H_
#define PLUMBLINE_EVALUATOR_RULES_JSON_H_

#include "base/json.h"
#include "evaluator/standard.h"

namespace plumbline {

// A rule set for people: titles, criteria with their sentences, bounds and their basis, in both
// languages. docs/formats/portal.md, "rules". Pure.
Json rules_json(const RuleSet& rules);

// {"zh", "en"}.
Json title_json(const Title& title);

}  // namespace plumbline

#endif  // PLUMBLINE_EVALUATOR_RULES_JSON_H_
