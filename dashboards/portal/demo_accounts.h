// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_DASHBOARDS_PORTAL_DEMO_ACCOUNTS_H_
#define PLUMBLINE_DASHBOARDS_PORTAL_DEMO_ACCOUNTS_H_

#include <vector>

#include "dashboards/portal/place_tree.h"
#include "store/accounts.h"

namespace plumbline {

// One account for each role, named after it: the county with the most outlets (of several the
// first code), its city, its first outlet. Roles for which there is no unit are left out. Pure.
std::vector<Account> choose_demo_accounts(const PlaceTree& tree);

}  // namespace plumbline

#endif  // PLUMBLINE_DASHBOARDS_PORTAL_DEMO_ACCOUNTS_H_
