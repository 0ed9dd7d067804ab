// SPDX-License-Identifier: Apache-2.0
// What one more event costs the engine of plumbd's evaluator: folded, and its rows made anew. Asked
// at half of a ledger that evaluate_ledger made, and at all of it. Prints one JSON array.
//
//   evaluate_one_more FOLDER AS_OF
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <vector>

#include "evaluator/engine.h"
#include "ledger/entry.h"
#include "model/office_record.h"
#include "model/wire/batch.h"
#include "store/sqlite/ledger_db.h"
#include "tests/bench/evaluate/events.h"
#include "tests/bench/ingest/stopwatch.h"

namespace plumbline {
namespace {

constexpr int kMore = 600;  // events; a third of them opens a case

std::uint64_t resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  std::uint64_t all = 0;
  std::uint64_t resident = 0;
  statm >> all >> resident;
  return resident * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

// A stream that is not in the ledger reports to the engine.
class Newcomer {
 public:
  Newcomer(Engine& engine, std::int64_t number) : engine_(engine), events_(0, 3'000) {
    // Subjects of cases that the outlet has not.
    number_ = number;
    TokenCreated token;
    token.outlet = OutletId::parse("o00000").value();
    token.token_hash = sha256(fmt::format("newcomer {}", number));
    token.expires = engine_.last_recorded_at().value() + Duration{1};
    record(token);
    KeyEnrolled enrolled;
    enrolled.key = key_.public_key();
    enrolled.outlet = token.outlet;
    enrolled.stream = stream_id(enrolled.key, token.outlet);
    enrolled.token_hash = token.token_hash;
    enrolled.software = "bench";
    record(enrolled);
    header_.outlet = token.outlet;
    header_.stream = enrolled.stream;
    header_.number = BatchNumber(1);
    header_.first = Sequence(1);
  }

  // The median cost of one more event in microseconds.
  std::int64_t cost() {
    std::vector<std::int64_t> spent;
    for (int i = 0; i < kMore; ++i) {
      std::vector<Event> one = events_.next(1);
      one[0].subject = fmt::format("new{}-{}", number_, one[0].subject);
      StoredEntry entry = sealed(one);
      std::int64_t began = bench::now_us();
      CHECK(engine_.apply(entry).ok(), "the engine takes an event");
      std::size_t rows = engine_.take_changed().size();
      std::int64_t took = bench::now_us() - began;
      CHECK(rows > 0, "an event changes a row");
      spent.push_back(took);
    }
    std::nth_element(spent.begin(), spent.begin() + kMore / 2, spent.end());
    return spent[kMore / 2];
  }

 private:
  template <typename Body>
  void record(const Body& body) {
    OfficeRecord made{"os:bench", "benchmark", body};
    Entry entry{EntryKind::kOffice, engine_.last_recorded_at().value(),
                encode_record(to_json(made), key_)};
    Status taken = engine_.apply({engine_.next(), encode_entry(entry), std::nullopt});
    CHECK(taken.ok(), taken.error().text());
  }

  StoredEntry sealed(const std::vector<Event>& events) {
    header_.wall = events[0].time;
    SealedBatch batch = seal_batch(header_, events, key_).value();
    header_.previous = batch_hash(batch.head.header);
    header_.number = header_.number.next();
    header_.first = Sequence(header_.first.value + 1);
    Entry entry{EntryKind::kBatch, engine_.last_recorded_at().value(), encode_head(batch.head)};
    return {engine_.next(), encode_entry(entry), std::move(batch.content)};
  }

  Engine& engine_;
  std::int64_t number_ = 0;
  OutletEvents events_;
  PrivateKey key_ = PrivateKey::generate();
  BatchHeader header_;
};

int run(const std::string& folder, Instant as_of) {
  auto reader = open_sqlite_reader(folder + "/ledger.db").value();
  std::uint64_t size = reader->size().value().value;
  Engine engine;
  CHECK(engine.advance(as_of).ok(), "as-of is a whole minute");
  std::uint64_t empty = resident_bytes();
  std::string told;
  LedgerIndex next;
  // The office's records stand before all batches.
  std::uint64_t records = reader->without_content(next, LedgerSize(size)).value().size();
  for (std::uint64_t end : {(records + size) / 2, size}) {
    while (next.value < end) {
      std::uint64_t left = end - next.value;
      auto take = [&](const StoredEntry& stored) -> Status {
        if (left == 0) return {};
        --left;
        StoredEntry entry = stored;
        entry.index = engine.next();
        return engine.apply(entry);
      };
      Result<LedgerIndex> behind = reader->read(next, take);
      CHECK(behind.ok(), behind.error().text());
      next = LedgerIndex(std::min(behind->value, end));
    }
    std::uint64_t history = engine.counters().events;
    std::uint64_t held = resident_bytes() - empty;
    static_cast<void>(engine.take_changed());
    Newcomer newcomer(engine, static_cast<std::int64_t>(end));
    told += fmt::format("{}{{\"history\":{},\"microseconds\":{},\"bytes_per_event\":{:.1f}}}",
                        told.empty() ? "" : ",", history, newcomer.cost(),
                        static_cast<double>(held) / static_cast<double>(history));
  }
  fmt::print("[{}]\n", told);
  return 0;
}

}  // namespace
}  // namespace plumbline

int main(int argc, char** argv) {
  if (argc != 3) {
    fmt::print(stderr, "evaluate_one_more FOLDER AS_OF\n");
    return 2;
  }
  return plumbline::run(argv[1], plumbline::parse_instant(argv[2]).value());
}
