// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVALUATOR_CLOSED_RESULTS_H_
#define PLUMBLINE_EVALUATOR_CLOSED_RESULTS_H_

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "registry/office.h"
#include "store/results.h"

namespace plumbline {

// The root of the tree of RFC 9162 whose leaves are the bodies, in the order of the rows. Rows of
// one standard and period, sorted: by level, then unit, as bytes.
Hash results_root(const std::vector<ResultRow>& rows);

// The standard under which a row stands that says what a closed period's result would be now, and
// the one of an earlier revision. No standard has a dot in its id.
std::string current_standard(std::string_view standard);                           // "current.ID"
std::string revision_standard(std::uint64_t revision, std::string_view standard);  // "closed.1.ID"
bool is_of_closing(const ResultRow& row);                                          // either of them

// Those of a standard and period.
std::vector<ResultRow> rows_of_period(const std::vector<ResultRow>& rows, std::string_view standard,
                                      std::string_view period);

// What becomes of the rows that an engine computes where periods were closed. A row of a closed
// period is served as it was published last; what would be computed now stands beside it under
// current_standard() where it differs, and earlier revisions under revision_standard(). Pure; used
// by one thread at a time.
class ClosedResults {
 public:
  struct Changes {
    std::vector<ResultRow> changed;  // to be put; a later one of a key counts
    std::vector<ResultRow> gone;
  };

  // The period is served as `frozen` from now on: its rows at the closing's size and as-of. `live`
  // are the rows of that period now.
  void close(const PeriodClosed& closed, std::vector<ResultRow> frozen,
             const std::vector<ResultRow>& live, Changes& out);
  // Rows that an engine computed, or has no more.
  void serve(std::vector<ResultRow> changed, std::vector<ResultRow> gone, Changes& out);

  // Results of closed periods that would be others now.
  std::uint64_t differing() const { return differing_.size(); }
  std::uint64_t periods() const { return published_.size(); }

 private:
  using PeriodKey = std::pair<std::string, std::string>;  // standard, period
  using UnitKey = std::pair<std::string, std::string>;    // level, unit
  struct Published {
    std::uint64_t revision = 0;
    std::map<UnitKey, std::string> bodies;
  };
  void compare(const Published& published, ResultRow live, Changes& out);

  std::map<PeriodKey, Published> published_;
  std::set<ResultRow> differing_;  // keys: bodies are empty
};

// The rows of a closing as they were published: those of `stored` where their root is the
// closing's, else computed from the ledger's prefix. What a redaction took away cannot be computed
// any more; then the log tells so, and `stored` stands where it has rows.
using FrozenRows = std::function<Result<std::vector<ResultRow>>(const PeriodClosed&)>;

// All that is served where `live` is what an engine says and `closings` are those of its prefix.
// Sorted.
Result<std::vector<ResultRow>> served_rows(std::vector<ResultRow> live,
                                           const std::vector<RegistryState::Closing>& closings,
                                           const FrozenRows& frozen, ClosedResults& closed);

}  // namespace plumbline

#endif  // PLUMBLINE_EVALUATOR_CLOSED_RESULTS_H_
