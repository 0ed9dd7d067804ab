// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_MODEL_WIRE_SESSION_FRAMES_H_
#define PLUMBLINE_MODEL_WIRE_SESSION_FRAMES_H_

#include <optional>

#include "base/bytes.h"
#include "base/result.h"
#include "model/wire/session.h"

// What the two directions of the session codec share.
namespace plumbline {

enum FrameType : std::uint8_t {
  kHello = 1,
  kEnrollRequest = 2,
  kEnrolled = 3,
  kWelcome = 4,
  kBatch = 5,
  kAck = 6,
  kRefused = 7,
  kProofRequest = 8,
  kProofs = 9,
  kRotateRequest = 10,
  kRotated = 11,
  kHeartbeat = 128,
};
constexpr std::uint8_t kFirstOptionalType = 128;

constexpr auto kEd25519 = static_cast<std::uint32_t>(SignatureAlgorithm::kEd25519);
constexpr auto kSha256 = static_cast<std::uint32_t>(HashAlgorithm::kSha256);
constexpr std::size_t kMaxSentenceBytes = 4096;

// The message of a frame; nullopt for an optional frame that this version does not know.
Result<std::optional<Message>> parse_frame(std::uint8_t type, BytesView body);

}  // namespace plumbline

#endif  // PLUMBLINE_MODEL_WIRE_SESSION_FRAMES_H_
