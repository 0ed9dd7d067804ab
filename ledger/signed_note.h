// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_LEDGER_SIGNED_NOTE_H_
#define PLUMBLINE_LEDGER_SIGNED_NOTE_H_

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/crypto.h"
#include "base/result.h"

// Notes after c2sp.org/signed-note: text signed by one or more keys. Ed25519 (signature type 1) is
// the one type that is signed and verified here; signatures of others are passed over.
namespace plumbline {

// Text and signatures: 16 signatures of 5,000 bytes, as the specification asks, are 107 KB.
constexpr std::size_t kMaxNoteBytes = 128 * 1024;

// A key that may have signed, under the name that stands in its signature lines.
struct VerifierKey {
  std::string name;
  PublicKey key;
  bool operator==(const VerifierKey&) const = default;
};

// kInvalid unless the name is UTF-8, not empty, and without control character, space of Unicode and
// plus.
Status check_key_name(std::string_view name);

// The first four bytes of SHA-256(name ‖ 0x0a ‖ 0x01 ‖ key).
Bytes key_id(const VerifierKey& key);

// "<name>+<8 small hex digits of the key id>+<base64(0x01 ‖ key)>", and back. kInvalid for another
// form, or an id that does not follow from name and key; kUnsupported for another type than
// Ed25519.
std::string verifier_key_text(const VerifierKey& key);
Result<VerifierKey> parse_verifier_key(std::string_view text);

// The note of `text` with one signature. `text` ends with a newline and is UTF-8 without other
// control characters; `name` passes check_key_name().
std::string sign_note(std::string_view text, std::string_view name, const PrivateKey& key);

struct OpenedNote {
  std::string_view text;             // of the note, with its last newline
  std::vector<std::string> signers;  // names of the known keys that signed, in the note's order
};

// Verifies the signatures by the keys that are known and passes over all others, cosignatures of
// witnesses among them. kInvalid when it is no note; kUnauthenticated when one by a known key does
// not hold, or when there is none. Any bytes are safe input.
Result<OpenedNote> open_note(std::string_view note, std::span<const VerifierKey> known);

}  // namespace plumbline

#endif  // PLUMBLINE_LEDGER_SIGNED_NOTE_H_
