// SPDX-License-Identifier: Apache-2.0
#include "model/wire/transport.h"

#include <gmock/gmock.h>

#include "tests/support/wire/samples.h"

namespace plumbline {
namespace {

using ::testing::HasSubstr;

TransportFile transport() {
  TransportFile file;
  file.ledger_id = "00112233445566778899aabbccddeeff";
  file.outlet = samples::outlet("isd");
  file.key = samples::key(7).public_key();
  file.held = LedgerSize(12);
  file.made = samples::at("2026-01-05T09:11:00Z");
  file.batches = {Bytes("one"), Bytes("two\0", 4)};
  return file;
}

ReceiptFile receipt() {
  ReceiptFile file;
  file.ledger_id = "00112233445566778899aabbccddeeff";
  file.stream = transport().stream();
  file.made = samples::at("2026-01-06T09:11:00Z");
  file.acks = {{BatchNumber(1), LedgerIndex(4), samples::at("2026-01-06T09:10:00Z")},
               {BatchNumber(2), LedgerIndex(5), samples::at("2026-01-06T09:10:01Z")}};
  file.refused = Refused{BatchNumber(3), "conflict", "it contradicts", std::nullopt};
  Proofs proofs;
  proofs.checkpoint = "note";
  proofs.batches = {{BatchNumber(1),
                     LedgerIndex(4),
                     samples::at("2026-01-06T09:10:00Z"),
                     {samples::hash_of("a")}}};
  file.proofs = {proofs};
  return file;
}

TEST(TransportTest, AFileArrivesAsItWasMade) {
  TransportFile read = decode_transport(encode_transport(transport())).value();
  EXPECT_EQ(read.ledger_id, transport().ledger_id);
  EXPECT_EQ(read.outlet, transport().outlet);
  EXPECT_EQ(read.key, transport().key);
  EXPECT_EQ(read.held, LedgerSize(12));
  EXPECT_EQ(read.made, transport().made);
  EXPECT_EQ(read.batches, transport().batches);
}

TEST(TransportTest, AReceiptArrivesAsItWasMade) {
  ReceiptFile read = decode_receipt(encode_receipt(receipt())).value();
  EXPECT_EQ(read.stream, receipt().stream);
  ASSERT_EQ(read.acks.size(), 2u);
  EXPECT_EQ(read.acks[1].index, LedgerIndex(5));
  EXPECT_EQ(read.refused->sentence, "it contradicts");
  ASSERT_EQ(read.proofs.size(), 1u);
  EXPECT_EQ(read.proofs[0].batches, receipt().proofs[0].batches);
  EXPECT_EQ(encode_receipt(read), encode_receipt(receipt()));
}

// A file on a stick is cut off, or a byte of it turns: never is a part of it taken for the whole.
TEST(TransportTest, EveryCutAndEveryFlippedByteIsFound) {
  for (const Bytes& good : {encode_transport(transport()), encode_receipt(receipt())}) {
    auto refused = [](const Bytes& bytes) {
      return !decode_transport(bytes).ok() && !decode_receipt(bytes).ok();
    };
    for (std::size_t size = 0; size < good.size(); ++size) {
      EXPECT_TRUE(refused(good.substr(0, size))) << size;
      Bytes flipped = good;
      flipped[size] = static_cast<char>(flipped[size] ^ 1);
      EXPECT_TRUE(refused(flipped)) << size;
    }
    EXPECT_TRUE(refused(good + "x"));
  }
}

// The same file with other parts, and a hash that holds.
Bytes with_body(std::string_view title, const Bytes& parts) {
  Bytes out(title);
  out += parts;
  Hash hash = sha256(out);
  append_u32(out, Hash::size);
  append_u8(out, 65);
  out.append(hash.view());
  return out;
}

Bytes head_part(std::string_view json) {
  Bytes out;
  append_u32(out, static_cast<std::uint32_t>(json.size()));
  append_u8(out, 64);
  out.append(json);
  return out;
}

TEST(TransportTest, WhatHasNoPlaceIsRefusedAndNamed) {
  const std::string stream(32, '1');
  const Bytes head =
      head_part(R"({"ledger_id":"x","made":"2026-01-05T09:11:00Z","stream":")" + stream + "\"}");
  auto error = [](const Bytes& parts) {
    Result<ReceiptFile> read = decode_receipt(with_body("plumbline/receipt/v1\n", parts));
    return read.ok() ? "accepted" : read.error().text();
  };
  EXPECT_EQ(error(head), "accepted");
  EXPECT_THAT(error(""), HasSubstr("the size of a part"));
  EXPECT_THAT(error(encode_message(receipt().acks[0])), HasSubstr("does not begin with its head"));
  EXPECT_THAT(error(head + encode_message(Heartbeat{Sequence(1)})), HasSubstr("holds acknow"));
  Bytes refusal = encode_message(*receipt().refused);
  EXPECT_THAT(error(head + refusal + refusal), HasSubstr("at most one refusal"));
  EXPECT_THAT(error(head + head), HasSubstr("type 64"));
  EXPECT_THAT(error(head_part(R"({"made":"x"})")), HasSubstr("ledger_id"));
  EXPECT_THAT(error(head_part(R"({"extra":1})")), HasSubstr("\"extra\""));
  EXPECT_THAT(error(head_part("[]")), HasSubstr("no JSON object"));
  Result<TransportFile> other = decode_transport(encode_receipt(receipt()));
  EXPECT_THAT(other.error().text(), HasSubstr("no transport file"));
}

}  // namespace
}  // namespace plumbline
