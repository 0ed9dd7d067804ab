// SPDX-License-Identifier: Apache-2.0
#include "agents/spool.h"

#include <sys/stat.h>

#include "agents/spool_schema.h"
#include "base/file.h"
#include "model/wire/batch.h"

namespace plumbline {
namespace {

constexpr std::size_t kRememberedBytes = 16;
// What a remembered id takes in the file, with the tree's slack.
constexpr std::size_t kRememberedRowBytes = 64;
// Header, signature, rows and page slack of one batch.
constexpr std::size_t kBatchRowBytes = 4096;

Error other_schema(const std::string& path, std::int64_t version) {
  return Error(Code::kUnsupported, path + " was written by a newer plumb-agent (spool version " +
                                       std::to_string(version) + ", this one knows " +
                                       std::to_string(kSpoolSchemaVersion) +
                                       "); use that version, nothing was changed");
}

std::string remembered_id(const Submission& submission) {
  // The zero byte separates the two: neither holds one after validation.
  Hash hash = sha256({submission.source, BytesView("\0", 1), submission.id});
  return Bytes(hash.view().substr(0, kRememberedBytes));
}

void append_text(Bytes& out, std::string_view text) {
  append_u32(out, static_cast<std::uint32_t>(text.size()));
  out.append(text);
}

std::string event_digest(const Event& event) {
  Bytes bytes;
  append_text(bytes, event.type);
  append_text(bytes, event.subject);
  append_u64(bytes, static_cast<std::uint64_t>(event.time.ms));
  for (const Field& field : event.fields) {
    append_text(bytes, field.name);
    append_u8(bytes, static_cast<std::uint8_t>(field.value.kind));
    append_u64(bytes, static_cast<std::uint64_t>(field.value.number));
    append_text(bytes, field.value.text);
  }
  return Bytes(sha256(bytes).view().substr(0, kRememberedBytes));
}

Status insert_enrolment(SqliteDatabase& database, const Enrolment& enrolment) {
  ASSIGN_OR_RETURN(
      auto insert,
      database.prepare("INSERT INTO enrolment VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"));
  std::string server = enrolment.server.text();
  insert.bind_text(server).bind_blob(enrolment.server_pin.view()).bind_text(enrolment.ledger_id);
  insert.bind_blob(enrolment.checkpoint_key.view()).bind_blob(enrolment.key.view());
  insert.bind_blob(enrolment.stream.view()).bind_text(enrolment.outlet.text());
  insert.bind_text(enrolment.outlet_code).bind_text(source_kind_name(enrolment.source_kind));
  insert.bind(std::int64_t{enrolment.historical}).bind(enrolment.enrolled_at.ms);
  return insert.done();
}

Status insert_pack_files(SqliteDatabase& database, std::span<const PackFile> files) {
  RETURN_IF_ERROR(database.run("DELETE FROM pack_files"));
  ASSIGN_OR_RETURN(auto insert, database.prepare("INSERT INTO pack_files VALUES (?, ?)"));
  for (const PackFile& file : files) {
    insert.bind_text(file.path).bind_blob(file.bytes);
    RETURN_IF_ERROR(insert.done());
  }
  return {};
}

// Answers each submission and remembers the new ones with the sequences behind `last`; the events
// of the new ones are added to `fresh`.
Result<std::vector<Answer>> answer_all(SqliteDatabase& database,
                                       std::span<const Submission> submissions, Sequence last,
                                       std::vector<Event>& fresh) {
  ASSIGN_OR_RETURN(auto find,
                   database.prepare("SELECT event, sequence FROM remembered WHERE id = ?"));
  ASSIGN_OR_RETURN(auto insert, database.prepare("INSERT INTO remembered VALUES (?, ?, ?)"));
  std::vector<Answer> answers;
  answers.reserve(submissions.size());
  for (const Submission& submission : submissions) {
    std::string id = remembered_id(submission);
    std::string digest = event_digest(submission.event);
    ASSIGN_OR_RETURN(bool known, find.bind_blob(id).step());
    if (known) {
      bool same = find.bytes(0) == digest;
      Sequence first(static_cast<std::uint64_t>(find.integer(1)));
      answers.push_back({same ? Answer::Outcome::kRepeated : Answer::Outcome::kChanged, first});
      find.reset();
      continue;
    }
    last = last.next();
    RETURN_IF_ERROR(insert.bind_blob(id).bind_blob(digest).bind(last.value).done());
    fresh.push_back(submission.event);
    answers.push_back({Answer::Outcome::kAccepted, last});
  }
  return answers;
}

struct Chain {
  BatchNumber last;
  Sequence last_sequence;
  Hash last_hash;
};

Result<Chain> read_chain(SqliteDatabase& database) {
  ASSIGN_OR_RETURN(auto select,
                   database.prepare("SELECT last_batch, last_sequence, last_hash FROM stream"));
  ASSIGN_OR_RETURN(bool row, select.step());
  if (!row) return Error(Code::kCorrupt, database.path() + ": the stream's row is missing");
  ASSIGN_OR_RETURN(Hash hash, Hash::from(select.bytes(2), "the last header's hash"));
  return Chain{BatchNumber(static_cast<std::uint64_t>(select.integer(0))),
               Sequence(static_cast<std::uint64_t>(select.integer(1))), hash};
}

Status insert_batch(SqliteDatabase& database, const SealedBatch& batch) {
  Bytes sealed = encode_sealed(batch);
  Hash hash = batch_hash(batch.head.header);
  std::uint64_t number = batch.header.number.value;
  ASSIGN_OR_RETURN(auto row, database.prepare("INSERT INTO batches VALUES (?, ?, ?, ?, ?)"));
  row.bind(number).bind(batch.header.first.value).bind(std::int64_t{batch.header.count});
  row.bind_blob(hash.view()).bind(std::uint64_t{sealed.size()});
  RETURN_IF_ERROR(row.done());
  ASSIGN_OR_RETURN(auto content, database.prepare("INSERT INTO contents VALUES (?, ?)"));
  RETURN_IF_ERROR(content.bind(number).bind_blob(sealed).done());
  ASSIGN_OR_RETURN(
      auto chain,
      database.prepare("UPDATE stream SET last_batch = ?, last_sequence = ?, last_hash = ?"));
  std::uint64_t last_sequence = batch.header.first.value + batch.header.count - 1;
  return chain.bind(number).bind(last_sequence).bind_blob(hash.view()).done();
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
  RETURN_IF_ERROR(database.run(kSpoolSchema));
  RETURN_IF_ERROR(insert_enrolment(database, enrolment));
  RETURN_IF_ERROR(insert_pack_files(database, files));
  std::string marks = "PRAGMA application_id=" + std::to_string(kSpoolApplicationId) +
                      "; PRAGMA user_version=" + std::to_string(kSpoolSchemaVersion);
  RETURN_IF_ERROR(database.run(marks.c_str()));
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
  Spool spool(std::move(database), options);
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
  RETURN_IF_ERROR(insert_pack_files(database_, files));
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

Result<std::vector<Answer>> Spool::accept(std::span<const Submission> submissions,
                                          const PrivateKey& key, const Hash& events_hash,
                                          const Clock& clock, const BootId& boot_id) {
  CHECK(submissions.size() <= limits::kMaxBatchEvents, "a call fills at most one batch");
  ASSIGN_OR_RETURN(auto transaction, SqliteTransaction::begin(database_));
  ASSIGN_OR_RETURN(Chain chain, read_chain(database_));
  std::vector<Event> fresh;
  ASSIGN_OR_RETURN(auto answers, answer_all(database_, submissions, chain.last_sequence, fresh));
  if (fresh.empty()) return answers;
  std::size_t needed = kBatchRowBytes;
  for (const Event& event : fresh) needed += content_bound(event) + kRememberedRowBytes;
  RETURN_IF_ERROR(make_room(needed));
  ASSIGN_OR_RETURN(Enrolment enrolled, enrolment());
  CHECK(enrolled.key == key.public_key(), "batches are sealed with the enrolled key");
  BatchHeader header;
  header.stream = enrolled.stream;
  header.outlet = enrolled.outlet;
  header.number = chain.last.next();
  header.first = chain.last_sequence.next();
  header.previous = chain.last_hash;
  header.events_hash = events_hash;
  header.wall = clock.wall();
  header.monotonic_ms = clock.monotonic_ms();
  header.boot_id = boot_id;
  ASSIGN_OR_RETURN(SealedBatch batch, seal_batch(header, fresh, key));
  RETURN_IF_ERROR(insert_batch(database_, batch));
  RETURN_IF_ERROR(transaction.commit());
  return answers;
}

Result<std::vector<Answer>> Spool::probe(std::span<const Submission> submissions,
                                         ProbeMemory& memory) {
  ASSIGN_OR_RETURN(auto find,
                   database_.prepare("SELECT event, sequence FROM remembered WHERE id = ?"));
  std::vector<Answer> answers;
  for (const Submission& submission : submissions) {
    std::string id = remembered_id(submission);
    std::string digest = event_digest(submission.event);
    ASSIGN_OR_RETURN(bool known, find.bind_blob(id).step());
    Sequence first(known ? static_cast<std::uint64_t>(find.integer(1)) : 0);
    std::string earlier = known ? find.bytes(0) : "";
    find.reset();
    if (!known) {
      auto [seen, added] = memory.emplace(std::move(id), digest);
      if (added) {
        answers.push_back({Answer::Outcome::kAccepted, first});
        continue;
      }
      earlier = seen->second;
    }
    bool same = earlier == digest;
    answers.push_back({same ? Answer::Outcome::kRepeated : Answer::Outcome::kChanged, first});
  }
  return answers;
}

Result<SpoolHead> Spool::head() {
  ASSIGN_OR_RETURN(
      auto row, database_.prepare(
                    "SELECT last_batch, last_sequence, acknowledged, oldest_content FROM stream"));
  ASSIGN_OR_RETURN(bool found, row.step());
  if (!found) return Error(Code::kCorrupt, database_.path() + ": the stream's row is missing");
  auto number = [&row](int column) { return static_cast<std::uint64_t>(row.integer(column)); };
  return SpoolHead{BatchNumber(number(0)), Sequence(number(1)), BatchNumber(number(2)),
                   BatchNumber(number(3))};
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
