// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite/accounts_db.h"

#include <fmt/format.h>

#include "base/mutex.h"
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

// "PLPO"
constexpr Identity kAccountsIdentity{0x504c504f, 1, "portal database"};

constexpr const char* kAccountsSchema = R"sql(
CREATE TABLE accounts(
  name TEXT PRIMARY KEY,
  display_zh TEXT NOT NULL,
  display_en TEXT NOT NULL,
  role TEXT NOT NULL,
  scope_level TEXT NOT NULL,
  scope_unit TEXT NOT NULL,
  password_hash TEXT NOT NULL,
  disabled INTEGER NOT NULL CHECK(disabled IN (0, 1)),
  revision INTEGER NOT NULL
) STRICT;
CREATE TABLE sessions(
  token_hash BLOB PRIMARY KEY,
  account TEXT NOT NULL,
  created INTEGER NOT NULL,
  expires INTEGER NOT NULL,
  revision INTEGER NOT NULL
) STRICT;
CREATE INDEX sessions_of_account ON sessions(account, created);
CREATE TABLE changes(
  revision INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  reason TEXT NOT NULL,
  account TEXT NOT NULL,
  action TEXT NOT NULL
) STRICT
)sql";

constexpr const char* kColumns =
    "name, display_zh, display_en, role, scope_level, scope_unit, password_hash, disabled, "
    "accounts.revision";

Result<Account> account_of(const Statement& row) {
  Account account;
  account.name = row.text(0);
  account.display_zh = row.text(1);
  account.display_en = row.text(2);
  ASSIGN_OR_RETURN(account.role, parse_role(row.text(3)));
  ASSIGN_OR_RETURN(account.scope.level, parse_scope_level(row.text(4)));
  account.scope.unit = row.text(5);
  account.password_hash = row.text(6);
  account.disabled = row.integer(7) != 0;
  account.revision = static_cast<std::uint64_t>(row.integer(8));
  return account;
}

class SqliteAccounts : public AccountStore {
 public:
  SqliteAccounts(FileLock lock, std::unique_ptr<Connection> connection)
      : lock_(std::move(lock)), connection_(std::move(connection)) {}

  Status add(const Account& account, const AccountChange& by) override {
    RETURN_IF_ERROR(check_account(account));
    MutexLock lock(mutex_);
    Transaction transaction(*connection_);
    RETURN_IF_ERROR(transaction.begin("BEGIN IMMEDIATE"));
    ASSIGN_OR_RETURN(auto there, read(account.name));
    if (there) {
      return Error(Code::kExists, fmt::format("there is an account \"{}\" already", account.name));
    }
    RETURN_IF_ERROR(put(account, by, "add"));
    return transaction.commit();
  }

  Status set(const Account& account, const AccountChange& by) override {
    RETURN_IF_ERROR(check_account(account));
    MutexLock lock(mutex_);
    Transaction transaction(*connection_);
    RETURN_IF_ERROR(transaction.begin("BEGIN IMMEDIATE"));
    ASSIGN_OR_RETURN(auto there, read(account.name));
    if (!there) return unknown(account.name);
    RETURN_IF_ERROR(put(account, by, "set"));
    return transaction.commit();
  }

  Status remove(const std::string& name, const AccountChange& by) override {
    MutexLock lock(mutex_);
    Transaction transaction(*connection_);
    RETURN_IF_ERROR(transaction.begin("BEGIN IMMEDIATE"));
    ASSIGN_OR_RETURN(auto there, read(name));
    if (!there) return unknown(name);
    ASSIGN_OR_RETURN([[maybe_unused]] std::int64_t revision, note(by, name, "remove"));
    for (const char* sql :
         {"DELETE FROM sessions WHERE account = ?1", "DELETE FROM accounts WHERE name = ?1"}) {
      ASSIGN_OR_RETURN(Statement statement, Statement::prepare(*connection_, sql));
      statement.bind_text(1, name);
      RETURN_IF_ERROR(statement.run("removing an account"));
    }
    return transaction.commit();
  }

  Result<std::optional<Account>> find(const std::string& name) override {
    MutexLock lock(mutex_);
    return read(name);
  }

  Result<std::vector<Account>> list() override {
    MutexLock lock(mutex_);
    ASSIGN_OR_RETURN(Statement rows,
                     Statement::prepare(*connection_, fmt::format("SELECT {} FROM accounts "
                                                                  "ORDER BY name",
                                                                  kColumns)));
    std::vector<Account> all;
    for (;;) {
      ASSIGN_OR_RETURN(bool there, rows.step("reading the accounts"));
      if (!there) return all;
      ASSIGN_OR_RETURN(Account account, account_of(rows));
      all.push_back(std::move(account));
    }
  }

  Status open_session(const AccountSession& session) override {
    MutexLock lock(mutex_);
    Transaction transaction(*connection_);
    RETURN_IF_ERROR(transaction.begin("BEGIN IMMEDIATE"));
    ASSIGN_OR_RETURN(auto there, read(session.account));
    if (!there) return unknown(session.account);
    ASSIGN_OR_RETURN(
        Statement put,
        Statement::prepare(*connection_,
                           "INSERT INTO sessions(token_hash, account, created, expires, revision) "
                           "VALUES(?1, ?2, ?3, ?4, ?5)"));
    put.bind_blob(1, session.token_hash.view()).bind_text(2, session.account);
    put.bind(3, session.created.ms).bind(4, session.expires.ms).bind(5, session.revision);
    RETURN_IF_ERROR(put.run("opening a session"));
    ASSIGN_OR_RETURN(
        Statement drop,
        Statement::prepare(*connection_,
                           "DELETE FROM sessions WHERE account = ?1 AND token_hash NOT IN (SELECT "
                           "token_hash FROM sessions WHERE account = ?1 ORDER BY created DESC, "
                           "token_hash LIMIT ?2)"));
    drop.bind_text(1, session.account).bind(2, std::uint64_t{kMaxSessionsPerAccount});
    RETURN_IF_ERROR(drop.run("ending the oldest sessions"));
    return transaction.commit();
  }

  Status close_session(const Hash& token_hash) override {
    MutexLock lock(mutex_);
    ASSIGN_OR_RETURN(
        Statement drop,
        Statement::prepare(*connection_, "DELETE FROM sessions WHERE token_hash = ?1"));
    drop.bind_blob(1, token_hash.view());
    return drop.run("ending a session");
  }

  Result<std::optional<Account>> signed_in(const Hash& token_hash, Instant now) override {
    MutexLock lock(mutex_);
    ASSIGN_OR_RETURN(
        Statement row,
        Statement::prepare(
            *connection_, fmt::format("SELECT {} FROM sessions JOIN accounts ON name = account AND "
                                      "accounts.revision = sessions.revision WHERE token_hash = ?1 "
                                      "AND expires > ?2 AND disabled = 0",
                                      kColumns)));
    row.bind_blob(1, token_hash.view()).bind(2, now.ms);
    return one(row);
  }

  Status forget_expired(Instant now) override {
    MutexLock lock(mutex_);
    ASSIGN_OR_RETURN(Statement drop, Statement::prepare(*connection_,
                                                        "DELETE FROM sessions WHERE "
                                                        "expires <= ?1"));
    drop.bind(1, now.ms);
    return drop.run("forgetting expired sessions");
  }

 private:
  static Error unknown(const std::string& name) {
    return Error(Code::kNotFound, fmt::format("there is no account \"{}\"", name));
  }

  Result<std::optional<Account>> one(Statement& row) REQUIRES(mutex_) {
    ASSIGN_OR_RETURN(bool there, row.step("reading an account"));
    if (!there) return std::optional<Account>();
    ASSIGN_OR_RETURN(Account account, account_of(row));
    return std::optional<Account>(std::move(account));
  }

  Result<std::optional<Account>> read(const std::string& name) REQUIRES(mutex_) {
    ASSIGN_OR_RETURN(Statement row,
                     Statement::prepare(*connection_, fmt::format("SELECT {} FROM accounts "
                                                                  "WHERE name = ?1",
                                                                  kColumns)));
    row.bind_text(1, name);
    return one(row);
  }

  // Returns the number of the change: the account's new revision.
  Result<std::int64_t> note(const AccountChange& by, const std::string& account,
                            std::string_view action) REQUIRES(mutex_) {
    ASSIGN_OR_RETURN(Statement put,
                     Statement::prepare(*connection_,
                                        "INSERT INTO changes(at, actor, reason, account, action) "
                                        "VALUES(?1, ?2, ?3, ?4, ?5)"));
    put.bind(1, by.at.ms).bind_text(2, by.actor).bind_text(3, by.reason);
    put.bind_text(4, account).bind_text(5, action);
    RETURN_IF_ERROR(put.run("recording a change of an account"));
    return connection_->integer("SELECT max(revision) FROM changes");
  }

  Status put(const Account& account, const AccountChange& by, std::string_view action)
      REQUIRES(mutex_) {
    ASSIGN_OR_RETURN(std::int64_t revision, note(by, account.name, action));
    ASSIGN_OR_RETURN(
        Statement put,
        Statement::prepare(*connection_,
                           "INSERT OR REPLACE INTO accounts(name, display_zh, display_en, role, "
                           "scope_level, scope_unit, password_hash, disabled, revision) "
                           "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"));
    put.bind_text(1, account.name).bind_text(2, account.display_zh);
    put.bind_text(3, account.display_en).bind_text(4, role_name(account.role));
    put.bind_text(5, scope_level_name(account.scope.level)).bind_text(6, account.scope.unit);
    put.bind_text(7, account.password_hash).bind(8, std::int64_t{account.disabled ? 1 : 0});
    put.bind(9, revision);
    return put.run("writing an account");
  }

  FileLock lock_;
  Mutex mutex_;
  std::unique_ptr<Connection> connection_ GUARDED_BY(mutex_);
};

}  // namespace

Result<std::unique_ptr<AccountStore>> open_sqlite_accounts(const std::string& path) {
  ASSIGN_OR_RETURN(FileLock lock, FileLock::take(path + ".lock"));
  ASSIGN_OR_RETURN(std::unique_ptr<Connection> connection,
                   Connection::open(path, Access::kReadWrite));
  ASSIGN_OR_RETURN(bool made, sqlite::check_identity(*connection, kAccountsIdentity));
  RETURN_IF_ERROR(connection->run("PRAGMA synchronous = FULL; PRAGMA cell_size_check = ON"));
  if (!made) {
    RETURN_IF_ERROR(sqlite::create_schema(*connection, kAccountsIdentity, kAccountsSchema));
  }
  return std::unique_ptr<AccountStore>(
      std::make_unique<SqliteAccounts>(std::move(lock), std::move(connection)));
}

}  // namespace plumbline
