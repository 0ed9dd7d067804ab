// SPDX-License-Identifier: Apache-2.0
// What was accepted arrives once, whatever the network does. Method: the real sender with its
// spool, the real listener on a real ledger, and a proxy between them that hurts the first
// connections of each run and leaves the next one alone. The sender's clock runs twenty times as
// fast as the wall's, so that its waiting times cost nothing; nobody waits but for an event. After
// each run the sender has ended by itself because everything is acknowledged; at the end the
// ledger holds each batch of the spool exactly once and in order.
#include <gtest/gtest.h>

#include <cstdlib>
#include <random>

#include "agents/sender.h"
#include "tests/support/agents/desk.h"
#include "tests/support/collector/served_ledger.h"
#include "tests/support/network/fault_proxy.h"

namespace plumbline {
namespace {

using testing::Desk;
using testing::FaultProxy;
using testing::NetworkFault;

class FastClock : public Clock {
 public:
  Instant wall() const override { return system_clock().wall(); }
  std::int64_t monotonic_ms() const override { return system_clock().monotonic_ms() * 20; }
};

class BadNetworkTest : public testing::ServedLedger {
 protected:
  BadNetworkTest() : spool_(open_spool()) {
    const Enrolment& enrolled = desk_.enrolment;
    append(EntryKind::kOffice,
           KeyEnrolled{enrolled.key, enrolled.outlet, enrolled.stream, SourceKind::kAgent, false,
                       samples::hash_of("token"), "test"});
  }

  // The desk's outlet, enrolled at this listener.
  Spool open_spool() {
    Enrolment enrolment = desk_.enrolment;
    enrolment.server_pin = identity_.pin;
    EXPECT_TRUE(Spool::create(spool_folder_.path(), enrolment, testing::desk_pack_files()).ok());
    return Spool::open(spool_folder_.path()).value();
  }

  // One more batch, sent through a network with these faults until the ledger has it.
  void report(std::function<NetworkFault(std::size_t)> fault_of, const std::string& what) {
    ASSERT_TRUE(desk_.accept(spool_, testing::opened_many(next_, 3)).ok());
    next_ += 3;
    ++batches_;
    FaultProxy proxy(listener_->address(), std::move(fault_of));
    ASSERT_TRUE(spool_.set_server({"127.0.0.1", proxy.address().port}).ok());
    SenderOptions options;
    options.until_empty = true;
    options.look_every = Duration{1};
    options.deadline = Duration{20 * 60'000};
    auto outcome = run_sender(spool_, desk_.key, clock_, nullptr, options);
    ASSERT_TRUE(outcome.ok()) << what;
    ASSERT_EQ(outcome->how, SenderOutcome::How::kEmpty) << what << ": " << outcome->sentence;
    connections_ += proxy.connections();
    up_ = proxy.bytes_up();
    down_ = proxy.bytes_down();
  }
  void report_once(NetworkFault fault, const std::string& what) {
    report([fault](std::size_t number) { return number == 0 ? fault : NetworkFault{}; }, what);
  }

  // Every batch of the spool is in the ledger, once, at its place in the chain.
  void expect_all_once() {
    listener_->drain(Duration{5000});
    auto reader = open_sqlite_reader(folder_.path("ledger.db")).value();
    std::uint64_t number = 0;
    LedgerIndex from;
    for (;;) {
      auto next = reader->read(from, [&](const StoredEntry& stored) -> Status {
        auto entry = decode_entry(stored.entry);
        if (entry->kind != EntryKind::kBatch) return {};
        auto batch = spool_.load(BatchNumber(++number)).value();
        EXPECT_TRUE(batch.has_value() && batch->sealed == entry->payload + *stored.content)
            << "entry " << stored.index.value << " is not batch " << number;
        return {};
      });
      if (*next == from) break;
      from = *next;
    }
    EXPECT_EQ(number, batches_);
    EXPECT_EQ(spool_.head()->acknowledged, BatchNumber(batches_));
  }

  // Every stride-th byte in the suite, every one where PLUMBLINE_EVERY_BYTE is set.
  static std::size_t stride() { return std::getenv("PLUMBLINE_EVERY_BYTE") != nullptr ? 1 : 23; }

  testing::TemporaryFolder spool_folder_;
  Desk desk_;
  Spool spool_;
  FastClock clock_;
  int next_ = 1;
  std::uint64_t batches_ = 0;
  std::size_t connections_ = 0;
  std::size_t up_ = 0;  // bytes of the newest undisturbed session
  std::size_t down_ = 0;
};

TEST_F(BadNetworkTest, CutAtEveryByteThatGoesUp) {
  start();
  report_once({}, "undisturbed");
  const std::size_t size = up_;
  ASSERT_GT(size, 500u);
  for (std::size_t at = 0; at <= size; at += stride()) {
    NetworkFault fault;
    fault.cut_up = at;
    report_once(fault, "cut after " + std::to_string(at) + " bytes up");
    if (HasFatalFailure()) return;
  }
  EXPECT_GT(connections_, batches_ + (batches_ - 1) * 9 / 10);
  expect_all_once();
}

TEST_F(BadNetworkTest, CutAtEveryByteThatComesDown) {
  start();
  report_once({}, "undisturbed");
  const std::size_t size = down_;
  ASSERT_GT(size, 500u);
  for (std::size_t at = 0; at <= size; at += stride()) {
    NetworkFault fault;
    fault.cut_down = at;
    report_once(fault, "cut after " + std::to_string(at) + " bytes down");
    if (HasFatalFailure()) return;
  }
  expect_all_once();
}

// The ledger has the batch and the agent does not know it: it sends it again.
TEST_F(BadNetworkTest, AcknowledgementsThatNeverArrive) {
  start();
  report_once({}, "undisturbed");
  // The acknowledgement is the last that comes down; the session's sizes differ by some bytes.
  const std::size_t size = down_;
  for (std::size_t before = 4; before <= 64; before += 12) {
    NetworkFault fault;
    fault.swallow_down = size - before;
    report_once(fault, "the last " + std::to_string(before) + " bytes are swallowed");
    if (HasFatalFailure()) return;
  }
  expect_all_once();
}

TEST_F(BadNetworkTest, HalfClosedAtAnyByte) {
  start();
  report_once({}, "undisturbed");
  const std::size_t size = up_;
  for (std::size_t at = 0; at <= size; at += 3 * stride()) {
    NetworkFault fault;
    fault.half_close_up = at;
    report_once(fault, "half closed after " + std::to_string(at) + " bytes up");
    if (HasFatalFailure()) return;
  }
  expect_all_once();
}

// The copy of a connection is another TLS server's half to the collector: it fails, and harms none.
TEST_F(BadNetworkTest, ConnectionsThatAreDoubled) {
  start();
  for (int i = 0; i < 5; ++i) {
    report(
        [](std::size_t) {
          NetworkFault fault;
          fault.doubled = true;
          return fault;
        },
        "doubled");
    if (HasFatalFailure()) return;
  }
  expect_all_once();
}

TEST_F(BadNetworkTest, DelaysInSmallPieces) {
  start();
  for (int i = 0; i < 3; ++i) {
    report(
        [](std::size_t) {
          NetworkFault fault;
          fault.piece = 200;
          fault.delay_ms = 2;
          return fault;
        },
        "delayed");
    if (HasFatalFailure()) return;
  }
  EXPECT_EQ(connections_, 3u);
  expect_all_once();
}

// Faults of every kind, two connections out of three, a growing backlog.
TEST_F(BadNetworkTest, AnythingAtAnyTime) {
  start();
  for (unsigned seed = 1; seed <= 25; ++seed) {
    auto random = std::make_shared<std::mt19937>(seed);
    for (int more = 0; more < 4; ++more) {
      ASSERT_TRUE(desk_.accept(spool_, testing::opened_many(next_, 3)).ok());
      next_ += 3;
      ++batches_;
    }
    report(
        [random](std::size_t number) {
          NetworkFault fault;
          std::mt19937& dice = *random;
          const std::size_t at = dice() % 5000;
          fault.piece = 1 + dice() % 2000;
          switch (dice() % (number < 6 ? 6 : 1)) {
            case 1:
              fault.cut_up = at;
              break;
            case 2:
              fault.cut_down = at;
              break;
            case 3:
              fault.half_close_up = at;
              break;
            case 4:
              fault.swallow_down = at;
              break;
            case 5:
              fault.doubled = true;
              fault.delay_ms = 1;
              break;
            default:
              break;
          }
          return fault;
        },
        "seed " + std::to_string(seed));
    if (HasFatalFailure()) return;
  }
  expect_all_once();
}

}  // namespace
}  // namespace plumbline
