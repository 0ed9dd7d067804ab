// SPDX-License-Identifier: Apache-2.0
// Every call of an agent's spool that touches the disk fails in turn.
//
// Method: that of ledger_calls_test.cc. A spool is enrolled on a healthy disk; then the n-th write,
// fsync, truncation or creation of a small load fails, once or from then on, for every n. A call
// that fails says so with the spool's path and leaves what was answered before as it was. A later
// call may go well again: it writes over what the failed one left, from the last good commit on,
// so that its own fsync covers it. The next opening finds the commit whose fsync failed and makes
// it durable before it is answered or sent. All that is held against power cuts too.
#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/faults/spool_history.h"
#include "tests/support/faults/states.h"

namespace plumbline {
namespace {

using namespace testing;  // NOLINT: the project's own test support
using ::testing::HasSubstr;

class SpoolSweep : public ::testing::TestWithParam<DiskFault> {
 protected:
  void work(SpoolLife& life, const std::string& folder) {
    for (int i = 0; i < 3; ++i) {
      SpoolHead before = life.spool()->head().value();
      auto answers = life.accept();
      if (answers.ok()) continue;
      EXPECT_THAT(answers.error().text(), HasSubstr(folder));
      EXPECT_EQ(life.spool()->head().value(), before) << "refused and kept all the same";
    }
    life.acknowledge_some();
  }

  bool met(const std::string& folder, int good) {
    DiskRecorder disk(folder);
    SpoolLife life(disk, folder, desk_, 7);
    EXPECT_TRUE(life.enroll().ok());
    EXPECT_TRUE(life.open({}).ok());
    EXPECT_TRUE(life.accept().ok());
    DiskFault fault = GetParam();
    fault.good = good;
    disk.fail(fault);
    for (int opening = 0; opening < 2; ++opening) {
      work(life, folder);
      life.close();
      Status opened = life.open({});
      if (opened.ok()) continue;
      EXPECT_TRUE(disk.failed()) << opened.error().text();
      EXPECT_THAT(opened.error().text(), HasSubstr(folder)) << good;
      break;
    }
    bool failed = disk.failed();
    disk.heal();
    life.close();
    Status opened = life.open({});
    EXPECT_TRUE(opened.ok()) << good << ": " << opened.error().text();
    if (!opened.ok()) return false;
    EXPECT_TRUE(life.accept().ok()) << good;
    life.close();
    EXPECT_EQ(first_broken(disk.trace(), life.truth()), "") << "call " << good;
    return failed;
  }

  std::string first_broken(const std::vector<DiskStep>& trace, const SpoolTruth& truth) {
    SpoolPromise promise;
    std::string broken;
    PowerCuts cuts{fault_states(4), fault_seed(), {}, {}};
    cuts.run(
        trace, [&](const DiskStep& step) { promise.take(step); },
        [&](std::size_t, const DiskImage& image) {
          write_image(place_.folder("state"), image);
          broken = broken_promise(place_.folder("state"), desk_, truth, promise, SpoolLook::kQuick);
          return broken.empty();
        });
    return broken;
  }

  Desk desk_;
  StateFolder place_;
};

TEST_P(SpoolSweep, NothingIsAnsweredThatIsNotThereAfterwards) {
  int good = 0;
  for (;; ++good) {
    StateFolder place;
    if (!met(place.folder("life"), good) || HasFailure()) break;
  }
  fmt::print("{} calls failed\n", good);
}

INSTANTIATE_TEST_SUITE_P(Calls, SpoolSweep, ::testing::ValuesIn(all_faults()),
                         [](const auto& one) { return fault_name(one.param); });

}  // namespace
}  // namespace plumbline
