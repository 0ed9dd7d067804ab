// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_AGENTS_INBOX_H_
#define PLUMBLINE_AGENTS_INBOX_H_

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <utility>
#include <variant>

#include "base/bytes.h"
#include "base/mutex.h"
#include "base/result.h"
#include "model/wire/session.h"

namespace plumbline {

// TLS is up and the server holds the pinned key. `exporter`: 32 bytes to prove the agent's key on.
struct ConnectionUp {
  Bytes exporter;
};
struct ConnectionDown {
  Error reason;
};
// SIGINT or SIGTERM, or the owner of the inbox wants the sender to end as if by one.
struct SignalArrived {};
// The owner of the inbox has put something into the spool.
struct SpoolFilled {};

using InboxItem = std::variant<ConnectionUp, ConnectionDown, Message, SignalArrived, SpoolFilled>;

// What the network thread tells the thread that owns the spool. `attempt` tells the connections of
// a run apart, so that the last words of a closed one are not taken for the next one's. Any thread.
class Inbox {
 public:
  struct Entry {
    std::uint64_t attempt = 0;
    InboxItem item;
  };

  void put(std::uint64_t attempt, InboxItem item) EXCLUDES(mutex_) {
    {
      MutexLock lock(mutex_);
      entries_.push_back({attempt, std::move(item)});
    }
    filled_.notify_one();
  }

  // The oldest entry; nullopt when none came within `patience`.
  std::optional<Entry> take(std::chrono::milliseconds patience) EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    while (entries_.empty()) {
      if (patience.count() <= 0 || !filled_.wait_for(mutex_, patience)) break;
      patience = std::chrono::milliseconds(0);
    }
    if (entries_.empty()) return std::nullopt;
    Entry entry = std::move(entries_.front());
    entries_.pop_front();
    return entry;
  }

 private:
  Mutex mutex_;
  CondVar filled_;
  std::deque<Entry> entries_ GUARDED_BY(mutex_);
};

}  // namespace plumbline

#endif  // PLUMBLINE_AGENTS_INBOX_H_
