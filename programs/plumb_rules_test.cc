// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "programs/plumb_rules_tools.h"

namespace plumbline {
namespace {

constexpr const char* kHelp =
    R"(A test lies in tests/*.yaml of the pack and says what is reported and what comes of it:

  format: plumbline/tests/v1
  tests:
    - name: half of the requests are late
      as_of: 2015-02-01                                  # local, or 2015-02-01T05:00:00Z
      events:
        - {type: request.opened, subject: c1, time: 2015-01-05 09:00}
        - {type: request.closed, subject: c1, time: 2015-01-05 11:30}
      expect:
        - standard: service
          period: 2015-01
          score: 80
          criteria: {speed: {points: 30}}
          figures: {median_hours: {value: 2.5}}
      explain:
        - {standard: service, indicator: median_hours, case: c1,
           en: "Counted with the value 2.5 h."}

All of it: docs/formats/rule_tests.md.
Exit code: 0 every test passes, 1 one fails or cannot be read.)";

Status run_tests(const std::string& folder, const std::string& filter) {
  ASSIGN_OR_RETURN(CheckedPack pack, checked_pack(folder));
  std::size_t run = 0;
  std::size_t failed = 0;
  for (const RuleTest& test : pack.tests) {
    if (test.name.find(filter) == std::string::npos) continue;
    ++run;
    std::vector<RuleDifference> differences = run_rule_test(*pack.rules, test);
    if (differences.empty()) continue;
    ++failed;
    fmt::print("FAILED {}:{}: {}\n", test.place.file, test.place.line, test.name);
    for (const RuleDifference& difference : differences) {
      const Place& place = difference.place;
      fmt::print("  {}:{}:{}: {}\n    expected  {}\n    found     {}\n", place.file, place.line,
                 place.column, difference.what, difference.expected, difference.actual);
    }
  }
  if (run == 0) {
    return Error(Code::kNotFound, pack.tests.empty()
                                      ? fmt::format("the pack {} has no tests", folder)
                                      : fmt::format("none of the {} tests has \"{}\" in its name",
                                                    pack.tests.size(), filter));
  }
  fmt::print("{} of {} tests pass\n", run - failed, run);
  if (failed == 0) return {};
  return Error(Code::kInvalid, fmt::format("{} of {} tests fail", failed, run));
}

}  // namespace

void add_rules_test(CLI::App& rules, PlumbOptions& options) {
  struct Args {
    std::string folder, filter;
  };
  auto args = std::make_shared<Args>();
  auto* test = rules.add_subcommand("test", "run the tests of a pack, tests/*.yaml");
  test->add_option("folder", args->folder, "folder of the pack, such as rules/boston-311")
      ->required();
  test->add_option("--filter", args->filter, "only tests with this in their name");
  test->footer(kHelp);
  test->callback([args, &options] { options.status = run_tests(args->folder, args->filter); });
}

}  // namespace plumbline
