// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_TESTS_SUPPORT_FAULTS_STATES_H_
#define PLUMBLINE_TESTS_SUPPORT_FAULTS_STATES_H_

#include <cstdint>
#include <functional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "tests/support/faults/disk_trace.h"

namespace plumbline::testing {

// A folder for states of disks, in memory where the system has /dev/shm; removed at the end.
class StateFolder {
 public:
  StateFolder();
  ~StateFolder();
  StateFolder(const StateFolder&) = delete;
  StateFolder& operator=(const StateFolder&) = delete;
  // A folder of that name below it, made where it is missing.
  std::string folder(const std::string& name) const;

 private:
  std::string path_;
};

// How much a run of these tests tries. PLUMBLINE_FAULT_STATES multiplies the number of states
// (script/campaign disk), PLUMBLINE_FAULT_SEED gives the seed; else both are fixed.
std::uint64_t fault_seed();
std::size_t fault_states(std::size_t usual);

// Cuts the power at `states` points of the trace, one of two right behind a mark, and hands each
// state on with its number. `step` is told of every step before. Ends where `look` returns false.
struct PowerCuts {
  std::size_t states = 0;
  std::uint64_t seed = 0;
  std::set<std::string> without_syncs_of;
  DiskReplay start;  // what the disk held before the trace

  void run(const std::vector<DiskStep>& trace, const std::function<void(const DiskStep&)>& step,
           const std::function<bool(std::size_t number, const DiskImage& image)>& look) const;
};

}  // namespace plumbline::testing

#endif  // PLUMBLINE_TESTS_SUPPORT_FAULTS_STATES_H_
