// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite/ledger_tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "ledger/entry.h"
#include "model/wire/batch.h"
#include "store/sqlite/ledger_schema.h"

namespace plumbline {

using sqlite::Access;
using sqlite::Connection;
using sqlite::ScopedReset;
using sqlite::Statement;

namespace {

// 8 KiB pages: a batch of 1000 events is about 20 KB and fills three.
// secure_delete: what is withdrawn is overwritten with zeros; the ledger deletes nothing else. Not
// every build of SQLite has it on by itself.
// FULL: a commit returns after the fsync of the WAL. Checkpoints are run by checkpoint_if_due(),
// outside of commits, so that no acknowledgement waits for one.
constexpr const char* kWriterSettings =
    "PRAGMA synchronous = FULL;"
    "PRAGMA wal_autocheckpoint = 0;"
    "PRAGMA journal_size_limit = 67108864;"
    "PRAGMA cache_size = -32768;"
    "PRAGMA secure_delete = ON;"
    "PRAGMA cell_size_check = ON";

// What a row costs in the WAL beside its own bytes: its share of the pages of `batches` and
// `streams`, and of the page it begins on.
constexpr std::uint64_t kRowOverheadBytes = 512;

Result<Hash> hash_of_stored_batch(BytesView stored) {
  ASSIGN_OR_RETURN(Entry entry, decode_entry(stored));
  if (entry.kind != EntryKind::kBatch) return Error(Code::kCorrupt, "it is no batch");
  ByteReader reader(entry.payload);
  ASSIGN_OR_RETURN(BatchHead head, decode_head(reader));
  return batch_hash(head.header);
}

template <typename T>
std::int64_t number(T value) {
  return static_cast<std::int64_t>(value);
}

}  // namespace

LedgerTables::LedgerTables(std::unique_ptr<Connection> connection, std::uint64_t log_bytes)
    : connection_(std::move(connection)), log_bytes_(log_bytes) {}

Result<std::unique_ptr<LedgerTables>> LedgerTables::open(const std::string& path,
                                                         std::uint64_t log_bytes) {
  ASSIGN_OR_RETURN(std::unique_ptr<Connection> connection,
                   Connection::open(path, Access::kReadWrite));
  ASSIGN_OR_RETURN(bool made, sqlite::check_identity(*connection, sqlite::kLedgerIdentity));
  if (!made) RETURN_IF_ERROR(connection->run("PRAGMA page_size = 8192"));
  RETURN_IF_ERROR(connection->run(kWriterSettings));
  if (!made) {
    RETURN_IF_ERROR(
        sqlite::create_schema(*connection, sqlite::kLedgerIdentity, sqlite::kLedgerSchema));
  }
  RETURN_IF_ERROR(connection->run(sqlite::kContentlessIndex));
  std::unique_ptr<LedgerTables> tables(new LedgerTables(std::move(connection), log_bytes));
  RETURN_IF_ERROR(tables->prepare());
  RETURN_IF_ERROR(tables->load_tail());
  RETURN_IF_ERROR(tables->load_streams());
  RETURN_IF_ERROR(tables->find_unfinished_erasure());
  return tables;
}

Status LedgerTables::prepare() {
  const std::pair<Statement*, const char*> statements[] = {
      {&begin_, "BEGIN IMMEDIATE"},
      {&commit_, "COMMIT"},
      {&insert_entry_, "INSERT INTO entries(idx, leaf, entry, content) VALUES(?1, ?2, ?3, ?4)"},
      {&insert_batch_, "INSERT INTO batches(stream, number, idx) VALUES(?1, ?2, ?3)"},
      {&find_batch_, "SELECT idx FROM batches WHERE stream = ?1 AND number = ?2"},
      {&read_entry_, "SELECT entry FROM entries WHERE idx = ?1"},
      {&insert_stream_,
       "INSERT INTO streams(id, stream, outlet, key, source_kind, historical, revoked, head, "
       "head_hash, next_sequence) VALUES(?1, ?2, ?3, ?4, ?5, ?6, 0, 0, ?7, ?8)"},
      {&update_stream_,
       "UPDATE streams SET head = ?2, head_hash = ?3, next_sequence = ?4, revoked = ?5 "
       "WHERE id = ?1"},
      {&insert_equivocation_,
       "INSERT INTO equivocations(stream, number, seen_at, count, head, content) "
       "VALUES(?1, ?2, ?3, 1, ?4, ?5) ON CONFLICT(stream) DO UPDATE SET count = count + 1"},
      {&find_content_, "SELECT entry, content IS NULL FROM entries WHERE idx = ?1"},
      {&clear_content_, "UPDATE entries SET content = NULL WHERE idx = ?1"},
  };
  for (const auto& [statement, sql] : statements) {
    ASSIGN_OR_RETURN(*statement, Statement::prepare(*connection_, sql));
  }
  return {};
}

Status LedgerTables::load_tail() {
  ASSIGN_OR_RETURN(
      Statement last,
      Statement::prepare(*connection_, "SELECT idx, entry FROM entries ORDER BY idx DESC LIMIT 1"));
  ASSIGN_OR_RETURN(bool row, last.step("reading the ledger's last entry"));
  if (!row) return {};
  auto index = static_cast<std::uint64_t>(last.integer(0));
  Result<Entry> entry = decode_entry(last.blob(1));
  if (!entry.ok()) {
    return Error(Code::kCorrupt,
                 fmt::format("{}: the last entry, {}, is damaged", connection_->path(), index),
                 entry.error());
  }
  size_ = LedgerSize(index + 1);
  last_recorded_at_ = entry->recorded_at;
  return {};
}

Result<LedgerTables::Stream> LedgerTables::read_stream_row(const Statement& row) const {
  Stream stream;
  StreamState& state = stream.state;
  stream.id = row.integer(0);
  ASSIGN_OR_RETURN(state.stream, StreamId::from(row.blob(1), "the stream's id"));
  ASSIGN_OR_RETURN(state.outlet, OutletId::parse(row.text(2)));
  ASSIGN_OR_RETURN(state.key, PublicKey::from(row.blob(3), "the stream's key"));
  std::int64_t kind = row.integer(4);
  if (kind < number(SourceKind::kAgent) || kind > number(SourceKind::kFeed)) {
    return Error(Code::kCorrupt, fmt::format("there is no source kind {}", kind));
  }
  state.source_kind = static_cast<SourceKind>(kind);
  state.historical = row.integer(5) != 0;
  state.revoked = row.integer(6) != sqlite::kStreamOpen;
  state.rotated = row.integer(6) == sqlite::kStreamRotated;
  state.head = BatchNumber(static_cast<std::uint64_t>(row.integer(7)));
  ASSIGN_OR_RETURN(state.head_hash, Hash::from(row.blob(8), "the hash of the stream's head"));
  state.next_sequence = Sequence(static_cast<std::uint64_t>(row.integer(9)));
  return stream;
}

Status LedgerTables::load_streams() {
  ASSIGN_OR_RETURN(Statement rows,
                   Statement::prepare(*connection_,
                                      "SELECT id, stream, outlet, key, source_kind, historical, "
                                      "revoked, head, head_hash, next_sequence FROM streams"));
  MutexLock lock(mutex_);
  for (;;) {
    ASSIGN_OR_RETURN(bool row, rows.step("reading the ledger's streams"));
    if (!row) return {};
    Result<Stream> stream = read_stream_row(rows);
    if (!stream.ok()) {
      return Error(Code::kCorrupt,
                   fmt::format("{}: stream {} is damaged", connection_->path(), rows.integer(0)),
                   stream.error());
    }
    streams_.emplace(stream->state.stream, *stream);
  }
}

Result<StreamState> LedgerTables::stream(const StreamId& id) const {
  MutexLock lock(mutex_);
  auto found = streams_.find(id);
  if (found == streams_.end()) {
    return Error(Code::kNotFound, "the ledger knows no stream " + id.hex());
  }
  return found->second.state;
}

const LedgerTables::Stream* LedgerTables::find(const StreamId& id) const {
  if (auto changed = changed_.find(id); changed != changed_.end()) return &changed->second;
  // Only this thread changes streams_, so the element stays after the lock is let go.
  MutexLock lock(mutex_);
  auto found = streams_.find(id);
  return found == streams_.end() ? nullptr : &found->second;
}

LedgerTables::Stream& LedgerTables::edit(const Stream& stream) {
  return changed_.try_emplace(stream.state.stream, stream).first->second;
}

void LedgerTables::begin(Instant now) {
  CHECK(!writing_ && changed_.empty(), "the last transaction was neither committed nor undone");
  now_ = now;
}

Status LedgerTables::begin_writing() {
  if (writing_) return {};
  RETURN_IF_ERROR(broke(begin_.run("beginning a commit to the ledger")));
  writing_ = true;
  return {};
}

Status LedgerTables::broke(Status status) {
  if (!status.ok() && !broken_) broken_ = status.error();
  return status;
}

Result<Admitted> LedgerTables::admit(const Admission& admission) {
  using Outcome = Admitted::Outcome;
  const Stream* stream = find(admission.stream);
  if (stream == nullptr) return Admitted{Outcome::kUnknown, {}, {}};
  const StreamState& state = stream->state;
  if (admission.number <= state.head) return repeated(*stream, admission);
  if (state.revoked) return Admitted{Outcome::kRevoked, {}, {}};
  if (admission.number > state.head.next()) return Admitted{Outcome::kGap, {}, {}};
  if (admission.previous != state.head_hash) return equivocated(*stream, admission, Hash());
  if (admission.first != state.next_sequence) return Admitted{Outcome::kBadSequence, {}, {}};
  return committed(*stream, admission);
}

Result<Admitted> LedgerTables::repeated(const Stream& stream, const Admission& admission) {
  find_batch_.bind(1, stream.id).bind(2, admission.number.value);
  ScopedReset reset_batch(find_batch_);
  Result<bool> found = find_batch_.step("looking for a repeated batch");
  if (!found.ok()) return broke(found.error()).error();
  if (!*found) {
    return Error(Code::kCorrupt,
                 fmt::format("{}: batch {} of stream {} has lost its place", connection_->path(),
                             admission.number.value, stream.state.stream.hex()));
  }
  std::int64_t index = find_batch_.integer(0);
  read_entry_.bind(1, index);
  ScopedReset reset_entry(read_entry_);
  found = read_entry_.step(fmt::format("reading entry {} for a repeated batch", index));
  if (!found.ok()) return broke(found.error()).error();
  Result<Hash> hash = hash_of_stored_batch(*found ? read_entry_.blob(0) : BytesView());
  if (!hash.ok()) {
    return Error(Code::kCorrupt, fmt::format("{}: entry {} is damaged", connection_->path(), index),
                 hash.error());
  }
  if (*hash == admission.hash) {
    ASSIGN_OR_RETURN(Entry entry, decode_entry(read_entry_.blob(0)));
    return Admitted{Admitted::Outcome::kRepeated, LedgerIndex(static_cast<std::uint64_t>(index)),
                    entry.recorded_at};
  }
  if (stream.state.revoked) return Admitted{Admitted::Outcome::kRevoked, {}, {}};
  return equivocated(stream, admission, *hash);
}

Result<Admitted> LedgerTables::equivocated(const Stream& stream, const Admission& admission,
                                           const Hash& held) {
  RETURN_IF_ERROR(begin_writing());
  insert_equivocation_.bind(1, stream.id)
      .bind(2, admission.number.value)
      .bind(3, std::max(now_, last_recorded_at_).ms)
      .bind_blob(4, admission.head)
      .bind_blob(5, admission.content);
  RETURN_IF_ERROR(broke(insert_equivocation_.run("keeping the evidence of a forked stream")));
  return Admitted{Admitted::Outcome::kEquivocated, {}, {}, held, admission.head};
}

Result<Admitted> LedgerTables::committed(const Stream& stream, const Admission& admission) {
  ASSIGN_OR_RETURN(LedgerIndex index,
                   write_entry(EntryKind::kBatch, admission.head, &admission.content));
  insert_batch_.bind(1, stream.id).bind(2, admission.number.value).bind(3, index.value);
  RETURN_IF_ERROR(broke(insert_batch_.run("writing a batch's place")));
  Stream& changed = edit(stream);
  changed.state.head = admission.number;
  changed.state.head_hash = admission.hash;
  changed.state.next_sequence = Sequence(admission.first.value + admission.count);
  changed.moved = true;
  return Admitted{Admitted::Outcome::kCommitted, index, last_recorded_at_};
}

Result<LedgerIndex> LedgerTables::write_entry(EntryKind kind, BytesView payload,
                                              const Bytes* content) {
  RETURN_IF_ERROR(begin_writing());
  Instant recorded_at = std::max(now_, last_recorded_at_);
  Bytes entry = encode_entry(Entry{kind, recorded_at, Bytes(payload)});
  Hash leaf = leaf_hash(entry);
  insert_entry_.bind(1, size_.value).bind_blob(2, leaf.view()).bind_blob(3, entry);
  if (content != nullptr) {
    insert_entry_.bind_blob(4, *content);
  } else {
    insert_entry_.bind_null(4);
  }
  RETURN_IF_ERROR(broke(insert_entry_.run(fmt::format("writing entry {}", size_.value))));
  unmoved_bytes_ += entry.size() + (content == nullptr ? 0 : content->size()) + kRowOverheadBytes;
  LedgerIndex index(size_.value);
  size_ = size_.next();
  last_recorded_at_ = recorded_at;
  return index;
}

Result<LedgerIndex> LedgerTables::append(EntryKind kind, BytesView record,
                                         const RecordEffect& effect) {
  bool empty = size_.value == 0;
  if (kind == EntryKind::kGenesis && !empty) {
    return Error(Code::kExists,
                 fmt::format("the ledger has its genesis and {} entries already", size_.value));
  }
  if (kind != EntryKind::kGenesis && empty) {
    return Error(Code::kConflict, "the first entry of a ledger is its genesis");
  }
  RETURN_IF_ERROR(check_streams(effect));
  if (effect.redacted) RETURN_IF_ERROR(check_redaction(*effect.redacted));
  ASSIGN_OR_RETURN(LedgerIndex index, write_entry(kind, record, nullptr));
  RETURN_IF_ERROR(change_streams(effect));
  if (effect.redacted) RETURN_IF_ERROR(withdraw(effect.redacted->index));
  return index;
}

Result<bool> LedgerTables::commit() {
  if (broken_) return *broken_;
  if (!writing_) return false;
  RETURN_IF_ERROR(write_heads());
  RETURN_IF_ERROR(broke(commit_.run("committing to the ledger")));
  writing_ = false;
  if (std::exchange(withdrawing_, false)) erase_due_ = true;
  MutexLock lock(mutex_);
  for (auto& [id, stream] : changed_) streams_.insert_or_assign(id, std::move(stream));
  changed_.clear();
  return true;
}

void LedgerTables::roll_back() {
  changed_.clear();
  withdrawing_ = false;
  if (!writing_) return;
  writing_ = false;
  // SQLite has undone the transaction by itself after some failures, and then refuses: either
  // way it is undone, and the caller reports why.
  (void)connection_->run("ROLLBACK");
}

Status LedgerTables::checkpoint_if_due() {
  if (unmoved_bytes_ < log_bytes_) return {};
  ASSIGN_OR_RETURN(std::int64_t left, connection_->checkpoint());
  // Pages that a reader still needs are moved next time.
  (void)left;
  unmoved_bytes_ = 0;
  return {};
}

}  // namespace plumbline
