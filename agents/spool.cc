// SPDX-License-Identifier: Apache-2.0
#include "agents/spool.h"

#include <sys/stat.h>

#include "agents/spool_damage.h"
#include "agents/spool_rows.h"
#include "agents/spool_schema.h"
#include "base/file.h"

namespace plumbline {
namespace {

Error other_schema(const std::string& path, std::int64_t version) {
  return Error(Code::kUnsupported, path + " was written by a newer plumb-agent (spool version " +
                                       std::to_string(version) + ", this one knows " +
                                       std::to_string(kSpoolSchemaVersion) +
                                       "); use that version, nothing was changed");
}

// Runs the steps behind `version`, inside a transaction of the caller.
Status bring_up(SqliteDatabase& database, std::int64_t version) {
  for (std::int64_t step = version; step < kSpoolSchemaVersion; ++step) {
    RETURN_IF_ERROR(database.run(kSpoolSteps[step]));
  }
  std::string marks = "PRAGMA application_id=" + std::to_string(kSpoolApplicationId) +
                      "; PRAGMA user_version=" + std::to_string(kSpoolSchemaVersion);
  return database.run(marks.c_str());
}

// Several processes may find an older spool at the same time; one of them brings it up.
Status migrate(SqliteDatabase& database) {
  ASSIGN_OR_RETURN(auto transaction, SqliteTransaction::begin(database));
  ASSIGN_OR_RETURN(std::int64_t version, database.integer("PRAGMA user_version"));
  if (version >= kSpoolSchemaVersion) return {};
  Status done = bring_up(database, version);
  if (done.ok()) done = transaction.commit();
  if (done.ok()) return {};
  return Error(done.error().code(),
               "cannot bring " + database.path() + " from spool version " +
                   std::to_string(version) + " to " + std::to_string(kSpoolSchemaVersion) +
                   "; it was left as it is",
               done.error());
}

Status insert_enrolment(SqliteDatabase& database, const Enrolment& enrolment) {
  ASSIGN_OR_RETURN(
      auto insert,
      database.prepare("INSERT INTO enrolment VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"));
  std::string server = enrolment.server.text();
  insert.bind_text(server).bind_blob(enrolment.server_pin.view()).bind_text(enrolment.ledger_id);
  insert.bind_blob(enrolment.checkpoint_key.view()).bind_blob(enrolment.key.view());
  insert.bind_blob(enrolment.stream.view()).bind_text(enrolment.outlet.text());
  insert.bind_text(enrolment.outlet_code).bind_text(source_kind_name(enrolment.source_kind));
  insert.bind(std::int64_t{enrolment.historical}).bind(enrolment.enrolled_at.ms);
  if (enrolment.office_key) {
    insert.bind_blob(enrolment.office_key->view());
  } else {
    insert.bind_null();
  }
  return insert.bind_blob(enrolment.record).done();
}

}  // namespace

Status Spool::create(const std::string& folder, const Enrolment& enrolment,
                     std::span<const PackFile> files) {
  RETURN_IF_ERROR(make_folders(folder));
  std::string path = spool_path(folder);
  ASSIGN_OR_RETURN(auto database, SqliteDatabase::open(path, SqliteDatabase::Open::kCreate));
  if (chmod(path.c_str(), 0600) != 0) return errno_error("cannot protect " + path);
  ASSIGN_OR_RETURN(auto transaction, SqliteTransaction::begin(database));
  ASSIGN_OR_RETURN(std::int64_t version, database.integer("PRAGMA user_version"));
  if (version > kSpoolSchemaVersion) return other_schema(path, version);
  if (version > 0) {
    return Error(Code::kExists, folder +
                                    " is enrolled already; use another folder, or see "
                                    "`plumb-agent status`");
  }
  RETURN_IF_ERROR(bring_up(database, 0));
  RETURN_IF_ERROR(insert_enrolment(database, enrolment));
  RETURN_IF_ERROR(replace_pack_files(database, files));
  RETURN_IF_ERROR(transaction.commit());
  return fsync_folder(folder);
}

Result<bool> Spool::exists(const std::string& folder) {
  Result<Spool> spool = open(folder);
  if (spool.ok()) return true;
  if (spool.error().code() == Code::kNotFound) return false;
  return spool.error();
}

Result<Spool> Spool::open(const std::string& folder, Options options) {
  std::string path = spool_path(folder);
  Error not_enrolled(Code::kNotFound, folder + " is not enrolled; run `plumb-agent --data " +
                                          folder +
                                          " enroll --server HOST:PORT --token TOKEN` first");
  struct stat status {};
  if (stat(path.c_str(), &status) != 0 && errno == ENOENT) return not_enrolled;
  ASSIGN_OR_RETURN(auto database, SqliteDatabase::open(path, SqliteDatabase::Open::kExisting));
  ASSIGN_OR_RETURN(std::int64_t version, database.integer("PRAGMA user_version"));
  ASSIGN_OR_RETURN(std::int64_t application, database.integer("PRAGMA application_id"));
  if (version == 0 && application == 0) {
    ASSIGN_OR_RETURN(std::int64_t tables, database.integer("SELECT count(*) FROM sqlite_schema"));
    if (tables == 0) return not_enrolled;
  }
  if (application != kSpoolApplicationId) {
    return Error(Code::kCorrupt, path + " is not the spool of a plumb-agent");
  }
  if (version > kSpoolSchemaVersion) return other_schema(path, version);
  if (version < kSpoolSchemaVersion) RETURN_IF_ERROR(migrate(database));
  Spool spool(std::move(database), options, folder);
  RETURN_IF_ERROR(check_sealed_note(spool.database_));
  ASSIGN_OR_RETURN([[maybe_unused]] bool changed, spool.changed());
  return spool;
}

Result<Enrolment> Spool::enrolment() {
  ASSIGN_OR_RETURN(auto row, database_.prepare("SELECT * FROM enrolment"));
  ASSIGN_OR_RETURN(bool found, row.step());
  if (!found) return Error(Code::kCorrupt, database_.path() + ": the enrolment is missing");
  Enrolment enrolment;
  ASSIGN_OR_RETURN(enrolment.server, ServerAddress::parse(row.bytes(1)));
  ASSIGN_OR_RETURN(enrolment.server_pin, Hash::from(row.bytes(2), "the server's pin"));
  enrolment.ledger_id = row.bytes(3);
  ASSIGN_OR_RETURN(enrolment.checkpoint_key, PublicKey::from(row.bytes(4), "the checkpoint key"));
  ASSIGN_OR_RETURN(enrolment.key, PublicKey::from(row.bytes(5), "the agent's key"));
  ASSIGN_OR_RETURN(enrolment.stream, StreamId::from(row.bytes(6), "the stream id"));
  ASSIGN_OR_RETURN(enrolment.outlet, OutletId::parse(row.bytes(7)));
  enrolment.outlet_code = row.bytes(8);
  ASSIGN_OR_RETURN(enrolment.source_kind, parse_source_kind(row.bytes(9)));
  enrolment.historical = row.integer(10) != 0;
  enrolment.enrolled_at = {row.integer(11)};
  if (!row.is_null(12)) {
    ASSIGN_OR_RETURN(enrolment.office_key, PublicKey::from(row.bytes(12), "the office's key"));
  }
  if (!row.is_null(13)) enrolment.record = row.bytes(13);
  return enrolment;
}

Result<std::vector<PackFile>> Spool::pack_files() {
  ASSIGN_OR_RETURN(auto rows,
                   database_.prepare("SELECT path, bytes FROM pack_files ORDER BY path"));
  std::vector<PackFile> files;
  for (;;) {
    ASSIGN_OR_RETURN(bool row, rows.step());
    if (!row) return files;
    files.push_back({rows.bytes(0), rows.bytes(1)});
  }
}

Status Spool::set_pack_files(std::span<const PackFile> files) {
  ASSIGN_OR_RETURN(auto transaction, SqliteTransaction::begin(database_));
  RETURN_IF_ERROR(replace_pack_files(database_, files));
  return transaction.commit();
}

Status Spool::set_server(const ServerAddress& server) {
  ASSIGN_OR_RETURN(auto transaction, SqliteTransaction::begin(database_));
  std::string text = server.text();
  ASSIGN_OR_RETURN(auto update, database_.prepare("UPDATE enrolment SET server = ?"));
  RETURN_IF_ERROR(update.bind_text(text).done());
  return transaction.commit();
}

Result<std::size_t> Spool::used_bytes() {
  ASSIGN_OR_RETURN(std::int64_t pages, database_.integer("PRAGMA page_count"));
  ASSIGN_OR_RETURN(std::int64_t unused, database_.integer("PRAGMA freelist_count"));
  ASSIGN_OR_RETURN(std::int64_t page_size, database_.integer("PRAGMA page_size"));
  return static_cast<std::size_t>((pages - unused) * page_size);
}

Result<SpoolHead> Spool::head() {
  ASSIGN_OR_RETURN(auto row, database_.prepare("SELECT last_batch, last_sequence, acknowledged, "
                                               "oldest_content, proved FROM stream"));
  ASSIGN_OR_RETURN(bool found, row.step());
  if (!found) return Error(Code::kCorrupt, database_.path() + ": the stream's row is missing");
  auto number = [&row](int column) { return static_cast<std::uint64_t>(row.integer(column)); };
  return SpoolHead{BatchNumber(number(0)), Sequence(number(1)), BatchNumber(number(2)),
                   BatchNumber(number(3)), BatchNumber(number(4))};
}

Result<std::optional<SpooledBatch>> Spool::load(BatchNumber number) {
  ASSIGN_OR_RETURN(
      auto row,
      database_.prepare(
          "SELECT b.first, b.count, b.hash, c.sealed FROM batches b JOIN contents c USING (number) "
          "WHERE number = ?"));
  ASSIGN_OR_RETURN(bool found, row.bind(number.value).step());
  if (!found) return std::optional<SpooledBatch>();
  SpooledBatch batch;
  batch.number = number;
  batch.first = Sequence(static_cast<std::uint64_t>(row.integer(0)));
  batch.count = static_cast<std::uint32_t>(row.integer(1));
  ASSIGN_OR_RETURN(batch.hash, Hash::from(row.bytes(2), "a header's hash"));
  batch.sealed = row.bytes(3);
  ASSIGN_OR_RETURN(Enrolment enrolled, enrolment());
  RETURN_IF_ERROR(check_spooled(batch, enrolled.key, database_.path()));
  return std::optional<SpooledBatch>(std::move(batch));
}

Result<std::optional<Hash>> Spool::batch_hash_of(BatchNumber number) {
  ASSIGN_OR_RETURN(auto row, database_.prepare("SELECT hash FROM batches WHERE number = ?"));
  ASSIGN_OR_RETURN(bool found, row.bind(number.value).step());
  if (!found) return std::optional<Hash>();
  ASSIGN_OR_RETURN(Hash hash, Hash::from(row.bytes(0), "a header's hash"));
  return std::optional<Hash>(hash);
}

Result<std::optional<Sequence>> Spool::sequence_behind(BatchNumber number) {
  if (number.value == 0) return std::optional<Sequence>(Sequence(1));
  ASSIGN_OR_RETURN(auto row,
                   database_.prepare("SELECT first + count FROM batches WHERE number = ?"));
  ASSIGN_OR_RETURN(bool found, row.bind(number.value).step());
  if (!found) return std::optional<Sequence>();
  return std::optional<Sequence>(Sequence(static_cast<std::uint64_t>(row.integer(0))));
}

Result<bool> Spool::changed() {
  if (!data_version_query_) {
    ASSIGN_OR_RETURN(auto query, database_.prepare("PRAGMA data_version"));
    data_version_query_.emplace(std::move(query));
  }
  ASSIGN_OR_RETURN(bool row, data_version_query_->step());
  std::int64_t version = row ? data_version_query_->integer(0) : 0;
  data_version_query_->reset();
  bool differs = version != data_version_;
  data_version_ = version;
  return differs;
}

}  // namespace plumbline
