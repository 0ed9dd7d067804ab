// SPDX-License-Identifier: Apache-2.0
#include "model/wire/batch.h"

#include <gmock/gmock.h>

#include <functional>
#include <random>

#include "base/limits.h"
#include "model/wire/batch.pb.h"
#include "model/wire/fields.h"
#include "tests/support/wire/samples.h"

namespace plumbline {
namespace {

using testing::HasSubstr;

// A header that seal_batch has filled in, with every field in use.
BatchHeader full_header() {
  PrivateKey key = samples::key(7);
  BatchHeader h = samples::header(key, samples::outlet("isd"));
  h.number = BatchNumber(300);
  h.first = Sequence(70'001);
  h.count = 12;
  h.previous = samples::hash_of("previous");
  h.content_hash = samples::hash_of("content");
  h.content_size = 345;
  h.checkpoint_size = 1'000'000;
  h.checkpoint_root = samples::hash_of("root");
  return h;
}

SealedBatch sealed(std::size_t events = 3) {
  PrivateKey key = samples::key(7);
  return seal_batch(samples::header(key, samples::outlet("isd")), samples::mixed(events), key)
      .value();
}

TEST(Header, RoundTrips) {
  BatchHeader h = full_header();
  EXPECT_EQ(decode_header(encode_header(h)).value(), h);
  h.number = BatchNumber(1);
  h.previous = {};
  h.checkpoint_size = 0;
  h.checkpoint_root = {};
  h.events_hash = {};
  h.boot_id = {};
  h.wall = Instant{-1};
  h.monotonic_ms = -5;
  EXPECT_EQ(decode_header(encode_header(h)).value(), h);
}

// The schema file and the code are two descriptions of the same bytes.
TEST(Header, IsTheMessageOfTheSchema) {
  BatchHeader h = full_header();
  Bytes bytes = encode_header(h);
  wire::Header message;
  ASSERT_TRUE(message.ParseFromString(bytes));
  EXPECT_EQ(message.version(), 1u);
  EXPECT_EQ(message.hash_algorithm(), 1u);
  EXPECT_EQ(message.signature_algorithm(), 1u);
  EXPECT_EQ(message.stream(), h.stream.view());
  EXPECT_EQ(message.outlet(), "isd");
  EXPECT_EQ(message.number(), 300u);
  EXPECT_EQ(message.first(), 70'001u);
  EXPECT_EQ(message.count(), 12u);
  EXPECT_EQ(message.previous(), h.previous.view());
  EXPECT_EQ(message.content_hash(), h.content_hash.view());
  EXPECT_EQ(message.content_size(), 345u);
  EXPECT_EQ(message.events_hash(), h.events_hash.view());
  EXPECT_EQ(message.checkpoint_size(), 1'000'000u);
  EXPECT_EQ(message.checkpoint_root(), h.checkpoint_root.view());
  EXPECT_EQ(message.wall_ms(), h.wall.ms);
  EXPECT_EQ(message.monotonic_ms(), h.monotonic_ms);
  EXPECT_EQ(message.boot_id(), Bytes("\1\2\3\4\5\6\7\10"));
  EXPECT_EQ(message.SerializeAsString(), bytes);
}

struct BadHeader {
  const char* name;
  std::function<void(BatchHeader&)> spoil;
  const char* sentence;
};

const BadHeader kBadHeaders[] = {
    {"no events", [](BatchHeader& h) { h.count = 0; }, "says 0 events"},
    {"4097 events", [](BatchHeader& h) { h.count = 4097; }, "4097 events, a batch has 1 to 4096"},
    {"number 0", [](BatchHeader& h) { h.number = BatchNumber(0); }, "batch number is 0"},
    {"number beyond", [](BatchHeader& h) { h.number = BatchNumber((1ull << 62) + 1); }, "2^62"},
    {"first 0", [](BatchHeader& h) { h.first = Sequence(0); }, "first sequence is 0"},
    {"first beyond", [](BatchHeader& h) { h.first = Sequence(~0ull); }, "first sequence"},
    {"no outlet", [](BatchHeader& h) { h.outlet = {}; }, "no outlet"},
    {"no stream", [](BatchHeader& h) { h.stream = {}; }, "no stream"},
    {"no content", [](BatchHeader& h) { h.content_size = 0; }, "0 bytes of content"},
    {"large content", [](BatchHeader& h) { h.content_size = (1 << 20) + 1; }, "1048577 bytes"},
    {"no content hash", [](BatchHeader& h) { h.content_hash = {}; }, "no content hash"},
    {"no previous", [](BatchHeader& h) { h.previous = {}; }, "300 lacks the hash"},
    {"previous of the first", [](BatchHeader& h) { h.number = BatchNumber(1); }, "must not have"},
    {"size without root", [](BatchHeader& h) { h.checkpoint_root = {}; }, "both or neither"},
    {"root without size", [](BatchHeader& h) { h.checkpoint_size = 0; }, "both or neither"},
    {"checkpoint beyond", [](BatchHeader& h) { h.checkpoint_size = ~0ull; }, "2^62"},
    {"wall too early", [](BatchHeader& h) { h.wall.ms = -2'208'988'800'001; }, "1900 to 2199"},
    {"wall too late", [](BatchHeader& h) { h.wall.ms = 7'258'118'400'000; }, "1900 to 2199"},
};

TEST(Header, RefusesWhatASealedBatchCannotSay) {
  for (const BadHeader& bad : kBadHeaders) {
    BatchHeader h = full_header();
    bad.spoil(h);
    Result<BatchHeader> decoded = decode_header(encode_header(h));
    ASSERT_FALSE(decoded.ok()) << bad.name;
    EXPECT_EQ(decoded.error().code(), Code::kInvalid) << bad.name;
    EXPECT_THAT(decoded.error().sentence(), HasSubstr(bad.sentence)) << bad.name;
  }
}

TEST(Header, AcceptsItsLimits) {
  BatchHeader h = full_header();
  h.count = 4096;
  h.number = BatchNumber(1ull << 62);
  h.first = Sequence(1ull << 62);
  h.content_size = 1 << 20;
  h.checkpoint_size = 1ull << 62;
  h.wall.ms = 7'258'118'399'999;
  h.outlet = samples::outlet(std::string(64, 'z'));
  EXPECT_EQ(decode_header(encode_header(h)).value(), h);
  EXPECT_LE(encode_header(h).size(), limits::kMaxHeaderBytes);
}

// Every field of the message, changed to what no header has.
TEST(Header, RefusesOtherForms) {
  struct Change {
    const char* name;
    std::function<void(wire::Header&)> change;
    Code code;
  };
  const Change kChanges[] = {
      {"version 2", [](auto& m) { m.set_version(2); }, Code::kUnsupported},
      {"no version", [](auto& m) { m.clear_version(); }, Code::kInvalid},
      {"hash 2", [](auto& m) { m.set_hash_algorithm(2); }, Code::kUnsupported},
      {"no hash", [](auto& m) { m.clear_hash_algorithm(); }, Code::kInvalid},
      {"signature 2", [](auto& m) { m.set_signature_algorithm(2); }, Code::kUnsupported},
      {"no signature", [](auto& m) { m.clear_signature_algorithm(); }, Code::kInvalid},
      {"short stream", [](auto& m) { m.mutable_stream()->pop_back(); }, Code::kInvalid},
      {"long stream", [](auto& m) { m.mutable_stream()->push_back('x'); }, Code::kInvalid},
      {"zero stream", [](auto& m) { m.set_stream(std::string(16, '\0')); }, Code::kInvalid},
      {"bad outlet", [](auto& m) { m.set_outlet("ISD"); }, Code::kInvalid},
      {"long outlet", [](auto& m) { m.set_outlet(std::string(65, 'a')); }, Code::kInvalid},
      {"short previous", [](auto& m) { m.set_previous("x"); }, Code::kInvalid},
      {"zero root", [](auto& m) { m.set_checkpoint_root(std::string(32, '\0')); }, Code::kInvalid},
      {"short boot id", [](auto& m) { m.set_boot_id("1234567"); }, Code::kInvalid},
      {"long events hash", [](auto& m) { m.set_events_hash(std::string(33, 'x')); },
       Code::kInvalid},
      {"count wraps", [](auto& m) { m.set_count(0xffffffffu); }, Code::kInvalid},
  };
  for (const Change& change : kChanges) {
    wire::Header message;
    ASSERT_TRUE(message.ParseFromString(encode_header(full_header())));
    change.change(message);
    Result<BatchHeader> decoded = decode_header(message.SerializeAsString());
    ASSERT_FALSE(decoded.ok()) << change.name;
    EXPECT_EQ(decoded.error().code(), change.code) << change.name;
  }
}

TEST(Header, RefusesAFieldItDoesNotKnow) {
  Bytes bytes = encode_header(full_header());
  append_number_field(bytes, 18, 1);
  EXPECT_THAT(decode_header(bytes).error().sentence(), HasSubstr("field 18"));
}

TEST(Header, RefusesASecondSpelling) {
  Bytes bytes = encode_header(full_header());
  EXPECT_FALSE(decode_header(bytes + bytes).ok());
  Bytes padded = bytes;
  padded.replace(1, 1, Bytes("\x81\x00", 2));  // version 1 in two bytes
  EXPECT_FALSE(decode_header(padded).ok());
  Bytes wrong_type = bytes;
  wrong_type[0] = '\x0a';  // version as bytes
  EXPECT_FALSE(decode_header(wrong_type).ok());
}

TEST(Header, RefusesWhatIsTooLong) {
  EXPECT_THAT(decode_header(Bytes(limits::kMaxHeaderBytes + 1, 'x')).error().sentence(),
              HasSubstr("1025 bytes, at most 1024"));
}

TEST(Header, EveryPrefixIsRefused) {
  Bytes bytes = encode_header(full_header());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    Result<BatchHeader> decoded = decode_header(BytesView(bytes).substr(0, size));
    // The last field alone may be missing: a boot id of zero is written by leaving it out.
    if (!decoded.ok()) continue;
    EXPECT_EQ(encode_header(*decoded), bytes.substr(0, size));
  }
}

// Whatever decodes has exactly one spelling: the bytes that were read.
TEST(Header, MutationsAreRefusedOrExact) {
  const Bytes bytes = encode_header(full_header());
  std::mt19937_64 random(20260105);
  for (int round = 0; round < 30'000; ++round) {
    Bytes mutated = bytes;
    for (int i = 0; i <= round % 4; ++i) {
      mutated[random() % mutated.size()] = static_cast<char>(random());
    }
    if (round % 5 == 0) mutated.resize(random() % mutated.size());
    Result<BatchHeader> decoded = decode_header(mutated);
    if (!decoded.ok()) continue;
    EXPECT_EQ(encode_header(*decoded), mutated);
  }
}

TEST(Head, RoundTrips) {
  BatchHead head = sealed().head;
  Bytes bytes = encode_head(head) + "content";
  ByteReader reader(bytes);
  BatchHead decoded = decode_head(reader).value();
  EXPECT_EQ(decoded.header, head.header);
  EXPECT_EQ(decoded.signature, head.signature);
  EXPECT_EQ(reader.rest(), "content");
}

TEST(Head, EveryPrefixIsRefused) {
  Bytes bytes = encode_head(sealed().head);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    ByteReader reader(BytesView(bytes).substr(0, size));
    EXPECT_FALSE(decode_head(reader).ok()) << size;
  }
}

TEST(Head, RefusesOtherSizesAndAlgorithms) {
  Bytes bytes = encode_head(sealed().head);
  std::size_t behind_header = bytes.size() - Signature::size - 3;
  Bytes other_algorithm = bytes;
  other_algorithm[behind_header] = 2;
  ByteReader algorithm(other_algorithm);
  EXPECT_EQ(decode_head(algorithm).error().code(), Code::kUnsupported);
  Bytes short_signature = bytes;
  short_signature[behind_header + 2] = 63;
  ByteReader signature(short_signature);
  EXPECT_EQ(decode_head(signature).error().code(), Code::kInvalid);
  Bytes long_header = bytes;
  long_header[0] = 0x04;
  long_header[1] = 0x01;
  ByteReader header(long_header);
  EXPECT_THAT(decode_head(header).error().sentence(), HasSubstr("1025 bytes, at most 1024"));
}

TEST(Sealed, RoundTripsAndVerifies) {
  PrivateKey key = samples::key(7);
  SealedBatch batch = sealed(20);
  Bytes bytes = encode_sealed(batch);
  SealedBatch decoded = decode_sealed(bytes).value();
  EXPECT_EQ(decoded.header, batch.header);
  EXPECT_EQ(decoded.content, batch.content);
  EXPECT_EQ(encode_sealed(decoded), bytes);
  EXPECT_TRUE(verify_batch(decoded, key.public_key()).ok());
  EXPECT_EQ(decoded.header.count, 20u);
  EXPECT_EQ(events_of(decode_content(decoded.content, 20).value()), samples::mixed(20));
}

TEST(Sealed, EveryPrefixAndAByteMoreAreRefused) {
  Bytes bytes = encode_sealed(sealed());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(decode_sealed(BytesView(bytes).substr(0, size)).ok()) << size;
  }
  EXPECT_THAT(decode_sealed(bytes + "x").error().sentence(), HasSubstr("its header says"));
}

// Each bit of a sealed batch is under the signature, or is the signature, or has one legal value.
TEST(Sealed, EveryFlippedBitIsNoticed) {
  PrivateKey key = samples::key(7);
  const Bytes bytes = encode_sealed(sealed(2));
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    Bytes flipped = bytes;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ 1 << bit % 8);
    Result<SealedBatch> decoded = decode_sealed(flipped);
    if (!decoded.ok()) continue;
    EXPECT_FALSE(verify_batch(*decoded, key.public_key()).ok()) << "bit " << bit;
  }
}

TEST(Verify, TellsWhatIsWrong) {
  PrivateKey key = samples::key(7);
  PrivateKey other = samples::key(8);
  SealedBatch batch = sealed();
  EXPECT_EQ(verify_batch(batch, other.public_key()).error().code(), Code::kUnauthenticated);

  SealedBatch foreign = batch;
  foreign.header.outlet = samples::outlet("elsewhere");
  EXPECT_THAT(verify_batch(foreign, key.public_key()).error().sentence(),
              HasSubstr("its key and outlet make stream"));

  SealedBatch longer = batch;
  longer.content.push_back('x');
  EXPECT_EQ(verify_batch(longer, key.public_key()).error().code(), Code::kInvalid);

  SealedBatch changed = batch;
  changed.content.back() = static_cast<char>(changed.content.back() ^ 1);
  EXPECT_THAT(verify_batch(changed, key.public_key()).error().sentence(),
              HasSubstr("does not have the hash"));
}

// A stream that another key or outlet makes is refused although the signature holds.
TEST(Verify, ASignedBatchForAnotherStreamIsRefused) {
  PrivateKey key = samples::key(7);
  BatchHeader h = samples::header(key, samples::outlet("isd"));
  h.stream = stream_id(samples::key(9).public_key(), h.outlet);
  SealedBatch batch = seal_batch(h, samples::mixed(1), key).value();
  EXPECT_EQ(verify_batch(batch, key.public_key()).error().code(), Code::kUnauthenticated);
}

TEST(Seal, FillsInWhatFollowsFromTheEvents) {
  SealedBatch batch = sealed(5);
  EXPECT_EQ(batch.header.count, 5u);
  EXPECT_EQ(batch.header.content_size, batch.content.size());
  EXPECT_EQ(batch.header.content_hash, sha256(batch.content));
  EXPECT_EQ(decode_header(batch.head.header).value(), batch.header);
}

TEST(Seal, RefusesWhatNoReaderWouldAccept) {
  PrivateKey key = samples::key(7);
  BatchHeader h = samples::header(key, samples::outlet("isd"));
  EXPECT_EQ(seal_batch(h, {}, key).error().code(), Code::kInvalid);
  EXPECT_EQ(seal_batch(h, std::vector<Event>(4097, samples::every_kind()), key).error().code(),
            Code::kInvalid);
  h.number = BatchNumber(2);
  EXPECT_THAT(seal_batch(h, samples::mixed(1), key).error().sentence(), HasSubstr("lacks"));
}

TEST(Seal, TheLargestBatchRoundTrips) {
  PrivateKey key = samples::key(7);
  std::vector<Event> events = samples::mixed(4096);
  SealedBatch batch = seal_batch(samples::header(key, samples::outlet("isd")), events, key).value();
  EXPECT_EQ(events_of(decode_content(batch.content, 4096).value()), events);
}

TEST(Seal, IsDeterministic) {
  EXPECT_EQ(encode_sealed(sealed(50)), encode_sealed(sealed(50)));
}

TEST(Hash, NamesTheHeader) {
  SealedBatch batch = sealed();
  EXPECT_EQ(batch_hash(batch.head.header), sha256(batch.head.header));
  EXPECT_EQ(batch_signed_bytes("x"), Bytes("plumbline/batch/v1\0x", 20));
}

}  // namespace
}  // namespace plumbline
