// SPDX-License-Identifier: Apache-2.0
#include "evaluator/window_book.h"

#include "base/check.h"

namespace plumbline {
namespace {

Date later(Date day, int days) {
  return date_from_days(days_from_date(day) + days);
}

}  // namespace

DayRange last_days(Date last, int days) {
  return {later(last, 1 - days), last};
}

bool is_rolling(const Indicator& indicator) {
  return indicator.window_days > 0 || indicator.fallback_days > 0;
}

void WindowBook::change(const Key& key, const Indicator& indicator,
                        const Contribution& contribution, bool add) {
  auto& days = cells_[key];
  auto [found, fresh] = days.try_emplace(contribution.day);
  found->second.change(indicator, contribution, add);
  if (found->second.empty()) days.erase(found);
  if (!fresh) return;
  for (int after : {0, indicator.window_days, indicator.fallback_days}) {
    Date at = later(contribution.day, after);
    if (!day_ || *day_ < at) changes_[at].insert(key);
  }
}

TallyBook::Cell WindowBook::sum(const Key& key, const Indicator& indicator, DayRange days) const {
  TallyBook::Cell out;
  out.by.resize(indicator.by.size());
  auto found = cells_.find(key);
  if (found == cells_.end()) return out;
  auto end = found->second.upper_bound(days.last);
  for (auto cell = found->second.lower_bound(days.first); cell != end; ++cell) {
    out.add_all(cell->second);
  }
  return out;
}

std::set<WindowBook::Key> WindowBook::advance(Date day) {
  CHECK(!day_ || *day_ <= day, "days do not go back");
  day_ = day;
  std::set<Key> changed;
  while (!changes_.empty() && changes_.begin()->first <= day) {
    changed.merge(changes_.begin()->second);
    changes_.erase(changes_.begin());
  }
  return changed;
}

}  // namespace plumbline
