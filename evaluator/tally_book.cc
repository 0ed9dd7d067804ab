// SPDX-License-Identifier: Apache-2.0
#include "evaluator/tally_book.h"

#include "base/check.h"

namespace plumbline {

std::size_t TallyBook::KeyHash::operator()(const Key& key) const noexcept {
  auto months = static_cast<std::uint64_t>(key.period.year * 16 + key.period.month);
  std::uint64_t bits = (std::uint64_t{key.indicator} << 44) ^ (std::uint64_t{key.unit} << 18) ^
                       (months << 1) ^ static_cast<std::uint64_t>(key.period.unit);
  // The finaliser of SplitMix64, so that neighbouring keys do not share a bucket.
  bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9ULL;
  bits = (bits ^ (bits >> 27)) * 0x94d049bb133111ebULL;
  return static_cast<std::size_t>(bits ^ (bits >> 31));
}

void TallyBook::add(const Key& key, const Indicator& indicator, const Contribution& contribution) {
  Cell& cell = cells_[key];
  cell.by.resize(indicator.by.size());
  cell.total.add(indicator.aggregate, contribution.sample);
  for (std::size_t b = 0; b < cell.by.size(); ++b) {
    cell.by[b][contribution.groups[b]].add(indicator.aggregate, contribution.sample);
  }
}

void TallyBook::remove(const Key& key, const Indicator& indicator,
                       const Contribution& contribution) {
  auto found = cells_.find(key);
  CHECK(found != cells_.end(), "a contribution is removed that was never added");
  Cell& cell = found->second;
  cell.total.remove(indicator.aggregate, contribution.sample);
  for (std::size_t b = 0; b < cell.by.size(); ++b) {
    auto group = cell.by[b].find(contribution.groups[b]);
    CHECK(group != cell.by[b].end(), "a contribution is removed from a group without it");
    group->second.remove(indicator.aggregate, contribution.sample);
    if (group->second.empty()) cell.by[b].erase(group);
  }
  if (cell.total.empty()) cells_.erase(found);
}

const TallyBook::Cell* TallyBook::find(const Key& key) const {
  auto found = cells_.find(key);
  return found == cells_.end() ? nullptr : &found->second;
}

}  // namespace plumbline
