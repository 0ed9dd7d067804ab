// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_BASE_MUTEX_H_
#define PLUMBLINE_BASE_MUTEX_H_

#include <chrono>
#include <condition_variable>
#include <mutex>

// Names for clang's -Wthread-safety; they mean nothing to other compilers.
#if defined(__clang__)
#define PLUMBLINE_THREAD_ATTRIBUTE(x) __attribute__((x))
#else
#define PLUMBLINE_THREAD_ATTRIBUTE(x)
#endif

#define CAPABILITY(x) PLUMBLINE_THREAD_ATTRIBUTE(capability(x))
#define SCOPED_CAPABILITY PLUMBLINE_THREAD_ATTRIBUTE(scoped_lockable)
#define GUARDED_BY(x) PLUMBLINE_THREAD_ATTRIBUTE(guarded_by(x))
#define REQUIRES(...) PLUMBLINE_THREAD_ATTRIBUTE(requires_capability(__VA_ARGS__))
#define EXCLUDES(...) PLUMBLINE_THREAD_ATTRIBUTE(locks_excluded(__VA_ARGS__))
#define ACQUIRE(...) PLUMBLINE_THREAD_ATTRIBUTE(acquire_capability(__VA_ARGS__))
#define RELEASE(...) PLUMBLINE_THREAD_ATTRIBUTE(release_capability(__VA_ARGS__))
#define NO_THREAD_SAFETY_ANALYSIS PLUMBLINE_THREAD_ATTRIBUTE(no_thread_safety_analysis)

namespace plumbline {

// std::mutex that the thread-safety analysis knows.
class CAPABILITY("mutex") Mutex {
 public:
  void lock() ACQUIRE() { mutex_.lock(); }
  void unlock() RELEASE() { mutex_.unlock(); }

 private:
  friend class CondVar;
  std::mutex mutex_;
};

class SCOPED_CAPABILITY MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) ACQUIRE(mutex) : mutex_(mutex) { mutex_.lock(); }
  ~MutexLock() RELEASE() { mutex_.unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  Mutex& mutex_;
};

// A condition variable for Mutex. Waits may wake without reason: call them in a loop.
class CondVar {
 public:
  void wait(Mutex& mutex) REQUIRES(mutex) NO_THREAD_SAFETY_ANALYSIS {
    std::unique_lock<std::mutex> lock(mutex.mutex_, std::adopt_lock);
    condition_.wait(lock);
    lock.release();
  }
  // False when `timeout` passed first.
  bool wait_for(Mutex& mutex, std::chrono::milliseconds timeout) REQUIRES(mutex)
      NO_THREAD_SAFETY_ANALYSIS {
    std::unique_lock<std::mutex> lock(mutex.mutex_, std::adopt_lock);
    bool woken = condition_.wait_for(lock, timeout) == std::cv_status::no_timeout;
    lock.release();
    return woken;
  }
  void notify_one() { condition_.notify_one(); }
  void notify_all() { condition_.notify_all(); }

 private:
  std::condition_variable condition_;
};

}  // namespace plumbline

#endif  // PLUMBLINE_BASE_MUTEX_H_
