// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVALUATOR_WINDOW_BOOK_H_
#define PLUMBLINE_EVALUATOR_WINDOW_BOOK_H_

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "evaluator/contribution.h"
#include "evaluator/tally_book.h"
#include "evaluator/unit_table.h"

namespace plumbline {

// Days of a calendar, both included.
struct DayRange {
  Date first;
  Date last;
  bool holds(Date day) const { return first <= day && day <= last; }
};

// The last `days` days up to `last`.
DayRange last_days(Date last, int days);

// True where an indicator can reach behind its period.
bool is_rolling(const Indicator& indicator);

// Cases by their day, for the indicators that are rolling. A figure over some days adds them up,
// so what it costs follows from the length of the window and not from the history. Pure.
class WindowBook {
 public:
  struct Key {
    std::uint32_t indicator = 0;  // among all indicators of the rule set
    UnitId unit = 0;
    auto operator<=>(const Key&) const = default;
  };

  // A case more (or less), counted or left out.
  void change(const Key& key, const Indicator& indicator, const Contribution& contribution,
              bool add);

  TallyBook::Cell sum(const Key& key, const Indicator& indicator, DayRange days) const;

  // Days of `day` and before have come; never backwards. Returns those for which a case has come
  // into a window or has left one since the day before it.
  std::set<Key> advance(Date day);

 private:
  std::map<Key, std::map<Date, TallyBook::Cell>> cells_;
  std::map<Date, std::set<Key>> changes_;  // days that lie ahead
  std::optional<Date> day_;
};

}  // namespace plumbline

#endif  // PLUMBLINE_EVALUATOR_WINDOW_BOOK_H_
