// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_PROGRAMS_PLUMBD_PROOFS_H_
#define PLUMBLINE_PROGRAMS_PLUMBD_PROOFS_H_

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "base/mutex.h"
#include "evidence/proof_source.h"
#include "model/wire/session.h"
#include "store/batch_places.h"

namespace plumbline {

// Answers what agents ask of proofs. Any thread; at most as many readers are open as ask at once.
class ProofDesk {
 public:
  using OpenPlaces = std::function<Result<std::unique_ptr<BatchPlaces>>()>;
  // `signer` must outlive the desk.
  ProofDesk(CheckpointSigner& signer, OpenPlaces open_places)
      : signer_(signer), source_(signer), open_places_(std::move(open_places)) {}

  // The newest checkpoint, its consistency with `request.held`, and the batches of the range that
  // it covers. kUnavailable while there is none to show, or `held` is beyond it. Whoever holds the
  // checkpoint that the signer refuses for is shown the one that contradicts it, and no proof.
  Result<Proofs> prove(const StreamId& stream, const ProofRequest& request) EXCLUDES(mutex_);

 private:
  std::optional<Proofs> contradiction(const ProofRequest& request) const;
  Result<std::vector<PlacedBatch>> placed(const StreamId& stream, const ProofRequest& request)
      EXCLUDES(mutex_);

  CheckpointSigner& signer_;
  const ProofSource source_;
  const OpenPlaces open_places_;
  Mutex mutex_;
  std::vector<std::unique_ptr<BatchPlaces>> idle_ GUARDED_BY(mutex_);
};

}  // namespace plumbline

#endif  // PLUMBLINE_PROGRAMS_PLUMBD_PROOFS_H_
