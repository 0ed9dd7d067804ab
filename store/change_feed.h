// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_STORE_CHANGE_FEED_H_
#define PLUMBLINE_STORE_CHANGE_FEED_H_

#include <chrono>

#include "base/mutex.h"
#include "model/ids.h"

namespace plumbline {

// Tells followers that the ledger has grown. It carries the size only: a follower reads the
// entries from its own LedgerReader, in the order of their index. Safe from any thread.
class ChangeFeed {
 public:
  // The writer, after a commit. Sizes only grow.
  void publish(LedgerSize size);

  // The newest size published.
  LedgerSize size() const;

  // Waits until the size is above `seen`, the feed is closed, or `timeout` has passed; returns the
  // newest size.
  LedgerSize wait_beyond(LedgerSize seen, std::chrono::milliseconds timeout);

  // Wakes all followers for good; used at shutdown.
  void close();
  bool closed() const;

 private:
  mutable Mutex mutex_;
  CondVar grown_;
  LedgerSize size_ GUARDED_BY(mutex_);
  bool closed_ GUARDED_BY(mutex_) = false;
};

}  // namespace plumbline

#endif  // PLUMBLINE_STORE_CHANGE_FEED_H_
