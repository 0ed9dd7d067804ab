// SPDX-License-Identifier: Apache-2.0
#include "tests/support/faults/ledger_history.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <future>

#include "base/check.h"
#include "evidence/verify.h"
#include "model/wire/batch.h"
#include "store/sqlite/ledger_db.h"

namespace plumbline::testing {
namespace {

using Outcome = Admitted::Outcome;

const char* const kLedgerId = "00112233445566778899aabbccddeeff";

std::string ledger_path(const std::string& folder) {
  return folder + "/ledger.db";
}

Result<std::unique_ptr<CheckpointSigner>> open_signer(LedgerReader& reader,
                                                      const std::string& folder) {
  return CheckpointSigner::open(reader, key_of(1001), {std::string(kLedgerId), {}}, folder);
}

Hash token_of(int source) {
  return sha256("token " + std::to_string(source));
}

std::string outlet_of(int source) {
  return "outlet-" + std::to_string(source);
}

}  // namespace

LedgerLife::LedgerLife(DiskRecorder& disk, std::string folder, std::uint64_t seed)
    : disk_(disk), folder_(std::move(folder)), random_(seed) {
  for (int i = 0; i < kSources; ++i) sources_.emplace_back(i, outlet_of(i));
}

Status LedgerLife::open() {
  ASSIGN_OR_RETURN(
      writer_, open_sqlite_writer(ledger_path(folder_), clock_, &feed_, nullptr, kCheckpointBytes));
  ASSIGN_OR_RETURN(reader_, open_sqlite_reader(ledger_path(folder_)));
  ASSIGN_OR_RETURN(signer_, open_signer(*reader_, folder_));
  return {};
}

void LedgerLife::close() {
  signer_.reset();
  reader_.reset();
  writer_.reset();
}

bool LedgerLife::append(EntryKind kind, OfficeRecord record) {
  record.actor = "os:tester";
  record.reason = "test";
  Result<LedgerIndex> index = writer_->append(kind, encode_record(to_json(record), key_of(1000)));
  if (index.ok()) disk_.mark(acknowledged_mark(LedgerSize(index->value + 1)));
  return index.ok();
}

bool LedgerLife::record() {
  OutletAdded added;
  added.outlet = OutletId::parse(fmt::format("more-{}", random_())).value();
  added.name_en = "More";
  return append(EntryKind::kOffice, {"", "", added});
}

void LedgerLife::begin() {
  Genesis genesis;
  genesis.ledger_id = kLedgerId;
  genesis.network = "Test network";
  genesis.office_key = key_of(1000).public_key();
  genesis.checkpoint_key = key_of(1001).public_key();
  if (feed_.size().value == 0) append(EntryKind::kGenesis, {"", "", genesis});
  for (int i = 0; i < kSources; ++i) {
    if (writer_->stream(sources_[i].stream()).ok()) continue;
    OutletAdded outlet;
    outlet.outlet = OutletId::parse(outlet_of(i)).value();
    outlet.name_en = "Outlet";
    append(EntryKind::kOffice, {"", "", outlet});
    KeyEnrolled enrolled = sources_[i].enrolment();
    enrolled.token_hash = token_of(i);
    TokenCreated token;
    token.token_hash = enrolled.token_hash;
    token.outlet = enrolled.outlet;
    token.source_kind = enrolled.source_kind;
    token.historical = enrolled.historical;
    token.expires = Instant{kStart.ms + 86'400'000};
    append(EntryKind::kOffice, {"", "", token});
    append(EntryKind::kOffice, {"", "", enrolled});
  }
}

std::future<bool> LedgerLife::admit(const Admission& batch) {
  auto promise = std::make_shared<std::promise<bool>>();
  std::future<bool> answered = promise->get_future();
  Status queued = writer_->admit(batch, [this, promise](const Result<Admitted>& answer) {
    bool held = answer.ok() &&
                (answer->outcome == Outcome::kCommitted || answer->outcome == Outcome::kRepeated);
    if (held) disk_.mark(acknowledged_mark(LedgerSize(answer->index.value + 1)));
    promise->set_value(held);
  });
  if (!queued.ok()) promise->set_value(false);
  return answered;
}

int LedgerLife::admit(int batches) {
  std::vector<std::future<bool>> answers;
  for (int i = 0; i < batches; ++i) {
    Admission batch = sources_[random_() % kSources].next(1 + random_() % 40);
    handed_in_[batch.hash] = batch;
    answers.push_back(admit(batch));
  }
  int acknowledged = 0;
  for (auto& answer : answers) acknowledged += answer.get() ? 1 : 0;
  return acknowledged;
}

void LedgerLife::publish() {
  (void)signer_->advance();
  if (auto latest = signer_->latest()) disk_.mark(published_mark(latest->checkpoint.size));
}

void LedgerLife::work(int rounds) {
  for (int round = 0; round < rounds; ++round) {
    clock_.advance(Duration{1000});
    admit(1 + static_cast<int>(random_() % 6));
    if (random_() % 3 == 0) publish();
    if (random_() % 5 == 0) record();
  }
}

void LedgerLife::take_up(const std::map<Hash, Admission>& handed_in) {
  handed_in_ = handed_in;
  for (int i = 0; i < kSources; ++i) {
    Result<StreamState> state = writer_->stream(sources_[i].stream());
    sources_[i] = Source(i, outlet_of(i));
    if (!state.ok() || state->head.value == 0) continue;
    // From the head back to the first, then forward again.
    std::vector<const Admission*> chain;
    for (Hash hash = state->head_hash; chain.size() < state->head.value;) {
      chain.push_back(&handed_in_.at(hash));
      hash = chain.back()->previous;
    }
    for (auto one = chain.rbegin(); one != chain.rend(); ++one) sources_[i].next((*one)->count);
    CHECK(admit(*chain.front()).get(), "a batch that is there is acknowledged again");
  }
}

LedgerTruth LedgerTruth::of(const std::string& folder, const LedgerLife& life) {
  LedgerTruth truth;
  auto reader = open_sqlite_reader(ledger_path(folder)).value();
  truth.entries = read_all(*reader).value();
  truth.leaves = reader->leaves(LedgerIndex(0), truth.entries.size()).value();
  for (const StoredEntry& stored : truth.entries) {
    if (!stored.content) continue;
    Entry entry = decode_entry(stored.entry).value();
    ByteReader bytes(entry.payload);
    Hash hash = batch_hash(decode_head(bytes).value().header);
    truth.batches[stored.index.value] = life.handed_in().at(hash);
  }
  return truth;
}

void LedgerPromise::take(const DiskStep& step) {
  if (step.kind != DiskStep::Kind::kMark) return;
  LedgerSize size(step.number / 2);
  LedgerSize& known = step.number % 2 == 0 ? acknowledged : published;
  known = std::max(known, size);
}

namespace {

// One look at one state: every step says what is wrong, or "".
class StateCheck {
 public:
  StateCheck(const std::string& folder, const LedgerTruth& truth, const LedgerPromise& promise)
      : folder_(folder), truth_(truth), promise_(promise) {}

  std::string run(Look look) {
    auto opened = open_sqlite_writer(ledger_path(folder_), clock_, nullptr, nullptr,
                                     LedgerLife::kCheckpointBytes);
    if (!opened.ok()) return "the ledger does not open: " + opened.error().text();
    writer_ = std::move(opened).value();
    auto reader = open_sqlite_reader(ledger_path(folder_));
    if (!reader.ok()) return "the ledger cannot be read: " + reader.error().text();
    reader_ = std::move(reader).value();
    for (auto step : {&StateCheck::entries, &StateCheck::checkpoint, &StateCheck::streams}) {
      if (std::string wrong = (this->*step)(); !wrong.empty()) return wrong;
    }
    return look == Look::kWhole || refused_ ? whole() : "";
  }

 private:
  std::string entries() {
    auto found = read_all(*reader_);
    if (!found.ok()) return "the entries cannot be read: " + found.error().text();
    size_ = found->size();
    if (size_ < promise_.acknowledged.value) {
      return fmt::format("{} entries are there, {} were acknowledged", size_,
                         promise_.acknowledged.value);
    }
    if (size_ > truth_.entries.size()) {
      refused_ = truth_.refusals;
      return refused_ ? "" : "there are more entries than were ever written";
    }
    for (std::size_t i = 0; i < size_; ++i) {
      const StoredEntry& one = (*found)[i];
      if (one.entry != truth_.entries[i].entry || one.content != truth_.entries[i].content) {
        refused_ = truth_.refusals && i >= promise_.acknowledged.value;
        if (refused_) return "";
        return fmt::format("entry {} is not the one that was written", i);
      }
    }
    auto leaves = reader_->leaves(LedgerIndex(0), size_);
    if (!leaves.ok()) return leaves.error().text();
    if (!std::equal(leaves->begin(), leaves->end(), truth_.leaves.begin())) {
      return "a leaf hash is not the one that was written";
    }
    return "";
  }

  std::string checkpoint() {
    auto signer = open_signer(*reader_, folder_);
    if (!signer.ok()) return "the signer does not open: " + signer.error().text();
    if (Status status = (*signer)->status(); !status.ok()) {
      return "the signer refuses: " + status.error().text();
    }
    auto latest = (*signer)->latest();
    LedgerSize stands = latest ? latest->checkpoint.size : LedgerSize(0);
    if (stands < promise_.published) {
      return fmt::format("the checkpoint of {} entries was published, the file has {}",
                         promise_.published.value, stands.value);
    }
    if (Status signed_now = (*signer)->advance(); !signed_now.ok()) {
      return "nothing can be signed: " + signed_now.error().text();
    }
    if (auto now = (*signer)->latest()) note_ = now->text;
    return "";
  }

  // Each stream goes on behind its last batch: that one is a repeat, the next is new.
  std::string streams() {
    if (refused_) return "";
    std::map<StreamId, std::pair<std::uint64_t, const Admission*>> last, next;
    for (const auto& [index, batch] : truth_.batches) {
      if (index < size_) last[batch.stream] = {index, &batch};
      if (index >= size_) next.try_emplace(batch.stream, index, &batch);
    }
    for (const auto& [stream, place] : last) {
      auto answer = Admitting(*writer_).at_once(*place.second);
      if (!answer.ok()) return "a repeat fails: " + answer.error().text();
      if (answer->outcome != Outcome::kRepeated || answer->index.value != place.first) {
        return fmt::format("the batch of entry {} is there, but is not told to be", place.first);
      }
    }
    std::uint64_t index = size_;
    for (const auto& [stream, place] : next) {
      if (!writer_->stream(stream).ok()) continue;  // its enrolment is lost with it
      auto answer = Admitting(*writer_).at_once(*place.second);
      if (!answer.ok()) return "the next batch fails: " + answer.error().text();
      if (answer->outcome != Outcome::kCommitted || answer->index.value != index) {
        return fmt::format("batch {} of a stream does not go on behind the one before",
                           place.second->number.value);
      }
      ++index;
    }
    return "";
  }

  std::string whole() {
    VerifyOptions options;
    if (!note_.empty()) options.checkpoint = note_;
    if (size_ > 0) {
      auto report = verify_ledger(*reader_, options);
      if (!report.ok()) return report.error().text();
      if (!report->bad.empty()) {
        return fmt::format("entry {} does not verify: {}", report->bad[0].index.value,
                           report->bad[0].sentence);
      }
      if (!report->problems.empty()) return "the ledger does not verify: " + report->problems[0];
    }
    return sqlite_check();
  }

  std::string sqlite_check() {
    sqlite3* database = nullptr;
    std::string answer = "no answer";
    auto take = [](void* out, int, char** columns, char**) {
      *static_cast<std::string*>(out) = columns[0];
      return 0;
    };
    sqlite3_open_v2(ledger_path(folder_).c_str(), &database, SQLITE_OPEN_READONLY, nullptr);
    sqlite3_exec(database, "PRAGMA integrity_check", take, &answer, nullptr);
    sqlite3_close(database);
    return answer == "ok" ? "" : "SQLite finds damage: " + answer;
  }

  const std::string& folder_;
  const LedgerTruth& truth_;
  const LedgerPromise& promise_;
  ManualClock clock_{kStart};
  std::unique_ptr<LedgerWriter> writer_;
  std::unique_ptr<LedgerReader> reader_;
  std::size_t size_ = 0;
  bool refused_ = false;  // the tail is of a commit that was refused
  std::string note_;
};

}  // namespace

std::string broken_promise(const std::string& folder, const LedgerTruth& truth,
                           const LedgerPromise& promise, Look look) {
  return StateCheck(folder, truth, promise).run(look);
}

}  // namespace plumbline::testing
