// SPDX-License-Identifier: Apache-2.0
#include "evaluator/in_force.h"

#include <algorithm>

namespace plumbline {

std::vector<Answering> answering(const std::vector<InForce>& in_force) {
  std::vector<Answering> out;
  Instant until = PeriodRange{}.until;
  for (auto at = in_force.rbegin(); at != in_force.rend(); ++at) {
    PeriodRange range;
    range.until = until;
    if (!at->retroactive) range.from = at->recorded_at;
    if (range.from >= range.until) continue;
    until = range.from;
    out.push_back({at->rules, range});
  }
  std::reverse(out.begin(), out.end());
  return out;
}

}  // namespace plumbline
