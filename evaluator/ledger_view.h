// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVALUATOR_LEDGER_VIEW_H_
#define PLUMBLINE_EVALUATOR_LEDGER_VIEW_H_

#include <functional>
#include <memory>

#include "evaluator/view.h"
#include "store/store.h"

namespace plumbline {

using OpenReader = std::function<Result<std::unique_ptr<LedgerReader>>()>;

// The view over a ledger, apart from the follower that scores it. What an answer is made of is
// read from the ledger's prefix that is asked for: the office's records that are new since the last
// call, and the batches of the one outlet. Outlets are folded one at a time, and the folds used
// last are kept (limits::kMaxFoldedOutlets, kMaxFoldedEvents). `open` must be safe from any thread.
std::unique_ptr<EvaluatorView> make_ledger_view(OpenReader open);

}  // namespace plumbline

#endif  // PLUMBLINE_EVALUATOR_LEDGER_VIEW_H_
