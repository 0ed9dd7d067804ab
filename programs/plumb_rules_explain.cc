// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "evaluator/rule_explain.h"
#include "programs/plumb_rules_tools.h"

namespace plumbline {
namespace {

constexpr const char* kHelp =
    R"(Says in words what a rule counts, from which events, dated by what, which bounds and weight
it has, on what basis, and what missing data does:

  plumb rules explain rules/jiangsu-2025 outlet                  # a standard
  plumb rules explain rules/jiangsu-2025 staff --lang zh         # a criterion
  plumb rules explain rules/jiangsu-2025 outlet/staff --lang zh  # where several have that id
  plumb rules explain rules/jiangsu-2025 t1                      # a target

Exit code: 0 explained, 1 there is no such rule, or the pack has problems.)";

struct Args {
  std::string folder, name;
  std::string language = "zh";
};

Status explain(const Args& args) {
  ASSIGN_OR_RETURN(CheckedPack pack, checked_pack(args.folder));
  ASSIGN_OR_RETURN(std::string text,
                   explain_rule(*pack.rules, args.name, rule_language(args.language)));
  fmt::print("{}", text);
  return {};
}

}  // namespace

void add_rules_explain(CLI::App& rules, PlumbOptions& options) {
  auto args = std::make_shared<Args>();
  auto* command = rules.add_subcommand("explain", "a rule in words");
  command->add_option("folder", args->folder, "folder of the pack")->required();
  command->add_option("name", args->name, "id of a standard, criterion or target")->required();
  command->add_option("--lang", args->language, "zh or en")
      ->check(CLI::IsMember({"zh", "en"}))
      ->capture_default_str();
  command->footer(kHelp);
  command->callback([args, &options] { options.status = explain(*args); });
}

}  // namespace plumbline
