// SPDX-License-Identifier: Apache-2.0
#include <poll.h>
#include <unistd.h>

#include "agents/emit.h"
#include "base/file.h"
#include "base/limits.h"

namespace plumbline {
namespace {

constexpr int kQuietMs = 50;
constexpr std::size_t kReadBytes = 64 << 10;

// Lines of a descriptor. A line over the limit is given cut, with `too_long` set, once.
class LineReader {
 public:
  explicit LineReader(int fd) : fd_(fd) {}

  enum class Got { kLine, kQuiet, kEnd };

  // The next line without its end. kQuiet: nothing came for kQuietMs (only where `hurry`).
  Result<Got> next(bool hurry, std::string& line, bool& too_long) {
    for (;;) {
      if (take_line(line, too_long)) return Got::kLine;
      if (ended_) return Got::kEnd;
      pollfd ready{fd_, POLLIN, 0};
      int count = poll(&ready, 1, hurry ? kQuietMs : -1);
      if (count < 0 && errno != EINTR) return errno_error("cannot wait for the input");
      if (count == 0) return Got::kQuiet;
      if (count > 0) RETURN_IF_ERROR(fill());
    }
  }

 private:
  bool take_line(std::string& line, bool& too_long) {
    std::size_t end = buffer_.find('\n', searched_);
    if (end == std::string::npos && !(ended_ && start_ < buffer_.size())) {
      searched_ = buffer_.size();
      return false;
    }
    if (end == std::string::npos) end = buffer_.size();
    too_long = std::exchange(over_, false) || end - start_ > limits::kMaxInputLineBytes;
    line.assign(buffer_, start_, end - start_);
    if (!line.empty() && line.back() == '\r') line.pop_back();
    start_ = searched_ = std::min(end + 1, buffer_.size());
    return true;
  }

  Status fill() {
    buffer_.erase(0, start_);
    searched_ -= start_;
    start_ = 0;
    // The end of a line that is too long is waited for without keeping the line.
    if (buffer_.size() > limits::kMaxInputLineBytes) {
      buffer_.clear();
      searched_ = 0;
      over_ = true;
    }
    std::size_t before = buffer_.size();
    buffer_.resize(before + kReadBytes);
    ssize_t size = read(fd_, buffer_.data() + before, kReadBytes);
    int error = errno;
    buffer_.resize(before + static_cast<std::size_t>(size > 0 ? size : 0));
    errno = error;
    if (size < 0 && errno != EINTR && errno != EAGAIN) return errno_error("cannot read the input");
    if (size == 0) {
      ended_ = true;
      if (over_ && buffer_.empty()) buffer_ = "\n";
    }
    return {};
  }

  int fd_;
  std::string buffer_;
  std::size_t start_ = 0;     // of the next line
  std::size_t searched_ = 0;  // no line end before this
  bool over_ = false;         // the beginning of the current line was dropped
  bool ended_ = false;
};

Status write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    ssize_t written = write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno_error("cannot write the answers");
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

class Emitter {
 public:
  Emitter(int output_fd, const Intake::Parts& parts, std::string_view source)
      : output_fd_(output_fd),
        catalog_(parts.pack->events),
        source_(source),
        intake_(parts, [this](std::uint64_t line, const Submission& submission,
                              const Answer& answer) { count(line, submission, answer); }) {}

  Status take(std::uint64_t number, const std::string& line, bool too_long) {
    if (too_long) {
      refuse(number, "",
             make_refusal(
                 "too_long", "", "",
                 "the line has over " + std::to_string(limits::kMaxInputLineBytes) + " bytes"));
      return {};
    }
    if (line.find_first_not_of(" \t") == std::string::npos) return {};
    ParsedSubmission parsed = parse_emit_line(line, catalog_, source_);
    if (auto* refusal = std::get_if<Refusal>(&parsed.result)) {
      refuse(number, parsed.id, *refusal);
      return {};
    }
    Submission& submission = std::get<Submission>(parsed.result);
    if (auto refusal = intake_.check(submission)) {
      refuse(number, parsed.id, *refusal);
      return {};
    }
    RETURN_IF_ERROR(intake_.add(std::move(submission), number));
    return show();
  }

  Status settle() {
    Status sealed = intake_.flush();
    Status shown = show();
    return sealed.ok() ? shown : sealed;
  }

  bool waits() const { return !intake_.empty() || !answers_.empty(); }
  const EmitCounts& counts() const { return counts_; }

 private:
  void count(std::uint64_t line, const Submission& submission, const Answer& answer) {
    switch (answer.outcome) {
      case Answer::Outcome::kAccepted:
        ++counts_.accepted;
        break;
      case Answer::Outcome::kRepeated:
        ++counts_.repeated;
        break;
      case Answer::Outcome::kChanged:
        ++counts_.changed;
        break;
    }
    answers_ += answer_json(line, submission, answer) + "\n";
  }

  void refuse(std::uint64_t line, std::string_view id, const Refusal& refusal) {
    ++counts_.refused;
    answers_ += refusal_json(line, id, refusal) + "\n";
  }

  Status show() {
    std::string answers = std::exchange(answers_, {});
    return write_all(output_fd_, answers);
  }

  int output_fd_;
  const EventCatalog& catalog_;
  std::string_view source_;
  EmitCounts counts_;
  std::string answers_;
  Intake intake_;
};

}  // namespace

Result<EmitCounts> emit_lines(int input_fd, int output_fd, const Intake::Parts& parts,
                              std::string_view default_source) {
  LineReader reader(input_fd);
  Emitter emitter(output_fd, parts, default_source);
  std::string line;
  std::uint64_t number = 0;
  for (;;) {
    bool too_long = false;
    ASSIGN_OR_RETURN(LineReader::Got got, reader.next(emitter.waits(), line, too_long));
    if (got == LineReader::Got::kLine) {
      RETURN_IF_ERROR(emitter.take(++number, line, too_long));
      continue;
    }
    RETURN_IF_ERROR(emitter.settle());
    if (got == LineReader::Got::kEnd) return emitter.counts();
  }
}

}  // namespace plumbline
