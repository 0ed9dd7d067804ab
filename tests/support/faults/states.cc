// SPDX-License-Identifier: Apache-2.0
#include "tests/support/faults/states.h"

#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <string>

#include "base/check.h"

namespace plumbline::testing {
namespace {

constexpr std::uint64_t kUsualSeed = 20260105;

std::uint64_t number_in_environment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr || *text == '\0' ? otherwise : std::stoull(text);
}

}  // namespace

StateFolder::StateFolder() {
  std::string parent = "/dev/shm";
  if (!std::filesystem::is_directory(parent)) parent = std::filesystem::temp_directory_path();
  path_ = parent + "/plumbline-faults-XXXXXX";
  CHECK(::mkdtemp(path_.data()) != nullptr, "a temporary folder can be made");
}

StateFolder::~StateFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string StateFolder::folder(const std::string& name) const {
  std::string made = path_ + "/" + name;
  std::filesystem::create_directories(made);
  return made;
}

std::uint64_t fault_seed() {
  return number_in_environment("PLUMBLINE_FAULT_SEED", kUsualSeed);
}

std::size_t fault_states(std::size_t usual) {
  return usual * number_in_environment("PLUMBLINE_FAULT_STATES", 1);
}

void PowerCuts::run(const std::vector<DiskStep>& trace,
                    const std::function<void(const DiskStep&)>& step,
                    const std::function<bool(std::size_t, const DiskImage&)>& look) const {
  std::mt19937_64 random(seed);
  std::vector<std::size_t> marks;
  for (std::size_t i = 0; i < trace.size(); ++i) {
    if (trace[i].kind == DiskStep::Kind::kMark) marks.push_back(i + 1);
  }
  CHECK(!marks.empty(), "a trace without acknowledgements promises nothing");
  std::vector<std::size_t> points;
  for (std::size_t i = 0; i < states; ++i) {
    // Each mark in turn, and a point anywhere.
    points.push_back(i % 2 == 0 ? marks[i / 2 % marks.size()] : random() % (trace.size() + 1));
  }
  std::sort(points.begin(), points.end());
  DiskReplay replay = start;
  replay.leave_out(without_syncs_of);
  std::size_t done = 0;
  for (std::size_t number = 0; number < points.size(); ++number) {
    for (; done < points[number]; ++done) {
      replay.take(trace[done]);
      step(trace[done]);
    }
    if (!look(number, replay.power_cut(random))) return;
  }
}

}  // namespace plumbline::testing
