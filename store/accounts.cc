// SPDX-License-Identifier: Apache-2.0
#include "store/accounts.h"

#include <fmt/format.h>

#include <array>

#include "model/ids.h"

namespace plumbline {
namespace {

constexpr std::array<std::string_view, 6> kRoles = {"province", "city",    "county",
                                                    "outlet",   "auditor", "operator"};
constexpr std::array<std::string_view, 4> kLevels = {"network", "city", "county", "outlet"};
constexpr std::size_t kMaxDisplayBytes = 400;
constexpr std::size_t kMaxUnitBytes = 64;

}  // namespace

std::string_view role_name(Role role) {
  return kRoles[static_cast<std::size_t>(role)];
}

Result<Role> parse_role(std::string_view text) {
  for (std::size_t i = 0; i < kRoles.size(); ++i) {
    if (kRoles[i] == text) return static_cast<Role>(i);
  }
  return Error(Code::kInvalid, fmt::format("\"{}\" is no role; there are province, city, county, "
                                           "outlet, auditor, operator",
                                           text));
}

std::string_view scope_level_name(ScopeLevel level) {
  return kLevels[static_cast<std::size_t>(level)];
}

Result<ScopeLevel> parse_scope_level(std::string_view text) {
  for (std::size_t i = 0; i < kLevels.size(); ++i) {
    if (kLevels[i] == text) return static_cast<ScopeLevel>(i);
  }
  return Error(Code::kInvalid, fmt::format("\"{}\" is no level of a scope; there are network, "
                                           "city, county, outlet",
                                           text));
}

ScopeLevel scope_level_of(Role role) {
  switch (role) {
    case Role::kCity:
      return ScopeLevel::kCity;
    case Role::kCounty:
      return ScopeLevel::kCounty;
    case Role::kOutlet:
      return ScopeLevel::kOutlet;
    default:
      return ScopeLevel::kNetwork;
  }
}

Status check_account(const Account& account) {
  if (!OutletId::parse(account.name).ok()) {
    return Error(Code::kInvalid,
                 fmt::format("\"{}\" is no account name: a-z, 0-9, '.', '_', '-', at most 64",
                             account.name.substr(0, kMaxUnitBytes)));
  }
  if (account.display_zh.empty() && account.display_en.empty()) {
    return Error(Code::kInvalid, "the account needs a name for people, in Chinese or in English");
  }
  if (account.display_zh.size() > kMaxDisplayBytes ||
      account.display_en.size() > kMaxDisplayBytes) {
    return Error(Code::kInvalid,
                 fmt::format("a name for people has at most {} bytes", kMaxDisplayBytes));
  }
  if (account.scope.level != scope_level_of(account.role)) {
    return Error(Code::kInvalid, fmt::format("the role {} has a scope of the level {}, not {}",
                                             role_name(account.role),
                                             scope_level_name(scope_level_of(account.role)),
                                             scope_level_name(account.scope.level)));
  }
  const bool whole = account.scope.level == ScopeLevel::kNetwork;
  if (account.scope.unit.empty() || account.scope.unit.size() > kMaxUnitBytes ||
      whole != (account.scope.unit == "ALL")) {
    return Error(Code::kInvalid, fmt::format("\"{}\" is no unit of the level {}",
                                             account.scope.unit.substr(0, kMaxUnitBytes),
                                             scope_level_name(account.scope.level)));
  }
  return {};
}

}  // namespace plumbline
