// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_PROGRAMS_PLUMBD_INIT_H_
#define PLUMBLINE_PROGRAMS_PLUMBD_INIT_H_

#include <optional>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "programs/plumbd_layout.h"

namespace plumbline {

// What a new ledger is told by.
struct InitReport {
  std::string ledger_id;
  std::string checkpoint_verifier;  // verifier_key_text(): what an auditor keeps
};

// What a new ledger is for.
struct InitOptions {
  std::string network;
  // A simulated ledger: its clock stands at `from`, is advanced up to `until`, and runs from there.
  struct Simulated {
    Instant from, until;
  };
  std::optional<Simulated> simulated;
};

// The beginning of a simulated ledger of which the end alone is given: 1 January, six years before
// the end's year, UTC.
Instant default_simulated_beginning(Instant until);

// Makes a data folder: keys, and a ledger with its genesis. kExists where there is a ledger
// already; what an init that was cut off has left is used again. kDenied for a folder that others
// may enter and that is not empty; kInvalid for a network without a name and a simulation that ends
// before it begins. The genesis of a simulated ledger is recorded at the simulated beginning.
Result<InitReport> init_data_folder(const DataLayout& layout, const InitOptions& options,
                                    const Clock& clock);

}  // namespace plumbline

#endif  // PLUMBLINE_PROGRAMS_PLUMBD_INIT_H_
