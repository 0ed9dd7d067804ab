// SPDX-License-Identifier: Apache-2.0
#include "agents/proof_check.h"

#include <fmt/format.h>

#include <algorithm>

#include "ledger/entry.h"
#include "ledger/merkle.h"
#include "model/wire/instants.h"

namespace plumbline {
namespace {

// What a batch header can state (docs/formats/wire.md).
constexpr std::uint64_t kMaxSize = std::uint64_t{1} << 62;

Error not_an_answer(const std::string& what) {
  return Error(Code::kInvalid, "the server's proofs are no answer to what was asked: " + what);
}

class Check {
 public:
  Check(const ProofQuestion& question, const Proofs& answer)
      : question_(question), answer_(answer) {}

  ProofVerdict run() {
    LedgerSize asked = question_.held ? question_.held->checkpoint.size : LedgerSize(0);
    if (answer_.held != asked) {
      return not_an_answer(fmt::format("they start from {} entries, {} were asked for",
                                       answer_.held.value, asked.value));
    }
    auto opened = open_checkpoint(answer_.checkpoint, checkpoint_origin(question_.ledger_id),
                                  question_.checkpoint_key);
    if (!opened.ok() && opened.error().code() == Code::kUnauthenticated) {
      return contradiction(AlarmKind::kUnsigned,
                           "the server shows a checkpoint that is not signed by the key which was "
                           "pinned at enrolment: " +
                               opened.error().text());
    }
    if (!opened.ok()) return not_an_answer(opened.error().text());
    if (opened->size.value > kMaxSize) return not_an_answer("no ledger has so many entries");
    holds_.checkpoint = {answer_.checkpoint, std::move(*opened)};
    std::optional<ProofVerdict> verdict = check_continuation();
    if (!verdict) verdict = check_batches();
    return verdict ? std::move(*verdict) : ProofVerdict(std::move(holds_));
  }

 private:
  const Checkpoint& shown() const { return holds_.checkpoint.checkpoint; }

  Contradiction contradiction(AlarmKind kind, std::string sentence) const {
    return {kind, std::move(sentence), question_.held ? question_.held->note : "",
            answer_.checkpoint, encode_message(answer_)};
  }

  std::optional<ProofVerdict> check_continuation() {
    if (!question_.held) return std::nullopt;
    const Checkpoint& held = question_.held->checkpoint;
    if (held.origin != shown().origin) {
      check_succession(held);
      return std::nullopt;
    }
    if (shown().size < held.size) return check_smaller(held);
    if (shown().size == held.size && shown().root != held.root) {
      return contradiction(
          AlarmKind::kForked,
          fmt::format("the server signed two roots for the first {} entries", held.size.value));
    }
    if (verify_consistency(held.size, shown().size, held.root, shown().root, answer_.consistency)) {
      return std::nullopt;
    }
    return contradiction(
        AlarmKind::kInconsistent,
        fmt::format("the checkpoint of {} entries that the server shows does not continue the one "
                    "of {} entries that it signed before",
                    shown().size.value, held.size.value));
  }

  // What was signed under the old id and is not there any more was given up by the office.
  void check_succession(const Checkpoint& held) {
    bool kept =
        verify_consistency(held.size, shown().size, held.root, shown().root, answer_.consistency);
    if (kept) return;
    holds_.lost = fmt::format(
        "the ledger was continued as {} and does not hold the first {} entries of {} as they were "
        "signed; what this agent still keeps is proved anew",
        shown().origin, held.size.value, held.origin);
  }

  // An older checkpoint proves nothing new. It is a lie where another root was signed for it.
  std::optional<ProofVerdict> check_smaller(const Checkpoint& held) {
    std::optional<std::string> note;
    if (question_.note_at) note = question_.note_at(shown().size);
    if (note) {
      auto known = open_checkpoint(*note, shown().origin, question_.checkpoint_key);
      if (known.ok() && known->root != shown().root) {
        Contradiction forked = contradiction(
            AlarmKind::kForked, fmt::format("the server signed two roots for the first {} entries",
                                            shown().size.value));
        forked.held = *note;
        return forked;
      }
    }
    holds_.remark = fmt::format(
        "the server shows a checkpoint of {} entries, but it signed one of {} before: it was "
        "restored from an older copy; nothing is proved until it has what it signed, or until the "
        "office continues the ledger",
        shown().size.value, held.size.value);
    holds_.checkpoint = *question_.held;
    return ProofVerdict(std::move(holds_));
  }

  std::optional<ProofVerdict> check_batches() {
    std::size_t at = 0;  // of the next target
    for (const BatchProof& proof : answer_.batches) {
      while (at < question_.targets.size() && question_.targets[at].number < proof.number) {
        note_left_out(question_.targets[at++]);
      }
      if (at == question_.targets.size() || question_.targets[at].number != proof.number) {
        return not_an_answer(fmt::format("batch {} was not asked for there", proof.number.value));
      }
      if (!is_wire_instant(proof.recorded_at.ms)) return not_an_answer("a time out of range");
      const ProofTarget& target = question_.targets[at++];
      if (auto verdict = check_batch(target, proof)) return verdict;
      if (holds_.batches.size() + 1 == at) {
        holds_.batches.push_back({proof.number, proof.index, proof.recorded_at, proof.path});
      }
    }
    for (; at < question_.targets.size(); ++at) note_left_out(question_.targets[at]);
    return std::nullopt;
  }

  std::optional<ProofVerdict> check_batch(const ProofTarget& target, const BatchProof& proof) {
    bool other = (target.index && *target.index != proof.index) ||
                 (target.recorded_at && *target.recorded_at != proof.recorded_at);
    if (other) {
      return contradiction(
          AlarmKind::kOtherEntry,
          fmt::format("batch {} was acknowledged as entry {} of {}, and is now shown as entry {} "
                      "of {}",
                      proof.number.value, target.index ? std::to_string(target.index->value) : "-",
                      target.recorded_at ? format_instant(*target.recorded_at) : "-",
                      proof.index.value, format_instant(proof.recorded_at)));
    }
    Hash leaf = leaf_hash(encode_entry({EntryKind::kBatch, proof.recorded_at, target.head}));
    if (verify_inclusion(proof.index, shown().size, leaf, shown().root, proof.path)) {
      return std::nullopt;
    }
    return contradiction(
        AlarmKind::kNotIncluded,
        fmt::format("batch {} is not entry {} of the checkpoint of {} entries: the proof does not "
                    "hold for what this agent sealed",
                    proof.number.value, proof.index.value, shown().size.value));
  }

  void note_left_out(const ProofTarget& target) {
    bool covered = target.index && target.index->value < shown().size.value;
    if (!covered || !holds_.remark.empty()) return;
    holds_.remark = fmt::format(
        "the server does not prove batch {}, which it acknowledged as entry {}, though its "
        "checkpoint covers {} entries",
        target.number.value, target.index->value, shown().size.value);
  }

  const ProofQuestion& question_;
  const Proofs& answer_;
  ProofsHold holds_;
};

}  // namespace

ProofVerdict check_proofs(const ProofQuestion& question, const Proofs& answer) {
  return Check(question, answer).run();
}

}  // namespace plumbline
