// SPDX-License-Identifier: Apache-2.0
#include "store/change_feed.h"

namespace plumbline {

void ChangeFeed::publish(LedgerSize size) {
  {
    MutexLock lock(mutex_);
    if (size <= size_) return;
    size_ = size;
  }
  grown_.notify_all();
}

LedgerSize ChangeFeed::size() const {
  MutexLock lock(mutex_);
  return size_;
}

LedgerSize ChangeFeed::wait_beyond(LedgerSize seen, std::chrono::milliseconds timeout) {
  MutexLock lock(mutex_);
  while (size_ <= seen && !closed_) {
    if (!grown_.wait_for(mutex_, timeout)) break;
  }
  return size_;
}

void ChangeFeed::close() {
  {
    MutexLock lock(mutex_);
    closed_ = true;
  }
  grown_.notify_all();
}

bool ChangeFeed::closed() const {
  MutexLock lock(mutex_);
  return closed_;
}

}  // namespace plumbline
