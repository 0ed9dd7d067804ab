// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>

#include "base/file.h"
#include "base/limits.h"
#include "packs/mapping.h"
#include "programs/plumb_rules_tools.h"
#include "programs/plumb_signals.h"

namespace plumbline {
namespace {

constexpr const char* kHelp =
    R"(Reads every file of the pack and reports all that is wrong at once:

  standards/service.yaml:39:3: the weights of all criteria sum to 99, they must sum to 100

Warnings stand apart, on the error output, and leave the exit code: a required field of an event
that no rule reads, a figure that nothing is judged by.

Of a pack that says `extends: base@version` the base is read from the folder beside it; what it
takes over, what it overrides and how the rules differ for that is listed, `--lang zh` or en.
Exit code: 0 no problem, 1 a problem.)";

struct Args {
  std::string folder;
  std::string language = "en";
};

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

std::string joined(const std::vector<std::string>& paths) {
  return paths.empty() ? "none" : fmt::format("{}", fmt::join(paths, ", "));
}

// What every pack has of its own, whatever it extends.
bool is_of_its_own(const RuleChange& change) {
  static const std::vector<std::string> kKeys = {
      "id", "version", "extends", "base_rule_hash", "title.zh", "title.en", "locked"};
  return change.where.empty() && std::find(kKeys.begin(), kKeys.end(), change.key) != kKeys.end();
}

// The base as a pack by itself, and how these rules differ from its own.
Status tell_extension(const CheckedPack& pack, RuleLanguage language) {
  const PackExtension& base = *pack.extension;
  Problems problems;
  std::shared_ptr<const RuleSet> rules = compile_rules(base.base, problems);
  if (rules == nullptr) {
    return Error(Code::kInvalid,
                 fmt::format("the rules that it extends, in {}, are not usable:\n{}", base.folder,
                             problems.text()));
  }
  fmt::print("extends {} {} in {}, rule hash {}\n", base.id, base.version, base.folder,
             rule_hash(base.base).hex());
  fmt::print("taken: {}\noverridden: {}\n", joined(base.taken), joined(base.overridden));
  std::vector<RuleChange> changes = rule_changes({base.base, *rules}, {pack.files, *pack.rules});
  std::erase_if(changes, is_of_its_own);
  fmt::print("{}", changes_text(changes, language));
  return {};
}

Status check(const Args& args) {
  ASSIGN_OR_RETURN(CheckedPack pack, checked_pack(args.folder));
  RETURN_IF_ERROR(check_mappings(args.folder, *pack.rules->pack));
  RETURN_IF_ERROR(check_signals(args.folder, *pack.rules));
  fmt::print("{}: no problem in {} files, rule hash {}\n", args.folder, pack.files.size(),
             rule_hash(pack.files).hex());
  for (const Problem& warning : pack.warnings.sorted()) {
    fmt::print(stderr, "warning: {}\n", warning.text());
  }
  if (!pack.extension) return {};
  return tell_extension(pack, rule_language(args.language));
}

}  // namespace

void add_rules_check(CLI::App& rules, PlumbOptions& options) {
  auto args = std::make_shared<Args>();
  auto* command = rules.add_subcommand("check", "report every problem with file:line:column");
  command->add_option("folder", args->folder, "folder of the pack, such as rules/boston-311")
      ->required();
  command->add_option("--lang", args->language, "zh or en: how overrides are told")
      ->check(CLI::IsMember({"zh", "en"}))
      ->capture_default_str();
  command->footer(kHelp);
  command->callback([args, &options] { options.status = check(*args); });
}

}  // namespace plumbline
