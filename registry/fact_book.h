// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_REGISTRY_FACT_BOOK_H_
#define PLUMBLINE_REGISTRY_FACT_BOOK_H_

#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "model/fact.h"
#include "model/ids.h"

namespace plumbline {

// The facts of a ledger prefix with both times: when each is true (Fact::from, until) and since
// when it is known (recorded_at). A later record of the same kind and id replaces the earlier one
// from its recorded_at on; what was known before stays. A fact with the attribute "withdrawn" (the
// reason) is known to be no fact. A plain value; pure.
class FactBook {
 public:
  static constexpr Instant kNow = {std::numeric_limits<std::int64_t>::max()};

  struct Version {
    LedgerIndex index;
    Instant recorded_at;
    Fact fact;
  };

  // Versions come in ledger order.
  void add(LedgerIndex index, Instant recorded_at, const Fact& fact);

  // Of each fact of the kind the latest version recorded at or before `known_by`, sorted by id;
  // withdrawn ones are left out. Pointers live until the next add().
  std::vector<const Version*> known(std::string_view kind, Instant known_by = kNow) const;
  // nullptr when it was not known then, or withdrawn.
  const Version* find(std::string_view kind, std::string_view id, Instant known_by = kNow) const;
  // All versions of a fact, the oldest first, withdrawn ones included; empty when never recorded.
  const std::vector<Version>& history(std::string_view kind, std::string_view id) const;

  // Kinds that were recorded, and ids of a kind, sorted.
  std::vector<std::string> kinds() const;
  std::vector<std::string> ids(std::string_view kind) const;

  bool empty() const { return versions_.empty(); }
  // How many versions were added: another number means other facts.
  std::uint64_t additions() const { return additions_; }

 private:
  using ById = std::map<std::string, std::vector<Version>, std::less<>>;
  std::map<std::string, ById, std::less<>> versions_;  // by kind
  std::uint64_t additions_ = 0;
};

}  // namespace plumbline

#endif  // PLUMBLINE_REGISTRY_FACT_BOOK_H_
