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

constexpr std::uint32_t kProtocolVersion = 1;

// agent -> collector, first frame: who speaks. `proof` = Ed25519 signature by `key` over
// "plumbline/hello/v1\0" ‖ TLS exporter (label "EXPORTER-plumbline-hello", 32 bytes, no context).
struct Hello {
  std::uint32_t version = kProtocolVersion;
  std::string software;        // "plumb-agent 0.1.0"
  PublicKey key;
  OutletId outlet;
  Signature proof;
};
Bytes hello_signed_bytes(BytesView tls_exporter);

// agent -> collector, first frame instead of Hello: asks for a key to be enrolled. The proof is
// the same as Hello's, so that nobody enrols a key he does not hold.
struct EnrollRequest {
  std::uint32_t version = kProtocolVersion;
  std::string software;
  Bytes token_secret;          // 16 bytes, from the one-time token
  PublicKey key;
  Signature proof;
};

// A file of the pack that the agent validates by.
struct PackFile {
  std::string path;            // "pack.yaml", "events.yaml", "calendar.yaml"
  Bytes bytes;
};

// collector -> agent, answers EnrollRequest. The session ends after it.
struct Enrolled {
  std::string ledger_id;
  PublicKey checkpoint_key;    // verifies checkpoints of this ledger
  OutletId outlet;
  std::string outlet_code;     // the source's own code of the outlet; may be empty
  SourceKind source_kind = SourceKind::kAgent;
  bool historical = false;
  std::vector<PackFile> files;
};

// collector -> agent, answers Hello: where the ledger stands for this stream. The agent goes on
// behind `head`.
struct Welcome {
  std::uint32_t version = kProtocolVersion;
  std::string ledger_id;
  BatchNumber head;            // 0 when the ledger holds no batch of the stream
  Hash head_hash;
  Sequence next_sequence{1};
  Hash events_hash;            // of the active events.yaml; where it differs from the agent's,
  std::vector<PackFile> files; // the files follow here, else empty
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
  std::string code;            // code_name() of base/result.h
  std::string sentence;
  std::optional<std::int64_t> retry_after_ms;
};

// agent -> collector, now and then: alive, and this is the last sequence I accepted. Optional.
struct Heartbeat {
  Sequence last;
};

using Message = std::variant<Hello, EnrollRequest, Enrolled, Welcome, BatchFrame, Ack, Refused,
                             Heartbeat>;

Bytes encode_message(const Message& message);

// Cuts frames out of a byte stream. Memory stays under the frame limit: the size is checked before
// anything is kept. After an error the decoder answers that error for ever.
class FrameDecoder {
 public:
  explicit FrameDecoder(std::size_t max_body_bytes) : max_body_bytes_(max_body_bytes) {}

  void feed(BytesView bytes);
  // The next message; nullopt when more bytes are needed. kInvalid: unknown mandatory type, body
  // that does not parse; kExhausted: a size over the limit.
  Result<std::optional<Message>> next();
  // True when bytes of an unfinished frame are held: an end of the stream here is a truncation.
  bool in_frame() const { return start_ < buffer_.size(); }

 private:
  std::size_t max_body_bytes_;
  Bytes buffer_;
  std::size_t start_ = 0;      // of the first byte not yet decoded
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
