// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_TESTS_SUPPORT_AGENTS_PROVING_SERVER_H_
#define PLUMBLINE_TESTS_SUPPORT_AGENTS_PROVING_SERVER_H_

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "agents/proof_check.h"
#include "ledger/checkpoint.h"
#include "ledger/entry.h"
#include "ledger/merkle.h"
#include "model/wire/session.h"

namespace plumbline::testing {

// A ledger in memory whose owner signs and proves whatever a test wants of him.
struct ProvingServer {
  std::string ledger_id = "00112233445566778899aabbccddeeff";
  char seed = 2;  // of the key of checkpoints
  std::vector<Bytes> entries;

  PrivateKey key() const { return PrivateKey::from_seed(Bytes(32, seed)).value(); }

  LedgerIndex append(Bytes entry) {
    entries.push_back(std::move(entry));
    return LedgerIndex(entries.size() - 1);
  }
  // An entry of somebody else.
  void other(int number) { append("entry " + std::to_string(number)); }
  LedgerIndex batch(const Bytes& head, Instant recorded_at) {
    return append(encode_entry({EntryKind::kBatch, recorded_at, head}));
  }

  SubtreeReader reader() const {
    return [this](int level, std::uint64_t index) -> Result<Hash> {
      std::uint64_t first = index << level;
      Frontier frontier;
      for (std::uint64_t i = first; i < first + (std::uint64_t{1} << level); ++i) {
        frontier.append(leaf_hash(entries.at(i)));
      }
      return frontier.root();
    };
  }
  Checkpoint checkpoint(std::uint64_t size) const {
    Frontier frontier;
    for (std::uint64_t i = 0; i < size; ++i) frontier.append(leaf_hash(entries.at(i)));
    return {checkpoint_origin(ledger_id), LedgerSize(size), frontier.root()};
  }
  HeldCheckpoint held(std::uint64_t size) const {
    return {sign_checkpoint(checkpoint(size), key()), checkpoint(size)};
  }
  BatchProof proof(BatchNumber number, LedgerIndex index, Instant recorded_at,
                   std::uint64_t size) const {
    return {number, index, recorded_at, inclusion_proof(index, LedgerSize(size), reader()).value()};
  }
  // The newest checkpoint of `size` entries for an agent that holds `held`, without batches.
  Proofs answer(std::uint64_t held, std::uint64_t size) const {
    Proofs proofs;
    proofs.checkpoint = this->held(size).note;
    proofs.held = LedgerSize(held);
    if (held <= size) {
      proofs.consistency = consistency_proof(LedgerSize(held), LedgerSize(size), reader()).value();
    }
    return proofs;
  }
};

}  // namespace plumbline::testing

#endif  // PLUMBLINE_TESTS_SUPPORT_AGENTS_PROVING_SERVER_H_
