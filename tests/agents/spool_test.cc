// SPDX-License-Identifier: Apache-2.0
#include "agents/spool.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "base/file.h"
#include "model/wire/batch.h"
#include "tests/support/agents/desk.h"

namespace plumbline {
namespace {

using testing::Desk;
using ::testing::HasSubstr;
using testing::opened;
using testing::opened_many;
using testing::verify_chain;
using Outcome = Answer::Outcome;

TEST(SpoolTest, AFolderThatIsNotEnrolledIsNamed) {
  testing::TemporaryFolder folder;
  auto spool = Spool::open(folder.path());
  ASSERT_FALSE(spool.ok());
  EXPECT_EQ(spool.error().code(), Code::kNotFound);
  EXPECT_THAT(spool.error().text(), HasSubstr("is not enrolled"));
  EXPECT_FALSE(Spool::exists(folder.path()).value());
}

TEST(SpoolTest, TheEnrolmentAndThePackSurviveReopening) {
  Desk desk;
  Spool spool = desk.open();
  EXPECT_EQ(spool.enrolment().value(), desk.enrolment);
  auto files = spool.pack_files().value();
  ASSERT_EQ(files.size(), 3u);
  EXPECT_EQ(files[1].path, "events.yaml");
  EXPECT_EQ(files[1].bytes, testing::desk_pack_files()[1].bytes);
  EXPECT_TRUE(Spool::exists(desk.folder.path()).value());
}

TEST(SpoolTest, ASecondEnrolmentIsRefusedAndChangesNothing) {
  Desk desk;
  Enrolment other = desk.enrolment;
  other.ledger_id = "another";
  Status again = Spool::create(desk.folder.path(), other, {});
  ASSERT_FALSE(again.ok());
  EXPECT_EQ(again.error().code(), Code::kExists);
  Spool spool = desk.open();
  EXPECT_EQ(spool.enrolment().value(), desk.enrolment);
  EXPECT_EQ(spool.pack_files().value().size(), 3u);
}

TEST(SpoolTest, OthersCannotReadTheSpool) {
  Desk desk;
  struct stat status {};
  ASSERT_EQ(stat(spool_path(desk.folder.path()).c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
}

TEST(SpoolTest, TheServersAddressAndThePackCanChange) {
  Desk desk;
  {
    Spool spool = desk.open();
    ASSERT_TRUE(spool.set_server({"::1", 9000}).ok());
    std::vector<PackFile> files = {{"pack.yaml", "new"}};
    ASSERT_TRUE(spool.set_pack_files(files).ok());
  }
  Spool spool = desk.open();
  EXPECT_EQ(spool.enrolment().value().server, (ServerAddress{"::1", 9000}));
  EXPECT_EQ(spool.enrolment().value().outlet, desk.enrolment.outlet);
  ASSERT_EQ(spool.pack_files().value().size(), 1u);
  EXPECT_EQ(spool.pack_files().value()[0].bytes, "new");
}

TEST(SpoolTest, ANewSpoolIsEmpty) {
  Desk desk;
  Spool spool = desk.open();
  EXPECT_EQ(spool.head().value(),
            (SpoolHead{BatchNumber(0), Sequence(0), BatchNumber(0), BatchNumber(1)}));
  EXPECT_EQ(spool.load(BatchNumber(1)).value(), std::nullopt);
  EXPECT_EQ(spool.batch_hash_of(BatchNumber(0)).value(), std::nullopt);
  EXPECT_EQ(spool.sequence_behind(BatchNumber(0)).value(), Sequence(1));
  EXPECT_EQ(spool.sequence_behind(BatchNumber(1)).value(), std::nullopt);
  EXPECT_EQ(spool.report().value().unacknowledged_events, 0u);
}

TEST(SpoolTest, EveryCallIsOneBatchAndTheBatchesFormAChain) {
  Desk desk;
  // Reopened after every step: what is answered does not live in memory.
  for (int step = 0; step < 5; ++step) {
    Spool spool = desk.open();
    auto answers = desk.accept(spool, opened_many(step * 10, 10)).value();
    ASSERT_EQ(answers.size(), 10u);
    for (int i = 0; i < 10; ++i) {
      EXPECT_EQ(answers[i], (Answer{Outcome::kAccepted, Sequence(step * 10 + i + 1)}));
    }
    EXPECT_EQ(spool.head().value().last, BatchNumber(step + 1));
  }
  Spool spool = desk.open();
  EXPECT_EQ(verify_chain(spool, desk.key.public_key()), 50u);
}

TEST(SpoolTest, TheHeaderSaysWhoWhatAndWhen) {
  Desk desk;
  Spool spool = desk.open();
  ASSERT_TRUE(desk.accept(spool, {opened(1)}).ok());
  auto batch = decode_sealed(spool.load(BatchNumber(1)).value()->sealed).value();
  EXPECT_EQ(batch.header.stream, desk.enrolment.stream);
  EXPECT_EQ(batch.header.outlet, desk.enrolment.outlet);
  EXPECT_EQ(batch.header.events_hash, desk.pack.events_hash);
  EXPECT_EQ(batch.header.wall, desk.clock.wall());
  EXPECT_EQ(batch.header.boot_id, (BootId{1, 2, 3, 4, 5, 6, 7, 8}));
  EXPECT_EQ(batch.header.checkpoint_size, 0u);
  auto content = decode_content(batch.content, 1).value();
  EXPECT_EQ(events_of(content).at(0), opened(1).event);
}

TEST(SpoolTest, ARepeatIsAnsweredWithTheFirstSequence) {
  Desk desk;
  Spool spool = desk.open();
  ASSERT_TRUE(desk.accept(spool, opened_many(1, 3)).ok());
  auto answers = desk.accept(spool, {opened(3), opened(4), opened(1), opened(4)}).value();
  EXPECT_EQ(answers[0], (Answer{Outcome::kRepeated, Sequence(3)}));
  EXPECT_EQ(answers[1], (Answer{Outcome::kAccepted, Sequence(4)}));
  EXPECT_EQ(answers[2], (Answer{Outcome::kRepeated, Sequence(1)}));
  EXPECT_EQ(answers[3], (Answer{Outcome::kRepeated, Sequence(4)}));
  EXPECT_EQ(verify_chain(spool, desk.key.public_key()), 4u);
}

TEST(SpoolTest, ACallOfRepeatsAloneSealsNothing) {
  Desk desk;
  Spool spool = desk.open();
  ASSERT_TRUE(desk.accept(spool, opened_many(1, 3)).ok());
  ASSERT_TRUE(desk.accept(spool, opened_many(1, 3)).ok());
  EXPECT_EQ(spool.head().value().last, BatchNumber(1));
}

TEST(SpoolTest, TheSameIdWithOtherContentIsNotTaken) {
  Desk desk;
  Spool spool = desk.open();
  ASSERT_TRUE(desk.accept(spool, {opened(1, "patents")}).ok());
  auto answers = desk.accept(spool, {opened(1, "marks"), opened(2)}).value();
  EXPECT_EQ(answers[0], (Answer{Outcome::kChanged, Sequence(1)}));
  EXPECT_EQ(answers[1], (Answer{Outcome::kAccepted, Sequence(2)}));
  EXPECT_EQ(verify_chain(spool, desk.key.public_key()), 2u);
}

TEST(SpoolTest, EveryPartOfAnEventIsPartOfItsContent) {
  Desk desk;
  Spool spool = desk.open();
  Submission first = opened(1);
  ASSERT_TRUE(desk.accept(spool, {first}).ok());
  std::vector<Submission> changed(5, first);
  changed[0].event.type = "consultation.closed";
  changed[1].event.subject = "C-2";
  changed[2].event.time.ms += 1;
  changed[3].event.fields[0].name = "topid";
  changed[4].event.fields[0].value = {Kind::kCount, 3, ""};
  for (const Submission& submission : changed) {
    EXPECT_EQ(desk.accept(spool, {submission}).value()[0].outcome, Outcome::kChanged);
  }
}

TEST(SpoolTest, TheSameIdOfAnotherSourceIsAnotherEvent) {
  Desk desk;
  Spool spool = desk.open();
  Submission other = opened(1);
  other.source = "hotline";
  // Source and id are kept apart: "a" + "bc" is not "ab" + "c".
  Submission left = opened(2), right = opened(3);
  left.source = "a";
  left.id = "bc";
  right.source = "ab";
  right.id = "c";
  auto answers = desk.accept(spool, {opened(1), other, left, right}).value();
  for (const Answer& answer : answers) EXPECT_EQ(answer.outcome, Outcome::kAccepted);
}

TEST(SpoolTest, ATrialAnswersAsAcceptWouldAndKeepsNothing) {
  Desk desk;
  Spool spool = desk.open();
  ASSERT_TRUE(desk.accept(spool, {opened(1)}).ok());
  SpoolHead before = spool.head().value();
  ProbeMemory memory;
  std::vector<Submission> some = {opened(1), opened(1, "marks"), opened(2)};
  auto answers = spool.probe(some, memory).value();
  EXPECT_EQ(answers[0], (Answer{Outcome::kRepeated, Sequence(1)}));
  EXPECT_EQ(answers[1], (Answer{Outcome::kChanged, Sequence(1)}));
  EXPECT_EQ(answers[2], (Answer{Outcome::kAccepted, Sequence(0)}));
  std::vector<Submission> more = {opened(2), opened(2, "marks")};
  answers = spool.probe(more, memory).value();
  EXPECT_EQ(answers[0].outcome, Outcome::kRepeated);
  EXPECT_EQ(answers[1].outcome, Outcome::kChanged);
  EXPECT_EQ(spool.head().value(), before);
  EXPECT_EQ(desk.accept(spool, {opened(2)}).value()[0].outcome, Outcome::kAccepted);
}

TEST(SpoolTest, AnotherConnectionsCommitIsNoticed) {
  Desk desk;
  Spool watcher = desk.open();
  Spool writer = desk.open();
  EXPECT_FALSE(watcher.changed().value());
  ASSERT_TRUE(desk.accept(writer, {opened(1)}).ok());
  EXPECT_TRUE(watcher.changed().value());
  EXPECT_FALSE(watcher.changed().value());
  EXPECT_EQ(watcher.head().value().last_sequence, Sequence(1));
}

TEST(SpoolTest, ErrorsAreRememberedUntilCleared) {
  Desk desk;
  ASSERT_TRUE(desk.open().note_error("cannot reach it", Instant{5}).ok());
  SpoolReport report = desk.open().report().value();
  EXPECT_EQ(report.last_error, "cannot reach it");
  EXPECT_EQ(report.last_error_at, Instant{5});
  ASSERT_TRUE(desk.open().note_error("", Instant{6}).ok());
  report = desk.open().report().value();
  EXPECT_EQ(report.last_error, "");
  EXPECT_EQ(report.last_error_at, std::nullopt);
}

TEST(SpoolTest, ANewerSpoolIsNotTouched) {
  Desk desk;
  {
    auto database =
        SqliteDatabase::open(spool_path(desk.folder.path()), SqliteDatabase::Open::kExisting)
            .value();
    ASSERT_TRUE(database.run("PRAGMA user_version=5").ok());
  }
  auto spool = Spool::open(desk.folder.path());
  ASSERT_FALSE(spool.ok());
  EXPECT_EQ(spool.error().code(), Code::kUnsupported);
  EXPECT_THAT(spool.error().text(), HasSubstr("newer plumb-agent (spool version 5"));
  EXPECT_EQ(Spool::create(desk.folder.path(), desk.enrolment, {}).error().code(),
            Code::kUnsupported);
}

TEST(SpoolTest, AFileThatIsNoSpoolIsRefused) {
  testing::TemporaryFolder folder;
  ASSERT_TRUE(create_file_durably(spool_path(folder.path()),
                                  "this is a diary, not a database, "
                                  "and it is long enough to be read as a header of one .......",
                                  FileMode::kOwnerOnly)
                  .ok());
  auto spool = Spool::open(folder.path());
  ASSERT_FALSE(spool.ok());
  EXPECT_EQ(spool.error().code(), Code::kCorrupt);

  testing::TemporaryFolder second;
  {
    auto database =
        SqliteDatabase::open(spool_path(second.path()), SqliteDatabase::Open::kCreate).value();
    ASSERT_TRUE(database.run("CREATE TABLE diary (day TEXT)").ok());
  }
  auto other = Spool::open(second.path());
  ASSERT_FALSE(other.ok());
  EXPECT_EQ(other.error().code(), Code::kCorrupt);
}

TEST(SpoolTest, AnInterruptedEnrolmentIsNoEnrolment) {
  testing::TemporaryFolder folder;
  { SqliteDatabase::open(spool_path(folder.path()), SqliteDatabase::Open::kCreate).value(); }
  EXPECT_FALSE(Spool::exists(folder.path()).value());
  Desk desk;
  EXPECT_TRUE(Spool::create(folder.path(), desk.enrolment, {}).ok());
  EXPECT_TRUE(Spool::exists(folder.path()).value());
}

TEST(SpoolTest, TheBoundOfAnEventIsNotExceeded) {
  std::vector<Event> events;
  for (int i = 0; i < 50; ++i) {
    Event event = opened(i, std::string(60, 'x') + std::to_string(i)).event;
    event.fields.push_back({"zz", {Kind::kInteger, -9'000'000'000'000'000'000, ""}});
    events.push_back(event);
  }
  std::size_t bound = 0;
  for (const Event& event : events) bound += content_bound(event);
  EXPECT_LE(encode_content(events).value().size(), bound);
  EXPECT_LE(encode_content(std::span(events).first(1)).value().size(), content_bound(events[0]));
}

TEST(SpoolTest, TheBootIdIsThatOfTheMachine) {
  EXPECT_EQ(read_boot_id(), read_boot_id());
}

}  // namespace
}  // namespace plumbline
