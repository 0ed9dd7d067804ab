// SPDX-License-Identifier: Apache-2.0
#include "model/wire/batch.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/limits.h"
#include "model/wire/fields.h"
#include "model/wire/instants.h"

namespace plumbline {
namespace {

constexpr std::string_view kBatchDomain("plumbline/batch/v1\0", 19);
constexpr std::uint64_t kVersion = 1;
constexpr auto kHash = static_cast<std::uint64_t>(HashAlgorithm::kSha256);
constexpr auto kSignature = static_cast<std::uint64_t>(SignatureAlgorithm::kEd25519);
// Numbers that go through signed 64-bit columns and sums with a batch's count.
constexpr std::uint64_t kMaxNumber = std::uint64_t{1} << 62;

// Field numbers of wire.Header.
enum HeaderField : std::uint32_t {
  kFieldVersion = 1,
  kFieldHashAlgorithm = 2,
  kFieldSignatureAlgorithm = 3,
  kFieldStream = 4,
  kFieldOutlet = 5,
  kFieldNumber = 6,
  kFieldFirst = 7,
  kFieldCount = 8,
  kFieldPrevious = 9,
  kFieldContentHash = 10,
  kFieldContentSize = 11,
  kFieldEventsHash = 12,
  kFieldCheckpointSize = 13,
  kFieldCheckpointRoot = 14,
  kFieldWall = 15,
  kFieldMonotonic = 16,
  kFieldBootId = 17,
};

template <typename Fixed>
BytesView nonzero(const Fixed& fixed) {
  return fixed.is_zero() ? BytesView() : fixed.view();
}

Error invalid(std::string sentence) {
  return Error(Code::kInvalid, std::move(sentence));
}

// What holds of every header, sealed here or received.
Status check_header(const BatchHeader& h) {
  if (h.outlet.empty()) return invalid("the batch header names no outlet");
  if (h.stream.is_zero()) return invalid("the batch header names no stream");
  if (h.count < 1 || h.count > limits::kMaxBatchEvents) {
    return invalid(fmt::format("the batch header says {} events, a batch has 1 to {}", h.count,
                               limits::kMaxBatchEvents));
  }
  if (h.number.value < 1 || h.number.value > kMaxNumber) {
    return invalid(fmt::format("the batch number is {}, must be 1 to 2^62", h.number.value));
  }
  if (h.first.value < 1 || h.first.value > kMaxNumber) {
    return invalid(fmt::format("the first sequence is {}, must be 1 to 2^62", h.first.value));
  }
  if ((h.number.value == 1) != h.previous.is_zero()) {
    return invalid(fmt::format("batch number {} {} the hash of a previous header", h.number.value,
                               h.previous.is_zero() ? "lacks" : "must not have"));
  }
  if (h.content_hash.is_zero()) return invalid("the batch header has no content hash");
  if (h.content_size < 1 || h.content_size > limits::kMaxContentBytes) {
    return invalid(fmt::format("the batch header says {} bytes of content, allowed are 1 to {}",
                               h.content_size, limits::kMaxContentBytes));
  }
  if (h.checkpoint_size > kMaxNumber) return invalid("the checkpoint's size is beyond 2^62");
  if ((h.checkpoint_size == 0) != h.checkpoint_root.is_zero()) {
    return invalid("the batch header states a checkpoint's size and root both or neither");
  }
  if (!is_wire_instant(h.wall.ms)) {
    return invalid(
        fmt::format("the wall clock of the batch header, {} ms, is outside the years "
                    "1900 to 2199",
                    h.wall.ms));
  }
  return {};
}

// Version and algorithms stand first, so that a header of another version is told from a damaged
// one before any of its other fields is looked at.
Status check_versions(FieldReader& reader) {
  struct Wanted {
    std::uint32_t field;
    std::uint64_t value;
    std::string_view name;
  };
  constexpr Wanted kWanted[] = {{kFieldVersion, kVersion, "version"},
                                {kFieldHashAlgorithm, kHash, "hash algorithm"},
                                {kFieldSignatureAlgorithm, kSignature, "signature algorithm"}};
  for (const Wanted& wanted : kWanted) {
    ASSIGN_OR_RETURN(std::optional<WireField> field, reader.next());
    if (!field.has_value() || field->number != wanted.field) {
      return invalid(fmt::format("the batch header lacks its {}", wanted.name));
    }
    ASSIGN_OR_RETURN(std::uint64_t value, reader.number(*field));
    if (value != wanted.value) {
      return Error(Code::kUnsupported, fmt::format("the batch header has {} {}, known is {}",
                                                   wanted.name, value, wanted.value));
    }
  }
  return {};
}

template <typename Fixed>
Status set_fixed(const FieldReader& reader, const WireField& field, std::string_view what,
                 Fixed& target) {
  ASSIGN_OR_RETURN(BytesView bytes, reader.bytes(field));
  ASSIGN_OR_RETURN(target, Fixed::from(bytes, what));
  if (target.is_zero()) return invalid(fmt::format("{} is written out as zero", what));
  return {};
}

Status set_bytes(const FieldReader& reader, const WireField& field, BatchHeader& header) {
  switch (field.number) {
    case kFieldStream:
      return set_fixed(reader, field, "the stream id", header.stream);
    case kFieldPrevious:
      return set_fixed(reader, field, "the previous hash", header.previous);
    case kFieldContentHash:
      return set_fixed(reader, field, "the content hash", header.content_hash);
    case kFieldEventsHash:
      return set_fixed(reader, field, "the events hash", header.events_hash);
    case kFieldCheckpointRoot:
      return set_fixed(reader, field, "the checkpoint's root", header.checkpoint_root);
    case kFieldBootId: {
      FixedBytes<struct BootIdTag, 8> boot;
      RETURN_IF_ERROR(set_fixed(reader, field, "the boot id", boot));
      header.boot_id = boot.data;
      return {};
    }
    case kFieldOutlet: {
      ASSIGN_OR_RETURN(BytesView bytes, reader.bytes(field));
      ASSIGN_OR_RETURN(header.outlet, OutletId::parse(bytes));
      return {};
    }
    default:
      return reader.unknown(field);
  }
}

Status set_field(const FieldReader& reader, const WireField& field, BatchHeader& header) {
  if (field.has_length) return set_bytes(reader, field, header);
  switch (field.number) {
    case kFieldNumber:
      header.number = BatchNumber(field.value);
      return {};
    case kFieldFirst:
      header.first = Sequence(field.value);
      return {};
    case kFieldCount:
      header.count = static_cast<std::uint32_t>(
          std::min<std::uint64_t>(field.value, limits::kMaxBatchEvents + 1));
      return {};
    case kFieldContentSize:
      header.content_size = field.value;
      return {};
    case kFieldCheckpointSize:
      header.checkpoint_size = field.value;
      return {};
    case kFieldWall:
      header.wall.ms = unzigzag(field.value);
      return {};
    case kFieldMonotonic:
      header.monotonic_ms = unzigzag(field.value);
      return {};
    default:
      return reader.unknown(field);
  }
}

}  // namespace

Bytes encode_header(const BatchHeader& h) {
  Bytes out;
  append_number_field(out, kFieldVersion, kVersion);
  append_number_field(out, kFieldHashAlgorithm, kHash);
  append_number_field(out, kFieldSignatureAlgorithm, kSignature);
  append_bytes_field(out, kFieldStream, nonzero(h.stream));
  append_bytes_field(out, kFieldOutlet, h.outlet.text());
  append_number_field(out, kFieldNumber, h.number.value);
  append_number_field(out, kFieldFirst, h.first.value);
  append_number_field(out, kFieldCount, h.count);
  append_bytes_field(out, kFieldPrevious, nonzero(h.previous));
  append_bytes_field(out, kFieldContentHash, nonzero(h.content_hash));
  append_number_field(out, kFieldContentSize, h.content_size);
  append_bytes_field(out, kFieldEventsHash, nonzero(h.events_hash));
  append_number_field(out, kFieldCheckpointSize, h.checkpoint_size);
  append_bytes_field(out, kFieldCheckpointRoot, nonzero(h.checkpoint_root));
  append_number_field(out, kFieldWall, zigzag(h.wall.ms));
  append_number_field(out, kFieldMonotonic, zigzag(h.monotonic_ms));
  FixedBytes<struct BootIdTag, 8> boot{h.boot_id};
  append_bytes_field(out, kFieldBootId, nonzero(boot));
  return out;
}

Result<BatchHeader> decode_header(BytesView bytes) {
  if (bytes.size() > limits::kMaxHeaderBytes) {
    return invalid(fmt::format("the batch header has {} bytes, at most {} are allowed",
                               bytes.size(), limits::kMaxHeaderBytes));
  }
  FieldReader reader(bytes, "the batch header");
  RETURN_IF_ERROR(check_versions(reader));
  BatchHeader header;
  for (;;) {
    ASSIGN_OR_RETURN(std::optional<WireField> field, reader.next());
    if (!field.has_value()) break;
    RETURN_IF_ERROR(set_field(reader, *field, header));
  }
  RETURN_IF_ERROR(check_header(header));
  return header;
}

Bytes encode_head(const BatchHead& head) {
  CHECK(head.header.size() <= limits::kMaxHeaderBytes, "a header that no reader would accept");
  Bytes out;
  out.reserve(head.header.size() + Signature::size + 5);
  append_u16(out, static_cast<std::uint16_t>(head.header.size()));
  out.append(head.header);
  append_u8(out, static_cast<std::uint8_t>(SignatureAlgorithm::kEd25519));
  append_u16(out, Signature::size);
  out.append(head.signature.view());
  return out;
}

Result<BatchHead> decode_head(ByteReader& reader) {
  ASSIGN_OR_RETURN(std::uint16_t size, reader.u16("the size of the batch header"));
  if (size > limits::kMaxHeaderBytes) {
    return invalid(fmt::format("the batch header has {} bytes, at most {} are allowed", size,
                               limits::kMaxHeaderBytes));
  }
  ASSIGN_OR_RETURN(BytesView header, reader.take(size, "the batch header"));
  ASSIGN_OR_RETURN(std::uint8_t algorithm, reader.u8("the signature's algorithm"));
  if (algorithm != kSignature) {
    return Error(Code::kUnsupported, fmt::format("the batch's signature has algorithm {}, known "
                                                 "is {}",
                                                 algorithm, kSignature));
  }
  ASSIGN_OR_RETURN(std::uint16_t signature_size, reader.u16("the signature's size"));
  ASSIGN_OR_RETURN(BytesView signature, reader.take(signature_size, "the batch's signature"));
  BatchHead head;
  head.header = Bytes(header);
  ASSIGN_OR_RETURN(head.signature, Signature::from(signature, "the batch's signature"));
  return head;
}

Hash batch_hash(BytesView header) {
  return sha256(header);
}

Bytes batch_signed_bytes(BytesView header) {
  Bytes out(kBatchDomain);
  out.append(header);
  return out;
}

Bytes encode_sealed(const SealedBatch& batch) {
  return encode_head(batch.head) + batch.content;
}

Result<SealedBatch> decode_sealed(BytesView bytes) {
  ByteReader reader(bytes);
  SealedBatch batch;
  ASSIGN_OR_RETURN(batch.head, decode_head(reader));
  ASSIGN_OR_RETURN(batch.header, decode_header(batch.head.header));
  if (reader.rest().size() != batch.header.content_size) {
    return invalid(fmt::format("the batch has {} bytes of content, its header says {}",
                               reader.rest().size(), batch.header.content_size));
  }
  batch.content = Bytes(reader.rest());
  return batch;
}

Result<SealedBatch> seal_batch(BatchHeader header, std::span<const Event> events,
                               const PrivateKey& key) {
  SealedBatch batch;
  ASSIGN_OR_RETURN(batch.content, encode_content(events));
  header.content_hash = sha256(batch.content);
  header.content_size = batch.content.size();
  header.count = static_cast<std::uint32_t>(events.size());
  RETURN_IF_ERROR(check_header(header));
  batch.head.header = encode_header(header);
  batch.head.signature = key.sign(batch_signed_bytes(batch.head.header));
  batch.header = std::move(header);
  return batch;
}

Status verify_head(const BatchHeader& header, const BatchHead& head, const PublicKey& key) {
  if (!verify_signature(key, batch_signed_bytes(head.header), head.signature)) {
    return Error(Code::kUnauthenticated, fmt::format("the signature of batch {} is not by key {}",
                                                     header.number.value, key.hex()));
  }
  if (StreamId stream = stream_id(key, header.outlet); stream != header.stream) {
    return Error(Code::kUnauthenticated,
                 fmt::format("batch {} names stream {}, its key and outlet make stream {}",
                             header.number.value, header.stream.hex(), stream.hex()));
  }
  return {};
}

Status verify_content(const BatchHeader& header, BytesView content) {
  if (content.size() != header.content_size) {
    return invalid(fmt::format("batch {} has {} bytes of content, its header says {}",
                               header.number.value, content.size(), header.content_size));
  }
  if (sha256(content) != header.content_hash) {
    return invalid(fmt::format("the content of batch {} does not have the hash of its header",
                               header.number.value));
  }
  return {};
}

Status verify_batch(const SealedBatch& batch, const PublicKey& key) {
  RETURN_IF_ERROR(verify_head(batch.header, batch.head, key));
  return verify_content(batch.header, batch.content);
}

}  // namespace plumbline
