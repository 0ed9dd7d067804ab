// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_LEDGER_CHECKPOINT_H_
#define PLUMBLINE_LEDGER_CHECKPOINT_H_

#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/crypto.h"
#include "base/result.h"
#include "model/ids.h"

// Checkpoints after c2sp.org/tlog-checkpoint: signed notes (ledger/signed_note.h) of origin, size
// and root.
namespace plumbline {

struct Checkpoint {
  std::string origin;  // "plumbline/<ledger id>", also the key's name
  LedgerSize size;
  Hash root;
  bool operator==(const Checkpoint&) const = default;
};

std::string checkpoint_origin(std::string_view ledger_id);
// The ledger id of such an origin; "" for another text.
std::string checkpoint_ledger_id(std::string_view origin);

// The signed text: body, empty line, "— <origin> <base64(key id ‖ signature)>\n".
std::string sign_checkpoint(const Checkpoint& checkpoint, const PrivateKey& key);

// Parses and verifies. Unknown signature lines are passed over as the note format says, and lines
// of the text behind the third are; kUnauthenticated when none by (`origin`, `key`) verifies,
// kInvalid when it is no checkpoint.
Result<Checkpoint> open_checkpoint(std::string_view text, std::string_view origin,
                                   const PublicKey& key);
// The same where the ledger is not known beforehand: `key` must have signed under the origin that
// the first line says, and that must be one of checkpoint_origin().
Result<Checkpoint> open_any_checkpoint(std::string_view text, const PublicKey& key);

// The C2SP verifier key text: "<name>+<8 hex of key id>+<base64(0x01 ‖ key)>".
std::string verifier_key_text(std::string_view origin, const PublicKey& key);

}  // namespace plumbline

#endif  // PLUMBLINE_LEDGER_CHECKPOINT_H_
