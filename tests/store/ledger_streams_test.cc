// SPDX-License-Identifier: Apache-2.0
// The conformance suite of LedgerWriter, second part: what records of keys do to streams.
#include <gtest/gtest.h>

#include <future>
#include <thread>

#include "ledger/entry.h"
#include "store/sqlite/connection.h"
#include "store/sqlite/ledger_db.h"
#include "store/store.h"
#include "tests/support/store/ledger_maker.h"

namespace plumbline {
namespace {

using namespace testing;  // NOLINT: the project's own test support
using Outcome = Admitted::Outcome;

struct Backend {
  const char* name;
  Result<std::unique_ptr<LedgerWriter>> (*open_writer)(const std::string&, const Clock&,
                                                       ChangeFeed*, LedgerMetrics*);
  Result<std::unique_ptr<LedgerReader>> (*open_reader)(const std::string&);
};

Result<std::unique_ptr<LedgerWriter>> open_sqlite(const std::string& path, const Clock& clock,
                                                  ChangeFeed* feed, LedgerMetrics* metrics) {
  return open_sqlite_writer(path, clock, feed, metrics);
}

class Streams : public ::testing::TestWithParam<Backend> {
 protected:
  void SetUp() override {
    open();
    Admitting(*writer_).genesis();
    Admitting(*writer_).enroll(old_);
  }

  void open() {
    writer_.reset();
    writer_ = GetParam().open_writer(path_, clock_, nullptr, nullptr).value();
  }
  Admitted admit(Admission admission) {
    return Admitting(*writer_).at_once(std::move(admission)).value();
  }
  Outcome outcome(Admission admission) { return admit(std::move(admission)).outcome; }
  Result<LedgerIndex> append(const Bytes& record) {
    return writer_->append(EntryKind::kOffice, record);
  }
  StreamState state(const Source& source) { return writer_->stream(source.stream()).value(); }
  std::uint64_t size() { return GetParam().open_reader(path_).value()->size()->value; }

  TempFolder folder_;
  std::string path_ = folder_.path("ledger");
  ManualClock clock_{kStart};
  std::unique_ptr<LedgerWriter> writer_;
  Source old_{1, "outlet-1"};
  Source next_{2, "outlet-1"};
};

TEST_P(Streams, ARotationMakesTheNewStreamAndClosesTheOldOne) {
  Admission first = old_.next();
  ASSERT_EQ(outcome(first), Outcome::kCommitted);
  EXPECT_EQ(outcome(next_.fork()), Outcome::kUnknown);
  ASSERT_EQ(append(rotate_record(old_.rotation_to(next_))).value(), LedgerIndex(3));
  // The second round is after reopening: it must have been written.
  for (int round = 0; round < 2; ++round) {
    EXPECT_TRUE(state(old_).revoked);
    EXPECT_TRUE(state(old_).rotated);
    EXPECT_EQ(state(old_).head, BatchNumber(1));
    EXPECT_EQ(state(next_).outlet.text(), "outlet-1");
    EXPECT_EQ(state(next_).key, next_.enrolment().key);
    EXPECT_EQ(state(next_).source_kind, SourceKind::kInspector);
    EXPECT_TRUE(state(next_).historical);
    EXPECT_FALSE(state(next_).revoked);
    EXPECT_EQ(outcome(first), Outcome::kRepeated);
    EXPECT_EQ(outcome(old_.fork()), Outcome::kRevoked);
    EXPECT_EQ(outcome(next_.next()), Outcome::kCommitted);
    open();
  }
  EXPECT_EQ(state(next_).head, BatchNumber(2));
}

TEST_P(Streams, ARotationOfAStreamWithoutBatchesNamesNone) {
  ASSERT_TRUE(append(rotate_record(old_.rotation_to(next_))).ok());
  EXPECT_EQ(outcome(old_.next()), Outcome::kRevoked);
  EXPECT_EQ(outcome(next_.next()), Outcome::kCommitted);
}

TEST_P(Streams, ARotationMustSayWhereTheOldStreamStands) {
  Bytes early = rotate_record(old_.rotation_to(next_));
  ASSERT_EQ(outcome(old_.next()), Outcome::kCommitted);
  Source ahead(1, "outlet-1");
  ahead.next();
  ahead.next();
  KeyRotated wrong_hash = old_.rotation_to(next_);
  wrong_hash.previous.last_hash = sha256("another");
  for (const Bytes& record :
       {early, rotate_record(ahead.rotation_to(next_)), rotate_record(wrong_hash)}) {
    EXPECT_EQ(append(record).error().code(), Code::kConflict);
  }
  EXPECT_EQ(size(), 3u);
  EXPECT_FALSE(state(old_).revoked);
  EXPECT_EQ(writer_->stream(next_.stream()).error().code(), Code::kNotFound);
  EXPECT_EQ(outcome(old_.next()), Outcome::kCommitted);
  EXPECT_TRUE(append(rotate_record(old_.rotation_to(next_))).ok());
}

TEST_P(Streams, AKeyTakesOverOnceAndOnlyFromAnOpenStream) {
  Source third(3, "outlet-1");
  EXPECT_EQ(append(rotate_record(next_.rotation_to(third))).error().code(), Code::kNotFound);
  Admitting(*writer_).enroll(third);
  EXPECT_EQ(append(rotate_record(old_.rotation_to(third))).error().code(), Code::kExists);
  ASSERT_TRUE(append(rotate_record(old_.rotation_to(next_))).ok());
  Source fourth(4, "outlet-1");
  EXPECT_EQ(append(rotate_record(old_.rotation_to(fourth))).error().code(), Code::kDenied);
  EXPECT_TRUE(append(rotate_record(next_.rotation_to(fourth))).ok());
  EXPECT_EQ(append(enroll_record(next_.enrolment())).error().code(), Code::kExists);
}

TEST_P(Streams, TheStreamOfARotationFollowsFromKeyAndOutlet) {
  KeyRotated rotated = old_.rotation_to(next_);
  rotated.stream = Source(3, "outlet-1").stream();
  EXPECT_EQ(append(rotate_record(rotated)).error().code(), Code::kInvalid);
}

TEST_P(Streams, ARevokedStreamTakesNothingMoreAndAnswersRepeats) {
  Admission first = old_.next();
  ASSERT_EQ(outcome(first), Outcome::kCommitted);
  ASSERT_EQ(append(revoke_record(old_.stream())).value(), LedgerIndex(3));
  Admission second = old_.next();
  for (int round = 0; round < 2; ++round) {
    EXPECT_TRUE(state(old_).revoked);
    EXPECT_FALSE(state(old_).rotated);
    EXPECT_EQ(outcome(first), Outcome::kRepeated);
    EXPECT_EQ(outcome(second), Outcome::kRevoked);
    open();
  }
  EXPECT_EQ(size(), 4u);
  EXPECT_EQ(append(revoke_record(old_.stream())).error().code(), Code::kDenied);
  EXPECT_EQ(append(revoke_record(next_.stream())).error().code(), Code::kNotFound);
  EXPECT_EQ(append(rotate_record(old_.rotation_to(next_))).error().code(), Code::kDenied);
  EXPECT_EQ(size(), 4u);
}

TEST_P(Streams, SeveralStreamsOfAnOutletGoOnSideBySide) {
  Admitting(*writer_).enroll(next_);
  EXPECT_EQ(outcome(old_.next()), Outcome::kCommitted);
  EXPECT_EQ(outcome(next_.next()), Outcome::kCommitted);
  ASSERT_TRUE(append(revoke_record(old_.stream())).ok());
  EXPECT_EQ(outcome(old_.next()), Outcome::kRevoked);
  EXPECT_EQ(outcome(next_.next()), Outcome::kCommitted);
}

// The record is queued behind batches of the same commit, and batches behind the record.
TEST_P(Streams, WithinOneCommitTheOrderIsThatOfTheQueue) {
  Admitting admitting(*writer_);
  std::promise<void> release, held;
  Admission first = old_.next();
  ASSERT_TRUE(writer_
                  ->admit(first,
                          [&](const Result<Admitted>&) {
                            held.set_value();
                            release.get_future().wait();
                          })
                  .ok());
  held.get_future().wait();
  auto second = admitting.later(old_.next());
  std::future<Result<LedgerIndex>> rotated = std::async(
      std::launch::async, [&] { return append(rotate_record(old_.rotation_to(next_))); });
  // Asked until the record is in front of it: what is asked earlier is of an unknown stream.
  std::vector<std::future<Result<Admitted>>> asked;
  Admission from_next = next_.next();
  Source ahead(1, "outlet-1");
  ahead.next();
  ahead.next();
  Admission third = ahead.next();
  release.set_value();
  while (admitting.at_once(from_next)->outcome == Outcome::kUnknown) std::this_thread::yield();
  EXPECT_EQ(second.get()->outcome, Outcome::kCommitted);
  EXPECT_EQ(rotated.get().value(), LedgerIndex(4));
  EXPECT_EQ(outcome(third), Outcome::kRevoked);
  EXPECT_EQ(outcome(from_next), Outcome::kRepeated);
}

TEST_P(Streams, AnEquivocationTellsWhichBatchHasTheNumber) {
  Admission first = old_.next();
  Source source(1, "outlet-1");
  Admission fork = source.fork();
  ASSERT_EQ(outcome(first), Outcome::kCommitted);
  Admitted taken = admit(fork);
  EXPECT_EQ(taken.outcome, Outcome::kEquivocated);
  EXPECT_EQ(taken.held, first.hash);
  Admitted ahead = admit(source.seal(BatchNumber(2), sha256("another"), Sequence(4), 1));
  EXPECT_EQ(ahead.outcome, Outcome::kEquivocated);
  EXPECT_TRUE(ahead.held.is_zero());
}

INSTANTIATE_TEST_SUITE_P(Backends, Streams,
                         ::testing::Values(Backend{"Sqlite", open_sqlite, open_sqlite_reader}),
                         [](const auto& backend) { return std::string(backend.param.name); });

// A file written before rotations were known has 1 for a revoked stream, and an older program
// reads a rotated one as revoked: it asks whether the number is 0.
TEST(SqliteStreams, ARotatedStreamIsARevokedOneForOlderPrograms) {
  TempFolder folder;
  ManualClock clock{kStart};
  std::string path = folder.path("ledger");
  Source old(1, "outlet-1"), next(2, "outlet-1"), third(3, "outlet-1");
  {
    auto writer = open_sqlite_writer(path, clock, nullptr).value();
    Admitting(*writer).genesis();
    Admitting(*writer).enroll(old);
    Admitting(*writer).enroll(third);
    ASSERT_TRUE(writer->append(EntryKind::kOffice, rotate_record(old.rotation_to(next))).ok());
    ASSERT_TRUE(writer->append(EntryKind::kOffice, revoke_record(third.stream())).ok());
  }
  auto file = sqlite::Connection::open(path, sqlite::Access::kReadOnly).value();
  auto rows = sqlite::Statement::prepare(*file, "SELECT revoked FROM streams ORDER BY id").value();
  std::vector<std::int64_t> numbers;
  while (rows.step("reading").value()) numbers.push_back(rows.integer(0));
  EXPECT_EQ(numbers, (std::vector<std::int64_t>{2, 1, 0}));
}

}  // namespace
}  // namespace plumbline
