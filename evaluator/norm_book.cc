// SPDX-License-Identifier: Apache-2.0
#include "evaluator/norm_book.h"

#include <algorithm>
#include <tuple>

#include "base/check.h"

namespace plumbline {

NormBook::Touched NormBook::learn(const Fact& fact, Instant recorded_at) {
  Touched touched;
  if (fact.kind == "norm") {
    norms_[fact.id].push_back({recorded_at, fact});
    touched.all = true;
  }
  if (fact.kind != "class") return touched;
  if (auto old = classes_.find(fact.id); old != classes_.end()) {
    touched.outlets.push_back(old->second.attribute("outlet"));
    of_outlet_[touched.outlets.back()].erase(fact.id);
    classes_.erase(old);
  }
  if (!fact.attribute("withdrawn").empty()) return touched;
  const std::string& outlet = fact.attribute("outlet");
  classes_.emplace(fact.id, fact);
  touched.outlets.push_back(outlet);
  of_outlet_[outlet].insert(fact.id);
  if (fact.from) wait_for(*fact.from, outlet);
  if (fact.until) wait_for(date_from_days(days_from_date(*fact.until) + 1), outlet);
  return touched;
}

void NormBook::wait_for(Date day, const std::string& outlet) {
  if (!day_ || *day_ < day) changes_[day].insert(outlet);
}

std::vector<std::string> NormBook::advance(Date day) {
  CHECK(!day_ || *day_ <= day, "days do not go back");
  day_ = day;
  std::vector<std::string> outlets;
  while (!changes_.empty() && changes_.begin()->first <= day) {
    const std::set<std::string>& these = changes_.begin()->second;
    outlets.insert(outlets.end(), these.begin(), these.end());
    changes_.erase(changes_.begin());
  }
  return outlets;
}

std::string NormBook::class_of(const std::string& outlet, Date day) const {
  auto ids = of_outlet_.find(outlet);
  if (ids == of_outlet_.end()) return "";
  const Fact* newest = nullptr;
  for (const std::string& id : ids->second) {
    const Fact& fact = classes_.at(id);
    if (!fact.is_true_on(day)) continue;
    // Ids ascend, so of two that began on one day the later id stands.
    if (newest == nullptr || newest->from <= fact.from) newest = &fact;
  }
  return newest == nullptr ? "" : newest->attribute("class");
}

NormInForce NormBook::norm(const Standard& standard, const Criterion& criterion,
                           const std::string& outlet, Date day, Date first, Instant start) const {
  CHECK(criterion.norm.has_value(), "only a criterion with a norm asks for it");
  const std::string of_class = class_of(outlet, day);
  if (!of_class.empty()) {
    if (auto found = published(standard, criterion, of_class, first, start)) return *found;
  }
  for (const auto& [name, value] : criterion.norm->classes) {
    if (name == of_class) return {value, of_class, ""};
  }
  return {criterion.norm->otherwise, of_class, ""};
}

std::optional<NormInForce> NormBook::published(const Standard& standard, const Criterion& criterion,
                                               const std::string& of_class, Date first,
                                               Instant start) const {
  const Version* newest = nullptr;
  std::optional<NormInForce> out;
  for (const auto& [id, versions] : norms_) {
    const Version* known = nullptr;
    for (const Version& version : versions) {
      if (version.recorded_at < start) known = &version;
    }
    if (known == nullptr || !known->fact.attribute("withdrawn").empty()) continue;
    const Fact& fact = known->fact;
    const bool is_it = fact.attribute("standard") == standard.id &&
                       fact.attribute("criterion") == criterion.id &&
                       fact.attribute("class") == of_class && fact.is_true_on(first);
    auto value = parse_decimal(fact.attribute("value"));
    if (!is_it || !value.ok() || !fits_norm(criterion, *value)) continue;
    // Ids ascend, so of two that were recorded at one instant the later id stands.
    if (newest != nullptr && known->recorded_at < newest->recorded_at) continue;
    newest = known;
    out = NormInForce{*value, of_class, id};
  }
  return out;
}

}  // namespace plumbline
