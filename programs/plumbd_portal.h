// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_PROGRAMS_PLUMBD_PORTAL_H_
#define PLUMBLINE_PROGRAMS_PLUMBD_PORTAL_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/mutex.h"
#include "base/net_address.h"
#include "dashboards/portal/http_listener.h"
#include "evidence/checkpoint_signer.h"
#include "evidence/proof_source.h"
#include "packs/calendar.h"
#include "programs/plumbd_layout.h"
#include "programs/plumbd_lineage.h"
#include "programs/plumbd_presence.h"
#include "registry/office.h"
#include "registry/stream_doubts.h"
#include "store/accounts.h"
#include "store/change_feed.h"

namespace plumbline {

// Day and time of day by the calendar of the active rule set; UTC while there is none. Any thread.
class LocalTimes {
 public:
  // `office` must outlive the object.
  explicit LocalTimes(const Office& office) : office_(office) {}
  LocalTime at(Instant instant);

 private:
  const Office& office_;
  Mutex mutex_;
  std::shared_ptr<const AgentRules> rules_ GUARDED_BY(mutex_);  // that calendar_ was read from
  std::shared_ptr<const Calendar> calendar_ GUARDED_BY(mutex_);
};

// What plumbd's portal is made of beside the parts that it only reads.
class PortalPart {
 public:
  struct Options {
    DataLayout layout;
    NetAddress http;
    HttpExposure exposure = HttpExposure::kLoopback;
    std::string web_folder;
    bool demo_accounts = false;
  };
  // Parts that it reads; they must outlive it, but for its destruction.
  struct Parts {
    Office& office;
    CheckpointSigner& signer;
    Lineage& lineage;
    ChangeFeed& feed;
    EvaluatorView* evaluator;
    std::function<std::vector<NotReady>()> not_ready;
    std::function<bool()> late;
    PresenceDesk& presence;
    StreamDoubts& doubts;
  };
  // kDenied for accounts for demonstration on a live ledger or on an address that others reach.
  static Result<std::unique_ptr<PortalPart>> open(const Options& options, Parts parts);

  Result<HttpHandler> handler();

  // The operations of the local socket that begin with "account.".
  //   account.add     {name, role, unit, display_zh, display_en, password, reason} -> {password?}
  //   account.set     {name, role?, unit?, display_zh?, display_en?, password?, disabled?, reason}
  //   account.remove  {name, reason}
  //   account.list    {} -> {accounts: [{name, role, unit, display_zh, display_en, disabled}]}
  // For an empty password one is made and answered.
  Result<Json> account(const Json& request, const std::string& actor);

 private:
  PortalPart(const Options& options, Parts parts);
  void add_ledger_sources(PortalSources& sources);

  const Options options_;
  Parts parts_;
  LocalTimes times_;
  std::unique_ptr<AccountStore> accounts_;
};

}  // namespace plumbline

#endif  // PLUMBLINE_PROGRAMS_PLUMBD_PORTAL_H_
