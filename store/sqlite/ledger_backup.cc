// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite/ledger_backup.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <vector>

#include "base/file.h"
#include "base/limits.h"
#include "store/sqlite/connection.h"
#include "store/sqlite/ledger_schema.h"

namespace plumbline {
namespace {

using sqlite::Access;
using sqlite::Connection;
using sqlite::ScopedReset;
using sqlite::Statement;

Status fsync_file(const std::string& path) {
  int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return errno_error("opening " + path);
  bool synced = ::fsync(fd) == 0;
  Error error = errno_error("fsync of " + path);
  ::close(fd);
  if (!synced) return error;
  std::string folder = std::filesystem::path(path).parent_path().string();
  return fsync_folder(folder.empty() ? "." : folder);
}

Status refuse_existing(const std::string& target) {
  std::error_code ignored;
  if (!std::filesystem::exists(target, ignored)) return {};
  return Error(Code::kExists, target + " exists already");
}

// Binds the columns of the row at hand to the parameters of `insert`. Returns the row's bytes.
std::uint64_t bind_row(const Statement& row, int columns, Statement& insert) {
  std::uint64_t bytes = 0;
  for (int i = 0; i < columns; ++i) {
    if (row.is_integer(i)) {
      insert.bind(i + 1, row.integer(i));
    } else if (row.is_blob(i)) {
      insert.bind_blob(i + 1, row.blob(i));
      bytes += row.blob(i).size();
    } else if (row.is_null(i)) {
      insert.bind_null(i + 1);
    } else {
      insert.bind_text(i + 1, row.text(i));
      bytes += row.text(i).size();
    }
  }
  return bytes;
}

// Takes the whole ledger, whatever tables it has beside `entries`.
class LedgerCopy {
 public:
  LedgerCopy(Connection& source, Connection& target, const CopyProgress& progress)
      : source_(source), target_(target), progress_(progress) {}

  Result<LedgerSize> run() {
    RETURN_IF_ERROR(make_tables());
    RETURN_IF_ERROR(prepare());
    RETURN_IF_ERROR(copy_all_entries());
    // What has come in the meantime, and everything that belongs to it, as of one moment.
    RETURN_IF_ERROR(source_.run("BEGIN"));
    RETURN_IF_ERROR(copy_all_entries());
    RETURN_IF_ERROR(target_.run("BEGIN"));
    for (const std::string& table : tables_) RETURN_IF_ERROR(copy_table(table));
    RETURN_IF_ERROR(withdraw_contents());
    RETURN_IF_ERROR(target_.run("COMMIT"));
    RETURN_IF_ERROR(source_.run("COMMIT"));
    return LedgerSize(next_);
  }

 private:
  Status make_tables() {
    ASSIGN_OR_RETURN(Statement rows,
                     Statement::prepare(
                         source_,
                         "SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL "
                         "AND name NOT LIKE 'sqlite~_%' ESCAPE '~' ORDER BY type = 'table' DESC"));
    std::string schema = "BEGIN;";
    for (;;) {
      ASSIGN_OR_RETURN(bool row, rows.step("reading the ledger's tables"));
      if (!row) break;
      std::string name(rows.text(1));
      if (rows.text(0) == "table" && name != "entries") tables_.push_back(name);
      schema += std::string(rows.text(2)) + ";";
    }
    ASSIGN_OR_RETURN(std::int64_t version, source_.integer("PRAGMA user_version"));
    schema += fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {}; COMMIT",
                          sqlite::kLedgerIdentity.application, version);
    return target_.run(schema);
  }

  Status prepare() {
    ASSIGN_OR_RETURN(read_, Statement::prepare(source_,
                                               "SELECT idx, leaf, entry, content FROM entries "
                                               "WHERE idx >= ?1 ORDER BY idx LIMIT ?2"));
    ASSIGN_OR_RETURN(write_, Statement::prepare(target_,
                                                "INSERT INTO entries(idx, leaf, entry, content) "
                                                "VALUES(?1, ?2, ?3, ?4)"));
    return {};
  }

  // Until a chunk is not full: a writer that goes on all the time does not keep the copy running.
  Status copy_all_entries() {
    for (bool full = true; full;) {
      ASSIGN_OR_RETURN(full, copy_entries());
    }
    return {};
  }

  // One chunk of entries from `next_` on; false when the ledger ended before it was full.
  Result<bool> copy_entries() {
    ASSIGN_OR_RETURN(std::int64_t size, source_.integer("SELECT ifnull(max(idx), -1) + 1 "
                                                        "FROM entries"));
    read_.bind(1, next_).bind(2, std::uint64_t{limits::kReadChunkEntries});
    ScopedReset reset(read_);
    RETURN_IF_ERROR(target_.run("BEGIN"));
    const std::uint64_t end = next_ + limits::kReadChunkEntries;
    bool full = true;
    for (std::uint64_t chunk = 0; chunk < limits::kReadChunkBytes && next_ < end;) {
      ASSIGN_OR_RETURN(full, read_.step("reading the ledger"));
      if (!full) break;
      if (static_cast<std::uint64_t>(read_.integer(0)) != next_) {
        return Error(Code::kCorrupt, fmt::format("{}: entry {} is missing", source_.path(), next_));
      }
      std::uint64_t bytes = bind_row(read_, 4, write_);
      RETURN_IF_ERROR(write_.run(fmt::format("copying entry {}", next_)));
      chunk += bytes;
      bytes_ += bytes;
      ++next_;
    }
    RETURN_IF_ERROR(target_.run("COMMIT"));
    if (progress_) {
      progress_(LedgerIndex(next_), LedgerSize(static_cast<std::uint64_t>(size)), bytes_);
    }
    return full;
  }

  Status copy_table(const std::string& table) {
    ASSIGN_OR_RETURN(
        std::int64_t columns,
        source_.integer(fmt::format("SELECT count(*) FROM pragma_table_info('{}')", table)));
    std::string parameters = "?1";
    for (std::int64_t i = 2; i <= columns; ++i) parameters += fmt::format(", ?{}", i);
    ASSIGN_OR_RETURN(Statement rows,
                     Statement::prepare(source_, fmt::format("SELECT * FROM \"{}\"", table)));
    ASSIGN_OR_RETURN(Statement insert,
                     Statement::prepare(
                         target_, fmt::format("INSERT INTO \"{}\" VALUES({})", table, parameters)));
    for (;;) {
      ASSIGN_OR_RETURN(bool row, rows.step("reading table " + table));
      if (!row) return {};
      bytes_ += bind_row(rows, static_cast<int>(columns), insert);
      RETURN_IF_ERROR(insert.run("copying table " + table));
    }
  }

  // Contents that were withdrawn after their chunk had been copied.
  Status withdraw_contents() {
    ASSIGN_OR_RETURN(Statement rows, Statement::prepare(source_,
                                                        "SELECT idx FROM entries "
                                                        "WHERE content IS NULL ORDER BY idx"));
    ASSIGN_OR_RETURN(Statement clear, Statement::prepare(target_,
                                                         "UPDATE entries SET content = NULL "
                                                         "WHERE idx = ?1 AND content NOT NULL"));
    for (;;) {
      ASSIGN_OR_RETURN(bool row, rows.step("reading where contents were withdrawn"));
      if (!row) return {};
      clear.bind(1, rows.integer(0));
      RETURN_IF_ERROR(clear.run("withdrawing a content"));
    }
  }

  Connection& source_;
  Connection& target_;
  const CopyProgress& progress_;
  Statement read_, write_;
  std::vector<std::string> tables_;  // but `entries`
  std::uint64_t next_ = 0;
  std::uint64_t bytes_ = 0;
};

}  // namespace

Result<LedgerSize> copy_sqlite_ledger(const std::string& source, const std::string& target,
                                      const CopyProgress& progress) {
  RETURN_IF_ERROR(refuse_existing(target));
  ASSIGN_OR_RETURN(std::unique_ptr<Connection> from, Connection::open(source, Access::kReadOnly));
  ASSIGN_OR_RETURN(bool made, sqlite::check_identity(*from, sqlite::kLedgerIdentity));
  if (!made) return Error(Code::kNotFound, source + " holds no ledger yet");
  LedgerSize size;
  {
    ASSIGN_OR_RETURN(std::unique_ptr<Connection> to, Connection::open(target, Access::kReadWrite));
    // Nobody looks at the copy before it is whole and synced; it needs no journal until then.
    RETURN_IF_ERROR(
        to->run("PRAGMA page_size = 8192; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; "
                "PRAGMA secure_delete = ON"));
    ASSIGN_OR_RETURN(size, LedgerCopy(*from, *to, progress).run());
  }
  RETURN_IF_ERROR(fsync_file(target));
  return size;
}

Status copy_sqlite_database(const std::string& source, const std::string& target) {
  RETURN_IF_ERROR(refuse_existing(target));
  ASSIGN_OR_RETURN(std::unique_ptr<Connection> from, Connection::open(source, Access::kReadOnly));
  ASSIGN_OR_RETURN(Statement copy, Statement::prepare(*from, "VACUUM INTO ?1"));
  copy.bind_text(1, target);
  RETURN_IF_ERROR(copy.run("copying " + source));
  return fsync_file(target);
}

Status make_sqlite_writable(const std::string& path) {
  ASSIGN_OR_RETURN(std::unique_ptr<Connection> connection,
                   Connection::open(path, Access::kReadWrite));
  ASSIGN_OR_RETURN(std::string mode, connection->text("PRAGMA journal_mode = WAL"));
  if (mode == "wal") return {};
  return Error(
      Code::kUnsupported,
      fmt::format("{}: the file system allows no write-ahead log (journal mode {})", path, mode));
}

}  // namespace plumbline
