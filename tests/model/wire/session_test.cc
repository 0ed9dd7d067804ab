// SPDX-License-Identifier: Apache-2.0
#include "model/wire/session.h"

#include <gmock/gmock.h>

#include <random>

#include "base/limits.h"
#include "model/wire/fields.h"
#include "model/wire/session.pb.h"
#include "tests/support/wire/samples.h"

namespace plumbline {
namespace {

using testing::HasSubstr;

Signature proof() {
  return samples::key(3).sign("proof");
}

Hello hello() {
  Hello m;
  m.software = "plumb-agent 0.1.0";
  m.key = samples::key(3).public_key();
  m.outlet = samples::outlet("isd");
  m.proof = proof();
  m.checkpoint = "plumbline/x\n1\n...\n";
  m.record = "the office's";
  return m;
}

Enrolled enrolled() {
  Enrolled m;
  m.ledger_id = "00112233445566778899aabbccddeeff";
  m.checkpoint_key = samples::key(4).public_key();
  m.office_key = samples::key(6).public_key();
  m.outlet = samples::outlet("isd");
  m.outlet_code = "ISD 服务";
  m.source_kind = SourceKind::kFeed;
  m.historical = true;
  m.files = {{"calendar.yaml", ""}, {"events.yaml", Bytes("\0\xff", 2)}, {"pack.yaml", "id: x"}};
  m.record = "the office's";
  return m;
}

Welcome welcome() {
  Welcome m;
  m.ledger_id = "00112233445566778899aabbccddeeff";
  m.head = BatchNumber(17);
  m.head_hash = samples::hash_of("head");
  m.next_sequence = Sequence(1234);
  m.events_hash = samples::hash_of("events");
  m.files = {{"events.yaml", "types: []"}};
  m.successions = {Bytes("record one"), Bytes("two")};
  return m;
}

Proofs proofs() {
  Proofs m;
  m.checkpoint = "plumbline/x\n5\n...\n";
  m.held = LedgerSize(3);
  m.consistency = {samples::hash_of("a"), samples::hash_of("b")};
  m.batches = {{BatchNumber(1), LedgerIndex(4), samples::at("2026-01-05T09:30:00Z"), {}},
               {BatchNumber(2),
                LedgerIndex(7),
                samples::at("2026-01-05T09:31:00Z"),
                {samples::hash_of("c")}}};
  return m;
}

std::vector<Message> all_messages() {
  EnrollRequest request;
  request.software = "plumb-agent 0.1.0";
  request.token_secret = Bytes(16, '\7');
  request.key = samples::key(3).public_key();
  request.proof = proof();
  request.previous = StreamLink{stream_id(samples::key(3).public_key(), samples::outlet("isd")),
                                BatchNumber(4), samples::hash_of("four")};
  return {hello(),
          request,
          enrolled(),
          welcome(),
          BatchFrame{Bytes(5000, '\x42')},
          Ack{BatchNumber(18), LedgerIndex(99), samples::at("2026-01-05T09:30:00.250Z")},
          Refused{BatchNumber(18), "conflict", "the batch does not follow", std::nullopt},
          Refused{BatchNumber(0), "exhausted", "later", 1500},
          Heartbeat{Sequence(1233), std::nullopt},
          Heartbeat{Sequence(1233), samples::at("2026-01-05T09:30:00.250Z")},
          ProofRequest{LedgerSize(9), BatchNumber(17), 64},
          proofs(),
          RotateRequest{samples::key(5).public_key(), proof(), proof()},
          Rotated{stream_id(samples::key(5).public_key(), samples::outlet("isd")), "record"}};
}

// What a frame says, as bytes: equal for equal messages.
Bytes again(const Message& message) {
  return encode_message(message);
}

FrameDecoder decoder() {
  return FrameDecoder(limits::kMaxFrameBytes);
}

Result<std::optional<Message>> decode_one(const Bytes& bytes) {
  FrameDecoder frames = decoder();
  frames.feed(bytes);
  return frames.next();
}

Bytes frame(std::uint8_t type, BytesView body) {
  Bytes out;
  append_u32(out, static_cast<std::uint32_t>(body.size()));
  append_u8(out, type);
  out.append(body);
  return out;
}

TEST(Session, EveryMessageRoundTrips) {
  for (const Message& message : all_messages()) {
    Result<std::optional<Message>> decoded = decode_one(encode_message(message));
    ASSERT_TRUE(decoded.ok()) << message.index() << decoded.error().text();
    ASSERT_TRUE(decoded->has_value());
    EXPECT_EQ((*decoded)->index(), message.index());
    EXPECT_EQ(again(**decoded), encode_message(message));
  }
}

TEST(Session, FieldsArriveAsTheyWereSent) {
  auto got = std::get<Enrolled>(*decode_one(encode_message(enrolled())).value());
  EXPECT_EQ(got.ledger_id, enrolled().ledger_id);
  EXPECT_EQ(got.checkpoint_key, enrolled().checkpoint_key);
  EXPECT_EQ(got.outlet, enrolled().outlet);
  EXPECT_EQ(got.outlet_code, enrolled().outlet_code);
  EXPECT_EQ(got.source_kind, SourceKind::kFeed);
  EXPECT_TRUE(got.historical);
  ASSERT_EQ(got.files.size(), 3u);
  EXPECT_EQ(got.files[1].path, "events.yaml");
  EXPECT_EQ(got.files[1].bytes, Bytes("\0\xff", 2));

  auto refused = std::get<Refused>(*decode_one(encode_message(all_messages()[7])).value());
  EXPECT_EQ(refused.retry_after_ms, 1500);
  auto ack = std::get<Ack>(*decode_one(encode_message(all_messages()[5])).value());
  EXPECT_EQ(ack.index, LedgerIndex(99));
  EXPECT_EQ(ack.recorded_at, samples::at("2026-01-05T09:30:00.250Z"));
}

TEST(Session, ANewStreamHasNoHead) {
  Welcome fresh = welcome();
  fresh.head = BatchNumber(0);
  fresh.head_hash = {};
  fresh.next_sequence = Sequence(1);
  fresh.events_hash = {};
  fresh.files.clear();
  auto got = std::get<Welcome>(*decode_one(encode_message(fresh)).value());
  EXPECT_EQ(got.head, BatchNumber(0));
  EXPECT_TRUE(got.head_hash.is_zero());
  EXPECT_TRUE(got.events_hash.is_zero());
}

TEST(FrameDecoder, TakesBytesOneByOne) {
  Bytes stream;
  for (const Message& message : all_messages()) stream += encode_message(message);
  FrameDecoder frames = decoder();
  std::size_t count = 0;
  Bytes seen;
  for (char byte : stream) {
    frames.feed(BytesView(&byte, 1));
    Result<std::optional<Message>> message = frames.next();
    ASSERT_TRUE(message.ok());
    if (!message->has_value()) continue;
    ++count;
    seen += again(**message);
  }
  EXPECT_EQ(count, all_messages().size());
  EXPECT_EQ(seen, stream);
  EXPECT_FALSE(frames.in_frame());
}

TEST(FrameDecoder, TakesManyFramesAtOnce) {
  Bytes stream;
  for (const Message& message : all_messages()) stream += encode_message(message);
  FrameDecoder frames = decoder();
  frames.feed(stream);
  for (const Message& message : all_messages()) {
    EXPECT_EQ(again(*frames.next().value()), encode_message(message));
  }
  EXPECT_FALSE(frames.next().value().has_value());
  EXPECT_FALSE(frames.in_frame());
}

TEST(FrameDecoder, ATruncatedFrameIsNoMessage) {
  for (const Message& message : all_messages()) {
    Bytes bytes = encode_message(message);
    for (std::size_t size = 0; size < bytes.size(); size += size < 300 ? 1 : 97) {
      FrameDecoder frames = decoder();
      frames.feed(BytesView(bytes).substr(0, size));
      Result<std::optional<Message>> decoded = frames.next();
      ASSERT_TRUE(decoded.ok());
      EXPECT_FALSE(decoded->has_value());
      EXPECT_EQ(frames.in_frame(), size > 0);
    }
  }
}

TEST(FrameDecoder, AnOversizedFrameIsRefusedBeforeItArrives) {
  FrameDecoder frames(100);
  Bytes header;
  append_u32(header, 101);
  append_u8(header, 5);
  frames.feed(header);
  Result<std::optional<Message>> message = frames.next();
  ASSERT_FALSE(message.ok());
  EXPECT_EQ(message.error().code(), Code::kExhausted);
  EXPECT_THAT(message.error().sentence(), HasSubstr("announces 101 bytes, at most 100"));
}

TEST(FrameDecoder, AFrameOfTheLimitIsTaken) {
  FrameDecoder frames(100);
  frames.feed(frame(5, Bytes(100, 'x')));
  EXPECT_TRUE(frames.next().value().has_value());
}

TEST(FrameDecoder, AnErrorStays) {
  FrameDecoder frames = decoder();
  frames.feed(frame(99, "x"));
  Error first = frames.next().error();
  EXPECT_EQ(first.code(), Code::kInvalid);
  EXPECT_THAT(first.sentence(), HasSubstr("type 99"));
  frames.feed(encode_message(hello()));
  EXPECT_EQ(frames.next().error().sentence(), first.sentence());
  EXPECT_FALSE(frames.in_frame());
}

TEST(FrameDecoder, OptionalTypesAreSkipped) {
  FrameDecoder frames = decoder();
  frames.feed(frame(200, "whatever") + frame(129, "") + encode_message(Heartbeat{Sequence(5)}));
  EXPECT_EQ(std::get<Heartbeat>(*frames.next().value()).last, Sequence(5));
}

TEST(FrameDecoder, TypesBelow128AreNot) {
  for (int type : {0, 12, 127}) {
    EXPECT_FALSE(decode_one(frame(static_cast<std::uint8_t>(type), "")).ok()) << type;
  }
}

TEST(Session, UnknownFieldsArePassedOver) {
  Bytes body = encode_message(hello()).substr(5);
  append_number_field(body, 99, 7);
  append_bytes_field(body, 100, "new");
  EXPECT_EQ(again(*decode_one(frame(1, body)).value()), encode_message(hello()));
}

TEST(Session, AnotherVersionIsReadSoThatItCanBeAnswered) {
  Hello m = hello();
  m.version = 7;
  m.newest = 9;
  auto got = std::get<Hello>(*decode_one(encode_message(m)).value());
  EXPECT_EQ(got.version, 7u);
  EXPECT_EQ(got.newest, 9u);
  m.newest = 7;  // not written
  EXPECT_EQ(std::get<Hello>(*decode_one(encode_message(m)).value()).newest, 7u);
}

TEST(Session, TheCommonVersionIsTheNewestThatBothSpeak) {
  EXPECT_EQ(common_version(1, 1).value(), 1u);
  EXPECT_EQ(common_version(1, 2).value(), 2u);
  EXPECT_EQ(common_version(2, 900).value(), 2u);
  EXPECT_THAT(common_version(0, 0).error().text(), HasSubstr("update plumb-agent"));
  EXPECT_THAT(common_version(3, 4).error().text(), HasSubstr("the server has to be updated"));
}

TEST(Session, ListsOfProofsHaveTheirForm) {
  ProofRequest many{LedgerSize(0), BatchNumber(1), 257};
  EXPECT_THAT(decode_one(encode_message(many)).error().sentence(), HasSubstr("257"));
  Proofs deep = proofs();
  deep.batches[0].path.assign(65, samples::hash_of("x"));
  EXPECT_THAT(decode_one(encode_message(deep)).error().sentence(), HasSubstr("no list"));
  wire::Proofs torn;
  torn.set_hash_algorithm(1);
  torn.set_consistency(std::string(33, 'x'));
  EXPECT_THAT(decode_one(frame(9, torn.SerializeAsString())).error().sentence(),
              HasSubstr("33 bytes"));
}

struct BadBody {
  const char* name;
  std::uint8_t type;
  Bytes body;
};

template <typename Wire, typename Change>
Bytes changed(const Message& message, Change change) {
  Wire wire;
  EXPECT_TRUE(wire.ParseFromString(encode_message(message).substr(5)));
  change(wire);
  return wire.SerializeAsString();
}

TEST(Session, BodiesWithoutTheirFormAreRefused) {
  Message request = all_messages()[1];
  const BadBody kBad[] = {
      {"empty hello", 1, ""},
      {"hello of noise", 1, "\xff\xff\xff"},
      {"short key", 1, changed<wire::Hello>(hello(), [](auto& m) { m.set_key("x"); })},
      {"short proof", 1, changed<wire::Hello>(hello(), [](auto& m) { m.set_proof("x"); })},
      {"no outlet", 1, changed<wire::Hello>(hello(), [](auto& m) { m.clear_outlet(); })},
      {"algorithm", 1,
       changed<wire::Hello>(hello(), [](auto& m) { m.set_signature_algorithm(2); })},
      {"software of two lines", 1,
       changed<wire::Hello>(hello(), [](auto& m) { m.set_software("a\nb"); })},
      {"long software", 1,
       changed<wire::Hello>(hello(), [](auto& m) { m.set_software(std::string(129, 'a')); })},
      {"short secret", 2,
       changed<wire::EnrollRequest>(request, [](auto& m) { m.set_token_secret("x"); })},
      {"request key", 2, changed<wire::EnrollRequest>(request, [](auto& m) { m.clear_key(); })},
      {"source kind 0", 3,
       changed<wire::Enrolled>(enrolled(), [](auto& m) { m.set_source_kind(0); })},
      {"source kind 5", 3,
       changed<wire::Enrolled>(enrolled(), [](auto& m) { m.set_source_kind(5); })},
      {"path with a line", 3,
       changed<wire::Enrolled>(enrolled(), [](auto& m) { m.mutable_files(0)->set_path("a\nb"); })},
      {"head without hash", 4,
       changed<wire::Welcome>(welcome(), [](auto& m) { m.clear_head_hash(); })},
      {"hash without head", 4, changed<wire::Welcome>(welcome(), [](auto& m) { m.clear_head(); })},
      {"next sequence 0", 4,
       changed<wire::Welcome>(welcome(), [](auto& m) { m.clear_next_sequence(); })},
      {"hash algorithm", 4,
       changed<wire::Welcome>(welcome(), [](auto& m) { m.set_hash_algorithm(9); })},
      {"ack of noise", 6, "\x08"},
      {"refusal in the past", 7,
       changed<wire::Refused>(all_messages()[7], [](auto& m) { m.set_retry_after_ms(-1); })},
      {"heartbeat of noise", 128, "\x0a\x05x"},
  };
  for (const BadBody& bad : kBad) {
    EXPECT_FALSE(decode_one(frame(bad.type, bad.body)).ok()) << bad.name;
  }
}

// Empty files take two bytes on the wire and a hundred in memory.
TEST(Session, EmptySubmessagesDoNotMultiply) {
  Bytes body;
  for (int i = 0; i < 500'000; ++i) body += Bytes("\x42\x00", 2);
  EXPECT_THAT(decode_one(frame(3, body)).error().sentence(), HasSubstr("more than 320 fields"));
}

TEST(Session, ASentenceIsMadeSendable) {
  Refused refused{BatchNumber(1), "invalid", "it says \"\x01\n\xff\"", std::nullopt};
  auto got = std::get<Refused>(*decode_one(encode_message(refused)).value());
  EXPECT_EQ(got.sentence, "it says \"  ");
  refused.sentence = std::string(10'000, 'x');
  got = std::get<Refused>(*decode_one(encode_message(refused)).value());
  EXPECT_EQ(got.sentence.size(), 4096u);
}

TEST(Session, MutationsAreRefusedOrMessages) {
  std::mt19937_64 random(8443);
  Bytes stream;
  for (const Message& message : all_messages()) {
    if (!std::holds_alternative<BatchFrame>(message)) stream += encode_message(message);
  }
  for (int round = 0; round < 5'000; ++round) {
    Bytes mutated = stream;
    for (int i = 0; i <= round % 5; ++i) {
      mutated[random() % mutated.size()] = static_cast<char>(random());
    }
    FrameDecoder frames = decoder();
    std::size_t at = 0;
    while (at < mutated.size()) {
      std::size_t step = std::min<std::size_t>(1 + random() % 400, mutated.size() - at);
      frames.feed(BytesView(mutated).substr(at, step));
      at += step;
      Result<std::optional<Message>> message = frames.next();
      while (message.ok() && message->has_value()) {
        EXPECT_TRUE(decode_one(again(**message)).ok());
        message = frames.next();
      }
    }
  }
}

TEST(Session, TheHelloSignsTheTlsExporter) {
  EXPECT_EQ(hello_signed_bytes("abc"), Bytes("plumbline/hello/v1\0abc", 22));
}

TEST(Token, RoundTrips) {
  Token token{Bytes("\xfb\xff\xfe\0\1\2\3\4\5\6\7\10\11\12\13\14", 16), samples::hash_of("pin")};
  std::string text = format_token(token);
  EXPECT_TRUE(text.starts_with("plumb1.-__-"));
  EXPECT_EQ(text.size(), 7u + 22 + 1 + 43);
  Token parsed = parse_token(text).value();
  EXPECT_EQ(parsed.secret, token.secret);
  EXPECT_EQ(parsed.server_pin, token.server_pin);
}

TEST(Token, RefusesEverythingElse) {
  std::string good = format_token({Bytes(16, 'a'), samples::hash_of("pin")});
  for (std::size_t size = 0; size < good.size(); ++size) {
    EXPECT_FALSE(parse_token(good.substr(0, size)).ok()) << size;
  }
  std::string plus = good;
  plus[8] = '+';
  std::string bits = good;
  bits[28] = bits[28] == 'B' ? 'C' : 'B';
  for (const std::string& bad :
       {good + "=", good + "A", " " + good, "plumb2." + good.substr(7), good.substr(7), plus, bits,
        std::string("plumb1.."), good.substr(0, 29) + good.substr(30)}) {
    EXPECT_FALSE(parse_token(bad).ok()) << bad;
    EXPECT_THAT(parse_token(bad).error().sentence(), HasSubstr("not an enrolment token"));
  }
}

}  // namespace
}  // namespace plumbline
