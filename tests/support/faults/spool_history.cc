// SPDX-License-Identifier: Apache-2.0
#include "tests/support/faults/spool_history.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include "base/check.h"
#include "model/wire/batch.h"

namespace plumbline::testing {
namespace {

using Outcome = Answer::Outcome;

enum class Mark : std::uint64_t { kEnrolled, kAccepted, kAcknowledged };
constexpr std::uint64_t kMarks = 3;

std::uint64_t mark_of(Mark mark, BatchNumber number) {
  return number.value * kMarks + static_cast<std::uint64_t>(mark);
}

}  // namespace

void SpoolPromise::take(const DiskStep& step) {
  if (step.kind != DiskStep::Kind::kMark) return;
  BatchNumber number(step.number / kMarks);
  switch (static_cast<Mark>(step.number % kMarks)) {
    case Mark::kEnrolled:
      enrolled = true;
      return;
    case Mark::kAccepted:
      enrolled = true;
      accepted = std::max(accepted, number);
      return;
    case Mark::kAcknowledged:
      acknowledged = std::max(acknowledged, number);
      return;
  }
}

SpoolLife::SpoolLife(DiskRecorder& disk, std::string folder, const Desk& desk, std::uint64_t seed)
    : disk_(disk),
      folder_(std::move(folder)),
      desk_(desk),
      random_(seed),
      next_event_(static_cast<int>(seed % 1000) * 1'000'000) {}

Status SpoolLife::enroll() {
  RETURN_IF_ERROR(Spool::create(folder_, desk_.enrolment, desk_pack_files()));
  disk_.mark(mark_of(Mark::kEnrolled, {}));
  return {};
}

void SpoolLife::mark_accepted(BatchNumber number) {
  disk_.mark(mark_of(Mark::kAccepted, number));
}

Status SpoolLife::open(const SpoolTruth& before) {
  ASSIGN_OR_RETURN(Spool spool, Spool::open(folder_));
  spool_.emplace(std::move(spool));
  disk_.mark(mark_of(Mark::kEnrolled, {}));
  ASSIGN_OR_RETURN(SpoolHead head, spool_->head());
  for (std::uint64_t n = truth_.batches.size() + 1; n <= head.last.value; ++n) {
    bool refused = n > before.batches.size();
    SpoolTruth::Batch known = refused ? refused_ : before.batches[n - 1];
    ASSIGN_OR_RETURN(auto batch, spool_->load(BatchNumber(n)));
    CHECK(batch && (refused || batch->sealed == known.sealed.sealed), "it was handed in");
    known.sealed = *batch;
    ASSIGN_OR_RETURN(auto answers, desk_.accept(*spool_, known.submissions));
    CHECK(answers.front() == (Answer{Outcome::kRepeated, batch->first}), "what it holds it knows");
    truth_.batches.push_back(known);
    // The source was told that it is on disk, and the sender has the bytes.
    mark_accepted(BatchNumber(n));
  }
  return {};
}

Result<std::vector<Answer>> SpoolLife::accept() {
  int count = 1 + static_cast<int>(random_() % 40);
  SpoolTruth::Batch batch{opened_many(next_event_, count), {}};
  next_event_ += count;
  refused_ = batch;
  auto accepted = desk_.accept(*spool_, batch.submissions);
  if (!accepted.ok()) truth_.refusals = true;
  ASSIGN_OR_RETURN(auto answers, std::move(accepted));
  ASSIGN_OR_RETURN(SpoolHead head, spool_->head());
  mark_accepted(head.last);
  ASSIGN_OR_RETURN(auto sealed, spool_->load(head.last));
  CHECK(sealed.has_value(), "a batch that was sealed is there");
  batch.sealed = *sealed;
  truth_.batches.push_back(std::move(batch));
  CHECK(truth_.batches.size() == head.last.value, "one batch a call");
  return answers;
}

void SpoolLife::acknowledge_some() {
  SpoolHead head = spool_->head().value();
  if (head.last == head.acknowledged) return;
  std::uint64_t waiting = head.last.value - head.acknowledged.value;
  BatchNumber number(head.acknowledged.value + 1 + random_() % waiting);
  disk_.mark(mark_of(Mark::kAcknowledged, number));
  (void)spool_->acknowledge(number, LedgerIndex(number.value), Instant{1});
}

void SpoolLife::work(int rounds) {
  for (int round = 0; round < rounds; ++round) {
    CHECK(accept().ok(), "a healthy disk");
    if (random_() % 3 == 0) acknowledge_some();
    if (random_() % 5 == 0) CHECK(spool_->note_error("no server", Instant{2}).ok(), "healthy");
    if (random_() % 6 == 0) move_log();
  }
}

void SpoolLife::move_log() {
  auto database = SqliteDatabase::open(spool_path(folder_), SqliteDatabase::Open::kExisting);
  CHECK(database->run("PRAGMA wal_checkpoint(PASSIVE)").ok(), "a healthy disk");
}

namespace {

class SpoolCheck {
 public:
  SpoolCheck(Spool& spool, const Desk& desk, const SpoolTruth& truth, const SpoolPromise& promise)
      : spool_(spool), desk_(desk), truth_(truth), promise_(promise) {}

  std::string run() {
    auto enrolment = spool_.enrolment();
    if (!enrolment.ok()) return enrolment.error().text();
    if (*enrolment != desk_.enrolment) return "the enrolment is another one";
    auto files = spool_.pack_files();
    if (!files.ok() || files->size() != desk_pack_files().size()) return "the pack is not whole";
    for (auto step : {&SpoolCheck::head, &SpoolCheck::batches, &SpoolCheck::goes_on}) {
      if (std::string wrong = (this->*step)(); !wrong.empty()) return wrong;
    }
    return "";
  }

 private:
  std::string head() {
    auto head = spool_.head();
    if (!head.ok()) return head.error().text();
    head_ = *head;
    if (head_.last < promise_.accepted) {
      return fmt::format("{} batches are there, {} were answered", head_.last.value,
                         promise_.accepted.value);
    }
    if (head_.last.value > truth_.batches.size()) return "there are more batches than were sealed";
    if (head_.acknowledged > promise_.acknowledged) {
      return fmt::format("{} batches are taken for acknowledged, {} were", head_.acknowledged.value,
                         promise_.acknowledged.value);
    }
    if (head_.oldest_content.value > head_.acknowledged.value + 1) return "too much was freed";
    return "";
  }

  std::string batches() {
    for (std::uint64_t n = head_.oldest_content.value; n <= head_.last.value; ++n) {
      auto batch = spool_.load(BatchNumber(n));
      if (!batch.ok()) return batch.error().text();
      const SpoolTruth::Batch& truth = truth_.batches[n - 1];
      if (!*batch || (*batch)->sealed != truth.sealed.sealed ||
          (*batch)->hash != truth.sealed.hash) {
        refused_ = truth_.refusals && n > promise_.accepted.value && *batch;
        if (refused_) return "";
        return fmt::format("batch {} is not the one that was sealed", n);
      }
    }
    return "";
  }

  std::string goes_on() {
    if (refused_) {
      (void)verify_chain(spool_, desk_.key.public_key());
      return "";
    }
    if (head_.last.value > 0) {
      const SpoolTruth::Batch& last = truth_.batches[head_.last.value - 1];
      auto answers = desk_.accept(spool_, last.submissions);
      if (!answers.ok()) return answers.error().text();
      for (std::size_t i = 0; i < answers->size(); ++i) {
        if ((*answers)[i] != Answer{Outcome::kRepeated, Sequence(last.sealed.first.value + i)}) {
          return "an event that is there is not told to be";
        }
      }
    }
    if (head_.last.value == truth_.batches.size()) return "";
    const SpoolTruth::Batch& next = truth_.batches[head_.last.value];
    auto answers = desk_.accept(spool_, next.submissions);
    if (!answers.ok()) return answers.error().text();
    if (answers->front() != Answer{Outcome::kAccepted, next.sealed.first}) {
      return "an event that was lost is not taken again with its number";
    }
    return "";
  }

  Spool& spool_;
  const Desk& desk_;
  const SpoolTruth& truth_;
  const SpoolPromise& promise_;
  SpoolHead head_;
  bool refused_ = false;  // the tail is of a call that was refused
};

std::string sqlite_check(const std::string& path) {
  sqlite3* database = nullptr;
  std::string answer = "no answer";
  auto take = [](void* out, int, char** columns, char**) {
    *static_cast<std::string*>(out) = columns[0];
    return 0;
  };
  sqlite3_open_v2(path.c_str(), &database, SQLITE_OPEN_READONLY, nullptr);
  sqlite3_exec(database, "PRAGMA integrity_check", take, &answer, nullptr);
  sqlite3_close(database);
  return answer == "ok" ? "" : "SQLite finds damage: " + answer;
}

}  // namespace

std::string broken_promise(const std::string& folder, const Desk& desk, const SpoolTruth& truth,
                           const SpoolPromise& promise, SpoolLook look) {
  auto there = Spool::exists(folder);
  if (!there.ok()) return "the spool does not open: " + there.error().text();
  if (!*there) {
    if (promise.enrolled) return "the enrolment is gone";
    Status made = Spool::create(folder, desk.enrolment, desk_pack_files());
    if (!made.ok()) return "an enrolment that was cut cannot be repeated: " + made.error().text();
  }
  auto spool = Spool::open(folder);
  if (!spool.ok()) return "the spool does not open: " + spool.error().text();
  std::string wrong = SpoolCheck(*spool, desk, truth, promise).run();
  if (!wrong.empty() || look == SpoolLook::kQuick) return wrong;
  (void)verify_chain(*spool, desk.key.public_key());
  return sqlite_check(spool_path(folder));
}

}  // namespace plumbline::testing
