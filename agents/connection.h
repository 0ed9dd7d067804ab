// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_AGENTS_CONNECTION_H_
#define PLUMBLINE_AGENTS_CONNECTION_H_

#include <cstdint>
#include <memory>
#include <optional>

#include "agents/enrolment.h"
#include "agents/inbox.h"
#include "agents/proxy.h"
#include "base/bytes.h"
#include "base/result.h"

namespace plumbline {

// The agent's network: one thread with Asio, at most one TLS connection at a time. It reports to
// an Inbox; all methods may be called from one other thread and return at once.
class Network {
 public:
  // `inbox` must outlive the network. With a proxy every connection goes through its tunnel.
  static Result<std::unique_ptr<Network>> start(Inbox* inbox, const Hash& server_pin,
                                                std::optional<Proxy> proxy);
  // Closes the connection and joins the thread.
  ~Network();

  // From now on SIGINT and SIGTERM are reported instead of ending the process.
  void report_signals();

  // Connects; ends in one ConnectionUp or ConnectionDown of this attempt. A connection that was
  // open is closed before, without a word.
  void connect(const ServerAddress& server, std::uint64_t attempt);
  // Sends a frame after those given before. What the caller has not seen answered bounds the queue.
  void send(Bytes frame);
  void close();

  Network(const Network&) = delete;
  Network& operator=(const Network&) = delete;

 private:
  struct Impl;
  explicit Network(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace plumbline

#endif  // PLUMBLINE_AGENTS_CONNECTION_H_
