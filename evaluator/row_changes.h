// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVALUATOR_ROW_CHANGES_H_
#define PLUMBLINE_EVALUATOR_ROW_CHANGES_H_

#include <vector>

#include "store/results.h"

namespace plumbline {

// Adds the rows of `fresh` that differ from `old` to `changed`, and those of `old` that `fresh`
// does not have to `gone`. Both are sorted.
void compare_rows(const std::vector<ResultRow>& old, const std::vector<ResultRow>& fresh,
                  std::vector<ResultRow>& changed, std::vector<ResultRow>& gone);

}  // namespace plumbline

#endif  // PLUMBLINE_EVALUATOR_ROW_CHANGES_H_
