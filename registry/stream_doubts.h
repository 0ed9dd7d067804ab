// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_REGISTRY_STREAM_DOUBTS_H_
#define PLUMBLINE_REGISTRY_STREAM_DOUBTS_H_

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "base/mutex.h"
#include "base/result.h"
#include "registry/stream_watch.h"
#include "store/store.h"

namespace plumbline {

// What the batches of an outlet tell of its streams.
struct OutletDoubts {
  std::map<StreamId, StreamDoubt> streams;  // only those that are doubted
  bool complete = true;  // false: some batch was not looked at yet, or cannot be read
};

// The doubts of whole outlets, from the headers of their batches. Each header is read once: what
// was read is remembered, some 100 bytes a stream. Safe from any thread.
class StreamDoubts {
 public:
  using OpenReader = std::function<Result<std::unique_ptr<LedgerReader>>()>;

  // A request of the portal waits for at most so many batches: some 0.1 s of reading.
  static constexpr std::size_t kReadForPage = 8192;
  static constexpr std::size_t kReadAll = static_cast<std::size_t>(-1);

  explicit StreamDoubts(OpenReader open);

  // In the order of the outlets. Reads at most `most` batches that were not read before, the first
  // outlets first; the next call goes on from there.
  Result<std::vector<OutletDoubts>> of(const std::vector<OutletId>& outlets, std::size_t most);

 private:
  struct Known {
    LedgerIndex next;  // all batches before it were looked at
    std::map<StreamId, StreamWatch> watches;
    bool unreadable = false;
  };
  Status read_on(Known& known, const OutletId& outlet, LedgerSize size, std::size_t& most)
      REQUIRES(mutex_);
  Result<std::vector<OutletDoubts>> read(const std::vector<OutletId>& outlets, std::size_t most)
      REQUIRES(mutex_);

  const OpenReader open_;
  Mutex mutex_;
  std::unique_ptr<LedgerReader> reader_ GUARDED_BY(mutex_);
  std::map<OutletId, Known> known_ GUARDED_BY(mutex_);
};

}  // namespace plumbline

#endif  // PLUMBLINE_REGISTRY_STREAM_DOUBTS_H_
