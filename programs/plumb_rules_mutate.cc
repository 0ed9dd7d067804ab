// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <thread>

#include "base/clock.h"
#include "evaluator/rule_mutants.h"
#include "programs/plumb_progress.h"
#include "programs/plumb_rules_tools.h"

namespace plumbline {
namespace {

constexpr const char* kHelp =
    R"(Shifts each threshold, weight, operator and date of the pack, one at a time, and runs
its tests on the changed rules. A change that no test notices is listed: either a test is missing,
or the number decides nothing. Changes that the checks refuse count neither way.

  plumb rules mutate rules/boston-311 --jobs 2 --at-least 90

Exit code: 0 done, 1 the tests fail on the rules as they are, or the score is below --at-least.)";

struct Args {
  std::string folder;
  unsigned jobs = 1;
  unsigned at_least = 0;
};

std::vector<MutantFate> all_fates(const CheckedPack& pack, const std::vector<RuleMutant>& mutants,
                                  unsigned jobs) {
  std::vector<MutantFate> fates(mutants.size());
  std::atomic<std::size_t> next = 0;
  ProgressLine progress("mutate", ProgressLine::stderr_is(), system_clock(), "changes");
  auto work = [&](bool tells) {
    for (std::size_t i = next++; i < mutants.size(); i = next++) {
      fates[i] = fate_of(pack.files, mutants[i], pack.tests);
      if (tells) progress.tell(i + 1, mutants.size(), 0);
    }
  };
  std::vector<std::thread> others;
  for (unsigned j = 1; j < jobs; ++j) others.emplace_back(work, false);
  work(true);
  for (std::thread& other : others) other.join();
  return fates;
}

Status mutate(const Args& args) {
  ASSIGN_OR_RETURN(CheckedPack pack, checked_pack(args.folder));
  if (pack.tests.empty()) {
    return Error(Code::kNotFound, fmt::format("the pack {} has no tests", args.folder));
  }
  for (const RuleTest& test : pack.tests) {
    if (run_rule_test(*pack.rules, test).empty()) continue;
    return Error(Code::kInvalid, fmt::format("the test \"{}\" fails on the rules as they are: "
                                             "plumb rules test {}",
                                             test.name, args.folder));
  }
  std::vector<RuleMutant> mutants = rule_mutants(pack.files);
  std::vector<MutantFate> fates = all_fates(pack, mutants, args.jobs);
  auto count = [&](MutantFate fate) {
    return static_cast<std::size_t>(std::count(fates.begin(), fates.end(), fate));
  };
  for (std::size_t i = 0; i < mutants.size(); ++i) {
    if (fates[i] != MutantFate::kSurvived) continue;
    const Place& place = mutants[i].place;
    fmt::print("{}:{}:{}: no test notices {}\n", place.file, place.line, place.column,
               mutants[i].what);
  }
  std::size_t noticed = count(MutantFate::kNoticed);
  std::size_t all = noticed + count(MutantFate::kSurvived);
  fmt::print("{} of {} changes are noticed ({} %), {} more are refused by the checks\n", noticed,
             all, all == 0 ? 100 : noticed * 100 / all, count(MutantFate::kRefused));
  if (noticed * 100 >= std::size_t{args.at_least} * all) return {};
  return Error(Code::kInvalid,
               fmt::format("fewer than {} % of the changes are noticed", args.at_least));
}

}  // namespace

void add_rules_mutate(CLI::App& rules, PlumbOptions& options) {
  auto args = std::make_shared<Args>();
  auto* command = rules.add_subcommand("mutate", "find numbers of a pack that no test watches");
  command->add_option("folder", args->folder, "folder of the pack")->required();
  command->add_option("--jobs", args->jobs, "threads")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  command->add_option("--at-least", args->at_least, "fail below this per cent")
      ->check(CLI::Range(0, 100));
  command->footer(kHelp);
  command->callback([args, &options] { options.status = mutate(*args); });
}

}  // namespace plumbline
