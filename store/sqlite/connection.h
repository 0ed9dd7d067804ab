// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_STORE_SQLITE_CONNECTION_H_
#define PLUMBLINE_STORE_SQLITE_CONNECTION_H_

#include <cstdint>
#include <memory>
#include <string>

#include "base/bytes.h"
#include "base/result.h"

struct sqlite3;
struct sqlite3_stmt;

// A thin cover of the SQLite C interface: ownership, and errors as sentences. No SQL here.
namespace plumbline::sqlite {

enum class Access { kReadOnly, kReadWrite };

// A connection to one database file; used by one thread at a time. Statements must be destroyed
// before it.
class Connection {
 public:
  // kReadWrite makes the file where it is missing; kReadOnly: kNotFound. A read-only connection
  // never checkpoints, not even when it is the last one closed.
  static Result<std::unique_ptr<Connection>> open(const std::string& path, Access access);

  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection();

  // Runs statements that return nothing of interest.
  Status run(const std::string& sql);
  // The first column of the first row as an integer or text; 0 or "" without a row.
  Result<std::int64_t> integer(const std::string& sql);
  Result<std::string> text(const std::string& sql);

  // Moves what it can of the WAL into the database file without waiting for readers. Returns how
  // many pages of the WAL are left to move.
  Result<std::int64_t> checkpoint();

  // Moves all of the WAL into the database file and empties it, so that what was overwritten in the
  // file is in none of the two any more. False when a reader still needs the WAL; waits for readers
  // for a fifth of a second.
  Result<bool> empty_log();

  // The latest failure as an Error: kExhausted for a full disk, kCorrupt for a damaged or foreign
  // file, kUnavailable for a lock held elsewhere, kIo for what the system refused, else kInternal.
  Error error(const std::string& doing) const;

  const std::string& path() const { return path_; }
  sqlite3* handle() const { return handle_; }

 private:
  Connection(sqlite3* handle, std::string path) : handle_(handle), path_(std::move(path)) {}

  sqlite3* handle_ = nullptr;
  std::string path_;
};

// A prepared statement. Parameters and columns are numbered as in SQLite: from 1 and from 0.
// Bound bytes are borrowed until reset().
class Statement {
 public:
  Statement() = default;
  static Result<Statement> prepare(const Connection& connection, const std::string& sql);

  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&& other) noexcept;
  ~Statement();

  Statement& bind(int parameter, std::int64_t value);
  Statement& bind(int parameter, std::uint64_t value);
  Statement& bind_blob(int parameter, BytesView bytes);
  Statement& bind_text(int parameter, std::string_view text);
  Statement& bind_null(int parameter);

  // True when there is a row. `doing` begins the sentence of the error.
  Result<bool> step(const std::string& doing);
  // Steps once and resets, for statements without rows.
  Status run(const std::string& doing);
  void reset();

  bool is_null(int column) const;
  bool is_blob(int column) const;
  bool is_integer(int column) const;
  std::int64_t integer(int column) const;
  // Valid until the next step or reset.
  BytesView blob(int column) const;
  std::string_view text(int column) const;

 private:
  sqlite3_stmt* handle_ = nullptr;
  const Connection* connection_ = nullptr;
  int bind_result_ = 0;

  void note(int result);
};

// Resets a statement at the end of a scope, so that no read transaction outlives it.
class ScopedReset {
 public:
  explicit ScopedReset(Statement& statement) : statement_(statement) {}
  ~ScopedReset() { statement_.reset(); }
  ScopedReset(const ScopedReset&) = delete;
  ScopedReset& operator=(const ScopedReset&) = delete;

 private:
  Statement& statement_;
};

// What a database file says it is.
struct Identity {
  std::int32_t application = 0;  // PRAGMA application_id
  std::int32_t version = 0;      // PRAGMA user_version
  const char* noun = "";         // "ledger", for sentences
};

// True when the file is `wanted`, false when it is empty and has yet to be made one; kUnsupported
// when it is of a newer version, kCorrupt when it is anything else. Changes nothing.
Result<bool> check_identity(Connection& connection, const Identity& wanted);

// Turns on the WAL and runs `schema` in one transaction that also writes the identity.
Status create_schema(Connection& connection, const Identity& identity, const std::string& schema);

}  // namespace plumbline::sqlite

#endif  // PLUMBLINE_STORE_SQLITE_CONNECTION_H_
