// SPDX-License-Identifier: Apache-2.0
// The operations of the local socket on accounts of the portal.
#include <fmt/format.h>

#include <algorithm>

#include "base/crypto.h"
#include "base/log.h"
#include "base/password.h"
#include "programs/plumbd_portal.h"

namespace plumbline {
namespace {

constexpr std::size_t kMadePasswordBytes = 12;
constexpr std::size_t kMaxReasonBytes = 2000;

Status only_keys(const Json& request, std::initializer_list<std::string_view> known) {
  for (const auto& [key, value] : request.as_object()) {
    if (key == "op") continue;
    if (std::find(known.begin(), known.end(), key) == known.end()) {
      return Error(Code::kInvalid, fmt::format("the request has an unknown key \"{}\"", key));
    }
  }
  return {};
}

Result<AccountChange> change_by(const Json& request, const std::string& actor) {
  ASSIGN_OR_RETURN(std::string reason, request.string_at("reason"));
  if (reason.empty() || reason.size() > kMaxReasonBytes) {
    return Error(Code::kInvalid, fmt::format("the reason has {} bytes, must have 1 to {}",
                                             reason.size(), kMaxReasonBytes));
  }
  return AccountChange{system_clock().wall(), actor, std::move(reason)};
}

// What the request says of the account replaces what it has.
Status take(const Json& request, Account& account) {
  if (request.find("role") != nullptr) {
    ASSIGN_OR_RETURN(std::string role, request.string_at("role"));
    ASSIGN_OR_RETURN(account.role, parse_role(role));
    account.scope.level = scope_level_of(account.role);
    if (account.scope.level == ScopeLevel::kNetwork) account.scope.unit = "ALL";
  }
  for (auto [key, member] :
       {std::pair{"unit", &account.scope.unit}, std::pair{"display_zh", &account.display_zh},
        std::pair{"display_en", &account.display_en}}) {
    if (request.find(key) == nullptr) continue;
    ASSIGN_OR_RETURN(*member, request.string_at(key));
  }
  if (const Json* disabled = request.find("disabled")) {
    if (!disabled->is_bool()) {
      return Error(Code::kInvalid, "\"disabled\" is neither true nor false");
    }
    account.disabled = disabled->as_bool();
  }
  return check_account(account);
}

// The password of the request, or one that is made and told in `made`.
Status take_password(const Json& request, Account& account, Json& made) {
  ASSIGN_OR_RETURN(std::string password, request.string_at("password"));
  if (password.empty()) {
    password = to_hex(random_bytes(kMadePasswordBytes));
    made.set("password", password);
  }
  ASSIGN_OR_RETURN(account.password_hash, hash_password(password));
  return {};
}

Json account_json(const Account& account) {
  Json json = Json::object();
  json.set("name", account.name).set("role", role_name(account.role));
  json.set("unit", account.scope.unit).set("disabled", account.disabled);
  json.set("display_zh", account.display_zh).set("display_en", account.display_en);
  return json;
}

}  // namespace

Result<Json> PortalPart::account(const Json& request, const std::string& actor) {
  ASSIGN_OR_RETURN(std::string op, request.string_at("op"));
  Json answer = Json::object();
  if (op == "account.list") {
    RETURN_IF_ERROR(only_keys(request, {}));
    ASSIGN_OR_RETURN(std::vector<Account> all, accounts_->list());
    Json list = Json::array();
    for (const Account& account : all) list.push(account_json(account));
    answer.set("accounts", std::move(list));
    return answer;
  }
  const bool known = op == "account.add" || op == "account.set" || op == "account.remove";
  if (!known) {
    return Error(Code::kUnsupported, fmt::format("this plumbd knows no operation \"{}\"", op));
  }
  RETURN_IF_ERROR(only_keys(request, {"name", "role", "unit", "display_zh", "display_en",
                                      "password", "disabled", "reason"}));
  ASSIGN_OR_RETURN(std::string name, request.string_at("name"));
  ASSIGN_OR_RETURN(AccountChange by, change_by(request, actor));
  if (op == "account.remove") {
    RETURN_IF_ERROR(accounts_->remove(name, by));
  } else if (op == "account.add") {
    Account account;
    account.name = name;
    RETURN_IF_ERROR(take(request, account));
    RETURN_IF_ERROR(take_password(request, account, answer));
    RETURN_IF_ERROR(accounts_->add(account, by));
  } else {
    ASSIGN_OR_RETURN(std::optional<Account> account, accounts_->find(name));
    if (!account) {
      return Error(Code::kNotFound, fmt::format("there is no account \"{}\"", name));
    }
    RETURN_IF_ERROR(take(request, *account));
    if (request.find("password") != nullptr) {
      RETURN_IF_ERROR(take_password(request, *account, answer));
    }
    RETURN_IF_ERROR(accounts_->set(*account, by));
  }
  log_info("portal", fmt::format("{} of \"{}\" by {}", op, name, actor));
  return answer;
}

}  // namespace plumbline
