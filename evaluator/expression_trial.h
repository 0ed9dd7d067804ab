// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVALUATOR_EXPRESSION_TRIAL_H_
#define PLUMBLINE_EVALUATOR_EXPRESSION_TRIAL_H_

#include <string>

#include "evaluator/expression.h"
#include "packs/yaml.h"

// An expression tried on one case that is written down as data: {"channel": "web",
// "opened": {"time": "2015-01-02T12:00:00Z"}, "overdue": false}. Pure.
namespace plumbline {

// A case type with the fields and steps that the data has; kinds are what the values look like.
TypeSpec type_of_data(const YamlNode& data);
// UTC, Monday to Friday.
Calendar plain_calendar();

// The case; a problem for what the type does not have, or has of another kind.
CaseFacts facts_of_data(const YamlNode& data, const TypeSpec& type, const Calendar& calendar,
                        Problems& problems);

// Kind and value, "decimal 17.5", or "missing". kInvalid: every problem of the text under a caret
// at its column, or the error of the evaluation.
Result<std::string> try_expression(const std::string& text, const TypeSpec& type,
                                   const Calendar& calendar, const CaseFacts& facts);

}  // namespace plumbline

#endif  // PLUMBLINE_EVALUATOR_EXPRESSION_TRIAL_H_
