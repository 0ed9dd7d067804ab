// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_STORE_SQLITE_LEDGER_TABLES_H_
#define PLUMBLINE_STORE_SQLITE_LEDGER_TABLES_H_

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/result.h"
#include "model/office_record.h"
#include "store/sqlite/connection.h"
#include "store/store.h"

namespace plumbline {

// What a record of the office does to the ledger itself.
struct RecordEffect {
  std::optional<KeyEnrolled> enrolled;
  std::optional<KeyRotated> rotated;
  std::optional<KeyRevoked> revoked;
  std::optional<ContentRedacted> redacted;
};

// The tables of ledger.db as their one writer sees them, with the rules of admission. Everything
// but stream() belongs to one thread; stream() may be called from any.
//
// begin(), any number of admit() and append(), then commit(): each sees what the ones before it
// did, so that batches admitted together have the outcomes they would have one after the other.
// After an Error of begin(), of commit(), or with broken() set, the object is of no more use but
// for stream().
class LedgerTables {
 public:
  // checkpoint_if_due() finds it due whenever about `log_bytes` were written.
  static Result<std::unique_ptr<LedgerTables>> open(const std::string& path,
                                                    std::uint64_t log_bytes);

  LedgerSize size() const { return size_; }
  Instant last_recorded_at() const { return last_recorded_at_; }

  // Entries written until commit() are recorded at `now`, or at the last entry's time if later.
  void begin(Instant now);
  // kCorrupt when a repeat names an entry that cannot be read; any other error sets broken().
  Result<Admitted> admit(const Admission& admission);
  // Errors as in LedgerWriter.
  Result<LedgerIndex> append(EntryKind kind, BytesView record, const RecordEffect& effect);
  // Durable on return; false where nothing was to be written, which costs nothing.
  Result<bool> commit();
  // The failure of a write since begin(): the transaction must not be committed.
  const std::optional<Error>& broken() const { return broken_; }
  // Undoes the transaction.
  void roll_back();

  // After a commit that withdrew a content: empties the WAL, in which its bytes still stand. Where
  // a reader prevents it, erase_due() stays true, and it is to be called again.
  Status erase_if_due();
  bool erase_due() const { return erase_due_; }

  // Moves the WAL into the database file if it has grown enough to be worth it.
  Status checkpoint_if_due();

  // As of the last commit; kNotFound.
  Result<StreamState> stream(const StreamId& id) const EXCLUDES(mutex_);

 private:
  struct Stream {
    std::int64_t id = 0;  // of the row
    StreamState state;
    bool moved = false;  // head, next sequence and whether it is closed have to be written
  };
  using Streams = std::unordered_map<StreamId, Stream>;

  LedgerTables(std::unique_ptr<sqlite::Connection> connection, std::uint64_t log_bytes);

  Status prepare();
  Status load_tail();
  Status load_streams() EXCLUDES(mutex_);
  Result<Stream> read_stream_row(const sqlite::Statement& row) const;

  // The stream within the open transaction; nullptr when there is none.
  const Stream* find(const StreamId& id) const EXCLUDES(mutex_);
  Stream& edit(const Stream& stream);

  Status begin_writing();
  Result<Admitted> repeated(const Stream& stream, const Admission& admission);
  Result<Admitted> equivocated(const Stream& stream, const Admission& admission, const Hash& held);
  Result<Admitted> committed(const Stream& stream, const Admission& admission);
  Result<LedgerIndex> write_entry(EntryKind kind, BytesView payload, const Bytes* content);
  // Whether the streams allow what a record does to them, and the doing; ledger_streams.cc.
  Status check_new_stream(const StreamId& stream, const OutletId& outlet) const;
  Result<const Stream*> open_stream(const StreamId& id) const;
  Status check_streams(const RecordEffect& effect) const;
  Status change_streams(const RecordEffect& effect);
  Status write_stream(StreamState state);
  Status check_redaction(const ContentRedacted& redacted);
  Status withdraw(LedgerIndex index);
  Status find_unfinished_erasure();
  Status write_heads();
  Status broke(Status status);

  // Declared before the statements, which must go first.
  std::unique_ptr<sqlite::Connection> connection_;
  const std::uint64_t log_bytes_;
  sqlite::Statement begin_, commit_, insert_entry_, insert_batch_, find_batch_, read_entry_,
      insert_stream_, update_stream_, insert_equivocation_, find_content_, clear_content_;

  LedgerSize size_;           // within the open transaction
  Instant last_recorded_at_;  // likewise
  Instant now_;
  bool writing_ = false;  // BEGIN was executed
  std::optional<Error> broken_;
  Streams changed_;           // streams touched by the open transaction
  bool withdrawing_ = false;  // the open transaction withdraws a content
  bool erase_due_ = false;
  std::uint64_t unmoved_bytes_ = 0;  // written to the WAL since its last checkpoint, about

  mutable Mutex mutex_;
  Streams streams_ GUARDED_BY(mutex_);  // as of the last commit
};

}  // namespace plumbline

#endif  // PLUMBLINE_STORE_SQLITE_LEDGER_TABLES_H_
