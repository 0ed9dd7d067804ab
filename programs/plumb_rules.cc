// SPDX-License-Identifier: Apache-2.0
#include "programs/plumb_rules.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>

#include "base/bytes.h"
#include "base/file.h"
#include "base/json.h"
#include "base/limits.h"
#include "packs/mapping.h"
#include "programs/plumb_ask.h"
#include "programs/plumb_rules_tools.h"

namespace plumbline {
namespace {

// Import mappings are no rules and stand in no rule hash, but whoever writes one wants to know.
Status check_mappings(const std::string& folder, const Pack& pack) {
  std::error_code ignored;
  if (!std::filesystem::is_directory(folder + "/import", ignored)) return {};
  ASSIGN_OR_RETURN(std::vector<std::string> paths, list_files(folder + "/import"));
  Problems problems;
  for (const std::string& path : paths) {
    if (!path.ends_with(".yaml")) continue;
    std::string file = "import/" + path;
    ASSIGN_OR_RETURN(Bytes text, read_file(folder + "/" + file, limits::kMaxPackBytes));
    parse_mapping(file, text, pack, problems);
  }
  if (problems.empty()) return {};
  return Error(Code::kInvalid, fmt::format("the import mappings in {} are not usable:\n{}", folder,
                                           problems.text()));
}

Status check_pack(const std::string& folder) {
  ASSIGN_OR_RETURN(CheckedPack pack, checked_pack(folder));
  RETURN_IF_ERROR(check_mappings(folder, *pack.rules->pack));
  fmt::print("{}: no problem in {} files, rule hash {}\n", folder, pack.files.size(),
             rule_hash(pack.files).hex());
  return {};
}

void add_check(CLI::App& rules, PlumbOptions& options) {
  auto folder = std::make_shared<std::string>();
  auto* check = rules.add_subcommand("check", "report every problem with file:line:column");
  check->add_option("folder", *folder, "folder of the pack, such as rules/boston-311")->required();
  check->callback([folder, &options] { options.status = check_pack(*folder); });
}

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
  ASSIGN_OR_RETURN(pack.files, load_pack_files(folder));
  Problems problems;
  pack.rules = compile_rules(pack.files, problems);
  // What a test names can only be looked up in rules that compile.
  if (pack.rules != nullptr) pack.tests = read_rule_tests(pack.files, *pack.rules, problems);
  if (!problems.empty()) {
    return Error(Code::kInvalid,
                 fmt::format("the rules in {} are not usable:\n{}", folder, problems.text()));
  }
  return pack;
}

void add_rules_commands(CLI::App& app, PlumbOptions& options) {
  auto* rules = app.add_subcommand("rules", "what rule authors work with");
  rules->require_subcommand(1);
  add_check(*rules, options);
  add_rules_test(*rules, options);
  add_rules_mutate(*rules, options);
  add_rules_eval(*rules, options);
  add_rules_diff(*rules, options);
  add_activate(*rules, options);
}

}  // namespace plumbline
