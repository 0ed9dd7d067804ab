// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "base/limits.h"
#include "base/utf8.h"
#include "model/wire/fields.h"
#include "model/wire/session.pb.h"
#include "model/wire/session_frames.h"

namespace plumbline {
namespace {

constexpr std::size_t kTokenSecretBytes = 16;
// A message has at most a dozen fields beside its lists.
constexpr std::size_t kMaxMessageFields =
    std::max(limits::kMaxPackFiles, limits::kMaxProvedBatches) + 64;
constexpr std::size_t kMaxSoftwareBytes = 128;
// A note has three short lines and a few signatures of 150 bytes.
constexpr std::size_t kMaxCheckpointBytes = 4096;
// A record that makes a stream has 600 bytes, 1,500 where it was restored itself.
constexpr std::size_t kMaxRecordBytes = 4096;
// One an old ledger that ended; nobody continues a ledger a dozen times.
constexpr int kMaxSuccessions = 16;
// A path in a tree of 2^62 leaves; a consistency proof has at most one hash more.
constexpr std::size_t kMaxProofHashes = 64;

Error invalid(std::string sentence) {
  return Error(Code::kInvalid, std::move(sentence));
}

// A hash that may be left out, which means zero.
Result<Hash> optional_hash(const std::string& bytes, std::string_view what) {
  if (bytes.empty()) return Hash();
  return Hash::from(bytes, what);
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

Status check_size(const std::string& bytes, std::size_t max_bytes, std::string_view what) {
  if (bytes.size() <= max_bytes) return {};
  return invalid(
      fmt::format("{} has {} bytes, at most {} are allowed", what, bytes.size(), max_bytes));
}

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
  RETURN_IF_ERROR(check_algorithm(in.signature_algorithm(), kEd25519, "the key of a hello"));
  RETURN_IF_ERROR(check_line(in.software(), kMaxSoftwareBytes, "the software's name"));
  RETURN_IF_ERROR(check_size(in.checkpoint(), kMaxCheckpointBytes, "the checkpoint of a hello"));
  RETURN_IF_ERROR(check_size(in.record(), kMaxRecordBytes, "the record of a hello"));
  Hello hello;
  hello.version = in.version();
  hello.newest = std::max(in.version(), in.newest());
  hello.checkpoint = in.checkpoint();
  hello.record = in.record();
  hello.software = in.software();
  ASSIGN_OR_RETURN(hello.key, PublicKey::from(in.key(), "the key of a hello"));
  ASSIGN_OR_RETURN(hello.outlet, OutletId::parse(in.outlet()));
  ASSIGN_OR_RETURN(hello.proof, Signature::from(in.proof(), "the proof of a hello"));
  return hello;
}

Result<std::optional<StreamLink>> parse_previous(const wire::EnrollRequest& in) {
  std::optional<StreamLink> link;
  if (in.previous_stream().empty()) {
    if (in.previous_number() == 0 && in.previous_hash().empty()) return link;
    return invalid("an enrolment names a batch before it without its stream");
  }
  link.emplace();
  ASSIGN_OR_RETURN(link->stream, StreamId::from(in.previous_stream(), "the stream before"));
  link->last = BatchNumber(in.previous_number());
  ASSIGN_OR_RETURN(link->last_hash, optional_hash(in.previous_hash(), "the batch before"));
  if ((in.previous_number() == 0) != link->last_hash.is_zero()) {
    return invalid("an enrolment names number and hash of the batch before it both or neither");
  }
  return link;
}

Result<EnrollRequest> parse_enroll_request(BytesView body) {
  ASSIGN_OR_RETURN(wire::EnrollRequest in, parse<wire::EnrollRequest>(body, "an enrolment"));
  RETURN_IF_ERROR(check_algorithm(in.signature_algorithm(), kEd25519, "the key of an enrolment"));
  RETURN_IF_ERROR(check_line(in.software(), kMaxSoftwareBytes, "the software's name"));
  if (in.token_secret().size() != kTokenSecretBytes) {
    return invalid(fmt::format("the secret of a token has {} bytes, must have {}",
                               in.token_secret().size(), kTokenSecretBytes));
  }
  EnrollRequest request;
  request.version = in.version();
  request.newest = std::max(in.version(), in.newest());
  request.software = in.software();
  request.token_secret = in.token_secret();
  ASSIGN_OR_RETURN(request.key, PublicKey::from(in.key(), "the key of an enrolment"));
  ASSIGN_OR_RETURN(request.proof, Signature::from(in.proof(), "the proof of an enrolment"));
  ASSIGN_OR_RETURN(request.previous, parse_previous(in));
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
  if (!in.office_key().empty()) {
    ASSIGN_OR_RETURN(enrolled.office_key, PublicKey::from(in.office_key(), "the office's key"));
  }
  ASSIGN_OR_RETURN(enrolled.outlet, OutletId::parse(in.outlet()));
  enrolled.outlet_code = in.outlet_code();
  enrolled.source_kind = static_cast<SourceKind>(in.source_kind());
  enrolled.historical = in.historical();
  ASSIGN_OR_RETURN(enrolled.files, parse_files(in));
  RETURN_IF_ERROR(check_size(in.record(), kMaxRecordBytes, "the record of an enrolment"));
  enrolled.record = in.record();
  return enrolled;
}

Result<Welcome> parse_welcome(BytesView body) {
  ASSIGN_OR_RETURN(wire::Welcome in, parse<wire::Welcome>(body, "a welcome"));
  RETURN_IF_ERROR(check_algorithm(in.hash_algorithm(), kSha256, "a hash of the welcome"));
  RETURN_IF_ERROR(check_line(in.ledger_id(), 64, "the ledger's id"));
  if (in.successions_size() > kMaxSuccessions) {
    return invalid(fmt::format("a welcome with {} successions", in.successions_size()));
  }
  Welcome welcome;
  welcome.version = in.version();
  welcome.successions.assign(in.successions().begin(), in.successions().end());
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

Result<Heartbeat> parse_heartbeat(BytesView body) {
  ASSIGN_OR_RETURN(wire::Heartbeat in, parse<wire::Heartbeat>(body, "a heartbeat"));
  Heartbeat heartbeat{Sequence(in.last()), std::nullopt};
  if (in.has_wall_ms()) heartbeat.wall = Instant{in.wall_ms()};
  return heartbeat;
}

Result<std::vector<Hash>> parse_hashes(const std::string& bytes, std::string_view what) {
  if (bytes.size() % Hash::size != 0 || bytes.size() > kMaxProofHashes * Hash::size) {
    return invalid(fmt::format("{} of {} bytes is no list of at most {} hashes", what, bytes.size(),
                               kMaxProofHashes));
  }
  std::vector<Hash> hashes;
  for (std::size_t at = 0; at < bytes.size(); at += Hash::size) {
    ASSIGN_OR_RETURN(Hash hash, Hash::from(BytesView(bytes).substr(at, Hash::size), what));
    hashes.push_back(hash);
  }
  return hashes;
}

Result<ProofRequest> parse_proof_request(BytesView body) {
  ASSIGN_OR_RETURN(wire::ProofRequest in, parse<wire::ProofRequest>(body, "a request for proofs"));
  if (in.count() > limits::kMaxProvedBatches) {
    return invalid(fmt::format("a request for proofs of {} batches, at most {} are allowed",
                               in.count(), limits::kMaxProvedBatches));
  }
  return ProofRequest{LedgerSize(in.held()), BatchNumber(in.first()), in.count()};
}

Result<Proofs> parse_proofs(BytesView body) {
  ASSIGN_OR_RETURN(wire::Proofs in, parse<wire::Proofs>(body, "an answer of proofs"));
  RETURN_IF_ERROR(check_algorithm(in.hash_algorithm(), kSha256, "a hash of the proofs"));
  RETURN_IF_ERROR(check_size(in.checkpoint(), kMaxCheckpointBytes, "the checkpoint of the proofs"));
  if (static_cast<std::size_t>(in.batches_size()) > limits::kMaxProvedBatches) {
    return invalid(fmt::format("proofs of {} batches are more than {}", in.batches_size(),
                               limits::kMaxProvedBatches));
  }
  Proofs proofs;
  proofs.checkpoint = in.checkpoint();
  proofs.held = LedgerSize(in.held());
  ASSIGN_OR_RETURN(proofs.consistency, parse_hashes(in.consistency(), "a consistency proof"));
  for (const wire::BatchProof& batch : in.batches()) {
    BatchProof proof{
        BatchNumber(batch.number()), LedgerIndex(batch.index()), Instant{batch.recorded_at()}, {}};
    ASSIGN_OR_RETURN(proof.path, parse_hashes(batch.path(), "an inclusion proof"));
    proofs.batches.push_back(std::move(proof));
  }
  return proofs;
}

Result<RotateRequest> parse_rotate_request(BytesView body) {
  ASSIGN_OR_RETURN(wire::RotateRequest in, parse<wire::RotateRequest>(body, "a change of keys"));
  RETURN_IF_ERROR(check_algorithm(in.signature_algorithm(), kEd25519, "a key of a change of keys"));
  RotateRequest request;
  ASSIGN_OR_RETURN(request.key, PublicKey::from(in.key(), "the new key"));
  ASSIGN_OR_RETURN(request.proof, Signature::from(in.proof(), "the proof of the new key"));
  ASSIGN_OR_RETURN(request.consent, Signature::from(in.consent(), "the old key's consent"));
  return request;
}

Result<Rotated> parse_rotated(BytesView body) {
  ASSIGN_OR_RETURN(wire::Rotated in, parse<wire::Rotated>(body, "the answer to a change of keys"));
  Rotated rotated;
  ASSIGN_OR_RETURN(rotated.stream, StreamId::from(in.stream(), "the new stream"));
  RETURN_IF_ERROR(check_size(in.record(), kMaxRecordBytes, "the record of a change of keys"));
  rotated.record = in.record();
  return rotated;
}

template <typename M>
Result<std::optional<Message>> some(Result<M> message) {
  if (!message.ok()) return message.error();
  return std::optional<Message>(std::move(message).value());
}

}  // namespace

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
    case kHeartbeat:
      return some(parse_heartbeat(body));
    case kProofRequest:
      return some(parse_proof_request(body));
    case kProofs:
      return some(parse_proofs(body));
    case kRotateRequest:
      return some(parse_rotate_request(body));
    case kRotated:
      return some(parse_rotated(body));
    default:
      if (type >= kFirstOptionalType) return std::optional<Message>();
      return invalid(fmt::format("a frame has type {}, which version {} does not know", type,
                                 kProtocolVersion));
  }
}

}  // namespace plumbline
