// SPDX-License-Identifier: Apache-2.0
#include "evidence/entry_pipeline.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/limits.h"
#include "model/office_record.h"

namespace plumbline {
namespace {

// The stream that an entry makes, with its key, if it looks like an entry that does.
std::optional<std::pair<StreamId, PublicKey>> new_stream_in(BytesView entry_bytes) {
  if (entry_bytes.find("\"key.enroll\"") == BytesView::npos &&
      entry_bytes.find("\"key.rotate\"") == BytesView::npos) {
    return {};
  }
  Result<Entry> entry = decode_entry(entry_bytes);
  if (!entry.ok()) return {};
  Result<SignedRecord> record = decode_record(entry->payload);
  if (!record.ok()) return {};
  Result<OfficeRecord> office = office_record_from_json(record->json);
  if (!office.ok()) return {};
  if (const auto* enrolled = std::get_if<KeyEnrolled>(&office->body)) {
    return std::pair(enrolled->stream, enrolled->key);
  }
  if (const auto* rotated = std::get_if<KeyRotated>(&office->body)) {
    return std::pair(rotated->stream, rotated->key);
  }
  return {};
}

}  // namespace

EntryPipeline::EntryPipeline(LedgerReader& reader, LedgerSize size, std::size_t threads)
    : reader_(reader), size_(size), most_chunks_(threads + 2) {
  threads_.emplace_back([this] { read_all(); });
  for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { examine_all(); });
}

EntryPipeline::~EntryPipeline() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

std::vector<PipelinedEntry> EntryPipeline::next() {
  std::shared_ptr<Chunk> chunk;
  {
    MutexLock lock(mutex_);
    while (chunks_.empty() ? !all_read_ : chunks_.front()->state != State::kExamined) {
      changed_.wait(mutex_);
    }
    if (chunks_.empty()) return {};
    chunk = std::move(chunks_.front());
    chunks_.pop_front();
  }
  changed_.notify_all();
  return std::move(chunk->entries);
}

void EntryPipeline::read_all() {
  for (std::uint64_t next = 0; next < size_.value;) {
    std::shared_ptr<Chunk> chunk = read_chunk(LedgerIndex(next));
    next += chunk->entries.size();
    if (!push(std::move(chunk))) return;
  }
  MutexLock lock(mutex_);
  all_read_ = true;
  changed_.notify_all();
}

// Entries from `from` on, at least one. Where the store cannot give an entry, those after it are
// read one by one as far as a chunk goes, so that the fault is laid at the right one.
std::shared_ptr<EntryPipeline::Chunk> EntryPipeline::read_chunk(LedgerIndex from) {
  auto chunk = std::make_shared<Chunk>();
  auto add = [&](Result<StoredEntry> stored) {
    chunk->entries.push_back({std::move(stored), Hash(), {}});
  };
  auto next = [&] { return from.value + chunk->entries.size(); };
  Result<LedgerIndex> read = reader_.read(from, [&](const StoredEntry& stored) -> Status {
    if (next() >= size_.value) return {};
    if (stored.index.value != next()) {
      return Error(Code::kCorrupt, fmt::format("the store gives entry {} where entry {} should "
                                               "stand",
                                               stored.index.value, next()));
    }
    add(stored);
    return {};
  });
  if (!read.ok() || chunk->entries.empty()) {
    std::uint64_t end = std::min(size_.value, from.value + limits::kReadChunkEntries);
    while (next() < end) {
      LedgerIndex index(next());
      Result<StoredEntry> stored = reader_.at(index);
      bool other = stored.ok() && stored->index != index;
      add(other ? Error(Code::kCorrupt, "the store gives another entry in its place")
                : std::move(stored));
    }
  }
  read_leaves(from, *chunk);
  note_keys(*chunk);
  return chunk;
}

void EntryPipeline::read_leaves(LedgerIndex from, Chunk& chunk) {
  Result<std::vector<Hash>> all = reader_.leaves(from, chunk.entries.size());
  for (std::size_t i = 0; i < chunk.entries.size(); ++i) {
    Result<Hash>& recorded = chunk.entries[i].recorded;
    if (all.ok() && i < all->size()) {
      recorded = (*all)[i];
      continue;
    }
    Result<std::vector<Hash>> one = reader_.leaves(LedgerIndex(from.value + i), 1);
    if (!one.ok()) {
      recorded = one.error();
    } else if (one->empty()) {
      recorded = Error(Code::kNotFound, "the store has no leaf hash for it");
    } else {
      recorded = one->front();
    }
  }
}

void EntryPipeline::note_keys(const Chunk& chunk) {
  std::shared_ptr<StreamKeys> changed;
  for (const PipelinedEntry& entry : chunk.entries) {
    if (!entry.stored.ok() || entry.stored->content.has_value()) continue;
    auto made = new_stream_in(entry.stored->entry);
    if (!made.has_value()) continue;
    if (changed == nullptr) changed = std::make_shared<StreamKeys>(*keys_);
    changed->try_emplace(made->first, made->second);
  }
  if (changed != nullptr) keys_ = std::move(changed);
}

// False when the pipeline is being ended.
bool EntryPipeline::push(std::shared_ptr<Chunk> chunk) {
  chunk->keys = keys_;
  MutexLock lock(mutex_);
  while (!stopping_ && chunks_.size() >= most_chunks_) changed_.wait(mutex_);
  if (stopping_) return false;
  chunks_.push_back(std::move(chunk));
  changed_.notify_all();
  return true;
}

std::shared_ptr<EntryPipeline::Chunk> EntryPipeline::take_unexamined() {
  MutexLock lock(mutex_);
  for (;;) {
    if (stopping_) return nullptr;
    for (const std::shared_ptr<Chunk>& chunk : chunks_) {
      if (chunk->state != State::kRead) continue;
      chunk->state = State::kTaken;
      return chunk;
    }
    if (all_read_) return nullptr;
    changed_.wait(mutex_);
  }
}

void EntryPipeline::examine_all() {
  while (std::shared_ptr<Chunk> chunk = take_unexamined()) {
    for (PipelinedEntry& entry : chunk->entries) {
      if (entry.stored.ok()) entry.examined = examine(*entry.stored, *chunk->keys);
    }
    MutexLock lock(mutex_);
    chunk->state = State::kExamined;
    changed_.notify_all();
  }
}

}  // namespace plumbline
