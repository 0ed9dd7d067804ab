// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite/ledger_backup.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <thread>

#include "base/file.h"
#include "base/limits.h"
#include "store/sqlite/connection.h"
#include "store/sqlite/ledger_db.h"
#include "tests/support/store/ledger_maker.h"

namespace plumbline {
namespace {

using namespace testing;  // NOLINT: the project's own test support
using Outcome = Admitted::Outcome;

class LedgerBackup : public ::testing::Test {
 protected:
  void SetUp() override {
    writer_ = open_sqlite_writer(path_, clock_, nullptr).value();
    Admitting(*writer_).genesis();
    Admitting(*writer_).enroll(source_);
  }
  void admit(int batches) {
    std::vector<std::future<Result<Admitted>>> answers;
    for (int i = 0; i < batches; ++i) answers.push_back(Admitting(*writer_).later(source_.next()));
    for (auto& answer : answers) {
      ASSERT_EQ(answer.get().value().outcome, Outcome::kCommitted);
    }
  }

  TempFolder folder_;
  std::string path_ = folder_.path("ledger.db");
  std::string copy_ = folder_.path("copy.db");
  ManualClock clock_{kStart};
  Source source_{1, "outlet-1"};
  std::unique_ptr<LedgerWriter> writer_;
};

TEST_F(LedgerBackup, IsTheLedgerAndCanBeWrittenOn) {
  admit(static_cast<int>(limits::kReadChunkEntries) * 2 + 7);
  ASSERT_EQ(Admitting(*writer_).at_once(source_.fork()).value().outcome, Outcome::kCommitted);
  ASSERT_EQ(Admitting(*writer_).at_once(source_.next(2)).value().outcome, Outcome::kEquivocated);
  LedgerSize size = copy_sqlite_ledger(path_, copy_, {}).value();
  auto before = read_all(*open_sqlite_reader(path_).value()).value();
  auto after = read_all(*open_sqlite_reader(copy_).value()).value();
  ASSERT_EQ(size.value, before.size());
  ASSERT_EQ(after.size(), before.size());
  for (std::size_t i = 0; i < before.size(); ++i) {
    ASSERT_EQ(after[i].entry, before[i].entry) << i;
    ASSERT_EQ(after[i].content, before[i].content) << i;
  }
  EXPECT_EQ(read_equivocations(copy_).value().size(), 1u);
  EXPECT_FALSE(std::filesystem::exists(copy_ + "-wal"));
  ASSERT_TRUE(make_sqlite_writable(copy_).ok());
  auto second = open_sqlite_writer(copy_, clock_, nullptr).value();
  StreamState was = writer_->stream(source_.stream()).value();
  StreamState is = second->stream(source_.stream()).value();
  EXPECT_EQ(is.head, was.head);
  EXPECT_EQ(is.head_hash, was.head_hash);
  EXPECT_EQ(is.next_sequence, was.next_sequence);
}

// While the writer takes batches all the time: the copy is one moment of the ledger, with heads of
// streams that are those of its last batches.
TEST_F(LedgerBackup, OfALedgerThatGrowsIsOneMomentOfIt) {
  admit(2000);
  std::atomic<bool> enough{false};
  std::thread growing([&] {
    while (!enough) admit(5);
  });
  for (int round = 0; round < 5; ++round) {
    std::string copy = folder_.path("copy" + std::to_string(round));
    LedgerSize size = copy_sqlite_ledger(path_, copy, {}).value();
    auto reader = open_sqlite_reader(copy).value();
    EXPECT_EQ(reader->size().value(), size);
    ASSERT_TRUE(make_sqlite_writable(copy).ok());
    auto writer = open_sqlite_writer(copy, clock_, nullptr).value();
    // Entry 0 is the genesis, entry 1 the enrolment, batch n is entry n + 1.
    EXPECT_EQ(writer->stream(source_.stream()).value().head.value, size.value - 2);
  }
  enough = true;
  growing.join();
}

TEST_F(LedgerBackup, NeverGoesOverAFile) {
  ASSERT_TRUE(create_file_durably(copy_, "mine", FileMode::kReadable).ok());
  EXPECT_EQ(copy_sqlite_ledger(path_, copy_, {}).error().code(), Code::kExists);
  EXPECT_EQ(copy_sqlite_database(path_, copy_).error().code(), Code::kExists);
  EXPECT_EQ(read_file(copy_, 100).value(), "mine");
  EXPECT_EQ(copy_sqlite_ledger(folder_.path("none"), folder_.path("b"), {}).error().code(),
            Code::kNotFound);
}

TEST_F(LedgerBackup, TellsALostEntry) {
  admit(5);
  writer_.reset();
  {
    auto db = sqlite::Connection::open(path_, sqlite::Access::kReadWrite).value();
    ASSERT_TRUE(db->run("DELETE FROM entries WHERE idx = 3").ok());
  }
  Result<LedgerSize> copied = copy_sqlite_ledger(path_, copy_, {});
  EXPECT_EQ(copied.error().code(), Code::kCorrupt);
  EXPECT_THAT(copied.error().text(), ::testing::HasSubstr("entry 3 is missing"));
}

TEST_F(LedgerBackup, TellsHowFarItIs) {
  admit(static_cast<int>(limits::kReadChunkEntries) + 10);
  std::uint64_t done = 0;
  copy_sqlite_ledger(path_, copy_, [&](LedgerIndex at, LedgerSize of, std::uint64_t bytes) {
    EXPECT_GE(at.value, done);
    EXPECT_EQ(of.value, limits::kReadChunkEntries + 12);
    EXPECT_GT(bytes, 0u);
    done = at.value;
  }).value();
  EXPECT_EQ(done, limits::kReadChunkEntries + 12);
}

}  // namespace
}  // namespace plumbline
