// SPDX-License-Identifier: Apache-2.0
// The published checkpoint on a disk that loses power or fails.
//
// Method: a signer follows a ledger in memory, so that its file is alone in its folder. The folder
// is recorded (tests/support/faults); whatever a signer shows by latest() is a mark of the trace.
// In every state of a power cut, at every point and behind a kill at every call, the file holds a
// whole checkpoint, no older than the newest that anybody was shown. Then every write, fsync,
// rename and creation fails in turn, once and for ever: nothing is shown that is not in the file,
// the failure is told with the file's name, and the next advance() on a healthy disk goes on.
#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "evidence/checkpoint_signer.h"
#include "tests/support/faults/disk_recorder.h"
#include "tests/support/faults/states.h"
#include "tests/support/wire/memory_ledger.h"

namespace plumbline {
namespace {

using samples::LedgerBuilder;
using namespace testing;  // NOLINT: the project's own test support
using ::testing::HasSubstr;

class SignerFaults : public ::testing::Test {
 protected:
  SignerFaults() { builder_.enroll(11, "isd"); }

  Result<std::unique_ptr<CheckpointSigner>> open(const std::string& folder) {
    return CheckpointSigner::open(builder_.ledger(), samples::key(2),
                                  {std::string(samples::kLedgerId), {}}, folder);
  }
  // What anybody can see of it now.
  static void show(const CheckpointSigner& signer, DiskRecorder& disk) {
    if (auto latest = signer.latest()) disk.mark(latest->checkpoint.size.value);
  }
  // Grows, signs and shows.
  Status go_on(CheckpointSigner& signer, DiskRecorder& disk) {
    builder_.batch(11, "isd", 1);
    Status signed_now = signer.advance();
    show(signer, disk);
    return signed_now;
  }
  static std::uint64_t size_in(const std::string& path) {
    return open_checkpoint(read_file(path, 1 << 20).value(), checkpoint_origin(samples::kLedgerId),
                           samples::key(2).public_key())
        .value()
        .size.value;
  }
  // "" where the file stands for what was shown.
  std::string wrong(const std::string& folder, std::uint64_t shown) {
    auto signer = open(folder);
    if (!signer.ok()) return signer.error().text();
    if (!(*signer)->status().ok()) return (*signer)->status().error().text();
    auto latest = (*signer)->latest();
    std::uint64_t size = latest ? latest->checkpoint.size.value : 0;
    if (size < shown) return fmt::format("{} entries were shown, the file has {}", shown, size);
    return "";
  }
  std::string first_wrong(const std::vector<DiskStep>& trace, const PowerCuts& cuts) {
    std::uint64_t shown = 0;
    std::string found;
    cuts.run(
        trace,
        [&](const DiskStep& step) {
          if (step.kind == DiskStep::Kind::kMark) shown = std::max(shown, step.number);
        },
        [&](std::size_t number, const DiskImage& image) {
          write_image(place_.folder("state"), image);
          found = wrong(place_.folder("state"), shown);
          if (!found.empty()) found += fmt::format(" (state {}, seed {})", number, cuts.seed);
          return found.empty();
        });
    return found;
  }
  std::vector<DiskStep> life() {
    DiskRecorder disk(place_.folder("life"));
    auto signer = open(place_.folder("life")).value();
    for (int i = 0; i < 12; ++i) EXPECT_TRUE(go_on(*signer, disk).ok());
    return disk.trace();
  }

  StateFolder place_;
  LedgerBuilder builder_;
};

TEST_F(SignerFaults, WhatWasShownSurvivesAPowerCut) {
  EXPECT_EQ(first_wrong(life(), {fault_states(1500), fault_seed(), {}, {}}), "");
}

TEST_F(SignerFaults, EverySyncThatIsLeftOutIsMissed) {
  std::vector<DiskStep> trace = life();
  std::set<std::string> kinds;
  for (const DiskStep& step : trace) {
    if (step.kind == DiskStep::Kind::kSync) kinds.insert(file_class(step.name));
    if (step.kind == DiskStep::Kind::kSyncFolder) kinds.insert(step.name);
  }
  // At opening, for a name that a killed signer left: see the test below.
  EXPECT_EQ(kinds.erase("folder after create ledger.tree"), 1u);
  EXPECT_EQ(kinds, (std::set<std::string>{"checkpoint", "folder after rename checkpoint"}));
  for (const std::string& kind : kinds) {
    EXPECT_NE(first_wrong(trace, {2000, fault_seed(), {kind}, {}}), "") << kind;
  }
}

// Behind a kill the system still has the new name, which nobody made durable: a signer that takes
// it up shows it.
TEST_F(SignerFaults, WhatAKilledSignerPublishedIsDurableBeforeItIsShown) {
  std::vector<DiskStep> trace = life();
  DiskReplay replay;
  for (const DiskStep& step : trace) {
    std::string folder = place_.folder("again");
    write_image(folder, replay.cached());
    DiskRecorder disk(folder, replay);
    auto signer = open(folder);
    ASSERT_TRUE(signer.ok()) << signer.error().text();
    show(**signer, disk);
    disk.mark(0);
    ASSERT_EQ(first_wrong(disk.trace(), {fault_states(20), fault_seed(), {}, replay}), "");
    replay.take(step);
  }
}

// Lets call after call fail until none of them is met any more.
class SignerSweep : public SignerFaults, public ::testing::WithParamInterface<DiskFault> {};

TEST_P(SignerSweep, NothingIsShownThatIsNotInTheFile) {
  for (int good = 0;; ++good) {
    ASSERT_LT(good, 100);
    std::string folder = place_.folder(fmt::format("sweep-{}", good));
    DiskRecorder disk(folder);
    auto signer = open(folder).value();
    ASSERT_TRUE(go_on(*signer, disk).ok());
    DiskFault fault = GetParam();
    fault.good = good;
    disk.fail(fault);
    std::uint64_t shown = signer->latest()->checkpoint.size.value;
    for (int i = 0; i < 3; ++i) {
      Status signed_now = go_on(*signer, disk);
      if (!signed_now.ok()) {
        EXPECT_THAT(signed_now.error().text(), HasSubstr(folder)) << good;
        EXPECT_EQ(signer->status().error().text(), signed_now.error().text());
        EXPECT_EQ(signer->latest()->checkpoint.size.value, shown) << good;
      }
      shown = signer->latest()->checkpoint.size.value;
      EXPECT_GE(size_in(folder + "/checkpoint"), shown) << good;
    }
    bool met = disk.failed();
    disk.heal();
    EXPECT_TRUE(go_on(*signer, disk).ok()) << good;
    EXPECT_EQ(wrong(folder, builder_.ledger().entries.size()), "") << good;
    // After a failed fsync nobody knows what the disk holds, so the power goes too.
    EXPECT_EQ(first_wrong(disk.trace(), {fault_states(60), fault_seed(), {}, {}}), "") << good;
    if (!met) return;
  }
}

INSTANTIATE_TEST_SUITE_P(Calls, SignerSweep, ::testing::ValuesIn(all_faults()),
                         [](const auto& one) { return fault_name(one.param); });

}  // namespace
}  // namespace plumbline
