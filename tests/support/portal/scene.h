// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_TESTS_SUPPORT_PORTAL_SCENE_H_
#define PLUMBLINE_TESTS_SUPPORT_PORTAL_SCENE_H_

#include <httplib.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "dashboards/portal/http_listener.h"
#include "dashboards/portal/http_server.h"
#include "dashboards/portal/sources.h"
#include "tests/support/temp_folder.h"

namespace plumbline::testing {

// A portal on loopback over a small network: two cities, two counties each, two outlets each. The
// second county of the first city has no institution. In each county a canary stands in the
// outlets' names, in the ids of institution, product and finding, and in the subjects of cases.
class PortalScene {
 public:
  struct Setup {
    bool simulated = true;
    bool demo_accounts = false;
    std::string web_folder;
  };
  PortalScene() : PortalScene(Setup()) {}
  explicit PortalScene(const Setup& setup);
  ~PortalScene();

  static const std::vector<std::string>& counties();                    // "320102", ...
  static std::string outlet_id(const std::string& county, int number);  // 1, 2
  static std::string outlet_canary(const std::string& county, int number);
  static std::string county_canary(const std::string& county);
  static std::string city_canary(const std::string& city);
  static std::vector<std::string> all_canaries();
  // The canaries that an account with this scope may see.
  static std::vector<std::string> canaries_of(const Scope& scope);

  // Adds an account without a password and signs it in; returns the cookie's header value.
  std::string cookie_of(Role role, const std::string& unit);
  std::string sign_in(const std::string& account);

  struct Answer {
    int status = 0;
    std::string body;
    httplib::Headers headers;
    Json json() const { return Json::parse(body).value(); }
    std::string code() const { return json().string_at("code").value(); }
    std::string header(const std::string& name) const;
  };
  Answer get(const std::string& path, const std::string& cookie = "");
  Answer send(const std::string& method, const std::string& path, const std::string& cookie,
              const std::string& body = "", bool with_header = true);

  // Of an outlet, in the order of their enrolment, from 1: the first outlet of a county has four
  // (active, in conflict; replaced by the first; revoked; active, shared by two machines), the
  // second has one.
  static StreamId stream_of(const std::string& outlet, int number);

  // Publishes the results anew with this header's size.
  void publish(std::uint64_t size);
  AccountStore& accounts() { return *accounts_; }

  // Set by tests; the portal reads them.
  std::shared_ptr<RegistryView> registry;
  std::shared_ptr<const Json> rules;
  ManualClock clock{Instant{1'793'500'000'000}};  // 2026-11-01
  LedgerSize ledger_size{100};
  bool late = false;
  bool all_looked_at = true;  // whether the streams' batches were
  int busy = 0;               // so many times the results are busy
  std::optional<PublishedCheckpoint> checkpoint;
  std::vector<NotReady> reasons;
  // Texts of outlet.json that publish() replaces, from -> to.
  std::vector<std::pair<std::string, std::string>> outlet_changes;
  std::vector<ResultRow> more_rows;  // publish() adds them

 private:
  class View;
  void make_registry(bool simulated);
  std::vector<ResultRow> rows() const;
  void add_streams();
  std::vector<OutletDoubts> doubts_of(const std::vector<OutletId>& outlets) const;
  Result<std::vector<OutletPresence>> presence_of(const std::vector<OutletId>& outlets);

  PrivateFolder folder_;
  std::unique_ptr<View> view_;
  std::unique_ptr<AccountStore> accounts_;
  std::unique_ptr<ResultsStore> writer_;
  std::unique_ptr<HttpServer> server_;
  std::unique_ptr<httplib::Client> client_;
  int tokens_ = 0;
};

}  // namespace plumbline::testing

#endif  // PLUMBLINE_TESTS_SUPPORT_PORTAL_SCENE_H_
