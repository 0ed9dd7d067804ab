// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_STORE_SQLITE_RESULTS_DB_H_
#define PLUMBLINE_STORE_SQLITE_RESULTS_DB_H_

#include <memory>
#include <string>

#include "base/result.h"
#include "store/results.h"

// The served results in one SQLite file, results.db. It is a projection of the ledger: commits
// survive a crash of the program, the newest ones not a crash of the machine (synchronous NORMAL).
namespace plumbline {

// Opens the results for writing; makes them where they are missing. kConflict when another writer
// has them open; kUnsupported (a newer version wrote them) and kCorrupt: call
// remove_sqlite_results() and open again.
Result<std::unique_ptr<ResultsStore>> open_sqlite_results(const std::string& path);

// Opens the results for reading, beside the writer: kNotFound while there are none, else as above.
// publish() and clear() answer kDenied. After the file was removed and made again, a reader that
// was open before reads the old one.
Result<std::unique_ptr<ResultsStore>> open_sqlite_results_reader(const std::string& path);

// Deletes the database with its side files. kConflict when a writer has it open.
Status remove_sqlite_results(const std::string& path);

}  // namespace plumbline

#endif  // PLUMBLINE_STORE_SQLITE_RESULTS_DB_H_
