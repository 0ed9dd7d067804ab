// SPDX-License-Identifier: Apache-2.0
// The conformance suite of LedgerReader: every backend passes it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "base/limits.h"
#include "store/folder/folder_ledger.h"
#include "store/sqlite/ledger_db.h"
#include "store/store.h"
#include "tests/support/store/ledger_maker.h"

namespace plumbline {
namespace {

using namespace testing;  // NOLINT: the project's own test support
using ::testing::HasSubstr;

enum class Form { kSqlite, kFolder };

class Reader : public ::testing::TestWithParam<Form> {
 protected:
  void SetUp() override {
    writer_ = open_sqlite_writer(folder_.path("ledger.db"), clock_, nullptr).value();
    Admitting admitting(*writer_);
    admitting.genesis();
    admitting.enroll(source_);
  }

  // Admits a batch; the writer takes any content.
  void add(const std::string& content) {
    Admission admission = source_.next();
    admission.content = content;
    contents_.push_back(content);
    ASSERT_EQ(Admitting(*writer_).at_once(admission)->outcome, Admitted::Outcome::kCommitted);
  }

  // The ledger so far in the form that is tested.
  std::unique_ptr<LedgerReader> open() {
    auto sqlite = open_sqlite_reader(folder_.path("ledger.db")).value();
    if (GetParam() == Form::kSqlite) return sqlite;
    std::string path = folder_.path("folder-" + std::to_string(++exports_));
    EXPECT_TRUE(export_folder(*sqlite, sqlite->size().value(), "checkpoint", path).ok());
    return open_folder_reader(path).value();
  }

  TempFolder folder_;
  ManualClock clock_{kStart};
  std::unique_ptr<LedgerWriter> writer_;
  Source source_{1, "outlet-1"};
  std::vector<std::string> contents_;
  int exports_ = 0;
};

TEST_P(Reader, GivesBackWhatWasWritten) {
  std::string zeros(3, '\0');
  for (const std::string& content : {std::string("abc"), std::string(), zeros}) add(content);
  auto reader = open();
  EXPECT_EQ(reader->size().value(), LedgerSize(5));
  std::vector<StoredEntry> all = read_all(*reader).value();
  ASSERT_EQ(all.size(), 5u);
  EXPECT_EQ(decode_entry(all[0].entry)->payload, genesis_record());
  EXPECT_FALSE(all[0].content.has_value());
  EXPECT_FALSE(all[1].content.has_value());
  for (std::size_t i = 2; i < 5; ++i) {
    EXPECT_EQ(all[i].index, LedgerIndex(i));
    EXPECT_EQ(all[i].content, contents_[i - 2]) << i;
    StoredEntry one = reader->at(LedgerIndex(i)).value();
    EXPECT_EQ(one.entry, all[i].entry);
    EXPECT_EQ(one.content, all[i].content);
  }
}

TEST_P(Reader, LeavesAreTheHashesOfTheEntries) {
  for (int i = 0; i < 5; ++i) add("content " + std::to_string(i));
  auto reader = open();
  std::vector<StoredEntry> all = read_all(*reader).value();
  std::vector<Hash> leaves = reader->leaves(LedgerIndex(0), all.size()).value();
  ASSERT_EQ(leaves.size(), all.size());
  for (std::size_t i = 0; i < all.size(); ++i) EXPECT_EQ(leaves[i], leaf_hash(all[i].entry)) << i;
  EXPECT_EQ(reader->leaves(LedgerIndex(3), 2).value(),
            std::vector<Hash>(leaves.begin() + 3, leaves.begin() + 5));
  EXPECT_TRUE(reader->leaves(LedgerIndex(7), 0).value().empty());
}

TEST_P(Reader, NothingIsBeyondTheSize) {
  auto reader = open();
  EXPECT_EQ(reader->at(LedgerIndex(2)).error().code(), Code::kNotFound);
  EXPECT_EQ(reader->leaves(LedgerIndex(1), 2).error().code(), Code::kNotFound);
  EXPECT_EQ(reader->leaves(LedgerIndex(3), 0).error().code(), Code::kNotFound);
  EXPECT_EQ(reader->leaves(LedgerIndex(1), ~std::size_t{0}).error().code(), Code::kNotFound);
  auto none = [](const StoredEntry&) -> Status { return Error(Code::kInternal, "called"); };
  EXPECT_EQ(reader->read(LedgerIndex(2), none).value(), LedgerIndex(2));
  EXPECT_EQ(reader->read(LedgerIndex(9), none).value(), LedgerIndex(9));
}

TEST_P(Reader, AnErrorOfTheTakerEndsTheRead) {
  add("abc");
  auto reader = open();
  int taken = 0;
  auto take = [&](const StoredEntry&) -> Status {
    if (++taken == 2) return Error(Code::kDenied, "enough");
    return {};
  };
  EXPECT_EQ(reader->read(LedgerIndex(0), take).error().sentence(), "enough");
  EXPECT_EQ(taken, 2);
  EXPECT_EQ(read_all(*reader).value().size(), 3u);
}

TEST_P(Reader, ChunksAreBoundedInBytes) {
  for (int i = 0; i < 6; ++i) add(std::string(limits::kMaxContentBytes, 'x'));
  auto reader = open();
  auto take = [](const StoredEntry&) { return Status(); };
  LedgerIndex next = reader->read(LedgerIndex(0), take).value();
  EXPECT_EQ(next, LedgerIndex(2 + limits::kReadChunkBytes / limits::kMaxContentBytes));
  EXPECT_EQ(reader->read(next, take).value(), LedgerIndex(8));
}

TEST_P(Reader, ChunksAreBoundedInEntries) {
  std::vector<std::future<Result<Admitted>>> answers;
  for (std::size_t i = 0; i < limits::kReadChunkEntries + 5; ++i) {
    answers.push_back(Admitting(*writer_).later(source_.next(1)));
  }
  for (auto& answer : answers) ASSERT_EQ(answer.get()->outcome, Admitted::Outcome::kCommitted);
  auto reader = open();
  auto take = [](const StoredEntry&) { return Status(); };
  EXPECT_EQ(reader->read(LedgerIndex(1), take).value(), LedgerIndex(1 + limits::kReadChunkEntries));
  EXPECT_EQ(reader->leaves(LedgerIndex(0), answers.size() + 2).value().size(), answers.size() + 2);
}

TEST_P(Reader, ReadsWithinARead) {
  add("abc");
  add("def");
  auto reader = open();
  Result<LedgerIndex> read = reader->read(LedgerIndex(0), [&](const StoredEntry& entry) -> Status {
    ASSIGN_OR_RETURN(std::vector<Hash> leaf, reader->leaves(entry.index, 1));
    EXPECT_EQ(leaf.front(), leaf_hash(entry.entry));
    EXPECT_EQ(reader->size().value(), LedgerSize(4));
    EXPECT_EQ(reader->at(LedgerIndex(3))->content, "def");
    return {};
  });
  EXPECT_EQ(read.value(), LedgerIndex(4));
}

std::vector<std::uint64_t> numbers(const Result<std::vector<LedgerIndex>>& indices) {
  std::vector<std::uint64_t> out;
  for (LedgerIndex index : indices.value()) out.push_back(index.value);
  return out;
}

TEST_P(Reader, FindsTheBatchesOfAnOutlet) {
  Source second{2, "outlet-2"};
  Source again{3, "outlet-1"};  // another stream of the first outlet
  Admitting admitting(*writer_);
  add("two");                // 2
  admitting.enroll(second);  // 3
  admitting.enroll(again);   // 4
  auto admit = [&](Source& source) {
    ASSERT_EQ(admitting.at_once(source.next())->outcome, Admitted::Outcome::kCommitted);
  };
  admit(again);   // 5
  admit(second);  // 6
  add("seven");   // 7
  admit(again);   // 8
  auto reader = open();
  OutletId first = OutletId::parse("outlet-1").value();
  LedgerSize all(9);
  EXPECT_EQ(numbers(reader->batches_of(first, LedgerIndex(0), all)),
            (std::vector<std::uint64_t>{2, 5, 7, 8}));
  EXPECT_EQ(numbers(reader->batches_of(first, LedgerIndex(3), LedgerSize(8))),
            (std::vector<std::uint64_t>{5, 7}));
  EXPECT_EQ(numbers(reader->batches_of(first, LedgerIndex(0), LedgerSize(1000))),
            (std::vector<std::uint64_t>{2, 5, 7, 8}));
  EXPECT_EQ(numbers(reader->batches_of(OutletId::parse("outlet-2").value(), LedgerIndex(0), all)),
            (std::vector<std::uint64_t>{6}));
  EXPECT_TRUE(
      reader->batches_of(OutletId::parse("nobody").value(), LedgerIndex(0), all).value().empty());
  EXPECT_TRUE(reader->batches_of(first, LedgerIndex(20), LedgerSize(30)).value().empty());
  EXPECT_TRUE(reader->batches_of(first, LedgerIndex(5), LedgerSize(5)).value().empty());
}

TEST_P(Reader, FindsTheEntriesWithoutContent) {
  add("two");
  add("");  // an empty content is a content
  Source second{2, "outlet-2"};
  Admitting(*writer_).enroll(second);
  add("five");
  auto reader = open();
  EXPECT_EQ(numbers(reader->without_content(LedgerIndex(0), LedgerSize(6))),
            (std::vector<std::uint64_t>{0, 1, 4}));
  EXPECT_EQ(numbers(reader->without_content(LedgerIndex(1), LedgerSize(4))),
            (std::vector<std::uint64_t>{1}));
  EXPECT_EQ(numbers(reader->without_content(LedgerIndex(2), LedgerSize(1000))),
            (std::vector<std::uint64_t>{4}));
  EXPECT_TRUE(reader->without_content(LedgerIndex(5), LedgerSize(6)).value().empty());
}

INSTANTIATE_TEST_SUITE_P(Backends, Reader, ::testing::Values(Form::kSqlite, Form::kFolder),
                         [](const auto& backend) {
                           return backend.param == Form::kSqlite ? "Sqlite" : "Folder";
                         });

}  // namespace
}  // namespace plumbline
