// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_MODEL_WIRE_BATCH_H_
#define PLUMBLINE_MODEL_WIRE_BATCH_H_

#include <array>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/result.h"
#include "model/event.h"
#include "model/ids.h"

// The batch: docs/formats/wire.md. Everything here is pure: bytes in, values out.
namespace plumbline {

// What an agent signs about 1..4096 events of one stream.
struct BatchHeader {
  StreamId stream;
  OutletId outlet;
  BatchNumber number;            // 1, 2, 3, ... in the stream
  Sequence first;                // sequence of the first event
  std::uint32_t count = 0;       // 1..4096
  Hash previous;                 // SHA-256 of the previous header of the stream; zero for number 1
  Hash content_hash;             // SHA-256 of the content's bytes
  std::uint64_t content_size = 0;
  Hash events_hash;              // SHA-256 of events.yaml; zero: the same as in the batch before
  std::uint64_t checkpoint_size = 0;  // the newest checkpoint that the agent holds; 0 with a zero
  Hash checkpoint_root;               // root: none newer than in the batches before
  Instant wall;                  // the agent's clocks when it sealed
  std::int64_t monotonic_ms = 0;
  std::array<std::uint8_t, 8> boot_id{};  // which start of the machine `monotonic_ms` belongs to
  bool operator==(const BatchHeader&) const = default;
};

// The header's bytes (protobuf `Header` of model/wire/batch.proto, which names the hash and
// signature algorithms), and back. Decoding refuses (kInvalid / kUnsupported) what a sealed batch
// cannot be: another version or algorithm, a count outside 1..4096, a bad outlet id, sizes over
// base/limits.h. Whether the stream follows from key and outlet is verify_batch's question.
Bytes encode_header(const BatchHeader& header);
Result<BatchHeader> decode_header(BytesView bytes);

// header bytes and signature as they stand in a ledger entry and on the wire:
// u16 header size ‖ header ‖ u8 signature algorithm ‖ u16 signature size ‖ signature.
struct BatchHead {
  Bytes header;          // the exact bytes that were signed
  Signature signature;
};
Bytes encode_head(const BatchHead& head);
// Reads a head from the front of `reader`.
Result<BatchHead> decode_head(ByteReader& reader);

// SHA-256 of the header's bytes: the name of a batch, the `previous` of the next one.
Hash batch_hash(BytesView header);

// The bytes that are signed: "plumbline/batch/v1\0" ‖ header.
Bytes batch_signed_bytes(BytesView header);

// A batch as it is sealed, sent and stored: head ‖ content.
struct SealedBatch {
  BatchHeader header;     // decoded
  BatchHead head;
  Bytes content;
};
Bytes encode_sealed(const SealedBatch& batch);
Result<SealedBatch> decode_sealed(BytesView bytes);

// Encodes and signs. `header.content_hash`, `content_size` and `count` are filled in here.
// kInvalid when there are no events, more than 4096, or the content would be over its limit.
Result<SealedBatch> seal_batch(BatchHeader header, std::span<const Event> events,
                               const PrivateKey& key);

// Everything that can be said of a batch without a ledger: signature by `key`, the stream id that
// follows from key and outlet (both kUnauthenticated), content size and hash (kInvalid).
Status verify_batch(const SealedBatch& batch, const PublicKey& key);
// Its two halves, for who has them apart.
Status verify_head(const BatchHeader& header, const BatchHead& head, const PublicKey& key);
Status verify_content(const BatchHeader& header, BytesView content);

// The content, in columns. All vectors of one column have one element per event that has the
// field; `rows` says which events of the block have it.
struct Column {
  std::string name;
  Kind kind = Kind::kInteger;
  std::vector<std::uint32_t> rows;      // ascending, within the block; empty = every row has it
  std::vector<std::int64_t> numbers;    // number kinds
  std::vector<std::string> dictionary;  // text kinds: distinct values in order of appearance
  std::vector<std::uint32_t> indexes;   // text kinds: into `dictionary`
};

// All events of one type in a batch.
struct EventBlock {
  std::string type;
  std::vector<std::uint32_t> offsets;   // position in the batch; sequence = first + offset
  std::vector<Instant> times;
  Bytes subjects;                       // all subjects, one after the other
  std::vector<std::uint32_t> subject_ends;  // end of each within `subjects`
  std::vector<Column> columns;          // sorted by name
  std::string_view subject(std::size_t row) const {
    std::uint32_t begin = row == 0 ? 0 : subject_ends[row - 1];
    return std::string_view(subjects).substr(begin, subject_ends[row] - begin);
  }
};

struct Content {
  std::vector<EventBlock> blocks;
};

// Column bytes from events and back. Decoding checks form only (counts agree, indexes are in
// range, offsets cover 0..count-1 exactly once, kinds are known): whether the events fit a pack is
// the evaluator's question. `count` is the header's.
Result<Bytes> encode_content(std::span<const Event> events);
Result<Content> decode_content(BytesView bytes, std::uint32_t count);

// The events of a content in the order of their sequence: for showing and for tests; folding
// reads the columns.
std::vector<Event> events_of(const Content& content);

}  // namespace plumbline

#endif  // PLUMBLINE_MODEL_WIRE_BATCH_H_
