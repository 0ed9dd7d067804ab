// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVALUATOR_RULE_REVIEW_CONSTANTS_H_
#define PLUMBLINE_EVALUATOR_RULE_REVIEW_CONSTANTS_H_

#include <optional>
#include <string_view>

#include "packs/pack.h"

namespace plumbline {

// What a bool expression is of every case of the type, as far as written values, && and ||, and
// counts that are never negative decide it; nullopt where a case decides. What is missing counts as
// false here, as it does in "where" and "numerator".
std::optional<bool> constant_value(std::string_view expression, const TypeSpec& type);

}  // namespace plumbline

#endif  // PLUMBLINE_EVALUATOR_RULE_REVIEW_CONSTANTS_H_
