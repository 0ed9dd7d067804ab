// SPDX-License-Identifier: Apache-2.0
#include "evidence/checkpoint_signer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "base/file.h"
#include "base/limits.h"
#include "base/settle_file.h"
#include "ledger/signed_note.h"

namespace plumbline {
namespace {

// Notes that wait to be examined. Those beyond are shown again when their agents come again.
constexpr std::size_t kMaxShown = 16;

// Errors after which no later attempt could be right.
bool is_refusal(const Error& error) {
  return error.code() == Code::kConflict || error.code() == Code::kCorrupt;
}

// Gives the file the first of the names `to`, `to`.2, `to`.3, ... that is free.
Status set_aside(const std::string& from, const std::string& to) {
  std::string name = to;
  for (int i = 2; std::filesystem::exists(name); ++i) name = fmt::format("{}.{}", to, i);
  if (std::rename(from.c_str(), name.c_str()) != 0) {
    return errno_error("renaming " + from + " to " + name);
  }
  return fsync_folder(std::filesystem::path(from).parent_path().string());
}

}  // namespace

CheckpointSigner::CheckpointSigner(LedgerReader& reader, PrivateKey key, LedgerNames names,
                                   std::string folder)
    : reader_(reader), key_(std::move(key)), files_{std::move(folder)}, names_(std::move(names)) {}

Result<std::unique_ptr<CheckpointSigner>> CheckpointSigner::open(LedgerReader& reader,
                                                                 PrivateKey key, LedgerNames names,
                                                                 std::string folder) {
  std::unique_ptr<CheckpointSigner> signer(
      new CheckpointSigner(reader, std::move(key), std::move(names), std::move(folder)));
  MutexLock work(signer->work_);
  ASSIGN_OR_RETURN(signer->tree_, TreeFile::open(signer->files_.tree()));
  Status loaded = signer->load();
  if (!loaded.ok() && !is_refusal(loaded.error())) return loaded.error();
  (void)signer->finish(loaded);
  return signer;
}

Status CheckpointSigner::load() {
  RETURN_IF_ERROR(load_published());
  RETURN_IF_ERROR(tree_->cut());
  return load_shown();
}

Status CheckpointSigner::load_published() {
  // A signer that was killed between two steps leaves a file, or its name, that nobody has made
  // durable.
  RETURN_IF_ERROR(settle_file(files_.published()));
  RETURN_IF_ERROR(fsync_folder(files_.folder));
  Result<Bytes> text = read_file(files_.published(), kMaxNoteBytes);
  if (!text.ok() && text.error().code() == Code::kNotFound) return {};
  if (!text.ok() && text.error().code() != Code::kExhausted) return text.error();
  Result<Checkpoint> published = text.ok() ? open_checkpoint(*text, origin(), key_.public_key())
                                           : Result<Checkpoint>(text.error());
  if (published.ok()) return resume({*published, *text});
  // Of an id that a continuation gave up, where the server ended between record and renaming.
  Result<Checkpoint> other =
      text.ok() ? open_any_checkpoint(*text, key_.public_key()) : Result<Checkpoint>(text.error());
  if (other.ok() && was_given_up(other->origin)) return keep_file(files_.published());
  Error why = conflict(fmt::format("{} does not hold a checkpoint that this server signed for this "
                                   "ledger",
                                   files_.published()),
                       other.ok() ? std::optional(SignedCheckpoint{*other, *text}) : std::nullopt);
  return Error(why.code(), why.sentence(), published.error());
}

Status CheckpointSigner::load_shown() {
  Result<Bytes> text = read_file(files_.shown(), kMaxNoteBytes);
  if (!text.ok() && text.error().code() == Code::kNotFound) return {};
  if (!text.ok()) return text.error();
  Result<Checkpoint> shown = open_any_checkpoint(*text, key_.public_key());
  if (!shown.ok() || was_given_up(shown->origin)) return keep_file(files_.shown());
  {
    MutexLock lock(mutex_);
    shown_.push_back({*shown, *text});
  }
  // A larger one may be of entries that are there and not signed yet: advance() decides.
  if (shown->size > tree_->frontier().size()) return {};
  return examine_shown();
}

// The recorded leaf hashes are enough here: where they make the published root, they are the ones
// that were signed.
Status CheckpointSigner::resume(const SignedCheckpoint& published) {
  LedgerSize target = published.checkpoint.size;
  ASSIGN_OR_RETURN(LedgerSize size, reader_.size());
  if (size < target) {
    return conflict(fmt::format("the ledger holds {} entries, the checkpoint published last ({}) "
                                "stands for {}",
                                size.value, files_.published(), target.value),
                    published);
  }
  RETURN_IF_ERROR(lay_tree(target));
  if (tree_->frontier().root() != published.checkpoint.root) {
    return conflict(fmt::format("the first {} entries of the ledger are not those of the "
                                "checkpoint published last ({})",
                                target.value, files_.published()),
                    published);
  }
  MutexLock lock(mutex_);
  latest_ = published;
  return {};
}

Status CheckpointSigner::lay_tree(LedgerSize size) {
  while (tree_->frontier().size() < size) {
    std::uint64_t from = tree_->frontier().size().value;
    auto count = std::min<std::uint64_t>(size.value - from, limits::kReadChunkEntries);
    ASSIGN_OR_RETURN(std::vector<Hash> leaves, reader_.leaves(LedgerIndex(from), count));
    if (leaves.size() != count) {
      return Error(Code::kInternal, "the store gave fewer leaf hashes than there are");
    }
    for (const Hash& leaf : leaves) tree_->append(leaf);
    RETURN_IF_ERROR(tree_->flush());
  }
  return {};
}

Status CheckpointSigner::lay_again() {
  const LedgerSize size = tree_->frontier().size();
  const Hash root = tree_->frontier().root();
  tree_->rewind();
  RETURN_IF_ERROR(lay_tree(size));
  if (tree_->frontier().root() == root) return {};
  return conflict(fmt::format("the first {} entries of the ledger have other leaf hashes than they "
                              "had before",
                              size.value),
                  latest());
}

Status CheckpointSigner::advance() {
  MutexLock work(work_);
  {
    MutexLock lock(mutex_);
    if (refusal_.has_value()) return *refusal_;
  }
  return finish(sign_growth());
}

Status CheckpointSigner::finish(Status status) {
  MutexLock lock(mutex_);
  if (!status.ok() && is_refusal(status.error())) refusal_ = status.error();
  if (refusal_.has_value() && latest_.has_value()) {
    if (refusal_->code() == Code::kConflict) against_ = latest_;
    latest_.reset();
  }
  status_ = status;
  return status;
}

Status CheckpointSigner::sign_growth() {
  ASSIGN_OR_RETURN(LedgerSize size, reader_.size());
  bool mend = false;
  {
    MutexLock lock(mutex_);
    std::swap(mend, mend_);
  }
  if (mend) RETURN_IF_ERROR(lay_again());
  RETURN_IF_ERROR(grow(size));
  RETURN_IF_ERROR(examine_shown());
  std::optional<SignedCheckpoint> last = latest();
  if (size.value == 0 || (last.has_value() && last->checkpoint.size == size)) return {};
  SignedCheckpoint next;
  next.checkpoint = {origin(), tree_->frontier().size(), tree_->frontier().root()};
  next.text = sign_checkpoint(next.checkpoint, key_);
  RETURN_IF_ERROR(replace_file_durably(files_.published(), next.text, FileMode::kReadable));
  MutexLock lock(mutex_);
  latest_ = std::move(next);
  return {};
}

Status CheckpointSigner::grow(LedgerSize size) {
  RETURN_IF_ERROR(tree_->flush());
  if (size < tree_->frontier().size()) {
    return conflict(fmt::format("the ledger holds {} entries and held {} before", size.value,
                                tree_->frontier().size().value),
                    latest());
  }
  while (tree_->frontier().size() < size) {
    LedgerIndex from(tree_->frontier().size().value);
    ASSIGN_OR_RETURN(std::vector<Hash> leaves, read_leaves(from));
    if (leaves.empty()) {
      return Error(Code::kUnavailable,
                   fmt::format("the store does not give entry {} of {}", from.value, size.value));
    }
    for (const Hash& leaf : leaves) {
      if (tree_->frontier().size() < size) tree_->append(leaf);
    }
    RETURN_IF_ERROR(tree_->flush());
  }
  return {};
}

Result<std::vector<Hash>> CheckpointSigner::read_leaves(LedgerIndex from) {
  std::vector<Hash> leaves;
  auto take = [&](const StoredEntry& stored) -> Status {
    leaves.push_back(leaf_hash(stored.entry));
    return {};
  };
  ASSIGN_OR_RETURN(LedgerIndex next, reader_.read(from, take));
  (void)next;
  ASSIGN_OR_RETURN(std::vector<Hash> recorded, reader_.leaves(from, leaves.size()));
  for (std::size_t i = 0; i < leaves.size(); ++i) {
    if (i < recorded.size() && recorded[i] == leaves[i]) continue;
    return Error(Code::kCorrupt,
                 fmt::format("no checkpoint is signed: entry {} does not have the leaf hash that "
                             "was recorded for it",
                             from.value + i));
  }
  return leaves;
}

CheckpointSigner::Shown CheckpointSigner::show(std::string_view note) {
  Result<Checkpoint> shown = open_any_checkpoint(note, key_.public_key());
  if (!shown.ok()) return Shown::kForged;
  if (was_given_up(shown->origin)) return Shown::kGivenUp;
  std::optional<SignedCheckpoint> signed_last = latest();
  if (shown->origin == origin() && signed_last.has_value() &&
      shown->size <= signed_last->checkpoint.size) {
    Result<Frontier> edge = Frontier::at(shown->size, tree());
    if (edge.ok() && edge->root() == shown->root) return Shown::kConsistent;
  }
  MutexLock lock(mutex_);
  bool waits = std::ranges::any_of(shown_, [&](const auto& one) { return one.text == note; });
  if (!waits && shown_.size() < kMaxShown) shown_.push_back({*shown, std::string(note)});
  return Shown::kSuspect;
}

Status CheckpointSigner::examine_shown() {
  std::vector<SignedCheckpoint> shown;
  {
    MutexLock lock(mutex_);
    shown = shown_;
  }
  for (const SignedCheckpoint& one : shown) {
    ASSIGN_OR_RETURN(std::optional<std::string> why, contradiction(one.checkpoint));
    if (!why.has_value()) continue;
    Error refused = conflict(*why, one);
    // So that a server that is started again knows it before it signs.
    Status kept = replace_file_durably(files_.shown(), one.text, FileMode::kReadable);
    return kept.ok() ? refused : Error(refused.code(), refused.sentence(), kept.error());
  }
  MutexLock lock(mutex_);
  shown_.erase(shown_.begin(), shown_.begin() + static_cast<std::ptrdiff_t>(shown.size()));
  return {};
}

Result<std::optional<std::string>> CheckpointSigner::contradiction(const Checkpoint& shown) {
  using Why = std::optional<std::string>;
  if (was_given_up(shown.origin)) return Why();
  if (shown.origin != origin()) {
    return Why(
        fmt::format("somebody holds a checkpoint of {} that this server's key signed, and "
                    "the ledger knows no such id",
                    shown.origin));
  }
  const LedgerSize size = tree_->frontier().size();
  if (shown.size > size) {
    return Why(fmt::format("somebody holds a signed checkpoint of {} entries, the ledger holds {}",
                           shown.size.value, size.value));
  }
  Result<Frontier> edge = Frontier::at(shown.size, tree());
  if (edge.ok() && edge->root() == shown.root) return Why();
  // The tree file may be damaged: only the leaf hashes themselves prove a contradiction.
  ASSIGN_OR_RETURN(Hash root, recorded_root(shown.size));
  mend_tree();
  if (root == shown.root) return Why();
  return Why(
      fmt::format("somebody holds a signed checkpoint of {} entries, and the first {} of the "
                  "ledger are not those",
                  shown.size.value, shown.size.value));
}

Result<Hash> CheckpointSigner::recorded_root(LedgerSize size) {
  Frontier frontier;
  while (frontier.size() < size) {
    std::uint64_t from = frontier.size().value;
    auto count = std::min<std::uint64_t>(size.value - from, limits::kReadChunkEntries);
    ASSIGN_OR_RETURN(std::vector<Hash> leaves, reader_.leaves(LedgerIndex(from), count));
    if (leaves.empty()) return Error(Code::kInternal, "the store gave no leaf hashes");
    for (const Hash& leaf : leaves) frontier.append(leaf);
  }
  return frontier.root();
}

Status CheckpointSigner::continue_as(const std::string& ledger_id) {
  MutexLock work(work_);
  {
    MutexLock lock(mutex_);
    if (!refusal_.has_value() || refusal_->code() != Code::kConflict) {
      return Error(Code::kDenied, "the signer contradicts nothing that was published");
    }
  }
  RETURN_IF_ERROR(keep_file(files_.published()));
  RETURN_IF_ERROR(keep_file(files_.shown()));
  {
    MutexLock lock(mutex_);
    if (contradicted_.has_value()) {
      names_.before.insert(checkpoint_ledger_id(contradicted_->checkpoint.origin));
    }
    names_.before.insert(names_.current);
    names_.current = ledger_id;
    refusal_.reset();
    contradicted_.reset();
    against_.reset();
    shown_.clear();
    mend_ = false;
  }
  tree_->rewind();
  Status signed_now = finish(sign_growth());
  if (signed_now.ok()) RETURN_IF_ERROR(tree_->cut());
  return signed_now;
}

// Under a name of its own, by the id that it is of.
Status CheckpointSigner::keep_file(const std::string& path) {
  Result<Bytes> text = read_file(path, kMaxNoteBytes);
  if (!text.ok() && text.error().code() == Code::kNotFound) return {};
  std::string id = "unreadable";
  if (text.ok()) {
    Result<Checkpoint> opened = open_any_checkpoint(*text, key_.public_key());
    if (opened.ok()) id = checkpoint_ledger_id(opened->origin);
  }
  return set_aside(path, fmt::format("{}.{}", path, id));
}

Error CheckpointSigner::conflict(std::string sentence,
                                 std::optional<SignedCheckpoint> contradicted) {
  MutexLock lock(mutex_);
  contradicted_ = std::move(contradicted);
  return Error(Code::kConflict, "no checkpoint is signed: " + std::move(sentence));
}

std::string CheckpointSigner::origin() const {
  MutexLock lock(mutex_);
  return checkpoint_origin(names_.current);
}

bool CheckpointSigner::was_given_up(const std::string& origin) const {
  MutexLock lock(mutex_);
  return names_.before.contains(checkpoint_ledger_id(origin));
}

std::optional<SignedCheckpoint> CheckpointSigner::contradicted() const {
  MutexLock lock(mutex_);
  return refusal_.has_value() ? contradicted_ : std::nullopt;
}

std::optional<SignedCheckpoint> CheckpointSigner::published_against() const {
  MutexLock lock(mutex_);
  return against_;
}

std::optional<SignedCheckpoint> CheckpointSigner::latest() const {
  MutexLock lock(mutex_);
  return latest_;
}

Status CheckpointSigner::status() const {
  MutexLock lock(mutex_);
  return status_;
}

SubtreeReader CheckpointSigner::tree() const {
  return [this](int level, std::uint64_t index) { return tree_->read(level, index); };
}

void CheckpointSigner::mend_tree() {
  MutexLock lock(mutex_);
  mend_ = true;
}

std::string_view shown_name(CheckpointSigner::Shown shown) {
  switch (shown) {
    case CheckpointSigner::Shown::kForged:
      return "forged";
    case CheckpointSigner::Shown::kConsistent:
      return "consistent";
    case CheckpointSigner::Shown::kGivenUp:
      return "given_up";
    case CheckpointSigner::Shown::kSuspect:
      return "suspect";
  }
  CHECK(false, "every answer has a name");
}

}  // namespace plumbline
