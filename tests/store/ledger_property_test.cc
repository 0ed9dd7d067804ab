// SPDX-License-Identifier: Apache-2.0
// Random admissions against a model that does one at a time in memory.
//
// Method: sources produce what honest and hostile agents send (the next batch, repeats, forks,
// wrong previous hashes, gaps, wrong sequences, unknown streams), interleaved with office records,
// closings and reopenings. They are queued without waiting, so that commits of any size arise. The
// answers, the entries and the kept evidence must be those of the model, whatever the grouping.
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "ledger/entry.h"
#include "store/sqlite/ledger_db.h"
#include "tests/support/store/ledger_maker.h"

namespace plumbline {
namespace {

using namespace testing;  // NOLINT: the project's own test support
using Outcome = Admitted::Outcome;

// What the ledger should be.
struct Model {
  struct Batch {
    Hash hash;
    std::uint64_t index;
  };
  struct Stream {
    std::vector<Batch> batches;
    Sequence next{1};
    std::vector<Bytes> conflicts;  // heads, in the order of their arrival
  };
  std::map<StreamId, Stream> streams;
  std::vector<Bytes> payloads;  // of the entries

  Admitted admit(const Admission& admission) {
    auto found = streams.find(admission.stream);
    if (found == streams.end()) return {Outcome::kUnknown, {}, {}};
    Stream& stream = found->second;
    std::uint64_t number = admission.number.value;
    if (number <= stream.batches.size()) {
      const Batch& there = stream.batches[number - 1];
      if (there.hash == admission.hash) {
        return {Outcome::kRepeated, LedgerIndex(there.index), kStart};
      }
      stream.conflicts.push_back(admission.head);
      return {Outcome::kEquivocated, {}, {}};
    }
    if (number > stream.batches.size() + 1) return {Outcome::kGap, {}, {}};
    Hash head = stream.batches.empty() ? Hash{} : stream.batches.back().hash;
    if (admission.previous != head) {
      stream.conflicts.push_back(admission.head);
      return {Outcome::kEquivocated, {}, {}};
    }
    if (admission.first != stream.next) return {Outcome::kBadSequence, {}, {}};
    std::uint64_t index = payloads.size();
    stream.batches.push_back({admission.hash, index});
    stream.next = Sequence(stream.next.value + admission.count);
    payloads.push_back(admission.head);
    return {Outcome::kCommitted, LedgerIndex(index), kStart};
  }
};

class Play {
 public:
  explicit Play(unsigned seed) : random_(seed) {
    for (int i = 0; i < 4; ++i) sources_.emplace_back(i, "outlet-" + std::to_string(i));
    open();
    Admitting(*writer_).genesis();
    model_.payloads.push_back(genesis_record());
    for (int i = 0; i < 3; ++i) {  // the fourth stays unknown
      Admitting(*writer_).enroll(sources_[i]);
      model_.payloads.push_back(enroll_record(sources_[i].enrolment()));
      model_.streams[sources_[i].stream()];
    }
  }

  void run(int steps) {
    for (int step = 0; step < steps; ++step) {
      int what = pick(40);
      if (what == 0) {
        settle();
        open();
      } else if (what == 1) {
        settle();
        Bytes record = outlet_record("x" + std::to_string(step));
        EXPECT_EQ(writer_->append(EntryKind::kOffice, record).value().value,
                  model_.payloads.size());
        model_.payloads.push_back(record);
      } else {
        send(invent());
      }
    }
    settle();
    check_whole();
  }

 private:
  int pick(int below) { return static_cast<int>(random_() % static_cast<unsigned>(below)); }

  void open() {
    writer_.reset();
    writer_ = open_sqlite_writer(path_, clock_, nullptr).value();
  }

  Admission invent() {
    Source& source = sources_[pick(10) == 0 ? 3 : pick(3)];
    std::vector<Admission>& sent = sent_[source.stream()];
    auto events = static_cast<std::uint32_t>(1 + pick(3));
    switch (pick(9)) {
      case 0:
        if (!sent.empty()) return sent[pick(static_cast<int>(sent.size()))];
        break;
      case 1:
        return source.fork(events);  // takes the place of the batch that will follow
      case 2: {
        // Of a number that is taken, when any is.
        BatchNumber number(1 + pick(static_cast<int>(source.number().value)));
        Hash previous = number.value == 1 ? Hash{} : sha256("made up");
        return source.seal(number, previous, Sequence(1), events, "-other");
      }
      case 3: {
        BatchNumber beyond(source.number().value + 1 + pick(3));
        return source.seal(beyond, sha256("made up"), source.first(), events);
      }
      case 4: {
        Sequence wrong(source.first().value + 1 + pick(3));
        return source.seal(source.number(), source.previous(), wrong, events);
      }
      default:
        break;
    }
    Admission next = source.next(events);
    sent.push_back(next);
    return next;
  }

  void send(const Admission& admission) {
    wanted_.push_back(model_.admit(admission));
    answers_.push_back(Admitting(*writer_).later(admission));
  }

  void settle() {
    for (std::size_t i = 0; i < answers_.size(); ++i) {
      Admitted answer = answers_[i].get().value();
      EXPECT_EQ(answer.outcome, wanted_[i].outcome);
      EXPECT_EQ(answer.index, wanted_[i].index);
      EXPECT_EQ(answer.recorded_at, wanted_[i].recorded_at);
    }
    answers_.clear();
    wanted_.clear();
    for (const auto& [id, stream] : model_.streams) {
      StreamState state = writer_->stream(id).value();
      EXPECT_EQ(state.head.value, stream.batches.size());
      EXPECT_EQ(state.next_sequence, stream.next);
    }
  }

  void check_whole() {
    auto reader = open_sqlite_reader(path_).value();
    std::vector<StoredEntry> entries = read_all(*reader).value();
    ASSERT_EQ(entries.size(), model_.payloads.size());
    for (std::size_t i = 0; i < entries.size(); ++i) {
      EXPECT_EQ(decode_entry(entries[i].entry)->payload, model_.payloads[i]) << i;
    }
    std::map<StreamId, std::pair<Bytes, std::uint64_t>> kept;
    auto evidence = read_equivocations(path_).value();
    for (const Equivocation& one : evidence) {
      kept[one.stream] = {one.head, one.count};
    }
    for (const auto& [id, stream] : model_.streams) {
      if (stream.conflicts.empty()) {
        EXPECT_FALSE(kept.contains(id));
      } else {
        EXPECT_EQ(kept[id].first, stream.conflicts.front());
        EXPECT_EQ(kept[id].second, stream.conflicts.size());
      }
    }
  }

  std::mt19937 random_;
  TempFolder folder_;
  std::string path_ = folder_.path("ledger.db");
  ManualClock clock_{kStart};
  std::unique_ptr<LedgerWriter> writer_;
  std::vector<Source> sources_;
  std::map<StreamId, std::vector<Admission>> sent_;
  Model model_;
  std::vector<Admitted> wanted_;
  std::vector<std::future<Result<Admitted>>> answers_;
};

TEST(LedgerProperty, AnyInterleavingHasTheAnswersOfOneAtATime) {
  for (unsigned seed = 1; seed <= 12; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Play(seed).run(250);
    if (::testing::Test::HasFailure()) return;
  }
}

}  // namespace
}  // namespace plumbline
