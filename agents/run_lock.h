// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_AGENTS_RUN_LOCK_H_
#define PLUMBLINE_AGENTS_RUN_LOCK_H_

#include <string>

#include "base/result.h"

namespace plumbline {

// Held by the one process that sends from a folder; the operating system frees it with the process.
class RunLock {
 public:
  // kExists when another process holds it.
  static Result<RunLock> take(const std::string& folder);
  RunLock(RunLock&& other) noexcept;
  RunLock& operator=(RunLock&&) = delete;
  ~RunLock();

 private:
  explicit RunLock(int fd) : fd_(fd) {}
  int fd_;
};

}  // namespace plumbline

#endif  // PLUMBLINE_AGENTS_RUN_LOCK_H_
