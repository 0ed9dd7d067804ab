// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVALUATOR_OUTLET_COLUMNS_H_
#define PLUMBLINE_EVALUATOR_OUTLET_COLUMNS_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "evaluator/case_book.h"
#include "evaluator/case_columns.h"
#include "evaluator/case_lanes.h"
#include "evaluator/contribution_lanes.h"
#include "evaluator/intake.h"
#include "evaluator/local_months.h"
#include "evaluator/plain_batch.h"
#include "evaluator/rule_fold.h"
#include "evaluator/rule_plans.h"
#include "evaluator/text_pool.h"
#include "evaluator/unit_figures.h"

namespace plumbline {

// One outlet folded by one rule set, as RuleFold folds it, where as-of is known before the first
// batch and nothing but the figures is asked for: batches are taken by column, and each case is
// looked at once, at the end.
//
// What corrections and voids are about needs the events one by one. So the batches of an outlet
// with an amendment are given a second time, and the cases that are meant, no others, go through a
// CaseBook.
//
// For one outlet after the other; used by one thread at a time.
class OutletColumns {
 public:
  // `plans` must outlive the object.
  OutletColumns(const RulePlans& plans, Instant as_of);

  // The batches of the outlet in ledger order; each content is decoded.
  void take(const RuleFold::Batch& batch);
  // True when all of them must be given again, to retake(), in the same order.
  bool wants_again() const { return !amended_.empty(); }
  void retake(const RuleFold::Batch& batch);

  // What the outlet comes to. The next batch is of another outlet.
  UnitFigures finish();

  // Of all outlets so far: all but the cost.
  const FoldCounters& counters() const { return counters_; }

 private:
  // The cases that amendments mean.
  struct Amended {
    explicit Amended(const EventCatalog& catalog) : book(catalog) {}
    CaseBook book;
    std::unordered_map<StreamId, std::uint32_t> streams;  // numbered as their batches come
    std::uint64_t pending = 0;  // events that were counted by take() already
    std::uint64_t reached = 0;
  };

  void take_block(const RuleFold::Batch& batch, const EventBlock& block, const PlainBlock& plain);
  void take_steps(const RuleFold::Batch& batch, const EventBlock& block, const PlainBlock& plain);
  void take_column(const EventBlock& block, const Column& column, CaseColumns& cases,
                   std::uint8_t slot);
  void take_event(const RuleFold::Batch& batch, const AcceptedEvent& event);
  void put_aside(const SetAside& item);
  // For an event that as-of has reached: true unless its step had happened before.
  bool fold_step(std::int64_t& step, Instant time) {
    if (step != CaseColumns::kNone) {
      ++counts_.duplicates;
      return false;
    }
    step = time.ms;
    return true;
  }
  EventCounts& events_at(Instant time) {
    std::int32_t month = months_.at(time);
    bool here = events_here_ != nullptr && month == events_month_;
    return here ? *events_here_ : other_month(month);
  }
  EventCounts& other_month(std::int32_t month);
  void add_flags(const RuleFold::Batch& batch, Instant time, EventCounts& events) const;
  static void set(CaseColumns& cases, std::uint32_t of, std::uint8_t slot, std::int64_t number,
                  std::uint64_t stamp) {
    if (cases.ordered[slot]) {
      std::uint64_t& last = cases.stamps[slot][of];
      if (stamp < last) return;
      last = stamp;
    }
    cases.values[slot][of] = number;
    cases.present[of] |= std::uint64_t{1} << slot;
  }
  std::uint64_t stamp(std::uint64_t offset) const { return batches_ << 16 | (offset + 1); }

  void begin_again();
  void retake_event(const RuleFold::Batch& batch, AcceptedEvent event);
  void retake_block(const EventBlock& block, const PlainBlock& plain,
                    std::vector<AcceptedEvent>& events);
  void finish_amended(UnitFigures& out);
  void finish_amended_case(const Case& of, UnitFigures& out);

  void finish_type(std::size_t type, UnitFigures& out);
  void count_cases(const CaseColumns& cases, std::size_t first, const CaseLanes& case_lanes);
  void contribute(std::uint32_t plan, const CaseColumns& cases, std::size_t first,
                  std::size_t count, UnitFigures& out);
  std::int8_t group_of(std::uint32_t plan, std::size_t by, const CaseColumns& cases,
                       std::size_t of);

  const RulePlans& plans_;
  const Pack& pack_;
  const Instant as_of_;
  Intake intake_;
  PlainCheck plain_;
  LocalMonths months_;
  FoldCounters counters_;

  // Of the outlet at hand.
  std::vector<CaseColumns> types_;
  TextPool texts_;
  UnitCounts counts_;
  std::map<std::int32_t, EventCounts> events_;
  std::int32_t events_month_ = 0;
  EventCounts* events_here_ = nullptr;  // of events_month_; nullptr: none yet
  std::uint64_t batches_ = 0;
  std::set<std::pair<std::uint16_t, std::string>> amended_;  // types and subjects
  std::unique_ptr<Amended> again_;
  std::vector<std::vector<std::vector<std::int8_t>>> groups_;  // plan, by, number of a text

  // Of the block at hand, by row.
  std::vector<std::uint32_t> cases_;
  std::vector<std::uint8_t> fresh_;
  std::vector<std::int64_t> dictionary_;

  // Of the stretch of cases at hand.
  ContributionLanes lanes_;
  std::array<bool, CaseLanes::kWidth> counts_here_;
  std::array<bool, CaseLanes::kWidth> failed_;
};

}  // namespace plumbline

#endif  // PLUMBLINE_EVALUATOR_OUTLET_COLUMNS_H_
