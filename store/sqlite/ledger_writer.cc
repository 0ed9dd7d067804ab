// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <chrono>
#include <deque>
#include <filesystem>
#include <thread>
#include <utility>

#include "base/file.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/mutex.h"
#include "base/settle_file.h"
#include "model/office_record.h"
#include "store/sqlite/file_lock.h"
#include "store/sqlite/ledger_db.h"
#include "store/sqlite/ledger_tables.h"

namespace plumbline {
namespace {

// How often the bytes of a withdrawn content are tried again while a reader holds them.
constexpr std::chrono::milliseconds kEraseAgain{500};

using AppendDone = std::function<void(const Result<LedgerIndex>&)>;

// One thing asked of the writer: a batch, or a record where `append_done` is set.
struct Work {
  Admission admission;
  LedgerWriter::AdmitDone admit_done;

  EntryKind kind = EntryKind::kOffice;
  Bytes record;
  RecordEffect effect;
  AppendDone append_done;

  bool is_append() const { return append_done != nullptr; }
  std::size_t bytes() const {
    return admission.head.size() + admission.content.size() + record.size();
  }
};

// What a piece of work came to, kept until the commit.
struct Answer {
  Result<Admitted> admitted = Admitted{};
  Result<LedgerIndex> appended = LedgerIndex{};
};

void answer_with(const Work& work, const Answer& answer) {
  if (work.is_append()) {
    work.append_done(answer.appended);
  } else {
    work.admit_done(answer.admitted);
  }
}

void refuse(const Work& work, const Error& error) {
  answer_with(work, Answer{error, error});
}

// The sentence stands before the cause, which names the disk, the file and the system's words.
Error sticky_error(const Error& cause) {
  return Error(Code::kUnavailable,
               "the ledger could not be written and takes nothing more until the server is "
               "restarted; what was acknowledged is safe",
               cause);
}

Error closing_error() {
  return Error(Code::kUnavailable, "the ledger is being closed");
}

Status check_admission(const Admission& admission) {
  if (admission.number.value == 0 || admission.first.value == 0) {
    return Error(Code::kInvalid, "batches and events are numbered from 1");
  }
  if (admission.count == 0 || admission.count > limits::kMaxBatchEvents) {
    return Error(Code::kInvalid, fmt::format("a batch has 1 to {} events, this one {}",
                                             limits::kMaxBatchEvents, admission.count));
  }
  if (admission.content.size() > limits::kMaxContentBytes) {
    return Error(Code::kInvalid, fmt::format("a batch's content has at most {} bytes, this one {}",
                                             limits::kMaxContentBytes, admission.content.size()));
  }
  return {};
}

Status check_stream_id(const StreamId& stream, const PublicKey& key, const OutletId& outlet) {
  if (stream == stream_id(key, outlet)) return {};
  return Error(Code::kInvalid, "the stream of an enrolment follows from its key and outlet; " +
                                   stream.hex() + " does not");
}

// Reads of a record what the ledger itself acts upon. Records of other kinds are the registry's to
// understand.
Result<RecordEffect> effect_of(BytesView bytes) {
  RecordEffect effect;
  ASSIGN_OR_RETURN(SignedRecord record, decode_record(bytes));
  ASSIGN_OR_RETURN(std::string kind, record.json.string_at("kind"));
  if (kind != "key.enroll" && kind != "key.rotate" && kind != "key.revoke" &&
      kind != "content.redact") {
    return effect;
  }
  ASSIGN_OR_RETURN(OfficeRecord office, office_record_from_json(record.json));
  if (const auto* enrolled = std::get_if<KeyEnrolled>(&office.body)) {
    RETURN_IF_ERROR(check_stream_id(enrolled->stream, enrolled->key, enrolled->outlet));
    effect.enrolled = *enrolled;
  } else if (const auto* rotated = std::get_if<KeyRotated>(&office.body)) {
    RETURN_IF_ERROR(check_stream_id(rotated->stream, rotated->key, rotated->outlet));
    effect.rotated = *rotated;
  } else if (const auto* revoked = std::get_if<KeyRevoked>(&office.body)) {
    effect.revoked = *revoked;
  } else if (const auto* redacted = std::get_if<ContentRedacted>(&office.body)) {
    effect.redacted = *redacted;
  }
  return effect;
}

class SqliteLedgerWriter : public LedgerWriter {
 public:
  SqliteLedgerWriter(FileLock lock, std::unique_ptr<LedgerTables> tables, const Clock& clock,
                     ChangeFeed* feed, LedgerMetrics* metrics)
      : lock_(std::move(lock)),
        tables_(std::move(tables)),
        clock_(clock),
        feed_(feed),
        metrics_(metrics),
        thread_([this] { work(); }) {}

  ~SqliteLedgerWriter() override {
    {
      MutexLock lock(mutex_);
      closing_ = true;
    }
    asked_.notify_all();
    thread_.join();
  }

  Status admit(Admission admission, AdmitDone done) override {
    RETURN_IF_ERROR(check_admission(admission));
    Work work;
    work.admission = std::move(admission);
    work.admit_done = std::move(done);
    return enqueue(std::move(work));
  }

  Result<LedgerIndex> append(EntryKind kind, Bytes record) override {
    if (kind == EntryKind::kBatch) {
      return Error(Code::kInvalid, "a batch is admitted, not appended");
    }
    if (record.size() > limits::kMaxOfficeRecordBytes) {
      return Error(Code::kExhausted,
                   fmt::format("an office record has at most {} bytes, this one {}",
                               limits::kMaxOfficeRecordBytes, record.size()));
    }
    ASSIGN_OR_RETURN(RecordEffect effect, effect_of(record));
    return append_and_wait(kind, std::move(record), std::move(effect));
  }

  Result<StreamState> stream(const StreamId& id) override { return tables_->stream(id); }

  std::optional<Error> failure() const override {
    MutexLock lock(mutex_);
    return failure_;
  }

 private:
  Result<LedgerIndex> append_and_wait(EntryKind kind, Bytes record, RecordEffect effect) {
    CHECK(std::this_thread::get_id() != thread_.get_id(),
          "append() from a callback waits for itself");
    Mutex mutex;
    CondVar answered;
    std::optional<Result<LedgerIndex>> answer;
    Work work;
    work.kind = kind;
    work.record = std::move(record);
    work.effect = std::move(effect);
    work.append_done = [&](const Result<LedgerIndex>& result) {
      // Notified under the lock: the waiter's frame must not go away in between.
      MutexLock lock(mutex);
      answer = result;
      answered.notify_one();
    };
    RETURN_IF_ERROR(enqueue(std::move(work)));
    MutexLock lock(mutex);
    while (!answer) answered.wait(mutex);
    return *std::move(answer);
  }

  Status enqueue(Work work) EXCLUDES(mutex_) {
    std::size_t bytes = work.bytes();
    {
      MutexLock lock(mutex_);
      if (failure_) return *failure_;
      if (closing_) return closing_error();
      if (!work.is_append() && queued_bytes_ + bytes > limits::kMaxQueuedAdmitBytes) {
        return Error(Code::kExhausted,
                     fmt::format("{} bytes wait for the ledger's writer, the limit is {}",
                                 queued_bytes_, limits::kMaxQueuedAdmitBytes));
      }
      queued_bytes_ += bytes;
      queue_.push_back(std::move(work));
      if (metrics_ != nullptr) metrics_->queued(queued_bytes_);
    }
    asked_.notify_one();
    return {};
  }

  // The writer's thread.
  void work() {
    for (;;) {
      std::optional<std::vector<Work>> group = take_group();
      if (!group) return;
      if (!group->empty()) commit_group(*group);
      if (Status erased = tables_->erase_if_due(); !erased.ok()) fail(erased.error(), {});
    }
  }

  // Waits for work; nullopt when the writer is closing and everything is done. Empty now and then
  // while bytes are to be erased that a reader held.
  std::optional<std::vector<Work>> take_group() EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    while (queue_.empty() && !closing_) {
      if (!tables_->erase_due()) {
        asked_.wait(mutex_);
      } else if (!asked_.wait_for(mutex_, kEraseAgain)) {
        return std::vector<Work>();
      }
    }
    if (queue_.empty()) return std::nullopt;
    std::vector<Work> group;
    std::size_t bytes = 0;
    while (!queue_.empty() && group.size() < limits::kMaxCommitBatches) {
      std::size_t next = queue_.front().bytes();
      if (!group.empty() && bytes + next > limits::kMaxCommitBytes) break;
      bytes += next;
      group.push_back(std::move(queue_.front()));
      queue_.pop_front();
    }
    queued_bytes_ -= bytes;
    if (metrics_ != nullptr) metrics_->queued(queued_bytes_);
    return group;
  }

  void commit_group(const std::vector<Work>& group) {
    LedgerSize before = tables_->size();
    std::vector<Answer> answers;
    answers.reserve(group.size());
    tables_->begin(clock_.wall());
    for (const Work& work : group) {
      answers.push_back(perform(work));
      if (tables_->broken()) break;
    }
    Result<bool> committed = tables_->commit();
    if (!committed.ok()) {
      tables_->roll_back();
      fail(committed.error(), group);
      return;
    }
    // Before the answer: who withdrew a content may rely on it.
    Status erased = tables_->erase_if_due();
    for (std::size_t i = 0; i < group.size(); ++i) answer_with(group[i], answers[i]);
    if (!erased.ok()) fail(erased.error(), {});
    if (before < tables_->size() && feed_ != nullptr) feed_->publish(tables_->size());
    if (metrics_ != nullptr) count(group, answers, *committed);
    if (Status moved = tables_->checkpoint_if_due(); !moved.ok()) fail(moved.error(), {});
  }

  Answer perform(const Work& work) {
    Answer answer;
    if (work.is_append()) {
      answer.appended = tables_->append(work.kind, work.record, work.effect);
    } else {
      answer.admitted = tables_->admit(work.admission);
    }
    return answer;
  }

  // Refuses `group`, everything queued, and everything asked from now on.
  void fail(const Error& cause, const std::vector<Work>& group) EXCLUDES(mutex_) {
    Error error = sticky_error(cause);
    std::deque<Work> queued;
    {
      MutexLock lock(mutex_);
      failure_ = error;
      queued.swap(queue_);
      queued_bytes_ = 0;
    }
    log_error("ledger", error.text());
    if (metrics_ != nullptr) {
      metrics_->failed();
      metrics_->queued(0);
    }
    for (const Work& work : group) refuse(work, error);
    for (const Work& work : queued) refuse(work, error);
  }

  void count(const std::vector<Work>& group, const std::vector<Answer>& answers, bool written) {
    std::size_t batches = 0;
    std::size_t bytes = 0;
    for (std::size_t i = 0; i < group.size(); ++i) {
      if (group[i].is_append() || !answers[i].admitted.ok()) continue;
      metrics_->answered(answers[i].admitted->outcome);
      if (answers[i].admitted->outcome != Admitted::Outcome::kCommitted) continue;
      ++batches;
      bytes += group[i].bytes();
    }
    if (written) metrics_->committed(batches, bytes, tables_->size());
  }

  FileLock lock_;                         // held until the tables are closed
  std::unique_ptr<LedgerTables> tables_;  // the writer's thread, but for stream()
  const Clock& clock_;
  ChangeFeed* const feed_;
  LedgerMetrics* const metrics_;

  mutable Mutex mutex_;
  CondVar asked_;
  std::deque<Work> queue_ GUARDED_BY(mutex_);
  std::size_t queued_bytes_ GUARDED_BY(mutex_) = 0;
  bool closing_ GUARDED_BY(mutex_) = false;
  std::optional<Error> failure_ GUARDED_BY(mutex_);

  std::thread thread_;  // last: it uses everything above
};

}  // namespace

Result<std::unique_ptr<LedgerWriter>> open_sqlite_writer(const std::string& path,
                                                         const Clock& clock, ChangeFeed* feed,
                                                         LedgerMetrics* metrics,
                                                         std::uint64_t log_bytes) {
  ASSIGN_OR_RETURN(FileLock lock, FileLock::take(path + ".lock"));
  // A writer that was killed, or whose fsync failed, may have left commits that SQLite now finds
  // and nobody made durable. Repeats are acknowledged from them, so they are made durable first.
  RETURN_IF_ERROR(settle_file(path + "-wal"));
  ASSIGN_OR_RETURN(std::unique_ptr<LedgerTables> tables, LedgerTables::open(path, log_bytes));
  std::string folder = std::filesystem::path(path).parent_path().string();
  RETURN_IF_ERROR(fsync_folder(folder.empty() ? "." : folder));
  if (feed != nullptr) feed->publish(tables->size());
  if (metrics != nullptr) metrics->opened(tables->size());
  return std::unique_ptr<LedgerWriter>(std::make_unique<SqliteLedgerWriter>(
      std::move(lock), std::move(tables), clock, feed, metrics));
}

}  // namespace plumbline
