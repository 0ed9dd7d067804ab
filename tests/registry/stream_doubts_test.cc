// SPDX-License-Identifier: Apache-2.0
// Doubts of whole outlets from a real ledger: each header is read once, and no more at a time than
// is allowed.
#include "registry/stream_doubts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <map>

#include "registry/office.h"
#include "store/sqlite/ledger_db.h"
#include "tests/support/registry/new_ledger.h"
#include "tests/support/wire/samples.h"

namespace plumbline {
namespace {

using samples::outlet;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

const Office::By kClerk{"os:clerk", "laptop lost"};

// Counts what is read of a real ledger, and hands out one of its entries cut in half.
class CountingReader : public LedgerReader {
 public:
  CountingReader(std::unique_ptr<LedgerReader> reader, int& reads,
                 const std::optional<LedgerIndex>& damaged)
      : reader_(std::move(reader)), reads_(reads), damaged_(damaged) {}
  Result<LedgerSize> size() override { return reader_->size(); }
  Result<LedgerIndex> read(LedgerIndex from,
                           const std::function<Status(const StoredEntry&)>& take) override {
    return reader_->read(from, take);
  }
  Result<std::vector<Hash>> leaves(LedgerIndex from, std::size_t count) override {
    return reader_->leaves(from, count);
  }
  Result<StoredEntry> at(LedgerIndex index) override {
    ++reads_;
    ASSIGN_OR_RETURN(StoredEntry stored, reader_->at(index));
    if (index == damaged_) stored.entry.resize(stored.entry.size() / 2);
    return stored;
  }
  Result<std::vector<LedgerIndex>> batches_of(const OutletId& outlet, LedgerIndex from,
                                              LedgerSize to) override {
    return reader_->batches_of(outlet, from, to);
  }

 private:
  std::unique_ptr<LedgerReader> reader_;
  int& reads_;
  const std::optional<LedgerIndex>& damaged_;
};

class StreamDoubtsTest : public ::testing::Test {
 protected:
  StreamDoubtsTest() : clock_(samples::at("2026-01-05T09:00:00Z")) {
    writer_ = testing::new_ledger(folder_, clock_);
    auto reader = open_sqlite_reader(folder_.path("ledger.db")).value();
    office_ = Office::open(*reader, *writer_, samples::key(1), clock_).value();
    for (const char* id : {"a", "b"}) {
      EXPECT_TRUE(office_->add_outlet(kClerk, {outlet(id), "", "网点", "Outlet", {}}).ok());
      const Bytes token =
          office_->create_token(kClerk, outlet(id), SourceKind::kAgent, false, Duration{kMsPerHour})
              .value();
      EXPECT_TRUE(office_->enroll(token, samples::key(11).public_key(), "agent").ok());
    }
  }

  // The outlet's next batch, sealed in that start of a machine.
  void batch(const std::string& id, std::uint8_t start) {
    auto before = last_.find(id);
    BatchHeader header = before == last_.end() ? samples::header(samples::key(11), outlet(id))
                                               : samples::header_after(before->second);
    header.boot_id[0] = start;
    const std::vector<Event> events = {{"consultation.opened", "case", header.wall, {}}};
    SealedBatch sealed = seal_batch(header, events, samples::key(11)).value();
    Admission admission;
    admission.stream = sealed.header.stream;
    admission.number = sealed.header.number;
    admission.hash = batch_hash(sealed.head.header);
    admission.previous = sealed.header.previous;
    admission.first = sealed.header.first;
    admission.count = 1;
    admission.head = encode_head(sealed.head);
    admission.content = sealed.content;
    std::promise<bool> committed;
    EXPECT_TRUE(writer_
                    ->admit(std::move(admission),
                            [&](const Result<Admitted>& answer) {
                              committed.set_value(answer.ok() &&
                                                  answer->outcome == Admitted::Outcome::kCommitted);
                            })
                    .ok());
    EXPECT_TRUE(committed.get_future().get());
    last_[id] = std::move(sealed);
  }
  std::vector<OutletDoubts> of(std::size_t most) {
    reads_ = 0;
    return doubts_.of({outlet("a"), outlet("b")}, most).value();
  }
  StreamId stream(const std::string& id) const {
    return stream_id(samples::key(11).public_key(), outlet(id));
  }

  testing::PrivateFolder folder_;
  ManualClock clock_;
  std::unique_ptr<LedgerWriter> writer_;
  std::unique_ptr<Office> office_;
  std::map<std::string, SealedBatch> last_;
  int reads_ = 0;
  std::optional<LedgerIndex> damaged_;
  StreamDoubts doubts_{[this]() -> Result<std::unique_ptr<LedgerReader>> {
    ASSIGN_OR_RETURN(auto reader, open_sqlite_reader(folder_.path("ledger.db")));
    return std::unique_ptr<LedgerReader>(
        std::make_unique<CountingReader>(std::move(reader), reads_, damaged_));
  }};
};

TEST_F(StreamDoubtsTest, TellsTheStreamOfTheOutletThatTwoMachinesShare) {
  for (std::uint8_t start : {1, 2, 1}) batch("a", start);
  for (std::uint8_t start : {1, 2, 3}) batch("b", start);
  const auto found = of(StreamDoubts::kReadAll);
  EXPECT_THAT(found[0].streams,
              ElementsAre(Pair(stream("a"), StreamDoubt{StreamDoubt::Kind::kMachineReturned,
                                                        BatchNumber(3), 1})));
  EXPECT_THAT(found[1].streams, IsEmpty());
  EXPECT_TRUE(found[0].complete && found[1].complete);
}

TEST_F(StreamDoubtsTest, ReadsNoMoreThanIsAllowedAndGoesOnFromThere) {
  for (std::uint8_t start : {1, 2, 1}) batch("a", start);
  for (std::uint8_t start : {1, 2, 1}) batch("b", start);
  auto found = of(2);
  EXPECT_EQ(reads_, 2);
  EXPECT_THAT(found[0].streams, IsEmpty());
  EXPECT_FALSE(found[0].complete || found[1].complete);
  found = of(2);
  EXPECT_EQ(reads_, 2);
  EXPECT_EQ(found[0].streams.size(), 1u);
  EXPECT_TRUE(found[0].complete);
  EXPECT_FALSE(found[1].complete);
  found = of(2);
  EXPECT_TRUE(found[1].complete);
  EXPECT_EQ(found[1].streams.size(), 1u);
}

TEST_F(StreamDoubtsTest, ReadsEachHeaderOnce) {
  for (std::uint8_t start : {1, 2, 1}) batch("a", start);
  of(StreamDoubts::kReadAll);
  EXPECT_EQ(reads_, 3);
  EXPECT_TRUE(of(StreamDoubts::kReadAll)[0].complete);
  EXPECT_EQ(reads_, 0);
  batch("a", 2);
  EXPECT_EQ(of(StreamDoubts::kReadAll)[0].streams.at(stream("a")).count, 2u);
  EXPECT_EQ(reads_, 1);
}

TEST_F(StreamDoubtsTest, ADamagedBatchHidesNoOtherOneAndIsNotTakenForLookedAt) {
  for (std::uint8_t start : {1, 2, 9, 1}) batch("a", start);
  batch("b", 1);
  auto reader = open_sqlite_reader(folder_.path("ledger.db")).value();
  damaged_ = reader->batches_of(outlet("a"), LedgerIndex(0), reader->size().value()).value()[2];
  const auto found = of(StreamDoubts::kReadAll);
  EXPECT_EQ(found[0].streams.size(), 1u);
  EXPECT_FALSE(found[0].complete);
  EXPECT_TRUE(found[1].complete);
}

}  // namespace
}  // namespace plumbline
