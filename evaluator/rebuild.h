// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVALUATOR_REBUILD_H_
#define PLUMBLINE_EVALUATOR_REBUILD_H_

#include <vector>

#include "base/result.h"
#include "evaluator/engine.h"
#include "evaluator/full_evaluation.h"
#include "store/results.h"
#include "store/store.h"

namespace plumbline {

// Gives `engine` the next chunk of entries below `to`, restarting it where it asks for that (its
// as-of is kept). Returns how many entries it took; 0 when there is none below `to`.
Result<std::size_t> fold_chunk(LedgerReader& reader, Engine& engine, LedgerSize to);

// The results for the prefix of `size` entries at `as_of`, from nothing but the ledger: the bytes
// that were served for the same size and as-of; where contents were withdrawn behind the prefix,
// without their events (Engine::withdrawn_later()). kNotFound when the ledger is shorter, kInvalid
// when `as_of` is not a whole minute.
struct Rebuilt {
  ResultsHeader header;
  std::vector<ResultRow> rows;  // sorted
  FoldCounters counters;
  std::vector<LedgerIndex> withdrawn_later;
};
// Of a closed period the rows are those that were published: ClosedResults. Each closing costs
// another fold.
// `without`: as if the content of that entry had been withdrawn.
Result<Rebuilt> rebuild(LedgerReader& reader, LedgerSize size, Instant as_of,
                        std::optional<LedgerIndex> without = {});
// The same by several threads, each with a reader of its own. Both take the way of
// evaluate_by_outlet(), and that of rebuild_in_order() where it does not lead to the end.
Result<Rebuilt> rebuild(const OpenLedger& open, std::size_t threads, LedgerSize size, Instant as_of,
                        std::optional<LedgerIndex> without = {});
// evaluate_by_outlet() with everything that is served beside it, and its errors.
Result<Rebuilt> rebuild_by_outlet(const FullAsk& ask);
// The same by an Engine, entry by entry, as what is served came about: ten times as slow, and the
// one that says which entry of a ledger is not in order.
Result<Rebuilt> rebuild_in_order(LedgerReader& reader, LedgerSize size, Instant as_of,
                                 std::optional<LedgerIndex> without = {});

// The rows of a closing as its entry's prefix gives them. kCorrupt when their root is not that of
// the closing: a content was withdrawn since, or the closing was never true.
Result<std::vector<ResultRow>> rows_of_closing(LedgerReader& reader, const PeriodClosed& closed);

}  // namespace plumbline

#endif  // PLUMBLINE_EVALUATOR_REBUILD_H_
