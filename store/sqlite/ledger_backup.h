// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_STORE_SQLITE_LEDGER_BACKUP_H_
#define PLUMBLINE_STORE_SQLITE_LEDGER_BACKUP_H_

#include <functional>
#include <string>

#include "base/result.h"
#include "model/ids.h"

// Copies of the database files while their writers run. All of them read through read-only
// connections, which never checkpoint.
namespace plumbline {

using CopyProgress = std::function<void(LedgerIndex done, LedgerSize of, std::uint64_t bytes)>;

// Copies the ledger at `source` to the new file `target`, in chunks of a bounded size, so that the
// writer's log does not grow meanwhile; what it took in during that is caught up with in one last
// transaction. The copy is one moment of the ledger: its entries, streams and evidence. A content
// that was withdrawn meanwhile is in no page of the copy. Durable on return; without a write-ahead
// log, so that it can be read from a medium that cannot be written. Returns the copy's size.
// kExists when the target is there; a copy that failed is left where it is.
Result<LedgerSize> copy_sqlite_ledger(const std::string& source, const std::string& target,
                                      const CopyProgress& progress);

// Copies a small database, such as portal.db, in one transaction of reading; likewise.
Status copy_sqlite_database(const std::string& source, const std::string& target);

// Makes a copy fit for a writer again: turns on its write-ahead log.
Status make_sqlite_writable(const std::string& path);

}  // namespace plumbline

#endif  // PLUMBLINE_STORE_SQLITE_LEDGER_BACKUP_H_
