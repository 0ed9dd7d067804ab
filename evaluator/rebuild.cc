// SPDX-License-Identifier: Apache-2.0
#include "evaluator/rebuild.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "evaluator/closed_results.h"
#include "evaluator/target_fold.h"

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

// A reader that somebody else owns.
class LentReader : public LedgerReader {
 public:
  explicit LentReader(LedgerReader& reader) : reader_(reader) {}
  Result<LedgerSize> size() override { return reader_.size(); }
  Result<LedgerIndex> read(LedgerIndex from,
                           const std::function<Status(const StoredEntry&)>& take) override {
    return reader_.read(from, take);
  }
  Result<std::vector<Hash>> leaves(LedgerIndex from, std::size_t count) override {
    return reader_.leaves(from, count);
  }
  Result<StoredEntry> at(LedgerIndex index) override { return reader_.at(index); }
  Result<std::vector<LedgerIndex>> batches_of(const OutletId& outlet, LedgerIndex from,
                                              LedgerSize to) override {
    return reader_.batches_of(outlet, from, to);
  }
  Result<std::vector<LedgerIndex>> without_content(LedgerIndex from, LedgerSize to) override {
    return reader_.without_content(from, to);
  }

 private:
  LedgerReader& reader_;
};

Result<std::vector<ResultRow>> live_rows(const FullAsk& ask, FullAnswer& answer) {
  ASSIGN_OR_RETURN(answer, evaluate_by_outlet(ask));
  std::vector<ResultRow> rows = std::move(answer.rows);
  const std::vector<InForce>& in_force = answer.office->in_force;
  if (in_force.empty()) return rows;
  std::vector<ResultRow> targets =
      target_rows(*in_force.back().rules, answer.office->registry.facts, ask.as_of);
  std::move(targets.begin(), targets.end(), std::back_inserter(rows));
  std::sort(rows.begin(), rows.end());
  return rows;
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

Result<Rebuilt> rebuild_by_outlet(const FullAsk& ask) {
  FullAnswer answer;
  ASSIGN_OR_RETURN(std::vector<ResultRow> live, live_rows(ask, answer));
  auto frozen = [&](const PeriodClosed& closed) -> Result<std::vector<ResultRow>> {
    FullAnswer then;
    FullAsk earlier{ask.open, ask.threads, closed.size, closed.as_of, {}};
    ASSIGN_OR_RETURN(std::vector<ResultRow> rows, live_rows(earlier, then));
    return rows_of_period(rows, closed.standard, closed.period);
  };
  ClosedResults closed;
  Rebuilt out;
  ASSIGN_OR_RETURN(out.rows,
                   served_rows(std::move(live), answer.office->registry.closings, frozen, closed));
  out.header.size = ask.size;
  out.header.as_of = ask.as_of;
  if (!answer.office->in_force.empty()) {
    const Pack& pack = *answer.office->in_force.back().rules->pack;
    out.header.pack = pack.id;
    out.header.rule_hash = pack.rules.hex();
  }
  out.counters = answer.counters;
  out.withdrawn_later = std::move(answer.withdrawn_later);
  return out;
}

Result<Rebuilt> rebuild_in_order(LedgerReader& reader, LedgerSize size, Instant as_of,
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

Result<Rebuilt> rebuild(const OpenLedger& open, std::size_t threads, LedgerSize size, Instant as_of,
                        std::optional<LedgerIndex> without) {
  Result<Rebuilt> rebuilt = rebuild_by_outlet({open, threads, size, as_of, without});
  if (rebuilt.ok()) return rebuilt;
  ASSIGN_OR_RETURN(std::unique_ptr<LedgerReader> reader, open());
  return rebuild_in_order(*reader, size, as_of, without);
}

Result<Rebuilt> rebuild(LedgerReader& reader, LedgerSize size, Instant as_of,
                        std::optional<LedgerIndex> without) {
  OpenLedger open = [&reader]() -> Result<std::unique_ptr<LedgerReader>> {
    return std::unique_ptr<LedgerReader>(std::make_unique<LentReader>(reader));
  };
  return rebuild(open, 1, size, as_of, without);
}

}  // namespace plumbline
