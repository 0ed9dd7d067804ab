// SPDX-License-Identifier: Apache-2.0
// TlsStream against a real client over loopback. The server's end runs on a thread of its own.
#include "collector/tls_stream.h"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <future>
#include <thread>

#include "base/limits.h"
#include "collector/tls_identity.h"
#include "tests/support/collector/tls_client.h"

namespace plumbline {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using testing::TlsClient;
using Stream = std::shared_ptr<TlsStream>;

class TlsStreamTest : public ::testing::Test {
 protected:
  TlsStreamTest() {
    TlsIdentity identity = make_tls_identity("test", Instant{1767225600000}).value();
    context_.use_certificate(asio::buffer(identity.certificate_pem), asio::ssl::context::pem);
    context_.use_private_key(asio::buffer(identity.key_pem), asio::ssl::context::pem);
    tcp::endpoint any(asio::ip::make_address("127.0.0.1"), 0);
    acceptor_.open(any.protocol());
    acceptor_.bind(any);
    acceptor_.listen();
    thread_ = std::thread([this] { io_.run(); });
  }
  ~TlsStreamTest() override {
    if (stream_) on_strand([this] { stream_->socket().close(); });
    work_.reset();
    thread_.join();
  }

  // Both ends of a connection after the handshake.
  void connect() {
    std::promise<Stream> served;
    acceptor_.async_accept(strand_, [&](const error_code& failed, tcp::socket socket) {
      ASSERT_FALSE(failed);
      auto made = std::make_shared<TlsStream>(std::move(socket), context_);
      asio::co_spawn(strand_, shake_hands(made),
                     [&served, made](auto, bool ok) { served.set_value(ok ? made : nullptr); });
    });
    client_ =
        std::make_unique<TlsClient>(NetAddress{"127.0.0.1", acceptor_.local_endpoint().port()});
    ASSERT_TRUE(client_->connected());
    stream_ = served.get_future().get();
    ASSERT_NE(stream_, nullptr);
  }

  static asio::awaitable<bool> shake_hands(Stream stream) {
    error_code failed = co_await stream->handshake();
    co_return !failed;
  }

  // Reads at least `size` bytes, or until the end.
  static asio::awaitable<Bytes> read_bytes(Stream stream, std::size_t size) {
    Bytes all;
    while (all.size() < size) {
      TlsStream::Read got = co_await stream->read();
      if (got.failed) break;
      all.append(got.bytes);
    }
    co_return all;
  }
  std::future<Bytes> reading(std::size_t size) {
    auto read = std::make_shared<std::promise<Bytes>>();
    asio::co_spawn(strand_, read_bytes(stream_, size),
                   [read](auto, Bytes bytes) { read->set_value(std::move(bytes)); });
    return read->get_future();
  }

  std::future<error_code> writing(BytesView bytes) {
    auto written = std::make_shared<std::promise<error_code>>();
    on_strand([this, bytes, written] {
      stream_->write(bytes, [written](const error_code& failed) { written->set_value(failed); });
    });
    return written->get_future();
  }

  template <typename Act>
  void on_strand(Act act) {
    std::promise<void> done;
    asio::post(strand_, [&] {
      act();
      done.set_value();
    });
    done.get_future().wait();
  }

  asio::io_context io_;
  asio::executor_work_guard<asio::io_context::executor_type> work_{io_.get_executor()};
  asio::strand<asio::io_context::executor_type> strand_{io_.get_executor()};
  asio::ssl::context context_{asio::ssl::context::tls_server};
  tcp::acceptor acceptor_{io_};
  Stream stream_;
  std::unique_ptr<TlsClient> client_;
  std::thread thread_;
};

// Some MiB in which no two places are alike.
Bytes many_bytes(std::size_t size) {
  Bytes bytes;
  for (std::uint32_t i = 0; bytes.size() < size; ++i) append_u32(bytes, i);
  return bytes;
}

TEST_F(TlsStreamTest, ReadsEveryByteInItsOrder) {
  connect();
  const Bytes sent = many_bytes(4 << 20);
  std::future<Bytes> read = reading(sent.size());
  ASSERT_TRUE(client_->send(BytesView(sent)));
  EXPECT_TRUE(read.get() == sent);
}

TEST_F(TlsStreamTest, WritesMoreThanTheSocketHoldsWhileItReads) {
  connect();
  const Bytes content = many_bytes(limits::kMaxContentBytes);
  Bytes frames;
  for (int i = 0; i < 12; ++i) frames += encode_message(BatchFrame{content});
  std::future<Bytes> read = reading(3);
  std::future<error_code> written = writing(frames);
  ASSERT_TRUE(client_->send(BytesView("abc")));
  EXPECT_EQ(read.get(), "abc");
  EXPECT_EQ(written.wait_for(std::chrono::seconds(0)), std::future_status::timeout)
      << "nobody has read yet: the socket's buffers hold too much for this test";
  for (int i = 0; i < 12; ++i) {
    std::optional<Message> message = client_->receive();
    ASSERT_TRUE(message.has_value());
    EXPECT_TRUE(std::get<BatchFrame>(*message).sealed == content);
  }
  EXPECT_FALSE(written.get());
}

// Without MSG_NOSIGNAL the second write ends the process: SIGPIPE.
TEST_F(TlsStreamTest, APeerThatIsGoneFailsAWriteWithoutASignal) {
  connect();
  client_->close();
  EXPECT_EQ(reading(1).get(), "");
  const Bytes bytes = many_bytes(1 << 20);
  error_code failed;
  for (int i = 0; i < 100 && !failed; ++i) failed = writing(bytes).get();
  EXPECT_TRUE(failed);
}

TEST_F(TlsStreamTest, ClosingEndsAReadAndAWriteThatWait) {
  connect();
  const Bytes bytes = many_bytes(32 << 20);
  std::future<Bytes> read = reading(1);
  std::future<error_code> written = writing(bytes);
  on_strand([this] { stream_->socket().close(); });
  EXPECT_EQ(read.get(), "");
  EXPECT_TRUE(written.get());
  EXPECT_TRUE(writing(bytes).get()) << "a closed socket is not written to";
}

TEST_F(TlsStreamTest, APeerWithoutTlsFailsTheHandshake) {
  std::promise<bool> served;
  acceptor_.async_accept(strand_, [&](const error_code& failed, tcp::socket socket) {
    ASSERT_FALSE(failed);
    stream_ = std::make_shared<TlsStream>(std::move(socket), context_);
    asio::co_spawn(strand_, shake_hands(stream_), [&](auto, bool ok) { served.set_value(ok); });
  });
  TlsClient client({"127.0.0.1", acceptor_.local_endpoint().port()}, TlsClient::Tls::kNone);
  ASSERT_TRUE(client.send_plain("GET / HTTP/1.1\r\n\r\n"));
  EXPECT_FALSE(served.get_future().get());
}

}  // namespace
}  // namespace plumbline
