// SPDX-License-Identifier: Apache-2.0
#include "agents/run_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "agents/enrolment.h"
#include "base/file.h"

namespace plumbline {

Result<RunLock> RunLock::take(const std::string& folder) {
  std::string path = lock_path(folder);
  int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return errno_error("cannot open " + path);
  if (flock(fd, LOCK_EX | LOCK_NB) == 0) return RunLock(fd);
  Error error = errno == EWOULDBLOCK
                    ? Error(Code::kExists, "another `plumb-agent run` sends from " + folder)
                    : errno_error("cannot lock " + path);
  ::close(fd);
  return error;
}

RunLock::RunLock(RunLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

RunLock::~RunLock() {
  if (fd_ >= 0) ::close(fd_);
}

}  // namespace plumbline
