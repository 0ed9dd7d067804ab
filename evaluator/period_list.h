// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVALUATOR_PERIOD_LIST_H_
#define PLUMBLINE_EVALUATOR_PERIOD_LIST_H_

#include <map>
#include <vector>

#include "evaluator/case_book.h"
#include "evaluator/standard.h"
#include "packs/calendar.h"

namespace plumbline {

// The periods that one rule set answers for: those that start in [from, until).
struct PeriodRange {
  Instant from = {std::numeric_limits<std::int64_t>::min()};
  Instant until = {std::numeric_limits<std::int64_t>::max()};
};

struct PeriodSpan {
  Period period;
  Instant start;
  Instant end;
  bool ended = false;        // as-of has reached its end: nothing of it lies ahead
  bool provisional = false;  // reaches beyond the days that the calendar covers
};

// The periods of a standard that have begun by an as-of. A period belongs to the standard when it
// lies wholly between `from` and `until` and its start in the range. Pure.
class PeriodList {
 public:
  // `standard` and `calendar` must outlive the list.
  PeriodList(const Standard& standard, const Calendar& calendar, PeriodRange range);

  // Returns the periods that have begun or ended since the last call.
  std::vector<Period> advance(Instant as_of);

  // nullptr unless the period has begun.
  const PeriodSpan* find(const Period& period) const;
  const std::map<Period, PeriodSpan>& begun() const { return begun_; }

 private:
  bool belongs(const PeriodSpan& span) const;
  PeriodSpan span_of(const Period& period) const;

  const Calendar& calendar_;
  PeriodRange range_;
  Instant first_;
  Instant last_;                  // end of the last day
  std::vector<PeriodSpan> next_;  // of each period unit, the first that has not begun
  std::map<Period, PeriodSpan> begun_;
};

}  // namespace plumbline

#endif  // PLUMBLINE_EVALUATOR_PERIOD_LIST_H_
