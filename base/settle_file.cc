// SPDX-License-Identifier: Apache-2.0
#include "base/settle_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <vector>

#include "base/file.h"

namespace plumbline {
namespace {

constexpr std::size_t kChunk = 1 << 20;

Status write_over(int fd, const std::string& path) {
  std::vector<char> chunk(kChunk);
  for (off_t at = 0;;) {
    ssize_t got = ::pread(fd, chunk.data(), chunk.size(), at);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return errno_error("reading " + path);
    if (got == 0) break;
    ssize_t put = ::pwrite(fd, chunk.data(), static_cast<std::size_t>(got), at);
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return errno_error("writing " + path);
    at += put;
  }
  if (::fsync(fd) != 0) return errno_error("fsync of " + path);
  return {};
}

}  // namespace

Status settle_file(const std::string& path) {
  int fd = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
  if (fd < 0 && errno == ENOENT) return {};
  if (fd < 0) return errno_error("opening " + path);
  Status settled = write_over(fd, path);
  ::close(fd);
  return settled;
}

}  // namespace plumbline
