// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVIDENCE_CHECKPOINT_SIGNER_H_
#define PLUMBLINE_EVIDENCE_CHECKPOINT_SIGNER_H_

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/crypto.h"
#include "base/mutex.h"
#include "base/result.h"
#include "evidence/tree_file.h"
#include "ledger/checkpoint.h"
#include "ledger/merkle.h"
#include "store/store.h"

namespace plumbline {

struct SignedCheckpoint {
  Checkpoint checkpoint;
  std::string text;  // the signed note, docs/formats/ledger.md
};

// The ids under which a ledger's checkpoints were and are signed: docs/formats/ledger.md,
// "Continuation".
struct LedgerNames {
  std::string current;
  std::set<std::string> before;  // also those of checkpoints that a continuation gave up
};

// The signer's files in the data folder.
struct SignerFiles {
  std::string folder;
  std::string published() const { return folder + "/checkpoint"; }
  std::string tree() const { return folder + "/ledger.tree"; }
  // A checkpoint that somebody holds and the ledger contradicts.
  std::string shown() const { return folder + "/checkpoint.shown"; }
};

// Signs what the ledger is, and never anything else than a continuation of what it signed before.
//
// Every checkpoint stands in a file outside the database, fsynced before anyone is shown it. A
// ledger that is behind that file, or behind what somebody else holds, or differs from it, was
// restored from an old copy or tampered with: the signer then refuses, says why, and goes on
// refusing when it is opened again. Leaf hashes of new entries are computed from the entries as the
// store gives them back, and compared with the recorded ones. They grow the tree file, which stands
// before the checkpoint does.
class CheckpointSigner {
 public:
  // `reader` must outlive the signer and is used by it alone. The files in `folder` need not exist.
  // Reads the recorded leaf hashes up to the published size and lays the tree file over them. A
  // refusal is not an error of opening: it is told by status(). Errors: the ledger or a file cannot
  // be read or written.
  static Result<std::unique_ptr<CheckpointSigner>> open(LedgerReader& reader, PrivateKey key,
                                                        LedgerNames names, std::string folder);

  // Signs and publishes a checkpoint when the ledger has grown since the last one. A failure to
  // read or to write is tried again by the next call.
  //   kConflict: the ledger is not a continuation of what was published; for ever.
  //   kCorrupt: an entry does not have the leaf hash that was recorded for it; for ever.
  Status advance() EXCLUDES(work_, mutex_);

  // What a checkpoint that somebody holds says of this ledger.
  enum class Shown {
    kForged,      // none that this server's key signed for a ledger
    kConsistent,  // the ledger continues it
    kGivenUp,     // of an id that the ledger had before: what is missing of it is on record
    kSuspect,     // larger than what is signed, of another root or id: advance() decides
  };
  // Any thread; costs one signature and O(log n) reads.
  Shown show(std::string_view note) EXCLUDES(mutex_);

  // The signed note that the ledger contradicts; nullopt while it contradicts none that can be
  // read. Any thread.
  std::optional<SignedCheckpoint> contradicted() const EXCLUDES(mutex_);

  // What was published last, once somebody turned out to hold a checkpoint that the ledger
  // contradicts; nullopt otherwise. It shows that holder the contradiction, and proves nothing. Any
  // thread.
  std::optional<SignedCheckpoint> published_against() const EXCLUDES(mutex_);

  // Gives up what was published so far and signs what the ledger holds as `ledger_id` from now on.
  // To be called behind the record that says so. The files of the old id stay under other names
  // ("checkpoint.<id>"). All entries are read again. kDenied unless the signer refuses by
  // kConflict; otherwise how advance() ended.
  Status continue_as(const std::string& ledger_id) EXCLUDES(work_, mutex_);

  // The newest published checkpoint; nullopt while there is none, and while the signer refuses.
  // Any thread.
  std::optional<SignedCheckpoint> latest() const EXCLUDES(mutex_);

  // How the last call of advance(), or opening, ended. Any thread.
  Status status() const EXCLUDES(mutex_);

  // The hashes of what latest() covers; may be damaged. Any thread.
  SubtreeReader tree() const;
  // Has the next advance() lay the tree file anew. Any thread.
  void mend_tree() EXCLUDES(mutex_);

 private:
  CheckpointSigner(LedgerReader& reader, PrivateKey key, LedgerNames names, std::string folder);

  Status load() REQUIRES(work_);
  Status load_published() REQUIRES(work_);
  Status load_shown() REQUIRES(work_);
  Status resume(const SignedCheckpoint& published) REQUIRES(work_);
  Status lay_tree(LedgerSize size) REQUIRES(work_);
  Status lay_again() REQUIRES(work_);
  Status sign_growth() REQUIRES(work_);
  Status grow(LedgerSize size) REQUIRES(work_);
  Result<std::vector<Hash>> read_leaves(LedgerIndex from) REQUIRES(work_);
  Status examine_shown() REQUIRES(work_);
  Result<std::optional<std::string>> contradiction(const Checkpoint& shown) REQUIRES(work_);
  Result<Hash> recorded_root(LedgerSize size) REQUIRES(work_);
  Status keep_file(const std::string& path) REQUIRES(work_);
  Status finish(Status status) REQUIRES(work_) EXCLUDES(mutex_);

  Error conflict(std::string sentence, std::optional<SignedCheckpoint> contradicted)
      EXCLUDES(mutex_);
  std::string origin() const EXCLUDES(mutex_);
  bool was_given_up(const std::string& origin) const EXCLUDES(mutex_);

  LedgerReader& reader_;
  const PrivateKey key_;
  const SignerFiles files_;

  mutable Mutex work_;              // of whoever signs; taken before mutex_
  std::unique_ptr<TreeFile> tree_;  // grown under work_, read by any thread; never null once open

  mutable Mutex mutex_;
  LedgerNames names_ GUARDED_BY(mutex_);
  std::optional<Error> refusal_ GUARDED_BY(mutex_);
  std::optional<SignedCheckpoint> contradicted_ GUARDED_BY(mutex_);
  std::optional<SignedCheckpoint> against_ GUARDED_BY(mutex_);  // published_against()
  std::vector<SignedCheckpoint> shown_ GUARDED_BY(mutex_);      // suspect, not examined yet
  bool mend_ GUARDED_BY(mutex_) = false;
  std::optional<SignedCheckpoint> latest_ GUARDED_BY(mutex_);
  Status status_ GUARDED_BY(mutex_);
};

// The word of an answer of show(): "forged", "consistent", "given_up", "suspect".
std::string_view shown_name(CheckpointSigner::Shown shown);

}  // namespace plumbline

#endif  // PLUMBLINE_EVIDENCE_CHECKPOINT_SIGNER_H_
