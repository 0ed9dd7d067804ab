// SPDX-License-Identifier: Apache-2.0
#include "programs/plumb_rules.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "base/bytes.h"
#include "base/json.h"
#include "evaluator/rule_review.h"
#include "programs/plumb_ask.h"
#include "programs/plumb_rules_tools.h"

namespace plumbline {
namespace {

struct ActivateArgs {
  std::string folder, reason;
  bool retroactive = false;
};

Status activate(const ActivateArgs& args, PlumbOptions& options) {
  ASSIGN_OR_RETURN(CheckedPack pack, checked_pack(args.folder));
  Json encoded = Json::object();
  for (const auto& [path, bytes] : pack.files) encoded.set(path, to_base64(bytes));
  Json request = Json::object();
  request.set("op", "rules.activate").set("files", std::move(encoded));
  request.set("retroactive", args.retroactive).set("reason", args.reason);
  ASSIGN_OR_RETURN(Json answer, ask_plumbd(options, request));
  fmt::print("rules activated, ledger entry {}\n", text_at(answer, "index"));
  return {};
}

void add_activate(CLI::App& rules, PlumbOptions& options) {
  auto args = std::make_shared<ActivateArgs>();
  auto* command = rules.add_subcommand("activate", "put the rule set into the ledger and use it");
  command->add_option("folder", args->folder, "folder of the pack")->required();
  command->add_flag("--retroactive", args->retroactive,
                    "also for periods that began before today; results restate");
  command->add_option("--reason", args->reason, "why; stands in the ledger for ever")->required();
  command->callback([args, &options] { options.status = activate(*args, options); });
}

}  // namespace

Result<CheckedPack> checked_pack(const std::string& folder) {
  CheckedPack pack;
  ASSIGN_OR_RETURN(LoadedPack loaded, load_pack(folder));
  pack.files = std::move(loaded.files);
  pack.extension = std::move(loaded.extension);
  Problems problems;
  check_locks(pack.files, problems);
  pack.rules = compile_rules(pack.files, problems);
  // What a test names can only be looked up in rules that compile.
  if (pack.rules != nullptr) pack.tests = read_rule_tests(pack.files, *pack.rules, problems);
  if (problems.empty()) review_rules(pack.files, *pack.rules, problems, pack.warnings);
  if (!problems.empty()) {
    return Error(Code::kInvalid,
                 fmt::format("the rules in {} are not usable:\n{}", folder, problems.text()));
  }
  return pack;
}

void add_rules_commands(CLI::App& app, PlumbOptions& options) {
  auto* rules = app.add_subcommand("rules", "what rule authors work with");
  rules->require_subcommand(1);
  add_rules_check(*rules, options);
  add_rules_test(*rules, options);
  add_rules_mutate(*rules, options);
  add_rules_eval(*rules, options);
  add_rules_diff(*rules, options);
  add_rules_explain(*rules, options);
  add_rules_backtest(*rules, options);
  add_rules_calendar(*rules, options);
  add_activate(*rules, options);
}

}  // namespace plumbline
