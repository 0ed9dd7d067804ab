// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_COLLECTOR_FAIR_PLACES_H_
#define PLUMBLINE_COLLECTOR_FAIR_PLACES_H_

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
#include "collector/quotas.h"

namespace plumbline {

// Places in all and for each key, of which a key that has few takes one from the key that has
// most: the oldest, as long as that key keeps at least as many (max-min fairness). So nobody who
// holds many places shuts out those who want one, and keys with equally many leave each other be.
// Outlives its places. Safe from any thread.
class FairPlaces {
 public:
  // Ends what holds the place. Called once and outside every lock, from any thread.
  using Leave = std::function<void()>;

  explicit FairPlaces(KeyedQuota::Limits limits) : limits_(limits) {}

  class Place {
   public:
    Place(FairPlaces& owner, std::string key, std::uint64_t number)
        : owner_(&owner), key_(std::move(key)), number_(number) {}
    Place(Place&& other) noexcept
        : owner_(std::exchange(other.owner_, nullptr)),
          key_(std::move(other.key_)),
          number_(other.number_) {}
    Place& operator=(Place&&) = delete;
    ~Place() {
      if (owner_ != nullptr) owner_->leave(key_, number_);
    }

    // `leave` is called when the place is taken away, at once where it already is; it may come
    // just after the place was given back.
    void when_taken_away(Leave leave) { owner_->watch(key_, number_, std::move(leave)); }

   private:
    FairPlaces* owner_;
    std::string key_;
    std::uint64_t number_;
  };

  struct Entered {
    Place place;
    bool took_one_away = false;
  };

  // A place of `key`, or which limit it met.
  std::optional<Entered> enter(const std::string& key, KeyedQuota::Full* full) {
    std::optional<Taken> oldest;
    std::uint64_t number = 0;
    {
      MutexLock lock(mutex_);
      auto found = taken_.find(key);
      const std::size_t mine = found == taken_.end() ? 0 : found->second.size();
      if (mine >= limits_.each) {
        *full = KeyedQuota::Full::kKey;
        return std::nullopt;
      }
      if (all_ >= limits_.all && !(oldest = take_from_fullest(mine)).has_value()) {
        *full = KeyedQuota::Full::kAll;
        return std::nullopt;
      }
      number = next_++;
      taken_[key].push_back({number, nullptr});
      ++all_;
    }
    if (oldest.has_value() && oldest->leave) oldest->leave();
    return Entered{Place(*this, key, number), oldest.has_value()};
  }

  std::size_t taken() const {
    MutexLock lock(mutex_);
    return all_;
  }

 private:
  struct Taken {
    std::uint64_t number;
    Leave leave;
  };

  // The oldest place of the key with most, where that has at least two more than `mine`. Looks at
  // every key: of 2,048 places in all they are few enough to do so for each that comes when full.
  std::optional<Taken> take_from_fullest(std::size_t mine) REQUIRES(mutex_) {
    auto fullest = taken_.begin();
    for (auto at = taken_.begin(); at != taken_.end(); ++at) {
      if (at->second.size() > fullest->second.size()) fullest = at;
    }
    if (fullest == taken_.end() || fullest->second.size() < mine + 2) return std::nullopt;
    Taken oldest = std::move(fullest->second.front());
    fullest->second.pop_front();
    --all_;
    return oldest;
  }

  Taken* find(const std::string& key, std::uint64_t number) REQUIRES(mutex_) {
    auto found = taken_.find(key);
    if (found == taken_.end()) return nullptr;
    for (Taken& taken : found->second) {
      if (taken.number == number) return &taken;
    }
    return nullptr;
  }

  void watch(const std::string& key, std::uint64_t number, Leave leave) {
    {
      MutexLock lock(mutex_);
      if (Taken* taken = find(key, number)) {
        taken->leave = std::move(leave);
        return;
      }
    }
    leave();
  }

  void leave(const std::string& key, std::uint64_t number) {
    MutexLock lock(mutex_);
    if (find(key, number) == nullptr) return;  // taken away
    auto& places = taken_.find(key)->second;
    std::erase_if(places, [number](const Taken& taken) { return taken.number == number; });
    if (places.empty()) taken_.erase(key);
    --all_;
  }

  const KeyedQuota::Limits limits_;
  mutable Mutex mutex_;
  std::map<std::string, std::deque<Taken>> taken_ GUARDED_BY(mutex_);  // no deque is empty
  std::size_t all_ GUARDED_BY(mutex_) = 0;
  std::uint64_t next_ GUARDED_BY(mutex_) = 0;
};

}  // namespace plumbline

#endif  // PLUMBLINE_COLLECTOR_FAIR_PLACES_H_
