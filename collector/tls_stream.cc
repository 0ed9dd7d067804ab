// SPDX-License-Identifier: Apache-2.0
#include "collector/tls_stream.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>

#include "base/check.h"

namespace plumbline {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

// One TLS record.
constexpr std::size_t kReadBytes = 16 * 1024;
// After so many records without a wait the other connections of the thread have their turn.
constexpr int kReadsInTurn = 4;

int socket_of(BIO* bio) {
  return static_cast<int>(reinterpret_cast<std::intptr_t>(BIO_get_data(bio)));
}

int moved(BIO* bio, ssize_t bytes, int flags) {
  BIO_clear_retry_flags(bio);
  if (bytes < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) {
    BIO_set_flags(bio, flags | BIO_FLAGS_SHOULD_RETRY);
  }
  return static_cast<int>(bytes);
}

int read_socket(BIO* bio, char* into, int size) {
  return moved(bio, ::recv(socket_of(bio), into, static_cast<std::size_t>(size), 0),
               BIO_FLAGS_READ);
}

// OpenSSL's own socket BIO raises SIGPIPE where the peer is gone.
int write_socket(BIO* bio, const char* from, int size) {
  return moved(bio, ::send(socket_of(bio), from, static_cast<std::size_t>(size), MSG_NOSIGNAL),
               BIO_FLAGS_WRITE);
}

long control_socket(BIO*, int command, long, void*) {
  return command == BIO_CTRL_FLUSH ? 1 : 0;
}

const BIO_METHOD* socket_method() {
  static BIO_METHOD* const method = [] {
    BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket");
    CHECK(made != nullptr && BIO_meth_set_read(made, read_socket) == 1 &&
              BIO_meth_set_write(made, write_socket) == 1 &&
              BIO_meth_set_ctrl(made, control_socket) == 1,
          "OpenSSL makes a kind of BIO");
    return made;
  }();
  return method;
}

}  // namespace

TlsStream::TlsStream(Socket socket, asio::ssl::context& context)
    : socket_(std::move(socket)), ssl_(SSL_new(context.native_handle())) {
  BIO* bio = BIO_new(socket_method());
  CHECK(ssl_ != nullptr && bio != nullptr, "there is memory for a connection");
  BIO_set_data(bio, reinterpret_cast<void*>(std::intptr_t{socket_.native_handle()}));
  BIO_set_init(bio, 1);
  SSL_set_bio(ssl_, bio, bio);
  SSL_set_accept_state(ssl_);
  SSL_set_mode(ssl_, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                         SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  // A record's header and body by one call of the system.
  SSL_set_read_ahead(ssl_, 1);
  error_code ignored;  // a socket that is broken fails at its first use
  socket_.native_non_blocking(true, ignored);
}

TlsStream::~TlsStream() {
  SSL_free(ssl_);
}

TlsStream::Next TlsStream::next_after(int result) {
  switch (SSL_get_error(ssl_, result)) {
    case SSL_ERROR_WANT_READ:
      return {{}, Socket::wait_read};
    case SSL_ERROR_WANT_WRITE:
      return {{}, Socket::wait_write};
    case SSL_ERROR_ZERO_RETURN:
      return {asio::error::eof};
    default:
      ERR_clear_error();
      return {asio::error::connection_reset};
  }
}

asio::awaitable<error_code> TlsStream::handshake() {
  error_code failed;
  auto token = asio::redirect_error(asio::use_awaitable, failed);
  while (socket_.is_open()) {
    ERR_clear_error();
    const int done = SSL_do_handshake(ssl_);
    if (done == 1) co_return error_code();
    const Next next = next_after(done);
    if (next.failed) co_return next.failed;
    co_await socket_.async_wait(next.wait, token);
    if (failed) co_return failed;
  }
  co_return error_code(asio::error::operation_aborted);
}

// Never inlined into a coroutine, which may go on in another thread than it began in.
[[gnu::noinline]] int TlsStream::read_record(BytesView& bytes) {
  thread_local Bytes buffer(kReadBytes, '\0');
  ERR_clear_error();
  const int got = SSL_read(ssl_, buffer.data(), static_cast<int>(buffer.size()));
  if (got > 0) bytes = BytesView(buffer.data(), static_cast<std::size_t>(got));
  return got;
}

asio::awaitable<TlsStream::Read> TlsStream::read() {
  error_code failed;
  auto token = asio::redirect_error(asio::use_awaitable, failed);
  if (++reads_in_turn_ > kReadsInTurn) {
    reads_in_turn_ = 0;
    co_await asio::post(socket_.get_executor(), token);
  }
  while (socket_.is_open()) {
    BytesView bytes;
    const int got = read_record(bytes);
    if (got > 0) co_return Read{error_code(), bytes};
    const Next next = next_after(got);
    if (next.failed) co_return Read{next.failed, BytesView()};
    reads_in_turn_ = 0;
    co_await socket_.async_wait(next.wait, token);
    if (failed) co_return Read{failed, BytesView()};
  }
  co_return Read{asio::error::operation_aborted, BytesView()};
}

void TlsStream::write(BytesView bytes, Done done) {
  asio::post(socket_.get_executor(), [this, bytes, done = std::move(done)]() mutable {
    go_on_writing(bytes, std::move(done));
  });
}

void TlsStream::go_on_writing(BytesView bytes, Done done) {
  while (!bytes.empty()) {
    if (!socket_.is_open()) return done(asio::error::operation_aborted);
    ERR_clear_error();
    const int wrote = SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size()));
    if (wrote > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(wrote));
      continue;
    }
    const Next next = next_after(wrote);
    if (next.failed) return done(next.failed);
    socket_.async_wait(next.wait,
                       [this, bytes, done = std::move(done)](const error_code& failed) mutable {
                         if (failed) return done(failed);
                         go_on_writing(bytes, std::move(done));
                       });
    return;
  }
  done({});
}

}  // namespace plumbline
