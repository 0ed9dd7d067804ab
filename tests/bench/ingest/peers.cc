// SPDX-License-Identifier: Apache-2.0
// Clients of PostgreSQL and Redis for `script/bench ingest`: the same events as ingest_load sends,
// encoded before the clock runs. Prints one JSON object.
#include "tests/bench/ingest/peers.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <barrier>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <thread>

#include "tests/bench/ingest/stopwatch.h"

namespace plumbline::bench {

void die(const std::string& sentence) {
  fmt::print(stderr, "ingest bench: {}\n", sentence);
  std::_Exit(1);
}

namespace {

struct Arguments {
  std::string system;
  std::string address;
  Amount amount;
  std::uint32_t connections = 4;
  std::size_t window = 16;
};

const std::map<std::string, PostgresMethod> kPostgres = {
    {"postgres-copy", PostgresMethod::kCopy},
    {"postgres-copy-all", PostgresMethod::kCopyAll},
    {"postgres-insert", PostgresMethod::kInsert},
};

std::unique_ptr<PeerClient> client_of(const Arguments& arguments) {
  auto postgres = kPostgres.find(arguments.system);
  if (postgres != kPostgres.end()) return postgres_client(arguments.address, postgres->second);
  return redis_client(arguments.address);
}

// Batch by batch in turn, as the streams of many agents arrive.
void prepare(PeerClient& client, const Arguments& arguments, std::uint32_t connection) {
  std::vector<std::pair<std::uint32_t, RowMaker>> makers;
  for (std::uint32_t i = connection; i < arguments.amount.streams; i += arguments.connections) {
    makers.emplace_back(i, RowMaker(i, arguments.amount.subject_chars));
  }
  for (std::uint32_t batch = 0; batch < arguments.amount.batches; ++batch) {
    for (auto& [stream, maker] : makers) {
      client.prepare({stream, maker.next(arguments.amount.events)});
    }
  }
}

int load(const Arguments& arguments) {
  if (kPostgres.contains(arguments.system)) postgres_reset(arguments.address);
  std::vector<std::unique_ptr<PeerClient>> clients;
  std::vector<std::vector<std::int64_t>> waits(arguments.connections);
  for (std::uint32_t i = 0; i < arguments.connections; ++i) clients.push_back(client_of(arguments));
  std::int64_t began = 0;
  std::barrier gate(arguments.connections, [&]() noexcept { began = now_us(); });
  std::vector<std::thread> threads;
  for (std::uint32_t i = 0; i < arguments.connections; ++i) {
    threads.emplace_back([&, i] {
      prepare(*clients[i], arguments, i);
      gate.arrive_and_wait();
      clients[i]->run(arguments.window, [&](std::int64_t wait) { waits[i].push_back(wait); });
    });
  }
  for (std::thread& thread : threads) thread.join();
  const double seconds = static_cast<double>(now_us() - began) / 1e6;
  std::vector<std::int64_t> all;
  for (const auto& some : waits) all.insert(all.end(), some.begin(), some.end());
  const Amount& amount = arguments.amount;
  fmt::print(
      "{{\"events\":{},\"seconds\":{:.4f},\"events_per_second\":{:.0f},"
      "\"acks_per_second\":{:.0f},\"ack_ms\":{}}}\n",
      amount.in_all(), seconds, static_cast<double>(amount.in_all()) / seconds,
      static_cast<double>(all.size()) / seconds, waits_json(all));
  return 0;
}

int read_back(const Arguments& arguments) {
  ResultHash hash(arguments.amount.streams);
  client_of(arguments)->read_back(arguments.amount.streams, hash);
  fmt::print("{}\n", hash.json());
  return 0;
}

int main(int argc, char** argv) {
  Arguments a;
  CLI::App app("ingest_peers, clients of what plumbd is measured beside");
  app.require_subcommand(1);
  auto* load_command = app.add_subcommand("load", "send everything and wait for the answers");
  auto* read_command = app.add_subcommand("digest", "count and hash what the peer holds");
  for (CLI::App* command : {load_command, read_command}) {
    command
        ->add_option("system", a.system, "postgres-copy, postgres-copy-all, postgres-insert, redis")
        ->required()
        ->check(CLI::IsMember({"postgres-copy", "postgres-copy-all", "postgres-insert", "redis"}));
    command->add_option("address", a.address, "connection string, or path of a Unix socket")
        ->required();
    command->add_option("--streams", a.amount.streams, "agents")->capture_default_str();
  }
  load_command->add_option("--batches", a.amount.batches, "of a stream")->capture_default_str();
  load_command->add_option("--events", a.amount.events, "events a batch")->capture_default_str();
  load_command->add_option("--subject", a.amount.subject_chars, "characters of a subject")
      ->capture_default_str();
  load_command->add_option("--connections", a.connections, "connections, a thread each")
      ->capture_default_str();
  load_command->add_option("--window", a.window, "batches in flight on a connection (redis)")
      ->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  return *load_command ? load(a) : read_back(a);
}

}  // namespace
}  // namespace plumbline::bench

int main(int argc, char** argv) {
  return plumbline::bench::main(argc, argv);
}
