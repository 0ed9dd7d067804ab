// SPDX-License-Identifier: Apache-2.0
#include "agents/sqlite.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/file.h>
#include <unistd.h>

#include <utility>

#include "base/file.h"
#include "base/settle_file.h"

namespace plumbline {
namespace {

constexpr int kLockTries = 5'000;
constexpr int kLockPauseUs = 2'000;

// What the mark says: the log is as it was synced, or somebody writes it.
constexpr char kSettled = '-';
constexpr char kWriting = 'w';
// Behind the mark stands the note of a commit.
constexpr std::size_t kMaxNoteBytes = 128;

Code code_of(int result) {
  switch (result & 0xff) {
    case SQLITE_FULL:
      return Code::kExhausted;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return Code::kUnavailable;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return Code::kCorrupt;
    case SQLITE_CANTOPEN:
    case SQLITE_IOERR:
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return Code::kIo;
    default:
      return Code::kInternal;
  }
}

Error error_of(sqlite3* handle, int result, const std::string& doing) {
  Code code = code_of(result);
  std::string words = handle == nullptr ? sqlite3_errstr(result) : sqlite3_errmsg(handle);
  if (code == Code::kExhausted) words = "the disk is full; nothing of this step was kept";
  if (code == Code::kUnavailable) words = "another process has held it for over ten seconds";
  return Error(code, doing + ": " + words);
}

}  // namespace

Result<SqliteDatabase> SqliteDatabase::open(const std::string& path, Open how) {
  if (how == Open::kExisting && access(path.c_str(), F_OK) != 0) {
    return Error(Code::kNotFound, "there is no " + path);
  }
  std::string lock_path = path + ".lock";
  int lock_fd = ::open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock_fd < 0) return errno_error("cannot open " + lock_path);
  int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;
  if (how == Open::kCreate) flags |= SQLITE_OPEN_CREATE;
  sqlite3* handle = nullptr;
  int result = sqlite3_open_v2(path.c_str(), &handle, flags, nullptr);
  SqliteDatabase database(handle, lock_fd, path);
  if (result != SQLITE_OK) return error_of(handle, result, "cannot open " + path);
  sqlite3_extended_result_codes(handle, 1);
  sqlite3_busy_timeout(handle, kLockTries * (kLockPauseUs / 1000));
  sqlite3_db_config(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  // Finding the log of a process that was killed makes SQLite write: hence the lock.
  RETURN_IF_ERROR(database.lock());
  Status settled = database.settle();
  if (!settled.ok()) database.unlock();
  RETURN_IF_ERROR(settled);
  // 512 KiB of cache keep the resident size small; one transaction writes at most about 1.5 MB.
  Status set = database.run(
      "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-512; "
      "PRAGMA journal_size_limit=4194304; PRAGMA trusted_schema=OFF;");
  database.unlock();
  RETURN_IF_ERROR(set);
  return database;
}

Status SqliteDatabase::lock() {
  for (int tries = 0; tries < kLockTries; ++tries) {
    if (flock(lock_fd_, LOCK_EX | LOCK_NB) == 0) return {};
    if (errno != EWOULDBLOCK && errno != EINTR) return errno_error("cannot lock " + path_);
    usleep(kLockPauseUs);
  }
  return Error(Code::kUnavailable,
               path_ + ": another process has been writing for over ten seconds; try again");
}

void SqliteDatabase::unlock() {
  flock(lock_fd_, LOCK_UN);
}

// The mark stands in the lock's file, whose lock is held, and is not synced: it tells of what the
// system has in memory, and is lost together with that.
Status SqliteDatabase::mark(char state) {
  if (pwrite(lock_fd_, &state, 1, 0) != 1) return errno_error("cannot mark " + path_ + ".lock");
  return {};
}

Result<std::string> SqliteDatabase::note() const {
  std::string text(kMaxNoteBytes, '\0');
  ssize_t size = pread(lock_fd_, text.data(), text.size(), 1);
  if (size < 0) return errno_error("cannot read " + path_ + ".lock");
  text.resize(static_cast<std::size_t>(size));
  return text;
}

Status SqliteDatabase::settle() {
  char state = kSettled;
  if (pread(lock_fd_, &state, 1, 0) < 0) return errno_error("cannot read " + path_ + ".lock");
  if (state == kSettled) return {};
  RETURN_IF_ERROR(settle_file(path_ + "-wal"));
  return mark(kSettled);
}

Status SqliteDatabase::run(const char* sql) {
  int result = sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr);
  if (result != SQLITE_OK) return error_of(handle_, result, path_);
  return {};
}

Result<SqliteStatement> SqliteDatabase::prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  int result =
      sqlite3_prepare_v2(handle_, sql.data(), static_cast<int>(sql.size()), &statement, nullptr);
  if (result != SQLITE_OK) return error_of(handle_, result, path_);
  return SqliteStatement(statement);
}

Result<std::int64_t> SqliteDatabase::integer(std::string_view sql) {
  ASSIGN_OR_RETURN(auto statement, prepare(sql));
  ASSIGN_OR_RETURN(bool row, statement.step());
  if (!row) return Error(Code::kCorrupt, path_ + ": no row for " + std::string(sql));
  return statement.integer(0);
}

SqliteDatabase::SqliteDatabase(SqliteDatabase&& other) noexcept
    : handle_(std::exchange(other.handle_, nullptr)),
      lock_fd_(std::exchange(other.lock_fd_, -1)),
      path_(std::move(other.path_)) {}

SqliteDatabase& SqliteDatabase::operator=(SqliteDatabase&& other) noexcept {
  std::swap(handle_, other.handle_);
  std::swap(lock_fd_, other.lock_fd_);
  std::swap(path_, other.path_);
  return *this;
}

SqliteDatabase::~SqliteDatabase() {
  if (handle_ != nullptr) sqlite3_close_v2(handle_);
  if (lock_fd_ >= 0) ::close(lock_fd_);
}

SqliteStatement& SqliteStatement::bind(std::int64_t value) {
  int result = sqlite3_bind_int64(handle_, ++bound_, value);
  if (bind_error_ == SQLITE_OK) bind_error_ = result;
  return *this;
}

SqliteStatement& SqliteStatement::bind_text(std::string_view value) {
  int result = sqlite3_bind_text64(handle_, ++bound_, value.data(), value.size(), SQLITE_STATIC,
                                   SQLITE_UTF8);
  if (bind_error_ == SQLITE_OK) bind_error_ = result;
  return *this;
}

SqliteStatement& SqliteStatement::bind_blob(BytesView value) {
  // A null pointer would bind NULL where an empty blob is meant.
  const char* data = value.data() == nullptr ? "" : value.data();
  int result = sqlite3_bind_blob64(handle_, ++bound_, data, value.size(), SQLITE_STATIC);
  if (bind_error_ == SQLITE_OK) bind_error_ = result;
  return *this;
}

SqliteStatement& SqliteStatement::bind_null() {
  int result = sqlite3_bind_null(handle_, ++bound_);
  if (bind_error_ == SQLITE_OK) bind_error_ = result;
  return *this;
}

Result<bool> SqliteStatement::step() {
  sqlite3* database = sqlite3_db_handle(handle_);
  if (bind_error_ != SQLITE_OK) {
    int failed = bind_error_;
    reset();
    return error_of(nullptr, failed, "binding a value for the spool");
  }
  int result = sqlite3_step(handle_);
  if (result == SQLITE_ROW) return true;
  if (result == SQLITE_DONE) {
    reset();
    return false;
  }
  Error error = error_of(database, result, sqlite3_db_filename(database, "main"));
  reset();
  return error;
}

Status SqliteStatement::done() {
  ASSIGN_OR_RETURN(bool row, step());
  CHECK(!row, "a statement without result rows returned one");
  return {};
}

void SqliteStatement::reset() {
  sqlite3_reset(handle_);
  bound_ = 0;
  bind_error_ = SQLITE_OK;
}

std::int64_t SqliteStatement::integer(int column) const {
  return sqlite3_column_int64(handle_, column);
}

bool SqliteStatement::is_null(int column) const {
  return sqlite3_column_type(handle_, column) == SQLITE_NULL;
}

Bytes SqliteStatement::bytes(int column) const {
  const void* data = sqlite3_column_blob(handle_, column);
  int size = sqlite3_column_bytes(handle_, column);
  if (data == nullptr || size == 0) return {};
  return Bytes(static_cast<const char*>(data), static_cast<std::size_t>(size));
}

SqliteStatement::SqliteStatement(SqliteStatement&& other) noexcept
    : handle_(std::exchange(other.handle_, nullptr)),
      bound_(other.bound_),
      bind_error_(other.bind_error_) {}

SqliteStatement::~SqliteStatement() {
  sqlite3_finalize(handle_);
}

Result<SqliteTransaction> SqliteTransaction::begin(SqliteDatabase& database) {
  RETURN_IF_ERROR(database.lock());
  Status begun = database.mark(kWriting);
  if (begun.ok()) begun = database.run("BEGIN IMMEDIATE");
  if (!begun.ok()) {
    database.unlock();
    return begun.error();
  }
  return SqliteTransaction(&database);
}

Status SqliteTransaction::commit(std::string_view note) {
  RETURN_IF_ERROR(database_->run("COMMIT"));
  // An old note says less, and no harm is done.
  if (!note.empty()) {
    [[maybe_unused]] ssize_t noted = pwrite(database_->lock_fd_, note.data(), note.size(), 1);
  }
  // Where the mark stays, the next opening syncs once more than it must.
  [[maybe_unused]] Status marked = database_->mark(kSettled);
  std::exchange(database_, nullptr)->unlock();
  return {};
}

SqliteTransaction::SqliteTransaction(SqliteTransaction&& other) noexcept
    : database_(std::exchange(other.database_, nullptr)) {}

SqliteTransaction::~SqliteTransaction() {
  if (database_ == nullptr) return;
  // A full disk makes SQLite roll back by itself; rolling back again is then refused, which is
  // the state that is wanted.
  [[maybe_unused]] Status rolled_back = database_->run("ROLLBACK");
  database_->unlock();
}

}  // namespace plumbline
