// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVALUATOR_RULE_FOLD_H_
#define PLUMBLINE_EVALUATOR_RULE_FOLD_H_

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "evaluator/batch_entry.h"
#include "evaluator/case_book.h"
#include "evaluator/contribution.h"
#include "evaluator/intake.h"
#include "evaluator/outlet_facts.h"
#include "evaluator/period_list.h"
#include "evaluator/result_body.h"
#include "evaluator/rule_plans.h"
#include "evaluator/standard.h"
#include "evaluator/tally_book.h"
#include "evaluator/unit_table.h"
#include "evaluator/window_book.h"
#include "store/results.h"

namespace plumbline {

// What a fold holds and what it has cost, in counts.
struct FoldCounters {
  std::uint64_t events = 0;   // of all batches, whatever became of them
  std::uint64_t folded = 0;   // accepted and not later than as-of, duplicates and voided included
  std::uint64_t pending = 0;  // accepted, later than as-of
  std::uint64_t set_aside = 0;
  std::uint64_t duplicates = 0;
  std::uint64_t corrected = 0;  // events with other values than they were reported with
  std::uint64_t voided = 0;
  std::uint64_t failed_cases = 0;
  std::uint64_t open = 0;
  std::uint64_t closed = 0;
  std::uint64_t overdue = 0;
  // Cost, only growing: one more event adds the same to each, whatever the history.
  std::uint64_t cases_touched = 0;
  std::uint64_t tallies_touched = 0;
  std::uint64_t rows_rendered = 0;
};

// A case whose expressions failed, for listing.
struct FailedCase {
  OutletId outlet;
  std::string subject;
  std::string sentence;
};

// One rule set folded over a ledger prefix up to an as-of. What it says depends on the batches,
// outlets and facts given, in ledger order, and on as-of alone: not on how calls of apply() and
// advance() interleave. Pure; used by one thread at a time.
class RuleFold {
 public:
  RuleFold(std::shared_ptr<const RuleSet> rules, PeriodRange range);
  ~RuleFold();
  RuleFold(RuleFold&&) = delete;

  void add_outlet(const OutletAdded& outlet);
  // A fact on record since `recorded_at`; of use where results of outlets follow from its kind. An
  // outlet that it is about may come later.
  void add_fact(const Fact& fact, Instant recorded_at);

  // A batch: `content` as decoded, or why it is not there: "undecodable" or "withdrawn".
  struct Batch {
    LedgerIndex entry;
    Instant recorded_at;
    const BatchHeader* header = nullptr;
    const Content* content = nullptr;
    std::string problem;  // rule, when `content` is nullptr
    std::string sentence;
    bool historical = false;  // of a stream whose events carry no flags
    SourceKind source = SourceKind::kAgent;
  };
  void apply(const Batch& batch);

  // `as_of` must not be earlier than before.
  void advance(Instant as_of);

  // The rows that may differ since the last call, sorted; all rows the first time.
  std::vector<ResultRow> take_changed();
  // All rows, sorted: for each standard each period that has begun and each unit of the scored
  // level and of the levels for which it declares indicators.
  std::vector<ResultRow> rows() const;

  FoldCounters counters() const;
  const RuleSet& rules() const { return *plans_.rules; }

  // The cases, and what one of them gives to an indicator (both positions in RuleSet::standards and
  // Standard::indicators): nullptr where the indicator is of another case type.
  const CaseBook& cases() const { return book_; }
  const Contribution* contribution(CaseId id, std::size_t standard, std::size_t indicator) const;
  // The days whose cases an indicator counts for the outlet (Case::outlet) in a period.
  DayRange days_of(std::size_t standard, std::size_t indicator, std::uint32_t outlet,
                   const Period& period) const;
  // One row; nullopt when there is none of that key.
  std::optional<ResultRow> row(std::string_view standard, std::string_view level,
                               std::string_view unit, std::string_view period) const;
  // Units of the scored levels that have at least one row.
  std::uint64_t scored_units() const;

  // The newest limits::kMaxSetAsideListed of an outlet, oldest first. The outlet must exist.
  const std::deque<SetAside>& set_aside(const OutletId& outlet) const;
  // Positions of all events of the outlet that repeat a step, or amend what is voided already.
  const std::set<Position>& duplicates(const OutletId& outlet) const;
  std::vector<FailedCase> failed() const;

 private:
  struct Track;  // what a case gave to the tallies
  struct OutletLists;
  struct RowKey {
    std::uint32_t standard = 0;
    UnitId unit = 0;
    Period period;
    auto operator<=>(const RowKey&) const = default;
  };

  void put_aside(std::uint32_t outlet, SetAside item);
  void settle();
  void refresh(CaseId id);
  Contribution contribution_of(const RulePlans::Plan& plan, CaseId id);
  void refresh_counts(const Case& of, Track& track, bool failed);
  void contribute(std::uint32_t plan, std::uint32_t outlet, const Contribution& contribution,
                  bool add);
  void arrive(const CaseBook::Arrival& arrival);
  void touch_unit_rows(std::uint32_t outlet);
  void touch_outlets(const std::vector<std::string>& outlets);
  void touch_windows(const WindowBook::Key& key);
  void roll(const WindowBook::Key& key, const PeriodSpan& span, BodyFigure& figure) const;
  bool has_rows_at(std::uint32_t standard, LevelIndex level) const;
  ResultRow render(const RowKey& key, const PeriodSpan& span) const;
  template <typename Visit>
  void each_row(Visit visit) const;

  RulePlans plans_;
  const Pack& pack_;
  Intake intake_;
  CaseBook book_;
  OutletFacts facts_;
  UnitTable units_;
  TallyBook tallies_;
  WindowBook windows_;
  std::vector<PeriodList> periods_;      // of each standard
  std::set<Period::Unit> period_units_;  // of any standard
  std::vector<Track> tracks_;            // by case
  std::vector<OutletLists> lists_;       // by outlet
  std::vector<UnitCounts> counts_;       // by unit
  std::map<std::pair<UnitId, Period>, EventCounts> events_;
  std::unordered_map<StreamId, std::uint32_t> streams_;  // numbered as their batches come
  std::vector<SourceKind> source_kinds_;                 // of each of them
  std::set<CaseId> failed_;
  std::set<RowKey> dirty_rows_;
  std::set<UnitId> dirty_units_;
  FoldCounters counters_;
};

// A batch of the ledger as a fold takes it; it points into `read`.
RuleFold::Batch fold_input(const BatchEntry& read, LedgerIndex index, Instant recorded_at,
                           const KeyEnrolled& stream);

}  // namespace plumbline

#endif  // PLUMBLINE_EVALUATOR_RULE_FOLD_H_
