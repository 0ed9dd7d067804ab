// SPDX-License-Identifier: Apache-2.0
// The verifier on the two forms in which a ledger is kept. Method: a ledger of genesis, enrolment
// and one batch is written by the real writer, signed by the real signer and exported; then one bit
// at a time is flipped in the files of the folder, or one random bit of each entry in the database,
// and the report must name the entry that the bit belongs to. Each flip is put back.
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <fstream>
#include <future>
#include <random>

#include "base/file.h"
#include "evidence/checkpoint_signer.h"
#include "evidence/verify.h"
#include "store/folder/folder_ledger.h"
#include "store/sqlite/ledger_db.h"
#include "tests/support/temp_folder.h"
#include "tests/support/wire/memory_ledger.h"

namespace plumbline {
namespace {

using samples::LedgerBuilder;

// Writes the entries of a ledger in memory through the real writer.
void write_entries(const samples::MemoryLedger& from, LedgerWriter& writer) {
  for (const StoredEntry& stored : from.entries) {
    Entry entry = decode_entry(stored.entry).value();
    if (entry.kind != EntryKind::kBatch) {
      ASSERT_TRUE(writer.append(entry.kind, entry.payload).ok());
      continue;
    }
    SealedBatch batch = decode_sealed(entry.payload + *stored.content).value();
    Admission admission{batch.header.stream,   batch.header.number, batch_hash(batch.head.header),
                        batch.header.previous, batch.header.first,  batch.header.count,
                        entry.payload,         *stored.content};
    std::promise<Admitted::Outcome> outcome;
    auto done = [&](const Result<Admitted>& admitted) { outcome.set_value(admitted->outcome); };
    ASSERT_TRUE(writer.admit(std::move(admission), done).ok());
    ASSERT_EQ(outcome.get_future().get(), Admitted::Outcome::kCommitted);
  }
}

class VerifyForms : public ::testing::Test {
 protected:
  void SetUp() override {
    LedgerBuilder builder;
    builder.enroll(11, "isd");
    builder.batch(11, "isd", 2);
    {
      auto writer = open_sqlite_writer(database(), clock_, nullptr).value();
      write_entries(builder.ledger(), *writer);
    }
    auto reader = open_sqlite_reader(database()).value();
    size_ = reader->size().value();
    ASSERT_EQ(size_, LedgerSize(5));
    auto signer = CheckpointSigner::open(*reader, samples::key(2),
                                         {std::string(samples::kLedgerId), {}}, folder_.path("."))
                      .value();
    ASSERT_TRUE(signer->advance().ok());
    checkpoint_ = signer->latest()->text;
    ASSERT_TRUE(export_folder(*reader, size_, checkpoint_, exported()).ok());
    for (std::uint64_t i = 0; i < size_.value; ++i) {
      entries_.push_back(reader->at(LedgerIndex(i)).value());
    }
  }

  std::string database() const { return folder_.path("ledger.db"); }
  std::string exported() const { return folder_.path("export"); }

  VerifyReport verify_folder() {
    auto reader = open_folder_reader(exported()).value();
    VerifyOptions options;
    options.checkpoint = reader->checkpoint();
    return verify_ledger(*reader, options).value();
  }
  VerifyReport verify_database() {
    auto reader = open_sqlite_reader(database()).value();
    VerifyOptions options;
    options.checkpoint = checkpoint_;
    return verify_ledger(*reader, options).value();
  }

  // Flips every bit of a file of the folder in turn; `entry_of` tells whose byte it is.
  template <typename EntryOf>
  void flip_each_bit(const std::string& name, EntryOf entry_of) {
    std::string path = exported() + "/" + name;
    Bytes bytes = read_file(path, 1 << 20).value();
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    auto put = [&](std::size_t at, char byte) {
      file.seekp(static_cast<std::streamoff>(at));
      file.put(byte).flush();
      ASSERT_TRUE(file.good());
    };
    for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
      std::size_t at = bit / 8;
      put(at, static_cast<char>(bytes[at] ^ (1 << bit % 8)));
      VerifyReport report = verify_folder();
      ASSERT_FALSE(report.ok()) << name << " bit " << bit;
      ASSERT_FALSE(report.bad.empty()) << name << " bit " << bit;
      EXPECT_EQ(report.bad.front().index.value, entry_of(at)) << name << " bit " << bit;
      put(at, bytes[at]);
    }
    EXPECT_TRUE(verify_folder().ok());
  }

  testing::PrivateFolder folder_;
  ManualClock clock_{samples::at("2026-01-05T09:00:00Z")};
  LedgerSize size_;
  std::string checkpoint_;
  std::vector<StoredEntry> entries_;
};

TEST_F(VerifyForms, BothFormsProveTheSameLedger) {
  VerifyReport folder = verify_folder();
  VerifyReport database = verify_database();
  EXPECT_TRUE(folder.ok());
  EXPECT_TRUE(database.ok());
  EXPECT_EQ(folder.root, database.root);
  EXPECT_EQ(folder.checkpoint->size, size_);
  EXPECT_EQ(folder.checkpoint->root, folder.root);
  EXPECT_EQ(folder.events, 2u);
}

TEST_F(VerifyForms, EveryFlippedBitOfAFolderIsReportedWithItsEntry) {
  std::vector<std::size_t> ends;
  for (const StoredEntry& entry : entries_) {
    std::size_t frame = 8 + entry.entry.size() + (entry.content ? entry.content->size() : 0);
    ends.push_back((ends.empty() ? 0 : ends.back()) + frame);
  }
  flip_each_bit("segment-000000", [&](std::size_t at) {
    return static_cast<std::uint64_t>(std::upper_bound(ends.begin(), ends.end(), at) -
                                      ends.begin());
  });
  flip_each_bit("places", [](std::size_t at) { return at / 24; });
  flip_each_bit("leaves", [](std::size_t at) { return at / 32; });
}

TEST_F(VerifyForms, EveryFlippedBitOfTheCheckpointIsReported) {
  for (std::size_t bit = 0; bit < checkpoint_.size() * 8; ++bit) {
    std::string flipped = checkpoint_;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
    auto reader = open_sqlite_reader(database()).value();
    VerifyOptions options;
    options.checkpoint = flipped;
    EXPECT_FALSE(verify_ledger(*reader, options).value().ok()) << "bit " << bit;
  }
}

TEST_F(VerifyForms, ARandomFlipInEachEntryOfTheDatabaseIsReportedWithIt) {
  std::mt19937 random(20250101);
  sqlite3* connection = nullptr;
  ASSERT_EQ(sqlite3_open(database().c_str(), &connection), SQLITE_OK);
  auto put = [&](std::uint64_t index, const char* column, const Bytes& bytes) {
    std::string sql = std::string("UPDATE entries SET ") + column + " = x'" + to_hex(bytes) +
                      "' WHERE idx = " + std::to_string(index);
    char* message = nullptr;
    ASSERT_EQ(sqlite3_exec(connection, sql.c_str(), nullptr, nullptr, &message), SQLITE_OK)
        << message;
  };
  auto flip = [&](std::uint64_t index, const char* column, const Bytes& bytes) {
    for (int round = 0; round < 20; ++round) {
      Bytes damaged = bytes;
      std::size_t bit = random() % (bytes.size() * 8);
      damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << bit % 8));
      put(index, column, damaged);
      VerifyReport report = verify_database();
      ASSERT_FALSE(report.bad.empty()) << column << " of entry " << index << ", bit " << bit;
      EXPECT_EQ(report.bad.front().index.value, index) << column << ", bit " << bit;
    }
    put(index, column, bytes);
  };
  for (const StoredEntry& stored : entries_) {
    flip(stored.index.value, "entry", stored.entry);
    if (stored.content) flip(stored.index.value, "content", *stored.content);
  }
  EXPECT_TRUE(verify_database().ok());
  sqlite3_close(connection);
}

}  // namespace
}  // namespace plumbline
