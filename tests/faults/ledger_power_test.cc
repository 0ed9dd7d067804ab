// SPDX-License-Identifier: Apache-2.0
// Power cuts under ledger.db and the published checkpoint.
//
// Method: a real writer and a real signer live through openings, commits, records and checkpoints
// while every write, truncation, rename, unlink and sync of their folder is recorded, and every
// acknowledgement stands in the trace where it was given (tests/support/faults). Then the disk is
// built as a power cut may have left it, behind acknowledgements and at random points between:
// what was synced, and of the rest a random part, each sector of 512 bytes and each name by
// itself. Each such state is opened as plumbd opens it. Everything acknowledged must be there
// exactly once, nothing may be served that was not written, every leaf hash must be the recorded
// one, the published checkpoint must be there and the signer must go on from it; streams and
// ledger go on. One state in fifty is also verified whole, signatures and all, and checked by
// SQLite. The same checker must find a loss as soon as one kind of sync is left out.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "tests/support/faults/ledger_history.h"
#include "tests/support/faults/states.h"

namespace plumbline {
namespace {

using namespace testing;  // NOLINT: the project's own test support
using Kind = DiskStep::Kind;

// A ledger from its first opening on: three clean ends, and the log moved several times.
struct Recorded {
  explicit Recorded(std::uint64_t seed) {
    std::string folder = place.folder("life");
    DiskRecorder disk(folder);
    LedgerLife life(disk, folder, seed);
    for (int opening = 0; opening < 3; ++opening) {
      CHECK(life.open().ok(), "a healthy disk");
      life.begin();
      life.work(12);
      life.close();
    }
    trace = disk.trace();
    truth = LedgerTruth::of(folder, life);
    handed_in = life.handed_in();
  }

  StateFolder place;
  std::vector<DiskStep> trace;
  LedgerTruth truth;
  std::map<Hash, Admission> handed_in;
};

// The first broken promise among `cuts.states` states, with the state's number; "" for none.
std::string first_broken(const std::string& folder, const std::vector<DiskStep>& trace,
                         const LedgerTruth& truth, const PowerCuts& cuts,
                         LedgerPromise promise = {}) {
  std::string broken;
  cuts.run(
      trace, [&](const DiskStep& step) { promise.take(step); },
      [&](std::size_t number, const DiskImage& image) {
        write_image(folder, image);
        broken =
            broken_promise(folder, truth, promise, number % 50 == 0 ? Look::kWhole : Look::kQuick);
        if (!broken.empty()) broken += fmt::format(" (state {}, seed {})", number, cuts.seed);
        return broken.empty();
      });
  return broken;
}

std::string first_broken(const Recorded& recorded, const PowerCuts& cuts) {
  return first_broken(recorded.place.folder("state"), recorded.trace, recorded.truth, cuts);
}

// Behind the first acknowledgement.
std::vector<DiskStep>::iterator behind_the_first_mark(std::vector<DiskStep>& trace) {
  return std::find_if(trace.begin(), trace.end(),
                      [](const DiskStep& step) { return step.kind == Kind::kMark; }) +
         1;
}

void cut_behind_the_first_mark(std::vector<DiskStep>& trace) {
  trace.erase(behind_the_first_mark(trace), trace.end());
}

// The same as first_broken, where the power holds until the first acknowledgement.
std::string first_broken_once_made(const Recorded& recorded, std::size_t states,
                                   const std::set<std::string>& left_out) {
  std::vector<DiskStep> later = recorded.trace;
  DiskReplay made;
  LedgerPromise promised;
  auto first = behind_the_first_mark(later);
  for (auto step = later.begin(); step != first; ++step) {
    made.take(*step);
    promised.take(*step);
  }
  later.erase(later.begin(), first);
  return first_broken(recorded.place.folder("state"), later, recorded.truth,
                      {states, fault_seed(), left_out, made}, promised);
}

TEST(LedgerPower, EverythingAcknowledgedSurvivesAPowerCutAnywhere) {
  std::uint64_t seed = fault_seed();
  for (std::uint64_t life = 0; life < 4; ++life) {
    Recorded recorded(seed + life);
    std::size_t states = fault_states(1250);
    fmt::print("life {}: {} calls, {} entries, {} states, seed {}\n", life, recorded.trace.size(),
               recorded.truth.entries.size(), states, seed + life);
    EXPECT_EQ(first_broken(recorded, {states, seed + life, {}, {}}), "");
  }
}

// Up to the first acknowledgement nothing is promised but that a ledger can be made.
TEST(LedgerPower, ALedgerWhoseMakingWasCutIsMadeAgain) {
  Recorded recorded(fault_seed());
  cut_behind_the_first_mark(recorded.trace);
  EXPECT_EQ(first_broken(recorded, {fault_states(600), fault_seed(), {}, {}}), "");
}

// Starts a server on what a killed one left, which acknowledges repeats and new batches and
// publishes; then cuts the power. What the dead server's syncs did not cover is lost with it.
std::string first_broken_behind_a_kill(const Recorded& recorded, const DiskReplay& killed,
                                       const LedgerPromise& promised, std::size_t states,
                                       std::uint64_t seed) {
  std::string folder = recorded.place.folder("again");
  write_image(folder, killed.cached());
  DiskRecorder disk(folder, killed);
  LedgerLife life(disk, folder, seed);
  if (Status opened = life.open(); !opened.ok()) return opened.error().text();
  life.take_up(recorded.handed_in);
  life.publish();
  life.begin();
  life.work(1);
  life.close();
  LedgerTruth truth = LedgerTruth::of(folder, life);
  return first_broken(recorded.place.folder("state"), disk.trace(), truth,
                      {states, seed, {}, killed}, promised);
}

// The system still has every write of a killed server. One that starts again finds them as if they
// were durable, and a repeat of the agent is answered from them.
TEST(LedgerPower, WhatAKilledServerLeftIsDurableBeforeItIsAcknowledged) {
  Recorded recorded(fault_seed());
  DiskReplay replay;
  LedgerPromise promised;
  std::uint64_t syncs = 0;
  for (const DiskStep& step : recorded.trace) {
    bool sync = step.kind == Kind::kSync || step.kind == Kind::kSyncFolder;
    if (sync && ++syncs % 6 == 0) {
      ASSERT_EQ(first_broken_behind_a_kill(recorded, replay, promised, fault_states(30), syncs), "")
          << "killed before sync " << syncs << ", of " << step.name;
    }
    replay.take(step);
    promised.take(step);
  }
  EXPECT_GT(syncs, 100u);
}

TEST(LedgerPower, ALedgerWhoseMakerWasKilledIsDurableBeforeItIsUsed) {
  Recorded recorded(fault_seed());
  DiskReplay replay;
  LedgerPromise promised;
  std::uint64_t calls = 0;
  for (const DiskStep& step : recorded.trace) {
    ASSERT_EQ(first_broken_behind_a_kill(recorded, replay, promised, fault_states(12), ++calls), "")
        << "killed before call " << calls;
    replay.take(step);
    promised.take(step);
    if (step.kind == Kind::kMark) break;
  }
}

std::set<std::string> kinds_of_syncs(const std::vector<DiskStep>& trace) {
  std::set<std::string> kinds;
  for (const DiskStep& step : trace) {
    if (step.kind == Kind::kSync) kinds.insert(file_class(step.name));
    if (step.kind == Kind::kSyncFolder) kinds.insert(step.name);
  }
  return kinds;
}

// Each set of syncs is left out by itself; a loss must be found. A set has two members where one
// covers the other: SQLite fsyncs the folder with the first sync of a new log, and opening ledger
// and signer does so before anything is acknowledged, so that one of them is enough.
TEST(LedgerPower, EverySyncThatIsLeftOutIsMissed) {
  const std::string new_log = " after create ledger.db-wal";
  const std::vector<std::set<std::string>> needed = {
      {"ledger.db-wal"},
      {"ledger.db"},
      {"checkpoint"},
      {"folder after rename checkpoint"},
      {"folder" + new_log, "folder again", "folder (SQLite)" + new_log, "folder (SQLite) again"}};
  // Syncs of SQLite's own that the promise does not need: the deletion of a log whose pages are
  // all in the database may be undone, for it holds what the database holds. The signer syncs
  // the folder when it opens, for a name that a killed one left; there is none here.
  const std::set<std::string> needless = {"folder (SQLite) after unlink ledger.db-journal",
                                          "folder (SQLite) after unlink ledger.db-wal",
                                          "folder after create ledger.tree"};
  // SQLite makes an empty database through the journal, before anything is acknowledged: without
  // its sync that cannot be done again. Later nothing needs it.
  const std::string journal = "ledger.db-journal";
  const std::set<std::string> making = {journal, "folder (SQLite) after create " + journal};
  Recorded recorded(fault_seed());
  std::set<std::string> known = needless;
  known.insert(making.begin(), making.end());
  for (const std::set<std::string>& left_out : needed) {
    known.insert(left_out.begin(), left_out.end());
    std::string broken = first_broken(recorded, {2000, fault_seed(), left_out, {}});
    fmt::print("without syncs of {}: {}\n", fmt::join(left_out, " and "), broken);
    EXPECT_NE(broken, "") << fmt::format("{}", fmt::join(left_out, " and "));
  }
  EXPECT_EQ(first_broken(recorded, {fault_states(500), fault_seed(), needless, {}}), "");
  std::set<std::string> never = needless;
  never.insert(making.begin(), making.end());
  EXPECT_EQ(first_broken_once_made(recorded, fault_states(500), never), "");
  for (const std::string& kind : kinds_of_syncs(recorded.trace)) {
    EXPECT_TRUE(known.contains(kind)) << "nobody says whether it is needed: a sync of " << kind;
  }
  cut_behind_the_first_mark(recorded.trace);
  EXPECT_NE(first_broken(recorded, {2000, fault_seed(), {journal}, {}}), "");
}

}  // namespace
}  // namespace plumbline
