// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_SIMULATE_FOR_ALL_H_
#define PLUMBLINE_SIMULATE_FOR_ALL_H_

#include <algorithm>
#include <atomic>
#include <optional>
#include <thread>
#include <vector>

#include "base/mutex.h"
#include "base/result.h"

namespace plumbline {

// Threads that mostly wait for a disk or an answer: more than there are cores.
constexpr std::size_t kWaitingThreads = 16;

// Calls `act` with 0 .. count - 1 on several threads, in no order; the first error, after which no
// further call begins.
template <typename Act>
Status for_all(std::size_t count, Act act) {
  std::atomic<std::size_t> next{0};
  Mutex mutex;
  std::optional<Error> failure;
  auto work = [&] {
    for (std::size_t i = next++; i < count; i = next++) {
      Status done = act(i);
      if (done.ok()) continue;
      next = count;
      MutexLock lock(mutex);
      if (!failure) failure = done.error();
    }
  };
  std::vector<std::thread> threads;
  for (std::size_t i = 1; i < std::min(count, kWaitingThreads); ++i) threads.emplace_back(work);
  work();
  for (std::thread& thread : threads) thread.join();
  if (failure) return *failure;
  return {};
}

}  // namespace plumbline

#endif  // PLUMBLINE_SIMULATE_FOR_ALL_H_
