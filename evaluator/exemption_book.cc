// SPDX-License-Identifier: Apache-2.0
#include "evaluator/exemption_book.h"

#include "base/check.h"

namespace plumbline {

std::vector<std::string> ExemptionBook::learn(const Fact& fact) {
  if (fact.kind != "exemption") return {};
  std::vector<std::string> outlets;
  if (auto old = exemptions_.find(fact.id); old != exemptions_.end()) {
    outlets.push_back(old->second.attribute("outlet"));
    of_outlet_[outlets.back()].erase(fact.id);
    exemptions_.erase(old);
  }
  if (!fact.attribute("withdrawn").empty()) return outlets;
  exemptions_.emplace(fact.id, fact);
  outlets.push_back(fact.attribute("outlet"));
  of_outlet_[outlets.back()].insert(fact.id);
  if (fact.from) wait_for(*fact.from, fact.id);
  if (fact.until) wait_for(date_from_days(days_from_date(*fact.until) + 1), fact.id);
  return outlets;
}

void ExemptionBook::wait_for(Date day, const std::string& id) {
  if (!day_ || *day_ < day) changes_[day].insert(id);
}

std::vector<std::string> ExemptionBook::advance(Date day) {
  CHECK(!day_ || *day_ <= day, "days do not go back");
  day_ = day;
  std::vector<std::string> outlets;
  while (!changes_.empty() && changes_.begin()->first <= day) {
    for (const std::string& id : changes_.begin()->second) {
      // It may have been withdrawn or changed since; then its outlet was told of that.
      auto found = exemptions_.find(id);
      if (found != exemptions_.end()) outlets.push_back(found->second.attribute("outlet"));
    }
    changes_.erase(changes_.begin());
  }
  return outlets;
}

bool ExemptionBook::any(const std::string& outlet) const {
  auto ids = of_outlet_.find(outlet);
  return ids != of_outlet_.end() && !ids->second.empty();
}

std::vector<ExemptionBook::Acting> ExemptionBook::acting(const std::string& outlet,
                                                         const std::string& standard,
                                                         const std::string& criterion,
                                                         Date day) const {
  std::vector<Acting> out;
  auto ids = of_outlet_.find(outlet);
  if (ids == of_outlet_.end()) return out;
  for (const std::string& id : ids->second) {
    const Fact& fact = exemptions_.at(id);
    if (fact.attribute("standard") != standard || fact.attribute("criterion") != criterion ||
        !fact.is_true_on(day)) {
      continue;
    }
    out.push_back({id, fact.until});
  }
  return out;
}

}  // namespace plumbline
