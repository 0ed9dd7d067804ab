// SPDX-License-Identifier: Apache-2.0
#include "dashboards/portal/session_desk.h"

#include <fmt/format.h>

#include "base/crypto.h"
#include "base/password.h"
#include "dashboards/portal/demo_accounts.h"
#include "dashboards/portal/words.h"

namespace plumbline {
namespace {

constexpr std::size_t kTokenBytes = 32;
constexpr std::size_t kMaxNameBytes = 64;
constexpr const char* kJson = "application/json";
// Of no password: an unknown account costs the same time as a known one.
constexpr const char* kNobody =
    "$argon2id$v=19$m=65536,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$"
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

std::optional<Hash> token_hash_of(const HttpRequest& request) {
  auto token = request.cookie(SessionDesk::kCookie);
  if (!token || token->size() != 2 * kTokenBytes) return std::nullopt;
  auto bytes = from_hex(*token);
  if (!bytes.ok()) return std::nullopt;
  return sha256(*bytes);
}

Error not_accepted() {
  return Error(Code::kUnauthenticated, "The account or the password is not right.");
}

}  // namespace

Result<std::optional<Account>> SessionDesk::account_of(const HttpRequest& request) const {
  std::optional<Hash> token = token_hash_of(request);
  if (!token || sources_.accounts == nullptr) return std::optional<Account>();
  return sources_.accounts->signed_in(*token, sources_.clock->wall());
}

std::string SessionDesk::set_cookie(const std::string& token, Duration age) const {
  return fmt::format("{}={}; Path=/; HttpOnly; SameSite=Strict; Max-Age={}{}", kCookie, token,
                     age.ms / 1000, sources_.behind_tls ? "; Secure" : "");
}

HttpAnswer SessionDesk::begin_session(const Account& account) {
  const Instant now = sources_.clock->wall();
  const Bytes token = random_bytes(kTokenBytes);
  AccountSession session{sha256(token), account.name, now, now + kSessionLength, account.revision};
  Status forgotten = sources_.accounts->forget_expired(now);
  if (!forgotten.ok()) return http_problem(forgotten.error());
  if (Status opened = sources_.accounts->open_session(session); !opened.ok()) {
    return http_problem(opened.error());
  }
  HttpAnswer answer{200, kJson, account_json(account).text()};
  answer.headers.emplace_back("Set-Cookie", set_cookie(to_hex(token), kSessionLength));
  return answer;
}

Result<Account> SessionDesk::check_password(const std::string& name, const std::string& password) {
  if (name.size() > kMaxNameBytes) return not_accepted();
  const std::int64_t now = sources_.clock->monotonic_ms();
  {
    MutexLock lock(mutex_);
    if (!limits_.may_try(name, now)) {
      return Error(Code::kExhausted, "Too many attempts; try again in a quarter of an hour.");
    }
  }
  ASSIGN_OR_RETURN(std::optional<Account> account, sources_.accounts->find(name));
  const bool may = account && !account->disabled && !account->password_hash.empty();
  bool matches = false;
  {
    MutexLock lock(hashing_);
    matches = password_matches(may ? account->password_hash : kNobody, password);
  }
  MutexLock lock(mutex_);
  if (!may || !matches) {
    limits_.failed(name, now);
    return not_accepted();
  }
  limits_.succeeded(name);
  return *account;
}

HttpAnswer SessionDesk::sign_in(const HttpRequest& request) {
  if (sources_.accounts == nullptr) return http_problem(503, "not_ready", "There are no accounts.");
  auto body = Json::parse(request.body);
  if (!body.ok() || !body->is_object()) {
    return http_problem(400, "invalid", "The body is not a JSON object.");
  }
  const std::size_t members = body->as_object().size();
  if (auto demo = body->string_at("demo"); demo.ok() && members == 1) {
    auto account = demo_account(*demo);
    return account.ok() ? begin_session(*account) : http_problem(account.error());
  }
  auto name = body->string_at("account");
  auto password = body->string_at("password");
  if (!name.ok() || !password.ok() || members != 2) {
    return http_problem(400, "invalid",
                        "The body has \"account\" and \"password\", or \"demo\", and no more.");
  }
  auto account = check_password(*name, *password);
  if (account.ok()) return begin_session(*account);
  if (account.error().code() == Code::kExhausted) {
    return http_problem(429, "busy", account.error().sentence());
  }
  return http_problem(account.error());
}

HttpAnswer SessionDesk::sign_out(const HttpRequest& request) {
  std::optional<Hash> token = token_hash_of(request);
  if (token && sources_.accounts != nullptr) {
    if (Status closed = sources_.accounts->close_session(*token); !closed.ok()) {
      return http_problem(closed.error());
    }
  }
  HttpAnswer answer{204, "", ""};
  answer.headers.emplace_back("Set-Cookie", set_cookie("", Duration{0}));
  return answer;
}

HttpAnswer SessionDesk::describe(const HttpRequest& request) {
  auto account = account_of(request);
  if (!account.ok()) return http_problem(account.error());
  if (!account->has_value()) return http_problem(401, "unauthenticated", "Nobody is signed in.");
  return {200, kJson, account_json(**account).text()};
}

std::shared_ptr<const PlaceTree> SessionDesk::tree() {
  return trees_.of(sources_.registry(), sources_.local(sources_.clock->wall()).date);
}

Json SessionDesk::account_json(const Account& account) {
  const auto places = tree();
  const Genesis& genesis = places->registry().genesis;
  Json scope = Json::object();
  scope.set("level", scope_level_name(account.scope.level)).set("unit", account.scope.unit);
  scope.set("name", places->name(account.scope.level, account.scope.unit));
  Json json = Json::object();
  json.set("account", account.name);
  json.set("name", words::name_json(account.display_zh, account.display_en));
  json.set("role", role_name(account.role)).set("scope", std::move(scope));
  json.set("simulated", genesis.simulated).set("network", genesis.network);
  return json;
}

Result<Account> SessionDesk::demo_account(const std::string& id) {
  for (const Account& wanted : wanted_demo_accounts()) {
    if (wanted.name != id) continue;
    // One request at a time: two would both find no account and add it.
    MutexLock lock(mutex_);
    const AccountChange by{sources_.clock->wall(), "plumbd", "demonstration"};
    ASSIGN_OR_RETURN(std::optional<Account> there, sources_.accounts->find(id));
    if (!there) RETURN_IF_ERROR(sources_.accounts->add(wanted, by));
    if (there && there->scope != wanted.scope) {
      RETURN_IF_ERROR(sources_.accounts->set(wanted, by));
    }
    ASSIGN_OR_RETURN(there, sources_.accounts->find(id));
    if (there) return *there;
  }
  return Error(Code::kUnauthenticated, "There is no such account for demonstration.");
}

std::vector<Account> SessionDesk::wanted_demo_accounts() {
  if (!sources_.demo_accounts || sources_.accounts == nullptr) return {};
  return choose_demo_accounts(*tree());
}

HttpAnswer SessionDesk::demo_accounts() {
  Json accounts = Json::array();
  const auto places = sources_.registry ? tree() : nullptr;
  for (const Account& account : wanted_demo_accounts()) {
    Json json = Json::object();
    json.set("id", account.name).set("role", role_name(account.role));
    json.set("name", words::name_json(account.display_zh, account.display_en));
    json.set("scope_name", places->name(account.scope.level, account.scope.unit));
    accounts.push(std::move(json));
  }
  Json json = Json::object();
  json.set("accounts", std::move(accounts));
  json.set("simulated", places != nullptr && places->registry().genesis.simulated);
  return {200, kJson, json.text()};
}

}  // namespace plumbline
