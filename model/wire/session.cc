// SPDX-License-Identifier: Apache-2.0
#include "model/wire/session.h"

#include <fmt/format.h>

#include "base/utf8.h"
#include "model/wire/session.pb.h"
#include "model/wire/session_frames.h"

namespace plumbline {
namespace {

constexpr std::string_view kHelloDomain("plumbline/hello/v1\0", 19);
constexpr std::string_view kRotationDomain("plumbline/rotate/v1\0", 20);
constexpr std::size_t kFrameHeaderBytes = 5;

template <typename Fixed>
std::string nonzero(const Fixed& fixed) {
  return fixed.is_zero() ? std::string() : std::string(fixed.view());
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
  if (hello.newest != hello.version) out.set_newest(hello.newest);
  out.set_checkpoint(hello.checkpoint);
  out.set_record(hello.record);
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
  if (request.newest != request.version) out.set_newest(request.newest);
  if (request.previous.has_value()) {
    out.set_previous_stream(std::string(request.previous->stream.view()));
    out.set_previous_number(request.previous->last.value);
    out.set_previous_hash(nonzero(request.previous->last_hash));
  }
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
  if (enrolled.office_key.has_value()) {
    out.set_office_key(std::string(enrolled.office_key->view()));
  }
  out.set_outlet(enrolled.outlet.text());
  out.set_outlet_code(enrolled.outlet_code);
  out.set_source_kind(static_cast<std::uint32_t>(enrolled.source_kind));
  out.set_historical(enrolled.historical);
  add_files(enrolled.files, out);
  out.set_record(enrolled.record);
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
  for (const Bytes& record : welcome.successions) out.add_successions(record);
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
  if (heartbeat.wall.has_value()) out.set_wall_ms(heartbeat.wall->ms);
  return out;
}

std::string joined(const std::vector<Hash>& hashes) {
  std::string out;
  for (const Hash& hash : hashes) out.append(hash.view());
  return out;
}

wire::ProofRequest to_wire(const ProofRequest& request) {
  wire::ProofRequest out;
  out.set_held(request.held.value);
  out.set_first(request.first.value);
  out.set_count(request.count);
  return out;
}

wire::Proofs to_wire(const Proofs& proofs) {
  wire::Proofs out;
  out.set_hash_algorithm(kSha256);
  out.set_checkpoint(proofs.checkpoint);
  out.set_held(proofs.held.value);
  out.set_consistency(joined(proofs.consistency));
  for (const BatchProof& batch : proofs.batches) {
    wire::BatchProof* added = out.add_batches();
    added->set_number(batch.number.value);
    added->set_index(batch.index.value);
    added->set_recorded_at(batch.recorded_at.ms);
    added->set_path(joined(batch.path));
  }
  return out;
}

wire::RotateRequest to_wire(const RotateRequest& request) {
  wire::RotateRequest out;
  out.set_signature_algorithm(kEd25519);
  out.set_key(std::string(request.key.view()));
  out.set_proof(std::string(request.proof.view()));
  out.set_consent(std::string(request.consent.view()));
  return out;
}

wire::Rotated to_wire(const Rotated& rotated) {
  wire::Rotated out;
  out.set_stream(std::string(rotated.stream.view()));
  out.set_record(rotated.record);
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
  Bytes operator()(const ProofRequest& m) const { return encode(kProofRequest, m); }
  Bytes operator()(const Proofs& m) const { return encode(kProofs, m); }
  Bytes operator()(const RotateRequest& m) const { return encode(kRotateRequest, m); }
  Bytes operator()(const Rotated& m) const { return encode(kRotated, m); }
};

}  // namespace

Bytes hello_signed_bytes(BytesView tls_exporter) {
  Bytes out(kHelloDomain);
  out.append(tls_exporter);
  return out;
}

Bytes rotation_signed_bytes(const StreamLink& old, const PublicKey& key) {
  Bytes out(kRotationDomain);
  out.append(old.stream.view());
  append_u64(out, old.last.value);
  out.append(old.last_hash.view());
  out.append(key.view());
  return out;
}

Result<std::uint32_t> common_version(std::uint32_t oldest, std::uint32_t newest) {
  if (newest < kOldestProtocolVersion) {
    return Error(Code::kUnsupported,
                 fmt::format("the agent speaks protocol version {} at most, this collector {} at "
                             "least: update plumb-agent at the outlet",
                             newest, kOldestProtocolVersion));
  }
  if (oldest > kProtocolVersion) {
    return Error(Code::kUnsupported,
                 fmt::format("the agent speaks protocol version {} at least, this collector {} at "
                             "most: the server has to be updated; the agent keeps its events",
                             oldest, kProtocolVersion));
  }
  return std::min(newest, kProtocolVersion);
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
    if (reader.rest().size() < kFrameHeaderBytes) {
      // Thousands of sessions are idle at a time: the memory of their last frame is not kept.
      if (!in_frame()) {
        buffer_ = Bytes();
        start_ = 0;
      }
      return std::optional<Message>();
    }
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
  buffer_ = Bytes();
  start_ = 0;
  return *failed_;
}

}  // namespace plumbline
