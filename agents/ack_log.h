// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_AGENTS_ACK_LOG_H_
#define PLUMBLINE_AGENTS_ACK_LOG_H_

#include <optional>
#include <string>

#include "base/result.h"
#include "model/ids.h"

namespace plumbline {

// One acknowledged batch. `index` is nullopt where only a later welcome told that it is there.
struct AckLine {
  StreamId stream;
  BatchNumber number;
  Sequence first;
  std::uint64_t count = 0;
  std::optional<LedgerIndex> index;
};

// "<stream, 32 hex digits> <batch> <first sequence> <count> <index, or ->\n".
std::string format_ack_line(const AckLine& line);

// Tells another process, line by line, what the server acknowledged. Each line is one write, made
// after the acknowledgement arrived.
class AckLog {
 public:
  // A number is an open file descriptor, anything else a file to append to.
  static Result<AckLog> open(const std::string& descriptor_or_path);
  // kIo when the line could not be written whole.
  Status write(const AckLine& line);

  AckLog(AckLog&& other) noexcept;
  AckLog& operator=(AckLog&&) = delete;
  ~AckLog();

 private:
  explicit AckLog(int fd) : fd_(fd) {}
  int fd_;
};

}  // namespace plumbline

#endif  // PLUMBLINE_AGENTS_ACK_LOG_H_
