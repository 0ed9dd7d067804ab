// SPDX-License-Identifier: Apache-2.0
// Makes the ledger of `script/bench evaluate`: rules, outlets with a stream each, and their signed
// batches, which come in turn as they would from agents that report at one pace. Prints one JSON
// object.
//
//   evaluate_ledger FOLDER PACK OUTLETS CASES_PER_OUTLET [EVENTS_PER_BATCH]
#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <vector>

#include "base/mutex.h"
#include "model/office_record.h"
#include "model/wire/batch.h"
#include "packs/pack.h"
#include "store/sqlite/ledger_db.h"
#include "tests/bench/evaluate/events.h"

namespace plumbline {
namespace {

constexpr std::size_t kInFlight = 256;
constexpr Instant kRecorded{1767916800000};  // 2026-01-09T00:00:00Z, behind every event

struct Reporter {
  OutletEvents events;
  PrivateKey key;
  BatchHeader header;  // of the next batch
};

class Maker {
 public:
  explicit Maker(const std::string& folder)
      : writer_(open_sqlite_writer(folder + "/ledger.db", clock_, nullptr).value()) {
    Genesis genesis;
    genesis.ledger_id = std::string(32, 'b');
    genesis.network = "Benchmark";
    genesis.office_key = office_.public_key();
    genesis.checkpoint_key = office_.public_key();
    record(genesis, EntryKind::kGenesis);
  }

  void activate(const PackFiles& files) {
    RulesActivated rules;
    rules.pack = "bench";
    rules.version = "1";
    rules.rule_hash = rule_hash(files);
    rules.retroactive = true;
    rules.files = files;
    record(rules);
  }

  Reporter enroll(std::int64_t number, std::int64_t cases) {
    OutletAdded outlet;
    outlet.outlet = OutletId::parse(fmt::format("o{:05}", number)).value();
    outlet.name_en = outlet.name_zh = outlet.outlet.text();
    record(outlet);
    TokenCreated token;
    token.token_hash = sha256(fmt::format("token {}", number));
    token.outlet = outlet.outlet;
    token.expires = kRecorded + Duration{86'400'000};
    record(token);
    Reporter reporter{OutletEvents(number, cases), PrivateKey::generate(), {}};
    KeyEnrolled key;
    key.key = reporter.key.public_key();
    key.outlet = outlet.outlet;
    key.stream = stream_id(key.key, outlet.outlet);
    key.token_hash = token.token_hash;
    key.software = "bench";
    record(key);
    reporter.header.outlet = outlet.outlet;
    reporter.header.stream = key.stream;
    reporter.header.number = BatchNumber(1);
    reporter.header.first = Sequence(1);
    return reporter;
  }

  // The reporter's next batch; its events, 0 when it has none left.
  std::size_t report(Reporter& reporter, std::uint32_t most) {
    std::vector<Event> events = reporter.events.next(most);
    if (events.empty()) return 0;
    BatchHeader& header = reporter.header;
    header.wall = events.back().time;
    SealedBatch sealed = seal_batch(header, events, reporter.key).value();
    Hash hash = batch_hash(sealed.head.header);
    admit({header.stream, header.number, hash, header.previous, header.first, sealed.header.count,
           encode_head(sealed.head), std::move(sealed.content)});
    header.number = header.number.next();
    header.first = Sequence(header.first.value + events.size());
    header.previous = hash;
    return events.size();
  }

 private:
  template <typename Body>
  void record(const Body& body, EntryKind kind = EntryKind::kOffice) {
    OfficeRecord made{"os:bench", "benchmark", body};
    Result<LedgerIndex> index = writer_->append(kind, encode_record(to_json(made), office_));
    CHECK(index.ok(), index.error().text());
  }

  void admit(Admission admission) {
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
  }

  ManualClock clock_{kRecorded};
  PrivateKey office_ = PrivateKey::generate();
  Mutex mutex_;
  CondVar answered_;
  std::size_t waiting_ GUARDED_BY(mutex_) = 0;
  std::unique_ptr<LedgerWriter> writer_;
};

int run(const std::string& folder, const std::string& pack, std::int64_t outlets,
        std::int64_t cases, std::uint32_t batch) {
  std::filesystem::create_directories(folder);
  std::uint64_t events = 0;
  {
    Maker maker(folder);
    maker.activate(load_pack_files(pack).value());
    std::vector<Reporter> reporters;
    for (std::int64_t i = 0; i < outlets; ++i) reporters.push_back(maker.enroll(i, cases));
    for (std::uint64_t before = ~events; before != events;) {
      before = events;
      for (Reporter& reporter : reporters) events += maker.report(reporter, batch);
    }
  }
  LedgerSize size = open_sqlite_reader(folder + "/ledger.db").value()->size().value();
  fmt::print("{{\"entries\":{},\"events\":{}}}\n", size.value, events);
  return 0;
}

}  // namespace
}  // namespace plumbline

int main(int argc, char** argv) {
  if (argc < 5) {
    fmt::print(stderr, "evaluate_ledger FOLDER PACK OUTLETS CASES_PER_OUTLET [EVENTS_PER_BATCH]\n");
    return 2;
  }
  auto number = [&](int i) { return std::strtoll(argv[i], nullptr, 10); };
  std::uint32_t batch = argc > 5 ? static_cast<std::uint32_t>(number(5)) : 1000;
  return plumbline::run(argv[1], argv[2], number(3), number(4), batch);
}
