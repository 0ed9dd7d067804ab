// SPDX-License-Identifier: Apache-2.0
#include "programs/plumbd_proofs.h"

#include <fmt/format.h>

#include "base/log.h"

namespace plumbline {
namespace {

// No stream has a batch beyond it (docs/formats/wire.md, "Header").
constexpr std::uint64_t kMaxNumber = std::uint64_t{1} << 62;

}  // namespace

Result<std::vector<PlacedBatch>> ProofDesk::placed(const StreamId& stream,
                                                   const ProofRequest& request) {
  if (request.count == 0 || request.first.value > kMaxNumber) return std::vector<PlacedBatch>();
  std::unique_ptr<BatchPlaces> places;
  {
    MutexLock lock(mutex_);
    if (!idle_.empty()) {
      places = std::move(idle_.back());
      idle_.pop_back();
    }
  }
  if (places == nullptr) {
    ASSIGN_OR_RETURN(places, open_places_());
  }
  // One that failed is not used again.
  ASSIGN_OR_RETURN(auto found, places->find(stream, request.first, request.count));
  MutexLock lock(mutex_);
  idle_.push_back(std::move(places));
  return found;
}

// Who holds the other history sees both signatures, and nothing is proved to anybody.
std::optional<Proofs> ProofDesk::contradiction(const ProofRequest& request) const {
  auto held = signer_.contradicted();
  auto published = signer_.published_against();
  if (!held || !published || held->checkpoint.size != request.held) return std::nullopt;
  if (request.held > published->checkpoint.size) return std::nullopt;
  if (held->checkpoint == published->checkpoint) return std::nullopt;
  Proofs proofs;
  proofs.held = request.held;
  proofs.checkpoint = published->text;
  return proofs;
}

Result<Proofs> ProofDesk::prove(const StreamId& stream, const ProofRequest& request) {
  if (auto shown = contradiction(request)) return *shown;
  ASSIGN_OR_RETURN(SignedCheckpoint newest, source_.newest());
  const Checkpoint& within = newest.checkpoint;
  if (request.held > within.size) {
    return Error(Code::kUnavailable,
                 fmt::format("the newest checkpoint covers {} entries, the one held {}",
                             within.size.value, request.held.value));
  }
  Proofs proofs;
  proofs.held = request.held;
  ASSIGN_OR_RETURN(ConsistencyProof grown, source_.consistency(within, request.held, within.size));
  proofs.consistency = std::move(grown.path);
  ASSIGN_OR_RETURN(std::vector<PlacedBatch> batches, placed(stream, request));
  for (const PlacedBatch& batch : batches) {
    if (batch.index.value >= within.size.value) continue;
    ASSIGN_OR_RETURN(InclusionProof proof, source_.inclusion(within, batch.index, within.size));
    proofs.batches.push_back({batch.number, batch.index, batch.recorded_at, std::move(proof.path)});
  }
  proofs.checkpoint = std::move(newest.text);
  return proofs;
}

}  // namespace plumbline
