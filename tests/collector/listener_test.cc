// SPDX-License-Identifier: Apache-2.0
// Agents over real TLS on loopback against the listener and a real SQLite ledger: what works.
#include "collector/listener.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "tests/support/collector/served_ledger.h"

namespace plumbline {
namespace {

using ::testing::HasSubstr;
using testing::TlsClient;

class ListenerTest : public testing::ServedLedger {};

TEST_F(ListenerTest, EnrolsGreetsAndAcknowledges) {
  start();
  PrivateKey agent = samples::key(11);
  {
    TlsClient client(listener_->address());
    EXPECT_EQ(client.server_pin(), identity_.pin);
    EnrollRequest request{kOldestProtocolVersion,
                          kProtocolVersion,
                          "test",
                          Bytes(16, 't'),
                          agent.public_key(),
                          agent.sign(hello_signed_bytes(client.exporter()))};
    ASSERT_TRUE(client.send(Message(request)));
    auto enrolled = receive<Enrolled>(client);
    ASSERT_TRUE(enrolled.has_value());
    EXPECT_EQ(enrolled->outlet, samples::outlet("a"));
    EXPECT_TRUE(client.closed_within(5000));
  }
  TlsClient client(listener_->address());
  ASSERT_TRUE(client.send(Message(hello(client, 11))));
  auto welcome = receive<Welcome>(client);
  ASSERT_TRUE(welcome.has_value());
  EXPECT_EQ(welcome->head, BatchNumber(0));
  EXPECT_EQ(welcome->events_hash, samples::hash_of("events"));
  for (const SealedBatch& batch : batches(11, 3)) {
    ASSERT_TRUE(client.send(frame(batch)));
    auto ack = receive<Ack>(client);
    ASSERT_TRUE(ack.has_value());
    EXPECT_EQ(ack->number, batch.header.number);
    EXPECT_EQ(ack->index.value, 1 + batch.header.number.value);
  }
  EXPECT_EQ(ledger_size(), 5u);
  EXPECT_THAT(metrics_text(), HasSubstr("batches_total{outcome=\"committed\"} 3"));
  EXPECT_THAT(metrics_text(), HasSubstr("plumbline_collector_events_total 9"));
}

TEST_F(ListenerTest, TheLedgerHoldsTheExactBytesThatWereSent) {
  enroll(11);
  start();
  SealedBatch batch = batches(11, 1)[0];
  auto client = greeted(11);
  ASSERT_TRUE(client->send(frame(batch)));
  LedgerIndex index = receive<Ack>(*client)->index;
  auto stored = open_sqlite_reader(folder_.path("ledger.db")).value()->at(index).value();
  EXPECT_EQ(decode_entry(stored.entry)->payload + *stored.content, encode_sealed(batch));
}

TEST_F(ListenerTest, ManyBatchesInFlightAreAnsweredInOrder) {
  enroll(11);
  start();
  auto client = greeted(11);
  constexpr std::size_t kCount = 200;
  Bytes all;
  for (const SealedBatch& batch : batches(11, kCount, 1)) all += encode_message(frame(batch));
  ASSERT_TRUE(client->send(BytesView(all)));
  for (std::size_t i = 1; i <= kCount; ++i) {
    auto ack = receive<Ack>(*client);
    ASSERT_TRUE(ack.has_value());
    ASSERT_EQ(ack->number, BatchNumber(i));
  }
}

TEST_F(ListenerTest, AFrameMayArriveByteByByte) {
  enroll(11);
  start();
  auto client = greeted(11);
  for (char byte : encode_message(frame(batches(11, 1, 1)[0]))) {
    ASSERT_TRUE(client->send(BytesView(&byte, 1)));
  }
  EXPECT_TRUE(receive<Ack>(*client).has_value());
}

TEST_F(ListenerTest, AReplayAfterReconnectingGetsTheSameAnswer) {
  enroll(11);
  start();
  SealedBatch batch = batches(11, 1)[0];
  auto first = greeted(11);
  ASSERT_TRUE(first->send(frame(batch)));
  Ack ack = receive<Ack>(*first).value();
  first->close();
  auto second = greeted(11);
  ASSERT_TRUE(second->send(frame(batch)));
  EXPECT_EQ(encode_message(*receive<Ack>(*second)), encode_message(ack));
  EXPECT_EQ(ledger_size(), 3u);
  EXPECT_THAT(metrics_text(), HasSubstr("batches_total{outcome=\"repeated\"} 1"));
  EXPECT_THAT(metrics_text(), HasSubstr("plumbline_collector_events_total 3"));
}

TEST_F(ListenerTest, TheWelcomeTellsWhereTheLedgerStands) {
  enroll(11);
  start();
  auto sent = batches(11, 2);
  auto first = greeted(11);
  for (const SealedBatch& batch : sent) {
    ASSERT_TRUE(first->send(frame(batch)));
    ASSERT_TRUE(receive<Ack>(*first).has_value());
  }
  TlsClient second(listener_->address());
  ASSERT_TRUE(second.send(Message(hello(second, 11))));
  auto welcome = receive<Welcome>(second);
  ASSERT_TRUE(welcome.has_value());
  EXPECT_EQ(welcome->head, BatchNumber(2));
  EXPECT_EQ(welcome->head_hash, batch_hash(sent[1].head.header));
  EXPECT_EQ(welcome->next_sequence, Sequence(7));
}

TEST_F(ListenerTest, UnknownOptionalFramesAreSkipped) {
  enroll(11);
  start();
  auto client = greeted(11);
  Bytes optional;
  append_u32(optional, 4);
  append_u8(optional, 200);
  optional += "what";
  ASSERT_TRUE(client->send(BytesView(optional)));
  ASSERT_TRUE(client->send(Message(Heartbeat{Sequence(1)})));
  ASSERT_TRUE(client->send(frame(batches(11, 1)[0])));
  EXPECT_TRUE(receive<Ack>(*client).has_value());
}

TEST_F(ListenerTest, AgentsAreServedSideBySide) {
  constexpr std::uint8_t kFirst = 11, kLast = 16;
  for (std::uint8_t seed = kFirst; seed <= kLast; ++seed) enroll(seed);
  start();
  std::vector<std::thread> agents;
  for (std::uint8_t seed = kFirst; seed <= kLast; ++seed) {
    agents.emplace_back([this, seed] {
      auto client = greeted(seed);
      for (const SealedBatch& batch : batches(seed, 20)) {
        ASSERT_TRUE(client->send(frame(batch)));
        ASSERT_TRUE(receive<Ack>(*client).has_value());
      }
    });
  }
  for (std::thread& agent : agents) agent.join();
  EXPECT_EQ(ledger_size(), 1 + 6 + 6 * 20u);
}

TEST_F(ListenerTest, DrainingEndsIdleSessionsAndFreesThePort) {
  enroll(11);
  start();
  auto client = greeted(11);
  NetAddress address = listener_->address();
  listener_->stop_accepting();
  listener_->drain(Duration{5000});
  EXPECT_TRUE(client->closed_within(5000));
  EXPECT_THAT(metrics_text(), HasSubstr("plumbline_collector_sessions 0"));
  config_.address = address;
  EXPECT_TRUE(CollectorListener::bind(config_, identity_, metrics_, system_clock()).ok());
}

TEST_F(ListenerTest, DrainingDoesNotWaitForAPeerThatNeverCloses) {
  enroll(11);
  config_.linger = Duration{60'000};
  start();
  auto client = greeted(11);
  listener_->drain(Duration{50});
  EXPECT_THAT(metrics_text(), HasSubstr("plumbline_collector_sessions 0"));
}

TEST_F(ListenerTest, DrainingUnderLoadLosesNothingThatWasAcknowledged) {
  enroll(11);
  start();
  auto client = greeted(11);
  Bytes all;
  for (const SealedBatch& batch : batches(11, 300, 1)) all += encode_message(frame(batch));
  ASSERT_TRUE(client->send(BytesView(all)));
  ASSERT_TRUE(receive<Ack>(*client).has_value());
  std::uint64_t acknowledged = 1;
  listener_->stop_accepting();
  std::thread drains([this] { listener_->drain(Duration{10'000}); });
  while (true) {
    auto ack = receive<Ack>(*client);
    if (!ack.has_value()) break;
    EXPECT_EQ(ack->number, BatchNumber(++acknowledged));
  }
  client->close();
  drains.join();
  EXPECT_EQ(
      writer_->stream(stream_id(samples::key(11).public_key(), samples::outlet("a")))->head.value,
      ledger_size() - 2);
  EXPECT_GE(ledger_size() - 2, acknowledged);
}

TEST_F(ListenerTest, AListenerThatNeverStartedCanGo) {
  auto bound = CollectorListener::bind(config_, identity_, metrics_, system_clock());
  ASSERT_TRUE(bound.ok());
  EXPECT_NE((*bound)->address().port, 0);
}

}  // namespace
}  // namespace plumbline
