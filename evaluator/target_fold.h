// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVALUATOR_TARGET_FOLD_H_
#define PLUMBLINE_EVALUATOR_TARGET_FOLD_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "evaluator/standard.h"
#include "registry/fact_book.h"
#include "store/results.h"

namespace plumbline {

// The rows of a target stand under this with its id: no standard has a dot in its id.
inline constexpr std::string_view kTargetRows = "target.";

// The rows of all targets, sorted: of each one for the network and, where a share of units is
// measured, one for each unit of the day; "running" of the local day of `as_of`, "final" of the
// deadline once that day has ended. docs/formats/results.md. Pure.
std::vector<ResultRow> target_rows(const RuleSet& rules, const FactBook& facts, Instant as_of);

// Says which of those rows differ from those it gave before. Rows are made anew only where they
// may differ: when facts came, the local day or the rule set is another.
class TargetFold {
 public:
  struct Changes {
    std::vector<ResultRow> changed;  // sorted; all rows the first time
    std::vector<ResultRow> gone;     // given before, no row any more
  };

  // The rule set whose targets there are from now on; nullptr: none.
  void use(std::shared_ptr<const RuleSet> rules);
  void facts_changed() { stale_ = true; }
  // What was given before is forgotten.
  void restart();

  // `facts` is the book that facts_changed() spoke of.
  Changes take_changes(const FactBook& facts, std::optional<Instant> as_of);

 private:
  std::shared_ptr<const RuleSet> rules_;
  bool stale_ = true;
  std::optional<Date> day_;
  std::vector<ResultRow> given_;  // sorted
};

}  // namespace plumbline

#endif  // PLUMBLINE_EVALUATOR_TARGET_FOLD_H_
