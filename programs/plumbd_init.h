// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_PROGRAMS_PLUMBD_INIT_H_
#define PLUMBLINE_PROGRAMS_PLUMBD_INIT_H_

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

// Makes a data folder: keys, and a ledger with its genesis. kExists where there is a ledger
// already; what an init that was cut off has left is used again. kDenied for a folder that others
// may enter and that is not empty.
Result<InitReport> init_data_folder(const DataLayout& layout, const std::string& network,
                                    const Clock& clock);

}  // namespace plumbline

#endif  // PLUMBLINE_PROGRAMS_PLUMBD_INIT_H_
