// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_LEDGER_CHECKPOINT_H_
#define PLUMBLINE_LEDGER_CHECKPOINT_H_

#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/crypto.h"
#include "base/result.h"
#include "model/ids.h"

// C2SP tlog-checkpoint in a C2SP signed-note, one Ed25519 signature.
namespace plumbline {

struct Checkpoint {
  std::string origin;      // "plumbline/<ledger id>", also the key's name
  LedgerSize size;
  Hash root;
  bool operator==(const Checkpoint&) const = default;
};

std::string checkpoint_origin(std::string_view ledger_id);

// The signed text: body, empty line, "— <origin> <base64(key id ‖ signature)>\n".
std::string sign_checkpoint(const Checkpoint& checkpoint, const PrivateKey& key);

// Parses and verifies. Unknown signature lines are passed over as the note format says;
// kUnauthenticated when none by (`origin`, `key`) verifies, kInvalid when it is no checkpoint.
Result<Checkpoint> open_checkpoint(std::string_view text, std::string_view origin,
                                   const PublicKey& key);

// The C2SP verifier key text: "<name>+<8 hex of key id>+<base64(0x01 ‖ key)>".
std::string verifier_key_text(std::string_view origin, const PublicKey& key);

}  // namespace plumbline

#endif  // PLUMBLINE_LEDGER_CHECKPOINT_H_
