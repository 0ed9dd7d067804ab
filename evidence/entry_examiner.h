// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVIDENCE_ENTRY_EXAMINER_H_
#define PLUMBLINE_EVIDENCE_ENTRY_EXAMINER_H_

#include <optional>
#include <unordered_map>

#include "base/crypto.h"
#include "ledger/entry.h"
#include "model/wire/batch.h"
#include "store/store.h"

// What costs time in checking an entry and needs no other entry: hashes, signatures, forms.
namespace plumbline {

using StreamKeys = std::unordered_map<StreamId, PublicKey>;

// A batch as its entry tells it.
struct ExaminedBatch {
  BatchHeader header;
  Hash hash;                           // batch_hash()
  std::optional<PublicKey> signed_by;  // verify_head() holds with this key
  Status content;                      // verify_content(); ok where there is none
  Status form;                         // decode_content(); ok where content does not hold
  BatchHead head;
};

struct ExaminedEntry {
  Hash leaf;
  Result<Entry> entry;
  std::optional<Result<ExaminedBatch>> batch;  // of an entry of kind batch
};

// Tries a batch's signature with the key that `keys` has for its stream, if any. Any thread.
ExaminedEntry examine(const StoredEntry& stored, const StreamKeys& keys);

}  // namespace plumbline

#endif  // PLUMBLINE_EVIDENCE_ENTRY_EXAMINER_H_
