// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_LEDGER_RECEIPT_H_
#define PLUMBLINE_LEDGER_RECEIPT_H_

#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/crypto.h"
#include "base/result.h"
#include "ledger/checkpoint.h"
#include "ledger/signed_note.h"
#include "model/ids.h"
#include "model/wire/batch.h"

// A receipt: that a batch is in the ledger, as one document that needs nothing else but the key of
// the ledger's checkpoints. docs/formats/receipt.md. Pure.
namespace plumbline {

struct Receipt {
  LedgerIndex index;
  Bytes entry;             // encode_entry() of kind batch
  std::vector<Hash> path;  // inclusion in the checkpoint
  std::string checkpoint;  // signed note
  VerifierKey key;         // that signed it, as the receipt says; whoever relies on the
                           // receipt compares it with a key from elsewhere
  bool operator==(const Receipt&) const = default;
};

// What a receipt that holds says.
struct ReceiptFacts {
  Checkpoint checkpoint;
  BatchHeader header;
  Instant recorded_at;
};

// Canonical JSON and a newline. The receipt must hold.
std::string receipt_text(const Receipt& receipt);
// kInvalid naming the member. The members for people must agree with the entry (kInvalid too).
Result<Receipt> parse_receipt(std::string_view text);
// The checkpoint is signed by the receipt's key and the entry, a sealed batch, is in it.
// kUnauthenticated: the signature or the proof does not hold. The agent's own signature is not
// looked at: its key is in the ledger, not in the receipt.
Result<ReceiptFacts> verify_receipt(const Receipt& receipt);

}  // namespace plumbline

#endif  // PLUMBLINE_LEDGER_RECEIPT_H_
