// SPDX-License-Identifier: Apache-2.0
#include "ledger/entry.h"

#include <gmock/gmock.h>

#include <random>

#include "base/limits.h"
#include "tests/support/wire/samples.h"

namespace plumbline {
namespace {

using testing::HasSubstr;

Entry entry() {
  return {EntryKind::kOffice, samples::at("2026-01-05T09:30:00.123Z"), "payload"};
}

Json json() {
  return Json::object().set("kind", "x").set("n", 7).set("zh", "网点");
}

// A signed record around any text, canonical or not.
Bytes record_around(std::string_view text, const PrivateKey& key) {
  Bytes out;
  append_u32(out, static_cast<std::uint32_t>(text.size()));
  out.append(text);
  append_u8(out, 1);
  append_u16(out, 64);
  out.append(key.sign(Bytes("plumbline/record/v1\0", 20) + Bytes(text)).view());
  return out;
}

TEST(Entry, RoundTrips) {
  for (EntryKind kind : {EntryKind::kGenesis, EntryKind::kBatch, EntryKind::kOffice}) {
    Entry original = entry();
    original.kind = kind;
    Bytes bytes = encode_entry(original);
    EXPECT_EQ(bytes.size(), kEntryHeaderBytes + 7);
    Entry decoded = decode_entry(bytes).value();
    EXPECT_EQ(decoded.kind, kind);
    EXPECT_EQ(decoded.recorded_at, original.recorded_at);
    EXPECT_EQ(decoded.payload, "payload");
  }
}

TEST(Entry, BytesAreVersionKindTimePayload) {
  EXPECT_EQ(to_hex(encode_entry({EntryKind::kBatch, Instant{0x0102030405}, "P"})),
            "0102000000010203040550");
  EXPECT_EQ(to_hex(encode_entry({EntryKind::kGenesis, Instant{-1}, "P"})),
            "0101ffffffffffffffff50");
  EXPECT_EQ(decode_entry(from_hex("0101ffffffffffffffff50").value())->recorded_at, Instant{-1});
}

TEST(Entry, EveryPrefixWithoutAPayloadIsRefused) {
  Bytes bytes = encode_entry(entry());
  for (std::size_t size = 0; size <= kEntryHeaderBytes; ++size) {
    EXPECT_FALSE(decode_entry(bytes.substr(0, size)).ok()) << size;
  }
}

TEST(Entry, OtherVersionsKindsAndTimesAreRefused) {
  Bytes bytes = encode_entry(entry());
  for (int version : {0, 2, 255}) {
    Bytes other = bytes;
    other[0] = static_cast<char>(version);
    EXPECT_EQ(decode_entry(other).error().code(), Code::kUnsupported);
  }
  for (int kind : {0, 4, 255}) {
    Bytes other = bytes;
    other[1] = static_cast<char>(kind);
    EXPECT_EQ(decode_entry(other).error().code(), Code::kUnsupported);
  }
  Bytes late = bytes;
  late[2] = 0x7f;
  EXPECT_THAT(decode_entry(late).error().sentence(), HasSubstr("1900 to 2199"));
}

TEST(Entry, KindsHaveNames) {
  EXPECT_EQ(entry_kind_name(EntryKind::kGenesis), "genesis");
  EXPECT_EQ(entry_kind_name(EntryKind::kBatch), "batch");
  EXPECT_EQ(entry_kind_name(EntryKind::kOffice), "office");
}

TEST(Leaf, IsTheHashBehindAZeroByte) {
  EXPECT_EQ(leaf_hash("E0").hex(),
            "8e827de3230c621cf97105a7a86877cfa65335d8b82f93dd3ae8d982318f7357");
  EXPECT_EQ(leaf_hash("E0"), sha256(Bytes("\0E0", 3)));
}

TEST(Record, RoundTripsAndVerifies) {
  PrivateKey key = samples::key(1);
  Bytes payload = encode_record(json(), key);
  SignedRecord record = decode_record(payload).value();
  EXPECT_EQ(record.json, json());
  EXPECT_EQ(record.json_bytes, json().text());
  EXPECT_TRUE(verify_record(record, key.public_key()));
  EXPECT_FALSE(verify_record(record, samples::key(2).public_key()));
  EXPECT_EQ(payload, record_around(json().text(), key));
}

TEST(Record, JsonThatIsNotCanonicalIsRefused) {
  PrivateKey key = samples::key(1);
  for (const char* text : {R"({"kind": "x"})", R"({"n":7,"kind":"x"})", R"({"kind":"\u0078"})",
                           R"({"kind":"x"} )", R"({"n":-0})", R"({"a":"\/"})"}) {
    Result<SignedRecord> record = decode_record(record_around(text, key));
    ASSERT_FALSE(record.ok()) << text;
    EXPECT_EQ(record.error().code(), Code::kInvalid) << text;
  }
  for (const char* text :
       {R"({"n":1.0})", R"({"n":1e3})", R"({"a":1,"a":1})", "", "{", "nul", "{\"a\":\"\xff\"}"}) {
    EXPECT_FALSE(decode_record(record_around(text, key)).ok()) << text;
  }
}

TEST(Record, EveryPrefixAndAByteMoreAreRefused) {
  Bytes payload = encode_record(json(), samples::key(1));
  for (std::size_t size = 0; size < payload.size(); ++size) {
    EXPECT_FALSE(decode_record(payload.substr(0, size)).ok()) << size;
  }
  EXPECT_THAT(decode_record(payload + "x").error().sentence(), HasSubstr("1 bytes follow"));
}

TEST(Record, OtherAlgorithmsAndSizesAreRefused) {
  Bytes payload = encode_record(json(), samples::key(1));
  std::size_t behind = payload.size() - 67;
  Bytes algorithm = payload;
  algorithm[behind] = 2;
  EXPECT_EQ(decode_record(algorithm).error().code(), Code::kUnsupported);
  Bytes size = payload;
  size[behind + 2] = 63;
  EXPECT_EQ(decode_record(size).error().code(), Code::kInvalid);
  Bytes large;
  append_u32(large, static_cast<std::uint32_t>(limits::kMaxOfficeRecordBytes + 1));
  EXPECT_THAT(decode_record(large).error().sentence(), HasSubstr("at most 8388608"));
}

TEST(Record, EveryFlippedBitIsNoticed) {
  PrivateKey key = samples::key(1);
  const Bytes payload = encode_record(json(), key);
  for (std::size_t bit = 0; bit < payload.size() * 8; ++bit) {
    Bytes flipped = payload;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ 1 << bit % 8);
    Result<SignedRecord> record = decode_record(flipped);
    if (!record.ok()) continue;
    EXPECT_FALSE(verify_record(*record, key.public_key())) << bit;
  }
}

TEST(Record, MutationsAreSafe) {
  std::mt19937_64 random(1);
  const Bytes payload = encode_record(json(), samples::key(1));
  for (int round = 0; round < 20'000; ++round) {
    Bytes mutated = payload;
    for (int i = 0; i <= round % 4; ++i) {
      mutated[random() % mutated.size()] = static_cast<char>(random());
    }
    mutated.resize(random() % (mutated.size() + 1));
    (void)decode_entry(mutated).ok();
    (void)decode_record(mutated).ok();
  }
}

}  // namespace
}  // namespace plumbline
