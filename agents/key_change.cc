// SPDX-License-Identifier: Apache-2.0
#include "agents/key_change.h"

#include <cerrno>
#include <cstdio>
#include <vector>

#include "agents/spool.h"
#include "agents/spool_rows.h"
#include "base/file.h"
#include "base/limits.h"
#include "model/wire/batch.h"

namespace plumbline {
namespace {

Result<std::optional<PrivateKey>> key_if_there(const std::string& path) {
  Result<PrivateKey> key = PrivateKey::read_file(path);
  if (key.ok()) return std::optional<PrivateKey>(std::move(key).value());
  if (key.error().code() == Code::kNotFound) return std::optional<PrivateKey>();
  return key.error();
}

Result<PublicKey> enrolled_key(SqliteDatabase& database) {
  ASSIGN_OR_RETURN(auto row, database.prepare("SELECT key FROM enrolment"));
  ASSIGN_OR_RETURN(bool found, row.step());
  if (!found) return Error(Code::kCorrupt, database.path() + ": the enrolment is missing");
  return PublicKey::from(row.bytes(0), "the agent's key");
}

Result<StreamId> enrolled_stream(SqliteDatabase& database) {
  ASSIGN_OR_RETURN(auto row, database.prepare("SELECT stream FROM enrolment"));
  ASSIGN_OR_RETURN(bool found, row.step());
  if (!found) return Error(Code::kCorrupt, database.path() + ": the enrolment is missing");
  return StreamId::from(row.bytes(0), "the stream id");
}

// The stream's link at batch `number`; zero where that is 0.
Result<StreamLink> link_at(SqliteDatabase& database, const StreamId& stream, BatchNumber number) {
  StreamLink link{stream, number, Hash()};
  if (number.value == 0) return link;
  ASSIGN_OR_RETURN(auto row, database.prepare("SELECT hash FROM batches WHERE number = ?"));
  ASSIGN_OR_RETURN(bool found, row.bind(number.value).step());
  if (!found) {
    return Error(Code::kCorrupt,
                 database.path() + ": batch " + std::to_string(number.value) + " is missing");
  }
  ASSIGN_OR_RETURN(link.last_hash, Hash::from(row.bytes(0), "a header's hash"));
  return link;
}

Result<std::vector<Bytes>> sealed_behind(SqliteDatabase& database, std::int64_t acknowledged) {
  ASSIGN_OR_RETURN(auto rows, database.prepare("SELECT sealed FROM contents WHERE number > ? "
                                               "ORDER BY number"));
  rows.bind(acknowledged);
  std::vector<Bytes> sealed;
  for (;;) {
    ASSIGN_OR_RETURN(bool row, rows.step());
    if (!row) return sealed;
    sealed.push_back(rows.bytes(0));
  }
}

// The same events behind `before` in another stream, sealed by its key.
Result<SealedBatch> sealed_again(const Bytes& bytes, const BatchHeader& next,
                                 const PrivateKey& key) {
  ASSIGN_OR_RETURN(SealedBatch old, decode_sealed(bytes));
  ASSIGN_OR_RETURN(Content content, decode_content(old.content, old.header.count));
  BatchHeader header = next;
  header.wall = old.header.wall;
  header.monotonic_ms = old.header.monotonic_ms;
  header.boot_id = old.header.boot_id;
  if (!old.header.events_hash.is_zero()) header.events_hash = old.header.events_hash;
  std::vector<Event> events = events_of(content);
  return seal_batch(header, events, key);
}

Result<bool> states_events(const std::vector<Bytes>& sealed) {
  for (const Bytes& bytes : sealed) {
    ASSIGN_OR_RETURN(SealedBatch batch, decode_sealed(bytes));
    if (!batch.header.events_hash.is_zero()) return true;
  }
  return false;
}

// `events_hash`: what the headers of the old stream stated last. Where one of those that are sealed
// again states another, what held in front of it is not known and is left out.
Status seal_all_again(SqliteDatabase& database, const std::vector<Bytes>& sealed,
                      const Hash& events_hash, const Enrolment& fresh, const PrivateKey& key) {
  ASSIGN_OR_RETURN(bool stated, states_events(sealed));
  BatchHeader next;
  if (!stated) next.events_hash = events_hash;
  next.stream = fresh.stream;
  next.outlet = fresh.outlet;
  next.number = BatchNumber(1);
  next.first = Sequence(1);
  for (const Bytes& bytes : sealed) {
    ASSIGN_OR_RETURN(SealedBatch batch, sealed_again(bytes, next, key));
    RETURN_IF_ERROR(insert_sealed(database, batch));
    next.number = next.number.next();
    next.first = Sequence(batch.header.first.value + batch.header.count);
    next.previous = batch_hash(batch.head.header);
    next.events_hash = Hash();
  }
  return {};
}

Status write_enrolment(SqliteDatabase& database, const Enrolment& fresh,
                       std::span<const PackFile> files) {
  ASSIGN_OR_RETURN(
      auto update,
      database.prepare("UPDATE enrolment SET server = ?, server_pin = ?, ledger_id = ?, "
                       "checkpoint_key = ?, outlet_code = ?, source_kind = ?, "
                       "historical = ?, enrolled_at = ?, office_key = ?, record = ?"));
  const std::string server = fresh.server.text();
  update.bind_text(server).bind_blob(fresh.server_pin.view()).bind_text(fresh.ledger_id);
  update.bind_blob(fresh.checkpoint_key.view()).bind_text(fresh.outlet_code);
  update.bind_text(source_kind_name(fresh.source_kind)).bind(std::int64_t{fresh.historical});
  update.bind(fresh.enrolled_at.ms);
  if (fresh.office_key.has_value()) {
    update.bind_blob(fresh.office_key->view());
  } else {
    update.bind_null();
  }
  RETURN_IF_ERROR(update.bind_blob(fresh.record).done());
  return replace_pack_files(database, files);
}

}  // namespace

std::string next_key_path(const std::string& folder) {
  return folder + "/agent-next.key";
}

Result<PrivateKey> key_in_folder(const std::string& folder, const PublicKey& key) {
  for (const std::string& path : {key_path(folder), next_key_path(folder)}) {
    ASSIGN_OR_RETURN(std::optional<PrivateKey> found, key_if_there(path));
    if (found.has_value() && found->public_key() == key) return std::move(*found);
  }
  return Error(Code::kConflict, key_path(folder) + " is not the key that was enrolled");
}

Result<KeyChange> KeyChange::open(const std::string& folder) {
  // Brings an older spool up, and refuses what is none.
  ASSIGN_OR_RETURN([[maybe_unused]] Spool spool, Spool::open(folder));
  ASSIGN_OR_RETURN(auto database,
                   SqliteDatabase::open(spool_path(folder), SqliteDatabase::Open::kExisting));
  return KeyChange(folder, std::move(database));
}

Result<KeyChange::State> KeyChange::state() {
  State state;
  ASSIGN_OR_RETURN(auto row, database_.prepare("SELECT next_key, old_key, old_stream, old_last, "
                                               "old_hash FROM key_change"));
  ASSIGN_OR_RETURN(bool found, row.step());
  if (!found) return state;
  state.stage = row.is_null(1) ? Stage::kPlanned : Stage::kAnnouncing;
  ASSIGN_OR_RETURN(state.next, PublicKey::from(row.bytes(0), "the next key"));
  if (state.stage == Stage::kPlanned) return state;
  ASSIGN_OR_RETURN(state.old, PublicKey::from(row.bytes(1), "the old key"));
  ASSIGN_OR_RETURN(state.ended.stream, StreamId::from(row.bytes(2), "the old stream"));
  state.ended.last = BatchNumber(static_cast<std::uint64_t>(row.integer(3)));
  ASSIGN_OR_RETURN(state.ended.last_hash, Hash::from(row.bytes(4), "the old stream's last batch"));
  return state;
}

Result<bool> KeyChange::alarmed() {
  ASSIGN_OR_RETURN(std::int64_t open,
                   database_.integer("SELECT count(*) FROM alarms WHERE cleared_at IS NULL"));
  return open > 0;
}

// Once a change is finished its key becomes the folder's only one.
Status KeyChange::settle_files() {
  ASSIGN_OR_RETURN(State now, state());
  if (now.stage != Stage::kNothing) return {};
  ASSIGN_OR_RETURN(std::optional<PrivateKey> next, key_if_there(next_key_path(folder_)));
  if (!next.has_value()) return {};
  ASSIGN_OR_RETURN(PublicKey enrolled, enrolled_key(database_));
  if (next->public_key() != enrolled) return {};
  if (std::rename(next_key_path(folder_).c_str(), key_path(folder_).c_str()) != 0) {
    return errno_error("cannot rename " + next_key_path(folder_));
  }
  return fsync_folder(folder_);
}

Result<PrivateKey> KeyChange::make_next_key() {
  RETURN_IF_ERROR(settle_files());
  ASSIGN_OR_RETURN(std::optional<PrivateKey> made, key_if_there(next_key_path(folder_)));
  if (made.has_value()) return std::move(*made);
  PrivateKey fresh = PrivateKey::generate();
  // A file that is replaced is never seen half written.
  RETURN_IF_ERROR(replace_file_durably(next_key_path(folder_), to_hex(fresh.seed()) + "\n",
                                       FileMode::kOwnerOnly));
  return fresh;
}

Status KeyChange::plan(const PublicKey& next, Instant now) {
  ASSIGN_OR_RETURN(auto transaction, SqliteTransaction::begin(database_));
  ASSIGN_OR_RETURN(State before, state());
  if (before.stage != Stage::kNothing) {
    return Error(Code::kExists, "a change of keys is under way already");
  }
  ASSIGN_OR_RETURN(bool alarm, alarmed());
  if (alarm) {
    return Error(Code::kConflict,
                 "an alarm is open: keys are changed when it is cleared, see ALARM.txt");
  }
  ASSIGN_OR_RETURN(auto insert, database_.prepare("INSERT INTO key_change (one, next_key, "
                                                  "planned_at) VALUES (1, ?, ?)"));
  RETURN_IF_ERROR(insert.bind_blob(next.view()).bind(now.ms).done());
  return transaction.commit();
}

// Rows of the stream that ends go to the tables of ended streams; what is left begins anew.
Status KeyChange::end_stream(const StreamId& stream) {
  for (const char* sql :
       {"INSERT INTO ended_batches SELECT ?, number, first, count, hash, entry, recorded_at FROM "
        "batches",
        "INSERT INTO ended_receipts SELECT ?, number, origin, size, entry, recorded_at, head, path "
        "FROM receipts",
        "INSERT INTO ended_contents SELECT ?, c.number, c.sealed FROM contents c, stream s WHERE "
        "c.number > s.proved AND c.number <= s.acknowledged"}) {
    ASSIGN_OR_RETURN(auto move, database_.prepare(sql));
    RETURN_IF_ERROR(move.bind_blob(stream.view()).done());
  }
  return database_.run(
      "DELETE FROM batches; DELETE FROM receipts; DELETE FROM contents;"
      "UPDATE stream SET last_batch = 0, last_sequence = 0, last_hash = zeroblob(32), "
      "acknowledged = 0, oldest_content = 1, ack_at = NULL, ack_index = NULL, error = '', "
      "error_at = NULL, proved = 0, proved_bytes = 0, proved_at = NULL, proof_trouble = '', "
      "receipt_bytes = 0, events_hash = zeroblob(32), stated_size = 0");
}

Status KeyChange::use_key(const PublicKey& key, const StreamId& stream) {
  ASSIGN_OR_RETURN(auto update, database_.prepare("UPDATE enrolment SET key = ?, stream = ?"));
  return update.bind_blob(key.view()).bind_blob(stream.view()).done();
}

Result<bool> KeyChange::cut() {
  // Asked often while batches are on their way, and then without the writer's lock.
  ASSIGN_OR_RETURN(std::int64_t waiting,
                   database_.integer("SELECT last_batch - proved FROM stream"));
  if (waiting > 0) return false;
  ASSIGN_OR_RETURN(auto transaction, SqliteTransaction::begin(database_));
  ASSIGN_OR_RETURN(State now, state());
  if (now.stage != Stage::kPlanned) return false;
  ASSIGN_OR_RETURN(bool alarm, alarmed());
  ASSIGN_OR_RETURN(std::int64_t unproved,
                   database_.integer("SELECT last_batch - proved FROM stream"));
  if (alarm || unproved > 0) return false;
  ASSIGN_OR_RETURN(PublicKey old_key, enrolled_key(database_));
  ASSIGN_OR_RETURN(StreamId old_stream, enrolled_stream(database_));
  ASSIGN_OR_RETURN(std::int64_t last, database_.integer("SELECT last_batch FROM stream"));
  ASSIGN_OR_RETURN(StreamLink link,
                   link_at(database_, old_stream, BatchNumber(static_cast<std::uint64_t>(last))));
  ASSIGN_OR_RETURN(auto outlet_row, database_.prepare("SELECT outlet FROM enrolment"));
  ASSIGN_OR_RETURN([[maybe_unused]] bool found, outlet_row.step());
  ASSIGN_OR_RETURN(OutletId outlet, OutletId::parse(outlet_row.bytes(0)));
  outlet_row.reset();
  ASSIGN_OR_RETURN(auto update,
                   database_.prepare("UPDATE key_change SET old_key = ?, old_stream = ?, "
                                     "old_last = ?, old_hash = ?"));
  update.bind_blob(old_key.view()).bind_blob(old_stream.view()).bind(last);
  RETURN_IF_ERROR(update.bind_blob(link.last_hash.view()).done());
  RETURN_IF_ERROR(end_stream(old_stream));
  RETURN_IF_ERROR(use_key(now.next, stream_id(now.next, outlet)));
  RETURN_IF_ERROR(transaction.commit());
  return true;
}

Status KeyChange::finish(const Bytes& record) {
  ASSIGN_OR_RETURN(auto transaction, SqliteTransaction::begin(database_));
  ASSIGN_OR_RETURN(auto keep, database_.prepare("UPDATE enrolment SET record = ?"));
  RETURN_IF_ERROR(keep.bind_blob(record).done());
  RETURN_IF_ERROR(database_.run("DELETE FROM key_change WHERE old_key IS NOT NULL"));
  RETURN_IF_ERROR(transaction.commit());
  return settle_files();
}

Result<StreamLink> KeyChange::known_end() {
  ASSIGN_OR_RETURN(State now, state());
  // The new stream is not known to anybody yet.
  if (now.stage == Stage::kAnnouncing) return now.ended;
  ASSIGN_OR_RETURN(StreamId stream, enrolled_stream(database_));
  ASSIGN_OR_RETURN(std::int64_t number, database_.integer("SELECT acknowledged FROM stream"));
  return link_at(database_, stream, BatchNumber(static_cast<std::uint64_t>(number)));
}

Status KeyChange::renew(const Enrolment& fresh, std::span<const PackFile> files,
                        const PrivateKey& key) {
  ASSIGN_OR_RETURN(auto transaction, SqliteTransaction::begin(database_));
  ASSIGN_OR_RETURN(bool alarm, alarmed());
  if (alarm) {
    return Error(Code::kConflict,
                 "an alarm is open: the folder is enrolled anew when it is cleared, see ALARM.txt");
  }
  ASSIGN_OR_RETURN(StreamId old_stream, enrolled_stream(database_));
  ASSIGN_OR_RETURN(std::int64_t acknowledged, database_.integer("SELECT acknowledged FROM stream"));
  ASSIGN_OR_RETURN(auto unsent, sealed_behind(database_, acknowledged));
  ASSIGN_OR_RETURN(auto row, database_.prepare("SELECT events_hash FROM stream"));
  ASSIGN_OR_RETURN([[maybe_unused]] bool found, row.step());
  ASSIGN_OR_RETURN(Hash events_hash, Hash::from(row.bytes(0), "the events hash stated last"));
  row.reset();
  RETURN_IF_ERROR(end_stream(old_stream));
  RETURN_IF_ERROR(use_key(fresh.key, fresh.stream));
  // What was verified of another ledger says nothing of this one.
  ASSIGN_OR_RETURN(auto other, database_.prepare("DELETE FROM held WHERE (SELECT ledger_id FROM "
                                                 "enrolment) <> ?"));
  RETURN_IF_ERROR(other.bind_text(fresh.ledger_id).done());
  RETURN_IF_ERROR(write_enrolment(database_, fresh, files));
  RETURN_IF_ERROR(seal_all_again(database_, unsent, events_hash, fresh, key));
  RETURN_IF_ERROR(database_.run("DELETE FROM key_change"));
  RETURN_IF_ERROR(transaction.commit());
  return settle_files();
}

}  // namespace plumbline
