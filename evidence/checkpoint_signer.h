// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVIDENCE_CHECKPOINT_SIGNER_H_
#define PLUMBLINE_EVIDENCE_CHECKPOINT_SIGNER_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/crypto.h"
#include "base/mutex.h"
#include "base/result.h"
#include "ledger/checkpoint.h"
#include "ledger/merkle.h"
#include "store/store.h"

namespace plumbline {

struct SignedCheckpoint {
  Checkpoint checkpoint;
  std::string text;  // the signed note, docs/formats/ledger.md
};

// Signs what the ledger is, and never anything else than a continuation of what it signed before.
//
// Every checkpoint stands in a file outside the database, fsynced before anyone is shown it. A
// ledger that is behind that file, or differs from it, was restored from an old copy or tampered
// with: the signer then refuses for as long as it lives and says why. Leaf hashes of new entries
// are computed from the entries as the store gives them back, and compared with the recorded ones.
class CheckpointSigner {
 public:
  // `reader` must outlive the signer and is used by it alone. `path` is the published file; it need
  // not exist. Reads the ledger up to the published size. A refusal is not an error of opening: it
  // is told by status(). Errors: the ledger or the file cannot be read.
  static Result<std::unique_ptr<CheckpointSigner>> open(LedgerReader& reader, PrivateKey key,
                                                        const std::string& ledger_id,
                                                        std::string path);

  // Signs and publishes a checkpoint when the ledger has grown since the last one. One thread at a
  // time. A failure to read or to write is tried again by the next call.
  //   kConflict: the ledger is not a continuation of what was published; for ever.
  //   kCorrupt: an entry does not have the leaf hash that was recorded for it; for ever.
  Status advance() EXCLUDES(mutex_);

  // The newest published checkpoint; nullopt while there is none, and while the signer refuses.
  // Any thread.
  std::optional<SignedCheckpoint> latest() const EXCLUDES(mutex_);

  // How the last call of advance(), or opening, ended. Any thread.
  Status status() const EXCLUDES(mutex_);

 private:
  CheckpointSigner(LedgerReader& reader, PrivateKey key, std::string origin, std::string path);

  Status load();
  Status resume(const SignedCheckpoint& published);
  Status sign_growth();
  Status grow(LedgerSize size);
  Result<std::vector<Hash>> read_leaves(LedgerIndex from);
  Status finish(Status status) EXCLUDES(mutex_);

  LedgerReader& reader_;
  const PrivateKey key_;
  const std::string origin_;
  const std::string path_;
  Frontier frontier_;             // of the entries read so far; may be ahead of `latest_`
  std::optional<Error> refusal_;  // for ever

  mutable Mutex mutex_;
  std::optional<SignedCheckpoint> latest_ GUARDED_BY(mutex_);
  Status status_ GUARDED_BY(mutex_);
};

}  // namespace plumbline

#endif  // PLUMBLINE_EVIDENCE_CHECKPOINT_SIGNER_H_
