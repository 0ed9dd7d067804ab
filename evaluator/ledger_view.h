// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVALUATOR_LEDGER_VIEW_H_
#define PLUMBLINE_EVALUATOR_LEDGER_VIEW_H_

#include <functional>
#include <memory>

#include "evaluator/view.h"
#include "store/store.h"

namespace plumbline {

using OpenReader = std::function<Result<std::unique_ptr<LedgerReader>>()>;

// The view over a ledger, apart from the follower that scores it: every answer is folded anew from
// the ledger's prefix that is asked for. It remembers which entries are of which outlet (8 bytes a
// batch), the office's records, and the outlets folded last. `open` is called for a reader of each
// call's own and must be safe from any thread.
std::unique_ptr<EvaluatorView> make_ledger_view(OpenReader open);

}  // namespace plumbline

#endif  // PLUMBLINE_EVALUATOR_LEDGER_VIEW_H_
