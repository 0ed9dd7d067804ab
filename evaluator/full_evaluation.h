// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVALUATOR_FULL_EVALUATION_H_
#define PLUMBLINE_EVALUATOR_FULL_EVALUATION_H_

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "base/result.h"
#include "evaluator/office_trail.h"
#include "evaluator/rule_fold.h"
#include "store/results.h"
#include "store/store.h"

namespace plumbline {

// A ledger that may be read by several threads, each with a reader of its own.
using OpenLedger = std::function<Result<std::unique_ptr<LedgerReader>>()>;

struct FullAsk {
  OpenLedger open;
  std::size_t threads = 1;
  LedgerSize size;
  Instant as_of;
  std::optional<LedgerIndex> without;  // as if the content of that entry had been withdrawn
};

struct FullAnswer {
  std::shared_ptr<const OfficeState> office;  // of the prefix
  std::vector<ResultRow> rows;                // of standards, sorted
  FoldCounters counters;                      // of the newest rule set, all but the cost
  std::vector<LedgerIndex> withdrawn_later;   // as Engine's, sorted
};

// What Engine says of a prefix at an as-of, at less cost: each outlet is folded by itself, which
// needs little memory, and by column (OutletColumns); outlets are shared out among the threads.
//
// kUnsupported where a figure reaches behind its period or demands a kind of source: such rules are
// for Engine. Another error says only that a ledger is not in order somewhere: which entry is at
// fault is for Engine to tell.
Result<FullAnswer> evaluate_by_outlet(const FullAsk& ask);

}  // namespace plumbline

#endif  // PLUMBLINE_EVALUATOR_FULL_EVALUATION_H_
