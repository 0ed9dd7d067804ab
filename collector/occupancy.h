// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_COLLECTOR_OCCUPANCY_H_
#define PLUMBLINE_COLLECTOR_OCCUPANCY_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>

#include "base/clock.h"
#include "base/mutex.h"

namespace plumbline {

// Counts objects that are alive, gives places up to a limit, and lets somebody wait until all are
// gone. Safe from any thread.
class Occupancy {
 public:
  explicit Occupancy(std::size_t limit) : limit_(limit) {}

  // A place, given back by its destructor. Movable; the Occupancy must outlive it.
  class Place {
   public:
    explicit Place(Occupancy& owner) : owner_(&owner) {}
    Place(Place&& other) noexcept : owner_(std::exchange(other.owner_, nullptr)) {}
    Place& operator=(Place&&) = delete;
    ~Place() {
      if (owner_ != nullptr) owner_->leave();
    }

   private:
    Occupancy* owner_;
  };

  // nullopt when all places are taken.
  std::optional<Place> enter() {
    MutexLock lock(mutex_);
    if (taken_ >= limit_) return std::nullopt;
    ++taken_;
    return std::optional<Place>(std::in_place, *this);
  }

  std::size_t taken() const {
    MutexLock lock(mutex_);
    return taken_;
  }

  // Waits until nothing is taken; false when `timeout` passed by `clock` first.
  bool wait_empty(Duration timeout, const Clock& clock) {
    const std::int64_t until = clock.monotonic_ms() + timeout.ms;
    MutexLock lock(mutex_);
    while (taken_ > 0) {
      const std::int64_t left = until - clock.monotonic_ms();
      if (left <= 0) return false;
      emptied_.wait_for(mutex_, std::chrono::milliseconds(left));
    }
    return true;
  }

  // Waits until nothing is taken, however long it lasts.
  void wait_empty() {
    MutexLock lock(mutex_);
    while (taken_ > 0) emptied_.wait(mutex_);
  }

 private:
  void leave() {
    MutexLock lock(mutex_);
    --taken_;
    // Under the lock: a waiter may destroy this object as soon as it sees that nothing is taken.
    if (taken_ == 0) emptied_.notify_all();
  }

  const std::size_t limit_;
  mutable Mutex mutex_;
  CondVar emptied_;
  std::size_t taken_ GUARDED_BY(mutex_) = 0;
};

}  // namespace plumbline

#endif  // PLUMBLINE_COLLECTOR_OCCUPANCY_H_
