// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_MODEL_WIRE_SESSION_H_
#define PLUMBLINE_MODEL_WIRE_SESSION_H_

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/result.h"
#include "model/ids.h"

// The conversation between an agent and the collector: docs/formats/wire.md, section "Session".
// A frame is u32 body size ‖ u8 type ‖ body. Types from 128 are optional: a receiver that does not
// know one skips it. Bodies are protobuf messages of model/wire/session.proto, but for Batch,
// whose body is the sealed bytes.
namespace plumbline {

// Versions of the conversation. 1: reporting. 2: also proofs and rotation of keys. Each side says
// in its first frame which ones it speaks; the collector takes the newest that both speak.
constexpr std::uint32_t kOldestProtocolVersion = 1;
constexpr std::uint32_t kProtocolVersion = 2;
// The newest version that both sides speak, of an agent that speaks `oldest` to `newest`.
// kUnsupported, with a sentence that says which side has to be updated.
Result<std::uint32_t> common_version(std::uint32_t oldest, std::uint32_t newest);

// agent -> collector, first frame: who speaks. `proof` = Ed25519 signature by `key` over
// "plumbline/hello/v1\0" ‖ TLS exporter (label "EXPORTER-plumbline-hello", 32 bytes, no context).
// `checkpoint` is the newest one that the agent verified, so that a collector whose ledger was
// restored from an old copy learns of it.
struct Hello {
  std::uint32_t version = kOldestProtocolVersion;  // the oldest that the agent speaks
  std::uint32_t newest = kProtocolVersion;         // the newest
  std::string software;                            // "plumb-agent 0.1.0"
  PublicKey key;
  OutletId outlet;
  Signature proof;
  std::string checkpoint = {};  // signed note (docs/formats/ledger.md); empty when it holds none
  // The office's record that made the stream, as the agent was given it: what a server shows to
  // itself that was restored from a copy older than the enrolment. Empty where none was kept.
  Bytes record = {};
};
Bytes hello_signed_bytes(BytesView tls_exporter);

// agent -> collector, first frame instead of Hello: asks for a key to be enrolled. The proof is
// the same as Hello's, so that nobody enrols a key he does not hold.
struct EnrollRequest {
  std::uint32_t version = kOldestProtocolVersion;
  std::uint32_t newest = kProtocolVersion;
  std::string software;
  Bytes token_secret;  // 16 bytes, from the one-time token
  PublicKey key;
  Signature proof;
  std::optional<StreamLink> previous = {};  // the stream that the new one goes on from
};

// A file of the pack that the agent validates by.
struct PackFile {
  std::string path;  // "pack.yaml", "events.yaml", "calendar.yaml"
  Bytes bytes;
};

// collector -> agent, answers EnrollRequest. The session ends after it.
struct Enrolled {
  std::string ledger_id;
  PublicKey checkpoint_key;             // verifies checkpoints of this ledger
  std::optional<PublicKey> office_key;  // signs records; absent from a collector of version 1
  OutletId outlet;
  std::string outlet_code;  // the source's own code of the outlet; may be empty
  SourceKind source_kind = SourceKind::kAgent;
  bool historical = false;
  std::vector<PackFile> files;
  Bytes record = {};  // "key.enroll" as it stands in the ledger (encode_record); may be empty
};

// collector -> agent, answers Hello: where the ledger stands for this stream. The agent goes on
// behind `head`.
struct Welcome {
  std::uint32_t version = kProtocolVersion;  // of this session, common_version()
  std::string ledger_id;
  BatchNumber head;  // 0 when the ledger holds no batch of the stream
  Hash head_hash;
  Sequence next_sequence{1};
  Hash events_hash;             // of the active events.yaml; where it differs from the agent's,
  std::vector<PackFile> files;  // the files follow here, else empty
  // Records "ledger.continue" as they stand in the ledger (encode_record), oldest first: why the
  // ledger has another id than at the agent's enrolment.
  std::vector<Bytes> successions;
};

// agent -> collector.
struct BatchFrame {
  Bytes sealed;
};

// collector -> agent: the batch is in the ledger, durably. Sent again for a repeated batch.
struct Ack {
  BatchNumber number;
  LedgerIndex index;
  Instant recorded_at;
};

// collector -> agent: the batch (or hello, number 0) is not accepted; final for these bytes
// unless `retry_after_ms` is set. The session ends after it, save where retry_after_ms is set.
struct Refused {
  BatchNumber number;
  std::string code;  // code_name() of base/result.h
  std::string sentence;
  std::optional<std::int64_t> retry_after_ms;
};

// agent -> collector, now and then: alive, and this is the last sequence I accepted. Optional.
struct Heartbeat {
  Sequence last;
  std::optional<Instant> wall = {};  // the agent's clock when it sent this
};

// agent -> collector, version 2: asks for the newest checkpoint, that it continues the one which
// the agent holds, and that batches `first` to `first + count - 1` of the session's stream are in
// it. Answered by Proofs, or put off by Refused with retry_after_ms (number 0).
struct ProofRequest {
  LedgerSize held;  // 0 = the agent holds none
  BatchNumber first;
  std::uint32_t count = 0;  // 0 to limits::kMaxProvedBatches; 0 asks for the checkpoint alone
};

// That one batch is in the checkpoint: its leaf is that of the entry made of recorded_at and head.
struct BatchProof {
  BatchNumber number;
  LedgerIndex index;
  Instant recorded_at;
  std::vector<Hash> path;  // inclusion proof of RFC 9162
  bool operator==(const BatchProof&) const = default;
};

// collector -> agent, version 2. Batches that the checkpoint does not cover yet are left out.
struct Proofs {
  std::string checkpoint;           // signed note
  LedgerSize held;                  // as it was asked
  std::vector<Hash> consistency;    // from `held` to the checkpoint; empty when held is 0
  std::vector<BatchProof> batches;  // ascending
};

// agent -> collector, version 2, in an open session with nothing in flight: a new key takes over.
// The stream of the old one ends behind its last batch. Answered by Rotated or Refused; the
// session ends after it, and the agent comes again with the new key.
struct RotateRequest {
  PublicKey key;      // the new one
  Signature proof;    // by the new key over hello_signed_bytes()
  Signature consent;  // by the old key over rotation_signed_bytes()
};
// "plumbline/rotate/v1\0" ‖ old stream ‖ u64 last batch ‖ hash of the last batch ‖ new key.
Bytes rotation_signed_bytes(const StreamLink& old, const PublicKey& key);

// collector -> agent, version 2.
struct Rotated {
  StreamId stream;    // of the new key
  Bytes record = {};  // "key.rotate" as it stands in the ledger; may be empty
};

using Message = std::variant<Hello, EnrollRequest, Enrolled, Welcome, BatchFrame, Ack, Refused,
                             Heartbeat, ProofRequest, Proofs, RotateRequest, Rotated>;

Bytes encode_message(const Message& message);

// Cuts frames out of a byte stream. Memory stays under the frame limit: the size is checked before
// anything is kept. After an error the decoder answers that error for ever.
class FrameDecoder {
 public:
  explicit FrameDecoder(std::size_t max_body_bytes) : max_body_bytes_(max_body_bytes) {}

  void feed(BytesView bytes);
  // Another limit from the next frame on; what a peer may send depends on who it is.
  void allow(std::size_t max_body_bytes) { max_body_bytes_ = max_body_bytes; }
  // Bytes kept of frames that were not handed out.
  std::size_t buffered() const { return buffer_.size() - start_; }
  // The next message; nullopt when more bytes are needed. kInvalid: unknown mandatory type, body
  // that does not parse; kExhausted: a size over the limit.
  Result<std::optional<Message>> next();
  // True when bytes of an unfinished frame are held: an end of the stream here is a truncation.
  bool in_frame() const { return start_ < buffer_.size(); }

 private:
  std::size_t max_body_bytes_;
  Bytes buffer_;
  std::size_t start_ = 0;  // of the first byte not yet decoded
  std::optional<Error> failed_;
};

// One-time enrolment token as text: "plumb1." ‖ base64url(secret, 16 bytes) ‖ "." ‖
// base64url(SHA-256 of the server's TLS SubjectPublicKeyInfo). Without padding. The second part
// pins the server: an agent never trusts a key on first sight.
struct Token {
  Bytes secret;
  Hash server_pin;
};
std::string format_token(const Token& token);
Result<Token> parse_token(std::string_view text);

}  // namespace plumbline

#endif  // PLUMBLINE_MODEL_WIRE_SESSION_H_
