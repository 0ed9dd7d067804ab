// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_DASHBOARDS_PORTAL_SESSION_DESK_H_
#define PLUMBLINE_DASHBOARDS_PORTAL_SESSION_DESK_H_

#include <optional>
#include <string>
#include <vector>

#include "base/mutex.h"
#include "dashboards/portal/http_message.h"
#include "dashboards/portal/place_tree.h"
#include "dashboards/portal/sign_in_limits.h"
#include "dashboards/portal/sources.h"

namespace plumbline {

// Who is signed in. A session is 32 random bytes in the cookie "plumbline_session"; the store
// holds their hash. It ends after kSessionLength, when it is closed, and with every change of its
// account. Safe from any thread.
class SessionDesk {
 public:
  static constexpr const char* kCookie = "plumbline_session";
  static constexpr Duration kSessionLength{12 * kMsPerHour};

  // What `sources` names must outlive the desk.
  explicit SessionDesk(const PortalSources& sources) : sources_(sources) {}

  // nullopt without a session that holds.
  Result<std::optional<Account>> account_of(const HttpRequest& request) const;

  // {"account","password"} or {"demo"}. 401 for a wrong name or password, in the same words; 429
  // after too many failures.
  HttpAnswer sign_in(const HttpRequest& request);
  HttpAnswer sign_out(const HttpRequest& request);
  HttpAnswer describe(const HttpRequest& request);
  HttpAnswer demo_accounts();

 private:
  Result<Account> check_password(const std::string& name, const std::string& password);
  Result<Account> demo_account(const std::string& id);
  std::vector<Account> wanted_demo_accounts();
  std::shared_ptr<const PlaceTree> tree();
  Json account_json(const Account& account);
  std::string set_cookie(const std::string& token, Duration age) const;
  HttpAnswer begin_session(const Account& account);

  const PortalSources& sources_;
  PlaceTrees trees_;
  Mutex hashing_;  // one password at a time: each takes 64 MiB
  Mutex mutex_;
  SignInLimits limits_ GUARDED_BY(mutex_);
};

}  // namespace plumbline

#endif  // PLUMBLINE_DASHBOARDS_PORTAL_SESSION_DESK_H_
