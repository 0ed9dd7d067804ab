// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_COLLECTOR_CONTROL_SOCKET_H_
#define PLUMBLINE_COLLECTOR_CONTROL_SOCKET_H_

#include <sys/un.h>

#include <chrono>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/file_descriptor.h"
#include "base/result.h"

namespace plumbline {

// kInvalid when the path does not fit in a socket address (107 bytes).
Result<sockaddr_un> unix_address(const std::string& path);

// Connects; nullopt when nobody listens there.
Result<std::optional<FileDescriptor>> connect_unix(const std::string& path);

// Lines over a connected socket. Every wait ends with kUnavailable after `patience`, and, where
// `interrupt` is a descriptor, as soon as that becomes readable.
class LineChannel {
 public:
  LineChannel(int fd, std::size_t max_line_bytes, std::chrono::milliseconds patience,
              int interrupt = -1);

  // The next line without its end; nullopt when the peer has closed between two lines.
  // kExhausted over the limit, kInvalid when the peer closes within a line.
  Result<std::optional<std::string>> read_line();
  Status write_line(std::string line);

 private:
  Status wait_for(short events);

  const int fd_;
  const std::size_t max_line_bytes_;
  const std::chrono::milliseconds patience_;
  const int interrupt_;
  std::string buffer_;
};

}  // namespace plumbline

#endif  // PLUMBLINE_COLLECTOR_CONTROL_SOCKET_H_
