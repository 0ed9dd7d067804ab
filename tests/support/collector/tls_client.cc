// SPDX-License-Identifier: Apache-2.0
#include "tests/support/collector/tls_client.h"

#include <gtest/gtest.h>
#include <openssl/x509.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>

#include "base/crypto.h"
#include "base/limits.h"

namespace plumbline::testing {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr int kPatienceMs = 10'000;
constexpr std::string_view kLabel = "EXPORTER-plumbline-hello";

}  // namespace

struct TlsClient::Impl {
  asio::io_context io;
  asio::ssl::context context{asio::ssl::context::tls_client};
  asio::ssl::stream<tcp::socket> stream{io, context};
  FrameDecoder decoder{limits::kMaxFrameBytes};
  bool connected = false;

  // Runs what `begin` starts until its handler was called. nullopt when that takes too long.
  template <typename Begin>
  std::optional<error_code> run(Begin begin, int ms = kPatienceMs) {
    std::optional<error_code> result;
    begin([&result](const error_code& failed, auto&&...) { result = failed; });
    io.restart();
    io.run_for(std::chrono::milliseconds(ms));
    if (!result.has_value()) {
      // The handler must not outlive its result.
      error_code ignored;
      stream.next_layer().close(ignored);
      io.restart();
      io.run();
      return std::nullopt;
    }
    return result;
  }

  bool done(const std::optional<error_code>& result) {
    if (!result.has_value()) ADD_FAILURE() << "the server does not answer";
    return result.has_value() && !*result;
  }
};

TlsClient::TlsClient(const NetAddress& address, Tls tls, const std::string& from)
    : impl_(std::make_unique<Impl>()) {
  if (tls == Tls::kOldVersion) {
    SSL_set_max_proto_version(impl_->stream.native_handle(), TLS1_2_VERSION);
  }
  tcp::endpoint endpoint(asio::ip::make_address(address.host), address.port);
  if (!from.empty()) {
    impl_->stream.next_layer().open(endpoint.protocol());
    impl_->stream.next_layer().bind({asio::ip::make_address(from), 0});
  }
  bool ok = impl_->done(impl_->run(
      [&](auto handler) { impl_->stream.next_layer().async_connect(endpoint, handler); }));
  if (ok && tls != Tls::kNone) {
    ok = impl_->done(impl_->run([&](auto handler) {
      impl_->stream.async_handshake(asio::ssl::stream_base::client, handler);
    }));
  }
  impl_->connected = ok;
}

TlsClient::~TlsClient() = default;

bool TlsClient::connected() const {
  return impl_->connected;
}

Bytes TlsClient::exporter() const {
  Bytes bytes(32, '\0');
  int made = SSL_export_keying_material(impl_->stream.native_handle(),
                                        reinterpret_cast<unsigned char*>(bytes.data()),
                                        bytes.size(), kLabel.data(), kLabel.size(), nullptr, 0, 0);
  EXPECT_EQ(made, 1);
  return bytes;
}

Hash TlsClient::server_pin() const {
  X509* certificate = SSL_get0_peer_certificate(impl_->stream.native_handle());
  if (certificate == nullptr) return {};
  unsigned char* der = nullptr;
  int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &der);
  Hash pin = sha256(BytesView(reinterpret_cast<char*>(der), static_cast<std::size_t>(size)));
  OPENSSL_free(der);
  return pin;
}

bool TlsClient::send(BytesView bytes) {
  return impl_->done(impl_->run([&](auto handler) {
    asio::async_write(impl_->stream, asio::buffer(bytes.data(), bytes.size()), handler);
  }));
}

bool TlsClient::send(const Message& message) {
  return send(BytesView(encode_message(message)));
}

bool TlsClient::send_plain(BytesView bytes) {
  return impl_->done(impl_->run([&](auto handler) {
    asio::async_write(impl_->stream.next_layer(), asio::buffer(bytes.data(), bytes.size()),
                      handler);
  }));
}

std::optional<Message> TlsClient::receive() {
  char buffer[1 << 14];
  for (;;) {
    auto next = impl_->decoder.next();
    EXPECT_TRUE(next.ok());
    if (!next.ok()) return std::nullopt;
    if (next->has_value()) return std::move(**next);
    std::size_t got = 0;
    auto result = impl_->run([&](auto handler) {
      impl_->stream.async_read_some(asio::buffer(buffer),
                                    [&got, handler](const error_code& failed, std::size_t size) {
                                      got = size;
                                      handler(failed);
                                    });
    });
    if (!impl_->done(result)) return std::nullopt;
    impl_->decoder.feed(BytesView(buffer, got));
  }
}

bool TlsClient::closed_within(int ms) {
  char buffer[1 << 14];
  for (;;) {
    auto result = impl_->run(
        [&](auto handler) {
          impl_->stream.next_layer().async_read_some(asio::buffer(buffer), handler);
        },
        ms);
    if (!result.has_value()) return false;
    if (*result) return true;
  }
}

void TlsClient::end_sending() {
  error_code ignored;
  impl_->stream.next_layer().shutdown(tcp::socket::shutdown_send, ignored);
}

void TlsClient::close() {
  error_code ignored;
  impl_->stream.next_layer().close(ignored);
}

}  // namespace plumbline::testing
