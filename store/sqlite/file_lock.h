// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_STORE_SQLITE_FILE_LOCK_H_
#define PLUMBLINE_STORE_SQLITE_FILE_LOCK_H_

#include <string>

#include "base/result.h"

namespace plumbline {

// Holds an exclusive flock(2) on a file of its own, made where it is missing and left there. The
// system lets go of it when the process dies, however it dies.
class FileLock {
 public:
  // kConflict when another object, of this process or another, holds it.
  static Result<FileLock> take(const std::string& path);

  FileLock(FileLock&& other) noexcept : fd_(other.fd_) { other.fd_ = -1; }
  FileLock& operator=(FileLock&&) = delete;
  ~FileLock();

 private:
  explicit FileLock(int fd) : fd_(fd) {}
  int fd_;
};

}  // namespace plumbline

#endif  // PLUMBLINE_STORE_SQLITE_FILE_LOCK_H_
