// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_STORE_SQLITE_ACCOUNTS_DB_H_
#define PLUMBLINE_STORE_SQLITE_ACCOUNTS_DB_H_

#include <memory>
#include <string>

#include "base/result.h"
#include "store/accounts.h"

// Accounts and sessions of the portal in one SQLite file, portal.db, with a record of who changed
// which account and why. Not a projection of the ledger: back it up.
namespace plumbline {

// Opens the file; makes it where it is missing, for its owner alone. kConflict when another
// program has it open; kUnsupported (a newer version wrote it) and kCorrupt.
Result<std::unique_ptr<AccountStore>> open_sqlite_accounts(const std::string& path);

}  // namespace plumbline

#endif  // PLUMBLINE_STORE_SQLITE_ACCOUNTS_DB_H_
