// SPDX-License-Identifier: Apache-2.0
#include "evidence/checkpoint_signer.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "base/file.h"
#include "base/limits.h"

namespace plumbline {
namespace {

constexpr std::size_t kMaxPublishedBytes = 128 * 1024;

// Errors after which no later attempt could be right.
bool is_refusal(const Error& error) {
  return error.code() == Code::kConflict || error.code() == Code::kCorrupt;
}

std::string folder_of(const std::string& path) {
  std::string folder = std::filesystem::path(path).parent_path().string();
  return folder.empty() ? "." : folder;
}

Error conflict(std::string sentence) {
  return Error(Code::kConflict, "no checkpoint is signed: " + std::move(sentence));
}

}  // namespace

CheckpointSigner::CheckpointSigner(LedgerReader& reader, PrivateKey key, std::string origin,
                                   std::string path)
    : reader_(reader), key_(std::move(key)), origin_(std::move(origin)), path_(std::move(path)) {}

Result<std::unique_ptr<CheckpointSigner>> CheckpointSigner::open(LedgerReader& reader,
                                                                 PrivateKey key,
                                                                 const std::string& ledger_id,
                                                                 std::string path) {
  std::unique_ptr<CheckpointSigner> signer(
      new CheckpointSigner(reader, std::move(key), checkpoint_origin(ledger_id), std::move(path)));
  Status loaded = signer->load();
  if (!loaded.ok() && !is_refusal(loaded.error())) return loaded.error();
  (void)signer->finish(loaded);
  return signer;
}

Status CheckpointSigner::load() {
  Result<Bytes> text = read_file(path_, kMaxPublishedBytes);
  if (!text.ok() && text.error().code() == Code::kNotFound) return {};
  if (!text.ok()) return text.error();
  Result<Checkpoint> published = open_checkpoint(*text, origin_, key_.public_key());
  if (!published.ok()) {
    return Error(Code::kConflict,
                 fmt::format("no checkpoint is signed: {} does not hold a checkpoint that this "
                             "server signed for this ledger",
                             path_),
                 published.error());
  }
  // It may have been put in place by a process that was killed before its fsync of the folder.
  RETURN_IF_ERROR(fsync_folder(folder_of(path_)));
  return resume({*published, *text});
}

// The recorded leaf hashes are enough here: where they make the published root, they are the ones
// that were signed.
Status CheckpointSigner::resume(const SignedCheckpoint& published) {
  LedgerSize target = published.checkpoint.size;
  ASSIGN_OR_RETURN(LedgerSize size, reader_.size());
  if (size < target) {
    return conflict(
        fmt::format("the ledger holds {} entries, the checkpoint published last ({}) "
                    "stands for {}",
                    size.value, path_, target.value));
  }
  while (frontier_.size() < target) {
    std::uint64_t from = frontier_.size().value;
    auto count = std::min<std::uint64_t>(target.value - from, limits::kReadChunkEntries);
    ASSIGN_OR_RETURN(std::vector<Hash> leaves, reader_.leaves(LedgerIndex(from), count));
    if (leaves.size() != count) {
      return Error(Code::kInternal, "the store gave fewer leaf hashes than there are");
    }
    for (const Hash& leaf : leaves) frontier_.append(leaf);
  }
  if (frontier_.root() != published.checkpoint.root) {
    return conflict(
        fmt::format("the first {} entries of the ledger are not those of the "
                    "checkpoint published last ({})",
                    target.value, path_));
  }
  MutexLock lock(mutex_);
  latest_ = published;
  return {};
}

Status CheckpointSigner::advance() {
  if (refusal_.has_value()) return *refusal_;
  return finish(sign_growth());
}

Status CheckpointSigner::finish(Status status) {
  if (!status.ok() && is_refusal(status.error())) refusal_ = status.error();
  MutexLock lock(mutex_);
  if (refusal_.has_value()) latest_.reset();
  status_ = status;
  return status;
}

Status CheckpointSigner::sign_growth() {
  ASSIGN_OR_RETURN(LedgerSize size, reader_.size());
  RETURN_IF_ERROR(grow(size));
  std::optional<SignedCheckpoint> last = latest();
  if (size.value == 0 || (last.has_value() && last->checkpoint.size == size)) return {};
  SignedCheckpoint next;
  next.checkpoint = {origin_, frontier_.size(), frontier_.root()};
  next.text = sign_checkpoint(next.checkpoint, key_);
  RETURN_IF_ERROR(replace_file_durably(path_, next.text, FileMode::kReadable));
  MutexLock lock(mutex_);
  latest_ = std::move(next);
  return {};
}

Status CheckpointSigner::grow(LedgerSize size) {
  if (size < frontier_.size()) {
    return conflict(fmt::format("the ledger holds {} entries and held {} before", size.value,
                                frontier_.size().value));
  }
  while (frontier_.size() < size) {
    LedgerIndex from(frontier_.size().value);
    ASSIGN_OR_RETURN(std::vector<Hash> leaves, read_leaves(from));
    if (leaves.empty()) {
      return Error(Code::kUnavailable,
                   fmt::format("the store does not give entry {} of {}", from.value, size.value));
    }
    for (const Hash& leaf : leaves) {
      if (frontier_.size() < size) frontier_.append(leaf);
    }
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

std::optional<SignedCheckpoint> CheckpointSigner::latest() const {
  MutexLock lock(mutex_);
  return latest_;
}

Status CheckpointSigner::status() const {
  MutexLock lock(mutex_);
  return status_;
}

}  // namespace plumbline
