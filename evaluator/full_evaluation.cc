// SPDX-License-Identifier: Apache-2.0
#include "evaluator/full_evaluation.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <thread>
#include <utility>

#include "base/check.h"
#include "evaluator/batch_entry.h"
#include "evaluator/outlet_columns.h"
#include "evaluator/outlet_facts.h"
#include "evaluator/unit_figures.h"
#include "evaluator/window_book.h"
#include "ledger/entry.h"

namespace plumbline {
namespace {

// One rule set and the periods that it answers for, at as-of. Immutable once made.
struct Part {
  Part(const Answering& answering, const RegistryState& registry, Instant as_of)
      : plans(answering.rules), units(plans.pack().levels) {
    const Calendar& calendar = plans.pack().calendar;
    for (const Standard& standard : plans.rules->standards) {
      periods.emplace_back(standard, calendar, answering.range);
      periods.back().advance(as_of);
    }
    for (const auto& [id, outlet] : registry.outlets) units.add_outlet(outlet);
    for (const FactBook::Version& known : facts_about_outlets(registry.facts)) {
      facts.learn(known.fact, known.recorded_at);
    }
    facts.advance(calendar.local_date(as_of));
    rows = {&plans, &periods, &facts, as_of};
  }
  Part(Part&&) = delete;

  RulePlans plans;
  UnitTable units;
  std::vector<PeriodList> periods;
  OutletFacts facts;
  RowMaker rows;
};

using UnitSums = std::map<UnitId, UnitFigures>;

// What all threads read, and the number of the next outlet that nobody has taken.
struct Shared {
  const FullAsk& ask;
  const RegistryState& registry;
  std::vector<std::unique_ptr<Part>> parts;
  std::vector<OutletId> outlets;
  std::atomic<std::size_t> next{0};
  std::atomic<bool> failed{false};
};

// One thread's share.
class Worker {
 public:
  explicit Worker(Shared& shared) : shared_(shared), sums_(shared.parts.size()) {
    for (const auto& part : shared.parts) {
      columns_.push_back(std::make_unique<OutletColumns>(part->plans, shared.ask.as_of));
    }
  }

  void run() {
    status_ = work();
    if (!status_.ok()) shared_.failed = true;
  }

  const Status& status() const { return status_; }
  std::vector<ResultRow>& rows() { return rows_; }
  UnitSums& sums(std::size_t part) { return sums_[part]; }
  const FoldCounters& counters(std::size_t part) const { return columns_[part]->counters(); }
  const std::vector<LedgerIndex>& withdrawn_later() const { return withdrawn_later_; }

 private:
  Status work() {
    ASSIGN_OR_RETURN(reader_, shared_.ask.open());
    while (!shared_.failed) {
      std::size_t number = shared_.next++;
      if (number >= shared_.outlets.size()) break;
      RETURN_IF_ERROR(fold(shared_.outlets[number]));
    }
    return {};
  }

  Status fold(const OutletId& outlet) {
    ASSIGN_OR_RETURN(std::vector<LedgerIndex> entries,
                     reader_->batches_of(outlet, LedgerIndex(0), shared_.ask.size));
    for (LedgerIndex index : entries) {
      RETURN_IF_ERROR(read(outlet, index, [&](const RuleFold::Batch& batch, bool lost) {
        for (auto& columns : columns_) columns->take(batch);
        if (lost && !shared_.registry.redactions.contains(index)) {
          withdrawn_later_.push_back(index);
        }
      }));
    }
    bool again = std::any_of(columns_.begin(), columns_.end(),
                             [](const auto& columns) { return columns->wants_again(); });
    for (std::size_t i = 0; again && i < entries.size(); ++i) {
      RETURN_IF_ERROR(read(outlet, entries[i], [&](const RuleFold::Batch& batch, bool) {
        for (auto& columns : columns_) {
          if (columns->wants_again()) columns->retake(batch);
        }
      }));
    }
    for (std::size_t p = 0; p < columns_.size(); ++p) {
      finish(*shared_.parts[p], outlet, columns_[p]->finish(), sums_[p]);
    }
    return {};
  }

  // Gives `take` the batch, and whether its content is gone.
  template <typename Take>
  Status read(const OutletId& outlet, LedgerIndex index, Take take) {
    auto corrupt = [&](std::string_view what) {
      return Error(Code::kCorrupt, fmt::format("entry {} {}", index.value, what));
    };
    ASSIGN_OR_RETURN(StoredEntry stored, reader_->at(index));
    ASSIGN_OR_RETURN(Entry entry, decode_entry(stored.entry));
    if (entry.kind != EntryKind::kBatch) return corrupt("is no batch");
    ASSIGN_OR_RETURN(BatchEntry batch, read_batch(stored, entry));
    if (batch.header.outlet != outlet) return corrupt("is a batch of another outlet");
    auto opened = shared_.registry.opened.find(batch.header.stream);
    if (opened == shared_.registry.opened.end() || opened->second.index >= index) {
      return corrupt("is a batch of a stream that no enrolment before it made");
    }
    auto redaction = shared_.registry.redactions.find(index);
    bool redacted =
        redaction != shared_.registry.redactions.end() && index < redaction->second.index;
    if (redacted || shared_.ask.without == index) withdraw(batch);
    const KeyEnrolled& stream = shared_.registry.streams.at(batch.header.stream);
    take(fold_input(batch, index, entry.recorded_at, stream), !stored.content.has_value());
    return {};
  }

  void finish(const Part& part, const OutletId& outlet, const UnitFigures& figures,
              UnitSums& sums) {
    std::uint32_t number = part.units.outlet(outlet);
    for (UnitId unit : part.units.units_of(number)) {
      const UnitTable::Unit& of = part.units.units()[unit];
      if (unit == part.units.unit_of(number)) {
        part.rows.rows(of, figures, rows_);
      } else {
        sums.try_emplace(unit, part.plans).first->second.add(part.plans, of.level, figures);
      }
    }
  }

  Shared& shared_;
  std::unique_ptr<LedgerReader> reader_;
  std::vector<std::unique_ptr<OutletColumns>> columns_;  // as Shared::parts
  std::vector<UnitSums> sums_;                           // likewise: units above the outlets
  std::vector<ResultRow> rows_;
  std::vector<LedgerIndex> withdrawn_later_;
  Status status_;
};

void add_to(FoldCounters& sum, const FoldCounters& part) {
  sum.events += part.events;
  sum.folded += part.folded;
  sum.pending += part.pending;
  sum.set_aside += part.set_aside;
  sum.duplicates += part.duplicates;
  sum.corrected += part.corrected;
  sum.voided += part.voided;
  sum.failed_cases += part.failed_cases;
  sum.open += part.open;
  sum.closed += part.closed;
  sum.overdue += part.overdue;
}

// The rows of the units above the outlets.
void upper_rows(const Part& part, std::size_t number,
                const std::vector<std::unique_ptr<Worker>>& workers, std::vector<ResultRow>& rows) {
  auto last = static_cast<LevelIndex>(part.plans.pack().levels.size() - 1);
  for (UnitId unit = 0; unit < part.units.units().size(); ++unit) {
    const UnitTable::Unit& of = part.units.units()[unit];
    if (of.level == last) continue;
    // The largest of all multisets are those of the network: one of them is taken over as it is.
    std::optional<UnitFigures> sum;
    for (const auto& worker : workers) {
      auto found = worker->sums(number).find(unit);
      if (found == worker->sums(number).end()) continue;
      if (sum) {
        sum->add(part.plans, of.level, found->second);
      } else {
        sum.emplace(std::move(found->second));
      }
    }
    if (!sum) sum.emplace(part.plans);
    part.rows.rows(of, *sum, rows);
  }
}

void run_all(const std::vector<std::unique_ptr<Worker>>& workers) {
  std::vector<std::thread> threads;
  for (std::size_t w = 1; w < workers.size(); ++w) {
    threads.emplace_back([&worker = *workers[w]] { worker.run(); });
  }
  workers[0]->run();
  for (std::thread& thread : threads) thread.join();
}

// True where every figure is one of whole months over the cases as they are.
bool goes_by_column(const RuleSet& rules) {
  for (const Standard& standard : rules.standards) {
    for (const Indicator& indicator : standard.indicators) {
      if (is_rolling(indicator) || !indicator.sources.empty()) return false;
    }
  }
  return true;
}

}  // namespace

Result<FullAnswer> evaluate_by_outlet(const FullAsk& ask) {
  if (ask.as_of != ceil_to_minute(ask.as_of)) {
    return Error(Code::kInvalid, "as-of is not a whole minute");
  }
  FullAnswer answer;
  OfficeTrail trail;
  {
    ASSIGN_OR_RETURN(std::unique_ptr<LedgerReader> reader, ask.open());
    ASSIGN_OR_RETURN(LedgerSize there, reader->size());
    if (there < ask.size) return Error(Code::kNotFound, "the ledger is shorter");
    ASSIGN_OR_RETURN(answer.office, trail.at(*reader, ask.size));
  }
  const RegistryState& registry = answer.office->registry;
  Shared shared{ask, registry, {}, {}};
  for (const Answering& part : answering(answer.office->in_force)) {
    if (!goes_by_column(*part.rules)) {
      return Error(Code::kUnsupported, "windows and demanded sources are not folded by column");
    }
    shared.parts.push_back(std::make_unique<Part>(part, registry, ask.as_of));
  }
  for (const auto& [id, outlet] : registry.outlets) shared.outlets.push_back(id);
  std::vector<std::unique_ptr<Worker>> workers;
  for (std::size_t w = 0; w < std::max<std::size_t>(1, ask.threads); ++w) {
    workers.push_back(std::make_unique<Worker>(shared));
  }
  run_all(workers);
  for (const auto& worker : workers) {
    RETURN_IF_ERROR(worker->status());
    std::move(worker->rows().begin(), worker->rows().end(), std::back_inserter(answer.rows));
    answer.withdrawn_later.insert(answer.withdrawn_later.end(), worker->withdrawn_later().begin(),
                                  worker->withdrawn_later().end());
    if (!shared.parts.empty()) {
      add_to(answer.counters, worker->counters(shared.parts.size() - 1));
    }
  }
  for (std::size_t p = 0; p < shared.parts.size(); ++p) {
    upper_rows(*shared.parts[p], p, workers, answer.rows);
  }
  std::sort(answer.rows.begin(), answer.rows.end());
  std::sort(answer.withdrawn_later.begin(), answer.withdrawn_later.end());
  return answer;
}

}  // namespace plumbline
