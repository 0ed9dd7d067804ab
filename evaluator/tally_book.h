// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVALUATOR_TALLY_BOOK_H_
#define PLUMBLINE_EVALUATOR_TALLY_BOOK_H_

#include <cstdint>
#include <map>
#include <unordered_map>
#include <vector>

#include "evaluator/contribution.h"
#include "evaluator/tally.h"
#include "evaluator/unit_table.h"
#include "packs/calendar.h"

namespace plumbline {

// The tallies of every indicator, unit and period. Every level's tally is counted from the cases
// themselves, never from the figures of the level below.
class TallyBook {
 public:
  struct Key {
    std::uint32_t indicator = 0;  // among all indicators of the rule set
    UnitId unit = 0;
    Period period;
    bool operator==(const Key&) const = default;
  };
  struct Cell {
    Tally total;
    std::vector<std::map<std::int8_t, Tally>> by;  // as Indicator::by; group -> tally
    std::int64_t left_out = 0;                     // cases, Contribution::State::kLeftOut

    // A case more; or one less that was there.
    void change(const Indicator& indicator, const Contribution& contribution, bool adds);
    // As Tally::append_all, for sums only.
    void add_all(const Cell& other);
    bool empty() const { return total.empty() && left_out == 0; }
  };

  // A case that counts or is left out: one more; or one less that was there.
  void change(const Key& key, const Indicator& indicator, const Contribution& contribution,
              bool adds);

  // nullptr when nothing is counted there.
  const Cell* find(const Key& key) const;

 private:
  struct KeyHash {
    std::size_t operator()(const Key& key) const noexcept;
  };
  std::unordered_map<Key, Cell, KeyHash> cells_;
};

}  // namespace plumbline

#endif  // PLUMBLINE_EVALUATOR_TALLY_BOOK_H_
