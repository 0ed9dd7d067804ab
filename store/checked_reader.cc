// SPDX-License-Identifier: Apache-2.0
#include "store/checked_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/limits.h"
#include "ledger/entry.h"
#include "model/wire/batch.h"

namespace plumbline {
namespace {

Error damaged(LedgerIndex index, const std::string& why) {
  return Error(Code::kCorrupt,
               fmt::format("entry {} of the ledger is damaged: {}; `plumb ledger verify` looks at "
                           "all entries",
                           index.value, why));
}

// Of an entry whose bytes are the recorded ones.
Status check_content(const StoredEntry& stored) {
  if (!stored.content) return {};
  Result<Entry> entry = decode_entry(stored.entry);
  if (!entry.ok()) return damaged(stored.index, entry.error().text());
  ByteReader bytes(entry->payload);
  Result<BatchHead> head = decode_head(bytes);
  if (!head.ok()) return damaged(stored.index, "it has a content and is no batch");
  Result<BatchHeader> header = decode_header(head->header);
  if (!header.ok()) return damaged(stored.index, header.error().text());
  if (header->content_size != stored.content->size() ||
      header->content_hash != sha256(*stored.content)) {
    return damaged(stored.index, "its content is not the one that its header names");
  }
  return {};
}

class CheckedReader : public LedgerReader {
 public:
  explicit CheckedReader(std::unique_ptr<LedgerReader> reader) : reader_(std::move(reader)) {}

  Result<LedgerSize> size() override { return reader_->size(); }

  Result<LedgerIndex> read(LedgerIndex from,
                           const std::function<Status(const StoredEntry&)>& take) override {
    ASSIGN_OR_RETURN(LedgerSize size, reader_->size());
    std::uint64_t there = size.value > from.value ? size.value - from.value : 0;
    ASSIGN_OR_RETURN(
        std::vector<Hash> leaves,
        reader_->leaves(from, std::min<std::uint64_t>(there, limits::kReadChunkEntries)));
    return reader_->read(from, [&](const StoredEntry& stored) -> Status {
      std::uint64_t place = stored.index.value - from.value;
      // What was committed since has its leaf by itself.
      if (place >= leaves.size()) return check_one(stored, take);
      return check(stored, leaves[place], take);
    });
  }

  Result<std::vector<Hash>> leaves(LedgerIndex from, std::size_t count) override {
    return reader_->leaves(from, count);
  }

  Result<StoredEntry> at(LedgerIndex index) override {
    ASSIGN_OR_RETURN(StoredEntry stored, reader_->at(index));
    RETURN_IF_ERROR(check_one(stored, [](const StoredEntry&) { return Status(); }));
    return stored;
  }

  Result<std::vector<LedgerIndex>> batches_of(const OutletId& outlet, LedgerIndex from,
                                              LedgerSize to) override {
    return reader_->batches_of(outlet, from, to);
  }

  Result<std::vector<LedgerIndex>> without_content(LedgerIndex from, LedgerSize to) override {
    return reader_->without_content(from, to);
  }

 private:
  static Status check(const StoredEntry& stored, const Hash& leaf,
                      const std::function<Status(const StoredEntry&)>& take) {
    if (leaf_hash(stored.entry) != leaf) {
      return damaged(stored.index, "it does not have the leaf hash that was recorded for it");
    }
    RETURN_IF_ERROR(check_content(stored));
    return take(stored);
  }

  Status check_one(const StoredEntry& stored,
                   const std::function<Status(const StoredEntry&)>& take) {
    ASSIGN_OR_RETURN(std::vector<Hash> leaf, reader_->leaves(stored.index, 1));
    return check(stored, leaf.at(0), take);
  }

  std::unique_ptr<LedgerReader> reader_;
};

}  // namespace

std::unique_ptr<LedgerReader> make_checked_reader(std::unique_ptr<LedgerReader> reader) {
  return std::make_unique<CheckedReader>(std::move(reader));
}

}  // namespace plumbline
