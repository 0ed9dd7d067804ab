// SPDX-License-Identifier: Apache-2.0
// The collector under load, over real TLS and on a real ledger: quotas, frames that do not get on,
// a backlog beside live outlets, an evaluator that is behind. Method: limits are set so low that a
// few connections meet them, and where order matters the disk stands still until everybody has
// sent (GatedWriter), so that the ledger's order tells who was served first.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "collector/listener.h"
#include "tests/support/collector/gated_writer.h"
#include "tests/support/collector/served_ledger.h"

namespace plumbline {
namespace {

using testing::GatedWriter;
using ::testing::HasSubstr;
using testing::TlsClient;

class ListenerLoadTest : public testing::ServedLedger {
 protected:
  // Drained first: the listener asks what is in the test's frame.
  void TearDown() override {
    if (listener_) listener_->drain(Duration{5000});
  }

  std::string over(const std::string& quota, int times) {
    return "over_quota_total{quota=\"" + quota + "\"} " + std::to_string(times);
  }
  // Every wait ends as soon as what it waits for is there.
  template <typename Condition>
  bool comes_true(Condition condition) {
    const std::int64_t until = system_clock().monotonic_ms() + 20'000;
    while (!condition()) {
      if (system_clock().monotonic_ms() > until) return false;
      std::this_thread::yield();
    }
    return true;
  }
  // Batches that have come in and wait, for their turn or at the gate.
  std::size_t at_desk(const GatedWriter& gate) {
    const std::string text = metrics_text();
    const std::string name = "\nplumbline_collector_queued_batches ";
    return std::stoul(text.substr(text.find(name) + name.size())) + gate.batches();
  }
  bool told(const std::string& metric) {
    return comes_true([&] { return metrics_text().find(metric) != std::string::npos; });
  }

  std::atomic<std::uint64_t> size_{100};  // of the ledger, as position_ tells
  std::atomic<int> looks_ = 0;
  std::atomic<std::uint64_t> evaluated_{100};
};

TEST_F(ListenerLoadTest, AnAddressHasAQuota) {
  enroll(11);
  config_.max_sessions_per_address = 1;
  start();
  auto client = greeted(11);
  TlsClient second(listener_->address());
  EXPECT_FALSE(second.connected());
  EXPECT_TRUE(told(over("address", 1)));
  client->close();
  EXPECT_TRUE(told("collector_sessions 0"));
  greeted(11);  // the place came back
}

TEST_F(ListenerLoadTest, HalfHandshakesTakeNoPlaceOfThoseThatHaveGreeted) {
  enroll(11);
  enroll(12);
  config_.max_unauthenticated_per_address = 2;
  start();
  auto first = greeted(11);
  auto second = greeted(12);
  TlsClient half(listener_->address(), TlsClient::Tls::kNone);
  ASSERT_TRUE(half.send_plain("\x16\x03\x01"));
  TlsClient without_hello(listener_->address());
  ASSERT_TRUE(without_hello.connected());
  TlsClient third(listener_->address());
  EXPECT_FALSE(third.connected());
  EXPECT_TRUE(told(over("unauthenticated_address", 1)));
  ASSERT_TRUE(first->send(frame(batches(11, 1)[0])));
  EXPECT_TRUE(receive<Ack>(*first).has_value());
  half.close();
  EXPECT_TRUE(comes_true([&] { return TlsClient(listener_->address()).connected(); }));
}

TEST_F(ListenerLoadTest, UnauthenticatedConnectionsHaveAQuotaInAll) {
  config_.max_unauthenticated = 1;
  start();
  TlsClient first(listener_->address());
  ASSERT_TRUE(first.connected());
  TlsClient second(listener_->address());
  EXPECT_FALSE(second.connected());
  EXPECT_TRUE(told(over("unauthenticated", 1)));
}

// Half handshakes from one address hold every place; an agent from another address needs one.
// Seen to fail when FairPlaces takes nothing away: the agent's connection is closed.
TEST_F(ListenerLoadTest, OneWhoHoldsEveryPlaceMakesRoomForAnotherAddress) {
  enroll(11);
  config_.max_unauthenticated = 2;
  start();
  TlsClient first(listener_->address(), TlsClient::Tls::kNone);
  ASSERT_TRUE(first.send_plain("\x16\x03\x01"));
  TlsClient second(listener_->address(), TlsClient::Tls::kNone);
  ASSERT_TRUE(second.send_plain("\x16\x03\x01"));
  EXPECT_TRUE(told("collector_sessions 2"));
  auto agent = greeted(11, "127.0.0.2");
  EXPECT_TRUE(first.closed_within(5000));
  EXPECT_TRUE(told(over("unauthenticated", 1)));
  ASSERT_TRUE(agent->send(frame(batches(11, 1)[0])));
  EXPECT_TRUE(receive<Ack>(*agent).has_value());
}

TEST_F(ListenerLoadTest, TheNewestSessionsOfAStreamStay) {
  enroll(11);
  start();
  auto first = greeted(11);
  auto second = greeted(11);
  auto third = greeted(11);
  auto refused = receive<Refused>(*first);
  ASSERT_TRUE(refused.has_value());
  EXPECT_TRUE(refused->retry_after_ms.has_value());
  EXPECT_TRUE(first->closed_within(5000));
  auto sent = batches(11, 2);
  ASSERT_TRUE(second->send(frame(sent[0])));
  EXPECT_TRUE(receive<Ack>(*second).has_value());
  ASSERT_TRUE(third->send(frame(sent[1])));
  EXPECT_TRUE(receive<Ack>(*third).has_value());
  EXPECT_THAT(metrics_text(), HasSubstr(over("stream", 1)));
}

TEST_F(ListenerLoadTest, BeforeTheHelloAFrameIsSmall) {
  start();
  TlsClient client(listener_->address());
  Bytes head;
  append_u32(head, limits::kMaxFirstFrameBytes + 1);
  append_u8(head, 1);
  ASSERT_TRUE(client.send(BytesView(head)));
  EXPECT_EQ(refusal_code(client), "exhausted");
  EXPECT_TRUE(client.closed_within(5000));
}

TEST_F(ListenerLoadTest, AFrameThatTricklesIsGivenUp) {
  enroll(11);
  config_.progress = Duration{40};
  start();
  auto slow = greeted(11);
  auto quiet = greeted(11);
  Bytes head;
  append_u32(head, 500'000);
  append_u8(head, 3);
  std::atomic<bool> ended{false};
  std::thread trickle([&] {
    slow->send(BytesView(head));
    while (!ended && slow->send(BytesView("x"))) std::this_thread::yield();
  });
  EXPECT_TRUE(told("protocol_errors_total{reason=\"slow_frame\"} 1"));
  ended = true;
  trickle.join();
  // Between two frames nobody is hurried.
  ASSERT_TRUE(quiet->send(frame(batches(11, 1)[0])));
  EXPECT_TRUE(receive<Ack>(*quiet).has_value());
}

TEST_F(ListenerLoadTest, FramesUnderWayHaveAQuotaInAll) {
  enroll(11);
  enroll(12);
  config_.max_receiving_bytes = 50'000;
  start();
  auto greedy = greeted(11);
  auto other = greeted(12);
  Bytes half;
  append_u32(half, 500'000);
  append_u8(half, 3);
  half += Bytes(100'000, 'x');
  ASSERT_TRUE(greedy->send(BytesView(half)));
  auto refused = receive<Refused>(*greedy);
  ASSERT_TRUE(refused.has_value());
  EXPECT_TRUE(refused->retry_after_ms.has_value());
  EXPECT_TRUE(told(over("receiving", 1)));
  ASSERT_TRUE(other->send(frame(batches(12, 1)[0])));
  EXPECT_TRUE(receive<Ack>(*other).has_value());
}

// 40 outlets that come back with all they could not send, and 5 live ones that send a batch when
// the queue is already deep. The disk stands still until then. A live batch waits for what the
// writer had taken and for the other live ones: without the fair queue it would be among the last.
TEST_F(ListenerLoadTest, LiveOutletsPassABacklog) {
  constexpr int kBacklogged = 40;
  constexpr int kLive = 5;
  constexpr std::size_t kEach = 40;
  for (int i = 0; i < kBacklogged + kLive; ++i) enroll(static_cast<std::uint8_t>(11 + i));
  GatedWriter gate(*writer_);
  config_.desk.writer_bytes = 32 * 1024;
  start(gate);
  std::vector<std::unique_ptr<TlsClient>> clients;
  std::size_t batch_bytes = 0;
  for (int i = 0; i < kBacklogged; ++i) {
    const auto seed = static_cast<std::uint8_t>(11 + i);
    clients.push_back(greeted(seed));
    Bytes all;
    for (const SealedBatch& batch : batches(seed, kEach, 20)) {
      all += encode_message(frame(batch));
      batch_bytes = encode_sealed(batch).size();
    }
    ASSERT_TRUE(clients.back()->send(BytesView(all)));
  }
  ASSERT_TRUE(comes_true([&] { return at_desk(gate) == kBacklogged * kEach; }));
  std::vector<std::unique_ptr<TlsClient>> live;
  for (int i = 0; i < kLive; ++i) {
    const auto seed = static_cast<std::uint8_t>(11 + kBacklogged + i);
    live.push_back(greeted(seed));
    ASSERT_TRUE(live.back()->send(frame(batches(seed, 1, 1)[0])));
  }
  ASSERT_TRUE(comes_true([&] { return at_desk(gate) == kBacklogged * kEach + kLive; }));
  const std::size_t before = ledger_size();
  gate.open();
  std::size_t last = 0;
  for (auto& client : live) {
    auto ack = receive<Ack>(*client);
    ASSERT_TRUE(ack.has_value());
    last = std::max(last, ack->index.value - before);
  }
  EXPECT_LE(last, 32 * 1024 / batch_bytes + 1 + kLive + 1);
  EXPECT_LT(last, kBacklogged * kEach / 4);
  for (auto& client : clients) {
    for (std::size_t i = 1; i <= kEach; ++i) {
      auto ack = receive<Ack>(*client);
      ASSERT_TRUE(ack.has_value());
      ASSERT_EQ(ack->number, BatchNumber(i));
    }
  }
}

TEST_F(ListenerLoadTest, AnEvaluatorThatIsBehindHoldsBackBacklogsThenEverybody) {
  enroll(11);
  enroll(12);
  position_ = [this] {
    ++looks_;
    return EvaluatorPosition{LedgerSize(size_), LedgerSize(evaluated_)};
  };
  config_.desk.lag_limit = Duration{200};
  start();
  // What the server finds when it starts is no lag: it has looked before anything grows.
  ASSERT_TRUE(comes_true([&] { return looks_ > 0; }));
  auto first = greeted(11);
  auto second = greeted(12);
  auto large = batches(11, 2, 600);
  ASSERT_GT(large[0].content.size(), limits::kSmallBatchBytes);
  ASSERT_TRUE(first->send(frame(large[0])));
  ASSERT_TRUE(receive<Ack>(*first).has_value());
  size_ = 200;
  auto refused_after = [&](TlsClient& client, const SealedBatch& batch) {
    std::optional<std::int64_t> wait;
    EXPECT_TRUE(comes_true([&] {
      if (!client.send(frame(batch))) return true;
      auto answer = client.receive();
      if (!answer.has_value()) return true;
      if (const auto* refused = std::get_if<Refused>(&*answer)) wait = refused->retry_after_ms;
      return wait.has_value();
    }));
    return wait;
  };
  auto wait = refused_after(*first, large[1]);
  ASSERT_TRUE(wait.has_value());
  EXPECT_GE(*wait, 200);
  EXPECT_TRUE(refused_after(*second, batches(12, 1, 1)[0]).has_value());
  evaluated_ = 200;
  EXPECT_TRUE(comes_true([&] {
    if (!first->send(frame(large[1]))) return false;
    auto answer = first->receive();
    return answer.has_value() && std::holds_alternative<Ack>(*answer);
  }));
}

// What is in flight is written and answered, and the agent is told to come back.
TEST_F(ListenerLoadTest, WhatIsQueuedIsWrittenWhenTheServerStops) {
  enroll(11);
  GatedWriter gate(*writer_);
  start(gate);
  auto client = greeted(11);
  for (const SealedBatch& batch : batches(11, 5)) ASSERT_TRUE(client->send(frame(batch)));
  ASSERT_TRUE(comes_true([&] { return gate.batches() > 0; }));
  std::thread stop([&] { listener_->drain(Duration{10'000}); });
  gate.open();
  std::size_t acknowledged = 0;
  bool told_to_return = false;
  while (auto answer = client->receive()) {
    if (std::holds_alternative<Ack>(*answer)) ++acknowledged;
    if (const auto* refused = std::get_if<Refused>(&*answer)) {
      told_to_return = refused->retry_after_ms.has_value();
    }
  }
  stop.join();
  EXPECT_TRUE(told_to_return);
  EXPECT_EQ(ledger_size(), 2 + acknowledged);
}

}  // namespace
}  // namespace plumbline
