// SPDX-License-Identifier: Apache-2.0
// Agents over real TLS that do what they should not. Deadlines are set so short that the listener
// reaches them by itself; no test waits for longer than it must.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "collector/listener.h"
#include "tests/support/collector/served_ledger.h"

namespace plumbline {
namespace {

using ::testing::HasSubstr;
using testing::TlsClient;

class ListenerFaultsTest : public testing::ServedLedger {
 protected:
  void TearDown() override {
    // Drained first, so that everything is counted.
    std::string expected = expected_metric_;
    if (listener_) listener_->drain(Duration{5000});
    if (!expected.empty()) {
      EXPECT_THAT(metrics_text(), HasSubstr("plumbline_collector_" + expected));
    }
    EXPECT_THAT(metrics_text(), HasSubstr("plumbline_collector_sessions 0"));
  }

  std::string expected_metric_;
};

TEST_F(ListenerFaultsTest, APortInUseIsTold) {
  start();
  config_.address = listener_->address();
  auto second = CollectorListener::bind(config_, identity_, metrics_, system_clock());
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code(), Code::kExists);
  EXPECT_THAT(second.error().sentence(), HasSubstr(config_.address.text()));
}

TEST_F(ListenerFaultsTest, AnAddressOfAnotherMachineIsTold) {
  config_.address = {"192.0.2.1", 0};
  auto bound = CollectorListener::bind(config_, identity_, metrics_, system_clock());
  ASSERT_FALSE(bound.ok());
  EXPECT_EQ(bound.error().code(), Code::kIo);
}

TEST_F(ListenerFaultsTest, AnIdentityThatIsNoneIsTold) {
  identity_.key_pem = "no key";
  auto bound = CollectorListener::bind(config_, identity_, metrics_, system_clock());
  ASSERT_FALSE(bound.ok());
  EXPECT_EQ(bound.error().code(), Code::kCorrupt);
}

TEST_F(ListenerFaultsTest, OlderTlsIsRefused) {
  start();
  TlsClient client(listener_->address(), TlsClient::Tls::kOldVersion);
  EXPECT_FALSE(client.connected());
  EXPECT_TRUE(client.closed_within(5000));
  expected_metric_ = "protocol_errors_total{reason=\"tls_handshake\"} 1";
}

TEST_F(ListenerFaultsTest, AHalfHandshakeIsCutOff) {
  config_.handshake = Duration{50};
  start();
  TlsClient client(listener_->address(), TlsClient::Tls::kNone);
  EXPECT_TRUE(client.send_plain("\x16\x03\x01"));
  EXPECT_TRUE(client.closed_within(5000));
  expected_metric_ = "protocol_errors_total{reason=\"tls_handshake\"} 1";
}

TEST_F(ListenerFaultsTest, WhatIsNotTlsIsCutOff) {
  start();
  TlsClient client(listener_->address(), TlsClient::Tls::kNone);
  EXPECT_TRUE(client.send_plain("GET / HTTP/1.1\r\n\r\n"));
  EXPECT_TRUE(client.closed_within(5000));
  expected_metric_ = "protocol_errors_total{reason=\"tls_handshake\"} 1";
}

TEST_F(ListenerFaultsTest, WithoutHelloTheSessionEnds) {
  config_.hello = Duration{50};
  start();
  TlsClient client(listener_->address());
  EXPECT_EQ(refusal_code(client), "invalid");
  EXPECT_TRUE(client.closed_within(5000));
  expected_metric_ = "protocol_errors_total{reason=\"hello_timeout\"} 1";
}

TEST_F(ListenerFaultsTest, AGreetedSessionThatFallsSilentEnds) {
  enroll(11);
  config_.hello = Duration{100};
  config_.idle = Duration{100};
  start();
  auto client = greeted(11);
  EXPECT_TRUE(client->closed_within(5000));
}

TEST_F(ListenerFaultsTest, AHelloWithTheProofOfAnotherConnectionIsRefused) {
  enroll(11);
  start();
  TlsClient first(listener_->address());
  Hello stolen = hello(first, 11);
  TlsClient second(listener_->address());
  ASSERT_TRUE(second.send(Message(stolen)));
  EXPECT_EQ(refusal_code(second), "unauthenticated");
  EXPECT_TRUE(second.closed_within(5000));
  expected_metric_ = "refused_total{code=\"unauthenticated\"} 1";
}

TEST_F(ListenerFaultsTest, AKeyThatIsNotEnrolledIsRefused) {
  start();
  TlsClient client(listener_->address());
  ASSERT_TRUE(client.send(Message(hello(client, 11))));
  EXPECT_EQ(refusal_code(client), "unauthenticated");
}

TEST_F(ListenerFaultsTest, AnUnknownTokenIsRefused) {
  start();
  TlsClient client(listener_->address());
  PrivateKey agent = samples::key(11);
  EnrollRequest request{kOldestProtocolVersion,
                        kProtocolVersion,
                        "test",
                        Bytes(16, 'x'),
                        agent.public_key(),
                        agent.sign(hello_signed_bytes(client.exporter()))};
  ASSERT_TRUE(client.send(Message(request)));
  EXPECT_EQ(refusal_code(client), "unauthenticated");
  EXPECT_EQ(ledger_size(), 1u);
}

TEST_F(ListenerFaultsTest, AnOversizedFrameIsRefusedBeforeItsBytes) {
  enroll(11);
  start();
  auto client = greeted(11);
  Bytes head;
  append_u32(head, limits::kMaxFrameBytes + 1);
  append_u8(head, 3);
  ASSERT_TRUE(client->send(BytesView(head)));
  EXPECT_EQ(refusal_code(*client), "exhausted");
  EXPECT_TRUE(client->closed_within(5000));
  expected_metric_ = "protocol_errors_total{reason=\"oversized_frame\"} 1";
}

TEST_F(ListenerFaultsTest, ATruncatedFrameIsCounted) {
  enroll(11);
  start();
  auto client = greeted(11);
  Bytes whole = encode_message(frame(batches(11, 1)[0]));
  ASSERT_TRUE(client->send(BytesView(whole).substr(0, whole.size() / 2)));
  client->end_sending();
  EXPECT_TRUE(client->closed_within(5000));
  expected_metric_ = "protocol_errors_total{reason=\"truncated_frame\"} 1";
}

TEST_F(ListenerFaultsTest, AnUnknownMandatoryFrameEndsTheSession) {
  start();
  TlsClient client(listener_->address());
  Bytes unknown;
  append_u32(unknown, 1);
  append_u8(unknown, 99);
  unknown += "x";
  ASSERT_TRUE(client.send(BytesView(unknown)));
  EXPECT_EQ(refusal_code(client), "invalid");
  expected_metric_ = "protocol_errors_total{reason=\"bad_frame\"} 1";
}

TEST_F(ListenerFaultsTest, AWrongSignatureIsRefusedAndNothingIsWritten) {
  enroll(11);
  start();
  auto client = greeted(11);
  SealedBatch batch = batches(11, 1)[0];
  batch.head.signature = samples::key(12).sign(batch_signed_bytes(batch.head.header));
  ASSERT_TRUE(client->send(frame(batch)));
  EXPECT_EQ(refusal_code(*client), "unauthenticated");
  EXPECT_TRUE(client->closed_within(5000));
  EXPECT_EQ(ledger_size(), 2u);
}

TEST_F(ListenerFaultsTest, AWrongPreviousHashIsEquivocation) {
  enroll(11);
  start();
  auto client = greeted(11);
  SealedBatch first = batches(11, 1)[0];
  ASSERT_TRUE(client->send(frame(first)));
  ASSERT_TRUE(receive<Ack>(*client).has_value());
  BatchHeader header = samples::header_after(first);
  header.previous = samples::hash_of("something else");
  SealedBatch second = seal_batch(header, samples::mixed(1), samples::key(11)).value();
  ASSERT_TRUE(client->send(frame(second)));
  EXPECT_EQ(refusal_code(*client), "conflict");
  expected_metric_ = "batches_total{outcome=\"equivocated\"} 1";
}

TEST_F(ListenerFaultsTest, AReplayedNumberWithOtherContentIsEquivocation) {
  enroll(11);
  start();
  auto client = greeted(11);
  ASSERT_TRUE(client->send(frame(batches(11, 1, 3)[0])));
  ASSERT_TRUE(receive<Ack>(*client).has_value());
  ASSERT_TRUE(client->send(frame(batches(11, 1, 4)[0])));
  EXPECT_EQ(refusal_code(*client), "conflict");
  EXPECT_EQ(ledger_size(), 3u);
  expected_metric_ = "batches_total{outcome=\"equivocated\"} 1";
}

TEST_F(ListenerFaultsTest, AGapIsRefused) {
  enroll(11);
  start();
  auto client = greeted(11);
  ASSERT_TRUE(client->send(frame(batches(11, 2)[1])));
  EXPECT_EQ(refusal_code(*client), "not_found");
  expected_metric_ = "batches_total{outcome=\"gap\"} 1";
}

TEST_F(ListenerFaultsTest, SessionsHaveAQuota) {
  enroll(11);
  config_.max_sessions = 1;
  start();
  auto client = greeted(11);
  TlsClient second(listener_->address());
  EXPECT_FALSE(second.connected());
  ASSERT_TRUE(client->send(frame(batches(11, 1)[0])));
  EXPECT_TRUE(receive<Ack>(*client).has_value());
  expected_metric_ = "refused_total{code=\"exhausted\"} 1";
}

TEST_F(ListenerFaultsTest, APeerThatGoesWithoutAWordHarmsNobody) {
  enroll(11);
  enroll(12);
  start();
  auto rude = greeted(11);
  Bytes all;
  for (const SealedBatch& batch : batches(11, 50)) all += encode_message(frame(batch));
  ASSERT_TRUE(rude->send(BytesView(all)));
  rude.reset();
  auto other = greeted(12);
  ASSERT_TRUE(other->send(frame(batches(12, 1)[0])));
  EXPECT_TRUE(receive<Ack>(*other).has_value());
}

}  // namespace
}  // namespace plumbline
