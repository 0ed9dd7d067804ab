// SPDX-License-Identifier: Apache-2.0
#include "tests/support/network/fault_proxy.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <utility>

#include "base/check.h"

namespace plumbline::testing {
namespace {

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

int connect_to(std::uint16_t port) {
  int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = loopback(port);
  if (::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) return fd;
  ::close(fd);
  return -1;
}

bool write_all(int fd, const char* bytes, std::size_t size) {
  while (size > 0) {
    ssize_t done = ::send(fd, bytes, size, MSG_NOSIGNAL);
    if (done <= 0) return false;
    bytes += done;
    size -= static_cast<std::size_t>(done);
  }
  return true;
}

// The next close sends a reset, as a middle box does that has forgotten the connection.
void reset_on_close(int fd) {
  linger now{1, 0};
  ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

}  // namespace

struct FaultProxy::Link {
  NetworkFault fault;
  int agent = -1;
  int server = -1;
  int copy = -1;  // the doubled connection to the server

  // Ends both threads' reads and writes; the descriptors are closed by the destructor.
  void cut() {
    for (int fd : {agent, server, copy}) {
      if (fd >= 0) ::shutdown(fd, SHUT_RDWR);
    }
  }
  ~Link() {
    for (int fd : {agent, server, copy}) {
      if (fd < 0) continue;
      reset_on_close(fd);
      ::close(fd);
    }
  }
};

FaultProxy::FaultProxy(NetAddress server, std::function<NetworkFault(std::size_t)> fault_of)
    : server_(std::move(server)), fault_of_(std::move(fault_of)) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  CHECK(::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
            ::listen(listener_, 64) == 0 &&
            ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) == 0,
        "loopback has a free port");
  address_ = {"127.0.0.1", ntohs(address.sin_port)};
  acceptor_ = std::thread([this] { accept_all(); });
}

FaultProxy::~FaultProxy() {
  ::shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  ::close(listener_);
  std::vector<std::thread> threads;
  {
    MutexLock lock(mutex_);
    for (auto& link : links_) link->cut();
    threads.swap(threads_);
  }
  for (std::thread& thread : threads) thread.join();
}

void FaultProxy::accept_all() {
  for (;;) {
    int agent = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (agent < 0) return;
    int at_once = 1;
    ::setsockopt(agent, IPPROTO_TCP, TCP_NODELAY, &at_once, sizeof at_once);
    auto link = std::make_shared<Link>();
    link->agent = agent;
    link->fault = fault_of_(accepted_++);
    link->server = connect_to(server_.port);
    if (link->fault.doubled) link->copy = connect_to(server_.port);
    if (link->server < 0) continue;
    MutexLock lock(mutex_);
    std::erase_if(links_, [](const auto& old) { return old.use_count() == 1; });
    links_.push_back(link);
    threads_.emplace_back([this, link] { pump_up(link); });
    threads_.emplace_back([this, link] { pump_down(link); });
  }
}

void FaultProxy::pump_up(const std::shared_ptr<Link>& link) {
  std::vector<char> buffer(link->fault.piece);
  const NetworkFault& fault = link->fault;
  for (std::size_t sum = 0;;) {
    std::size_t want = buffer.size();
    if (fault.cut_up) want = std::min(want, *fault.cut_up - sum);
    if (fault.half_close_up) want = std::min(want, *fault.half_close_up - sum);
    if (want == 0) break;
    ssize_t got = ::recv(link->agent, buffer.data(), want, 0);
    if (got <= 0) {
      ::shutdown(link->server, SHUT_WR);
      return;
    }
    if (fault.delay_ms > 0) ::poll(nullptr, 0, fault.delay_ms);  // the delay is the fault
    const auto size = static_cast<std::size_t>(got);
    sum += size;
    bytes_up_ = sum;
    if (link->copy >= 0) write_all(link->copy, buffer.data(), size);
    if (!write_all(link->server, buffer.data(), size)) return link->cut();
  }
  if (fault.cut_up) return link->cut();
  ::shutdown(link->server, SHUT_WR);
}

void FaultProxy::pump_down(const std::shared_ptr<Link>& link) {
  std::vector<char> buffer(link->fault.piece);
  const NetworkFault& fault = link->fault;
  for (std::size_t sum = 0;;) {
    std::size_t want = buffer.size();
    if (fault.cut_down) want = std::min(want, *fault.cut_down - sum);
    if (fault.swallow_down && sum < *fault.swallow_down) {
      want = std::min(want, *fault.swallow_down - sum);
    }
    if (want == 0) return link->cut();
    ssize_t got = ::recv(link->server, buffer.data(), want, 0);
    if (got <= 0) {
      // A server that was swallowed stays silent, also when it ends.
      if (!fault.swallow_down) ::shutdown(link->agent, SHUT_WR);
      return;
    }
    if (fault.delay_ms > 0) ::poll(nullptr, 0, fault.delay_ms);  // the delay is the fault
    if (fault.swallow_down && sum >= *fault.swallow_down) continue;
    sum += static_cast<std::size_t>(got);
    bytes_down_ = sum;
    if (!write_all(link->agent, buffer.data(), static_cast<std::size_t>(got))) return link->cut();
  }
}

}  // namespace plumbline::testing
