// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVALUATOR_FIELDS_READ_H_
#define PLUMBLINE_EVALUATOR_FIELDS_READ_H_

#include <vector>

#include "evaluator/rule_plans.h"

namespace plumbline {

// Of the type's fields those on which a figure or the state of a case depends.
std::vector<bool> fields_read(const RulePlans& plans, std::size_t type);

}  // namespace plumbline

#endif  // PLUMBLINE_EVALUATOR_FIELDS_READ_H_
