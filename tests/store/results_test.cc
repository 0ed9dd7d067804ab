// SPDX-License-Identifier: Apache-2.0
#include "store/results.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <filesystem>
#include <fstream>

#include "store/sqlite/results_db.h"
#include "tests/support/store/faulty_store.h"
#include "tests/support/store/ledger_maker.h"

namespace plumbline {
namespace {

using ::testing::ElementsAre;
using testing::FaultyStore;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::TempFolder;

ResultRow row(std::string standard, std::string level, std::string unit, std::string period,
              std::string body = "{}") {
  return {std::move(standard), std::move(level), std::move(unit), std::move(period),
          std::move(body)};
}

ResultsHeader header(std::uint64_t size) {
  return {LedgerSize(size), Instant{testing::kStart.ms + static_cast<std::int64_t>(size)}, "boston",
          "abcd"};
}

class Results : public ::testing::Test {
 protected:
  void SetUp() override { store_ = open_sqlite_results(path_).value(); }
  std::vector<ResultRow> rows(const ResultsStore::Filter& filter = {}) {
    return store_->read(filter).value().value().rows;
  }

  TempFolder folder_;
  std::string path_ = folder_.path("results.db");
  std::unique_ptr<ResultsStore> store_;
};

TEST_F(Results, HoldNothingBeforeTheFirstPublication) {
  EXPECT_FALSE(store_->read({}).value().has_value());
}

TEST_F(Results, GiveBackHeaderAndRowsInTheirOrder) {
  ResultRow a = row("s1", "network", "ALL", "2015", R"({"score":"81.25"})");
  ResultRow b = row("s1", "outlet", "a", "2015-03");
  ResultRow c = row("s2", "network", "ALL", "2014");
  ASSERT_TRUE(store_->publish(header(7), {c, b, a}, {}).ok());
  std::optional<ResultsStore::Snapshot> snapshot = store_->read({}).value();
  ASSERT_TRUE(snapshot.has_value());
  EXPECT_EQ(snapshot->header.size, LedgerSize(7));
  EXPECT_EQ(snapshot->header.as_of, header(7).as_of);
  EXPECT_EQ(snapshot->header.pack, "boston");
  EXPECT_EQ(snapshot->header.rule_hash, "abcd");
  EXPECT_THAT(snapshot->rows, ElementsAre(a, b, c));
}

TEST_F(Results, ReplaceWhatChangedAndRemoveWhatIsGone) {
  ResultRow a = row("s", "outlet", "a", "2015");
  ResultRow b = row("s", "outlet", "b", "2015");
  ASSERT_TRUE(store_->publish(header(7), {a, b}, {}).ok());
  ResultRow newer = row("s", "outlet", "a", "2015", R"({"score":"1"})");
  ASSERT_TRUE(store_->publish(header(9), {newer}, {b}).ok());
  EXPECT_THAT(rows(), ElementsAre(newer));
  EXPECT_EQ(store_->read({}).value()->header.size, LedgerSize(9));
}

TEST_F(Results, FilterByEachPartOfTheKeyAlone) {
  ResultRow a = row("s1", "network", "ALL", "2014");
  ResultRow b = row("s1", "outlet", "x", "2015");
  ResultRow c = row("s2", "outlet", "y", "2015");
  ASSERT_TRUE(store_->publish(header(1), {a, b, c}, {}).ok());
  EXPECT_THAT(rows({"s1", "", "", ""}), ElementsAre(a, b));
  EXPECT_THAT(rows({"", "outlet", "", ""}), ElementsAre(b, c));
  EXPECT_THAT(rows({"", "", "y", ""}), ElementsAre(c));
  EXPECT_THAT(rows({"", "", "", "2014"}), ElementsAre(a));
  EXPECT_THAT(rows({"s1", "outlet", "", "2015"}), ElementsAre(b));
  EXPECT_THAT(rows({"s3", "", "", ""}), IsEmpty());
}

TEST_F(Results, TextWithNulAndQuotesComesBackAsItWent) {
  ResultRow odd = row("s'; DROP TABLE results; --", "outlet", std::string("a\0b", 3), "2015",
                      std::string("{\"\0\":\"网点\"}", 14));
  ASSERT_TRUE(store_->publish(header(1), {odd}, {}).ok());
  EXPECT_THAT(rows({odd.standard, "", odd.unit, ""}), ElementsAre(odd));
}

TEST_F(Results, ClearRemovesRowsAndHeader) {
  ASSERT_TRUE(store_->publish(header(1), {row("s", "outlet", "a", "2015")}, {}).ok());
  ASSERT_TRUE(store_->clear().ok());
  EXPECT_FALSE(store_->read({}).value().has_value());
}

TEST_F(Results, StayAfterReopening) {
  ResultRow a = row("s", "outlet", "a", "2015");
  ASSERT_TRUE(store_->publish(header(3), {a}, {}).ok());
  store_.reset();
  store_ = open_sqlite_results(path_).value();
  EXPECT_THAT(rows(), ElementsAre(a));
}

TEST_F(Results, ReadersSeePublicationsAndMayNotWrite) {
  auto reader = open_sqlite_results_reader(path_).value();
  EXPECT_FALSE(reader->read({}).value().has_value());
  ResultRow a = row("s", "outlet", "a", "2015");
  ASSERT_TRUE(store_->publish(header(3), {a}, {}).ok());
  EXPECT_THAT(reader->read({}).value()->rows, ElementsAre(a));
  EXPECT_EQ(reader->publish(header(4), {}, {}).error().code(), Code::kDenied);
  EXPECT_EQ(reader->clear().error().code(), Code::kDenied);
}

TEST_F(Results, AViewStaysWhatItWasWhileOthersPublish) {
  ResultRow a = row("s", "outlet", "a", "2015", R"({"n":1})");
  ASSERT_TRUE(store_->publish(header(3), {a}, {}).ok());
  auto reader = open_sqlite_results_reader(path_).value();
  {
    auto view = reader->view().value();
    ResultRow b = row("s", "outlet", "b", "2015");
    ASSERT_TRUE(store_->publish(header(4), {b}, {a}).ok());
    EXPECT_EQ(view->header().size, LedgerSize(3));
    EXPECT_THAT(view->rows({}).value(), ElementsAre(a));
    a.body.clear();
    EXPECT_THAT(view->keys({}).value(), ElementsAre(a));
  }
  EXPECT_EQ(reader->view().value()->header().size, LedgerSize(4));
  ASSERT_TRUE(store_->clear().ok());
  EXPECT_EQ(reader->view().value(), nullptr);
}

TEST_F(Results, AreFoundByListsAndPrefixes) {
  ResultRow t1 = row("target.t1", "county", "320102", "final");
  ResultRow t2 = row("target.t2", "county", "320104", "final");
  ResultRow other = row("targets", "county", "320102", "final");
  ASSERT_TRUE(store_->publish(header(1), {t1, t2, other}, {}).ok());
  ResultsStore::Filter filter;
  filter.standard_prefix = "target.";
  EXPECT_THAT(rows(filter), ElementsAre(t1, t2));
  filter.units = {"320104", "320106", "' OR 1 --"};
  EXPECT_THAT(rows(filter), ElementsAre(t2));
  filter.units = {"\"]"};
  EXPECT_THAT(rows(filter), IsEmpty());
}

TEST_F(Results, AReaderOfNothingIsToldSo) {
  EXPECT_EQ(open_sqlite_results_reader(folder_.path("none.db")).error().code(), Code::kNotFound);
  std::ofstream(folder_.path("empty.db"));
  EXPECT_EQ(open_sqlite_results_reader(folder_.path("empty.db")).error().code(), Code::kNotFound);
}

TEST_F(Results, ASecondWriterIsRefused) {
  EXPECT_EQ(open_sqlite_results(path_).error().code(), Code::kConflict);
  EXPECT_EQ(remove_sqlite_results(path_).error().code(), Code::kConflict);
}

TEST_F(Results, OfANewerVersionAreRefusedAndCanBeMadeAgain) {
  ASSERT_TRUE(store_->publish(header(1), {row("s", "outlet", "a", "2015")}, {}).ok());
  store_.reset();
  sqlite3* db = nullptr;
  ASSERT_EQ(sqlite3_open(path_.c_str(), &db), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(db, "PRAGMA user_version = 9", nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(db);
  Error error = open_sqlite_results(path_).error();
  EXPECT_EQ(error.code(), Code::kUnsupported);
  EXPECT_THAT(error.text(), HasSubstr("schema version 9"));
  ASSERT_TRUE(remove_sqlite_results(path_).ok());
  store_ = open_sqlite_results(path_).value();
  EXPECT_FALSE(store_->read({}).value().has_value());
}

TEST_F(Results, ThatAreNoDatabaseAreCorrupt) {
  store_.reset();
  std::ofstream(path_, std::ios::trunc) << std::string(5000, 'x');
  EXPECT_EQ(open_sqlite_results(path_).error().code(), Code::kCorrupt);
  EXPECT_EQ(open_sqlite_results_reader(path_).error().code(), Code::kCorrupt);
  ASSERT_TRUE(remove_sqlite_results(path_).ok());
  EXPECT_TRUE(open_sqlite_results(path_).ok());
}

// A publication that meets a full disk leaves the one before it, whole.
TEST(ResultsFaults, AFullDiskLeavesTheLastPublication) {
  FaultyStore disk;
  TempFolder folder;
  auto store = open_sqlite_results(folder.path("results.db")).value();
  ResultRow a = row("s", "outlet", "a", "2015");
  ASSERT_TRUE(store->publish(header(1), {a}, {}).ok());
  disk.fail_after(FaultyStore::Fault::kDiskFull, 0);
  Status full = store->publish(header(2), {row("s", "outlet", "b", "2015")}, {a});
  ASSERT_FALSE(full.ok());
  EXPECT_EQ(full.error().code(), Code::kExhausted);
  disk.heal();
  std::optional<ResultsStore::Snapshot> snapshot = store->read({}).value();
  EXPECT_EQ(snapshot->header.size, LedgerSize(1));
  EXPECT_THAT(snapshot->rows, ElementsAre(a));
  EXPECT_TRUE(store->publish(header(3), {}, {a}).ok());
}

}  // namespace
}  // namespace plumbline
