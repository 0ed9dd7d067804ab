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

void TallyBook::Cell::change(const Indicator& indicator, const Contribution& contribution,
                             bool adds) {
  by.resize(indicator.by.size());
  if (contribution.state == Contribution::State::kLeftOut) {
    left_out += adds ? 1 : -1;
    CHECK(left_out >= 0, "what is taken back was left out before");
    return;
  }
  if (adds) {
    total.add(indicator.aggregate, contribution.sample);
  } else {
    total.remove(indicator.aggregate, contribution.sample);
  }
  for (std::size_t b = 0; b < by.size(); ++b) {
    Tally& group = by[b][contribution.groups[b]];
    if (adds) {
      group.add(indicator.aggregate, contribution.sample);
    } else {
      group.remove(indicator.aggregate, contribution.sample);
    }
    if (group.empty()) by[b].erase(contribution.groups[b]);
  }
}

void TallyBook::Cell::add_all(const Cell& other) {
  total.append_all(other.total);
  left_out += other.left_out;
  by.resize(other.by.size());
  for (std::size_t b = 0; b < by.size(); ++b) {
    for (const auto& [group, tally] : other.by[b]) by[b][group].append_all(tally);
  }
}

void TallyBook::change(const Key& key, const Indicator& indicator, const Contribution& contribution,
                       bool adds) {
  auto found = cells_.try_emplace(key).first;
  found->second.change(indicator, contribution, adds);
  if (found->second.empty()) cells_.erase(found);
}

const TallyBook::Cell* TallyBook::find(const Key& key) const {
  auto found = cells_.find(key);
  return found == cells_.end() ? nullptr : &found->second;
}

}  // namespace plumbline
