// SPDX-License-Identifier: Apache-2.0
#include "ledger/entry.h"

#include <fmt/format.h>

#include "base/limits.h"
#include "model/wire/instants.h"

namespace plumbline {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::string_view kRecordDomain("plumbline/record/v1\0", 20);
constexpr std::string_view kLeafPrefix("\0", 1);
constexpr std::uint8_t kEd25519 = static_cast<std::uint8_t>(SignatureAlgorithm::kEd25519);

Bytes record_signed_bytes(BytesView json) {
  Bytes out(kRecordDomain);
  out.append(json);
  return out;
}

}  // namespace

std::string_view entry_kind_name(EntryKind kind) {
  switch (kind) {
    case EntryKind::kGenesis:
      return "genesis";
    case EntryKind::kBatch:
      return "batch";
    case EntryKind::kOffice:
      return "office";
  }
  CHECK(false, "an entry kind outside its enumeration");
}

Bytes encode_entry(const Entry& entry) {
  Bytes out;
  out.reserve(kEntryHeaderBytes + entry.payload.size());
  append_u8(out, kVersion);
  append_u8(out, static_cast<std::uint8_t>(entry.kind));
  append_u64(out, static_cast<std::uint64_t>(entry.recorded_at.ms));
  out.append(entry.payload);
  return out;
}

Result<Entry> decode_entry(BytesView bytes) {
  ByteReader reader(bytes);
  ASSIGN_OR_RETURN(std::uint8_t version, reader.u8("the version of an entry"));
  if (version != kVersion) {
    return Error(Code::kUnsupported,
                 fmt::format("the entry has format version {}, known is {}", version, kVersion));
  }
  ASSIGN_OR_RETURN(std::uint8_t kind, reader.u8("the kind of an entry"));
  if (kind < 1 || kind > static_cast<std::uint8_t>(EntryKind::kOffice)) {
    return Error(Code::kUnsupported, fmt::format("the entry has kind {}, known are 1 to 3", kind));
  }
  ASSIGN_OR_RETURN(std::uint64_t recorded_at, reader.u64("the time of an entry"));
  Entry entry;
  entry.kind = static_cast<EntryKind>(kind);
  entry.recorded_at = Instant{static_cast<std::int64_t>(recorded_at)};
  if (!is_wire_instant(entry.recorded_at.ms)) {
    return Error(Code::kInvalid, fmt::format("the entry was recorded at {} ms, outside the years "
                                             "1900 to 2199",
                                             entry.recorded_at.ms));
  }
  if (reader.empty()) return Error(Code::kInvalid, "the entry has no payload");
  entry.payload = Bytes(reader.rest());
  return entry;
}

Hash leaf_hash(BytesView entry) {
  return sha256({kLeafPrefix, entry});
}

Bytes encode_record(const Json& json, const PrivateKey& office_key) {
  Bytes text = json.text();
  Bytes out;
  append_u32(out, static_cast<std::uint32_t>(text.size()));
  out.append(text);
  append_u8(out, kEd25519);
  append_u16(out, Signature::size);
  out.append(office_key.sign(record_signed_bytes(text)).view());
  return out;
}

Result<SignedRecord> decode_record(BytesView payload) {
  ByteReader reader(payload);
  ASSIGN_OR_RETURN(std::uint32_t size, reader.u32("the size of an office record"));
  if (size > limits::kMaxOfficeRecordBytes) {
    return Error(Code::kInvalid, fmt::format("the office record has {} bytes, at most {} are "
                                             "allowed",
                                             size, limits::kMaxOfficeRecordBytes));
  }
  SignedRecord record;
  ASSIGN_OR_RETURN(BytesView text, reader.take(size, "the office record"));
  ASSIGN_OR_RETURN(std::uint8_t algorithm, reader.u8("the signature's algorithm"));
  if (algorithm != kEd25519) {
    return Error(Code::kUnsupported, fmt::format("the office record's signature has algorithm {}, "
                                                 "known is {}",
                                                 algorithm, kEd25519));
  }
  ASSIGN_OR_RETURN(std::uint16_t signature_size, reader.u16("the signature's size"));
  ASSIGN_OR_RETURN(BytesView signature, reader.take(signature_size, "the record's signature"));
  if (!reader.empty()) {
    return Error(Code::kInvalid,
                 fmt::format("{} bytes follow behind the office record", reader.rest().size()));
  }
  ASSIGN_OR_RETURN(record.signature, Signature::from(signature, "the record's signature"));
  ASSIGN_OR_RETURN(record.json, Json::parse(text));
  record.json_bytes = Bytes(text);
  if (record.json.text() != text) {
    return Error(Code::kInvalid, "the office record is not in the canonical form of RFC 8785");
  }
  return record;
}

bool verify_record(const SignedRecord& record, const PublicKey& office_key) {
  return verify_signature(office_key, record_signed_bytes(record.json_bytes), record.signature);
}

}  // namespace plumbline
