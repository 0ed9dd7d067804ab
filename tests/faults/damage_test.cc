// SPDX-License-Identifier: Apache-2.0
// Bits that flip in the files of ledger and spool, and files that are cut off.
//
// Method: a ledger and a spool are made by the real programs' parts and ended. Then, for every byte
// of the files' headers, every page's first and last byte and a seeded sample of all others, one
// bit is flipped, or the file ends there; each time everything that opens and reads them is run,
// under AddressSanitizer and UndefinedBehaviorSanitizer. Nothing may crash or loop. What is found
// names its file; what is not found must be harmless: whatever is then handed out is byte for byte
// what was written. Nothing is deleted. A damaged spool is set aside with its key, and the folder
// takes events again under a new one.
#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "agents/spool_damage.h"
#include "base/file.h"
#include "evidence/verify.h"
#include "store/checked_reader.h"
#include "store/sqlite/ledger_db.h"
#include "tests/support/faults/ledger_history.h"
#include "tests/support/faults/spool_history.h"
#include "tests/support/faults/states.h"

namespace plumbline {
namespace {

using namespace testing;  // NOLINT: the project's own test support
using ::testing::HasSubstr;

constexpr std::size_t kHeaderBytes = 100;

// Calls `look` with every damaged form of `name` in `image`, and says what was done to it.
void each_damage(const DiskImage& image, const std::string& name, std::size_t page,
                 std::size_t samples,
                 const std::function<void(const DiskImage&, const std::string& what)>& look) {
  const std::string& whole = image.at(name);
  std::mt19937_64 random(fault_seed());
  std::vector<std::size_t> places;
  for (std::size_t at = 0; at < std::min(kHeaderBytes, whole.size()); ++at) places.push_back(at);
  for (std::size_t at = page; at < whole.size(); at += page) {
    places.push_back(at);
    places.push_back(at - 1);
  }
  for (std::size_t i = 0; i < samples; ++i) places.push_back(random() % whole.size());
  for (std::size_t i = 0; i < places.size(); ++i) {
    DiskImage damaged = image;
    std::string& bytes = damaged[name];
    if (i % 4 == 3) {
      bytes.resize(places[i]);
      look(damaged, fmt::format("{} cut at {}", name, places[i]));
    } else {
      bytes[places[i]] = static_cast<char>(bytes[places[i]] ^ (1 << random() % 8));
      look(damaged, fmt::format("{} with a flipped bit in byte {}", name, places[i]));
    }
  }
}

class LedgerDamage : public ::testing::Test {
 protected:
  LedgerDamage() {
    std::string folder = place_.folder("life");
    DiskRecorder disk(folder);
    LedgerLife life(disk, folder, 3);
    CHECK(life.open().ok(), "a healthy disk");
    life.begin();
    life.work(8);
    life.publish();
    checkpoint_ = read_file(folder + "/checkpoint", 1 << 20).value();
    DiskReplay replay;
    for (const DiskStep& step : disk.trace()) replay.take(step);
    with_log_ = replay.cached();
    life.close();
    replay = DiskReplay();
    for (const DiskStep& step : disk.trace()) replay.take(step);
    closed_ = replay.cached();
    truth_ = LedgerTruth::of(folder, life);
  }

  // What is handed out is what was written; "" or what is found.
  std::string found(const std::string& what) {
    std::string path = place_.folder("damaged") + "/ledger.db";
    auto opened = open_sqlite_reader(path);
    if (!opened.ok()) {
      EXPECT_THAT(opened.error().text(), HasSubstr("ledger.db")) << what;
      return opened.error().text();
    }
    VerifyOptions options;
    options.checkpoint = checkpoint_;
    auto report = verify_ledger(**opened, options);
    std::string wrong;
    if (!report.ok()) wrong = report.error().text();
    if (wrong.empty() && !report->bad.empty()) wrong = report->bad[0].sentence;
    if (wrong.empty() && !report->problems.empty()) wrong = report->problems[0];
    auto checked = make_checked_reader(std::move(opened).value());
    for (LedgerIndex next;;) {
      LedgerIndex from = next;
      auto read = checked->read(from, [&](const StoredEntry& one) -> Status {
        const StoredEntry& written = truth_.entries.at(one.index.value);
        EXPECT_EQ(one.entry, written.entry) << what;
        EXPECT_EQ(one.content, written.content) << what;
        return {};
      });
      if (!read.ok() && wrong.empty()) ADD_FAILURE() << what << ": " << read.error().text();
      if (!read.ok() || *read == from) break;
      next = *read;
    }
    return wrong;
  }

  void try_all(const DiskImage& image, const std::string& name, std::size_t page) {
    std::size_t tried = 0, told = 0, refused = 0;
    each_damage(image, name, page, fault_states(250), [&](const DiskImage& one, const auto& what) {
      std::string folder = place_.folder("damaged");
      write_image(folder, one);
      std::string wrong = found(what);
      ++tried;
      told += wrong.empty() ? 0 : 1;
      // As plumbd starts: it opens for writing, or says why not and leaves the file as it is.
      auto writer = open_sqlite_writer(folder + "/ledger.db", clock_, nullptr);
      if (writer.ok()) return;
      ++refused;
      EXPECT_THAT(writer.error().text(), HasSubstr("ledger.db")) << what;
      EXPECT_EQ(read_file(folder + "/ledger.db", 1 << 30).value(), one.at("ledger.db")) << what;
    });
    fmt::print("{}: {} damages, {} found, {} refused at opening\n", name, tried, told, refused);
    EXPECT_GT(told, tried / 4);
  }

  StateFolder place_;
  ManualClock clock_{kStart};
  std::string checkpoint_;
  DiskImage with_log_, closed_;
  LedgerTruth truth_;
};

TEST_F(LedgerDamage, NothingDamagedIsHandedOut) {
  try_all(closed_, "ledger.db", 8192);
}

// The log ends for SQLite at its first damaged page: the ledger is shorter then, which the
// published checkpoint tells.
TEST_F(LedgerDamage, ADamagedLogIsTold) {
  try_all(with_log_, "ledger.db-wal", 8192 + 24);
}

class SpoolDamage : public ::testing::Test {
 protected:
  SpoolDamage() {
    std::string folder = place_.folder("life");
    DiskRecorder disk(folder);
    SpoolLife life(disk, folder, desk_, 3);
    CHECK(life.enroll().ok() && life.open({}).ok(), "a healthy disk");
    life.work(10);
    life.move_log();
    CHECK(life.accept().ok(), "a healthy disk");
    life.close();
    CHECK(desk_.key.write_file(key_path(folder)).ok(), "a healthy disk");
    DiskReplay replay;
    for (const DiskStep& step : disk.trace()) replay.take(step);
    image_ = replay.cached();
    truth_ = life.truth();
  }

  // Everything that the sender gets is what was sealed.
  void expect_whole(const std::string& folder, const std::string& what) {
    auto spool = Spool::open(folder);
    if (!spool.ok()) return;
    auto head = spool->head();
    if (!head.ok()) return;
    for (std::uint64_t n = 1; n <= truth_.batches.size(); ++n) {
      auto batch = spool->load(BatchNumber(n));
      if (!batch.ok() || !*batch) continue;
      EXPECT_EQ((*batch)->sealed, truth_.batches[n - 1].sealed.sealed) << what << ", batch " << n;
    }
    auto enrolment = spool->enrolment();
    if (!enrolment.ok() || enrolment->key != desk_.key.public_key()) return;
    (void)desk_.accept(*spool, opened_many(900'000, 3));
    (void)spool->report();
    if (head->last.value > 0) (void)spool->acknowledge(BatchNumber(1), LedgerIndex(1), Instant{1});
  }

  // How many were tried, and how many found.
  std::pair<std::size_t, std::size_t> try_all(const std::string& name, std::size_t page) {
    std::size_t tried = 0, told = 0;
    each_damage(image_, name, page, fault_states(150), [&](const DiskImage& one, const auto& what) {
      std::string folder = place_.folder("damaged");
      write_image(folder, one);
      Status checked = check_spool(folder);
      ++tried;
      told += checked.ok() ? 0 : 1;
      if (!checked.ok()) {
        EXPECT_THAT(checked.error().text(), HasSubstr(folder)) << what;
      }
      expect_whole(folder, what);
    });
    fmt::print("{}: {} damages, {} found\n", name, tried, told);
    return {tried, told};
  }

  Desk desk_;
  StateFolder place_;
  DiskImage image_;
  SpoolTruth truth_;
};

TEST_F(SpoolDamage, NothingDamagedIsSent) {
  auto [tried, told] = try_all("spool.db", 4096);
  EXPECT_GT(told, tried / 4);
}

// The log ends for SQLite at its first damaged page. Where a batch is lost with it, the note beside
// the lock tells.
TEST_F(SpoolDamage, ALogThatLostABatchIsTold) {
  std::string folder = place_.folder("damaged");
  write_image(folder, image_);
  Bytes log = read_file(spool_path(folder) + "-wal", 1 << 30).value();
  constexpr std::size_t kInTheFirstPage = 32 + 24 + 100;
  log[kInTheFirstPage] = static_cast<char>(log[kInTheFirstPage] ^ 1);
  ASSERT_TRUE(replace_file_durably(spool_path(folder) + "-wal", log, FileMode::kOwnerOnly).ok());
  const std::string last = std::to_string(truth_.batches.size());
  Status checked = check_spool(folder);
  ASSERT_FALSE(checked.ok());
  EXPECT_EQ(checked.error().code(), Code::kCorrupt);
  EXPECT_THAT(checked.error().text(), HasSubstr("batch " + last + " was sealed here"));
  // Nothing is sealed behind what is left; another stream begins in the same folder.
  EXPECT_EQ(Spool::open(folder).error().code(), Code::kCorrupt);
  ASSERT_TRUE(set_spool_aside(folder, Instant{1'767'600'000'000}).ok());
  Desk fresh;
  ASSERT_TRUE(Spool::create(folder, fresh.enrolment, desk_pack_files()).ok());
  EXPECT_TRUE(Spool::open(folder).ok());
}

// A damaged log of which nothing was lost is none; what is left is whole.
TEST_F(SpoolDamage, WhatADamagedLogLeavesIsWhole) {
  auto [tried, told] = try_all("spool.db-wal", 4096 + 24);
  EXPECT_GT(tried, 200u);
  EXPECT_LT(told, tried);
}

TEST_F(SpoolDamage, ADamagedSpoolIsSetAsideAndTheFolderTakesEventsAgain) {
  std::string folder = place_.folder("life");
  std::string path = spool_path(folder);
  std::string bytes = read_file(path, 1 << 30).value();
  bytes.replace(0, 16, "not a database..");
  ASSERT_TRUE(replace_file_durably(path, bytes, FileMode::kOwnerOnly).ok());
  Status checked = check_spool(folder);
  ASSERT_FALSE(checked.ok());
  EXPECT_EQ(checked.error().code(), Code::kCorrupt);
  Bytes log = read_file(path + "-wal", 1 << 30).value();
  std::string aside = set_spool_aside(folder, Instant{1'767'600'000'000}).value();
  EXPECT_EQ(aside, folder + "/damaged-20260105T080000Z");
  EXPECT_EQ(read_file(aside + "/spool.db", 1 << 30).value(), bytes);
  EXPECT_EQ(read_file(aside + "/spool.db-wal", 1 << 30).value(), log);
  EXPECT_EQ(PrivateKey::read_file(aside + "/agent.key")->public_key(), desk_.key.public_key());
  EXPECT_EQ(read_file(key_path(folder), 100).error().code(), Code::kNotFound);
  EXPECT_FALSE(Spool::exists(folder).value());
  Desk fresh;
  ASSERT_TRUE(Spool::create(folder, fresh.enrolment, desk_pack_files()).ok());
  Spool spool = Spool::open(folder).value();
  EXPECT_EQ(fresh.accept(spool, opened_many(1, 3)).value()[0],
            (Answer{Answer::Outcome::kAccepted, Sequence(1)}));
  EXPECT_THAT(damage_advice(), HasSubstr("Nothing was deleted"));
}

// Two batches of one number are a fork: nothing is sealed behind a head that is not the last batch.
TEST_F(SpoolDamage, NothingIsSealedBehindAHeadThatIsNotTheLastBatch) {
  for (const char* damage :
       {"UPDATE stream SET last_batch = last_batch - 1", "UPDATE stream SET last_sequence = 7",
        "UPDATE stream SET last_hash = zeroblob(32)", "DELETE FROM batches WHERE number = 3",
        "UPDATE batches SET hash = zeroblob(32) WHERE number = 11"}) {
    std::string folder = place_.folder("damaged");
    write_image(folder, image_);
    {
      auto database = SqliteDatabase::open(spool_path(folder), SqliteDatabase::Open::kExisting);
      ASSERT_TRUE(database->run(damage).ok());
    }
    Status checked = check_spool(folder);
    EXPECT_EQ(checked.ok() ? Code::kInternal : checked.error().code(), Code::kCorrupt) << damage;
    if (std::string_view(damage).find("= 3") != std::string_view::npos) continue;
    auto spool = Spool::open(folder);
    if (!spool.ok()) continue;  // ends before the batch that was noted
    auto answers = desk_.accept(*spool, opened_many(900'000, 3));
    EXPECT_FALSE(answers.ok()) << damage;
  }
}

}  // namespace
}  // namespace plumbline
