// SPDX-License-Identifier: Apache-2.0
#include "agents/transport.h"

#include <algorithm>
#include <string>

#include "agents/proof_check.h"

namespace plumbline {
namespace {

// Those of the proofs that are behind the proved batches: a receipt may come twice.
Proofs behind(const Proofs& proofs, BatchNumber proved) {
  Proofs rest = proofs;
  std::erase_if(rest.batches, [&](const BatchProof& batch) { return batch.number <= proved; });
  return rest;
}

Status check_place(const Proofs& proofs, const SpoolHead& head) {
  if (proofs.batches.empty()) return {};
  BatchNumber first = proofs.batches.front().number, last = proofs.batches.back().number;
  if (last > head.last) {
    return Error(Code::kInvalid, "the receipt speaks of batch " + std::to_string(last.value) +
                                     ", and this folder ends at batch " +
                                     std::to_string(head.last.value));
  }
  if (first == head.proved.next()) return {};
  return Error(Code::kInvalid, "the receipt begins at batch " + std::to_string(first.value) +
                                   ", and batch " + std::to_string(head.proved.value + 1) +
                                   " is not proved: take the receipts in the order of their files");
}

// Acknowledges and keeps what was shown.
Status keep(Spool& spool, const ProofsHold& shown, Instant now) {
  std::vector<AckedBatch> acks;
  for (const ProvedBatch& batch : shown.batches) {
    acks.push_back({batch.number, batch.index, batch.recorded_at});
  }
  RETURN_IF_ERROR(spool.acknowledge(acks, now));
  return spool.keep_proofs(shown, now);
}

}  // namespace

Result<Packed> pack_batches(Spool& spool, std::size_t max_bytes, Instant now) {
  ASSIGN_OR_RETURN(SpoolHead head, spool.head());
  ASSIGN_OR_RETURN(Enrolment enrolment, spool.enrolment());
  ASSIGN_OR_RETURN(auto held, spool.held());
  Packed packed;
  packed.file.ledger_id = enrolment.ledger_id;
  packed.file.outlet = enrolment.outlet;
  packed.file.key = enrolment.key;
  packed.file.made = now;
  if (held) packed.file.held = held->checkpoint.size;
  packed.first = head.proved.next();
  packed.last = head.proved;
  std::size_t bytes = 0;
  for (BatchNumber number = packed.first; number <= head.last; number = number.next()) {
    ASSIGN_OR_RETURN(auto batch, spool.load(number));
    if (!batch) {
      return Error(Code::kCorrupt, "batch " + std::to_string(number.value) +
                                       " is not proved and its bytes are missing from the spool");
    }
    if (bytes > 0 && bytes + batch->sealed.size() > max_bytes) break;
    bytes += batch->sealed.size();
    packed.events += batch->count;
    packed.last = number;
    packed.file.batches.push_back(std::move(batch->sealed));
  }
  packed.left = head.last.value - packed.last.value;
  if (!packed.file.batches.empty()) return packed;
  return Error(
      Code::kNotFound,
      "there is nothing to pack: the ledger holds everything accepted here, and proved it");
}

Result<std::variant<ReceiptTaken, Contradiction>> take_receipt(Spool& spool,
                                                               const ReceiptFile& receipt,
                                                               Instant now) {
  ASSIGN_OR_RETURN(Enrolment enrolment, spool.enrolment());
  if (receipt.stream != enrolment.stream) {
    return Error(Code::kInvalid, "the receipt is that of another agent (stream " +
                                     receipt.stream.hex() + ", this one is " +
                                     enrolment.stream.hex() + ")");
  }
  if (receipt.ledger_id != enrolment.ledger_id) {
    return Error(Code::kInvalid, "the receipt is of ledger " + receipt.ledger_id +
                                     ", this agent was enrolled in ledger " + enrolment.ledger_id);
  }
  ReceiptTaken taken;
  taken.refused = receipt.refused;
  for (const Proofs& shown : receipt.proofs) {
    ASSIGN_OR_RETURN(SpoolHead head, spool.head());
    Proofs proofs = behind(shown, head.proved);
    if (proofs.batches.empty()) continue;
    RETURN_IF_ERROR(check_place(proofs, head));
    ProofQuestion question;
    question.ledger_id = enrolment.ledger_id;
    question.checkpoint_key = enrolment.checkpoint_key;
    ASSIGN_OR_RETURN(question.held, spool.held());
    ASSIGN_OR_RETURN(question.targets,
                     spool.proof_targets(proofs.batches.front().number,
                                         static_cast<std::uint32_t>(proofs.batches.size())));
    const std::string origin = checkpoint_origin(enrolment.ledger_id);
    question.note_at = [&](LedgerSize size) -> std::optional<std::string> {
      auto note = spool.verified_note(origin, size);
      return note.ok() ? *note : std::nullopt;
    };
    ProofVerdict verdict = check_proofs(question, proofs);
    if (auto* what = std::get_if<Contradiction>(&verdict)) return {std::move(*what)};
    if (auto* error = std::get_if<Error>(&verdict)) return *error;
    const auto& hold = std::get<ProofsHold>(verdict);
    RETURN_IF_ERROR(keep(spool, hold, now));
    taken.batches += hold.batches.size();
  }
  ASSIGN_OR_RETURN(SpoolHead head, spool.head());
  taken.acknowledged = head.acknowledged;
  taken.proved = head.proved;
  return {std::move(taken)};
}

}  // namespace plumbline
