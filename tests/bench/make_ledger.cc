// SPDX-License-Identifier: Apache-2.0
// Makes a data folder whose ledger `plumb ledger verify` finds without fault: genesis, outlets,
// tokens, keys, then signed batches until their contents reach the size asked for, and the
// checkpoint over all of it. For measuring what reads whole ledgers.
//
//   make_ledger FOLDER MEGABYTES [EVENTS_PER_BATCH [STREAMS]]
#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <vector>

#include "base/file.h"
#include "base/mutex.h"
#include "ledger/checkpoint.h"
#include "ledger/merkle.h"
#include "model/office_record.h"
#include "model/wire/batch.h"
#include "store/sqlite/ledger_db.h"
#include "tests/bench/bench_events.h"

namespace plumbline {
namespace {

constexpr std::size_t kInFlight = 256;

class Maker {
 public:
  explicit Maker(const std::string& folder)
      : folder_(folder),
        office_(PrivateKey::generate()),
        checkpoint_(PrivateKey::generate()),
        writer_(open_sqlite_writer(folder + "/ledger.db", system_clock(), nullptr).value()) {
    genesis_.ledger_id = to_hex(random_bytes(16));
    genesis_.network = "Benchmark";
    genesis_.office_key = office_.public_key();
    genesis_.checkpoint_key = checkpoint_.public_key();
    append(EntryKind::kGenesis, genesis_);
  }

  Source enroll(std::size_t number) {
    OutletAdded outlet;
    outlet.outlet = OutletId::parse(fmt::format("outlet-{}", number)).value();
    outlet.code = outlet.outlet.text();
    outlet.name_en = outlet.name_zh = outlet.outlet.text();
    append(EntryKind::kOffice, outlet);
    TokenCreated token;
    token.token_hash = sha256(fmt::format("token {}", number));
    token.outlet = outlet.outlet;
    token.expires = system_clock().wall() + Duration{86'400'000};
    append(EntryKind::kOffice, token);
    Source source{PrivateKey::generate(), {}};
    source.header.outlet = outlet.outlet;
    source.header.stream = stream_id(source.key.public_key(), outlet.outlet);
    source.header.number = BatchNumber(1);
    source.header.first = Sequence(1);
    source.header.wall = kStart;
    source.header.events_hash = sha256("events.yaml");
    KeyEnrolled key{
        source.key.public_key(), outlet.outlet, source.header.stream, SourceKind::kAgent, false,
        token.token_hash,        "bench"};
    append(EntryKind::kOffice, key);
    return source;
  }

  // Returns the bytes of its content.
  std::size_t admit(Source& source, std::uint32_t count) {
    BatchHeader& header = source.header;
    std::vector<Event> events = bench_events(header.first.value, count);
    SealedBatch sealed = seal_batch(header, events, source.key).value();
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
    std::size_t size = admission.content.size();
    MutexLock lock(mutex_);
    while (waiting_ >= kInFlight) answered_.wait(mutex_);
    ++waiting_;
    Status queued = writer_->admit(std::move(admission), [this](const Result<Admitted>& answer) {
      CHECK(answer.ok() && answer->outcome == Admitted::Outcome::kCommitted, "it is committed");
      MutexLock inner(mutex_);
      --waiting_;
      answered_.notify_one();
    });
    CHECK(queued.ok(), queued.error().text());
    return size;
  }

  LedgerSize finish() {
    writer_.reset();
    auto reader = open_sqlite_reader(folder_ + "/ledger.db").value();
    LedgerSize size = reader->size().value();
    Frontier frontier;
    std::vector<Hash> leaves = reader->leaves(LedgerIndex(0), size.value).value();
    for (const Hash& leaf : leaves) frontier.append(leaf);
    Checkpoint checkpoint{checkpoint_origin(genesis_.ledger_id), size, frontier.root()};
    Status written = create_file_durably(
        folder_ + "/checkpoint", sign_checkpoint(checkpoint, checkpoint_), FileMode::kReadable);
    CHECK(written.ok(), written.error().text());
    return size;
  }

 private:
  template <typename Body>
  void append(EntryKind kind, const Body& body) {
    OfficeRecord record{"os:bench", "benchmark", body};
    Result<LedgerIndex> index = writer_->append(kind, encode_record(to_json(record), office_));
    CHECK(index.ok(), index.error().text());
  }

  std::string folder_;
  PrivateKey office_, checkpoint_;
  Genesis genesis_;
  Mutex mutex_;
  CondVar answered_;
  std::size_t waiting_ GUARDED_BY(mutex_) = 0;
  std::unique_ptr<LedgerWriter> writer_;
};

int run(const std::string& folder, std::uint64_t bytes, std::uint32_t events, std::size_t streams) {
  std::filesystem::create_directories(folder);
  Maker maker(folder);
  std::vector<Source> sources;
  for (std::size_t i = 0; i < streams; ++i) sources.push_back(maker.enroll(i));
  std::uint64_t made = 0;
  std::uint64_t batches = 0;
  for (; made < bytes; ++batches) made += maker.admit(sources[batches % streams], events);
  LedgerSize size = maker.finish();
  fmt::print("{{\"entries\":{},\"batches\":{},\"content_bytes\":{}}}\n", size.value, batches, made);
  return 0;
}

}  // namespace
}  // namespace plumbline

int main(int argc, char** argv) {
  if (argc < 3 || argv[1][0] == '-') {
    fmt::print(stderr, "make_ledger FOLDER MEGABYTES [EVENTS_PER_BATCH [STREAMS]]\n");
    return 2;
  }
  auto number = [&](int i, std::uint64_t otherwise) {
    return argc > i ? std::strtoull(argv[i], nullptr, 10) : otherwise;
  };
  return plumbline::run(argv[1], number(2, 100) * 1'000'000,
                        static_cast<std::uint32_t>(number(3, 1000)), number(4, 16));
}
