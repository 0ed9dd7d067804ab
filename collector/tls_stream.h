// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_COLLECTOR_TLS_STREAM_H_
#define PLUMBLINE_COLLECTOR_TLS_STREAM_H_

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <functional>

#include "base/bytes.h"

namespace plumbline {

// The server's end of a TLS connection, for many of them: OpenSSL reads from and writes to the
// socket itself. asio::ssl::stream keeps 68 KiB of buffers for each connection, whether anything
// moves or not; here an idle one keeps none (SSL_MODE_RELEASE_BUFFERS), and what was read stands in
// a buffer of the thread.
//
// Everything is called on the socket's executor. At most one read and one write are under way. The
// stream must stay until both have ended; closing the socket ends them with an error.
class TlsStream {
 public:
  using error_code = boost::system::error_code;
  using Socket = boost::asio::ip::tcp::socket;

  // `context` must outlive the stream.
  TlsStream(Socket socket, boost::asio::ssl::context& context);
  ~TlsStream();
  TlsStream(const TlsStream&) = delete;
  TlsStream& operator=(const TlsStream&) = delete;

  boost::asio::awaitable<error_code> handshake();

  struct Read {
    error_code failed;
    BytesView bytes;  // of the thread: gone when the caller suspends
  };
  // At least one byte, or an error; eof where the peer has closed.
  boost::asio::awaitable<Read> read();

  // Writes all of `bytes`, which must stay until `done` is called; that is never before write()
  // has returned. What is ready to run on the executor runs before the first byte leaves, so that
  // a caller can gather small writes.
  using Done = std::function<void(const error_code&)>;
  void write(BytesView bytes, Done done);

  SSL* native_handle() { return ssl_; }
  Socket& socket() { return socket_; }

 private:
  struct Next {
    error_code failed;
    Socket::wait_type wait = Socket::wait_read;
  };
  // What an operation of OpenSSL that did not succeed waits for.
  Next next_after(int result);
  int read_record(BytesView& bytes);
  void go_on_writing(BytesView bytes, Done done);

  Socket socket_;
  SSL* ssl_;
  int reads_in_turn_ = 0;
};

}  // namespace plumbline

#endif  // PLUMBLINE_COLLECTOR_TLS_STREAM_H_
