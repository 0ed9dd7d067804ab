// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <map>

#include "base/mutex.h"
#include "store/accounts.h"

namespace plumbline {
namespace {

class MemoryAccounts : public AccountStore {
 public:
  Status add(const Account& account, const AccountChange&) override {
    RETURN_IF_ERROR(check_account(account));
    MutexLock lock(mutex_);
    if (accounts_.contains(account.name)) {
      return Error(Code::kExists, fmt::format("there is an account \"{}\" already", account.name));
    }
    put(account);
    return {};
  }

  Status set(const Account& account, const AccountChange&) override {
    RETURN_IF_ERROR(check_account(account));
    MutexLock lock(mutex_);
    if (!accounts_.contains(account.name)) return unknown(account.name);
    put(account);
    return {};
  }

  Status remove(const std::string& name, const AccountChange&) override {
    MutexLock lock(mutex_);
    if (accounts_.erase(name) == 0) return unknown(name);
    std::erase_if(sessions_, [&](const auto& item) { return item.second.account == name; });
    return {};
  }

  Result<std::optional<Account>> find(const std::string& name) override {
    MutexLock lock(mutex_);
    auto found = accounts_.find(name);
    if (found == accounts_.end()) return std::optional<Account>();
    return std::optional<Account>(found->second);
  }

  Result<std::vector<Account>> list() override {
    MutexLock lock(mutex_);
    std::vector<Account> all;
    for (const auto& [name, account] : accounts_) all.push_back(account);
    return all;
  }

  Status open_session(const AccountSession& session) override {
    MutexLock lock(mutex_);
    if (!accounts_.contains(session.account)) return unknown(session.account);
    sessions_[session.token_hash] = session;
    drop_oldest(session.account);
    return {};
  }

  Status close_session(const Hash& token_hash) override {
    MutexLock lock(mutex_);
    sessions_.erase(token_hash);
    return {};
  }

  Result<std::optional<Account>> signed_in(const Hash& token_hash, Instant now) override {
    MutexLock lock(mutex_);
    auto session = sessions_.find(token_hash);
    if (session == sessions_.end() || session->second.expires <= now) {
      return std::optional<Account>();
    }
    auto account = accounts_.find(session->second.account);
    if (account == accounts_.end() || account->second.disabled ||
        account->second.revision != session->second.revision) {
      return std::optional<Account>();
    }
    return std::optional<Account>(account->second);
  }

  Status forget_expired(Instant now) override {
    MutexLock lock(mutex_);
    std::erase_if(sessions_, [&](const auto& item) { return item.second.expires <= now; });
    return {};
  }

 private:
  static Error unknown(const std::string& name) {
    return Error(Code::kNotFound, fmt::format("there is no account \"{}\"", name));
  }

  void put(Account account) REQUIRES(mutex_) {
    account.revision = ++revision_;
    accounts_[account.name] = std::move(account);
  }

  void drop_oldest(const std::string& account) REQUIRES(mutex_) {
    std::size_t count = 0;
    auto oldest = sessions_.end();
    for (auto at = sessions_.begin(); at != sessions_.end(); ++at) {
      if (at->second.account != account) continue;
      ++count;
      if (oldest == sessions_.end() || at->second.created < oldest->second.created) oldest = at;
    }
    if (count > kMaxSessionsPerAccount) sessions_.erase(oldest);
  }

  Mutex mutex_;
  std::map<std::string, Account> accounts_ GUARDED_BY(mutex_);
  std::map<Hash, AccountSession> sessions_ GUARDED_BY(mutex_);
  std::uint64_t revision_ GUARDED_BY(mutex_) = 0;
};

}  // namespace

std::unique_ptr<AccountStore> make_memory_accounts() {
  return std::make_unique<MemoryAccounts>();
}

}  // namespace plumbline
