// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_TESTS_SUPPORT_COLLECTOR_SERVED_LEDGER_H_
#define PLUMBLINE_TESTS_SUPPORT_COLLECTOR_SERVED_LEDGER_H_

#include <gtest/gtest.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <memory>
#include <string>
#include <vector>

#include "collector/listener.h"
#include "ledger/entry.h"
#include "model/office_record.h"
#include "store/sqlite/ledger_db.h"
#include "tests/support/collector/tls_client.h"
#include "tests/support/temp_folder.h"
#include "tests/support/wire/samples.h"

namespace plumbline::testing {

// A listener on a real SQLite ledger, and agents that speak to it. The keys 11, 12, ... may be
// enrolled for outlet "a" by the token of 16 bytes 't'.
class ServedLedger : public ::testing::Test {
 protected:
  ServedLedger() {
    config_.address = {"127.0.0.1", 0};
    config_.linger = Duration{500};
    identity_ = make_tls_identity("test", samples::at("2026-01-05T09:00:00Z")).value();
    writer_ = open_sqlite_writer(folder_.path("ledger.db"), system_clock(), nullptr).value();
    Genesis genesis;
    genesis.ledger_id = "00112233445566778899aabbccddeeff";
    genesis.network = "test";
    genesis.office_key = samples::key(1).public_key();
    genesis.checkpoint_key = samples::key(2).public_key();
    append(EntryKind::kGenesis, genesis);
  }

  void append(EntryKind kind, decltype(OfficeRecord::body) body) {
    Json json = to_json({"os:clerk", "test", std::move(body)});
    EXPECT_TRUE(writer_->append(kind, encode_record(json, samples::key(1))).ok());
  }

  void enroll(std::uint8_t seed) {
    PublicKey agent = samples::key(seed).public_key();
    OutletId outlet = samples::outlet("a");
    append(EntryKind::kOffice,
           KeyEnrolled{agent, outlet, stream_id(agent, outlet), SourceKind::kAgent, false,
                       samples::hash_of("token"), "test"});
  }

  // With another writer than the ledger's own: one in front of it.
  void start() { start(*writer_); }
  void start(LedgerWriter& writer) {
    listener_ = CollectorListener::bind(config_, identity_, metrics_, system_clock()).value();
    CollectorBackend backend;
    backend.writer = &writer;
    backend.position = position_;
    backend.enroll = [this](const EnrollRequest& request) -> Result<Enrolled> {
      if (request.token_secret != Bytes(16, 't')) {
        return Error(Code::kUnauthenticated, "the enrolment token is not known here");
      }
      KeyEnrolled record;
      record.key = request.key;
      record.outlet = samples::outlet("a");
      record.stream = stream_id(request.key, record.outlet);
      append(EntryKind::kOffice, record);
      Enrolled enrolled;
      enrolled.ledger_id = "00112233445566778899aabbccddeeff";
      enrolled.outlet = record.outlet;
      return enrolled;
    };
    backend.offer = [] {
      return SessionOffer{"00112233445566778899aabbccddeeff", samples::hash_of("events"), {}};
    };
    backend.prove = prove_;
    backend.show = show_;
    listener_->start(std::move(backend));
  }

  static Hello hello(const TlsClient& client, std::uint8_t seed) {
    PrivateKey agent = samples::key(seed);
    return {kOldestProtocolVersion,
            kProtocolVersion,
            "test",
            agent.public_key(),
            samples::outlet("a"),
            agent.sign(hello_signed_bytes(client.exporter()))};
  }

  // A client that has been welcomed.
  std::unique_ptr<TlsClient> greeted(std::uint8_t seed, const std::string& from = "") {
    auto client =
        std::make_unique<TlsClient>(listener_->address(), TlsClient::Tls::kHandshake, from);
    EXPECT_TRUE(client->send(Message(hello(*client, seed))));
    auto welcome = client->receive();
    EXPECT_TRUE(welcome.has_value() && std::holds_alternative<Welcome>(*welcome));
    return client;
  }

  // `count` batches of key `seed`'s stream, from its beginning.
  static std::vector<SealedBatch> batches(std::uint8_t seed, std::size_t count,
                                          std::size_t events = 3) {
    PrivateKey agent = samples::key(seed);
    std::vector<SealedBatch> made;
    BatchHeader header = samples::header(agent, samples::outlet("a"));
    for (std::size_t i = 0; i < count; ++i) {
      made.push_back(seal_batch(header, samples::mixed(events), agent).value());
      header = samples::header_after(made.back());
    }
    return made;
  }

  static Message frame(const SealedBatch& batch) { return BatchFrame{encode_sealed(batch)}; }

  template <typename Kind>
  static std::optional<Kind> receive(TlsClient& client) {
    auto message = client.receive();
    if (!message.has_value() || !std::holds_alternative<Kind>(*message)) return std::nullopt;
    return std::get<Kind>(*message);
  }

  static std::string refusal_code(TlsClient& client) {
    auto refused = receive<Refused>(client);
    return refused.has_value() ? refused->code : "no refusal";
  }

  std::string metrics_text() const {
    return prometheus::TextSerializer().Serialize(registry_->Collect());
  }

  std::uint64_t ledger_size() {
    return open_sqlite_reader(folder_.path("ledger.db")).value()->size()->value;
  }

  PrivateFolder folder_;
  std::shared_ptr<prometheus::Registry> registry_ = std::make_shared<prometheus::Registry>();
  CollectorMetrics metrics_{*registry_};
  std::function<Result<Proofs>(const StreamId&, const ProofRequest&)> prove_ =
      [](const StreamId&, const ProofRequest&) -> Result<Proofs> {
    return Error(Code::kUnavailable, "no checkpoint has been signed yet");
  };
  std::function<void(const std::string&)> show_ = [](const std::string&) {};
  ListenerConfig config_;
  TlsIdentity identity_;
  std::unique_ptr<LedgerWriter> writer_;
  std::function<std::optional<EvaluatorPosition>()> position_;
  std::unique_ptr<CollectorListener> listener_;
};

}  // namespace plumbline::testing

#endif  // PLUMBLINE_TESTS_SUPPORT_COLLECTOR_SERVED_LEDGER_H_
