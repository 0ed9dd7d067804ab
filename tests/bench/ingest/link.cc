// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/ingest/link.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "agents/tls.h"
#include "base/limits.h"
#include "tests/bench/ingest/sealed.h"
#include "tests/bench/ingest/stopwatch.h"

namespace plumbline::bench {
namespace {

constexpr std::size_t kReadBytes = 16 << 10;
constexpr std::size_t kWriteBytes = 16 << 10;

sockaddr_in address_of(const std::string& host, std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  if (inet_pton(AF_INET, host.c_str(), &address.sin_addr) != 1) die(host + " is no IPv4 address");
  return address;
}

void set_option(int fd, int level, int name) {
  int on = 1;
  if (setsockopt(fd, level, name, &on, sizeof on) != 0) die("setsockopt: " + errno_text());
}

// Port and address are chosen together at connect(), so that 10,000 connections find their ports.
void bind_source(int fd, std::uint32_t number) {
  set_option(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT);
  auto from = address_of(fmt::format("127.0.{}.{}", 1 + number / 250, 1 + number % 250), 0);
  if (bind(fd, reinterpret_cast<sockaddr*>(&from), sizeof from) != 0) {
    die("binding a loopback address: " + errno_text());
  }
}

}  // namespace

std::string errno_text() {
  return std::strerror(errno);
}

void die(const std::string& sentence) {
  fmt::print(stderr, "ingest bench: {}\n", sentence);
  std::_Exit(1);
}

Link::Link(const LoadConfig& config, ssl_ctx_st* tls, std::uint32_t stream,
           const std::vector<BytesView>& frames)
    : config_(config), tls_(tls), stream_(stream), frames_(frames), key_(key_of(stream)) {}

Link::~Link() {
  if (ssl_ != nullptr) SSL_free(ssl_);
  if (fd_ >= 0) close(fd_);
}

void Link::connect() {
  due_us_ = 0;
  fd_ = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd_ < 0) die("socket: " + errno_text() + " (ulimit -n)");
  set_option(fd_, IPPROTO_TCP, TCP_NODELAY);
  bind_source(fd_, stream_ % config_.sources);
  auto to = address_of(config_.server.host, config_.server.port);
  state_ = State::kConnecting;
  if (::connect(fd_, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0 && errno != EINPROGRESS) {
    return lose("connect: " + errno_text());
  }
  ssl_ = SSL_new(tls_);
  SSL_set_fd(ssl_, fd_);
  SSL_set_connect_state(ssl_);
  decoder_ = std::make_unique<FrameDecoder>(limits::kMaxFrameBytes);
}

void Link::lose(const std::string& why) {
  if (!config_.comes_back) die(fmt::format("stream {}: {}", stream_, why));
  if (ssl_ != nullptr) SSL_free(ssl_);
  ssl_ = nullptr;
  if (fd_ >= 0) close(fd_);
  fd_ = -1;
  state_ = State::kConnecting;
  hello_.clear();
  sent_us_.clear();
  std::uint64_t random = 0;
  std::memcpy(&random, random_bytes(sizeof random).data(), sizeof random);
  due_us_ = now_us() + BackoffPolicy().delay(attempts_++, random).ms * 1000;
}

Link::Turn Link::failed(int result, const char* doing) {
  switch (SSL_get_error(ssl_, result)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
      return Turn::kBlocked;
    default:
      ERR_clear_error();
      lose(fmt::format("{} failed or ended", doing));
      return Turn::kLost;
  }
}

Link::Turn Link::handshake() {
  if (state_ == State::kConnecting) {
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(fd_, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) {
      lose(fmt::format("connect: {}", std::strerror(error)));
      return Turn::kLost;
    }
    state_ = State::kHandshake;
  }
  int done = SSL_do_handshake(ssl_);
  if (done != 1) return failed(done, "the TLS handshake");
  greet();
  return Turn::kMore;
}

void Link::greet() {
  Hello hello;
  hello.software = "ingest_load";
  hello.key = key_.public_key();
  hello.outlet = outlet_of(stream_);
  hello.proof = key_.sign(hello_signed_bytes(hello_exporter(ssl_).value()));
  hello_ = encode_message(hello);
  state_ = State::kGreeting;
}

void Link::pump() {
  if (fd_ < 0) return;
  if (due_us_ != 0 && due_us_ <= now_us()) due_us_ = 0;
  if (state_ < State::kGreeting && handshake() != Turn::kMore) return;
  if (read() == Turn::kLost) return;
  write();
}

Link::Turn Link::read() {
  thread_local Bytes buffer(kReadBytes, '\0');
  for (;;) {
    int got = SSL_read(ssl_, buffer.data(), static_cast<int>(buffer.size()));
    if (got <= 0) return failed(got, "the connection");
    decoder_->feed(BytesView(buffer).substr(0, static_cast<std::size_t>(got)));
    for (;;) {
      auto message = decoder_->next();
      if (!message.ok()) die(message.error().text());
      if (!message->has_value()) break;
      take(**message);
    }
  }
}

void Link::take(const Message& message) {
  if (const auto* ack = std::get_if<Ack>(&message)) {
    if (ack->number.value != acknowledged_ + 1 || sent_us_.empty()) die("an answer out of order");
    ++acknowledged_;
    waits_.push_back(now_us() - sent_us_.front());
    sent_us_.pop_front();
    attempts_ = 0;
  } else if (const auto* welcome = std::get_if<Welcome>(&message)) {
    state_ = State::kOpen;
    acknowledged_ = next_ = welcome->head.value;
    offset_ = 0;
  } else if (const auto* answer = std::get_if<Refused>(&message)) {
    refused(*answer);
  } else {
    die("a message that no collector sends");
  }
}

// Put off: everything from this batch on is sent again after a while. Sent away, as by a server
// that stops: it ends the connection, and that is a lost one.
void Link::refused(const Refused& refused) {
  if (refused.retry_after_ms && refused.number.value == 0 && config_.comes_back) return;
  if (!refused.retry_after_ms || refused.number.value == 0) {
    die(fmt::format("stream {} is refused: {}", stream_, refused.sentence));
  }
  ++put_off_;
  if (offset_ != 0 || sent_us_.empty()) die("put off within a frame is not played here");
  sent_us_.pop_front();
  next_ = std::min<std::size_t>(next_, refused.number.value - 1);
  due_us_ = now_us() + *refused.retry_after_ms * 1000;
}

Link::Turn Link::write_some(BytesView bytes, std::size_t& written) {
  written = 0;
  int done = SSL_write(ssl_, bytes.data(), static_cast<int>(std::min(bytes.size(), kWriteBytes)));
  if (done <= 0) return failed(done, "sending");
  written = static_cast<std::size_t>(done);
  return Turn::kMore;
}

// Streams are spread evenly over the time between two batches of one.
bool Link::is_due(std::int64_t now) {
  if (config_.every_us == 0 || offset_ != 0) return true;
  if (batch_due_us_ == 0) batch_due_us_ = now + config_.every_us * (stream_ % 1000) / 1000;
  if (batch_due_us_ > now) due_us_ = batch_due_us_;
  return due_us_ == 0;
}

Link::Turn Link::write() {
  std::size_t written = 0;
  while (!hello_.empty()) {
    Turn turn = write_some(hello_, written);
    if (turn != Turn::kMore) return turn;
    hello_.erase(0, written);
  }
  while (state_ == State::kOpen && may_send_ && due_us_ == 0) {
    const std::size_t end = std::min(frames_.size(), acknowledged_ + config_.window);
    std::int64_t at = now_us();
    if (next_ >= end || !is_due(at)) break;
    if (config_.every_us != 0) at = batch_due_us_;
    // Frames lie one behind the other, so one record may hold the end of one and others.
    const char* begin = frames_[next_].data() + offset_;
    const char* last = frames_[end - 1].data() + frames_[end - 1].size();
    Turn turn = write_some(BytesView(begin, static_cast<std::size_t>(last - begin)), written);
    if (turn != Turn::kMore) return turn;
    while (written > 0) {
      if (offset_ == 0) {
        sent_us_.push_back(at);
        batch_due_us_ += config_.every_us;
      }
      const std::size_t rest = frames_[next_].size() - offset_;
      if (written < rest) {
        offset_ += written;
        break;
      }
      written -= rest;
      offset_ = 0;
      ++next_;
    }
  }
  return Turn::kBlocked;
}

}  // namespace plumbline::bench
