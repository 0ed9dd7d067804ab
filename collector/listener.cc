// SPDX-License-Identifier: Apache-2.0
#include "collector/listener.h"

#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <future>
#include <limits>
#include <thread>

#include "base/log.h"
#include "collector/session.h"

namespace plumbline {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

// How long accepting pauses when the system has no more file descriptors.
constexpr auto kAcceptPause = asio::chrono::milliseconds(100);

Status prepare_tls(asio::ssl::context& tls, const TlsIdentity& identity) {
  error_code failed;
  SSL_CTX* native = tls.native_handle();
  bool ok = SSL_CTX_set_min_proto_version(native, TLS1_3_VERSION) == 1 &&
            SSL_CTX_set_num_tickets(native, 0) == 1;
  SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);
  if (ok)
    tls.use_certificate(asio::buffer(identity.certificate_pem), asio::ssl::context::pem, failed);
  if (ok && !failed) {
    tls.use_private_key(asio::buffer(identity.key_pem), asio::ssl::context::pem, failed);
  }
  if (ok && !failed) return {};
  return Error(Code::kCorrupt, fmt::format("TLS cannot use the server's key and certificate: {}",
                                           failed.message()));
}

Error cannot_listen(const NetAddress& address, const error_code& failed) {
  bool taken = failed == asio::error::address_in_use;
  return Error(taken ? Code::kExists : Code::kIo,
               fmt::format("cannot listen for agents on {}: {}", address.text(),
                           taken ? "the port is in use by another program" : failed.message()));
}

}  // namespace

SessionHost::SessionHost(const ListenerConfig& chosen, CollectorMetrics& counted, const Clock& time)
    : config(chosen),
      metrics(counted),
      clock(time),
      tls(asio::ssl::context::tls_server),
      workers(static_cast<std::size_t>(chosen.worker_threads)),
      sessions(chosen.max_sessions),
      addresses({chosen.max_sessions, chosen.max_sessions_per_address}),
      unauthenticated({chosen.max_unauthenticated, chosen.max_unauthenticated_per_address}),
      seats(chosen.max_sessions_per_stream),
      receiving(chosen.max_receiving_bytes),
      desk(chosen.desk, counted, time),
      calls(std::numeric_limits<std::size_t>::max()) {}

struct CollectorListener::Impl {
  Impl(const ListenerConfig& config, CollectorMetrics& metrics, const Clock& clock)
      : host(config, metrics, clock),
        strand(asio::make_strand(asio::any_io_executor(io.get_executor()))),
        acceptor(strand),
        tick(strand),
        work(io.get_executor()) {}

  Status listen(const NetAddress& address);
  static asio::awaitable<void> accept_loop(Impl* self);
  static asio::awaitable<void> tick_loop(Impl* self);
  std::optional<SessionPlaces> places_of(const tcp::socket& socket);
  void take(tcp::socket socket, Session::Strand session_strand);

  // The io_context goes last: sessions, timers and the acceptor live on it.
  asio::io_context io;
  SessionHost host;
  Session::Strand strand;
  tcp::acceptor acceptor;
  asio::steady_timer tick;
  asio::executor_work_guard<asio::io_context::executor_type> work;
  std::vector<std::thread> threads;
  NetAddress bound;
  bool accepts = false;
  bool ticks = true;  // on the strand
  bool drained = false;
};

Status CollectorListener::Impl::listen(const NetAddress& address) {
  error_code failed;
  auto ip = asio::ip::make_address(address.host, failed);
  if (failed) return cannot_listen(address, failed);
  tcp::endpoint endpoint(ip, address.port);
  acceptor.open(endpoint.protocol(), failed);
  if (!failed) acceptor.set_option(tcp::acceptor::reuse_address(true), failed);
  if (!failed) acceptor.bind(endpoint, failed);
  if (!failed) acceptor.listen(asio::socket_base::max_listen_connections, failed);
  if (failed) return cannot_listen(address, failed);
  bound = {address.host, acceptor.local_endpoint(failed).port()};
  return {};
}

asio::awaitable<void> CollectorListener::Impl::accept_loop(Impl* self) {
  error_code failed;
  auto token = asio::redirect_error(asio::use_awaitable, failed);
  while (self->acceptor.is_open()) {
    auto strand = asio::make_strand(asio::any_io_executor(self->io.get_executor()));
    asio::any_io_executor executor(strand);
    tcp::socket socket = co_await self->acceptor.async_accept(executor, token);
    if (!failed) {
      self->take(std::move(socket), std::move(strand));
    } else if (self->acceptor.is_open()) {
      asio::steady_timer pause(self->strand, kAcceptPause);
      co_await pause.async_wait(token);
    }
  }
}

asio::awaitable<void> CollectorListener::Impl::tick_loop(Impl* self) {
  error_code failed;
  auto token = asio::redirect_error(asio::use_awaitable, failed);
  while (self->ticks) {
    self->tick.expires_after(asio::chrono::milliseconds(AdmissionDesk::kTick.ms));
    co_await self->tick.async_wait(token);
    self->host.desk.tick();
  }
}

// The places of a new connection. One that finds none is closed without a word: an answer would
// need the handshake that is to be spared.
std::optional<SessionPlaces> CollectorListener::Impl::places_of(const tcp::socket& socket) {
  using Quota = CollectorMetrics::Quota;
  auto refuse = [this](Quota quota) {
    host.metrics.over_quota(quota);
    host.metrics.refused(code_name(Code::kExhausted));
    return std::nullopt;
  };
  error_code gone;
  const tcp::endpoint peer = socket.remote_endpoint(gone);
  if (gone) return std::nullopt;
  const std::string key = quota_key(peer.address().to_string());
  auto session = host.sessions.enter();
  if (!session.has_value()) return refuse(Quota::kSessions);
  KeyedQuota::Full full{};
  auto address = host.addresses.enter(key, &full);
  if (!address.has_value()) return refuse(Quota::kAddress);
  auto unauthenticated = host.unauthenticated.enter(key, &full);
  if (!unauthenticated.has_value()) {
    return refuse(full == KeyedQuota::Full::kKey ? Quota::kUnauthenticatedAddress
                                                 : Quota::kUnauthenticated);
  }
  if (unauthenticated->took_one_away) host.metrics.over_quota(Quota::kUnauthenticated);
  return SessionPlaces{std::move(*session), std::move(*address), std::move(unauthenticated->place)};
}

void CollectorListener::Impl::take(tcp::socket socket, Session::Strand session_strand) {
  auto places = places_of(socket);
  if (!places.has_value()) return;
  error_code ignored;  // an answer that leaves 40 ms later is still right
  socket.set_option(tcp::no_delay(true), ignored);
  std::make_shared<Session>(std::move(socket), std::move(session_strand), host, std::move(*places))
      ->start();
}

CollectorListener::CollectorListener(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

CollectorListener::~CollectorListener() {
  stop_accepting();
  drain(Duration{0});
}

Result<std::unique_ptr<CollectorListener>> CollectorListener::bind(const ListenerConfig& config,
                                                                   const TlsIdentity& identity,
                                                                   CollectorMetrics& metrics,
                                                                   const Clock& clock) {
  auto impl = std::make_unique<Impl>(config, metrics, clock);
  RETURN_IF_ERROR(prepare_tls(impl->host.tls, identity));
  RETURN_IF_ERROR(impl->listen(config.address));
  return std::unique_ptr<CollectorListener>(new CollectorListener(std::move(impl)));
}

NetAddress CollectorListener::address() const {
  return impl_->bound;
}

void CollectorListener::start(CollectorBackend backend) {
  CHECK(impl_->threads.empty(), "a listener starts once");
  CHECK(backend.writer != nullptr, "a collector writes to a ledger");
  impl_->host.desk.open(*backend.writer, backend.position);
  impl_->host.backend = std::move(backend);
  impl_->accepts = true;
  asio::co_spawn(impl_->strand, Impl::tick_loop(impl_.get()), [](std::exception_ptr thrown) {
    CHECK(!thrown, "ticking reports its errors by code");
  });
  asio::co_spawn(impl_->strand, Impl::accept_loop(impl_.get()), [](std::exception_ptr thrown) {
    CHECK(!thrown, "accepting reports its errors by code");
  });
  for (int i = 0; i < impl_->host.config.io_threads; ++i) {
    impl_->threads.emplace_back([impl = impl_.get()] { impl->io.run(); });
  }
}

void CollectorListener::end_sessions(const StreamId& stream) {
  for (const auto& session : impl_->host.all()) session->stream_revoked(stream);
}

void CollectorListener::stop_accepting() {
  if (!impl_->accepts) return;
  impl_->accepts = false;
  std::promise<void> closed;
  asio::post(impl_->strand, [&] {
    error_code ignored;  // a socket that does not close is not used any more either
    impl_->acceptor.close(ignored);
    closed.set_value();
  });
  closed.get_future().wait();
}

void CollectorListener::drain(Duration deadline) {
  if (impl_->drained) return;
  impl_->drained = true;
  stop_accepting();
  SessionHost& host = impl_->host;
  host.desk.finish();
  for (const auto& session : host.all()) session->ask_shutdown();
  if (!host.sessions.wait_empty(deadline, host.clock)) {
    log_warning("collector",
                fmt::format("closing {} sessions that did not end in time", host.sessions.taken()));
    for (const auto& session : host.all()) session->abort();
  }
  // A session is kept by what works for it: the writer's answers and the worker threads.
  host.sessions.wait_empty();
  host.calls.wait_empty();
  host.workers.join();
  asio::post(impl_->strand, [impl = impl_.get()] {
    impl->ticks = false;
    impl->tick.cancel();
  });
  impl_->work.reset();
  for (std::thread& thread : impl_->threads) thread.join();
  impl_->threads.clear();
}

}  // namespace plumbline
