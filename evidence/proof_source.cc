// SPDX-License-Identifier: Apache-2.0
#include "evidence/proof_source.h"

#include <fmt/format.h>

namespace plumbline {
namespace {

Status covers(const Checkpoint& within, LedgerSize size) {
  if (size <= within.size) return {};
  return Error(Code::kInvalid, fmt::format("the newest checkpoint covers {} entries, not {}",
                                           within.size.value, size.value));
}

Error does_not_verify() {
  return Error(Code::kCorrupt, "the tree file does not make the root that was signed");
}

}  // namespace

Result<SignedCheckpoint> ProofSource::newest() const {
  if (auto latest = signer_.latest()) return *latest;
  Status status = signer_.status();
  if (status.ok()) return Error(Code::kUnavailable, "no checkpoint has been signed yet");
  return Error(Code::kUnavailable, "there is no checkpoint to show", status.error());
}

Error ProofSource::broken(const Error& cause) const {
  signer_.mend_tree();
  return Error(Code::kUnavailable, "the proof cannot be made now", cause);
}

// The root of a prefix, held against the signed one.
Result<Hash> ProofSource::root_of(const Checkpoint& within, LedgerSize size) const {
  if (size == within.size) return within.root;
  const SubtreeReader read = signer_.tree();
  Result<Frontier> edge = Frontier::at(size, read);
  if (!edge.ok()) return broken(edge.error());
  Hash root = edge->root();
  Result<std::vector<Hash>> path = consistency_proof(size, within.size, read);
  if (!path.ok()) return broken(path.error());
  if (verify_consistency(size, within.size, root, within.root, *path)) return root;
  return broken(does_not_verify());
}

Result<InclusionProof> ProofSource::inclusion(const Checkpoint& within, LedgerIndex index,
                                              LedgerSize size) const {
  RETURN_IF_ERROR(covers(within, size));
  if (index.value >= size.value) {
    return Error(Code::kInvalid,
                 fmt::format("there is no entry {} in {} entries", index.value, size.value));
  }
  InclusionProof proof;
  ASSIGN_OR_RETURN(proof.root, root_of(within, size));
  const SubtreeReader read = signer_.tree();
  Result<Hash> leaf = read(0, index.value);
  if (!leaf.ok()) return broken(leaf.error());
  Result<std::vector<Hash>> path = inclusion_proof(index, size, read);
  if (!path.ok()) return broken(path.error());
  proof.leaf = *leaf;
  proof.path = std::move(path).value();
  if (verify_inclusion(index, size, proof.leaf, proof.root, proof.path)) return proof;
  return broken(does_not_verify());
}

Result<ConsistencyProof> ProofSource::consistency(const Checkpoint& within, LedgerSize first,
                                                  LedgerSize second) const {
  RETURN_IF_ERROR(covers(within, second));
  if (first > second) {
    return Error(Code::kInvalid,
                 fmt::format("{} entries do not begin with {} entries", second.value, first.value));
  }
  ConsistencyProof proof;
  ASSIGN_OR_RETURN(proof.first_root, root_of(within, first));
  ASSIGN_OR_RETURN(proof.second_root, root_of(within, second));
  Result<std::vector<Hash>> path = consistency_proof(first, second, signer_.tree());
  if (!path.ok()) return broken(path.error());
  proof.path = std::move(path).value();
  if (verify_consistency(first, second, proof.first_root, proof.second_root, proof.path)) {
    return proof;
  }
  return broken(does_not_verify());
}

}  // namespace plumbline
