// SPDX-License-Identifier: Apache-2.0
#include "evaluator/finding_book.h"

#include <algorithm>

#include "base/check.h"

namespace plumbline {

std::vector<std::string> FindingBook::learn(const Fact& fact) {
  if (fact.kind != "finding") return {};
  std::vector<std::string> outlets;
  if (auto old = findings_.find(fact.id); old != findings_.end()) {
    outlets.push_back(old->second.attribute("outlet"));
    of_outlet_[outlets.back()].erase(fact.id);
    findings_.erase(old);
  }
  if (!fact.attribute("withdrawn").empty()) return outlets;
  findings_.emplace(fact.id, fact);
  outlets.push_back(fact.attribute("outlet"));
  of_outlet_[outlets.back()].insert(fact.id);
  if (fact.from && (!day_ || *day_ < *fact.from)) to_come_[*fact.from].insert(fact.id);
  return outlets;
}

std::vector<std::string> FindingBook::advance(Date day) {
  CHECK(!day_ || *day_ <= day, "days do not go back");
  day_ = day;
  std::vector<std::string> outlets;
  while (!to_come_.empty() && to_come_.begin()->first <= day) {
    for (const std::string& id : to_come_.begin()->second) {
      // It may have been withdrawn or changed since; then its outlet was told of that.
      auto found = findings_.find(id);
      if (found != findings_.end()) outlets.push_back(found->second.attribute("outlet"));
    }
    to_come_.erase(to_come_.begin());
  }
  return outlets;
}

std::vector<FindingBook::Acting> FindingBook::acting(const std::string& outlet,
                                                     const std::string& code, Date first,
                                                     Date last) const {
  std::vector<Acting> out;
  auto ids = of_outlet_.find(outlet);
  if (ids == of_outlet_.end() || !day_) return out;
  const Date end = std::min(last, *day_);
  for (const std::string& id : ids->second) {
    const Fact& fact = findings_.at(id);
    if (fact.attribute("code") != code) continue;
    bool begun = !fact.from || *fact.from <= end;
    bool over = fact.until && *fact.until < first;
    if (begun && !over && first <= end) out.push_back({id, fact.from.value_or(first)});
  }
  return out;
}

}  // namespace plumbline
