// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_DASHBOARDS_PORTAL_SOURCES_H_
#define PLUMBLINE_DASHBOARDS_PORTAL_SOURCES_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "evaluator/view.h"
#include "model/ids.h"
#include "model/presence.h"
#include "registry/office.h"
#include "registry/stream_doubts.h"
#include "store/accounts.h"
#include "store/results.h"

namespace plumbline {

// Why the server is not ready: which part ("storage", "checkpoint", "evaluator"), and a sentence.
struct NotReady {
  std::string part;
  std::string sentence;
};

struct PublishedCheckpoint {
  std::string text;  // the signed note
  LedgerSize size;
  std::string root;  // base64
};

// Hashes in base64, paths as RFC 9162 orders them.
struct InclusionAnswer {
  LedgerIndex index;
  LedgerSize size;
  std::string leaf, root;
  std::vector<std::string> path;
};
struct ConsistencyAnswer {
  LedgerSize first, second;
  std::string first_root, second_root;
  std::vector<std::string> path;
};

// The checkpoints of one id of the ledger (docs/formats/ledger.md, "Continuation").
struct KnownCheckpoint {
  std::string origin;
  std::string verifier;  // the line by which they are verified
  LedgerIndex from;      // the entry that began the id
  std::string text;      // the newest, or the one that was given up; "" while there is none
  bool given_up = false;
};

// Day and time of day of the network.
struct LocalTime {
  Date date;
  std::int64_t ms_of_day = 0;
};

// Where the portal's answers come from. Called on the server's threads, several at a time; what
// they reach must outlive the server. Handlers see the data only through ScopedData.
struct PortalSources {
  std::function<std::vector<NotReady>()> not_ready;  // empty = ready
  std::function<std::optional<PublishedCheckpoint>()> checkpoint;
  std::function<std::vector<KnownCheckpoint>()> checkpoints;  // oldest id first
  // Of what the newest checkpoint covers; nullopt stands for its size. kInvalid beyond it.
  std::function<Result<InclusionAnswer>(LedgerIndex, std::optional<LedgerSize>)> inclusion;
  std::function<Result<ConsistencyAnswer>(LedgerSize, std::optional<LedgerSize>)> consistency;

  // Data: without them no route but the public ones answers.
  const Clock* clock = nullptr;
  std::function<std::shared_ptr<const RegistryView>()> registry;
  std::function<Result<std::unique_ptr<ResultsStore>>()> open_results;  // for reading
  EvaluatorView* evaluator = nullptr;
  std::function<LedgerSize()> ledger_size;
  std::function<bool()> late;  // the evaluation has been behind for long
  std::function<LocalTime(Instant)> local;
  std::function<std::string()> verifier;  // the line by which checkpoints are verified
  // Who is heard and what is missing, in the order of the outlets.
  std::function<Result<std::vector<OutletPresence>>(const std::vector<OutletId>&)> presence;
  // What batches tell of streams that two machines may share, in the order of the outlets.
  std::function<Result<std::vector<OutletDoubts>>(const std::vector<OutletId>&)> doubts;

  AccountStore* accounts = nullptr;
  bool demo_accounts = false;  // accounts without a password, one for each role
  bool behind_tls = false;     // browsers reach the server through TLS
  std::string web_folder;      // the built front end; "" = none is served
};

}  // namespace plumbline

#endif  // PLUMBLINE_DASHBOARDS_PORTAL_SOURCES_H_
