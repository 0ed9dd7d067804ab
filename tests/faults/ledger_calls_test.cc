// SPDX-License-Identifier: Apache-2.0
// Every call of the ledger's writer that touches the disk fails in turn.
//
// Method: a ledger is made on a healthy disk; then, for every n, the n-th write (or fsync,
// truncation, creation) of a small load fails, once or from then on: with EIO, with ENOSPC and half
// of the bytes written, or with a short count, which is no error. The load commits, ends and opens
// again, so that commits, the moving of the log and recovery are all met. After a failure nothing
// is acknowledged until the ledger is opened again, the failure names its file, and readers see
// what was acknowledged and no more. On a disk that is well again everything goes on. A failed
// fsync leaves pages that the system takes for clean and that are on no disk: so the power is cut
// as well, and what was acknowledged before and after the failure must be there. FaultyStore
// (tests/store/sqlite_faults_test.cc) tries the same promises under SQLite's layer of files.
#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/faults/ledger_history.h"
#include "tests/support/faults/states.h"

namespace plumbline {
namespace {

using namespace testing;  // NOLINT: the project's own test support
using ::testing::HasSubstr;

class LedgerSweep : public ::testing::TestWithParam<DiskFault> {
 protected:
  // Until the writer fails or the load is done. What is told is also what readers see.
  void commit(LedgerLife& life) {
    for (int i = 0; i < 3 && !life.writer()->failure(); ++i) {
      life.admit(2);
      if (!life.writer()->failure()) life.record();
    }
    if (!life.writer()->failure()) return;
    EXPECT_THAT(life.writer()->failure()->text(), HasSubstr("ledger.db"));
    EXPECT_EQ(life.admit(2), 0) << "acknowledged after a failure";
    EXPECT_FALSE(life.record()) << "acknowledged after a failure";
  }

  // One load with the fault at its n-th call; true when the fault was met.
  bool met(const std::string& folder, int good) {
    DiskRecorder disk(folder);
    LedgerLife life(disk, folder, 7);
    EXPECT_TRUE(life.open().ok());
    life.begin();
    life.admit(3);
    DiskFault fault = GetParam();
    fault.good = good;
    disk.fail(fault);
    for (int opening = 0; opening < 2; ++opening) {
      commit(life);
      EXPECT_EQ(read_all(*life.reader()).value().size(), acknowledged(disk).value) << good;
      life.close();
      Status opened = life.open();
      if (opened.ok()) {
        life.take_up(life.handed_in());
        continue;
      }
      EXPECT_TRUE(disk.failed()) << opened.error().text();
      EXPECT_THAT(opened.error().text(), HasSubstr(folder)) << good;
      break;
    }
    bool failed = disk.failed();
    disk.heal();
    life.close();
    Status opened = life.open();
    EXPECT_TRUE(opened.ok()) << good << ": " << opened.error().text();
    if (!opened.ok()) return false;
    life.take_up(life.handed_in());
    EXPECT_EQ(life.admit(2), 2) << good;
    life.publish();
    life.close();
    LedgerTruth truth = LedgerTruth::of(folder, life);
    truth.refusals = failed;
    EXPECT_EQ(first_broken(disk.trace(), truth), "") << "call " << good;
    return failed;
  }

  static LedgerSize acknowledged(const DiskRecorder& disk) {
    LedgerPromise promise;
    for (const DiskStep& step : disk.trace()) promise.take(step);
    return promise.acknowledged;
  }

  std::string first_broken(const std::vector<DiskStep>& trace, const LedgerTruth& truth) {
    LedgerPromise promise;
    std::string broken;
    PowerCuts cuts{fault_states(4), fault_seed(), {}, {}};
    cuts.run(
        trace, [&](const DiskStep& step) { promise.take(step); },
        [&](std::size_t, const DiskImage& image) {
          write_image(place_.folder("state"), image);
          broken = broken_promise(place_.folder("state"), truth, promise, Look::kQuick);
          return broken.empty();
        });
    return broken;
  }

  StateFolder place_;
};

TEST_P(LedgerSweep, NothingIsAcknowledgedThatIsNotThereAfterwards) {
  int good = 0;
  for (;; ++good) {
    StateFolder place;
    if (!met(place.folder("life"), good) || HasFailure()) break;
  }
  fmt::print("{} calls failed\n", good);
}

INSTANTIATE_TEST_SUITE_P(Calls, LedgerSweep, ::testing::ValuesIn(all_faults()),
                         [](const auto& one) { return fault_name(one.param); });

}  // namespace
}  // namespace plumbline
