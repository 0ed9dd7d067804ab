// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_PROGRAMS_PLUMBD_LINEAGE_H_
#define PLUMBLINE_PROGRAMS_PLUMBD_LINEAGE_H_

#include <memory>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/mutex.h"
#include "evidence/checkpoint_signer.h"
#include "registry/office.h"
#include "store/store.h"

namespace plumbline {

// Under which ids the ledger was and is known, and the office's way to give up what was published:
// docs/formats/ledger.md, "Continuation". Any thread.
class Lineage {
 public:
  // `office` must outlive the object. kCorrupt for a record that cannot be read again.
  static Result<std::unique_ptr<Lineage>> open(Office& office,
                                               std::unique_ptr<LedgerReader> reader);

  std::string ledger_id() const EXCLUDES(mutex_);
  LedgerNames names() const EXCLUDES(mutex_);
  // The records "ledger.continue" as they stand in the ledger, oldest first.
  std::vector<Bytes> successions() const EXCLUDES(mutex_);
  // An office record as it stands in the ledger.
  Result<Bytes> record_at(LedgerIndex index) const EXCLUDES(mutex_);

  struct Stretch {
    std::string ledger_id;
    LedgerIndex from;             // the entry that began it: 0, or a record "ledger.continue"
    std::string lost_checkpoint;  // its last one, where it was given up
  };
  std::vector<Stretch> stretches() const EXCLUDES(mutex_);

  // The operation of the local socket.
  //   ledger.continue  {dry_run, checkpoint, reason} -> {dry_run, ledger_id, index, kept,
  //                    lost{origin, size, root}}
  // `checkpoint` is a note that somebody holds, for a server whose own file cannot be read. A dry
  // run needs no reason; `ledger_id` and `index` are null then. kDenied unless `signer` refuses
  // because it contradicts what was published.
  Result<Json> continue_ledger(CheckpointSigner& signer, const Json& request,
                               const std::string& actor) EXCLUDES(mutex_);

 private:
  Lineage(Office& office, std::unique_ptr<LedgerReader> reader)
      : office_(office), reader_(std::move(reader)) {}
  Status take_up() EXCLUDES(mutex_);
  Result<SignedCheckpoint> lost(const CheckpointSigner& signer, const Json& request) const;

  Office& office_;
  mutable Mutex mutex_;
  std::unique_ptr<LedgerReader> reader_ GUARDED_BY(mutex_);
  std::vector<Stretch> stretches_ GUARDED_BY(mutex_);
  std::vector<Bytes> successions_ GUARDED_BY(mutex_);
};

}  // namespace plumbline

#endif  // PLUMBLINE_PROGRAMS_PLUMBD_LINEAGE_H_
