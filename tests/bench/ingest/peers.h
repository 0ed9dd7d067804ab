// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_TESTS_BENCH_INGEST_PEERS_H_
#define PLUMBLINE_TESTS_BENCH_INGEST_PEERS_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tests/bench/ingest/rows.h"

// What the bench measures beside plumbd. A client encodes its batches before the clock runs and
// keeps one connection.
namespace plumbline::bench {

// One batch of a stream, as the peer takes it.
struct PeerBatch {
  std::uint32_t stream = 0;
  std::vector<Row> rows;
};

class PeerClient {
 public:
  virtual ~PeerClient() = default;
  // Encodes a batch and keeps it.
  virtual void prepare(const PeerBatch& batch) = 0;
  // Sends the prepared batches in their order, at most `window` unanswered; each answer stands for
  // a durable batch. Calls `answered` with the microseconds since the batch was sent.
  virtual void run(std::size_t window, const std::function<void(std::int64_t)>& answered) = 0;
  // Hands out what the peer holds of streams 0..streams-1, in the order of the streams.
  virtual void read_back(std::uint32_t streams, ResultHash& hash) = 0;
};

enum class PostgresMethod {
  kCopy,     // COPY, binary, one commit a batch
  kCopyAll,  // COPY, binary, one commit for everything
  kInsert,   // INSERT ... SELECT FROM unnest ... ON CONFLICT DO NOTHING, one commit a batch
};
// `connect` is libpq's connection string.
std::unique_ptr<PeerClient> postgres_client(const std::string& connect, PostgresMethod method);
// Makes the table anew.
void postgres_reset(const std::string& connect);

// XADD, one entry an event; `socket` is a Unix socket.
std::unique_ptr<PeerClient> redis_client(const std::string& socket);

[[noreturn]] void die(const std::string& sentence);

}  // namespace plumbline::bench

#endif  // PLUMBLINE_TESTS_BENCH_INGEST_PEERS_H_
