// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_STORE_SQLITE_LEDGER_DB_H_
#define PLUMBLINE_STORE_SQLITE_LEDGER_DB_H_

#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "store/change_feed.h"
#include "store/ledger_metrics.h"
#include "store/store.h"

// The ledger in one SQLite file, ledger.db: docs/decisions/sqlite-ledger.md.
namespace plumbline {

// Opens the ledger for writing; makes it where it is missing. Errors: kConflict when another
// writer has it open, kUnsupported when a newer version wrote it, kCorrupt when the file is no
// ledger or its last entry is damaged, kExhausted for a full disk, kIo.
//
// The writer has one thread of its own. It takes whatever is queued (within limits::kMaxCommit*),
// commits it as one transaction with an fsync, calls back, then publishes the size to `feed`. The
// destructor first commits what is queued. `clock`, `feed` and `metrics` must outlive the writer;
// `feed` (which gets the size at opening too) and `metrics` may be null. append() must not be
// called from a callback of admit(), which runs on the thread that append() waits for.
//
// The write-ahead log is moved into the database whenever about `log_bytes` were written. The
// default is four commits of the largest size; a crash leaves at most so much to read again.
Result<std::unique_ptr<LedgerWriter>> open_sqlite_writer(const std::string& path,
                                                         const Clock& clock, ChangeFeed* feed,
                                                         LedgerMetrics* metrics = nullptr,
                                                         std::uint64_t log_bytes = 32u << 20);

// Opens the ledger for reading, beside a writer or without one: kNotFound when there is no ledger
// yet, else as above. Bytes are handed out as stored: compare them with leaves() to find damage.
Result<std::unique_ptr<LedgerReader>> open_sqlite_reader(const std::string& path);

// The first conflicting batch of a stream, kept as evidence.
struct Equivocation {
  StreamId stream;
  BatchNumber number;  // the number that it claims
  Instant seen_at;
  std::uint64_t count = 0;  // conflicting batches of the stream so far, this one included
  Bytes head;
  Bytes content;
};
// All streams that equivocated, in the order of their enrolment.
Result<std::vector<Equivocation>> read_equivocations(const std::string& path);

}  // namespace plumbline

#endif  // PLUMBLINE_STORE_SQLITE_LEDGER_DB_H_
