// SPDX-License-Identifier: Apache-2.0
#include "evaluator/row_changes.h"

#include <tuple>

namespace plumbline {

void compare_rows(const std::vector<ResultRow>& old, const std::vector<ResultRow>& fresh,
                  std::vector<ResultRow>& changed, std::vector<ResultRow>& gone) {
  auto key = [](const ResultRow& row) {
    return std::tie(row.standard, row.level, row.unit, row.period);
  };
  auto at = old.begin();
  for (const ResultRow& row : fresh) {
    for (; at != old.end() && key(*at) < key(row); ++at) gone.push_back(*at);
    bool same_key = at != old.end() && key(*at) == key(row);
    if (!same_key || at->body != row.body) changed.push_back(row);
    if (same_key) ++at;
  }
  gone.insert(gone.end(), at, old.end());
}

}  // namespace plumbline
