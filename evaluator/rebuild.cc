// SPDX-License-Identifier: Apache-2.0
#include "evaluator/rebuild.h"

#include <fmt/format.h>

#include "evaluator/closed_results.h"

namespace plumbline {

Result<std::size_t> fold_chunk(LedgerReader& reader, Engine& engine, LedgerSize to) {
  std::size_t taken = 0;
  auto take = [&](const StoredEntry& entry) -> Status {
    if (engine.needs_restart() || entry.index.value >= to.value) return {};
    ++taken;
    return engine.apply(entry);
  };
  if (engine.next().value >= to.value) return taken;
  ASSIGN_OR_RETURN(LedgerIndex behind, reader.read(engine.next(), take));
  static_cast<void>(behind);
  if (engine.needs_restart()) {
    std::optional<Instant> as_of = engine.as_of();
    engine.restart();
    if (as_of) RETURN_IF_ERROR(engine.advance(*as_of));
  }
  return taken;
}

namespace {

Status fold(LedgerReader& reader, LedgerSize size, Instant as_of, Engine& engine) {
  RETURN_IF_ERROR(engine.advance(as_of));
  while (engine.next().value < size.value) {
    ASSIGN_OR_RETURN(std::size_t taken, fold_chunk(reader, engine, size));
    if (taken == 0) {
      return Error(Code::kNotFound, fmt::format("the ledger has {} entries, {} were asked for",
                                                engine.next().value, size.value));
    }
  }
  return {};
}

Result<std::vector<ResultRow>> computed_rows(LedgerReader& reader, const PeriodClosed& closed) {
  Engine engine;
  RETURN_IF_ERROR(fold(reader, closed.size, closed.as_of, engine));
  return rows_of_period(engine.rows(), closed.standard, closed.period);
}

}  // namespace

Result<std::vector<ResultRow>> rows_of_closing(LedgerReader& reader, const PeriodClosed& closed) {
  ASSIGN_OR_RETURN(std::vector<ResultRow> rows, computed_rows(reader, closed));
  if (results_root(rows) == closed.root) return rows;
  return Error(Code::kCorrupt,
               fmt::format("the results of {} in {} as of {} cannot be computed as they were "
                           "published",
                           closed.standard, closed.period, format_instant(closed.as_of)));
}

Result<Rebuilt> rebuild(LedgerReader& reader, LedgerSize size, Instant as_of,
                        std::optional<LedgerIndex> without) {
  Engine engine;
  if (without) engine.presume_withdrawn(*without);
  RETURN_IF_ERROR(fold(reader, size, as_of, engine));
  // Where a withdrawal made the published rows impossible, what is left of them is shown.
  auto frozen = [&](const PeriodClosed& closed) { return computed_rows(reader, closed); };
  ClosedResults closed;
  ASSIGN_OR_RETURN(std::vector<ResultRow> rows,
                   served_rows(engine.rows(), engine.registry().closings, frozen, closed));
  return Rebuilt{engine.header(), std::move(rows), engine.counters(), engine.withdrawn_later()};
}

}  // namespace plumbline
