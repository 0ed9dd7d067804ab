// SPDX-License-Identifier: Apache-2.0
#include "agents/ack_log.h"

#include <fcntl.h>
#include <unistd.h>

#include <charconv>
#include <utility>

#include "base/file.h"

namespace plumbline {

std::string format_ack_line(const AckLine& line) {
  return line.stream.hex() + " " + std::to_string(line.number.value) + " " +
         std::to_string(line.first.value) + " " + std::to_string(line.count) + " " +
         (line.index ? std::to_string(line.index->value) : "-") + "\n";
}

Result<AckLog> AckLog::open(const std::string& descriptor_or_path) {
  int fd = -1;
  const char* begin = descriptor_or_path.data();
  const char* end = begin + descriptor_or_path.size();
  auto [stop, error] = std::from_chars(begin, end, fd);
  if (error == std::errc() && stop == end && begin != end) {
    if (fcntl(fd, F_GETFD) < 0) return errno_error("--ack-log " + descriptor_or_path);
    return AckLog(fd);
  }
  fd = ::open(descriptor_or_path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (fd < 0) return errno_error("--ack-log " + descriptor_or_path);
  return AckLog(fd);
}

Status AckLog::write(const AckLine& line) {
  std::string text = format_ack_line(line);
  std::string_view rest = text;
  while (!rest.empty()) {
    ssize_t written = ::write(fd_, rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno_error("cannot write the acknowledgement log");
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

AckLog::AckLog(AckLog&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

AckLog::~AckLog() {
  if (fd_ >= 0) ::close(fd_);
}

}  // namespace plumbline
