// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_TESTS_BENCH_INGEST_LINK_H_
#define PLUMBLINE_TESTS_BENCH_INGEST_LINK_H_

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "agents/backoff.h"
#include "base/crypto.h"
#include "base/net_address.h"
#include "model/wire/session.h"

struct ssl_ctx_st;
struct ssl_st;

namespace plumbline::bench {

struct LoadConfig {
  NetAddress server;        // IPv4
  std::size_t window = 64;  // batches of a stream in flight
  // Loopback addresses that the connections come from, 127.0.1.1 and on.
  std::uint32_t sources = 1;
  // 0: a batch follows as soon as the window allows. Else each stream has one due every so many
  // microseconds, and a wait is counted from when the batch was due.
  std::int64_t every_us = 0;
  bool comes_back = false;  // a lost connection is made again, as an agent does; else it is fatal
};

// One agent's connection: TLS 1.3 with the pin, hello, batches from memory, acknowledgements. Used
// by one thread, which calls pump() whenever the socket is readable or writable (edge-triggered)
// or due_us() has come. What cannot be is fatal: the sentence goes to stderr and the process ends.
class Link {
 public:
  // All references must outlive the link.
  Link(const LoadConfig& config, ssl_ctx_st* tls, std::uint32_t stream,
       const std::vector<BytesView>& frames);
  ~Link();
  Link(Link&&) = delete;

  // Begins an attempt; afterwards `fd()` has to be watched.
  void connect();
  int fd() const { return fd_; }
  // When connect() or pump() is to be called though nothing happened; 0: never.
  std::int64_t due_us() const { return due_us_; }
  bool wants_connect() const { return fd_ < 0; }

  // Reads and writes what can be; batches only after let_send().
  void pump();
  void let_send() { may_send_ = true; }

  bool welcomed() const { return state_ == State::kOpen; }
  bool all_acknowledged() const { return acknowledged_ == frames_.size(); }
  std::uint64_t acknowledged_here() const { return waits_.size(); }
  // Microseconds from the first byte of a batch to its acknowledgement.
  const std::vector<std::int64_t>& waits() const { return waits_; }
  std::uint64_t put_off() const { return put_off_; }

 private:
  enum class State { kConnecting, kHandshake, kGreeting, kOpen };
  enum class Turn { kMore, kBlocked, kLost };

  void greet();
  Turn handshake();
  Turn read();
  void take(const Message& message);
  void refused(const Refused& refused);
  Turn write();
  bool is_due(std::int64_t now);
  Turn write_some(BytesView bytes, std::size_t& written);
  Turn failed(int result, const char* doing);
  void lose(const std::string& why);

  const LoadConfig& config_;
  ssl_ctx_st* const tls_;
  const std::uint32_t stream_;
  const std::vector<BytesView>& frames_;
  const PrivateKey key_;

  int fd_ = -1;
  ssl_st* ssl_ = nullptr;
  State state_ = State::kConnecting;
  std::unique_ptr<FrameDecoder> decoder_;
  Bytes hello_;  // not yet written
  bool may_send_ = false;
  std::size_t acknowledged_ = 0;      // frames before are in the ledger
  std::size_t next_ = 0;              // frame that is being written
  std::size_t offset_ = 0;            // bytes of it that are written
  std::deque<std::int64_t> sent_us_;  // of the frames in flight, the one being written included
  std::vector<std::int64_t> waits_;
  std::uint64_t put_off_ = 0;
  std::int64_t due_us_ = 0;
  std::int64_t batch_due_us_ = 0;  // where batches have their times
  std::uint32_t attempts_ = 0;
};

// The words of errno.
std::string errno_text();
[[noreturn]] void die(const std::string& sentence);

}  // namespace plumbline::bench

#endif  // PLUMBLINE_TESTS_BENCH_INGEST_LINK_H_
