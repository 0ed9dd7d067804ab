// SPDX-License-Identifier: Apache-2.0
#include "programs/plumbd_lineage.h"

#include <fmt/format.h>

#include "base/log.h"
#include "ledger/entry.h"
#include "programs/plumbd_request.h"

namespace plumbline {
namespace {

constexpr std::size_t kLedgerIdBytes = 16;

Json lost_json(const Checkpoint& lost) {
  Json json = Json::object();
  json.set("origin", lost.origin).set("size", lost.size.value);
  json.set("root", to_base64(lost.root.view()));
  return json;
}

Status may_continue(const CheckpointSigner& signer) {
  Status status = signer.status();
  if (status.ok()) {
    return Error(Code::kDenied,
                 "this server signs checkpoints: there is nothing to give up, and a ledger is "
                 "continued only where something published is lost");
  }
  if (status.error().code() == Code::kConflict) return {};
  return Error(Code::kDenied,
               "a continuation gives up what was published and is lost; it does not help against "
               "this, so restore the ledger from a backup",
               status.error());
}

}  // namespace

Result<std::unique_ptr<Lineage>> Lineage::open(Office& office,
                                               std::unique_ptr<LedgerReader> reader) {
  std::unique_ptr<Lineage> lineage(new Lineage(office, std::move(reader)));
  RETURN_IF_ERROR(lineage->take_up());
  return lineage;
}

Status Lineage::take_up() {
  const std::string first = office_.genesis().ledger_id;
  const auto continuations = office_.continuations();
  MutexLock lock(mutex_);
  stretches_ = {{first, LedgerIndex(0), ""}};
  successions_.clear();
  for (const RegistryState::Continuation& one : continuations) {
    ASSIGN_OR_RETURN(StoredEntry stored, reader_->at(one.index));
    ASSIGN_OR_RETURN(Entry entry, decode_entry(stored.entry));
    successions_.push_back(std::move(entry.payload));
    stretches_.back().lost_checkpoint = one.continued.lost_checkpoint;
    stretches_.push_back({one.continued.ledger_id, one.index, ""});
  }
  return {};
}

std::string Lineage::ledger_id() const {
  MutexLock lock(mutex_);
  return stretches_.back().ledger_id;
}

LedgerNames Lineage::names() const {
  MutexLock lock(mutex_);
  LedgerNames names{stretches_.back().ledger_id, {}};
  for (std::size_t i = 0; i + 1 < stretches_.size(); ++i) {
    const std::string& lost = stretches_[i].lost_checkpoint;
    names.before.insert(stretches_[i].ledger_id);
    // Of another id where the ledger went back behind a continuation that it no longer holds.
    names.before.insert(checkpoint_ledger_id(lost.substr(0, lost.find('\n'))));
  }
  return names;
}

std::vector<Bytes> Lineage::successions() const {
  MutexLock lock(mutex_);
  return successions_;
}

Result<Bytes> Lineage::record_at(LedgerIndex index) const {
  MutexLock lock(mutex_);
  ASSIGN_OR_RETURN(StoredEntry stored, reader_->at(index));
  ASSIGN_OR_RETURN(Entry entry, decode_entry(stored.entry));
  return std::move(entry.payload);
}

std::vector<Lineage::Stretch> Lineage::stretches() const {
  MutexLock lock(mutex_);
  return stretches_;
}

Result<SignedCheckpoint> Lineage::lost(const CheckpointSigner& signer, const Json& request) const {
  ASSIGN_OR_RETURN(std::string given, text_or_empty(request, "checkpoint"));
  if (auto known = signer.contradicted()) {
    if (given.empty()) return *known;
    return Error(Code::kInvalid, "the server has the checkpoint that is lost; give no other one");
  }
  if (given.empty()) {
    return Error(Code::kInvalid,
                 "the published checkpoint cannot be read; give one that anybody holds, of an "
                 "agent or a backup",
                 signer.status().error());
  }
  ASSIGN_OR_RETURN(Checkpoint opened, open_any_checkpoint(given, office_.genesis().checkpoint_key));
  return SignedCheckpoint{opened, given};
}

Result<Json> Lineage::continue_ledger(CheckpointSigner& signer, const Json& request,
                                      const std::string& actor) {
  RETURN_IF_ERROR(only_keys(request, {"dry_run", "checkpoint", "reason"}));
  ASSIGN_OR_RETURN(bool dry_run, bool_or_false(request, "dry_run"));
  RETURN_IF_ERROR(may_continue(signer));
  ASSIGN_OR_RETURN(SignedCheckpoint lost_note, lost(signer, request));
  Json json = Json::object();
  json.set("dry_run", dry_run).set("lost", lost_json(lost_note.checkpoint));
  if (dry_run) {
    MutexLock lock(mutex_);
    ASSIGN_OR_RETURN(LedgerSize kept, reader_->size());
    json.set("kept", kept.value).set("ledger_id", nullptr).set("index", nullptr);
    return json;
  }
  ASSIGN_OR_RETURN(Office::By who, by(request, actor));
  const std::string id = to_hex(random_bytes(kLedgerIdBytes));
  ASSIGN_OR_RETURN(LedgerIndex index, office_.continue_ledger(who, {id, lost_note.text}));
  log_warning(
      "checkpoint",
      fmt::format("{} continues the ledger as {} from entry {}; given up: the checkpoint of "
                  "{} entries of {}",
                  actor, id, index.value, lost_note.checkpoint.size.value,
                  lost_note.checkpoint.origin));
  RETURN_IF_ERROR(take_up());
  // The record stands: whatever fails from here on is made good by the next round or start.
  RETURN_IF_ERROR(signer.continue_as(id));
  json.set("kept", index.value).set("ledger_id", id).set("index", index.value);
  return json;
}

}  // namespace plumbline
