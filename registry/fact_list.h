// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_REGISTRY_FACT_LIST_H_
#define PLUMBLINE_REGISTRY_FACT_LIST_H_

#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "registry/office.h"

// Facts of the registry in a form that people read.
namespace plumbline {

struct FactQuery {
  std::string kind, id;             // empty: every one
  std::optional<Date> on;           // only facts that are true on this day
  std::optional<Instant> known_by;  // what was recorded up to here; nullopt: everything
  bool history = false;             // every version, those withdrawn included
};

struct ListedFact {
  FactBook::Version version;
  bool latest = false;  // no later version was recorded up to `known_by`
};

// Sorted by kind, id and ledger index. kInvalid for a kind that there is not.
Result<std::vector<ListedFact>> list_facts(const FactBook& facts, const FactQuery& query);

// The last millisecond of a local day of the newest rule set's calendar; of UTC without rules.
Result<Instant> end_of_day(const RegistryState& state, Date day);

// {facts: [{kind, id, from, until, attributes, entry, recorded_at, latest}]}
Json facts_json(const std::vector<ListedFact>& facts);
// A table with a heading; the attributes of a fact on a line below it.
std::string facts_text(const std::vector<ListedFact>& facts);

}  // namespace plumbline

#endif  // PLUMBLINE_REGISTRY_FACT_LIST_H_
