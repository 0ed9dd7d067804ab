// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_BASE_FILE_DESCRIPTOR_H_
#define PLUMBLINE_BASE_FILE_DESCRIPTOR_H_

#include <unistd.h>

#include <string>
#include <utility>

#include "base/bytes.h"
#include "base/result.h"

namespace plumbline {

// A file descriptor of the system's, closed by the destructor. Movable.
class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int fd) : fd_(fd) {}
  FileDescriptor(FileDescriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~FileDescriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }
  bool open() const { return fd_ >= 0; }

 private:
  int fd_ = -1;
};

// Writes all bytes, however often the system has to be asked; an error names the path.
Status write_all(int fd, BytesView bytes, const std::string& path);

}  // namespace plumbline

#endif  // PLUMBLINE_BASE_FILE_DESCRIPTOR_H_
