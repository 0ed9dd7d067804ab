// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVIDENCE_PROOF_SOURCE_H_
#define PLUMBLINE_EVIDENCE_PROOF_SOURCE_H_

#include <vector>

#include "evidence/checkpoint_signer.h"

namespace plumbline {

struct InclusionProof {
  Hash leaf;
  Hash root;  // of the size asked for
  std::vector<Hash> path;
};

struct ConsistencyProof {
  Hash first_root, second_root;
  std::vector<Hash> path;  // empty where `first` is 0
};

// Proofs of what the newest checkpoint covers, in O(log n) reads of the signer's tree file. Every
// proof is verified before it is given out: what the file lost or changed makes an error and has
// the file mended, never a wrong proof. Any thread.
class ProofSource {
 public:
  // `signer` must outlive the source.
  explicit ProofSource(CheckpointSigner& signer) : signer_(signer) {}

  // The newest checkpoint; kUnavailable while there is none to show.
  Result<SignedCheckpoint> newest() const;

  // `within` is one that newest() gave. kInvalid for an index or size beyond it (or each other);
  // kUnavailable while the tree file is being mended, or the signer has come to refuse meanwhile.
  Result<InclusionProof> inclusion(const Checkpoint& within, LedgerIndex index,
                                   LedgerSize size) const;
  Result<ConsistencyProof> consistency(const Checkpoint& within, LedgerSize first,
                                       LedgerSize second) const;

 private:
  Result<Hash> root_of(const Checkpoint& within, LedgerSize size) const;
  Error broken(const Error& cause) const;

  CheckpointSigner& signer_;
};

}  // namespace plumbline

#endif  // PLUMBLINE_EVIDENCE_PROOF_SOURCE_H_
