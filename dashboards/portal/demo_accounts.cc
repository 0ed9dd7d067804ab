// SPDX-License-Identifier: Apache-2.0
#include "dashboards/portal/demo_accounts.h"

#include "dashboards/portal/words.h"

namespace plumbline {
namespace {

Account account_for(Role role, const std::string& unit) {
  Account account;
  account.name = role_name(role);
  const words::Text name = words::demo_name(account.name);
  account.display_zh = name.zh;
  account.display_en = name.en;
  account.role = role;
  account.scope = {scope_level_of(role), unit};
  return account;
}

std::string largest_county(const PlaceTree& tree) {
  std::string largest;
  std::size_t most = 0;
  for (const auto& [code, county] : tree.counties()) {
    const std::size_t outlets = tree.outlets_of({ScopeLevel::kCounty, code}).size();
    if (outlets <= most) continue;
    most = outlets;
    largest = code;
  }
  return largest;
}

}  // namespace

std::vector<Account> choose_demo_accounts(const PlaceTree& tree) {
  const std::string county = largest_county(tree);
  const auto outlets = county.empty() ? tree.outlets_of({ScopeLevel::kNetwork, "ALL"})
                                      : tree.outlets_of({ScopeLevel::kCounty, county});
  std::vector<Account> accounts = {account_for(Role::kProvince, "ALL")};
  if (!county.empty()) {
    const std::string& city = tree.counties().at(county).parent;
    if (!city.empty()) accounts.push_back(account_for(Role::kCity, city));
    accounts.push_back(account_for(Role::kCounty, county));
  }
  if (!outlets.empty()) {
    accounts.push_back(account_for(Role::kOutlet, outlets.front()->outlet.text()));
  }
  accounts.push_back(account_for(Role::kAuditor, "ALL"));
  accounts.push_back(account_for(Role::kOperator, "ALL"));
  return accounts;
}

}  // namespace plumbline
