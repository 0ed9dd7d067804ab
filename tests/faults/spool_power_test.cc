// SPDX-License-Identifier: Apache-2.0
// Power cuts under an agent's spool.
//
// Method: that of ledger_power_test.cc. A real spool lives through enrolment, openings, batches,
// acknowledgements, errors and moves of its log while the calls on its folder are recorded; every
// answer is a mark of the trace. In every state of a power cut the spool opens, knows every event
// that was answered with its sequence, holds every batch that is not acknowledged byte for byte,
// takes nothing for acknowledged that was not, and goes on behind its last batch: what was lost
// unanswered is taken again with the same numbers. One state in fifty is verified whole. Behind a
// kill, what the next process answers or sends is durable before it does. The same checker finds a
// loss as soon as one kind of sync is left out.
#include <fmt/core.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "tests/support/faults/spool_history.h"
#include "tests/support/faults/states.h"

namespace plumbline {
namespace {

using namespace testing;  // NOLINT: the project's own test support
using Kind = DiskStep::Kind;

class SpoolPower : public ::testing::Test {
 protected:
  void record(std::uint64_t seed) {
    std::string folder = place_.folder("life");
    DiskRecorder disk(folder);
    SpoolLife life(disk, folder, desk_, seed);
    CHECK(life.enroll().ok(), "a healthy disk");
    for (int opening = 0; opening < 3; ++opening) {
      CHECK(life.open({}).ok(), "a healthy disk");
      life.work(12);
      life.close();
    }
    trace_ = disk.trace();
    truth_ = life.truth();
  }

  void cut_behind_the_first_mark() {
    auto first = std::find_if(trace_.begin(), trace_.end(),
                              [](const DiskStep& step) { return step.kind == Kind::kMark; });
    trace_.erase(first + 1, trace_.end());
  }

  std::string first_broken(const std::vector<DiskStep>& trace, const SpoolTruth& truth,
                           const PowerCuts& cuts, SpoolPromise promise = {}) {
    std::string folder = place_.folder("state");
    std::string broken;
    cuts.run(
        trace, [&](const DiskStep& step) { promise.take(step); },
        [&](std::size_t number, const DiskImage& image) {
          write_image(folder, image);
          broken = broken_promise(folder, desk_, truth, promise,
                                  number % 50 == 0 ? SpoolLook::kWhole : SpoolLook::kQuick);
          if (!broken.empty()) broken += fmt::format(" (state {}, seed {})", number, cuts.seed);
          return broken.empty();
        });
    return broken;
  }

  // Goes on in what a killed process left, then cuts the power.
  std::string first_broken_behind_a_kill(const DiskReplay& killed, const SpoolPromise& promised,
                                         std::size_t states, std::uint64_t seed) {
    std::string folder = place_.folder("again");
    write_image(folder, killed.cached());
    DiskRecorder disk(folder, killed);
    SpoolLife life(disk, folder, desk_, seed);
    auto enrolled = Spool::exists(folder);
    if (!enrolled.ok()) return enrolled.error().text();
    if (!*enrolled) {
      if (Status made = life.enroll(); !made.ok()) return made.error().text();
    }
    if (Status opened = life.open(truth_); !opened.ok()) return opened.error().text();
    life.work(1);
    life.close();
    return first_broken(disk.trace(), life.truth(), {states, seed, {}, killed}, promised);
  }

  Desk desk_;
  StateFolder place_;
  std::vector<DiskStep> trace_;
  SpoolTruth truth_;
};

TEST_F(SpoolPower, EverythingAnsweredSurvivesAPowerCutAnywhere) {
  std::uint64_t seed = fault_seed();
  for (std::uint64_t life = 0; life < 3; ++life) {
    std::filesystem::remove_all(place_.folder("life"));
    record(seed + life);
    std::size_t states = fault_states(1200);
    fmt::print("life {}: {} calls, {} batches, {} states, seed {}\n", life, trace_.size(),
               truth_.batches.size(), states, seed + life);
    EXPECT_EQ(first_broken(trace_, truth_, {states, seed + life, {}, {}}), "");
  }
}

TEST_F(SpoolPower, AnEnrolmentThatWasCutIsRepeated) {
  record(fault_seed());
  cut_behind_the_first_mark();
  EXPECT_EQ(first_broken(trace_, truth_, {fault_states(800), fault_seed(), {}, {}}), "");
}

TEST_F(SpoolPower, WhatAKilledAgentLeftIsDurableBeforeItIsAnsweredOrSent) {
  record(fault_seed());
  DiskReplay replay;
  SpoolPromise promised;
  std::uint64_t calls = 0;
  for (const DiskStep& step : trace_) {
    // Every call of the making, later every 25th.
    bool look = ++calls < 60 || calls % 25 == 0;
    if (look) {
      ASSERT_EQ(first_broken_behind_a_kill(replay, promised, fault_states(12), calls), "")
          << "killed before call " << calls;
    }
    replay.take(step);
    promised.take(step);
  }
}

// In each set one sync covers the other: SQLite fsyncs the folder with the first sync of a new
// log, and the enrolment does so before it is told.
TEST_F(SpoolPower, EverySyncThatIsLeftOutIsMissed) {
  const std::vector<std::set<std::string>> needed = {
      {"spool.db-wal"},
      {"spool.db"},
      {"folder again", "folder (SQLite) after create spool.db-wal", "folder (SQLite) again"}};
  // The database's name and the deletion of its journal are made durable by the next sync of the
  // folder as well, before the enrolment is told.
  const std::set<std::string> needless = {"folder (SQLite) after create spool.db-journal"};
  // SQLite makes an empty database through it: without its sync that cannot be done again.
  const std::string journal = "spool.db-journal";
  record(fault_seed());
  std::set<std::string> known = needless;
  known.insert(journal);
  for (const std::set<std::string>& left_out : needed) {
    known.insert(left_out.begin(), left_out.end());
    std::string broken = first_broken(trace_, truth_, {2000, fault_seed(), left_out, {}});
    fmt::print("without syncs of {}: {}\n", fmt::join(left_out, " and "), broken);
    EXPECT_NE(broken, "") << fmt::format("{}", fmt::join(left_out, " and "));
  }
  EXPECT_EQ(first_broken(trace_, truth_, {fault_states(300), fault_seed(), needless, {}}), "");
  for (const DiskStep& step : trace_) {
    if (step.kind != Kind::kSync && step.kind != Kind::kSyncFolder) continue;
    EXPECT_TRUE(known.contains(file_class(step.name)))
        << "nobody says whether it is needed: a sync of " << step.name;
  }
  cut_behind_the_first_mark();
  EXPECT_NE(first_broken(trace_, truth_, {2000, fault_seed(), {journal}, {}}), "");
}

}  // namespace
}  // namespace plumbline
