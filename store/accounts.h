// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_STORE_ACCOUNTS_H_
#define PLUMBLINE_STORE_ACCOUNTS_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/result.h"

namespace plumbline {

// What an account is for. It says which pages it may open; its scope says of which units.
enum class Role : std::uint8_t { kProvince, kCity, kCounty, kOutlet, kAuditor, kOperator };
std::string_view role_name(Role role);  // "province", ...
Result<Role> parse_role(std::string_view text);

// A node of the tree province, city, county, outlet.
enum class ScopeLevel : std::uint8_t { kNetwork, kCity, kCounty, kOutlet };
std::string_view scope_level_name(ScopeLevel level);  // "network", ...
Result<ScopeLevel> parse_scope_level(std::string_view text);
// The level that a role's scope has: network for province, auditor and operator.
ScopeLevel scope_level_of(Role role);

struct Scope {
  ScopeLevel level = ScopeLevel::kOutlet;
  std::string unit;  // code or outlet id; "ALL" at the network level
  bool operator==(const Scope&) const = default;
};

struct Account {
  std::string name;  // [a-z0-9][a-z0-9._-]{0,63}
  std::string display_zh, display_en;
  Role role = Role::kOutlet;
  Scope scope;
  std::string password_hash;  // base/password.h; "" = nobody can sign in with a password
  bool disabled = false;
  std::uint64_t revision = 0;  // given by the store: another one after each change
};

// kInvalid when the name, a display name, or role and scope together are not possible.
Status check_account(const Account& account);

struct AccountSession {
  Hash token_hash;  // SHA-256 of the token that the browser holds
  std::string account;
  Instant created;
  Instant expires;
  std::uint64_t revision = 0;  // of the account when it signed in
};

// Who did what to an account, for the audit record.
struct AccountChange {
  Instant at;
  std::string actor;
  std::string reason;
};

// Accounts and sessions of the portal. What is changed is durable when the call returns. Safe from
// any thread.
class AccountStore {
 public:
  virtual ~AccountStore() = default;

  // kInvalid by check_account(), kExists.
  virtual Status add(const Account& account, const AccountChange& by) = 0;
  // Replaces all but the name; the account gets a new revision, so that its sessions end. kInvalid,
  // kNotFound.
  virtual Status set(const Account& account, const AccountChange& by) = 0;
  // With its sessions. kNotFound.
  virtual Status remove(const std::string& name, const AccountChange& by) = 0;
  virtual Result<std::optional<Account>> find(const std::string& name) = 0;
  virtual Result<std::vector<Account>> list() = 0;  // by name

  // At most kMaxSessionsPerAccount of an account: the oldest end. kNotFound (account).
  static constexpr std::size_t kMaxSessionsPerAccount = 20;
  virtual Status open_session(const AccountSession& session) = 0;
  virtual Status close_session(const Hash& token_hash) = 0;
  // The account of a session that has not expired at `now`, while the account is as it was when it
  // signed in and is not disabled; nullopt otherwise.
  virtual Result<std::optional<Account>> signed_in(const Hash& token_hash, Instant now) = 0;
  // Forgets the sessions that have expired.
  virtual Status forget_expired(Instant now) = 0;
};

// Keeps everything in memory.
std::unique_ptr<AccountStore> make_memory_accounts();

}  // namespace plumbline

#endif  // PLUMBLINE_STORE_ACCOUNTS_H_
