// SPDX-License-Identifier: Apache-2.0
// What is particular to the ledger in SQLite: its file, versions, damage, evidence, metrics.
#include "store/sqlite/ledger_db.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>
#include <sqlite3.h>

#include <filesystem>
#include <fstream>
#include <random>

#include "base/file.h"
#include "model/wire/batch.h"
#include "tests/support/store/ledger_maker.h"

namespace plumbline {
namespace {

using namespace testing;  // NOLINT: the project's own test support
using ::testing::HasSubstr;
using Outcome = Admitted::Outcome;

class SqliteLedger : public ::testing::Test {
 protected:
  void SetUp() override { open(); }
  void open(LedgerMetrics* metrics = nullptr) {
    writer_.reset();
    writer_ = open_sqlite_writer(path_, clock_, nullptr, metrics).value();
  }
  void begin() {
    Admitting(*writer_).genesis();
    Admitting(*writer_).enroll(source_);
  }
  Outcome admit(const Admission& admission) {
    return Admitting(*writer_).at_once(admission).value().outcome;
  }
  // Runs SQL on the closed ledger.
  void sql(const std::string& text) {
    sqlite3* db = nullptr;
    ASSERT_EQ(sqlite3_open(path_.c_str(), &db), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(db, text.c_str(), nullptr, nullptr, nullptr), SQLITE_OK)
        << sqlite3_errmsg(db);
    ASSERT_EQ(sqlite3_close(db), SQLITE_OK);
  }
  Error writer_error() { return open_sqlite_writer(path_, clock_, nullptr).error(); }
  Error reader_error() { return open_sqlite_reader(path_).error(); }

  TempFolder folder_;
  std::string path_ = folder_.path("ledger.db");
  ManualClock clock_{kStart};
  Source source_{1, "outlet-1"};
  std::unique_ptr<LedgerWriter> writer_;
};

TEST_F(SqliteLedger, OfANewerVersionIsRefusedAndSaysBothVersions) {
  writer_.reset();
  sql("PRAGMA user_version = 7");
  for (const Error& error : {writer_error(), reader_error()}) {
    EXPECT_EQ(error.code(), Code::kUnsupported);
    EXPECT_THAT(error.text(), HasSubstr("schema version 7"));
    EXPECT_THAT(error.text(), HasSubstr("versions up to 1"));
  }
}

TEST_F(SqliteLedger, OfAVersionThatNeverWasIsCorrupt) {
  writer_.reset();
  sql("PRAGMA user_version = 0");
  EXPECT_EQ(writer_error().code(), Code::kCorrupt);
}

TEST_F(SqliteLedger, AnotherProgramsDatabaseIsRefusedAndLeftAlone) {
  writer_.reset();
  std::filesystem::remove(path_);
  sql("CREATE TABLE theirs(x)");
  Bytes before = read_file(path_, 1 << 20).value();
  EXPECT_EQ(writer_error().code(), Code::kCorrupt);
  EXPECT_EQ(reader_error().code(), Code::kCorrupt);
  EXPECT_THAT(reader_error().text(), HasSubstr("no ledger of Plumbline"));
  EXPECT_EQ(read_file(path_, 1 << 20).value(), before);
}

TEST_F(SqliteLedger, AFileThatIsNoDatabaseIsRefused) {
  writer_.reset();
  std::ofstream(path_, std::ios::trunc) << std::string(9000, 'x');
  EXPECT_EQ(writer_error().code(), Code::kCorrupt);
  EXPECT_THAT(writer_error().text(), HasSubstr("is no ledger of Plumbline"));
  EXPECT_EQ(reader_error().code(), Code::kCorrupt);
}

TEST_F(SqliteLedger, ThatDoesNotExistYetIsNotFound) {
  EXPECT_EQ(open_sqlite_reader(folder_.path("none.db")).error().code(), Code::kNotFound);
  std::ofstream(folder_.path("empty.db"));
  EXPECT_EQ(open_sqlite_reader(folder_.path("empty.db")).error().code(), Code::kNotFound);
}

TEST_F(SqliteLedger, InAFolderThatDoesNotExistIsAnErrorOfTheSystem) {
  Error error = open_sqlite_writer(folder_.path("no/ledger.db"), clock_, nullptr).error();
  EXPECT_EQ(error.code(), Code::kIo);
}

TEST_F(SqliteLedger, OfBeforeTheIndexIsReadAndGetsItAtTheNextOpeningForWriting) {
  begin();
  writer_.reset();
  sql("DROP INDEX contentless");
  auto found = [&] {
    auto reader = open_sqlite_reader(path_).value();
    return reader->without_content(LedgerIndex(0), LedgerSize(9)).value();
  };
  std::vector<LedgerIndex> expected = {LedgerIndex(0), LedgerIndex(1)};
  EXPECT_EQ(found(), expected);
  writer_ = open_sqlite_writer(path_, clock_, nullptr).value();
  EXPECT_EQ(found(), expected);
  writer_.reset();
  sql("DROP INDEX contentless");  // it was there again
}

TEST_F(SqliteLedger, WithADamagedLastEntryDoesNotOpenForWriting) {
  begin();
  writer_.reset();
  sql("UPDATE entries SET entry = x'ff' WHERE idx = 1");
  EXPECT_EQ(writer_error().code(), Code::kCorrupt);
  EXPECT_THAT(writer_error().text(), HasSubstr("the last entry, 1, is damaged"));
}

TEST_F(SqliteLedger, WithADamagedStreamDoesNotOpenForWriting) {
  begin();
  writer_.reset();
  for (const char* damage :
       {"head_hash = x'00'", "key = x'00'", "source_kind = 9", "outlet = 'NOT AN ID'"}) {
    std::filesystem::copy_file(path_, path_ + ".whole",
                               std::filesystem::copy_options::overwrite_existing);
    sql(std::string("UPDATE streams SET ") + damage);
    EXPECT_EQ(writer_error().code(), Code::kCorrupt) << damage;
    std::filesystem::rename(path_ + ".whole", path_);
  }
}

TEST_F(SqliteLedger, RefusesBatchesOfARevokedKeyButRepeatsItsAnswers) {
  begin();
  Admission first = source_.next();
  ASSERT_EQ(admit(first), Outcome::kCommitted);
  writer_.reset();
  sql("UPDATE streams SET revoked = 1");
  open();
  EXPECT_TRUE(writer_->stream(source_.stream())->revoked);
  EXPECT_EQ(admit(source_.next()), Outcome::kRevoked);
  EXPECT_EQ(admit(first), Outcome::kRepeated);
  EXPECT_EQ(admit(Source(1, "outlet-1").fork()), Outcome::kRevoked);
  EXPECT_TRUE(read_equivocations(path_)->empty());
}

TEST_F(SqliteLedger, KeepsTheFirstConflictingBatchOfAStreamAndCountsTheOthers) {
  begin();
  Source other(2, "outlet-2");
  Admitting(*writer_).enroll(other);
  EXPECT_TRUE(read_equivocations(path_)->empty());
  Admission fork = source_.fork();
  ASSERT_EQ(admit(source_.next()), Outcome::kCommitted);
  clock_.advance({1234});
  ASSERT_EQ(admit(fork), Outcome::kEquivocated);
  clock_.advance({1});
  ASSERT_EQ(admit(source_.seal(BatchNumber(2), sha256("x"), Sequence(4), 1)),
            Outcome::kEquivocated);
  ASSERT_EQ(admit(fork), Outcome::kEquivocated);
  ASSERT_EQ(admit(other.next()), Outcome::kCommitted);
  open();
  std::vector<Equivocation> kept = read_equivocations(path_).value();
  ASSERT_EQ(kept.size(), 1u);
  EXPECT_EQ(kept[0].stream, source_.stream());
  EXPECT_EQ(kept[0].number, BatchNumber(1));
  EXPECT_EQ(kept[0].seen_at, kStart + Duration{1234});
  EXPECT_EQ(kept[0].count, 3u);
  EXPECT_EQ(kept[0].head, fork.head);
  EXPECT_EQ(kept[0].content, fork.content);
}

TEST_F(SqliteLedger, ARepeatOfADamagedEntryIsAnErrorOfThatBatchAlone) {
  begin();
  Admission first = source_.next();
  ASSERT_EQ(admit(first), Outcome::kCommitted);
  ASSERT_EQ(admit(source_.next()), Outcome::kCommitted);
  writer_.reset();
  sql("UPDATE entries SET entry = x'0102' WHERE idx = 2");
  open();
  Result<Admitted> answer = Admitting(*writer_).at_once(first);
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().code(), Code::kCorrupt);
  EXPECT_THAT(answer.error().text(), HasSubstr("entry 2 is damaged"));
  EXPECT_FALSE(writer_->failure().has_value());
  EXPECT_EQ(admit(source_.next()), Outcome::kCommitted);
}

TEST_F(SqliteLedger, AMissingRowIsToldWithItsIndexAndTheOthersCanBeRead) {
  begin();
  for (int i = 0; i < 4; ++i) ASSERT_EQ(admit(source_.next()), Outcome::kCommitted);
  writer_.reset();
  sql("DELETE FROM entries WHERE idx = 3");
  auto reader = open_sqlite_reader(path_).value();
  EXPECT_EQ(reader->size().value(), LedgerSize(6));
  int taken = 0;
  auto take = [&](const StoredEntry&) {
    ++taken;
    return Status();
  };
  Result<LedgerIndex> read = reader->read(LedgerIndex(0), take);
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.error().code(), Code::kCorrupt);
  EXPECT_THAT(read.error().text(), HasSubstr("entry 3 is missing"));
  EXPECT_EQ(taken, 3);
  EXPECT_EQ(reader->read(LedgerIndex(3), take).error().code(), Code::kCorrupt);
  EXPECT_EQ(reader->at(LedgerIndex(3)).error().code(), Code::kCorrupt);
  EXPECT_EQ(reader->leaves(LedgerIndex(2), 3).error().code(), Code::kCorrupt);
  EXPECT_EQ(reader->read(LedgerIndex(4), take).value(), LedgerIndex(6));
}

TEST_F(SqliteLedger, LeafHashesOfTheWrongLengthAreToldWithTheirIndex) {
  begin();
  writer_.reset();
  sql("UPDATE entries SET leaf = x'00' WHERE idx = 1");
  Error error = open_sqlite_reader(path_).value()->leaves(LedgerIndex(0), 2).error();
  EXPECT_EQ(error.code(), Code::kCorrupt);
  EXPECT_THAT(error.text(), HasSubstr("the leaf hash of entry 1"));
}

// True when the ledger reads exactly as `whole`, or says which entry is damaged: an entry that
// cannot be read, does not have its leaf hash, or whose content is not that of its header.
::testing::AssertionResult whole_or_told(const std::string& path,
                                         const std::vector<StoredEntry>& whole) {
  auto opened = open_sqlite_reader(path);
  if (!opened.ok()) return ::testing::AssertionSuccess();
  LedgerReader& reader = **opened;
  Result<LedgerSize> size = reader.size();
  if (!size.ok() || *size != LedgerSize(whole.size())) return ::testing::AssertionSuccess();
  for (std::size_t i = 0; i < whole.size(); ++i) {
    Result<StoredEntry> stored = reader.at(LedgerIndex(i));
    Result<std::vector<Hash>> leaf = reader.leaves(LedgerIndex(i), 1);
    if (!stored.ok() || !leaf.ok()) continue;
    if (leaf->front() != leaf_hash(stored->entry)) continue;
    if (stored->entry != whole[i].entry) {
      return ::testing::AssertionFailure() << "entry " << i << " differs in silence";
    }
    if (stored->content == whole[i].content) continue;
    Entry entry = decode_entry(stored->entry).value();
    if (entry.kind != EntryKind::kBatch) continue;  // a content where none belongs
    ByteReader head(entry.payload);
    BatchHeader header = decode_header(decode_head(head)->header).value();
    if (stored->content && sha256(*stored->content) == header.content_hash) {
      return ::testing::AssertionFailure() << "content " << i << " differs in silence";
    }
  }
  return ::testing::AssertionSuccess();
}

TEST_F(SqliteLedger, AFlippedBitInAnEntryIsNoticed) {
  begin();
  for (int i = 0; i < 6; ++i) ASSERT_EQ(admit(source_.next()), Outcome::kCommitted);
  writer_.reset();
  std::mt19937 random(20250102);
  std::vector<StoredEntry> whole = read_all(*open_sqlite_reader(path_).value()).value();
  for (const StoredEntry& stored : whole) {
    Bytes flipped = stored.entry;
    std::size_t bit = random() % (flipped.size() * 8);
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
    std::string where = " WHERE idx = " + std::to_string(stored.index.value);
    sql("UPDATE entries SET entry = x'" + to_hex(flipped) + "'" + where);
    auto reader = open_sqlite_reader(path_).value();
    Bytes read = reader->at(stored.index)->entry;
    EXPECT_EQ(read, flipped);
    EXPECT_NE(reader->leaves(stored.index, 1)->front(), leaf_hash(read));
    sql("UPDATE entries SET entry = x'" + to_hex(stored.entry) + "'" + where);
  }
}

TEST_F(SqliteLedger, AFlippedBitAnywhereInTheFileIsHarmlessOrTold) {
  begin();
  for (int i = 0; i < 12; ++i) ASSERT_EQ(admit(source_.next(40)), Outcome::kCommitted);
  writer_.reset();
  std::vector<StoredEntry> whole = read_all(*open_sqlite_reader(path_).value()).value();
  Bytes bytes = read_file(path_, 16 << 20).value();
  std::mt19937 random(20250103);
  std::string path = folder_.path("flipped.db");
  for (int round = 0; round < 400; ++round) {
    Bytes flipped = bytes;
    std::size_t bit = random() % (flipped.size() * 8);
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
    std::ofstream(path, std::ios::binary | std::ios::trunc) << flipped;
    EXPECT_TRUE(whole_or_told(path, whole)) << "bit " << bit;
  }
}

TEST_F(SqliteLedger, CountsWhatItDoes) {
  prometheus::Registry registry;
  LedgerMetrics metrics(registry);
  auto text = [&] { return prometheus::TextSerializer().Serialize(registry.Collect()); };
  EXPECT_THAT(text(), HasSubstr("plumbline_ledger_commit_failures_total 0"));
  EXPECT_THAT(text(), HasSubstr("plumbline_ledger_admissions_total{outcome=\"revoked\"} 0"));
  begin();
  open(&metrics);
  EXPECT_THAT(text(), HasSubstr("plumbline_ledger_entries 2"));
  Admission first = source_.next();
  ASSERT_EQ(admit(first), Outcome::kCommitted);
  ASSERT_EQ(admit(source_.next()), Outcome::kCommitted);
  ASSERT_EQ(admit(first), Outcome::kRepeated);
  ASSERT_EQ(admit(Source(9, "outlet-9").next()), Outcome::kUnknown);
  writer_.reset();
  EXPECT_THAT(text(), HasSubstr("plumbline_ledger_batches_total 2"));
  EXPECT_THAT(text(), HasSubstr("plumbline_ledger_entries 4"));
  EXPECT_THAT(text(), HasSubstr("plumbline_ledger_queue_bytes 0"));
  EXPECT_THAT(text(), HasSubstr("plumbline_ledger_admissions_total{outcome=\"committed\"} 2"));
  EXPECT_THAT(text(), HasSubstr("plumbline_ledger_admissions_total{outcome=\"repeated\"} 1"));
  EXPECT_THAT(text(), HasSubstr("outcome=\"unknown_stream\"} 1"));
  EXPECT_THAT(text(), HasSubstr("plumbline_ledger_commits_total 2"));
}

}  // namespace
}  // namespace plumbline
