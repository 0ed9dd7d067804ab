// SPDX-License-Identifier: Apache-2.0
#include "agents/connection.h"

#include <netinet/tcp.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <csignal>
#include <deque>
#include <string>
#include <thread>
#include <utility>

#include "agents/tls.h"
#include "base/limits.h"

namespace plumbline {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::size_t kReadBytes = 16 << 10;
// A dead peer is noticed after about 45 s without traffic, and after 30 s with unanswered bytes.
constexpr int kKeepaliveIdleSeconds = 30;
constexpr int kKeepaliveEverySeconds = 5;
constexpr int kKeepaliveCount = 3;
constexpr int kUnansweredMs = 30'000;

void set_option(tcp::socket& socket, int level, int name, int value) {
  // A system without one of these options still works: the session has its own deadlines.
  [[maybe_unused]] int ignored =
      setsockopt(socket.native_handle(), level, name, &value, sizeof value);
}

void tune(tcp::socket& socket) {
  set_option(socket, IPPROTO_TCP, TCP_NODELAY, 1);
  set_option(socket, SOL_SOCKET, SO_KEEPALIVE, 1);
  set_option(socket, IPPROTO_TCP, TCP_KEEPIDLE, kKeepaliveIdleSeconds);
  set_option(socket, IPPROTO_TCP, TCP_KEEPINTVL, kKeepaliveEverySeconds);
  set_option(socket, IPPROTO_TCP, TCP_KEEPCNT, kKeepaliveCount);
  set_option(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, kUnansweredMs);
}

Error unavailable(const std::string& doing, const error_code& error) {
  return Error(Code::kUnavailable, doing + ": " + error.message());
}

// One connection from resolving to its end. Lives on the network's thread, as long as an operation
// of it is under way.
class Link : public std::enable_shared_from_this<Link> {
 public:
  Link(asio::io_context& io, asio::ssl::context& tls, Inbox* inbox, std::uint64_t attempt)
      : resolver_(io), stream_(io, tls), inbox_(inbox), attempt_(attempt) {}

  // The coroutine owns the link through its argument.
  static asio::awaitable<void> converse(std::shared_ptr<Link> link, ServerAddress server,
                                        std::optional<Proxy> proxy) {
    Status opened = co_await open(link, std::move(server), std::move(proxy));
    if (!opened.ok()) {
      link->fail(opened.error());
      co_return;
    }
    co_await read(link);
  }

  void send(Bytes frame) {
    if (closed_) return;
    queue_.push_back(std::move(frame));
    if (queue_.size() == 1) write_front();
  }

  // Ends the connection at once; nothing is reported.
  void close() {
    if (std::exchange(closed_, true)) return;
    resolver_.cancel();
    error_code ignored;
    stream_.lowest_layer().shutdown(tcp::socket::shutdown_both, ignored);
    stream_.lowest_layer().close(ignored);
  }

  void fail(const Error& reason) {
    if (closed_) return;
    inbox_->put(attempt_, ConnectionDown{reason});
    close();
  }

 private:
  static asio::awaitable<Status> open(std::shared_ptr<Link> link, ServerAddress server,
                                      std::optional<Proxy> proxy) {
    auto token = asio::as_tuple(asio::use_awaitable);
    Status reached =
        co_await reach(link, proxy ? proxy->address : server, proxy ? "the proxy " : "the server ");
    if (!reached.ok()) co_return reached;
    if (proxy) {
      Status tunnelled = co_await open_tunnel(link, *proxy, server);
      if (!tunnelled.ok()) co_return tunnelled;
    }
    auto [no_tls] = co_await link->stream_.async_handshake(asio::ssl::stream_base::client, token);
    if (no_tls && failed_on_pin(link->stream_.native_handle())) {
      co_return Error(Code::kUnauthenticated, kPinMismatch);
    }
    if (no_tls) co_return unavailable("no TLS with " + server.text(), no_tls);
    Result<Bytes> exporter = hello_exporter(link->stream_.native_handle());
    if (!exporter.ok()) co_return exporter.error();
    if (!link->closed_) link->inbox_->put(link->attempt_, ConnectionUp{std::move(*exporter)});
    co_return Status();
  }

  // Resolves and connects.
  static asio::awaitable<Status> reach(std::shared_ptr<Link> link, ServerAddress place,
                                       std::string name) {
    auto token = asio::as_tuple(asio::use_awaitable);
    std::string port = std::to_string(place.port);
    auto [no_name, places] = co_await link->resolver_.async_resolve(place.host, port, token);
    if (no_name) co_return unavailable("cannot find " + name + place.text(), no_name);
    if (link->closed_) co_return Error(Code::kUnavailable, "closed");
    auto [no_connection, endpoint] =
        co_await asio::async_connect(link->stream_.lowest_layer(), places, token);
    if (no_connection) co_return unavailable("cannot reach " + name + place.text(), no_connection);
    if (link->closed_) co_return Error(Code::kUnavailable, "closed");
    tune(link->stream_.next_layer());
    co_return Status();
  }

  static asio::awaitable<Status> open_tunnel(std::shared_ptr<Link> link, Proxy proxy,
                                             ServerAddress server) {
    auto token = asio::as_tuple(asio::use_awaitable);
    Bytes request = connect_request(proxy, server);
    auto outgoing = asio::buffer(request);
    auto [no_write, written] =
        co_await asio::async_write(link->stream_.next_layer(), outgoing, token);
    if (no_write) co_return unavailable("the proxy " + proxy_text(proxy) + " went away", no_write);
    ConnectAnswer answer(proxy);
    Bytes buffer(ConnectAnswer::kMaxHeaderBytes, '\0');
    while (!link->closed_) {
      auto space = asio::buffer(buffer);
      auto [error, size] = co_await link->stream_.next_layer().async_read_some(space, token);
      if (error) co_return unavailable("the proxy " + proxy_text(proxy) + " went away", error);
      Result<bool> open = answer.feed(BytesView(buffer).substr(0, size));
      if (!open.ok()) co_return open.error();
      if (*open) co_return Status();
    }
    co_return Error(Code::kUnavailable, "closed");
  }

  static asio::awaitable<void> read(std::shared_ptr<Link> link) {
    FrameDecoder decoder(limits::kMaxFrameBytes);
    auto token = asio::as_tuple(asio::use_awaitable);
    Bytes buffer(kReadBytes, '\0');
    while (!link->closed_) {
      auto space = asio::buffer(buffer);
      auto [error, size] = co_await link->stream_.async_read_some(space, token);
      if (error) {
        link->fail(unavailable("the connection to the server ended", error));
        co_return;
      }
      decoder.feed(BytesView(buffer).substr(0, size));
      if (Status read = link->deliver(decoder); !read.ok()) {
        link->fail(read.error());
        co_return;
      }
    }
  }

  Status deliver(FrameDecoder& decoder) {
    while (!closed_) {
      ASSIGN_OR_RETURN(std::optional<Message> message, decoder.next());
      if (!message) break;
      inbox_->put(attempt_, std::move(*message));
    }
    return {};
  }

  void write_front() {
    asio::async_write(stream_, asio::buffer(queue_.front()),
                      [self = shared_from_this()](const error_code& error, std::size_t) {
                        if (self->closed_) return;
                        if (error) {
                          self->fail(unavailable("cannot send to the server", error));
                          return;
                        }
                        self->queue_.pop_front();
                        if (!self->queue_.empty()) self->write_front();
                      });
  }

  tcp::resolver resolver_;
  asio::ssl::stream<tcp::socket> stream_;
  Inbox* inbox_;
  std::uint64_t attempt_;
  std::deque<Bytes> queue_;  // the front is being written
  bool closed_ = false;
};

}  // namespace

struct Network::Impl {
  Impl(Inbox* to, const Hash& server_pin, std::optional<Proxy> through)
      : inbox(to),
        pin(server_pin),
        proxy(std::move(through)),
        tls(asio::ssl::context::tls_client),
        signals(io) {}

  void wait_for_signal() {
    signals.async_wait([this](const error_code& error, int) {
      if (error) return;
      inbox->put(0, SignalArrived{});
      wait_for_signal();
    });
  }

  void close_link() {
    if (link) std::exchange(link, nullptr)->close();
  }

  Inbox* inbox;
  Hash pin;
  const std::optional<Proxy> proxy;
  asio::io_context io{1};
  asio::ssl::context tls;
  asio::signal_set signals;
  asio::executor_work_guard<asio::io_context::executor_type> work{io.get_executor()};
  std::shared_ptr<Link> link;  // touched on the network's thread only
  std::thread thread;
};

Result<std::unique_ptr<Network>> Network::start(Inbox* inbox, const Hash& server_pin,
                                                std::optional<Proxy> proxy) {
  auto impl = std::make_unique<Impl>(inbox, server_pin, std::move(proxy));
  RETURN_IF_ERROR(prepare_pinned_client(impl->tls.native_handle(), &impl->pin));
  impl->thread = std::thread([raw = impl.get()] { raw->io.run(); });
  return std::unique_ptr<Network>(new Network(std::move(impl)));
}

Network::Network(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Network::~Network() {
  asio::post(impl_->io, [impl = impl_.get()] {
    impl->close_link();
    impl->signals.cancel();
    impl->work.reset();
  });
  impl_->thread.join();
}

void Network::report_signals() {
  asio::post(impl_->io, [impl = impl_.get()] {
    impl->signals.add(SIGINT);
    impl->signals.add(SIGTERM);
    impl->wait_for_signal();
  });
}

void Network::connect(const ServerAddress& server, std::uint64_t attempt) {
  asio::post(impl_->io, [impl = impl_.get(), server, attempt] {
    impl->close_link();
    impl->link = std::make_shared<Link>(impl->io, impl->tls, impl->inbox, attempt);
    auto link = impl->link;
    auto conversation = Link::converse(link, server, impl->proxy);
    asio::co_spawn(impl->io, std::move(conversation), [link](std::exception_ptr thrown) {
      if (!thrown) return;
      try {
        std::rethrow_exception(thrown);
      } catch (const std::exception& error) {
        link->fail(Error(Code::kInternal, std::string("the connection failed: ") + error.what()));
      }
    });
  });
}

void Network::send(Bytes frame) {
  asio::post(impl_->io, [impl = impl_.get(), frame = std::move(frame)]() mutable {
    if (impl->link) impl->link->send(std::move(frame));
  });
}

void Network::close() {
  asio::post(impl_->io, [impl = impl_.get()] { impl->close_link(); });
}

}  // namespace plumbline
