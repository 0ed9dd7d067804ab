// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <deque>
#include <iterator>
#include <map>

#include "tests/bench/ingest/peers.h"
#include "tests/bench/ingest/stopwatch.h"

namespace plumbline::bench {
namespace {

constexpr std::size_t kReadBytes = 256 << 10;
constexpr int kRowsARead = 5000;

void append_bulk(Bytes& out, BytesView text) {
  fmt::format_to(std::back_inserter(out), "${}\r\n{}\r\n", text.size(), text);
}

Bytes command(std::initializer_list<BytesView> words) {
  Bytes out = fmt::format("*{}\r\n", words.size());
  for (BytesView word : words) append_bulk(out, word);
  return out;
}

std::string key_of_stream(std::uint32_t stream) {
  return fmt::format("s:{}", stream);
}

std::int64_t number(BytesView text) {
  std::int64_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) {
    die(fmt::format("\"{}\" of Redis is no number", text));
  }
  return value;
}

class RedisClient : public PeerClient {
 public:
  explicit RedisClient(const std::string& path) : fd_(socket(AF_UNIX, SOCK_STREAM, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) die("the path of a Unix socket is too long");
    std::memcpy(address.sun_path, path.c_str(), path.size());
    if (connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
      die("connecting to Redis: " + std::string(std::strerror(errno)));
    }
  }
  ~RedisClient() override { close(fd_); }
  RedisClient(RedisClient&&) = delete;

  void prepare(const PeerBatch& batch) override {
    // As one transaction, a batch is executed and written at once, with one fsync.
    Bytes out = command({"MULTI"});
    const std::string key = key_of_stream(batch.stream);
    for (const Row& row : batch.rows) {
      out += command({"XADD", key, fmt::format("{}-0", row.sequence), "type", row.type, "subject",
                      row.subject, "time", fmt::format("{}", row.time_ms), "channel", row.channel,
                      "minutes", fmt::format("{}", row.minutes), "paid", row.paid ? "1" : "0",
                      "requester", row.requester});
    }
    out += command({"EXEC"});
    batches_.push_back({std::move(out), batch.rows.size()});
  }

  void run(std::size_t window, const std::function<void(std::int64_t)>& answered) override {
    std::deque<std::int64_t> sent_us;
    std::size_t next = 0;
    for (std::size_t done = 0; done < batches_.size(); ++done) {
      for (; next < batches_.size() && next - done < window; ++next) {
        sent_us.push_back(now_us());
        send(batches_[next].bytes);
      }
      const std::size_t rows = batches_[done].rows;
      for (std::size_t i = 0; i < rows + 1; ++i) expect_status();  // OK, QUEUED, ...
      if (expect_array() != static_cast<std::int64_t>(rows)) die("Redis left something out");
      for (std::size_t i = 0; i < rows; ++i) expect_bulk();
      answered(now_us() - sent_us.front());
      sent_us.pop_front();
    }
  }

  void read_back(std::uint32_t streams, ResultHash& hash) override {
    for (std::uint32_t stream = 0; stream < streams; ++stream) {
      for (std::uint64_t from = 0;;) {
        send(command({"XRANGE", key_of_stream(stream), fmt::format("{}-0", from + 1), "+", "COUNT",
                      fmt::format("{}", kRowsARead)}));
        const std::int64_t rows = expect_array();
        for (std::int64_t i = 0; i < rows; ++i) from = add_row(stream, hash);
        if (rows < kRowsARead) break;
      }
    }
  }

 private:
  struct Prepared {
    Bytes bytes;
    std::size_t rows = 0;
  };

  std::uint64_t add_row(std::uint32_t stream, ResultHash& hash) {
    if (expect_array() != 2) die("an entry of Redis has other parts");
    const std::string id = expect_bulk();
    const std::int64_t words = expect_array();
    std::map<std::string, std::string> fields;
    for (std::int64_t i = 0; i < words / 2; ++i) {
      std::string name = expect_bulk();
      fields[name] = expect_bulk();
    }
    Row row;
    row.sequence = static_cast<std::uint64_t>(number(id.substr(0, id.find('-'))));
    row.type = fields["type"];
    row.subject = fields["subject"];
    row.time_ms = number(fields["time"]);
    row.channel = fields["channel"];
    row.minutes = number(fields["minutes"]);
    row.paid = fields["paid"] == "1";
    row.requester = fields["requester"];
    hash.add(stream, row);
    return row.sequence;
  }

  void send(BytesView bytes) {
    while (!bytes.empty()) {
      ssize_t done = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (done < 0 && errno == EINTR) continue;
      if (done < 0) die("sending to Redis: " + std::string(std::strerror(errno)));
      bytes.remove_prefix(static_cast<std::size_t>(done));
    }
  }

  void fill() {
    buffer_.erase(0, start_);
    start_ = 0;
    const std::size_t held = buffer_.size();
    buffer_.resize(held + kReadBytes);
    ssize_t got = recv(fd_, buffer_.data() + held, kReadBytes, 0);
    if (got <= 0) die("Redis ended the connection");
    buffer_.resize(held + static_cast<std::size_t>(got));
  }

  BytesView line() {
    for (;;) {
      std::size_t end = buffer_.find("\r\n", start_);
      if (end != Bytes::npos) {
        BytesView found(buffer_.data() + start_, end - start_);
        start_ = end + 2;
        if (found.starts_with('-')) die(fmt::format("Redis refuses: {}", found));
        return found;
      }
      fill();
    }
  }
  void expect_status() {
    if (!line().starts_with('+')) die("Redis answers with something else than a status");
  }
  std::int64_t expect_array() {
    BytesView head = line();
    if (!head.starts_with('*')) die("Redis answers with something else than an array");
    return number(head.substr(1));
  }
  std::string expect_bulk() {
    BytesView head = line();
    if (!head.starts_with('$')) die("Redis answers with something else than a text");
    const auto size = static_cast<std::size_t>(number(head.substr(1)));
    while (buffer_.size() < start_ + size + 2) fill();
    std::string text = buffer_.substr(start_, size);
    start_ += size + 2;
    return text;
  }

  int fd_;
  std::vector<Prepared> batches_;
  Bytes buffer_;
  std::size_t start_ = 0;
};

}  // namespace

std::unique_ptr<PeerClient> redis_client(const std::string& socket) {
  return std::make_unique<RedisClient>(socket);
}

}  // namespace plumbline::bench
