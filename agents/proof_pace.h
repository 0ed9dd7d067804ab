// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_AGENTS_PROOF_PACE_H_
#define PLUMBLINE_AGENTS_PROOF_PACE_H_

#include <cstdint>
#include <optional>

#include "base/clock.h"
#include "model/ids.h"

// When an agent asks for proofs, and of which batches. Part of the sender machine's state: time and
// randomness are arguments.
namespace plumbline {

struct ProofPacePolicy {
  // A server signs within a second of growth. Waits are spread evenly over one to two of these, so
  // that agents which were acknowledged together do not ask together: 10,000 agents with something
  // unproved ask some 6,700 times a second at most.
  Duration every{1'000};
  // The longest wait while nothing new is covered, or the server puts proofs off.
  Duration cap{30'000};
  // For whether the ledger still continues what was verified, where all is proved.
  Duration check_every{3'600'000};
  // Somebody waits for the end of the run.
  Duration hurried{200};
};

struct ProofAsk {
  BatchNumber first;
  std::uint32_t count = 0;  // 0: the checkpoint alone
  bool operator==(const ProofAsk&) const = default;
};

enum class Hurry { kNo, kYes };

// One step's view of time.
struct PaceNow {
  std::int64_t ms = 0;
  std::uint64_t random = 0;
  Hurry hurry = Hurry::kNo;
};

struct ProofPace {
  bool offered = false;           // the session's version has proofs
  BatchNumber proved;             // all batches up to here
  std::optional<ProofAsk> asked;  // waits for its answer
  std::optional<std::int64_t> due_ms;
  std::uint32_t misses = 0;  // answers in a row that proved nothing

  // A session is up.
  void open(bool has_proofs, const ProofPacePolicy& policy, const PaceNow& now);
  // The session ended.
  void close();
  // The ledger took more.
  void acknowledged(const ProofPacePolicy& policy, const PaceNow& now);
  // What to ask now; it is asked when this returns.
  std::optional<ProofAsk> next(BatchNumber acknowledged, const PaceNow& now);
  // The answer came: everything up to `proved_now` is proved, the ledger has taken `acknowledged`.
  void answered(BatchNumber proved_now, BatchNumber acknowledged, const ProofPacePolicy& policy,
                const PaceNow& now);
  // The server has no proofs to show now.
  void put_off(Duration at_least, const ProofPacePolicy& policy, const PaceNow& now);

 private:
  Duration wait(const ProofPacePolicy& policy, const PaceNow& now) const;
};

}  // namespace plumbline

#endif  // PLUMBLINE_AGENTS_PROOF_PACE_H_
