// SPDX-License-Identifier: Apache-2.0
#include "model/wire/session.h"

#include <fmt/format.h>

#include "base/limits.h"
#include "base/utf8.h"
#include "model/wire/fields.h"
#include "model/wire/session.pb.h"

namespace plumbline {
namespace {

constexpr std::string_view kHelloDomain("plumbline/hello/v1\0", 19);
constexpr std::size_t kTokenSecretBytes = 16;
constexpr std::size_t kFrameHeaderBytes = 5;
constexpr std::uint8_t kFirstOptionalType = 128;
// A message has at most a dozen fields beside the pack's files.
constexpr std::size_t kMaxMessageFields = limits::kMaxPackFiles + 64;
constexpr std::size_t kMaxSoftwareBytes = 128;
constexpr std::size_t kMaxSentenceBytes = 4096;

enum FrameType : std::uint8_t {
  kHello = 1,
  kEnrollRequest = 2,
  kEnrolled = 3,
  kWelcome = 4,
  kBatch = 5,
  kAck = 6,
  kRefused = 7,
  kHeartbeat = 128,
};

constexpr auto kEd25519 = static_cast<std::uint32_t>(SignatureAlgorithm::kEd25519);
constexpr auto kSha256 = static_cast<std::uint32_t>(HashAlgorithm::kSha256);

Error invalid(std::string sentence) {
  return Error(Code::kInvalid, std::move(sentence));
}

template <typename Fixed>
std::string nonzero(const Fixed& fixed) {
  return fixed.is_zero() ? std::string() : std::string(fixed.view());
}

// A hash that may be left out, which means zero.
Result<Hash> optional_hash(const std::string& bytes, std::string_view what) {
  if (bytes.empty()) return Hash();
  return Hash::from(bytes, what);
}

Status check_version(std::uint32_t version) {
  if (version == kProtocolVersion) return {};
  return Error(Code::kUnsupported, fmt::format("the peer speaks version {} of the protocol, this "
                                               "program speaks version {}",
                                               version, kProtocolVersion));
}

Status check_algorithm(std::uint32_t algorithm, std::uint32_t known, std::string_view what) {
  if (algorithm == known) return {};
  return Error(Code::kUnsupported,
               fmt::format("{} has algorithm {}, known is {}", what, algorithm, known));
}

Status check_line(const std::string& text, std::size_t max_bytes, std::string_view what) {
  if (text.size() <= max_bytes && !utf8_error_at(text).has_value() &&
      !has_control_character(text)) {
    return {};
  }
  return invalid(fmt::format("{} must be one line of at most {} bytes", what, max_bytes));
}

// Encoding: one message of the schema for each message of this program.

wire::Hello to_wire(const Hello& hello) {
  wire::Hello out;
  out.set_version(hello.version);
  out.set_software(hello.software);
  out.set_signature_algorithm(kEd25519);
  out.set_key(std::string(hello.key.view()));
  out.set_outlet(hello.outlet.text());
  out.set_proof(std::string(hello.proof.view()));
  return out;
}

wire::EnrollRequest to_wire(const EnrollRequest& request) {
  wire::EnrollRequest out;
  out.set_version(request.version);
  out.set_software(request.software);
  out.set_signature_algorithm(kEd25519);
  out.set_key(std::string(request.key.view()));
  out.set_proof(std::string(request.proof.view()));
  out.set_token_secret(request.token_secret);
  return out;
}

template <typename Out>
void add_files(const std::vector<PackFile>& files, Out& out) {
  for (const PackFile& file : files) {
    wire::PackFile* added = out.add_files();
    added->set_path(file.path);
    added->set_bytes(file.bytes);
  }
}

wire::Enrolled to_wire(const Enrolled& enrolled) {
  wire::Enrolled out;
  out.set_ledger_id(enrolled.ledger_id);
  out.set_signature_algorithm(kEd25519);
  out.set_checkpoint_key(std::string(enrolled.checkpoint_key.view()));
  out.set_outlet(enrolled.outlet.text());
  out.set_outlet_code(enrolled.outlet_code);
  out.set_source_kind(static_cast<std::uint32_t>(enrolled.source_kind));
  out.set_historical(enrolled.historical);
  add_files(enrolled.files, out);
  return out;
}

wire::Welcome to_wire(const Welcome& welcome) {
  wire::Welcome out;
  out.set_version(welcome.version);
  out.set_ledger_id(welcome.ledger_id);
  out.set_head(welcome.head.value);
  out.set_hash_algorithm(kSha256);
  out.set_head_hash(nonzero(welcome.head_hash));
  out.set_next_sequence(welcome.next_sequence.value);
  out.set_events_hash(nonzero(welcome.events_hash));
  add_files(welcome.files, out);
  return out;
}

wire::Ack to_wire(const Ack& ack) {
  wire::Ack out;
  out.set_number(ack.number.value);
  out.set_index(ack.index.value);
  out.set_recorded_at(ack.recorded_at.ms);
  return out;
}

wire::Refused to_wire(const Refused& refused) {
  wire::Refused out;
  out.set_number(refused.number.value);
  out.set_code(refused.code);
  // A sentence quotes what was refused, which need not be text.
  std::string_view sentence = std::string_view(refused.sentence).substr(0, kMaxSentenceBytes);
  for (char c : sentence) {
    bool plain = static_cast<unsigned char>(c) >= 0x20 && c != 0x7f;
    out.mutable_sentence()->push_back(plain ? c : ' ');
  }
  if (std::optional<std::size_t> at = utf8_error_at(out.sentence()); at.has_value()) {
    out.mutable_sentence()->resize(*at);
  }
  if (refused.retry_after_ms.has_value()) out.set_retry_after_ms(*refused.retry_after_ms);
  return out;
}

wire::Heartbeat to_wire(const Heartbeat& heartbeat) {
  wire::Heartbeat out;
  out.set_last(heartbeat.last.value);
  return out;
}

Bytes frame(FrameType type, BytesView body) {
  Bytes out;
  out.reserve(kFrameHeaderBytes + body.size());
  append_u32(out, static_cast<std::uint32_t>(body.size()));
  append_u8(out, type);
  out.append(body);
  return out;
}

struct FrameOf {
  template <typename M>
  Bytes encode(FrameType type, const M& message) const {
    Bytes body;
    CHECK(to_wire(message).SerializeToString(&body), "a message of proto3 serialises");
    return frame(type, body);
  }
  Bytes operator()(const Hello& m) const { return encode(kHello, m); }
  Bytes operator()(const EnrollRequest& m) const { return encode(kEnrollRequest, m); }
  Bytes operator()(const Enrolled& m) const { return encode(kEnrolled, m); }
  Bytes operator()(const Welcome& m) const { return encode(kWelcome, m); }
  Bytes operator()(const BatchFrame& m) const { return frame(kBatch, m.sealed); }
  Bytes operator()(const Ack& m) const { return encode(kAck, m); }
  Bytes operator()(const Refused& m) const { return encode(kRefused, m); }
  Bytes operator()(const Heartbeat& m) const { return encode(kHeartbeat, m); }
};

// Decoding.

// A hostile body of nothing but empty submessages would make objects of a hundred times its size,
// so fields are counted before the message is made.
Status check_field_count(BytesView body, std::string_view what) {
  std::size_t fields = 0;
  while (!body.empty()) {
    ASSIGN_OR_RETURN(std::uint64_t tag, take_varint(body, what));
    ASSIGN_OR_RETURN(std::uint64_t value, take_varint(body, what));
    if ((tag & 7) == 2) {
      if (value > body.size()) return invalid(fmt::format("{} is cut off", what));
      body.remove_prefix(value);
    } else if ((tag & 7) != 0) {
      return invalid(fmt::format("{} has a field of wire type {}", what, tag & 7));
    }
    if (++fields > kMaxMessageFields) {
      return invalid(fmt::format("{} has more than {} fields", what, kMaxMessageFields));
    }
  }
  return {};
}

template <typename Wire>
Result<Wire> parse(BytesView body, std::string_view what) {
  RETURN_IF_ERROR(check_field_count(body, what));
  Wire message;
  if (message.ParseFromArray(body.data(), static_cast<int>(body.size()))) return message;
  return invalid(fmt::format("{} is not a message of its form", what));
}

Result<Hello> parse_hello(BytesView body) {
  ASSIGN_OR_RETURN(wire::Hello in, parse<wire::Hello>(body, "a hello"));
  RETURN_IF_ERROR(check_version(in.version()));
  RETURN_IF_ERROR(check_algorithm(in.signature_algorithm(), kEd25519, "the key of a hello"));
  RETURN_IF_ERROR(check_line(in.software(), kMaxSoftwareBytes, "the software's name"));
  Hello hello;
  hello.software = in.software();
  ASSIGN_OR_RETURN(hello.key, PublicKey::from(in.key(), "the key of a hello"));
  ASSIGN_OR_RETURN(hello.outlet, OutletId::parse(in.outlet()));
  ASSIGN_OR_RETURN(hello.proof, Signature::from(in.proof(), "the proof of a hello"));
  return hello;
}

Result<EnrollRequest> parse_enroll_request(BytesView body) {
  ASSIGN_OR_RETURN(wire::EnrollRequest in, parse<wire::EnrollRequest>(body, "an enrolment"));
  RETURN_IF_ERROR(check_version(in.version()));
  RETURN_IF_ERROR(check_algorithm(in.signature_algorithm(), kEd25519, "the key of an enrolment"));
  RETURN_IF_ERROR(check_line(in.software(), kMaxSoftwareBytes, "the software's name"));
  if (in.token_secret().size() != kTokenSecretBytes) {
    return invalid(fmt::format("the secret of a token has {} bytes, must have {}",
                               in.token_secret().size(), kTokenSecretBytes));
  }
  EnrollRequest request;
  request.software = in.software();
  request.token_secret = in.token_secret();
  ASSIGN_OR_RETURN(request.key, PublicKey::from(in.key(), "the key of an enrolment"));
  ASSIGN_OR_RETURN(request.proof, Signature::from(in.proof(), "the proof of an enrolment"));
  return request;
}

template <typename In>
Result<std::vector<PackFile>> parse_files(const In& in) {
  if (static_cast<std::size_t>(in.files_size()) > limits::kMaxPackFiles) {
    return invalid(
        fmt::format("{} files of a pack are more than {}", in.files_size(), limits::kMaxPackFiles));
  }
  std::vector<PackFile> files;
  for (const wire::PackFile& file : in.files()) {
    RETURN_IF_ERROR(check_line(file.path(), 255, "the path of a pack's file"));
    files.push_back({file.path(), file.bytes()});
  }
  return files;
}

Result<Enrolled> parse_enrolled(BytesView body) {
  ASSIGN_OR_RETURN(wire::Enrolled in, parse<wire::Enrolled>(body, "an enrolment's answer"));
  RETURN_IF_ERROR(
      check_algorithm(in.signature_algorithm(), kEd25519, "the key of the checkpoints"));
  RETURN_IF_ERROR(check_line(in.ledger_id(), 64, "the ledger's id"));
  RETURN_IF_ERROR(check_line(in.outlet_code(), 64, "the outlet's code"));
  if (in.source_kind() < 1 || in.source_kind() > 4) {
    return invalid(fmt::format("{} is not a kind of source", in.source_kind()));
  }
  Enrolled enrolled;
  enrolled.ledger_id = in.ledger_id();
  ASSIGN_OR_RETURN(enrolled.checkpoint_key,
                   PublicKey::from(in.checkpoint_key(), "the key of the checkpoints"));
  ASSIGN_OR_RETURN(enrolled.outlet, OutletId::parse(in.outlet()));
  enrolled.outlet_code = in.outlet_code();
  enrolled.source_kind = static_cast<SourceKind>(in.source_kind());
  enrolled.historical = in.historical();
  ASSIGN_OR_RETURN(enrolled.files, parse_files(in));
  return enrolled;
}

Result<Welcome> parse_welcome(BytesView body) {
  ASSIGN_OR_RETURN(wire::Welcome in, parse<wire::Welcome>(body, "a welcome"));
  RETURN_IF_ERROR(check_version(in.version()));
  RETURN_IF_ERROR(check_algorithm(in.hash_algorithm(), kSha256, "a hash of the welcome"));
  RETURN_IF_ERROR(check_line(in.ledger_id(), 64, "the ledger's id"));
  Welcome welcome;
  welcome.ledger_id = in.ledger_id();
  welcome.head = BatchNumber(in.head());
  ASSIGN_OR_RETURN(welcome.head_hash, optional_hash(in.head_hash(), "the hash of the last batch"));
  welcome.next_sequence = Sequence(in.next_sequence());
  if (in.next_sequence() == 0) return invalid("the next sequence is 0, sequences count from 1");
  if ((in.head() == 0) != welcome.head_hash.is_zero()) {
    return invalid("a welcome names number and hash of the last batch both or neither");
  }
  ASSIGN_OR_RETURN(welcome.events_hash, optional_hash(in.events_hash(), "the hash of events.yaml"));
  ASSIGN_OR_RETURN(welcome.files, parse_files(in));
  return welcome;
}

Result<Refused> parse_refused(BytesView body) {
  ASSIGN_OR_RETURN(wire::Refused in, parse<wire::Refused>(body, "a refusal"));
  RETURN_IF_ERROR(check_line(in.code(), 64, "the code of a refusal"));
  RETURN_IF_ERROR(check_line(in.sentence(), kMaxSentenceBytes, "the sentence of a refusal"));
  Refused refused{BatchNumber(in.number()), in.code(), in.sentence(), std::nullopt};
  if (in.has_retry_after_ms()) {
    if (in.retry_after_ms() < 0) return invalid("a refusal says to retry in the past");
    refused.retry_after_ms = in.retry_after_ms();
  }
  return refused;
}

template <typename M>
Result<std::optional<Message>> some(Result<M> message) {
  if (!message.ok()) return message.error();
  return std::optional<Message>(std::move(message).value());
}

// nullopt for an optional frame that this version does not know.
Result<std::optional<Message>> parse_frame(std::uint8_t type, BytesView body) {
  switch (type) {
    case kHello:
      return some(parse_hello(body));
    case kEnrollRequest:
      return some(parse_enroll_request(body));
    case kEnrolled:
      return some(parse_enrolled(body));
    case kWelcome:
      return some(parse_welcome(body));
    case kBatch:
      return std::optional<Message>(BatchFrame{Bytes(body)});
    case kAck: {
      ASSIGN_OR_RETURN(wire::Ack in, parse<wire::Ack>(body, "an acknowledgement"));
      return std::optional<Message>(
          Ack{BatchNumber(in.number()), LedgerIndex(in.index()), Instant{in.recorded_at()}});
    }
    case kRefused:
      return some(parse_refused(body));
    case kHeartbeat: {
      ASSIGN_OR_RETURN(wire::Heartbeat in, parse<wire::Heartbeat>(body, "a heartbeat"));
      return std::optional<Message>(Heartbeat{Sequence(in.last())});
    }
    default:
      if (type >= kFirstOptionalType) return std::optional<Message>();
      return invalid(fmt::format("a frame has type {}, which version {} does not know", type,
                                 kProtocolVersion));
  }
}

}  // namespace

Bytes hello_signed_bytes(BytesView tls_exporter) {
  Bytes out(kHelloDomain);
  out.append(tls_exporter);
  return out;
}

Bytes encode_message(const Message& message) {
  return std::visit(FrameOf(), message);
}

void FrameDecoder::feed(BytesView bytes) {
  if (failed_.has_value()) return;
  if (start_ > 0) {
    buffer_.erase(0, start_);
    start_ = 0;
  }
  buffer_.append(bytes);
}

Result<std::optional<Message>> FrameDecoder::next() {
  while (!failed_.has_value()) {
    ByteReader reader(BytesView(buffer_).substr(start_));
    if (reader.rest().size() < kFrameHeaderBytes) return std::optional<Message>();
    std::uint32_t size = reader.u32("a frame's size").value();
    std::uint8_t type = reader.u8("a frame's type").value();
    if (size > max_body_bytes_) {
      failed_ = Error(Code::kExhausted, fmt::format("a frame announces {} bytes, at most {} are "
                                                    "allowed",
                                                    size, max_body_bytes_));
      break;
    }
    if (reader.rest().size() < size) return std::optional<Message>();
    Result<std::optional<Message>> message = parse_frame(type, reader.rest().substr(0, size));
    start_ += kFrameHeaderBytes + size;
    if (!message.ok()) {
      failed_ = message.error();
    } else if (message->has_value()) {
      return message;
    }
  }
  buffer_.clear();
  buffer_.shrink_to_fit();
  start_ = 0;
  return *failed_;
}

}  // namespace plumbline
