// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/ingest/sealed.h"

#include <fmt/format.h>

#include <atomic>
#include <fstream>
#include <map>
#include <optional>
#include <thread>

#include "base/file.h"
#include "base/mutex.h"
#include "ledger/entry.h"
#include "model/office_record.h"
#include "model/wire/batch.h"
#include "model/wire/session.h"
#include "programs/plumbd_layout.h"
#include "store/sqlite/ledger_db.h"

namespace plumbline::bench {
namespace {

constexpr std::size_t kMaxFramesBytes = std::size_t{2} << 30;
constexpr std::size_t kFrameHeaderBytes = 5;
// Enrolling waits for an fsync: many at a time share one.
constexpr std::uint32_t kEnrollers = 32;

StreamId stream_of(std::uint32_t stream) {
  return stream_id(key_of(stream).public_key(), outlet_of(stream));
}

template <typename Body>
Status append(LedgerWriter& writer, const PrivateKey& office, Body body) {
  Bytes record = encode_record(to_json(OfficeRecord{"os:bench", "benchmark", body}), office);
  auto index = writer.append(EntryKind::kOffice, std::move(record));
  if (!index.ok()) return index.error();
  return {};
}

Status enroll(LedgerWriter& writer, const PrivateKey& office, std::uint32_t stream) {
  OutletAdded outlet;
  outlet.outlet = outlet_of(stream);
  outlet.name_zh = outlet.name_en = outlet.outlet.text();
  RETURN_IF_ERROR(append(writer, office, outlet));
  TokenCreated token;
  token.token_hash = sha256(fmt::format("bench token {}", stream));
  token.outlet = outlet.outlet;
  token.historical = true;
  token.expires = system_clock().wall() + Duration{kMsPerDay};
  RETURN_IF_ERROR(append(writer, office, token));
  KeyEnrolled enrolled;
  enrolled.key = key_of(stream).public_key();
  enrolled.outlet = outlet.outlet;
  enrolled.stream = stream_of(stream);
  enrolled.historical = true;
  enrolled.token_hash = token.token_hash;
  enrolled.software = "ingest_load";
  return append(writer, office, enrolled);
}

// The frames of one stream, one behind the other.
Bytes seal_stream(std::uint32_t stream, std::uint32_t rows_of, const Amount& amount) {
  const PrivateKey key = key_of(stream);
  RowMaker maker(rows_of, amount.subject_chars);
  BatchHeader header;
  header.outlet = outlet_of(stream);
  header.stream = stream_of(stream);
  header.number = BatchNumber(1);
  header.first = Sequence(1);
  Bytes out;
  for (std::uint32_t i = 0; i < amount.batches; ++i) {
    std::vector<Event> events;
    for (const Row& row : maker.next(amount.events)) events.push_back(event_of(row));
    header.wall = events.back().time;
    SealedBatch sealed = seal_batch(header, events, key).value();
    out += encode_message(BatchFrame{encode_sealed(sealed)});
    header.number = header.number.next();
    header.first = Sequence(header.first.value + amount.events);
    header.previous = batch_hash(sealed.head.header);
  }
  return out;
}

// One batch of the same content for each stream: only its head is made anew.
Bytes seal_same(std::uint32_t stream, const SealedBatch& model) {
  const PrivateKey key = key_of(stream);
  SealedBatch sealed = model;
  sealed.header.outlet = outlet_of(stream);
  sealed.header.stream = stream_of(stream);
  sealed.head.header = encode_header(sealed.header);
  sealed.head.signature = key.sign(batch_signed_bytes(sealed.head.header));
  return encode_message(BatchFrame{encode_sealed(sealed)});
}

SealedBatch model_batch(const Amount& amount) {
  Bytes frame = seal_stream(0, 0, amount);
  return decode_sealed(BytesView(frame).substr(kFrameHeaderBytes)).value();
}

// Calls `act` for 0..count-1 on all cores.
template <typename Act>
void in_parallel(std::uint32_t count, std::uint32_t threads, Act act) {
  std::atomic<std::uint32_t> next{0};
  std::vector<std::thread> running;
  for (std::uint32_t i = 0; i < threads; ++i) {
    running.emplace_back([&] {
      for (std::uint32_t at = next++; at < count; at = next++) act(at);
    });
  }
  for (std::thread& thread : running) thread.join();
}

const Column& column(const EventBlock& block, std::string_view name) {
  for (const Column& found : block.columns) {
    if (found.name == name && found.rows.empty()) return found;
  }
  CHECK(false, "an event of the bench lacks a field");
}

Status add_batch(const BatchHeader& header, BytesView bytes, std::uint32_t stream,
                 ResultHash& hash) {
  ASSIGN_OR_RETURN(Content content, decode_content(bytes, header.count));
  CHECK(content.blocks.size() == 1, "events of the bench have one type");
  const EventBlock& block = content.blocks.front();
  const auto& channel = column(block, "channel");
  const auto& minutes = column(block, "minutes");
  const auto& paid = column(block, "paid");
  const auto& requester = column(block, "requester");
  Row row;
  row.type = block.type;
  for (std::size_t i = 0; i < header.count; ++i) {
    row.sequence = header.first.value + i;
    row.subject = block.subject(i);
    row.time_ms = block.times[i].ms;
    row.channel = channel.dictionary[channel.indexes[i]];
    row.minutes = minutes.numbers[i];
    row.paid = paid.numbers[i] != 0;
    row.requester = requester.dictionary[requester.indexes[i]];
    hash.add(stream, row);
  }
  return {};
}

}  // namespace

PrivateKey key_of(std::uint32_t stream) {
  return PrivateKey::from_seed(sha256(fmt::format("bench key {}", stream)).view()).value();
}

OutletId outlet_of(std::uint32_t stream) {
  return OutletId::parse(fmt::format("bench-{:05}", stream)).value();
}

Status enroll_streams(const std::string& data, std::uint32_t streams) {
  DataLayout layout{data};
  ASSIGN_OR_RETURN(PrivateKey office, PrivateKey::read_file(layout.office_key()));
  ASSIGN_OR_RETURN(auto writer, open_sqlite_writer(layout.ledger(), system_clock(), nullptr));
  Mutex mutex;
  std::optional<Error> failed;
  in_parallel(streams, kEnrollers, [&](std::uint32_t stream) {
    if (Status done = enroll(*writer, office, stream); !done.ok()) {
      MutexLock lock(mutex);
      failed = done.error();
    }
  });
  if (failed) return *failed;
  return {};
}

Status seal_frames(const std::string& path, const Amount& amount, SameEvents same) {
  std::vector<Bytes> streams(amount.streams);
  if (same == SameEvents::kYes) {
    CHECK(amount.batches == 1, "the same events are sealed as one batch");
    const SealedBatch model = model_batch(amount);
    in_parallel(amount.streams, 2, [&](std::uint32_t i) { streams[i] = seal_same(i, model); });
  } else {
    in_parallel(amount.streams, 2,
                [&](std::uint32_t i) { streams[i] = seal_stream(i, i, amount); });
  }
  Bytes head;
  append_u32(head, amount.streams);
  append_u32(head, amount.batches);
  append_u32(head, amount.events);
  append_u32(head, amount.subject_chars);
  std::ofstream file(path, std::ios::binary);
  file << head;
  for (const Bytes& stream : streams) file << stream;
  if (!file.flush()) return Error(Code::kIo, "cannot write " + path);
  return {};
}

Result<Frames> load_frames(const std::string& path) {
  Frames frames;
  ASSIGN_OR_RETURN(frames.bytes, read_file(path, kMaxFramesBytes));
  ByteReader reader(frames.bytes);
  ASSIGN_OR_RETURN(frames.amount.streams, reader.u32("streams"));
  ASSIGN_OR_RETURN(frames.amount.batches, reader.u32("batches"));
  ASSIGN_OR_RETURN(frames.amount.events, reader.u32("events"));
  ASSIGN_OR_RETURN(frames.amount.subject_chars, reader.u32("the subject's size"));
  for (std::uint32_t i = 0; i < frames.amount.streams; ++i) {
    auto& stream = frames.streams.emplace_back();
    for (std::uint32_t k = 0; k < frames.amount.batches; ++k) {
      ASSIGN_OR_RETURN(std::uint32_t size, ByteReader(reader.rest()).u32("a frame's size"));
      ASSIGN_OR_RETURN(BytesView frame, reader.take(kFrameHeaderBytes + size, "a frame"));
      stream.push_back(frame);
    }
  }
  return frames;
}

Result<std::string> ledger_json(const std::string& data, std::uint32_t streams) {
  std::map<StreamId, std::uint32_t> numbers;
  for (std::uint32_t i = 0; i < streams; ++i) numbers[stream_of(i)] = i;
  ResultHash hash(streams);
  ASSIGN_OR_RETURN(auto reader, open_sqlite_reader(DataLayout{data}.ledger()));
  auto take = [&](const StoredEntry& stored) -> Status {
    ASSIGN_OR_RETURN(Entry entry, decode_entry(stored.entry));
    if (entry.kind != EntryKind::kBatch) return {};
    ByteReader payload(entry.payload);
    ASSIGN_OR_RETURN(BatchHead head, decode_head(payload));
    ASSIGN_OR_RETURN(BatchHeader header, decode_header(head.header));
    return add_batch(header, stored.content.value(), numbers.at(header.stream), hash);
  };
  for (LedgerIndex from;;) {
    ASSIGN_OR_RETURN(LedgerIndex next, reader->read(from, take));
    if (next == from) return hash.json();
    from = next;
  }
}

}  // namespace plumbline::bench
