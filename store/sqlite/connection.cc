// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite/connection.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

namespace plumbline::sqlite {
namespace {

// How long a lock held by another connection is waited for: a reader that recovers the WAL after
// a crash holds one for as long as it takes to read the WAL, at most some tens of MB.
constexpr int kBusyMilliseconds = 5000;
// Batches wait while the log is being emptied: a reader's chunk takes some milliseconds.
constexpr int kEmptyLogMilliseconds = 200;

Code code_of(int result, int system_errno) {
  if (system_errno == ENOSPC || system_errno == EDQUOT) return Code::kExhausted;
  switch (result & 0xff) {
    case SQLITE_FULL:
      return Code::kExhausted;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return Code::kCorrupt;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return Code::kUnavailable;
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_READONLY:
      return Code::kIo;
    default:
      return Code::kInternal;
  }
}

Error make_error(const std::string& doing, const std::string& path, int result, int system_errno,
                 const char* words) {
  Code code = code_of(result, system_errno);
  if (code == Code::kExhausted) {
    return Error(code, fmt::format("{}: the disk that holds {} is full", doing, path));
  }
  std::string system = system_errno == 0 ? "" : fmt::format(" ({})", std::strerror(system_errno));
  return Error(code, fmt::format("{}: {}: {}{}", doing, path, words, system));
}

}  // namespace

Result<std::unique_ptr<Connection>> Connection::open(const std::string& path, Access access) {
  std::error_code ignored;
  if (access == Access::kReadOnly && !std::filesystem::exists(path, ignored)) {
    return Error(Code::kNotFound, "there is no database " + path);
  }
  int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
              (access == Access::kReadOnly ? SQLITE_OPEN_READONLY
                                           : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
  sqlite3* handle = nullptr;
  int result = sqlite3_open_v2(path.c_str(), &handle, flags, nullptr);
  std::unique_ptr<Connection> connection(new Connection(handle, path));
  if (handle == nullptr) {
    return Error(Code::kInternal, "opening " + path + ": no memory for a connection");
  }
  if (result != SQLITE_OK) return connection->error("opening the database");
  sqlite3_busy_timeout(handle, kBusyMilliseconds);
  if (access == Access::kReadOnly) {
    sqlite3_db_config(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    // Cells of a damaged page are then checked before they are used.
    RETURN_IF_ERROR(connection->run("PRAGMA cell_size_check = ON"));
  }
  return connection;
}

Connection::~Connection() {
  sqlite3_close_v2(handle_);
}

Status Connection::run(const std::string& sql) {
  if (sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
    return error(sql.substr(0, sql.find_first_of("(\n;")));
  }
  return {};
}

Result<std::int64_t> Connection::integer(const std::string& sql) {
  ASSIGN_OR_RETURN(Statement statement, Statement::prepare(*this, sql));
  ASSIGN_OR_RETURN(bool row, statement.step(sql));
  return row ? statement.integer(0) : 0;
}

Result<std::string> Connection::text(const std::string& sql) {
  ASSIGN_OR_RETURN(Statement statement, Statement::prepare(*this, sql));
  ASSIGN_OR_RETURN(bool row, statement.step(sql));
  return row ? std::string(statement.text(0)) : std::string();
}

Result<std::int64_t> Connection::checkpoint() {
  int in_wal = 0;
  int moved = 0;
  int result =
      sqlite3_wal_checkpoint_v2(handle_, nullptr, SQLITE_CHECKPOINT_PASSIVE, &in_wal, &moved);
  if (result != SQLITE_OK && (result & 0xff) != SQLITE_BUSY) {
    return error("moving the write-ahead log into the database");
  }
  return std::int64_t{in_wal} - moved;
}

Result<bool> Connection::empty_log() {
  sqlite3_busy_timeout(handle_, kEmptyLogMilliseconds);
  int result =
      sqlite3_wal_checkpoint_v2(handle_, nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
  sqlite3_busy_timeout(handle_, kBusyMilliseconds);
  if (result == SQLITE_OK) return true;
  if ((result & 0xff) == SQLITE_BUSY) return false;
  return error("emptying the write-ahead log");
}

Error Connection::error(const std::string& doing) const {
  int result = sqlite3_extended_errcode(handle_);
  // The system's number is meaningful only for what the system refused.
  int primary = result & 0xff;
  bool from_system = primary == SQLITE_IOERR || primary == SQLITE_CANTOPEN;
  return make_error(doing, path_, result, from_system ? sqlite3_system_errno(handle_) : 0,
                    sqlite3_errmsg(handle_));
}

Result<Statement> Statement::prepare(const Connection& connection, const std::string& sql) {
  Statement statement;
  statement.connection_ = &connection;
  if (sqlite3_prepare_v3(connection.handle(), sql.c_str(), static_cast<int>(sql.size()),
                         SQLITE_PREPARE_PERSISTENT, &statement.handle_, nullptr) != SQLITE_OK) {
    return connection.error("preparing a statement");
  }
  return statement;
}

Statement::Statement(Statement&& other) noexcept
    : handle_(std::exchange(other.handle_, nullptr)),
      connection_(other.connection_),
      bind_result_(other.bind_result_) {}

Statement& Statement::operator=(Statement&& other) noexcept {
  std::swap(handle_, other.handle_);
  std::swap(connection_, other.connection_);
  std::swap(bind_result_, other.bind_result_);
  return *this;
}

Statement::~Statement() {
  sqlite3_finalize(handle_);
}

void Statement::note(int result) {
  if (bind_result_ == SQLITE_OK) bind_result_ = result;
}

Statement& Statement::bind(int parameter, std::int64_t value) {
  note(sqlite3_bind_int64(handle_, parameter, value));
  return *this;
}

Statement& Statement::bind(int parameter, std::uint64_t value) {
  return bind(parameter, static_cast<std::int64_t>(value));
}

Statement& Statement::bind_blob(int parameter, BytesView bytes) {
  // A null pointer would bind NULL instead of an empty blob.
  const char* data = bytes.data() == nullptr ? "" : bytes.data();
  note(sqlite3_bind_blob64(handle_, parameter, data, bytes.size(), SQLITE_STATIC));
  return *this;
}

Statement& Statement::bind_text(int parameter, std::string_view text) {
  const char* data = text.data() == nullptr ? "" : text.data();
  note(sqlite3_bind_text64(handle_, parameter, data, text.size(), SQLITE_STATIC, SQLITE_UTF8));
  return *this;
}

Statement& Statement::bind_null(int parameter) {
  note(sqlite3_bind_null(handle_, parameter));
  return *this;
}

Result<bool> Statement::step(const std::string& doing) {
  if (bind_result_ != SQLITE_OK) {
    return Error(Code::kInternal, doing + ": " + sqlite3_errstr(bind_result_));
  }
  int result = sqlite3_step(handle_);
  if (result == SQLITE_ROW) return true;
  if (result == SQLITE_DONE) return false;
  Error error = connection_->error(doing);
  sqlite3_reset(handle_);
  return error;
}

Status Statement::run(const std::string& doing) {
  Result<bool> row = step(doing);
  reset();
  if (!row.ok()) return row.error();
  return {};
}

void Statement::reset() {
  sqlite3_reset(handle_);
  bind_result_ = SQLITE_OK;
}

bool Statement::is_null(int column) const {
  return sqlite3_column_type(handle_, column) == SQLITE_NULL;
}

bool Statement::is_blob(int column) const {
  return sqlite3_column_type(handle_, column) == SQLITE_BLOB;
}

bool Statement::is_integer(int column) const {
  return sqlite3_column_type(handle_, column) == SQLITE_INTEGER;
}

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(handle_, column);
}

BytesView Statement::blob(int column) const {
  const void* data = sqlite3_column_blob(handle_, column);
  int size = sqlite3_column_bytes(handle_, column);
  if (data == nullptr) return {};
  return {static_cast<const char*>(data), static_cast<std::size_t>(size)};
}

std::string_view Statement::text(int column) const {
  const unsigned char* data = sqlite3_column_text(handle_, column);
  int size = sqlite3_column_bytes(handle_, column);
  if (data == nullptr) return {};
  return {reinterpret_cast<const char*>(data), static_cast<std::size_t>(size)};
}

Result<bool> check_identity(Connection& connection, const Identity& wanted) {
  Result<std::int64_t> first = connection.integer("PRAGMA application_id");
  if (!first.ok() && first.error().code() == Code::kCorrupt) {
    return Error(Code::kCorrupt,
                 fmt::format("{} is no {} of Plumbline", connection.path(), wanted.noun),
                 first.error());
  }
  ASSIGN_OR_RETURN(std::int64_t application, std::move(first));
  ASSIGN_OR_RETURN(std::int64_t version, connection.integer("PRAGMA user_version"));
  ASSIGN_OR_RETURN(std::int64_t tables, connection.integer("SELECT count(*) FROM sqlite_schema"));
  if (application == 0 && version == 0 && tables == 0) return false;
  if (application != wanted.application) {
    return Error(Code::kCorrupt, fmt::format("{} is a database, but no {} of Plumbline",
                                             connection.path(), wanted.noun));
  }
  if (version > wanted.version) {
    return Error(Code::kUnsupported,
                 fmt::format("{} was written by a newer Plumbline (its {} has schema version {}); "
                             "this program knows versions up to {}",
                             connection.path(), wanted.noun, version, wanted.version));
  }
  if (version != wanted.version || tables == 0) {
    return Error(Code::kCorrupt, fmt::format("{} says that it is a {} of schema version {}, which "
                                             "never existed in this form",
                                             connection.path(), wanted.noun, version));
  }
  return true;
}

Status create_schema(Connection& connection, const Identity& identity, const std::string& schema) {
  ASSIGN_OR_RETURN(std::string mode, connection.text("PRAGMA journal_mode = WAL"));
  if (mode != "wal") {
    return Error(Code::kUnsupported, fmt::format("{}: the file system allows no write-ahead log "
                                                 "(journal mode {})",
                                                 connection.path(), mode));
  }
  RETURN_IF_ERROR(connection.run("BEGIN IMMEDIATE"));
  Status made = connection.run(schema + fmt::format("; PRAGMA application_id = {}; "
                                                    "PRAGMA user_version = {}; COMMIT",
                                                    identity.application, identity.version));
  if (!made.ok() && sqlite3_get_autocommit(connection.handle()) == 0) {
    // The failure is what is reported; closing the connection rolls back as well.
    sqlite3_exec(connection.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
  }
  return made;
}

}  // namespace plumbline::sqlite
