// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_LEDGER_ENTRY_H_
#define PLUMBLINE_LEDGER_ENTRY_H_

#include "base/bytes.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/json.h"
#include "base/result.h"
#include "model/wire/batch.h"

// The entry: docs/formats/ledger.md. u8 format version (1) ‖ u8 kind ‖ i64 recorded_at ‖ payload.
namespace plumbline {

enum class EntryKind : std::uint8_t { kGenesis = 1, kBatch = 2, kOffice = 3 };
std::string_view entry_kind_name(EntryKind kind);   // "genesis", "batch", "office"

struct Entry {
  EntryKind kind = EntryKind::kOffice;
  Instant recorded_at;
  Bytes payload;   // kBatch: the head (model/wire/batch.h); else a signed record
};
constexpr std::size_t kEntryHeaderBytes = 10;

Bytes encode_entry(const Entry& entry);
Result<Entry> decode_entry(BytesView bytes);

// SHA-256(0x00 ‖ entry), RFC 9162 section 2.1.1.
Hash leaf_hash(BytesView entry);

// An office record or the genesis: RFC 8785 JSON, signed by the server's office key.
// u32 JSON size ‖ JSON ‖ u8 signature algorithm ‖ u16 signature size ‖ signature, where the signed
// bytes are "plumbline/record/v1\0" ‖ JSON.
struct SignedRecord {
  Json json;
  Bytes json_bytes;    // canonical; what was signed
  Signature signature;
};
Bytes encode_record(const Json& json, const PrivateKey& office_key);
// kInvalid also when the JSON is not in canonical form.
Result<SignedRecord> decode_record(BytesView payload);
bool verify_record(const SignedRecord& record, const PublicKey& office_key);

}  // namespace plumbline

#endif  // PLUMBLINE_LEDGER_ENTRY_H_
