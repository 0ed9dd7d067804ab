// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVIDENCE_VERIFY_H_
#define PLUMBLINE_EVIDENCE_VERIFY_H_

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/crypto.h"
#include "base/result.h"
#include "ledger/checkpoint.h"
#include "model/ids.h"
#include "store/store.h"

// Proves a ledger from its bytes alone: docs/formats/ledger.md, section "Verifying".
namespace plumbline {

struct VerifyProgress {
  LedgerIndex done;
  LedgerSize of;
  std::uint64_t bytes = 0;  // of entries and contents so far
};

struct VerifyOptions {
  // A signed checkpoint that the ledger must contain. Without one the report tells that the
  // entries agree among themselves, not that they are the ones that were published.
  std::optional<std::string> checkpoint;
  // Keys known from elsewhere. What the genesis says must agree; where a key is not given, the
  // genesis is believed.
  std::optional<PublicKey> office_key;
  std::optional<PublicKey> checkpoint_key;
  // Told now and then how far it has come.
  std::function<void(const VerifyProgress&)> progress;
  // Threads that compute hashes and signatures, beside one that reads; at least 1.
  std::size_t threads = 1;
};

struct BadEntry {
  LedgerIndex index;
  std::string sentence;  // every reason, separated by "; "
};

// From entry `index` on the ledger has another id, and what `lost` says beyond that entry is given
// up: docs/formats/ledger.md, "Continuation".
struct VerifiedContinuation {
  LedgerIndex index;
  std::string ledger_id;
  Checkpoint lost;
};

struct VerifyReport {
  LedgerSize size;
  Hash root;                                     // over the entries as they were read
  std::uint64_t bytes = 0;                       // of entries and contents
  std::uint64_t events = 0;                      // in batches that can be read
  std::map<std::string, std::uint64_t> entries;  // by kind: "batch", "genesis", "outlet.add", ...
  std::vector<LedgerIndex> withdrawn;            // batches without content, each by a redaction
  std::vector<BadEntry> bad;                     // ascending
  std::vector<std::string> problems;             // of the ledger as a whole
  // No fault of the ledger, but to be known: a record of a kind of a later version, a content
  // that an agent signed although it has not its form.
  std::vector<std::string> notes;
  std::string ledger_id;                            // of the genesis
  std::vector<VerifiedContinuation> continuations;  // ascending
  std::optional<Checkpoint> checkpoint;             // the one asked for, when its signature holds
  bool ok() const { return bad.empty() && problems.empty(); }
};

// Reads the whole ledger once, in order; a bad entry does not end it. Errors: the store does not
// tell its size.
Result<VerifyReport> verify_ledger(LedgerReader& reader, const VerifyOptions& options);

}  // namespace plumbline

#endif  // PLUMBLINE_EVIDENCE_VERIFY_H_
