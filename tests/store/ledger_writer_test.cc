// SPDX-License-Identifier: Apache-2.0
// The conformance suite of LedgerWriter: every backend that writes passes it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

#include "base/limits.h"
#include "model/wire/batch.h"
#include "store/sqlite/ledger_db.h"
#include "store/store.h"
#include "tests/support/store/ledger_maker.h"

namespace plumbline {
namespace {

using namespace testing;  // NOLINT: the project's own test support
using ::testing::HasSubstr;
using Outcome = Admitted::Outcome;

struct Backend {
  const char* name;
  Result<std::unique_ptr<LedgerWriter>> (*open_writer)(const std::string&, const Clock&,
                                                       ChangeFeed*, LedgerMetrics*);
  Result<std::unique_ptr<LedgerReader>> (*open_reader)(const std::string&);
};

class Writer : public ::testing::TestWithParam<Backend> {
 protected:
  void SetUp() override { open(); }

  void open() {
    writer_.reset();
    writer_ = GetParam().open_writer(path_, clock_, &feed_, nullptr).value();
  }
  Result<Admitted> admit(Admission admission) {
    return Admitting(*writer_).at_once(std::move(admission));
  }
  Outcome outcome(Admission admission) { return admit(std::move(admission)).value().outcome; }
  void genesis_and(const Source& source) {
    Admitting(*writer_).genesis();
    Admitting(*writer_).enroll(source);
  }
  std::vector<StoredEntry> entries() {
    return read_all(*GetParam().open_reader(path_).value()).value();
  }

  TempFolder folder_;
  std::string path_ = folder_.path("ledger");
  ManualClock clock_{kStart};
  ChangeFeed feed_;
  std::unique_ptr<LedgerWriter> writer_;
  Source source_{1, "outlet-1"};
};

TEST_P(Writer, ARedactionWithdrawsTheContentAndNothingElse) {
  genesis_and(source_);
  Admission first = source_.next(3);
  Admission second = source_.next(3);
  LedgerIndex index = admit(first).value().index;
  Instant recorded_at = admit(second).value().recorded_at;
  std::vector<StoredEntry> before = entries();
  LedgerIndex record =
      writer_->append(EntryKind::kOffice, redact_record(redaction_of(index, first))).value();
  EXPECT_EQ(record, LedgerIndex(before.size()));
  open();  // and durably so
  std::vector<StoredEntry> after = entries();
  ASSERT_EQ(after.size(), before.size() + 1);
  for (std::size_t i = 0; i < before.size(); ++i) {
    EXPECT_EQ(after[i].entry, before[i].entry);
    if (i != index.value) {
      EXPECT_EQ(after[i].content, before[i].content);
    }
  }
  EXPECT_FALSE(after[index.value].content.has_value());
  // The agent that sends it again gets the first answer, and does not bring it back.
  EXPECT_EQ(outcome(first), Outcome::kRepeated);
  EXPECT_EQ(admit(second).value().recorded_at, recorded_at);
  EXPECT_EQ(outcome(source_.next(1)), Outcome::kCommitted);
  EXPECT_FALSE(entries()[index.value].content.has_value());
}

TEST_P(Writer, ARedactionOfSomethingElseIsRefusedAndNothingIsWritten) {
  genesis_and(source_);
  Admission batch = source_.next(3);
  LedgerIndex index = admit(batch).value().index;
  auto refused = [&](ContentRedacted redacted) {
    return writer_->append(EntryKind::kOffice, redact_record(redacted)).error().code();
  };
  ContentRedacted good = redaction_of(index, batch);
  ContentRedacted bad = good;
  bad.index = LedgerIndex(99);
  EXPECT_EQ(refused(bad), Code::kNotFound);
  bad.index = LedgerIndex(1);
  EXPECT_EQ(refused(bad), Code::kConflict);
  bad = good;
  bad.batch_hash = sha256("another");
  EXPECT_EQ(refused(bad), Code::kConflict);
  bad = good;
  bad.content_hash = sha256("another");
  EXPECT_EQ(refused(bad), Code::kConflict);
  EXPECT_EQ(entries().size(), 3u);
  EXPECT_TRUE(entries()[index.value].content.has_value());
  ASSERT_TRUE(writer_->append(EntryKind::kOffice, redact_record(good)).ok());
  EXPECT_EQ(refused(good), Code::kExists);
  EXPECT_EQ(entries().size(), 4u);
}

TEST_P(Writer, TheFirstEntryIsTheGenesisAndItIsTheOnlyOne) {
  EXPECT_EQ(writer_->append(EntryKind::kOffice, outlet_record("a")).error().code(),
            Code::kConflict);
  EXPECT_EQ(Admitting(*writer_).genesis(), LedgerIndex(0));
  EXPECT_EQ(writer_->append(EntryKind::kGenesis, genesis_record()).error().code(), Code::kExists);
  EXPECT_EQ(writer_->append(EntryKind::kOffice, outlet_record("a")).value(), LedgerIndex(1));
}

TEST_P(Writer, AppendRefusesWhatIsNoRecord) {
  Admitting(*writer_).genesis();
  EXPECT_EQ(writer_->append(EntryKind::kOffice, "no record").error().code(), Code::kInvalid);
  EXPECT_EQ(writer_->append(EntryKind::kBatch, outlet_record("a")).error().code(), Code::kInvalid);
  Bytes large(limits::kMaxOfficeRecordBytes + 1, 'x');
  EXPECT_EQ(writer_->append(EntryKind::kOffice, large).error().code(), Code::kExhausted);
  EXPECT_EQ(entries().size(), 1u);
}

TEST_P(Writer, AnEnrolmentMakesAStreamOnce) {
  Admitting(*writer_).genesis();
  EXPECT_EQ(writer_->stream(source_.stream()).error().code(), Code::kNotFound);
  Admitting(*writer_).enroll(source_);
  StreamState state = writer_->stream(source_.stream()).value();
  EXPECT_EQ(state.outlet.text(), "outlet-1");
  EXPECT_EQ(state.key, source_.enrolment().key);
  EXPECT_EQ(state.source_kind, SourceKind::kInspector);
  EXPECT_TRUE(state.historical);
  EXPECT_FALSE(state.revoked);
  EXPECT_EQ(state.head, BatchNumber(0));
  EXPECT_TRUE(state.head_hash.is_zero());
  EXPECT_EQ(state.next_sequence, Sequence(1));
  Result<LedgerIndex> again =
      writer_->append(EntryKind::kOffice, enroll_record(source_.enrolment()));
  EXPECT_EQ(again.error().code(), Code::kExists);
  EXPECT_EQ(entries().size(), 2u);
}

TEST_P(Writer, AnEnrolmentOfAStreamThatDoesNotFollowFromKeyAndOutletIsRefused) {
  Admitting(*writer_).genesis();
  KeyEnrolled enrolled = source_.enrolment();
  enrolled.stream = Source(2, "outlet-1").stream();
  Result<LedgerIndex> refused = writer_->append(EntryKind::kOffice, enroll_record(enrolled));
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code(), Code::kInvalid);
  EXPECT_EQ(writer_->stream(enrolled.stream).error().code(), Code::kNotFound);
}

TEST_P(Writer, CommitsBatchesAsTheyCame) {
  genesis_and(source_);
  Admission first = source_.next();
  Admission second = source_.next(1);
  Admitted answer = admit(first).value();
  EXPECT_EQ(answer.outcome, Outcome::kCommitted);
  EXPECT_EQ(answer.index, LedgerIndex(2));
  EXPECT_EQ(answer.recorded_at, kStart);
  EXPECT_EQ(admit(second).value().index, LedgerIndex(3));

  std::vector<StoredEntry> all = entries();
  ASSERT_EQ(all.size(), 4u);
  Entry entry = decode_entry(all[2].entry).value();
  EXPECT_EQ(entry.kind, EntryKind::kBatch);
  EXPECT_EQ(entry.recorded_at, kStart);
  EXPECT_EQ(entry.payload, first.head);
  EXPECT_EQ(all[2].content, first.content);
  EXPECT_EQ(all[3].content, second.content);
  EXPECT_FALSE(all[1].content.has_value());

  StreamState state = writer_->stream(source_.stream()).value();
  EXPECT_EQ(state.head, BatchNumber(2));
  EXPECT_EQ(state.head_hash, second.hash);
  EXPECT_EQ(state.next_sequence, Sequence(5));
}

TEST_P(Writer, ARepeatedBatchGetsTheFirstAnswerAndIsNotWritten) {
  genesis_and(source_);
  Admission first = source_.next();
  Admission second = source_.next();
  Admitted answer = admit(first).value();
  clock_.advance({kMsPerDay});
  ASSERT_EQ(outcome(second), Outcome::kCommitted);
  for (int i = 0; i < 2; ++i) {
    Admitted again = admit(first).value();
    EXPECT_EQ(again.outcome, Outcome::kRepeated);
    EXPECT_EQ(again.index, answer.index);
    EXPECT_EQ(again.recorded_at, answer.recorded_at);
  }
  EXPECT_EQ(entries().size(), 4u);
  open();
  EXPECT_EQ(outcome(second), Outcome::kRepeated);
}

TEST_P(Writer, ANumberThatIsTakenByAnotherBatchIsEquivocation) {
  genesis_and(source_);
  Admission fork = source_.fork();
  ASSERT_EQ(outcome(source_.next()), Outcome::kCommitted);
  EXPECT_EQ(outcome(fork), Outcome::kEquivocated);
  EXPECT_EQ(entries().size(), 3u);
}

TEST_P(Writer, AnotherPreviousHashIsEquivocation) {
  genesis_and(source_);
  ASSERT_EQ(outcome(source_.next()), Outcome::kCommitted);
  Admission other = source_.seal(source_.number(), sha256("another"), source_.first(), 1);
  EXPECT_EQ(outcome(other), Outcome::kEquivocated);
  EXPECT_EQ(outcome(source_.next()), Outcome::kCommitted);
}

TEST_P(Writer, TheFirstBatchHasNoPrevious) {
  genesis_and(source_);
  Admission admission = source_.fork();
  admission.previous = sha256("x");
  EXPECT_EQ(outcome(admission), Outcome::kEquivocated);
}

TEST_P(Writer, ABatchBeyondTheNextOneIsAGap) {
  genesis_and(source_);
  Admission first = source_.next();
  Admission second = source_.next();
  EXPECT_EQ(outcome(second), Outcome::kGap);
  EXPECT_EQ(outcome(first), Outcome::kCommitted);
  EXPECT_EQ(outcome(second), Outcome::kCommitted);
}

TEST_P(Writer, SequencesGoOnWithoutHoles) {
  genesis_and(source_);
  ASSERT_EQ(outcome(source_.next(3)), Outcome::kCommitted);
  for (std::uint64_t wrong : {3, 5, 1}) {
    Admission bad = source_.seal(BatchNumber(2), source_.previous(), Sequence(wrong), 1);
    EXPECT_EQ(outcome(bad), Outcome::kBadSequence) << wrong;
  }
  EXPECT_EQ(outcome(source_.next()), Outcome::kCommitted);
}

TEST_P(Writer, AStreamThatWasNotEnrolledIsUnknown) {
  genesis_and(source_);
  EXPECT_EQ(outcome(Source(2, "outlet-1").next()), Outcome::kUnknown);
}

TEST_P(Writer, AdmissionsWithImpossibleNumbersAreRefusedAtOnce) {
  genesis_and(source_);
  Admission good = source_.next();
  Admission zero_number = good, zero_first = good, zero_count = good, many = good, large = good;
  zero_number.number = BatchNumber(0);
  zero_first.first = Sequence(0);
  zero_count.count = 0;
  many.count = limits::kMaxBatchEvents + 1;
  large.content.resize(limits::kMaxContentBytes + 1);
  for (const Admission& bad : {zero_number, zero_first, zero_count, many, large}) {
    Status refused = writer_->admit(bad, [](const Result<Admitted>&) { FAIL() << "called back"; });
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code(), Code::kInvalid);
  }
  EXPECT_EQ(outcome(good), Outcome::kCommitted);
}

TEST_P(Writer, RecordedTimesNeverFall) {
  genesis_and(source_);
  EXPECT_EQ(admit(source_.next()).value().recorded_at, kStart);
  clock_.advance({5000});
  EXPECT_EQ(admit(source_.next()).value().recorded_at, kStart + Duration{5000});
  clock_.advance({-7000});
  EXPECT_EQ(admit(source_.next()).value().recorded_at, kStart + Duration{5000});
  open();
  EXPECT_EQ(admit(source_.next()).value().recorded_at, kStart + Duration{5000});
  clock_.advance({kMsPerDay});
  EXPECT_EQ(admit(source_.next()).value().recorded_at, kStart + Duration{kMsPerDay - 2000});
}

TEST_P(Writer, StreamsGoOnAfterReopening) {
  genesis_and(source_);
  Source other(2, "outlet-2");
  Admitting(*writer_).enroll(other);
  Admission last = source_.next();
  ASSERT_EQ(outcome(last), Outcome::kCommitted);
  open();
  StreamState state = writer_->stream(source_.stream()).value();
  EXPECT_EQ(state.head, BatchNumber(1));
  EXPECT_EQ(state.head_hash, last.hash);
  EXPECT_EQ(state.key, source_.enrolment().key);
  EXPECT_EQ(state.source_kind, SourceKind::kInspector);
  EXPECT_TRUE(state.historical);
  EXPECT_EQ(outcome(source_.next()), Outcome::kCommitted);
  EXPECT_EQ(outcome(other.next()), Outcome::kCommitted);
}

// The writer's thread is held in a callback while more is queued, so that all of it goes into the
// next commit.
TEST_P(Writer, AChainWithinOneCommitIsAdmittedAsIfOneByOne) {
  genesis_and(source_);
  Admitting admitting(*writer_);
  std::promise<void> release;
  std::promise<void> held;
  ASSERT_TRUE(writer_
                  ->admit(source_.next(),
                          [&](const Result<Admitted>&) {
                            held.set_value();
                            release.get_future().wait();
                          })
                  .ok());
  held.get_future().wait();
  Admission fork = source_.fork();
  Admission second = source_.next();
  Admission third = source_.next();
  Admission fifth = source_.seal(BatchNumber(5), sha256("unknown"), Sequence(50), 1);
  std::future<Result<Admitted>> answers[] = {
      admitting.later(second), admitting.later(third), admitting.later(second),
      admitting.later(fork),   admitting.later(fifth), admitting.later(source_.next())};
  release.set_value();
  Outcome wanted[] = {Outcome::kCommitted,   Outcome::kCommitted, Outcome::kRepeated,
                      Outcome::kEquivocated, Outcome::kGap,       Outcome::kCommitted};
  std::uint64_t indexes[] = {3, 4, 3, 0, 0, 5};
  for (std::size_t i = 0; i < std::size(wanted); ++i) {
    Admitted answer = answers[i].get().value();
    EXPECT_EQ(answer.outcome, wanted[i]) << i;
    EXPECT_EQ(answer.index, LedgerIndex(indexes[i])) << i;
  }
  EXPECT_EQ(entries().size(), 6u);
}

// The first batch is sent again and again while the enrolment is queued in between, all of it
// behind a held commit.
TEST_P(Writer, AnEnrolmentAndItsFirstBatchMayShareACommit) {
  Admitting admitting(*writer_);
  admitting.genesis();
  Admission first = source_.next();
  std::promise<void> release, held;
  Status queued = writer_->admit(first, [&](const Result<Admitted>& answer) {
    EXPECT_EQ(answer->outcome, Outcome::kUnknown);
    held.set_value();
    release.get_future().wait();
  });
  ASSERT_TRUE(queued.ok());
  held.get_future().wait();
  std::thread enrolling([&] { EXPECT_EQ(admitting.enroll(source_), LedgerIndex(1)); });
  std::vector<std::future<Result<Admitted>>> answers;
  for (int i = 0; i < 500; ++i) {
    answers.push_back(admitting.later(first));
    std::this_thread::yield();
  }
  release.set_value();
  enrolling.join();
  answers.push_back(admitting.later(first));
  std::vector<Outcome> outcomes;
  for (auto& answer : answers) outcomes.push_back(answer.get()->outcome);
  auto committed = std::find(outcomes.begin(), outcomes.end(), Outcome::kCommitted);
  ASSERT_NE(committed, outcomes.end());
  EXPECT_TRUE(std::all_of(outcomes.begin(), committed,
                          [](Outcome outcome) { return outcome == Outcome::kUnknown; }));
  EXPECT_TRUE(std::all_of(committed + 1, outcomes.end(),
                          [](Outcome outcome) { return outcome == Outcome::kRepeated; }));
}

TEST_P(Writer, AnAnswerComesAfterTheEntryCanBeReadAndTheStreamHasMoved) {
  genesis_and(source_);
  auto reader = GetParam().open_reader(path_).value();
  std::promise<void> done;
  ASSERT_TRUE(writer_
                  ->admit(source_.next(),
                          [&](const Result<Admitted>& answer) {
                            ASSERT_TRUE(answer.ok());
                            EXPECT_EQ(reader->at(answer->index).value().index, answer->index);
                            EXPECT_EQ(writer_->stream(source_.stream())->head, BatchNumber(1));
                            done.set_value();
                          })
                  .ok());
  done.get_future().wait();
}

TEST_P(Writer, TheFeedTellsOfEveryGrowthAndOfTheSizeAtOpening) {
  genesis_and(source_);
  EXPECT_EQ(feed_.wait_beyond(LedgerSize(1), std::chrono::minutes(1)), LedgerSize(2));
  ASSERT_EQ(outcome(source_.next()), Outcome::kCommitted);
  EXPECT_EQ(feed_.wait_beyond(LedgerSize(2), std::chrono::minutes(1)), LedgerSize(3));
  writer_.reset();
  ChangeFeed fresh;
  writer_ = GetParam().open_writer(path_, clock_, &fresh, nullptr).value();
  EXPECT_EQ(fresh.size(), LedgerSize(3));
  writer_.reset();
}

TEST_P(Writer, ClosingCommitsWhatIsQueued) {
  genesis_and(source_);
  std::vector<std::future<Result<Admitted>>> answers;
  for (int i = 0; i < 50; ++i) answers.push_back(Admitting(*writer_).later(source_.next()));
  writer_.reset();
  for (auto& answer : answers) EXPECT_EQ(answer.get()->outcome, Outcome::kCommitted);
  EXPECT_EQ(entries().size(), 52u);
}

TEST_P(Writer, ASecondWriterIsRefusedUntilTheFirstIsClosed) {
  Result<std::unique_ptr<LedgerWriter>> second =
      GetParam().open_writer(path_, clock_, nullptr, nullptr);
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code(), Code::kConflict);
  open();
}

// 256 MiB wait while the writer's thread is held; they are of no stream, so nothing is written.
TEST_P(Writer, TheQueueHasALimit) {
  genesis_and(source_);
  std::promise<void> release, held;
  ASSERT_TRUE(writer_
                  ->admit(source_.next(),
                          [&](const Result<Admitted>&) {
                            held.set_value();
                            release.get_future().wait();
                          })
                  .ok());
  held.get_future().wait();
  Admission large = Source(2, "outlet-2").next();
  large.content.assign(limits::kMaxContentBytes, 'x');
  std::size_t queued = 0;
  std::atomic<std::size_t> answered = 0;
  Status last;
  while (queued < 1000) {
    last = writer_->admit(large, [&](const Result<Admitted>& answer) {
      EXPECT_EQ(answer->outcome, Outcome::kUnknown);
      ++answered;
    });
    if (!last.ok()) break;
    ++queued;
  }
  release.set_value();
  ASSERT_FALSE(last.ok());
  EXPECT_EQ(last.error().code(), Code::kExhausted);
  EXPECT_EQ(queued, limits::kMaxQueuedAdmitBytes / (large.content.size() + large.head.size()));
  EXPECT_EQ(outcome(source_.next()), Outcome::kCommitted);
  EXPECT_EQ(answered, queued);
}

// Run under ThreadSanitizer too: four sources, each from a thread of its own, one of which repeats
// everything, beside a reader and a follower of the feed.
TEST_P(Writer, AdmitsFromManyThreads) {
  constexpr int kThreads = 4, kBatches = 60;
  Admitting(*writer_).genesis();
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] {
      Source source(i + 10, "outlet-" + std::to_string(i));
      Admitting admitting(*writer_);
      admitting.enroll(source);
      std::vector<std::future<Result<Admitted>>> answers;
      for (int k = 0; k < kBatches; ++k) {
        Admission admission = source.next(2);
        answers.push_back(admitting.later(admission));
        if (i == 0) {
          EXPECT_EQ(admitting.at_once(admission)->outcome, Outcome::kRepeated);
        }
        EXPECT_TRUE(writer_->stream(source.stream()).ok());
      }
      for (auto& answer : answers) EXPECT_EQ(answer.get()->outcome, Outcome::kCommitted);
    });
  }
  std::thread follower([&] {
    auto reader = GetParam().open_reader(path_).value();
    LedgerSize size;
    constexpr std::uint64_t kAll = 1 + kThreads * (1 + kBatches);
    while (size.value < kAll) {
      size = feed_.wait_beyond(size, std::chrono::minutes(1));
      EXPECT_GE(reader->size().value(), size);
    }
  });
  for (std::thread& thread : threads) thread.join();
  follower.join();
  std::vector<StoredEntry> all = entries();
  EXPECT_EQ(all.size(), 1u + kThreads * (1 + kBatches));
  for (std::size_t i = 0; i < all.size(); ++i) EXPECT_EQ(all[i].index, LedgerIndex(i));
}

Result<std::unique_ptr<LedgerWriter>> open_sqlite(const std::string& path, const Clock& clock,
                                                  ChangeFeed* feed, LedgerMetrics* metrics) {
  return open_sqlite_writer(path, clock, feed, metrics);
}

INSTANTIATE_TEST_SUITE_P(Backends, Writer,
                         ::testing::Values(Backend{"Sqlite", open_sqlite, open_sqlite_reader}),
                         [](const auto& backend) { return std::string(backend.param.name); });

}  // namespace
}  // namespace plumbline
