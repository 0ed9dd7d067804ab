// SPDX-License-Identifier: Apache-2.0
// Faults of the disk under ledger.db.
//
// Method: SQLite's files go through FaultyStore (tests/support/store), which can fail the n-th
// write or fsync and every one after it, and which remembers what each file held at its last
// fsync. For each n within a small load the ledger must keep the promise of an acknowledgement: no
// success is told for what is not durable, everything after the failure is refused with its cause,
// and once the disk is well the ledger opens again, holds every acknowledged batch exactly once,
// and goes on. A power cut is the files as of their last fsync at the moment of an answer.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "base/limits.h"
#include "store/sqlite/ledger_db.h"
#include "tests/support/store/faulty_store.h"
#include "tests/support/store/ledger_maker.h"

namespace plumbline {
namespace {

using namespace testing;  // NOLINT: the project's own test support
using ::testing::HasSubstr;
using Fault = FaultyStore::Fault;
using Outcome = Admitted::Outcome;

class LedgerFaults : public ::testing::Test {
 protected:
  void open() { writer_ = open_sqlite_writer(path_, clock_, &feed_).value(); }
  void begin() {
    open();
    Admitting(*writer_).genesis();
    Admitting(*writer_).enroll(source_);
  }
  std::vector<StoredEntry> entries(const std::string& path) {
    return read_all(*open_sqlite_reader(path).value()).value();
  }

  FaultyStore disk_;  // outlives the databases opened through it
  TempFolder folder_;
  std::string path_ = folder_.path("ledger.db");
  ManualClock clock_{kStart};
  ChangeFeed feed_;
  Source source_{1, "outlet-1"};
  std::unique_ptr<LedgerWriter> writer_;
};

TEST_F(LedgerFaults, AFullDiskIsToldAndSticksUntilReopened) {
  begin();
  Admission first = source_.next();
  Admission second = source_.next();
  ASSERT_EQ(Admitting(*writer_).at_once(first)->outcome, Outcome::kCommitted);
  EXPECT_FALSE(writer_->failure().has_value());
  LedgerSize before = feed_.wait_beyond(LedgerSize(2), std::chrono::minutes(1));

  disk_.fail_after(Fault::kDiskFull, 0);
  Result<Admitted> answer = Admitting(*writer_).at_once(second);
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().code(), Code::kUnavailable);
  ASSERT_NE(answer.error().cause(), nullptr);
  EXPECT_EQ(answer.error().cause()->code(), Code::kExhausted);
  EXPECT_THAT(answer.error().text(), HasSubstr("the disk that holds " + path_ + " is full"));

  // Well again, but what failed stays failed.
  disk_.heal();
  EXPECT_EQ(Admitting(*writer_).at_once(second).error().text(), answer.error().text());
  EXPECT_EQ(writer_->append(EntryKind::kOffice, outlet_record("x")).error().text(),
            answer.error().text());
  ASSERT_TRUE(writer_->failure().has_value());
  EXPECT_EQ(writer_->failure()->text(), answer.error().text());
  EXPECT_EQ(writer_->stream(source_.stream())->head, BatchNumber(1));
  EXPECT_EQ(feed_.size(), before);

  writer_.reset();
  open();
  EXPECT_FALSE(writer_->failure().has_value());
  EXPECT_EQ(Admitting(*writer_).at_once(first)->outcome, Outcome::kRepeated);
  EXPECT_EQ(Admitting(*writer_).at_once(second)->outcome, Outcome::kCommitted);
  EXPECT_EQ(entries(path_).size(), 4u);
}

TEST_F(LedgerFaults, EverythingQueuedBehindAFailureIsRefused) {
  begin();
  std::promise<void> release, held;
  ASSERT_TRUE(writer_
                  ->admit(source_.next(),
                          [&](const Result<Admitted>&) {
                            held.set_value();
                            release.get_future().wait();
                          })
                  .ok());
  held.get_future().wait();
  std::vector<std::future<Result<Admitted>>> answers;
  for (int i = 0; i < 20; ++i) {
    Admission admission = source_.next();
    admission.content.resize(limits::kMaxContentBytes);  // so that it takes several commits
    answers.push_back(Admitting(*writer_).later(admission));
  }
  disk_.fail_after(Fault::kWriteError, 0);
  release.set_value();
  for (auto& answer : answers) EXPECT_EQ(answer.get().error().code(), Code::kUnavailable);
}

// Fails the n-th write (or fsync) of a load, for every n until the load meets no fault.
void sweep(Fault fault, Code cause) {
  for (int good = 0;; ++good) {
    ASSERT_LT(good, 1000);
    FaultyStore disk;
    TempFolder folder;
    std::string path = folder.path("ledger.db");
    ManualClock clock(kStart);
    Source source(1, "outlet-1");
    auto writer = open_sqlite_writer(path, clock, nullptr).value();
    Admitting(*writer).genesis();
    Admitting(*writer).enroll(source);
    std::vector<Admission> batches;
    for (int i = 0; i < 5; ++i) batches.push_back(source.next(2));

    disk.fail_after(fault, good);
    std::size_t acknowledged = 0;
    bool failed = false;
    for (const Admission& batch : batches) {
      Result<Admitted> answer = Admitting(*writer).at_once(batch);
      if (answer.ok()) {
        EXPECT_FALSE(failed) << "a success after a failure, " << good;
        EXPECT_EQ(answer->outcome, Outcome::kCommitted);
        ++acknowledged;
      } else {
        EXPECT_EQ(answer.error().cause()->code(), cause) << answer.error().text();
        failed = true;
      }
    }
    EXPECT_EQ(failed, writer->failure().has_value());
    EXPECT_EQ(failed, disk.failed());
    disk.heal();
    writer.reset();
    writer = open_sqlite_writer(path, clock, nullptr).value();
    for (std::size_t i = 0; i < batches.size(); ++i) {
      Admitted answer = Admitting(*writer).at_once(batches[i]).value();
      if (i < acknowledged) {
        EXPECT_EQ(answer.outcome, Outcome::kRepeated) << good;
      }
      EXPECT_EQ(answer.index, LedgerIndex(i + 2)) << good;
    }
    auto reader = open_sqlite_reader(path).value();
    EXPECT_EQ(reader->size().value(), LedgerSize(7));
    if (!failed) return;
  }
}

TEST(LedgerFaultSweep, EveryWriteFindsTheDiskFull) {
  sweep(Fault::kDiskFull, Code::kExhausted);
}
TEST(LedgerFaultSweep, EveryWriteFails) {
  sweep(Fault::kWriteError, Code::kIo);
}
TEST(LedgerFaultSweep, EverySyncFails) {
  sweep(Fault::kSyncError, Code::kIo);
}

TEST_F(LedgerFaults, WhatIsAcknowledgedSurvivesAPowerCut) {
  begin();
  for (std::uint64_t number = 1; number <= 4; ++number) {
    std::promise<std::map<std::string, Bytes>> promise;
    ASSERT_TRUE(writer_
                    ->admit(source_.next(),
                            [&](const Result<Admitted>& answer) {
                              EXPECT_EQ(answer->outcome, Outcome::kCommitted);
                              promise.set_value(disk_.durable());
                            })
                    .ok());
    TempFolder after;
    for (const auto& [path, bytes] : promise.get_future().get()) {
      std::string name = std::filesystem::path(path).filename();
      std::ofstream(after.path(name), std::ios::binary) << bytes;
    }
    std::string path = after.path("ledger.db");
    auto writer = open_sqlite_writer(path, clock_, nullptr).value();
    EXPECT_EQ(writer->stream(source_.stream())->head, BatchNumber(number));
    EXPECT_EQ(entries(path).size(), 2 + number);
  }
}

// About 40 MB, so that the write-ahead log is moved into a database file that cannot grow.
TEST_F(LedgerFaults, AFullDiskWhileMovingTheLogLosesNothing) {
  begin();
  disk_.fail_after(Fault::kDiskFull, 0, "ledger.db");
  std::vector<Admission> batches;
  std::vector<std::future<Result<Admitted>>> answers;
  for (int i = 0; i < 40; ++i) {
    batches.push_back(source_.next(1));
    batches.back().content.assign(limits::kMaxContentBytes, static_cast<char>('a' + i % 26));
    answers.push_back(Admitting(*writer_).later(batches.back()));
  }
  std::size_t acknowledged = 0;
  for (auto& answer : answers) acknowledged += answer.get().ok() ? 1 : 0;
  EXPECT_GE(acknowledged, 30u);
  EXPECT_LT(acknowledged, 40u);
  EXPECT_TRUE(disk_.failed());
  ASSERT_TRUE(writer_->failure().has_value());
  EXPECT_EQ(writer_->failure()->cause()->code(), Code::kExhausted);
  disk_.heal();
  writer_.reset();
  open();
  for (std::size_t i = 0; i < batches.size(); ++i) {
    Outcome wanted = i < acknowledged ? Outcome::kRepeated : Outcome::kCommitted;
    EXPECT_EQ(Admitting(*writer_).at_once(batches[i])->outcome, wanted) << i;
  }
}

TEST_F(LedgerFaults, AFullDiskAtTheFirstOpeningIsToldAndMendsItself) {
  disk_.fail_after(Fault::kDiskFull, 0);
  Result<std::unique_ptr<LedgerWriter>> refused = open_sqlite_writer(path_, clock_, nullptr);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code(), Code::kExhausted);
  EXPECT_NE(open_sqlite_reader(path_).error().code(), Code::kInternal);
  disk_.heal();
  begin();
  EXPECT_EQ(Admitting(*writer_).at_once(source_.next())->outcome, Outcome::kCommitted);
}

}  // namespace
}  // namespace plumbline
