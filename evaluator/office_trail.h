// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVALUATOR_OFFICE_TRAIL_H_
#define PLUMBLINE_EVALUATOR_OFFICE_TRAIL_H_

#include <map>
#include <memory>
#include <vector>

#include "base/result.h"
#include "evaluator/in_force.h"
#include "registry/office.h"
#include "store/store.h"

namespace plumbline {

// What the office's records of a ledger prefix say.
struct OfficeState {
  RegistryState registry;
  std::vector<InForce> in_force;  // in ledger order
  LedgerSize behind;              // just behind the last record that was applied
};

// Keeps the office's state beside a growing ledger: only records that are new are read, and
// batches never. Used by one thread at a time; what it gives may be kept and read anywhere.
class OfficeTrail {
 public:
  // The state of the prefix of `size` entries; the same object while no record comes between.
  // kCorrupt for a record that an honest server does not write, kUnsupported for a rule set that
  // this version cannot compile.
  Result<std::shared_ptr<const OfficeState>> at(LedgerReader& reader, LedgerSize size);

 private:
  // A state, and up to where there is no further record.
  struct Known {
    std::shared_ptr<const OfficeState> state = std::make_shared<OfficeState>();
    LedgerSize read;
  };
  Status extend(LedgerReader& reader, LedgerSize size, Known& known);
  Status apply(const StoredEntry& stored, OfficeState& state);
  Status activate(OfficeState& state);

  Known newest_;
  Known earlier_;  // of a prefix that lay behind the newest one when it was asked for
  std::map<Hash, std::shared_ptr<const RuleSet>> compiled_;
};

}  // namespace plumbline

#endif  // PLUMBLINE_EVALUATOR_OFFICE_TRAIL_H_
