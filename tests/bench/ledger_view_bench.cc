// SPDX-License-Identifier: Apache-2.0
// What a question of the portal costs: the rules, and the cases of one outlet, asked of a ledger on
// disk for the first time and again. Prints one JSON object.
//
//   ledger_view_bench FOLDER PACK [OUTLETS [EVENTS_PER_OUTLET [EVENTS_PER_BATCH]]]
//
// PACK is tests/evaluator/data/small. FOLDER gets a new ledger.
#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <future>
#include <vector>

#include "evaluator/ledger_view.h"
#include "ledger/entry.h"
#include "model/office_record.h"
#include "model/wire/batch.h"
#include "packs/pack.h"
#include "store/sqlite/ledger_db.h"

namespace plumbline {
namespace {

constexpr Instant kStart{1420113600000};  // 2015-01-01T12:00:00Z
constexpr Instant kAsOf{1425168000000};   // 2015-03-01T00:00:00Z

struct Sizes {
  std::size_t outlets = 60;
  std::size_t events = 5000;
  std::uint32_t batch = 100;
};

// Two events a case, one of three fields and one of one.
std::vector<Event> events_of(std::uint64_t first, std::uint32_t count) {
  std::vector<Event> events;
  for (std::uint64_t i = first; i < first + count; ++i) {
    Event event;
    event.subject = fmt::format("r{}", i / 2);
    event.time = kStart + Duration{static_cast<std::int64_t>(i) * 600'000};
    if (i % 2 == 0) {
      event.type = "request.opened";
      event.fields = {{"channel", {Kind::kEnum, 0, "web"}},
                      {"district", {Kind::kEnum, 0, i % 4 == 0 ? "north" : "south"}},
                      {"due", {Kind::kInstant, event.time.ms + 86'400'000, ""}}};
    } else {
      event.type = "request.closed";
      event.fields = {{"items", {Kind::kCount, static_cast<std::int64_t>(i % 7), ""}}};
    }
    events.push_back(std::move(event));
  }
  return events;
}

class Maker {
 public:
  Maker(const std::string& path, const Clock& clock)
      : writer_(open_sqlite_writer(path, clock, nullptr).value()) {
    Genesis genesis;
    genesis.ledger_id = std::string(32, 'a');
    genesis.network = "Benchmark";
    genesis.office_key = office_.public_key();
    genesis.checkpoint_key = office_.public_key();
    record(genesis, EntryKind::kGenesis);
  }

  void activate(const PackFiles& files) {
    RulesActivated rules;
    rules.pack = "small";
    rules.version = "1";
    rules.rule_hash = rule_hash(files);
    rules.retroactive = true;
    rules.files = files;
    record(rules);
  }

  void add(const std::string& id, const Sizes& sizes) {
    PrivateKey key = PrivateKey::generate();
    BatchHeader header = enroll(OutletId::parse(id).value(), key);
    for (std::size_t done = 0; done < sizes.events; done += sizes.batch) {
      SealedBatch sealed = seal_batch(header, events_of(done, sizes.batch), key).value();
      Hash hash = batch_hash(sealed.head.header);
      admit({header.stream, header.number, hash, header.previous, header.first, sizes.batch,
             encode_head(sealed.head), sealed.content});
      header.number = header.number.next();
      header.first = Sequence(header.first.value + sizes.batch);
      header.previous = hash;
    }
  }

 private:
  BatchHeader enroll(const OutletId& outlet, const PrivateKey& key) {
    OutletAdded added;
    added.outlet = outlet;
    added.name_zh = added.name_en = outlet.text();
    record(added);
    TokenCreated token;
    token.token_hash = sha256("token " + outlet.text());
    token.outlet = outlet;
    token.historical = true;
    token.expires = kAsOf;
    record(token);
    KeyEnrolled enrolled;
    enrolled.key = key.public_key();
    enrolled.outlet = outlet;
    enrolled.stream = stream_id(enrolled.key, outlet);
    enrolled.historical = true;
    enrolled.token_hash = token.token_hash;
    enrolled.software = "bench";
    record(enrolled);
    BatchHeader header;
    header.outlet = outlet;
    header.stream = enrolled.stream;
    header.number = BatchNumber(1);
    header.first = Sequence(1);
    header.wall = kStart;
    return header;
  }

  template <typename Body>
  void record(Body body, EntryKind kind = EntryKind::kOffice) {
    Bytes bytes = encode_record(to_json(OfficeRecord{"os:bench", "benchmark", body}), office_);
    Result<LedgerIndex> index = writer_->append(kind, std::move(bytes));
    CHECK(index.ok(), index.error().text());
  }

  void admit(Admission admission) {
    std::promise<bool> done;
    Status queued = writer_->admit(std::move(admission), [&](const Result<Admitted>& answer) {
      done.set_value(answer.ok() && answer->outcome == Admitted::Outcome::kCommitted);
    });
    CHECK(queued.ok() && done.get_future().get(), "a batch of the benchmark is committed");
  }

  PrivateKey office_ = PrivateKey::generate();
  std::unique_ptr<LedgerWriter> writer_;
};

template <typename Act>
std::int64_t ms_of(Act act) {
  std::int64_t begin = system_clock().monotonic_ms();
  act();
  return system_clock().monotonic_ms() - begin;
}

int run(const std::string& folder, const std::string& pack, const Sizes& sizes) {
  std::filesystem::create_directories(folder);
  std::string path = folder + "/ledger.db";
  ManualClock clock(kStart);
  {
    Maker maker(path, clock);
    maker.activate(load_pack_files(pack).value());
    for (std::size_t i = 0; i < sizes.outlets; ++i) maker.add(fmt::format("o{}", i), sizes);
  }
  auto view = make_ledger_view([path] { return open_sqlite_reader(path); });
  LedgerSize size = open_sqlite_reader(path).value()->size().value();
  auto ask = [&](const std::string& outlet) {
    CaseQuery query;
    query.outlet = OutletId::parse(outlet).value();
    query.standard = "service";
    query.criterion = "on_time";
    query.period = "2015";
    Result<Json> answer = view->cases(query, size, kAsOf);
    CHECK(answer.ok(), answer.error().text());
  };
  constexpr int kRepeats = 20;
  std::int64_t rules = ms_of([&] { CHECK(view->rules() != nullptr, "rules are active"); });
  std::int64_t first = ms_of([&] { ask("o0"); });
  std::int64_t others = ms_of([&] {
    for (int i = 1; i <= kRepeats; ++i) ask(fmt::format("o{}", i % sizes.outlets));
  });
  std::int64_t again = ms_of([&] {
    for (int i = 0; i < kRepeats; ++i) ask(fmt::format("o{}", kRepeats % sizes.outlets));
  });
  fmt::print(
      "{{\"entries\":{},\"events\":{},\"events_per_outlet\":{},\"rules_first_ms\":{},"
      "\"first_outlet_ms\":{},\"another_outlet_ms\":{:.1f},\"same_outlet_again_ms\":{:.1f}}}\n",
      size.value, sizes.outlets * sizes.events, sizes.events, rules, first,
      static_cast<double>(others) / kRepeats, static_cast<double>(again) / kRepeats);
  return 0;
}

}  // namespace
}  // namespace plumbline

int main(int argc, char** argv) {
  if (argc < 3 || argv[1][0] == '-') {
    fmt::print(stderr,
               "ledger_view_bench FOLDER PACK [OUTLETS [EVENTS_PER_OUTLET [EVENTS_PER_BATCH]]]\n");
    return 2;
  }
  plumbline::Sizes sizes;
  auto number = [&](int i, std::size_t otherwise) {
    return argc > i ? std::strtoull(argv[i], nullptr, 10) : otherwise;
  };
  sizes.outlets = number(3, sizes.outlets);
  sizes.events = number(4, sizes.events);
  sizes.batch = static_cast<std::uint32_t>(number(5, sizes.batch));
  return plumbline::run(argv[1], argv[2], sizes);
}
