// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_AGENTS_SUCCESSION_H_
#define PLUMBLINE_AGENTS_SUCCESSION_H_

#include <optional>
#include <span>
#include <string>

#include "base/bytes.h"
#include "base/crypto.h"
#include "base/result.h"

// Why a server keeps a ledger of another id than the one that the agent was enrolled in. Pure.
// docs/formats/ledger.md, record `ledger.continue`.
namespace plumbline {

// What the agent knows of its ledger.
struct KnownLedger {
  std::string ledger_id;
  PublicKey checkpoint_key;
  std::optional<PublicKey> office_key;  // pinned at enrolment
};

struct Succession {
  std::string ledger_id;  // from now on
  std::string reason;     // of the last record, as the office gave it
  bool operator==(const Succession&) const = default;
};

// Follows `records` (oldest first, those of a Welcome) from the known ledger to `shown_id`. Each
// must be signed by the pinned office key and give up a checkpoint that was signed for the ledger
// before it. kDenied: no office key is pinned. kUnauthenticated: a record or its checkpoint is not
// signed by the pinned key. kNotFound: the records do not lead from the one id to the other.
Result<Succession> follow_succession(const KnownLedger& known, const std::string& shown_id,
                                     std::span<const Bytes> records);

}  // namespace plumbline

#endif  // PLUMBLINE_AGENTS_SUCCESSION_H_
