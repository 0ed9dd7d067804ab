// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_AGENTS_TRANSPORT_H_
#define PLUMBLINE_AGENTS_TRANSPORT_H_

#include <optional>
#include <string>
#include <variant>

#include "agents/alarm.h"
#include "agents/spool.h"
#include "base/clock.h"
#include "base/result.h"
#include "model/wire/transport.h"

// An agent without any connection: its batches leave as a file, and a receipt comes back.
// docs/guides/agent.md, section "Without a connection".
namespace plumbline {

struct Packed {
  TransportFile file;
  BatchNumber first, last;
  std::uint64_t events = 0;
  std::uint64_t left = 0;  // batches that did not fit
};

// Every batch that is not proved, oldest first, as many as fit in `max_bytes` and one at least.
// Packing again packs the same ones again: only a receipt moves the agent on. kNotFound when there
// is nothing to pack. Errors of the spool.
Result<Packed> pack_batches(Spool& spool, std::size_t max_bytes, Instant now);

struct ReceiptTaken {
  BatchNumber acknowledged, proved;  // where the stream stands now
  std::uint64_t batches = 0;         // that this receipt proved
  std::optional<Refused> refused;    // what the server did not take, and why
};

// Takes from a receipt what its proofs show, and nothing else. The other alternative: the server's
// ledger contradicts what the agent holds; nothing was taken, and the caller raises the alarm.
// kInvalid: the receipt is another agent's or another ledger's, or its proofs begin behind a batch
// that is not proved. kConflict while an alarm is open.
Result<std::variant<ReceiptTaken, Contradiction>> take_receipt(Spool& spool,
                                                               const ReceiptFile& receipt,
                                                               Instant now);

}  // namespace plumbline

#endif  // PLUMBLINE_AGENTS_TRANSPORT_H_
