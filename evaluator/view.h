// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVALUATOR_VIEW_H_
#define PLUMBLINE_EVALUATOR_VIEW_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/json.h"
#include "base/result.h"
#include "model/ids.h"

// What the evaluator lets others read, without saying how it computes: the only header of
// evaluator/ that the portal includes.
namespace plumbline {

// Which of an outlet's cases are asked for. Empty texts match all.
struct CaseQuery {
  OutletId outlet;
  std::string standard;   // with `criterion`
  std::string period;     // "2025", "2025-03": cases that the criterion dates there; without a
                          // criterion, cases with an event in it
  std::string criterion;  // only cases that its indicator counts; also an indicator's own id
  std::string type;       // only cases of this type
  std::string state;      // "open", "closed", "overdue", "against" (counted, not in the numerator),
                          // "flagged" (with an event that is late or back-dated), "amended"
  std::string subject;    // only this case (with `type`), counted or not
  std::uint64_t offset = 0;
  std::uint64_t limit = 50;  // at most 200
};

// A result of an outlet.
struct ResultKey {
  std::string standard;
  OutletId outlet;
  std::string period;
};

// Where a result stood.
struct ResultMoment {
  LedgerSize size;
  Instant as_of;
};

// Safe from any thread.
class EvaluatorView {
 public:
  virtual ~EvaluatorView() = default;

  // The rule set that is served, in words for people: docs/formats/portal.md, "rules". The same
  // object until another rule set is served; nullptr while there is none.
  virtual std::shared_ptr<const Json> rules() = 0;

  // The outlet's cases, folded anew from its entries in the ledger's prefix of `size` entries at
  // `as_of`: docs/formats/portal.md, "cases". kNotFound for an outlet, standard, criterion or case
  // that is not there, kInvalid for a query that is not one.
  virtual Result<Json> cases(const CaseQuery& query, LedgerSize size, Instant as_of) = 0;

  // The body of an outlet's result, folded anew likewise: the bytes that are served for the same
  // size and as-of. kNotFound when there is no such result.
  virtual Result<std::string> result_body(const ResultKey& key, LedgerSize size, Instant as_of) = 0;

  // How an outlet's result comes about, line by line with at most `cases` cases each, and what
  // would move it, folded anew likewise: docs/formats/explanation.md. kNotFound when there is no
  // such result.
  virtual Result<Json> explanation(const ResultKey& key, std::uint64_t cases, ResultMoment at) {
    static_cast<void>(key), static_cast<void>(cases), static_cast<void>(at);
    return Error(Code::kUnsupported, "this view explains no results");
  }

  // Why the result is another one at `after` than it was at `before`: {"cases", "total",
  // "rules_changed"} of result_difference, and "records": the office's entries between both that
  // concern it (findings about the outlet, withdrawals of its batches, rule sets). kNotFound for an
  // outlet that was not there.
  virtual Result<Json> difference(const ResultKey& key, ResultMoment before, ResultMoment after) {
    static_cast<void>(key), static_cast<void>(before), static_cast<void>(after);
    return Error(Code::kUnsupported, "this view compares no results");
  }
};

}  // namespace plumbline

#endif  // PLUMBLINE_EVALUATOR_VIEW_H_
