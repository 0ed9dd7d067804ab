// SPDX-License-Identifier: Apache-2.0
#include "collector/control_socket.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "base/file.h"

namespace plumbline {

Result<sockaddr_un> unix_address(const std::string& path) {
  sockaddr_un address{};
  if (path.empty() || path.size() >= sizeof address.sun_path) {
    return Error(Code::kInvalid,
                 fmt::format("the socket path {} has {} bytes, at most {} are possible; choose a "
                             "data folder with a shorter path",
                             path, path.size(), sizeof address.sun_path - 1));
  }
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), path.size());
  return address;
}

Result<std::optional<FileDescriptor>> connect_unix(const std::string& path) {
  ASSIGN_OR_RETURN(sockaddr_un address, unix_address(path));
  FileDescriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!socket.open()) return errno_error("making a local socket");
  if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
    return std::optional<FileDescriptor>(std::move(socket));
  }
  if (errno == ENOENT || errno == ECONNREFUSED) return std::optional<FileDescriptor>();
  if (errno == EACCES) {
    return Error(Code::kDenied, fmt::format("this user may not use the socket {}", path));
  }
  return errno_error("connecting to " + path);
}

LineChannel::LineChannel(int fd, std::size_t max_line_bytes, std::chrono::milliseconds patience,
                         int interrupt)
    : fd_(fd), max_line_bytes_(max_line_bytes), patience_(patience), interrupt_(interrupt) {}

Status LineChannel::wait_for(short events) {
  pollfd waited[2] = {{fd_, events, 0}, {interrupt_, POLLIN, 0}};
  for (;;) {
    int ready = ::poll(waited, interrupt_ >= 0 ? 2 : 1, static_cast<int>(patience_.count()));
    if (ready < 0 && errno == EINTR) continue;
    if (ready < 0) return errno_error("waiting for a local socket");
    if (ready == 0) return Error(Code::kUnavailable, "the other side does not answer");
    if (interrupt_ >= 0 && waited[1].revents != 0) {
      return Error(Code::kUnavailable, "the server stops");
    }
    return {};
  }
}

Result<std::optional<std::string>> LineChannel::read_line() {
  std::size_t searched = 0;
  char chunk[1 << 14];
  for (;;) {
    std::size_t end = buffer_.find('\n', searched);
    if (end != std::string::npos) {
      std::string line = buffer_.substr(0, end);
      buffer_.erase(0, end + 1);
      return std::optional<std::string>(std::move(line));
    }
    searched = buffer_.size();
    if (buffer_.size() > max_line_bytes_) {
      return Error(Code::kExhausted, fmt::format("a line has more than {} bytes", max_line_bytes_));
    }
    RETURN_IF_ERROR(wait_for(POLLIN));
    ssize_t got = ::recv(fd_, chunk, sizeof chunk, MSG_DONTWAIT);
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (got < 0) return errno_error("reading a local socket");
    if (got == 0 && buffer_.empty()) return std::optional<std::string>();
    if (got == 0) return Error(Code::kInvalid, "the other side went away within a line");
    buffer_.append(chunk, static_cast<std::size_t>(got));
  }
}

Status LineChannel::write_line(std::string line) {
  line.push_back('\n');
  std::string_view rest = line;
  while (!rest.empty()) {
    ssize_t sent = ::send(fd_, rest.data(), rest.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent >= 0) {
      rest.remove_prefix(static_cast<std::size_t>(sent));
    } else if (errno == EAGAIN) {
      RETURN_IF_ERROR(wait_for(POLLOUT));
    } else if (errno != EINTR) {
      return errno_error("writing a local socket");
    }
  }
  return {};
}

}  // namespace plumbline
