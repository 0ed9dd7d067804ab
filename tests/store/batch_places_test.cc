// SPDX-License-Identifier: Apache-2.0
#include "store/batch_places.h"

#include <gmock/gmock.h>

#include "store/sqlite/batch_places_db.h"
#include "store/sqlite/ledger_db.h"
#include "tests/support/store/ledger_maker.h"

namespace plumbline {
namespace {

using namespace testing;  // NOLINT: the project's own test support
using Placed = std::vector<PlacedBatch>;

class BatchPlacesTest : public ::testing::Test {
 protected:
  BatchPlacesTest() {
    writer_ = open_sqlite_writer(path(), clock_, nullptr).value();
    Admitting(*writer_).genesis();
    Admitting(*writer_).enroll(first_);
    Admitting(*writer_).enroll(second_);
  }
  std::string path() const { return folder_.path("ledger.db"); }
  PlacedBatch admit(Source& source, std::uint64_t number) {
    Result<Admitted> admitted = Admitting(*writer_).at_once(source.next());
    EXPECT_EQ(admitted->outcome, Admitted::Outcome::kCommitted);
    return {BatchNumber(number), admitted->index, admitted->recorded_at};
  }

  TempFolder folder_;
  ManualClock clock_{kStart};
  std::unique_ptr<LedgerWriter> writer_;
  Source first_{1, "outlet-1"}, second_{2, "outlet-2"};
};

TEST_F(BatchPlacesTest, FindsTheBatchesOfAStream) {
  auto places = open_sqlite_batch_places(path()).value();
  Placed wanted;
  for (std::uint64_t number = 1; number <= 5; ++number) {
    admit(first_, number);
    clock_.advance(Duration{1'500});
    wanted.push_back(admit(second_, number));
    // As soon as it is committed, by a connection that was open before.
    ASSERT_EQ(places->find(second_.stream(), BatchNumber(1), 9).value(), wanted);
  }
  auto find = [&](std::uint64_t first, std::uint32_t count) {
    return places->find(second_.stream(), BatchNumber(first), count).value();
  };
  EXPECT_EQ(find(3, 2), Placed(wanted.begin() + 2, wanted.begin() + 4));
  EXPECT_EQ(find(5, 9), Placed(wanted.begin() + 4, wanted.end()));
  EXPECT_EQ(find(0, 1), Placed(wanted.begin(), wanted.begin() + 1));
  EXPECT_EQ(find(6, 1), Placed());
  EXPECT_EQ(find(1, 0), Placed());
  EXPECT_EQ(find(std::uint64_t{1} << 62, 256), Placed());
  EXPECT_TRUE(places->find(StreamId(), BatchNumber(1), 5).value().empty());
  EXPECT_EQ(places->find(first_.stream(), BatchNumber(1), 9).value().size(), 5u);
}

TEST_F(BatchPlacesTest, WithoutALedgerThereIsNoPlace) {
  EXPECT_FALSE(open_sqlite_batch_places(folder_.path("nothing.db")).ok());
}

}  // namespace
}  // namespace plumbline
