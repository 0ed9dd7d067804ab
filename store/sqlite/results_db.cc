// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite/results_db.h"

#include <fmt/format.h>

#include <filesystem>
#include <utility>

#include "base/json.h"
#include "store/sqlite/connection.h"
#include "store/sqlite/file_lock.h"
#include "store/sqlite/transaction.h"

namespace plumbline {
namespace {

using sqlite::Access;
using sqlite::Connection;
using sqlite::Identity;
using sqlite::Statement;
using sqlite::Transaction;

// "PLRS"
constexpr Identity kResultsIdentity{0x504c5253, 1, "results database"};

// The key's columns compare by their bytes, which is the order of ResultRow.
constexpr const char* kResultsSchema = R"sql(
CREATE TABLE header(
  id INTEGER PRIMARY KEY CHECK(id = 1),
  size INTEGER NOT NULL,
  as_of INTEGER NOT NULL,
  pack TEXT NOT NULL,
  rule_hash TEXT NOT NULL
) STRICT;
CREATE TABLE results(
  standard TEXT NOT NULL,
  level TEXT NOT NULL,
  unit TEXT NOT NULL,
  period TEXT NOT NULL,
  body TEXT NOT NULL,
  UNIQUE(standard, level, unit, period)
) STRICT
)sql";

std::string select_sql(const ResultsStore::Filter& filter, const char* columns) {
  std::string sql = fmt::format("SELECT {} FROM results WHERE 1", columns);
  if (!filter.standard.empty()) sql += " AND standard = ?1";
  if (!filter.level.empty()) sql += " AND level = ?2";
  if (!filter.unit.empty()) sql += " AND unit = ?3";
  if (!filter.period.empty()) sql += " AND period = ?4";
  if (!filter.units.empty()) sql += " AND unit IN (SELECT value FROM json_each(?5))";
  if (!filter.standard_prefix.empty()) sql += " AND standard >= ?6 AND standard < ?7";
  return sql + " ORDER BY standard, level, unit, period";
}

// The first text, in the order of bytes, after all that begin with `prefix`.
std::string behind(std::string prefix) {
  while (!prefix.empty() && prefix.back() == '\xff') prefix.pop_back();
  if (!prefix.empty()) prefix.back() = static_cast<char>(prefix.back() + 1);
  return prefix;
}

class SqliteView : public ResultsStore::View {
 public:
  explicit SqliteView(Connection& connection) : connection_(connection), transaction_(connection) {}

  // False while nothing was published.
  Result<bool> begin() {
    RETURN_IF_ERROR(transaction_.begin("BEGIN"));
    ASSIGN_OR_RETURN(
        Statement row,
        Statement::prepare(connection_, "SELECT size, as_of, pack, rule_hash FROM header"));
    ASSIGN_OR_RETURN(bool there, row.step("reading the results' header"));
    if (!there) return false;
    header_.size = LedgerSize(static_cast<std::uint64_t>(row.integer(0)));
    header_.as_of = Instant{row.integer(1)};
    header_.pack = row.text(2);
    header_.rule_hash = row.text(3);
    return true;
  }

  const ResultsHeader& header() const override { return header_; }

  Result<std::vector<ResultRow>> rows(const ResultsStore::Filter& filter) override {
    return select(filter, "standard, level, unit, period, body");
  }

  Result<std::vector<ResultRow>> keys(const ResultsStore::Filter& filter) override {
    return select(filter, "standard, level, unit, period, ''");
  }

 private:
  Result<std::vector<ResultRow>> select(const ResultsStore::Filter& filter, const char* columns) {
    ASSIGN_OR_RETURN(Statement rows, Statement::prepare(connection_, select_sql(filter, columns)));
    Json units = Json::array();
    for (const std::string& unit : filter.units) units.push(unit);
    const std::string unit_list = units.text();
    const std::string end = behind(filter.standard_prefix);
    if (!filter.standard.empty()) rows.bind_text(1, filter.standard);
    if (!filter.level.empty()) rows.bind_text(2, filter.level);
    if (!filter.unit.empty()) rows.bind_text(3, filter.unit);
    if (!filter.period.empty()) rows.bind_text(4, filter.period);
    if (!filter.units.empty()) rows.bind_text(5, unit_list);
    if (!filter.standard_prefix.empty()) {
      rows.bind_text(6, filter.standard_prefix).bind_text(7, end);
    }
    std::vector<ResultRow> found;
    for (;;) {
      ASSIGN_OR_RETURN(bool row, rows.step("reading the results"));
      if (!row) return found;
      found.push_back({std::string(rows.text(0)), std::string(rows.text(1)),
                       std::string(rows.text(2)), std::string(rows.text(3)),
                       std::string(rows.text(4))});
    }
  }

  Connection& connection_;
  Transaction transaction_;
  ResultsHeader header_;
};

void bind_key(Statement& statement, const ResultRow& row) {
  statement.bind_text(1, row.standard)
      .bind_text(2, row.level)
      .bind_text(3, row.unit)
      .bind_text(4, row.period);
}

class SqliteResults : public ResultsStore {
 public:
  SqliteResults(std::optional<FileLock> lock, std::unique_ptr<Connection> connection)
      : lock_(std::move(lock)), connection_(std::move(connection)) {}

  Status publish(const ResultsHeader& header, const std::vector<ResultRow>& changed,
                 const std::vector<ResultRow>& gone) override {
    RETURN_IF_ERROR(may_write());
    Transaction transaction(*connection_);
    RETURN_IF_ERROR(transaction.begin("BEGIN IMMEDIATE"));
    RETURN_IF_ERROR(put_header(header));
    ASSIGN_OR_RETURN(Statement remove,
                     Statement::prepare(*connection_,
                                        "DELETE FROM results WHERE standard = ?1 AND level = ?2 "
                                        "AND unit = ?3 AND period = ?4"));
    for (const ResultRow& row : gone) {
      bind_key(remove, row);
      RETURN_IF_ERROR(remove.run("removing a result"));
    }
    ASSIGN_OR_RETURN(
        Statement put,
        Statement::prepare(*connection_,
                           "INSERT INTO results(standard, level, unit, period, body) "
                           "VALUES(?1, ?2, ?3, ?4, ?5) ON CONFLICT(standard, level, unit, period) "
                           "DO UPDATE SET body = excluded.body"));
    for (const ResultRow& row : changed) {
      bind_key(put, row);
      put.bind_text(5, row.body);
      RETURN_IF_ERROR(put.run("writing a result"));
    }
    return transaction.commit();
  }

  Status clear() override {
    RETURN_IF_ERROR(may_write());
    Transaction transaction(*connection_);
    RETURN_IF_ERROR(transaction.begin("BEGIN IMMEDIATE"));
    RETURN_IF_ERROR(connection_->run("DELETE FROM results"));
    RETURN_IF_ERROR(connection_->run("DELETE FROM header"));
    return transaction.commit();
  }

  Result<std::unique_ptr<View>> view() override {
    auto view = std::make_unique<SqliteView>(*connection_);
    ASSIGN_OR_RETURN(bool published, view->begin());
    if (!published) return std::unique_ptr<View>();
    return std::unique_ptr<View>(std::move(view));
  }

  Result<std::optional<Snapshot>> read(const Filter& filter) override {
    ASSIGN_OR_RETURN(auto seen, view());
    if (seen == nullptr) return std::optional<Snapshot>();
    ASSIGN_OR_RETURN(std::vector<ResultRow> rows, seen->rows(filter));
    return std::optional<Snapshot>(Snapshot{seen->header(), std::move(rows)});
  }

 private:
  Status may_write() const {
    if (lock_) return {};
    return Error(Code::kDenied, connection_->path() + " was opened for reading");
  }

  Status put_header(const ResultsHeader& header) {
    ASSIGN_OR_RETURN(Statement put,
                     Statement::prepare(*connection_,
                                        "INSERT OR REPLACE INTO header(id, size, as_of, pack, "
                                        "rule_hash) VALUES(1, ?1, ?2, ?3, ?4)"));
    put.bind(1, header.size.value)
        .bind(2, header.as_of.ms)
        .bind_text(3, header.pack)
        .bind_text(4, header.rule_hash);
    return put.run("writing the results' header");
  }

  std::optional<FileLock> lock_;  // of the writer
  std::unique_ptr<Connection> connection_;
};

std::string lock_path(const std::string& path) {
  return path + ".lock";
}

}  // namespace

Result<std::unique_ptr<ResultsStore>> open_sqlite_results(const std::string& path) {
  ASSIGN_OR_RETURN(FileLock lock, FileLock::take(lock_path(path)));
  ASSIGN_OR_RETURN(std::unique_ptr<Connection> connection,
                   Connection::open(path, Access::kReadWrite));
  ASSIGN_OR_RETURN(bool made, sqlite::check_identity(*connection, kResultsIdentity));
  RETURN_IF_ERROR(connection->run("PRAGMA synchronous = NORMAL; PRAGMA cell_size_check = ON"));
  if (!made) {
    RETURN_IF_ERROR(sqlite::create_schema(*connection, kResultsIdentity, kResultsSchema));
  }
  return std::unique_ptr<ResultsStore>(
      std::make_unique<SqliteResults>(std::move(lock), std::move(connection)));
}

Result<std::unique_ptr<ResultsStore>> open_sqlite_results_reader(const std::string& path) {
  ASSIGN_OR_RETURN(std::unique_ptr<Connection> connection,
                   Connection::open(path, Access::kReadOnly));
  ASSIGN_OR_RETURN(bool made, sqlite::check_identity(*connection, kResultsIdentity));
  if (!made) return Error(Code::kNotFound, path + " holds no results yet");
  return std::unique_ptr<ResultsStore>(
      std::make_unique<SqliteResults>(std::nullopt, std::move(connection)));
}

Status remove_sqlite_results(const std::string& path) {
  ASSIGN_OR_RETURN(FileLock lock, FileLock::take(lock_path(path)));
  // The database first: SQLite passes over the WAL of an empty database, while a database without
  // its WAL could pass for a whole one.
  for (const char* suffix : {"", "-wal", "-shm", "-journal"}) {
    std::error_code error;
    std::filesystem::remove(path + suffix, error);
    if (error) {
      return Error(Code::kIo, fmt::format("removing {}{}: {}", path, suffix, error.message()));
    }
  }
  return {};
}

}  // namespace plumbline
