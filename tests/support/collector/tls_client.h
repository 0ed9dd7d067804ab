// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_TESTS_SUPPORT_COLLECTOR_TLS_CLIENT_H_
#define PLUMBLINE_TESTS_SUPPORT_COLLECTOR_TLS_CLIENT_H_

#include <memory>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/net_address.h"
#include "model/wire/session.h"

namespace plumbline::testing {

// An agent's end of a connection that does whatever a test wants, byte by byte. Every call blocks
// until it is done; one that takes over ten seconds fails the test.
class TlsClient {
 public:
  enum class Tls { kHandshake, kNone, kOldVersion };

  // Connects; with kNone no TLS is begun, with kOldVersion TLS 1.2 is the newest offered. `from` is
  // the own address (127.0.0.2), which the system chooses where it is empty.
  explicit TlsClient(const NetAddress& address, Tls tls = Tls::kHandshake,
                     const std::string& from = "");
  ~TlsClient();

  bool connected() const;   // the handshake (or, without TLS, the connection) came about
  Bytes exporter() const;   // the 32 bytes of the hello's proof
  Hash server_pin() const;  // SHA-256 of the server's SubjectPublicKeyInfo

  // False when the connection is gone.
  bool send(BytesView bytes);
  bool send(const Message& message);
  // Without TLS: bytes as they are.
  bool send_plain(BytesView bytes);

  // The next message; nullopt when the server has closed.
  std::optional<Message> receive();
  // Reads until the server closes; false when it does not within `ms`.
  bool closed_within(int ms);
  // Ends what is sent, also in the middle of a frame; the server can still answer.
  void end_sending();
  // Ends the connection, also in the middle of a frame.
  void close();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace plumbline::testing

#endif  // PLUMBLINE_TESTS_SUPPORT_COLLECTOR_TLS_CLIENT_H_
