// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_AGENTS_SQLITE_H_
#define PLUMBLINE_AGENTS_SQLITE_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

struct sqlite3;
struct sqlite3_stmt;

// The part of SQLite that the spool needs, with the project's errors. Errors: kExhausted when the
// disk is full, kUnavailable when another process holds the database too long, kCorrupt when the
// file is damaged or no database, kIo for what the operating system refused, else kInternal.
namespace plumbline {

class SqliteStatement;

// One connection. Not for use by two threads at a time. Several processes may have the same file
// open: everything that writes or checkpoints happens under an exclusive lock of "<path>.lock", for
// SQLite before 3.51.3 may damage a write-ahead log that one connection resets while another
// writes. The last connection does not checkpoint when it is closed.
class SqliteDatabase {
 public:
  enum class Open { kExisting, kCreate };

  // Opens with write-ahead log and synchronous FULL. kNotFound when there is no file and `how` is
  // kExisting.
  static Result<SqliteDatabase> open(const std::string& path, Open how);

  Status run(const char* sql);
  Result<SqliteStatement> prepare(std::string_view sql);
  // The first column of the first row of `sql`.
  Result<std::int64_t> integer(std::string_view sql);

  const std::string& path() const { return path_; }

  // What the newest commit with a note had noted; empty where none is known. Read it before what
  // it is held against: other processes commit in between.
  Result<std::string> note() const;

  SqliteDatabase(SqliteDatabase&& other) noexcept;
  SqliteDatabase& operator=(SqliteDatabase&& other) noexcept;
  ~SqliteDatabase();

 private:
  friend class SqliteTransaction;
  SqliteDatabase(sqlite3* handle, int lock_fd, std::string path)
      : handle_(handle), lock_fd_(lock_fd), path_(std::move(path)) {}

  // Waits up to ten seconds for the writer's lock; kUnavailable after that.
  Status lock();
  void unlock();
  // Under the lock: says in its file whether the log is being written.
  Status mark(char state);
  // Under the lock: makes durable what a process has left that was killed while it wrote, or whose
  // fsync failed. SQLite finds its commit and cannot tell it from a durable one.
  Status settle();

  sqlite3* handle_ = nullptr;
  int lock_fd_ = -1;
  std::string path_;
};

// A prepared statement: bind in order, step, read columns. The database must outlive it. Text and
// blobs are bound without a copy: they must live until the next step or reset.
class SqliteStatement {
 public:
  SqliteStatement& bind(std::int64_t value);
  SqliteStatement& bind(std::uint64_t value) { return bind(static_cast<std::int64_t>(value)); }
  SqliteStatement& bind_text(std::string_view value);
  SqliteStatement& bind_blob(BytesView value);
  SqliteStatement& bind_null();

  // True when there is a row. After false the statement is reset and can be bound again.
  Result<bool> step();
  // Steps a statement that yields no rows.
  Status done();
  void reset();

  std::int64_t integer(int column) const;
  bool is_null(int column) const;
  Bytes bytes(int column) const;  // text or blob

  SqliteStatement(SqliteStatement&& other) noexcept;
  SqliteStatement& operator=(SqliteStatement&&) = delete;
  ~SqliteStatement();

 private:
  friend class SqliteDatabase;
  explicit SqliteStatement(sqlite3_stmt* handle) : handle_(handle) {}

  sqlite3_stmt* handle_ = nullptr;
  int bound_ = 0;
  int bind_error_ = 0;  // first failed bind, reported by step
};

// A write transaction. Rolled back by the destructor unless commit succeeded. The database must
// stay where it is while one is open.
class SqliteTransaction {
 public:
  // Takes the write lock at once, so that what is read inside is what is written upon.
  static Result<SqliteTransaction> begin(SqliteDatabase& database);
  // `note` (of one length for ever) stands outside of the database and its log, whose damaged end
  // SQLite takes for a shorter log. It is never ahead of what is durable.
  Status commit(std::string_view note = {});

  SqliteTransaction(SqliteTransaction&& other) noexcept;
  SqliteTransaction& operator=(SqliteTransaction&&) = delete;
  ~SqliteTransaction();

 private:
  explicit SqliteTransaction(SqliteDatabase* database) : database_(database) {}

  SqliteDatabase* database_ = nullptr;  // nullptr once it is over
};

}  // namespace plumbline

#endif  // PLUMBLINE_AGENTS_SQLITE_H_
