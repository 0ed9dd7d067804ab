// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVIDENCE_ENTRY_PIPELINE_H_
#define PLUMBLINE_EVIDENCE_ENTRY_PIPELINE_H_

#include <deque>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

#include "base/mutex.h"
#include "evidence/entry_examiner.h"
#include "store/store.h"

namespace plumbline {

// An entry of the ledger as the store gave it, and as it was examined; or why the store could not.
struct PipelinedEntry {
  Result<StoredEntry> stored;
  Result<Hash> recorded;  // the leaf hash that was recorded for it
  std::optional<ExaminedEntry> examined;
};

// Reads a ledger ahead on a thread of its own and examines its entries on others, and hands them
// out in order. At most `threads` + 2 chunks of limits::kReadChunkBytes are held at a time.
class EntryPipeline {
 public:
  // `reader` must outlive the pipeline and is used by nobody else until then. Begins at once with
  // the entries [0, size); `threads` at least 1.
  EntryPipeline(LedgerReader& reader, LedgerSize size, std::size_t threads);
  // Ends the threads, read to the end or not.
  ~EntryPipeline();
  EntryPipeline(const EntryPipeline&) = delete;
  EntryPipeline& operator=(const EntryPipeline&) = delete;

  // The next entries, in order and without a hole; empty at the end. One thread calls it.
  std::vector<PipelinedEntry> next() EXCLUDES(mutex_);

 private:
  enum class State { kRead, kTaken, kExamined };
  struct Chunk {
    State state = State::kRead;
    std::vector<PipelinedEntry> entries;
    std::shared_ptr<const StreamKeys> keys;
  };

  void read_all() EXCLUDES(mutex_);
  std::shared_ptr<Chunk> read_chunk(LedgerIndex from);
  void read_leaves(LedgerIndex from, Chunk& chunk);
  void note_keys(const Chunk& chunk);
  bool push(std::shared_ptr<Chunk> chunk) EXCLUDES(mutex_);
  void examine_all() EXCLUDES(mutex_);
  std::shared_ptr<Chunk> take_unexamined() EXCLUDES(mutex_);

  LedgerReader& reader_;
  const LedgerSize size_;
  const std::size_t most_chunks_;

  // The reading thread's: the key of each stream that an entry before claims to enrol. No more than
  // a guess, since nobody has checked those entries yet.
  std::shared_ptr<const StreamKeys> keys_ = std::make_shared<StreamKeys>();

  Mutex mutex_;
  CondVar changed_;
  std::deque<std::shared_ptr<Chunk>> chunks_ GUARDED_BY(mutex_);  // oldest first
  bool all_read_ GUARDED_BY(mutex_) = false;
  bool stopping_ GUARDED_BY(mutex_) = false;

  std::vector<std::thread> threads_;  // last: they use everything above
};

}  // namespace plumbline

#endif  // PLUMBLINE_EVIDENCE_ENTRY_PIPELINE_H_
