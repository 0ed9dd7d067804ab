// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_COLLECTOR_FAIR_QUEUE_H_
#define PLUMBLINE_COLLECTOR_FAIR_QUEUE_H_

#include <cstddef>
#include <deque>
#include <list>
#include <map>
#include <optional>
#include <utility>

#include "base/check.h"
#include "base/limits.h"
#include "base/load_limits.h"

namespace plumbline {

// What waits for the ledger's writer, in the order in which it is to be served: deficit round
// robin over streams, streams that had nothing waiting first (the scheduler of RFC 8290, sections
// 4.1.3 and 4.2, but for one rule). So a backlog of any size delays its own stream, and a live
// outlet's batch passes it. A stream with several batches of more than a turn together is never
// first. Within a stream the order of arrival is kept. A value; knows no time.
//
// Room: a stream with something waiting may take as much as is still free (each of n greedy
// streams ends up with 1/(n+1) of the queue, and the last share stays free for those that come); a
// stream with nothing waiting gets its one batch in while there is any room, and a sixteenth of
// the queue is left to small batches.
template <typename Key, typename Item>
class FairQueue {
 public:
  struct Config {
    std::size_t max_bytes = limits::kMaxQueuedAdmitBytes;
    std::size_t turn_bytes = limits::kTurnBytes;
    std::size_t small_bytes = limits::kSmallBatchBytes;
  };
  enum class Offered {
    kQueued,
    kOverShare,  // the stream has its share waiting
    kFull,
  };
  enum class Lane {
    kAll,
    kLive,  // streams in their first turn only
  };

  explicit FairQueue(Config config) : config_(config) {
    CHECK(config_.turn_bytes > 0, "a turn serves something");
  }

  // Takes from `item` only when it answers kQueued.
  Offered offer(const Key& key, std::size_t bytes, Item&& item) {
    auto found = streams_.find(key);
    const std::size_t waiting = found == streams_.end() ? 0 : found->second.bytes;
    const std::size_t free = config_.max_bytes - bytes_;
    const std::size_t kept = bytes <= config_.small_bytes ? 0 : config_.max_bytes / 16;
    if (bytes + kept > free) return Offered::kFull;
    if (waiting > 0 && waiting + bytes > free) return Offered::kOverShare;
    if (found == streams_.end()) {
      found = streams_.emplace(key, Stream{}).first;
      found->second.credit = static_cast<std::ptrdiff_t>(config_.turn_bytes);
      found->second.place = new_.insert(new_.end(), key);
    }
    Stream& stream = found->second;
    stream.waiting.push_back({bytes, std::move(item)});
    stream.bytes += bytes;
    bytes_ += bytes;
    ++items_;
    // A backlog shows itself at once and gets no first turn.
    if (stream.fresh && stream.waiting.size() > 1 && stream.bytes > config_.turn_bytes) {
      grow_old(stream, new_);
    }
    return Offered::kQueued;
  }

  // The next one to serve. With kLive, streams that have used up their first turn wait.
  std::optional<Item> take(Lane lane = Lane::kAll) {
    for (;;) {
      const bool fresh = !new_.empty();
      if (!fresh && (lane == Lane::kLive || old_.empty())) return std::nullopt;
      std::list<Key>& from = fresh ? new_ : old_;
      Stream& stream = streams_.at(from.front());
      if (stream.credit <= 0) {
        stream.credit += static_cast<std::ptrdiff_t>(config_.turn_bytes);
        grow_old(stream, from);
      } else if (!stream.waiting.empty()) {
        return serve(stream);
      } else if (fresh && !old_.empty()) {
        // One round among the old ones, so that emptying itself again and again wins nothing.
        grow_old(stream, new_);
      } else {
        streams_.erase(from.front());
        from.pop_front();
      }
    }
  }

  // Bytes of one stream.
  std::size_t waiting(const Key& key) const {
    auto found = streams_.find(key);
    return found == streams_.end() ? 0 : found->second.bytes;
  }
  std::size_t bytes() const { return bytes_; }
  std::size_t items() const { return items_; }
  // Streams with something waiting, or with a turn that has just ended.
  std::size_t streams() const { return streams_.size(); }

 private:
  struct Waiting {
    std::size_t bytes = 0;
    Item item;
  };
  struct Stream {
    std::deque<Waiting> waiting;
    std::size_t bytes = 0;
    std::ptrdiff_t credit = 0;
    bool fresh = true;  // in its first turn: `place` is in new_
    typename std::list<Key>::iterator place;
  };

  // To the end of the round.
  void grow_old(Stream& stream, std::list<Key>& from) {
    old_.splice(old_.end(), from, stream.place);
    stream.fresh = false;
  }

  std::optional<Item> serve(Stream& stream) {
    Waiting next = std::move(stream.waiting.front());
    stream.waiting.pop_front();
    stream.credit -= static_cast<std::ptrdiff_t>(next.bytes);
    stream.bytes -= next.bytes;
    bytes_ -= next.bytes;
    --items_;
    return std::optional<Item>(std::move(next.item));
  }

  const Config config_;
  std::map<Key, Stream> streams_;
  std::list<Key> new_;  // streams in their first turn
  std::list<Key> old_;
  std::size_t bytes_ = 0;
  std::size_t items_ = 0;
};

}  // namespace plumbline

#endif  // PLUMBLINE_COLLECTOR_FAIR_QUEUE_H_
