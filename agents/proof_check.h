// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_AGENTS_PROOF_CHECK_H_
#define PLUMBLINE_AGENTS_PROOF_CHECK_H_

#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "agents/alarm.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/result.h"
#include "ledger/checkpoint.h"
#include "model/ids.h"
#include "model/wire/session.h"

// What an agent believes of its server's proofs: the only place that decides it. Pure.
// docs/formats/ledger.md, sections "Tree" and "Checkpoint".
namespace plumbline {

// The newest checkpoint that the agent verified.
struct HeldCheckpoint {
  std::string note;  // as it was signed
  Checkpoint checkpoint;
  bool operator==(const HeldCheckpoint&) const = default;
};

// A batch that the server acknowledged, and what it said of it. Where the acknowledgement itself
// was lost the proof is the first to tell.
struct ProofTarget {
  BatchNumber number;
  Bytes head;  // encode_head()
  std::optional<LedgerIndex> index;
  std::optional<Instant> recorded_at;
};

struct ProofQuestion {
  std::string ledger_id;
  PublicKey checkpoint_key;
  // Its origin is another one than the ledger's where the office continued the ledger since: then
  // it need not be a prefix, for the record says that what it covered may be lost.
  std::optional<HeldCheckpoint> held;
  std::vector<ProofTarget> targets;  // the batches that were asked for, ascending, no gap
  // The note of this ledger that was verified at that size, where the agent still has it.
  std::function<std::optional<std::string>(LedgerSize)> note_at;
};

struct ProvedBatch {
  BatchNumber number;
  LedgerIndex index;
  Instant recorded_at;
  std::vector<Hash> path;  // inclusion in the checkpoint
  bool operator==(const ProvedBatch&) const = default;
};

// All that was shown holds.
struct ProofsHold {
  HeldCheckpoint checkpoint;         // to be held from now on
  std::vector<ProvedBatch> batches;  // the first ones of those asked for, no gap; may be none
  // Why less is proved than could be; empty when nothing is to be said.
  std::string remark;
  // The ledger was continued and does not hold what the agent's checkpoint covered; says what.
  std::string lost;
};

// kInvalid: not the answer to this question; nothing was learnt.
using ProofVerdict = std::variant<ProofsHold, Contradiction, Error>;

// Signature and origin, continuation of what is held, then each batch: its leaf is made here of
// the head that the agent sealed and the `recorded_at` that the server claims, so nothing but the
// entry that it acknowledged passes.
ProofVerdict check_proofs(const ProofQuestion& question, const Proofs& answer);

}  // namespace plumbline

#endif  // PLUMBLINE_AGENTS_PROOF_CHECK_H_
