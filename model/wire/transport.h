// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_MODEL_WIRE_TRANSPORT_H_
#define PLUMBLINE_MODEL_WIRE_TRANSPORT_H_

#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/result.h"
#include "model/ids.h"
#include "model/wire/session.h"

// Reports that travel as a file where no connection is possible: docs/formats/wire.md, section
// "Transport by file". The batches in it are the sealed ones, byte for byte, so whoever carries
// the file can read it and cannot change it.
namespace plumbline {

// An outlet's batches on their way to the ledger.
struct TransportFile {
  std::string ledger_id;  // the ledger that the agent is enrolled in
  OutletId outlet;
  PublicKey key;
  LedgerSize held;             // of the newest checkpoint that the agent holds; 0 = none
  Instant made;                // the agent's clock
  std::vector<Bytes> batches;  // encode_sealed(), ascending

  StreamId stream() const { return stream_id(key, outlet); }
};

// What came of it, on its way back.
struct ReceiptFile {
  std::string ledger_id;  // the ledger that took them
  StreamId stream;
  Instant made;                    // the server's clock
  std::vector<Ack> acks;           // in the order of the batches
  std::optional<Refused> refused;  // the batch that was not taken; those behind it were not tried
  std::vector<Proofs> proofs;      // that the acknowledged ones are in the ledger
};

Bytes encode_transport(const TransportFile& file);
Bytes encode_receipt(const ReceiptFile& file);

// kInvalid naming the place: another kind of file, one that was cut off or changed on its way (its
// hash at the end does not hold), an unknown member, a part that does not belong there. Whether
// the batches are good is not asked here.
Result<TransportFile> decode_transport(BytesView bytes);
Result<ReceiptFile> decode_receipt(BytesView bytes);

}  // namespace plumbline

#endif  // PLUMBLINE_MODEL_WIRE_TRANSPORT_H_
