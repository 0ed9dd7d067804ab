// SPDX-License-Identifier: Apache-2.0
// How fast the ledger's writer takes sealed batches, and how large they lie on disk: the store
// alone, without network, signatures checked, or evaluation. Batches are sealed before the clock
// starts. Prints one JSON object a run.
//
//   ingest_store_bench FOLDER [BATCHES [EVENTS_PER_BATCH [STREAMS [IN_FLIGHT]]]]
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <vector>

#include "base/mutex.h"
#include "ledger/entry.h"
#include "model/office_record.h"
#include "model/wire/batch.h"
#include "store/sqlite/ledger_db.h"
#include "tests/bench/bench_events.h"

namespace plumbline {
namespace {

struct Sizes {
  std::size_t batches = 5000;
  std::uint32_t events = 1000;
  std::size_t streams = 16;
  std::size_t in_flight = 1024;
};

Source make_source(std::size_t number) {
  Source source{PrivateKey::generate(), {}};
  source.header.outlet = OutletId::parse(fmt::format("outlet-{}", number)).value();
  source.header.stream = stream_id(source.key.public_key(), source.header.outlet);
  source.header.number = BatchNumber(1);
  source.header.first = Sequence(1);
  source.header.wall = kStart;
  source.header.events_hash = sha256("events.yaml");
  return source;
}

Admission seal_next(Source& source, std::uint32_t count) {
  BatchHeader& header = source.header;
  SealedBatch sealed =
      seal_batch(header, bench_events(header.first.value, count), source.key).value();
  Admission admission;
  admission.stream = header.stream;
  admission.number = header.number;
  admission.hash = batch_hash(sealed.head.header);
  admission.previous = header.previous;
  admission.first = header.first;
  admission.count = count;
  admission.head = encode_head(sealed.head);
  admission.content = std::move(sealed.content);
  header.number = header.number.next();
  header.first = Sequence(header.first.value + count);
  header.previous = admission.hash;
  return admission;
}

void append(LedgerWriter& writer, EntryKind kind, OfficeRecord record, const PrivateKey& office) {
  record.actor = "os:bench";
  record.reason = "benchmark";
  Result<LedgerIndex> index = writer.append(kind, encode_record(to_json(record), office));
  CHECK(index.ok(), index.error().text());
}

void enroll_all(LedgerWriter& writer, const std::vector<Source>& sources) {
  PrivateKey office = PrivateKey::generate();
  Genesis genesis;
  genesis.ledger_id = to_hex(random_bytes(16));
  genesis.network = "Benchmark";
  genesis.office_key = office.public_key();
  genesis.checkpoint_key = office.public_key();
  append(writer, EntryKind::kGenesis, {"", "", genesis}, office);
  for (const Source& source : sources) {
    KeyEnrolled enrolled;
    enrolled.key = source.key.public_key();
    enrolled.outlet = source.header.outlet;
    enrolled.stream = source.header.stream;
    enrolled.token_hash = sha256("token");
    enrolled.software = "bench";
    append(writer, EntryKind::kOffice, {"", "", enrolled}, office);
  }
}

// Admits everything with at most `in_flight` batches waiting; returns each one's milliseconds.
std::vector<std::int64_t> admit_all(LedgerWriter& writer, std::vector<Admission> batches,
                                    std::size_t in_flight) {
  Mutex mutex;
  CondVar answered;
  std::size_t waiting = 0;
  std::vector<std::int64_t> waits;
  for (Admission& batch : batches) {
    {
      MutexLock lock(mutex);
      while (waiting >= in_flight) answered.wait(mutex);
      ++waiting;
    }
    std::int64_t asked = system_clock().monotonic_ms();
    Status queued = writer.admit(std::move(batch), [&, asked](const Result<Admitted>& answer) {
      CHECK(answer.ok() && answer->outcome == Admitted::Outcome::kCommitted, "it is committed");
      MutexLock lock(mutex);
      waits.push_back(system_clock().monotonic_ms() - asked);
      --waiting;
      answered.notify_one();
    });
    CHECK(queued.ok(), queued.error().text());
  }
  MutexLock lock(mutex);
  while (waiting > 0) answered.wait(mutex);
  std::sort(waits.begin(), waits.end());
  return waits;
}

std::uint64_t bytes_in(const std::string& folder) {
  std::uint64_t bytes = 0;
  for (const auto& file : std::filesystem::directory_iterator(folder)) bytes += file.file_size();
  return bytes;
}

int run(const std::string& folder, const Sizes& sizes) {
  std::filesystem::create_directories(folder);
  std::vector<Source> sources;
  for (std::size_t i = 0; i < sizes.streams; ++i) sources.push_back(make_source(i));
  std::vector<Admission> batches;
  std::uint64_t sent = 0;
  for (std::size_t i = 0; i < sizes.batches; ++i) {
    batches.push_back(seal_next(sources[i % sources.size()], sizes.events));
    sent += batches.back().head.size() + batches.back().content.size();
  }
  auto writer = open_sqlite_writer(folder + "/ledger.db", system_clock(), nullptr).value();
  enroll_all(*writer, sources);
  std::int64_t begin = system_clock().monotonic_ms();
  std::vector<std::int64_t> waits = admit_all(*writer, std::move(batches), sizes.in_flight);
  std::int64_t ms = std::max<std::int64_t>(1, system_clock().monotonic_ms() - begin);
  writer.reset();
  std::uint64_t events = sizes.batches * sizes.events;
  fmt::print(
      "{{\"batches\":{},\"events\":{},\"ms\":{},\"events_per_s\":{},\"batches_per_s\":{},"
      "\"ack_ms_p50\":{},\"ack_ms_p99\":{},\"sent_bytes_per_batch\":{},"
      "\"stored_bytes_per_batch\":{},\"stored_bytes_per_event\":{:.1f}}}\n",
      sizes.batches, events, ms, events * 1000 / static_cast<std::uint64_t>(ms),
      sizes.batches * 1000 / static_cast<std::uint64_t>(ms), waits[waits.size() / 2],
      waits[waits.size() * 99 / 100], sent / sizes.batches, bytes_in(folder) / sizes.batches,
      static_cast<double>(bytes_in(folder)) / static_cast<double>(events));
  return 0;
}

}  // namespace
}  // namespace plumbline

int main(int argc, char** argv) {
  if (argc < 2 || argv[1][0] == '-') {
    fmt::print(stderr,
               "ingest_store_bench FOLDER [BATCHES [EVENTS_PER_BATCH [STREAMS [IN_FLIGHT]]]]\n");
    return 2;
  }
  plumbline::Sizes sizes;
  auto number = [&](int i, std::size_t otherwise) {
    return argc > i ? std::strtoull(argv[i], nullptr, 10) : otherwise;
  };
  sizes.batches = number(2, sizes.batches);
  sizes.events = static_cast<std::uint32_t>(number(3, sizes.events));
  sizes.streams = number(4, sizes.streams);
  sizes.in_flight = number(5, sizes.in_flight);
  return plumbline::run(argv[1], sizes);
}
