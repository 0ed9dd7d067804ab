// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVALUATOR_UNIT_FIGURES_H_
#define PLUMBLINE_EVALUATOR_UNIT_FIGURES_H_

#include <cstdint>
#include <map>
#include <vector>

#include "evaluator/outlet_facts.h"
#include "evaluator/period_list.h"
#include "evaluator/result_body.h"
#include "evaluator/rule_plans.h"
#include "evaluator/unit_table.h"
#include "store/results.h"

namespace plumbline {

// What the cases and events of one unit come to, by local month (local_months.h); a year is the sum
// of its months. Nothing is ever taken away.
struct UnitFigures {
  UnitCounts counts;
  std::map<std::int32_t, EventCounts> events;
  std::vector<std::map<std::int32_t, TallyBook::Cell>> cells;  // as RulePlans::plans

  explicit UnitFigures(const RulePlans& plans) : cells(plans.plans.size()) {}
  // Adds those of a unit that is a part of this one, which is of the level: of indicators only
  // those that are declared there.
  void add(const RulePlans& plans, LevelIndex level, const UnitFigures& part);
};

void add_to(EventCounts& sum, const EventCounts& part);
void add_to(TallyBook::Cell& sum, const TallyBook::Cell& part);

// The rows of one unit for every standard and every period that has begun.
struct RowMaker {
  const RulePlans* plans = nullptr;
  const std::vector<PeriodList>* periods = nullptr;  // of each standard, at as-of
  const OutletFacts* facts = nullptr;                // likewise
  Instant as_of = {};

  void rows(const UnitTable::Unit& unit, const UnitFigures& figures,
            std::vector<ResultRow>& out) const;

 private:
  ResultRow row(std::uint32_t standard, const UnitTable::Unit& unit, const PeriodSpan& span,
                const UnitFigures& figures) const;
};

}  // namespace plumbline

#endif  // PLUMBLINE_EVALUATOR_UNIT_FIGURES_H_
