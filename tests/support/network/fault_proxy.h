// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_TESTS_SUPPORT_NETWORK_FAULT_PROXY_H_
#define PLUMBLINE_TESTS_SUPPORT_NETWORK_FAULT_PROXY_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

#include "base/mutex.h"
#include "base/net_address.h"

namespace plumbline::testing {

// What a connection suffers. Bytes are counted on the wire, TLS and all, from 0; "up" is from the
// agent to the server.
struct NetworkFault {
  std::optional<std::size_t> cut_up;  // both ends are reset after this many bytes
  std::optional<std::size_t> cut_down;
  std::optional<std::size_t> half_close_up;  // the server sees a FIN; what it answers still arrives
  std::optional<std::size_t> swallow_down;   // what comes after them never arrives
  bool doubled = false;       // everything that goes up goes up a second connection too
  std::size_t piece = 16384;  // bytes handed on at once
  int delay_ms = 0;           // before each piece
};

// A TCP proxy on loopback between an agent and a server, with a fault for each connection. Two
// threads a connection; the destructor ends them all.
class FaultProxy {
 public:
  // `fault_of` is asked for connection 0, 1, 2, ... on the proxy's thread.
  FaultProxy(NetAddress server, std::function<NetworkFault(std::size_t)> fault_of);
  ~FaultProxy();

  NetAddress address() const { return address_; }
  std::size_t connections() const { return accepted_; }
  // Of the newest connection that has passed bytes in that direction.
  std::size_t bytes_up() const { return bytes_up_; }
  std::size_t bytes_down() const { return bytes_down_; }

 private:
  struct Link;
  void accept_all();
  void pump_up(const std::shared_ptr<Link>& link);
  void pump_down(const std::shared_ptr<Link>& link);

  const NetAddress server_;
  const std::function<NetworkFault(std::size_t)> fault_of_;
  NetAddress address_;
  int listener_ = -1;
  std::atomic<std::size_t> accepted_{0};
  std::atomic<std::size_t> bytes_up_{0};
  std::atomic<std::size_t> bytes_down_{0};
  Mutex mutex_;
  std::vector<std::shared_ptr<Link>> links_ GUARDED_BY(mutex_);
  std::vector<std::thread> threads_ GUARDED_BY(mutex_);
  std::thread acceptor_;
};

}  // namespace plumbline::testing

#endif  // PLUMBLINE_TESTS_SUPPORT_NETWORK_FAULT_PROXY_H_
