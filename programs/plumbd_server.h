// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_PROGRAMS_PLUMBD_SERVER_H_
#define PLUMBLINE_PROGRAMS_PLUMBD_SERVER_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/net_address.h"
#include "base/result.h"
#include "base/simulated_clock.h"
#include "collector/control_listener.h"
#include "collector/listener.h"
#include "dashboards/portal/http_server.h"
#include "evaluator/follower.h"
#include "evaluator/ledger_view.h"
#include "evidence/checkpoint_signer.h"
#include "programs/plumbd_checkpointer.h"
#include "programs/plumbd_control.h"
#include "programs/plumbd_ingest.h"
#include "programs/plumbd_layout.h"
#include "programs/plumbd_lineage.h"
#include "programs/plumbd_metrics.h"
#include "programs/plumbd_period.h"
#include "programs/plumbd_portal.h"
#include "programs/plumbd_presence.h"
#include "programs/plumbd_proofs.h"
#include "registry/office.h"
#include "registry/stream_doubts.h"
#include "store/change_feed.h"
#include "store/store.h"

namespace plumbline {

// Everything of plumbd in one process on SQLite.
class PlumbdServer {
 public:
  struct Options {
    DataLayout layout;
    NetAddress agents, http, metrics;
    HttpExposure exposure = HttpExposure::kLoopback;
    std::string web_folder;      // the built front end; "" = none is served
    bool demo_accounts = false;  // accounts without a password, on a simulated ledger alone
    ListenerConfig collector;    // its limits; the address is `agents`
  };

  // Takes all addresses, opens the ledger, starts every part, and then writes addresses.json.
  // Nothing runs after an error. `simulated` is the ledger's clock where it is simulated
  // (simulated_clock_of()), else nullptr, and `clock` is. Both must outlive the server.
  static Result<std::unique_ptr<PlumbdServer>> start(const Options& options, const Clock& clock,
                                                     SimulatedClock* simulated);

  // Stops every part in order (docs/architecture.md); the destructor does it too.
  void stop();
  ~PlumbdServer();

 private:
  PlumbdServer(const Options& options, const Clock& clock, SimulatedClock* simulated);

  Status bind_listeners();
  Status open_ledger();
  Status open_office();
  Status open_evaluator();
  Status open_portal();
  Status start_parts();
  Status tell_addresses() const;

  Result<Enrolled> enroll(const EnrollRequest& request);
  Result<Rotated> rotate(const StreamLink& old, const RotateRequest& request,
                         const std::string& software);
  Result<Bytes> record_of(const StreamId& stream) const;
  Status restore_stream(const StreamId& stream, const Bytes& record);
  void report_conflict(const StreamConflict& conflict);
  SessionOffer offer() const;
  std::optional<EvaluatorPosition> evaluator_position() const;
  void show_checkpoint(const std::string& note);
  std::vector<NotReady> not_ready();
  Result<Json> control(const Json& request, const std::string& actor);
  void after_checkpoint_round();
  void show_presence();
  bool evaluator_is_late();
  Json status();

  const Options options_;
  const Clock& clock_;  // of the ledger: `simulated_` where there is one
  SimulatedClock* const simulated_;

  // In the order in which the parts depend on each other; destroyed from the last to the first.
  ServerMetrics metrics_;
  ChangeFeed feed_;
  TlsIdentity identity_;
  std::unique_ptr<LedgerWriter> writer_;
  std::unique_ptr<LedgerReader> signer_reader_;
  std::unique_ptr<Office> office_;
  std::unique_ptr<Lineage> lineage_;
  std::unique_ptr<CheckpointSigner> signer_;
  std::unique_ptr<ProofDesk> proofs_;
  std::unique_ptr<Checkpointer> checkpointer_;
  std::unique_ptr<Follower> follower_;
  std::unique_ptr<EvaluatorView> view_;
  std::unique_ptr<ControlDesk> desk_;
  std::unique_ptr<PeriodDesk> periods_;
  std::unique_ptr<IngestDesk> ingest_;
  std::unique_ptr<ControlListener> control_;
  PresenceBook presence_book_;
  std::unique_ptr<PresenceDesk> presence_;
  std::unique_ptr<StreamDoubts> doubts_;
  std::unique_ptr<PortalPart> portal_part_;
  std::unique_ptr<HttpServer> portal_;
  std::unique_ptr<HttpServer> metrics_listener_;
  std::unique_ptr<CollectorListener> collector_;
  bool told_addresses_ = false;
  std::optional<std::int64_t> presence_shown_ms_;  // of the checkpointer's thread

  Mutex mutex_;
  std::int64_t caught_up_ms_ GUARDED_BY(mutex_) = 0;  // when the evaluator was last up to date
};

}  // namespace plumbline

#endif  // PLUMBLINE_PROGRAMS_PLUMBD_SERVER_H_
