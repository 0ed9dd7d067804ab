// SPDX-License-Identifier: Apache-2.0
#include "evaluator/rebuild.h"

#include <fmt/format.h>

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

Result<Rebuilt> rebuild(LedgerReader& reader, LedgerSize size, Instant as_of,
                        std::optional<LedgerIndex> without) {
  Engine engine;
  if (without) engine.presume_withdrawn(*without);
  RETURN_IF_ERROR(engine.advance(as_of));
  while (engine.next().value < size.value) {
    ASSIGN_OR_RETURN(std::size_t taken, fold_chunk(reader, engine, size));
    if (taken == 0) {
      return Error(Code::kNotFound, fmt::format("the ledger has {} entries, {} were asked for",
                                                engine.next().value, size.value));
    }
  }
  return Rebuilt{engine.header(), engine.rows(), engine.counters(), engine.withdrawn_later()};
}

}  // namespace plumbline
