// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_COLLECTOR_QUOTAS_H_
#define PLUMBLINE_COLLECTOR_QUOTAS_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "base/check.h"
#include "base/mutex.h"
#include "model/ids.h"

// Quotas give out guard objects whose destructors give back. Each quota outlives its guards and is
// safe from any thread. See collector/occupancy.h for the one that somebody waits for.
namespace plumbline {

// Places in all and for each key.
class KeyedQuota {
 public:
  struct Limits {
    std::size_t all = 0;
    std::size_t each = 0;
  };
  enum class Full { kAll, kKey };

  explicit KeyedQuota(Limits limits) : limits_(limits) {}

  class Place {
   public:
    Place(KeyedQuota& owner, std::string key) : owner_(&owner), key_(std::move(key)) {}
    Place(Place&& other) noexcept
        : owner_(std::exchange(other.owner_, nullptr)), key_(std::move(other.key_)) {}
    Place& operator=(Place&&) = delete;
    ~Place() {
      if (owner_ != nullptr) owner_->leave(key_);
    }

   private:
    KeyedQuota* owner_;
    std::string key_;
  };

  // A place of `key`, or which limit it met.
  std::optional<Place> enter(const std::string& key, Full* full) {
    MutexLock lock(mutex_);
    auto found = taken_.find(key);
    const std::size_t of_key = found == taken_.end() ? 0 : found->second;
    if (of_key >= limits_.each || all_ >= limits_.all) {
      *full = of_key >= limits_.each ? Full::kKey : Full::kAll;
      return std::nullopt;
    }
    ++taken_[key];
    ++all_;
    return std::optional<Place>(std::in_place, *this, key);
  }

  std::size_t taken() const {
    MutexLock lock(mutex_);
    return all_;
  }
  // Keys that hold a place; the others cost no memory.
  std::size_t keys() const {
    MutexLock lock(mutex_);
    return taken_.size();
  }

 private:
  void leave(const std::string& key) {
    MutexLock lock(mutex_);
    auto found = taken_.find(key);
    CHECK(found != taken_.end(), "a place is given back once");
    if (--found->second == 0) taken_.erase(found);
    --all_;
  }

  const Limits limits_;
  mutable Mutex mutex_;
  std::map<std::string, std::size_t> taken_ GUARDED_BY(mutex_);
  std::size_t all_ GUARDED_BY(mutex_) = 0;
};

// Bytes of which each holder has a changing number.
class ByteQuota {
 public:
  explicit ByteQuota(std::size_t limit) : limit_(limit) {}

  class Hold {
   public:
    explicit Hold(ByteQuota& owner) : owner_(&owner) {}
    Hold(const Hold&) = delete;
    Hold& operator=(const Hold&) = delete;
    ~Hold() { owner_->move(bytes_, 0); }

    // Holds `bytes` from now on; false, and as many as before, where the quota has no room.
    bool resize(std::size_t bytes) {
      if (!owner_->move(bytes_, bytes)) return false;
      bytes_ = bytes;
      return true;
    }

   private:
    ByteQuota* const owner_;
    std::size_t bytes_ = 0;
  };

  std::size_t held() const {
    MutexLock lock(mutex_);
    return held_;
  }

 private:
  bool move(std::size_t from, std::size_t to) {
    if (from == to) return true;
    MutexLock lock(mutex_);
    if (to > from && held_ + (to - from) > limit_) return false;
    held_ = held_ - from + to;
    return true;
  }

  const std::size_t limit_;
  mutable Mutex mutex_;
  std::size_t held_ GUARDED_BY(mutex_) = 0;
};

// The sessions of each stream, of which the newest stay: an agent that comes back must not wait
// until the server has noticed that its old connection is dead, and whoever holds the key shuts
// out only himself.
class StreamSeats {
 public:
  using Leave = std::function<void()>;

  explicit StreamSeats(std::size_t each) : each_(each) {}

  class Seat {
   public:
    Seat(StreamSeats& owner, StreamId stream, std::uint64_t number)
        : owner_(&owner), stream_(stream), number_(number) {}
    Seat(Seat&& other) noexcept
        : owner_(std::exchange(other.owner_, nullptr)),
          stream_(other.stream_),
          number_(other.number_) {}
    Seat& operator=(Seat&&) = delete;
    ~Seat() {
      if (owner_ != nullptr) owner_->rise(stream_, number_);
    }

   private:
    StreamSeats* owner_;
    StreamId stream_;
    std::uint64_t number_;
  };

  // `leave` is called, outside every lock, when newer sessions of the stream need the seat; it may
  // come after the seat was given back, and must end the session.
  Seat sit(const StreamId& stream, Leave leave) {
    Leave oldest;
    std::uint64_t number = 0;
    {
      MutexLock lock(mutex_);
      number = next_++;
      auto& seats = seats_[stream];
      if (seats.size() >= each_) {
        oldest = std::move(seats.front().leave);
        seats.pop_front();
      }
      seats.push_back({number, std::move(leave)});
    }
    if (oldest) oldest();
    return {*this, stream, number};
  }

  std::size_t streams() const {
    MutexLock lock(mutex_);
    return seats_.size();
  }

 private:
  struct Taken {
    std::uint64_t number;
    Leave leave;
  };

  void rise(const StreamId& stream, std::uint64_t number) {
    MutexLock lock(mutex_);
    auto found = seats_.find(stream);
    if (found == seats_.end()) return;
    std::erase_if(found->second, [number](const Taken& taken) { return taken.number == number; });
    if (found->second.empty()) seats_.erase(found);
  }

  const std::size_t each_;
  mutable Mutex mutex_;
  std::map<StreamId, std::deque<Taken>> seats_ GUARDED_BY(mutex_);
  std::uint64_t next_ GUARDED_BY(mutex_) = 0;
};

// The key of an address in quotas: IPv4 as it is; of IPv6 the 64 bits that one network has.
std::string quota_key(const std::string& address);

}  // namespace plumbline

#endif  // PLUMBLINE_COLLECTOR_QUOTAS_H_
