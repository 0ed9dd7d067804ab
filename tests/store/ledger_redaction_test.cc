// SPDX-License-Identifier: Apache-2.0
// The bytes of a withdrawn content are in no file of the ledger: all files of its folder are read
// and searched for a text of the content. What each test does to get them there, and what stands in
// the way of their going, is its own.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "base/file.h"
#include "store/sqlite/ledger_backup.h"
#include "store/sqlite/ledger_db.h"
#include "tests/support/store/ledger_maker.h"

namespace plumbline {
namespace {

using namespace testing;  // NOLINT: the project's own test support

constexpr const char* kSecret = "-Zhang-San-13800138000";

class Redaction : public ::testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::create_directory(folder_.path("a"));
    open();
    Admitting(*writer_).genesis();
    Admitting(*writer_).enroll(secret_);
    Admitting(*writer_).enroll(other_);
  }
  void open(std::uint64_t log_bytes = 32u << 20) {
    writer_.reset();
    writer_ = open_sqlite_writer(path_, clock_, nullptr, nullptr, log_bytes).value();
  }
  // Admits a batch that holds the secret `events` times.
  void admit_secret(std::uint32_t events) {
    batch_ = secret_.seal(BatchNumber(1), Hash(), Sequence(1), events, kSecret);
    index_ = Admitting(*writer_).at_once(batch_).value().index;
  }
  void admit_others(int batches) {
    for (int i = 0; i < batches; ++i) {
      ASSERT_TRUE(Admitting(*writer_).at_once(other_.next(50)).ok());
    }
  }
  void redact() {
    Bytes record = redact_record(redaction_of(index_, batch_));
    ASSERT_TRUE(writer_->append(EntryKind::kOffice, record).ok());
  }
  // How many times the secret stands in the files of the folder.
  std::size_t found(const std::string& folder) {
    std::size_t count = 0;
    std::vector<std::string> files = list_files(folder).value();
    for (const std::string& file : files) {
      Bytes bytes = read_file(folder + "/" + file, 1u << 30).value();
      for (auto at = bytes.find(kSecret); at != Bytes::npos; at = bytes.find(kSecret, at + 1)) {
        ++count;
      }
    }
    return count;
  }

  TempFolder folder_;
  std::string path_ = folder_.path("a/ledger.db");
  ManualClock clock_{kStart};
  Source secret_{1, "outlet-1"};
  Source other_{2, "outlet-2"};
  Admission batch_;
  LedgerIndex index_;
  std::unique_ptr<LedgerWriter> writer_;
};

// One event stands within a page; 2,000 of them take a dozen pages of their own.
class RedactionOfSize : public Redaction, public ::testing::WithParamInterface<std::uint32_t> {};
INSTANTIATE_TEST_SUITE_P(Sizes, RedactionOfSize, ::testing::Values(1, 30, 200, 2000));

TEST_P(RedactionOfSize, TakesTheBytesOutOfTheLog) {
  admit_others(3);
  admit_secret(GetParam());
  admit_others(3);
  ASSERT_GT(found(folder_.path("a")), 0u);
  redact();
  EXPECT_EQ(found(folder_.path("a")), 0u);
  admit_others(3);
  writer_.reset();
  EXPECT_EQ(found(folder_.path("a")), 0u);
}

TEST_P(RedactionOfSize, TakesTheBytesOutOfTheDatabase) {
  admit_others(3);
  admit_secret(GetParam());
  admit_others(3);
  open(1);  // everything is in the database, and each commit goes there at once
  admit_others(3);
  ASSERT_GT(found(folder_.path("a")), 0u);
  redact();
  EXPECT_EQ(found(folder_.path("a")), 0u);
}

TEST_F(Redaction, WhatAReaderHeldGoesWithTheEndOfItsReading) {
  admit_secret(500);
  auto reader = open_sqlite_reader(path_).value();
  bool looked = false;
  auto take = [&](const StoredEntry&) -> Status {
    if (looked) return {};
    looked = true;
    redact();  // answered although the log cannot be emptied
    EXPECT_GT(found(folder_.path("a")), 0u);
    return {};
  };
  ASSERT_TRUE(reader->read(LedgerIndex(0), take).ok());
  admit_others(1);
  EXPECT_EQ(found(folder_.path("a")), 0u);
}

// The files as a process leaves them that dies between the commit of the record and the emptying of
// the log: copied while a reader keeps the log from being emptied.
TEST_F(Redaction, ACrashBeforeTheLogIsEmptiedIsMadeUpForAtTheNextOpening) {
  admit_secret(500);
  std::string left = folder_.path("left");
  auto reader = open_sqlite_reader(path_).value();
  auto take = [&](const StoredEntry&) -> Status {
    if (std::filesystem::exists(left)) return {};
    redact();
    std::filesystem::copy(folder_.path("a"), left);
    return {};
  };
  ASSERT_TRUE(reader->read(LedgerIndex(0), take).ok());
  ASSERT_GT(found(left), 0u);
  auto second = open_sqlite_writer(left + "/ledger.db", clock_, nullptr).value();
  EXPECT_EQ(found(left), 0u);
  auto entries = read_all(*open_sqlite_reader(left + "/ledger.db").value()).value();
  EXPECT_FALSE(entries[index_.value].content.has_value());
  EXPECT_EQ(Admitting(*second).at_once(batch_).value().outcome, Admitted::Outcome::kRepeated);
}

// The record and the withdrawal are one commit: the files of a process that died before it have
// neither, those of one that died behind it both.
TEST_F(Redaction, IsInTheLedgerWithItsRecordOrNotAtAll) {
  admit_secret(20);
  std::filesystem::copy(folder_.path("a"), folder_.path("before"));
  redact();
  std::filesystem::copy(folder_.path("a"), folder_.path("behind"));
  for (const auto& [name, size, has] :
       {std::tuple("before", 4u, true), std::tuple("behind", 5u, false)}) {
    auto entries = read_all(*open_sqlite_reader(folder_.path(name) + "/ledger.db").value()).value();
    EXPECT_EQ(entries.size(), size) << name;
    EXPECT_EQ(entries[index_.value].content.has_value(), has) << name;
  }
}

TEST_F(Redaction, OfAnEntryThatABackupHasCopiedAlreadyIsInNoPageOfTheBackup) {
  admit_secret(500);
  for (int i = 0; i < 1100; ++i) ASSERT_TRUE(Admitting(*writer_).at_once(other_.next(1)).ok());
  std::filesystem::create_directory(folder_.path("b"));
  bool redacted = false;
  auto progress = [&](LedgerIndex done, LedgerSize, std::uint64_t) {
    if (redacted || done <= index_) return;
    redacted = true;
    EXPECT_GT(found(folder_.path("b")), 0u);
    redact();
  };
  ASSERT_TRUE(copy_sqlite_ledger(path_, folder_.path("b/copy.db"), progress).ok());
  ASSERT_TRUE(redacted);
  EXPECT_EQ(found(folder_.path("b")), 0u);
}

}  // namespace
}  // namespace plumbline
