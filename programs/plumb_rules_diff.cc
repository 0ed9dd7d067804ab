// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "evaluator/rule_diff.h"
#include "programs/plumb_rules_tools.h"

namespace plumbline {
namespace {

constexpr const char* kHelp =
    R"(Says what is different in NEW, by standard, criterion, indicator, target and event type:

  $ plumb rules diff rules/boston-311 draft --lang zh
  标准「311 服务标准」(service) › 指标「按期」(on_time)
    权重由 50 改为 45  [standards/service.yaml:142:17]

The place is that in NEW, or in OLD for what is gone. What means the same is no difference:
comments, order of keys and lists, quotes, 0.50 for 0.5, spaces in expressions, names of files, a
default that is written out. Tests decide nothing and are not compared.

Both packs must be without a problem (plumb rules check).
Exit code: 0 no difference, 1 a difference, or a pack that cannot be read.)";

struct Args {
  std::string before, after;
  std::string language = "zh";
  bool json = false;
};

std::string pack_text(const CheckedPack& pack) {
  return fmt::format("{} {}", pack.rules->pack->id, pack.rules->pack->version);
}

Json pack_json(const CheckedPack& pack) {
  Json json = Json::object().set("pack", pack.rules->pack->id);
  json.set("version", pack.rules->pack->version);
  return json.set("rule_hash", pack.rules->pack->rules.hex());
}

Status diff(const Args& args) {
  ASSIGN_OR_RETURN(CheckedPack before, checked_pack(args.before));
  ASSIGN_OR_RETURN(CheckedPack after, checked_pack(args.after));
  std::vector<RuleChange> changes =
      rule_changes({before.files, *before.rules}, {after.files, *after.rules});
  if (args.json) {
    Json json = Json::object().set("old", pack_json(before)).set("new", pack_json(after));
    fmt::print("{}\n", json.set("changes", changes_json(changes)).text());
  } else {
    fmt::print("{}", changes_text(changes, rule_language(args.language)));
  }
  if (changes.empty()) return {};
  return Error(Code::kInvalid,
               fmt::format("{} difference{} between {} and {}", changes.size(),
                           changes.size() == 1 ? "" : "s", pack_text(before), pack_text(after)));
}

}  // namespace

RuleLanguage rule_language(const std::string& word) {
  return word == "zh" ? RuleLanguage::kChinese : RuleLanguage::kEnglish;
}

void add_rules_diff(CLI::App& rules, PlumbOptions& options) {
  auto args = std::make_shared<Args>();
  auto* command = rules.add_subcommand("diff", "how two packs differ, in words");
  command->add_option("old", args->before, "folder of the pack as it is")->required();
  command->add_option("new", args->after, "folder of the pack as it shall be")->required();
  command->add_option("--lang", args->language, "zh or en")
      ->check(CLI::IsMember({"zh", "en"}))
      ->capture_default_str();
  command->add_flag("--json", args->json, "the same as data");
  command->footer(kHelp);
  command->callback([args, &options] { options.status = diff(*args); });
}

}  // namespace plumbline
