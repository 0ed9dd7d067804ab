// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_PROGRAMS_PLUMB_LEDGER_CHECK_H_
#define PLUMBLINE_PROGRAMS_PLUMB_LEDGER_CHECK_H_

#include <optional>
#include <string>

#include "evidence/verify.h"
#include "model/office_record.h"

// What backup and restore share.
namespace plumbline {

constexpr std::size_t kMaxCheckpointBytes = 4096;

struct LedgerCheck {
  Genesis genesis;
  VerifyReport report;

  // kCorrupt, naming the first bad entry, where the ledger did not verify.
  Status refusal(const std::string& sentence) const;
};

// Verifies the ledger of a file against a checkpoint, on all cores, telling how far it is.
Result<LedgerCheck> check_ledger_file(const std::string& path,
                                      const std::optional<std::string>& checkpoint);

// Fsyncs every folder of a tree whose files are synced already.
Status sync_tree(const std::string& folder);

// Renames a folder durably; kExists when the new name is taken.
Status move_folder(const std::string& from, const std::string& to);

}  // namespace plumbline

#endif  // PLUMBLINE_PROGRAMS_PLUMB_LEDGER_CHECK_H_
