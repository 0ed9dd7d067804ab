// SPDX-License-Identifier: Apache-2.0
// Proofs and versions over a real TLS connection.
#include <gmock/gmock.h>

#include <atomic>

#include "tests/support/collector/served_ledger.h"

namespace plumbline {
namespace {

using namespace testing;  // NOLINT: the project's own test support
using ::testing::HasSubstr;

class ListenerProofs : public ServedLedger {
 protected:
  ListenerProofs() { enroll(11); }

  // A client whose hello says these versions, and what it is answered.
  std::optional<Message> answer_to(std::uint32_t oldest, std::uint32_t newest, TlsClient& client) {
    Hello said = hello(client, 11);
    said.version = oldest;
    said.newest = newest;
    EXPECT_TRUE(client.send(Message(said)));
    return client.receive();
  }
};

TEST_F(ListenerProofs, AnOlderAndANewerAgentWork) {
  start();
  auto version = [&](std::uint32_t oldest, std::uint32_t newest) -> std::uint32_t {
    TlsClient client(listener_->address());
    auto answer = answer_to(oldest, newest, client);
    const auto* welcome = answer ? std::get_if<Welcome>(&*answer) : nullptr;
    return welcome == nullptr ? 0 : welcome->version;
  };
  EXPECT_EQ(version(1, 1), 1u);
  EXPECT_EQ(version(1, 2), 2u);
  EXPECT_EQ(version(1, 7), 2u);
  EXPECT_EQ(version(2, 7), 2u);
  // Batches are taken from the older one as before.
  TlsClient old(listener_->address());
  ASSERT_TRUE(answer_to(1, 1, old).has_value());
  ASSERT_TRUE(old.send(frame(batches(11, 1).front())));
  EXPECT_TRUE(receive<Ack>(old).has_value());
}

TEST_F(ListenerProofs, AnAgentThatSharesNoVersionIsToldAndCounted) {
  start();
  TlsClient client(listener_->address());
  auto answer = answer_to(3, 7, client);
  ASSERT_TRUE(answer.has_value() && std::holds_alternative<Refused>(*answer));
  EXPECT_EQ(std::get<Refused>(*answer).code, "unsupported");
  EXPECT_THAT(std::get<Refused>(*answer).sentence, HasSubstr("update"));
  EXPECT_FALSE(client.receive().has_value());
  listener_->drain(Duration{2000});
  EXPECT_THAT(metrics_text(),
              HasSubstr("plumbline_collector_protocol_errors_total{reason=\"bad_version\"} 1"));
}

TEST_F(ListenerProofs, ProofsAreAnsweredOrPutOff) {
  std::atomic<int> asked = 0;
  std::string shown;
  prove_ = [&](const StreamId& stream, const ProofRequest& request) -> Result<Proofs> {
    EXPECT_EQ(stream, stream_id(samples::key(11).public_key(), samples::outlet("a")));
    if (++asked == 1) return Error(Code::kUnavailable, "no checkpoint has been signed yet");
    Proofs proofs;
    proofs.checkpoint = "note";
    proofs.held = request.held;
    return proofs;
  };
  show_ = [&](const std::string& note) { shown = note; };
  start();
  TlsClient client(listener_->address());
  Hello said = hello(client, 11);
  said.checkpoint = "a checkpoint that is held";
  ASSERT_TRUE(client.send(Message(said)));
  ASSERT_TRUE(receive<Welcome>(client).has_value());
  ASSERT_TRUE(client.send(Message(ProofRequest{LedgerSize(3), BatchNumber(1), 2})));
  auto later = receive<Refused>(client);
  ASSERT_TRUE(later.has_value());
  EXPECT_EQ(later->retry_after_ms, config_.machine.retry_proofs_ms);
  ASSERT_TRUE(client.send(Message(ProofRequest{LedgerSize(3), BatchNumber(1), 2})));
  auto proofs = receive<Proofs>(client);
  ASSERT_TRUE(proofs.has_value());
  EXPECT_EQ(proofs->held, LedgerSize(3));
  listener_->drain(Duration{2000});
  EXPECT_EQ(shown, said.checkpoint);
}

}  // namespace
}  // namespace plumbline
