// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <optional>

#include "base/file.h"
#include "base/limits.h"
#include "evaluator/expression_trial.h"
#include "packs/yaml.h"
#include "programs/plumb_rules_tools.h"

namespace plumbline {
namespace {

constexpr const char* kHelp =
    R"(FILE.json is the case as the expression sees it; what is not there is missing:

  {"channel": "web", "fee": 2.5, "opened": {"time": "2015-01-02T12:00:00Z"}, "overdue": false}

  plumb rules eval 'case.fee * 2' --data FILE.json
  plumb rules eval 'workday_due(case.opened.time, 3)' --data FILE.json \
    --pack rules/boston-311 --case request

With --pack and --case kinds and calendar are the pack's. Without, a kind is what the value looks
like, a time is RFC 3339, and work days are Monday to Friday in UTC.
Exit code: 0 a value or missing, 1 an error.)";

struct Args {
  std::string expression, data, pack, type;
};

// The pack's case type, or one that has what the data has.
struct Setting {
  std::shared_ptr<const RuleSet> rules;
  TypeSpec type;
  Calendar calendar;
};

Result<Setting> setting_of(const Args& args, const YamlNode& data) {
  Setting setting;
  if (args.pack.empty()) {
    setting.type = type_of_data(data);
    setting.calendar = plain_calendar();
    return setting;
  }
  ASSIGN_OR_RETURN(CheckedPack pack, checked_pack(args.pack));
  const EventCatalog& catalog = pack.rules->pack->events;
  const TypeSpec* type = catalog.type(args.type);
  if (type == nullptr) {
    std::vector<std::string> known;
    for (const TypeSpec& one : catalog.types) known.push_back(one.id);
    std::string near = did_you_mean(args.type, known);
    return Error(Code::kNotFound,
                 fmt::format("the pack {} has no case type \"{}\"{}", args.pack, args.type,
                             near.empty() ? "" : fmt::format(" (did you mean \"{}\"?)", near)));
  }
  setting.type = *type;
  setting.calendar = pack.rules->pack->calendar;
  return setting;
}

Status evaluate(const Args& args) {
  if (args.pack.empty() != args.type.empty()) {
    return Error(Code::kInvalid, "--pack and --case go together: the case type of a pack");
  }
  YamlNode data;
  Problems problems;
  if (!args.data.empty()) {
    ASSIGN_OR_RETURN(Bytes text, read_file(args.data, limits::kMaxYamlBytes));
    std::optional<YamlNode> read = parse_yaml(args.data, text, problems);
    if (!read || !problems.empty()) return Error(Code::kInvalid, problems.text());
    data = std::move(*read);
  }
  ASSIGN_OR_RETURN(Setting setting, setting_of(args, data));
  CaseFacts facts = facts_of_data(data, setting.type, setting.calendar, problems);
  if (!problems.empty()) return Error(Code::kInvalid, problems.text());
  ASSIGN_OR_RETURN(std::string value,
                   try_expression(args.expression, setting.type, setting.calendar, facts));
  fmt::print("{}\n", value);
  return {};
}

}  // namespace

void add_rules_eval(CLI::App& rules, PlumbOptions& options) {
  auto args = std::make_shared<Args>();
  auto* command = rules.add_subcommand("eval", "what an expression makes of a case");
  command->add_option("expression", args->expression, "such as 'case.items + 1'")->required();
  command->add_option("--data", args->data, "the case, a file of JSON; without it an empty case");
  command->add_option("--pack", args->pack, "folder of a pack");
  command->add_option("--case", args->type, "case type of that pack");
  command->footer(kHelp);
  command->callback([args, &options] { options.status = evaluate(*args); });
}

}  // namespace plumbline
