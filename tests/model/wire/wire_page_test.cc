// SPDX-License-Identifier: Apache-2.0
// The bytes in docs/formats/wire.md are the bytes that this program makes.
#include <gtest/gtest.h>

#include "model/wire/session.h"
#include "tests/support/wire/doc_blocks.h"
#include "tests/support/wire/example.h"

namespace plumbline {
namespace {

Bytes counting_bytes(std::size_t count) {
  Bytes out;
  for (std::size_t i = 0; i < count; ++i) out.push_back(static_cast<char>(i));
  return out;
}

std::map<std::string, Bytes> made() {
  SealedBatch batch = samples::example_batch();
  PrivateKey agent = samples::key(7);
  Bytes exporter = counting_bytes(32);
  Hello hello;
  hello.software = "plumb-agent 0.1.0";
  hello.key = agent.public_key();
  hello.outlet = samples::outlet("isd");
  hello.proof = agent.sign(hello_signed_bytes(exporter));
  Token token{counting_bytes(16), samples::hash_of("SubjectPublicKeyInfo")};
  return {
      {"seed", agent.seed()},
      {"public key", Bytes(agent.public_key().view())},
      {"stream", Bytes(batch.header.stream.view())},
      {"content", batch.content},
      {"header", batch.head.header},
      {"signature", Bytes(batch.head.signature.view())},
      {"head", encode_head(batch.head)},
      {"batch hash", Bytes(batch_hash(batch.head.header).view())},
      {"exporter", exporter},
      {"hello", encode_message(hello)},
      {"ack",
       encode_message(Ack{BatchNumber(1), LedgerIndex(4), samples::at("2026-01-05T09:11:02Z")})},
      {"refused", encode_message(Refused{BatchNumber(2), "conflict", "no", 200})},
      {"token", format_token(token) + "\n"},
  };
}

TEST(WirePage, ExamplesAreWhatTheProgramMakes) {
  std::map<std::string, Bytes> page = samples::doc_blocks("wire.md");
  for (const auto& [name, bytes] : made()) {
    EXPECT_TRUE(page.contains(name) && page[name] == bytes)
        << samples::as_block(name, bytes) << bytes;
    page.erase(name);
  }
  for (const auto& [name, bytes] : page) ADD_FAILURE() << "nothing makes the example " << name;
}

TEST(WirePage, TheExampleDecodes) {
  std::map<std::string, Bytes> page = samples::doc_blocks("wire.md");
  SealedBatch batch = decode_sealed(page["head"] + page["content"]).value();
  PublicKey key = PublicKey::from(page["public key"], "key").value();
  EXPECT_TRUE(verify_batch(batch, key).ok());
  EXPECT_EQ(events_of(decode_content(batch.content, batch.header.count).value()),
            samples::example_events());
}

}  // namespace
}  // namespace plumbline
