// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_TESTS_BENCH_INGEST_ROWS_H_
#define PLUMBLINE_TESTS_BENCH_INGEST_ROWS_H_

#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "base/crypto.h"
#include "model/event.h"

// The events of the ingest bench, the same for every system that takes them: one type, four small
// fields, and what identifies each: the stream's number and the sequence in it.
namespace plumbline::bench {

inline constexpr std::string_view kEventType = "consultation.opened";

// How many events, and how they are cut.
struct Amount {
  std::uint32_t streams = 16;
  std::uint32_t batches = 100;  // a stream
  std::uint32_t events = 1000;  // a batch
  std::uint32_t subject_chars = 10;
  std::uint64_t in_all() const { return std::uint64_t{streams} * batches * events; }
};

struct Row {
  std::uint64_t sequence = 0;
  std::string_view type = kEventType;
  std::string subject;
  std::int64_t time_ms = 0;
  std::string_view channel;
  std::int64_t minutes = 0;
  bool paid = false;
  std::string_view requester;
};
Event event_of(const Row& row);

// The rows of one stream, in order; the same in every process.
class RowMaker {
 public:
  RowMaker(std::uint32_t stream, std::uint32_t subject_chars);
  Row next();
  std::vector<Row> next(std::uint32_t count);

 private:
  std::mt19937_64 random_;
  std::uint32_t subject_chars_;
  std::uint64_t sequence_ = 0;
  std::int64_t time_ms_;
};

// Counts and hashes what a system holds. Rows of a stream come in their order, streams as they
// like. The hash covers each stream's number, its count of rows, and every value of every row.
class ResultHash {
 public:
  explicit ResultHash(std::uint32_t streams) : streams_(streams) {}

  void add(std::uint32_t stream, const Row& row);
  // {"rows":N,"sha256":"..."}; the object is of no more use.
  std::string json();

 private:
  struct Stream {
    Hash hash;
    Bytes text;
    std::uint64_t rows = 0;
  };
  static void fold(Stream& stream);
  std::vector<Stream> streams_;
};

// kYes: every stream reports what stream 0 does.
enum class SameEvents { kNo, kYes };

// What a system that took everything must hold.
std::string expected_json(const Amount& amount, SameEvents same);

}  // namespace plumbline::bench

#endif  // PLUMBLINE_TESTS_BENCH_INGEST_ROWS_H_
