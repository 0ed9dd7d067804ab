// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_REGISTRY_REGISTRY_PLAN_H_
#define PLUMBLINE_REGISTRY_REGISTRY_PLAN_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "model/fact.h"
#include "model/office_record.h"
#include "registry/fact_kinds.h"

// What handing in outlets and facts would change: decided before anything is written. Pure.
namespace plumbline {

struct RegistryState;  // registry/office.h

struct RegistryInput {
  std::vector<OutletAdded> outlets;
  std::vector<Fact> facts;
};

struct RegistryPlan {
  enum class List { kOutlets, kFacts };
  struct Wrong {
    List list;
    std::size_t at;  // in that list of the input
    AttributeProblem problem;
  };
  struct Change {
    enum class How { kAdded, kChanged, kWithdrawn };
    How how;
    std::string kind, id;              // kind "outlet" for an outlet
    std::vector<std::string> differs;  // kChanged: "from", "until" and attributes, sorted
  };

  std::vector<Wrong> problems;       // of all rows; nothing is to be written while there is one
  std::vector<OutletAdded> outlets;  // to add
  std::vector<Fact> facts;           // to record
  std::vector<Change> changes;       // of `outlets`, then of `facts`, in their order
  std::size_t unchanged = 0;         // rows that say what is known already

  std::size_t count(Change::How how, List list) const;
  // One problem a line: institution "x", "place": sentence.
  std::string problem_text(const RegistryInput& input) const;

  static std::string_view how_name(Change::How how);  // "added", "changed", "withdrawn"
};

// References are looked up among what the state knows and what is handed in. An outlet whose place
// is of a level that has divisions must stand in one of them.
RegistryPlan plan_registry(const RegistryState& state, const RegistryInput& input);

// Everything that is wrong with an outlet by itself; a place goes by "place:<level>".
std::vector<AttributeProblem> check_outlet(const OutletAdded& outlet);

}  // namespace plumbline

#endif  // PLUMBLINE_REGISTRY_REGISTRY_PLAN_H_
