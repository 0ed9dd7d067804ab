// SPDX-License-Identifier: Apache-2.0
// Agents for benchmarks: many streams in one process that speak the wire protocol over TLS to a
// running plumbd. Batches are enrolled and sealed beforehand, by commands of their own.
#include <fmt/format.h>
#include <openssl/ssl.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <barrier>
#include <cstdio>
#include <functional>
#include <memory>
#include <thread>

#include "agents/tls.h"
#include "collector/tls_identity.h"
#include "programs/plumbd_layout.h"
#include "tests/bench/ingest/link.h"
#include "tests/bench/ingest/sealed.h"
#include "tests/bench/ingest/stopwatch.h"

namespace plumbline::bench {
namespace {

constexpr int kMaxEvents = 256;
constexpr int kTickMs = 2;
constexpr int kWatchMs = 20;
// Connections of a thread that have not been welcomed yet, when all are made: more would only wait
// in the server's queue until their deadline. Those that come back do not mind it.
constexpr std::size_t kConnectingAtOnce = 100;

// One thread's links.
class Loop {
 public:
  explicit Loop(std::atomic<std::uint32_t>& up) : up_(up), epoll_(epoll_create1(EPOLL_CLOEXEC)) {
    if (epoll_ < 0) die("epoll: " + errno_text());
  }
  ~Loop() { close(epoll_); }
  Loop(Loop&&) = delete;

  void add(std::unique_ptr<Link> link) { links_.push_back({std::move(link), false}); }
  template <typename Visit>
  void each(Visit visit) {
    for (Item& item : links_) visit(*item.link);
  }

  void run_until(const std::function<bool()>& done) {
    std::int64_t looked_us = 0;
    while (!done()) {
      epoll_event events[kMaxEvents];
      const int count = epoll_wait(epoll_, events, kMaxEvents, kTickMs);
      for (int i = 0; i < count; ++i) pump(links_[events[i].data.u32]);
      if (now_us() - looked_us < kTickMs * 1000) continue;
      look_at_dues();
      looked_us = now_us();
    }
  }

  void start() {
    for (std::size_t i = 0; i < kConnectingAtOnce; ++i) connect_next();
  }
  void let_send() {
    for (Item& item : links_) {
      item.link->let_send();
      pump(item);
    }
  }

 private:
  struct Item {
    std::unique_ptr<Link> link;
    bool up;
  };

  void connect_next() {
    if (next_ < links_.size()) connect(links_[next_++]);
  }

  void connect(Item& item) {
    item.link->connect();
    if (item.link->wants_connect()) return;
    epoll_event event{};
    event.events = EPOLLIN | EPOLLOUT | EPOLLET;
    event.data.u32 = static_cast<std::uint32_t>(&item - links_.data());
    if (epoll_ctl(epoll_, EPOLL_CTL_ADD, item.link->fd(), &event) != 0) {
      die("epoll_ctl: " + errno_text());
    }
  }

  void pump(Item& item) {
    item.link->pump();
    if (item.link->welcomed() == item.up) return;
    item.up = !item.up;
    if (item.up) {
      ++up_;
      connect_next();
    } else {
      --up_;
    }
  }

  void look_at_dues() {
    const std::int64_t now = now_us();
    for (Item& item : links_) {
      if (item.link->due_us() == 0 || item.link->due_us() > now) continue;
      if (item.link->wants_connect()) {
        connect(item);
      } else {
        pump(item);
      }
    }
  }

  std::atomic<std::uint32_t>& up_;
  int epoll_;
  std::vector<Item> links_;
  std::size_t next_ = 0;  // to be connected for the first time
};

struct Arguments {
  std::string data;
  std::string server;
  std::string frames;
  Amount amount;
  LoadConfig load;
  std::uint32_t threads = 1;
  std::uint32_t streams = 0;
  bool same_events = false;
  bool stay = false;
};

double cpu_seconds() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  return static_cast<double>(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
         static_cast<double>(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

// The whole of one `send`.
class Sender {
 public:
  Sender(const Arguments& arguments, Frames frames, const Hash& pin)
      : arguments_(arguments),
        frames_(std::move(frames)),
        pin_(pin),
        tls_(SSL_CTX_new(TLS_client_method())) {
    if (Status ready = prepare_pinned_client(tls_, &pin_); !ready.ok()) die(ready.error().text());
    SSL_CTX_set_mode(tls_, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_read_ahead(tls_, 1);
    for (std::uint32_t i = 0; i < arguments.threads; ++i) {
      loops_.push_back(std::make_unique<Loop>(up_));
    }
    for (std::uint32_t i = 0; i < frames_.amount.streams; ++i) {
      loops_[i % loops_.size()]->add(
          std::make_unique<Link>(arguments_.load, tls_, i, frames_.streams[i]));
    }
  }
  ~Sender() {
    loops_.clear();
    SSL_CTX_free(tls_);
  }
  Sender(Sender&&) = delete;

  void run() {
    const std::int64_t started = now_us();
    std::barrier gate(static_cast<std::ptrdiff_t>(loops_.size()), [this]() noexcept { passed(); });
    std::vector<std::thread> threads;
    for (auto& loop : loops_) threads.emplace_back([&] { run_loop(*loop, gate); });
    if (arguments_.stay) watch();
    for (std::thread& thread : threads) thread.join();
    report(started);
  }

 private:
  template <typename Gate>
  void run_loop(Loop& loop, Gate& gate) {
    loop.start();
    loop.run_until([&] { return all(loop, &Link::welcomed); });
    gate.arrive_and_wait();
    loop.let_send();
    loop.run_until([&] { return all(loop, &Link::all_acknowledged); });
    gate.arrive_and_wait();
    loop.run_until([&] { return !arguments_.stay || leave_; });
  }

  static bool all(Loop& loop, bool (Link::*is)() const) {
    bool every = true;
    loop.each([&](const Link& link) { every = every && (link.*is)(); });
    return every;
  }

  // Every thread has come to the next gate.
  void passed() {
    (begun_us_ == 0 ? begun_us_ : done_us_) = now_us();
    if (begun_us_ != 0 && done_us_ == 0) cpu_ = cpu_seconds();
    if (done_us_ == 0) return;
    cpu_ = cpu_seconds() - cpu_;
  }

  // Tells each time that all are up, until standard input ends.
  void watch() {
    std::thread reader([this] {
      while (std::getchar() != EOF) {
      }
      leave_ = true;
    });
    std::uint32_t told = 0;
    while (!leave_) {
      const std::uint32_t up = done_us_ == 0 ? 0 : up_.load();
      if (up != told) {
        fmt::print("{{\"up\":{}}}\n", up);
        std::fflush(stdout);
        told = up;
      }
      wait_a_tick();
    }
    reader.join();
  }

  static void wait_a_tick() {
    static const int nothing = epoll_create1(EPOLL_CLOEXEC);
    epoll_event event{};
    epoll_wait(nothing, &event, 1, kWatchMs);
  }

  void report(std::int64_t started) {
    std::vector<std::int64_t> waits;
    std::uint64_t put_off = 0;
    for (auto& loop : loops_) {
      loop->each([&](const Link& link) {
        waits.insert(waits.end(), link.waits().begin(), link.waits().end());
        put_off += link.put_off();
      });
    }
    const double seconds = static_cast<double>(done_us_ - begun_us_) / 1e6;
    const std::size_t batches = waits.size();
    const double each_second = static_cast<double>(batches) / seconds;
    fmt::print(
        "{{\"batches\":{},\"events\":{},\"seconds\":{:.4f},\"events_per_second\":{:.0f},"
        "\"acks_per_second\":{:.0f},\"connect_seconds\":{:.3f},\"put_off\":{},"
        "\"client_cpu_seconds\":{:.3f},\"ack_ms\":{}}}\n",
        batches, batches * frames_.amount.events, seconds, each_second * frames_.amount.events,
        each_second, static_cast<double>(begun_us_ - started) / 1e6, put_off, cpu_,
        waits_json(std::move(waits)));
  }

  const Arguments& arguments_;
  const Frames frames_;
  const Hash pin_;
  SSL_CTX* tls_;
  std::vector<std::unique_ptr<Loop>> loops_;
  std::atomic<std::uint32_t> up_{0};
  std::atomic<std::int64_t> begun_us_{0}, done_us_{0};
  std::atomic<bool> leave_{false};
  double cpu_ = 0;
};

int send(Arguments& arguments) {
  auto frames = load_frames(arguments.frames);
  if (!frames.ok()) die(frames.error().text());
  auto server = parse_net_address(arguments.server);
  if (!server.ok()) die(server.error().text());
  DataLayout layout{arguments.data};
  auto identity = load_tls_identity(layout.tls_certificate(), layout.tls_key());
  if (!identity.ok()) die(identity.error().text());
  arguments.load.server = *server;
  arguments.load.comes_back = arguments.stay;
  Sender(arguments, std::move(*frames), identity->pin).run();
  return 0;
}

int fail(const Status& status) {
  if (!status.ok()) die(status.error().text());
  return 0;
}

void amount_options(CLI::App* command, Amount& amount) {
  command->add_option("--streams", amount.streams, "agents")->capture_default_str();
  command->add_option("--batches", amount.batches, "batches of a stream")->capture_default_str();
  command->add_option("--events", amount.events, "events a batch")->capture_default_str();
  command->add_option("--subject", amount.subject_chars, "characters of a subject")
      ->capture_default_str();
}

int digest(const Arguments& arguments) {
  auto json = ledger_json(arguments.data, arguments.streams);
  if (!json.ok()) die(json.error().text());
  fmt::print("{}\n", *json);
  return 0;
}

int main(int argc, char** argv) {
  Arguments a;
  CLI::App app("ingest_load, agents for benchmarks: prints one JSON object a command");
  app.require_subcommand(1);
  auto* enroll = app.add_subcommand("enroll", "enrol streams in a data folder without a plumbd");
  enroll->add_option("--data", a.data, "plumbd's data folder")->required();
  enroll->add_option("--streams", a.streams, "how many")->required();
  auto* seal = app.add_subcommand("seal", "seal the batches that the streams will send");
  seal->add_option("--out", a.frames, "the file to write")->required();
  seal->add_flag("--same-events", a.same_events, "one batch a stream, all of the same events");
  amount_options(seal, a.amount);
  auto* send_command =
      app.add_subcommand("send", "connect all, then send all and wait for answers");
  send_command->add_option("--data", a.data, "plumbd's data folder, for the pin")->required();
  send_command->add_option("--server", a.server, "where plumbd listens")->required();
  send_command->add_option("--frames", a.frames, "what seal wrote")->required();
  send_command->add_option("--window", a.load.window, "batches in flight, each stream")
      ->capture_default_str();
  send_command->add_option("--threads", a.threads, "threads")->capture_default_str();
  send_command->add_option("--sources", a.load.sources, "loopback addresses to come from")
      ->capture_default_str();
  send_command
      ->add_option("--every-us", a.load.every_us,
                   "microseconds between two batches of a stream, with --window 1; 0: at once")
      ->capture_default_str();
  send_command->add_flag("--stay", a.stay,
                         "stay connected until standard input ends, come back when the server "
                         "does; tells how many are up whenever that changes");
  auto* hash = app.add_subcommand("digest", "count and hash what the ledger holds");
  hash->add_option("--data", a.data, "plumbd's data folder")->required();
  hash->add_option("--streams", a.streams, "how many were enrolled")->required();
  auto* expected = app.add_subcommand("expected", "count and hash what was to be sent");
  amount_options(expected, a.amount);
  expected->add_flag("--same-events", a.same_events, "as seal");
  CLI11_PARSE(app, argc, argv);
  const SameEvents same = a.same_events ? SameEvents::kYes : SameEvents::kNo;
  if (*enroll) return fail(enroll_streams(a.data, a.streams));
  if (*seal) return fail(seal_frames(a.frames, a.amount, same));
  if (*hash) return digest(a);
  if (*expected) {
    fmt::print("{}\n", expected_json(a.amount, same));
    return 0;
  }
  return send(a);
}

}  // namespace
}  // namespace plumbline::bench

int main(int argc, char** argv) {
  return plumbline::bench::main(argc, argv);
}
