// SPDX-License-Identifier: Apache-2.0
#include "programs/plumb_registry.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <optional>

#include "base/file.h"
#include "base/limits.h"
#include "collector/control_client.h"
#include "packs/text_encoding.h"
#include "registry/fact_list.h"
#include "registry/fact_table.h"
#include "registry/outlet_json.h"
#include "registry/registry_replay.h"
#include "store/sqlite/ledger_db.h"

namespace plumbline {
namespace {

Status need_data(const PlumbOptions& options) {
  if (!options.data.empty()) return {};
  return Error(Code::kInvalid, "--data is needed: the folder that plumbd runs on");
}

struct ApplyArgs {
  std::string file, reason;
  bool dry_run = false;
  bool json = false;
};

// What is good in the table as a request. Empty attributes cannot be: a cell is left out then.
Json request_of(const FactTable& table, const std::string& reason, bool dry_run) {
  Json outlets = Json::array();
  for (const OutletAdded& outlet : table.input().outlets) outlets.push(outlet_json(outlet));
  Json facts = Json::array();
  for (const Fact& fact : table.input().facts) facts.push(fact_json(fact));
  Json request = Json::object();
  request.set("op", "registry.apply").set("dry_run", dry_run);
  if (!dry_run) request.set("reason", reason);
  request.set("outlets", std::move(outlets)).set("facts", std::move(facts));
  return request;
}

Result<Json> ask(const PlumbOptions& options, const ApplyArgs& args, const Json& request) {
  if (request.text().size() >= limits::kMaxOfficeRecordBytes) {
    return Error(Code::kExhausted,
                 fmt::format("{} has more rows than fit in one request of {} bytes; split it",
                             args.file, limits::kMaxOfficeRecordBytes));
  }
  return control_call(options.path("control.sock"), request);
}

// Adds the problems of an answer to the table's.
Status take_problems(const Json& answer, FactTable& table) {
  const Json* problems = answer.find("problems");
  if (problems == nullptr) return {};
  for (const Json& problem : problems->as_array()) {
    RegistryPlan::Wrong wrong;
    ASSIGN_OR_RETURN(std::string list, problem.string_at("list"));
    ASSIGN_OR_RETURN(std::int64_t at, problem.integer_at("at"));
    ASSIGN_OR_RETURN(wrong.problem.attribute, problem.string_at("attribute"));
    ASSIGN_OR_RETURN(wrong.problem.sentence, problem.string_at("sentence"));
    wrong.list = list == "outlets" ? RegistryPlan::List::kOutlets : RegistryPlan::List::kFacts;
    wrong.at = static_cast<std::size_t>(at);
    table.add(wrong);
  }
  return {};
}

std::string text_at(const Json& json, std::string_view key) {
  const Json* value = json.find(key);
  if (value == nullptr || value->is_null()) return "-";
  return value->is_string() ? value->as_string() : value->text();
}

std::string applied_text(const Json& answer, bool dry_run) {
  std::string text;
  for (const Json& change : answer.find("changes")->as_array()) {
    text += fmt::format("{:<9} {} {}", text_at(change, "change"), text_at(change, "kind"),
                        text_at(change, "id"));
    if (const Json* differs = change.find("differs")) {
      for (const Json& name : differs->as_array()) text += " " + name.as_string();
    }
    text += "\n";
  }
  text += fmt::format(
      "{} outlets added; facts: {} added, {} changed, {} withdrawn; {} rows known "
      "already\n",
      text_at(answer, "outlets_added"), text_at(answer, "added"), text_at(answer, "changed"),
      text_at(answer, "withdrawn"), text_at(answer, "unchanged"));
  if (dry_run) return text + "dry run: nothing was written\n";
  if (answer.find("index")->is_null()) return text + "nothing to write\n";
  return text + fmt::format("last ledger entry {}\n", text_at(answer, "index"));
}

Error unusable(const ApplyArgs& args, const FactTable& table) {
  std::string text = table.problem_text();
  text.pop_back();
  return Error(Code::kInvalid,
               fmt::format("{} cannot be applied; nothing was written:\n{}", args.file, text));
}

Status apply(const PlumbOptions& options, const ApplyArgs& args) {
  if (!args.dry_run && args.reason.empty()) {
    return Error(Code::kInvalid, "--reason is needed; it stands in the ledger for ever");
  }
  ASSIGN_OR_RETURN(Bytes bytes, read_file(args.file, limits::kMaxImportBytes));
  auto text = to_utf8(bytes);
  if (!text.ok()) return Error(Code::kInvalid, args.file, text.error());
  FactTable table = FactTable::read(args.file, *text);
  // A table with problems is asked about all the same: what refers to nothing is known over there.
  const bool dry_run = args.dry_run || !table.good();
  Result<Json> answer = need_data(options).ok()
                            ? ask(options, args, request_of(table, args.reason, dry_run))
                            : Result<Json>(need_data(options).error());
  if (!answer.ok()) return table.good() ? answer.error() : unusable(args, table);
  RETURN_IF_ERROR(take_problems(*answer, table));
  if (!table.good()) return unusable(args, table);
  fmt::print("{}", args.json ? answer->text() + "\n" : applied_text(*answer, dry_run));
  return {};
}

void add_apply(CLI::App& registry, PlumbOptions& options) {
  auto args = std::make_shared<ApplyArgs>();
  auto* command = registry.add_subcommand(
      "apply", "put the outlets and facts of a CSV file on record; what is known is left out");
  command->add_option("file", args->file, "docs/formats/registry.md tells its columns")->required();
  command->add_flag("--dry-run", args->dry_run, "tell what would change and write nothing");
  command->add_option("--reason", args->reason, "why; stands in the ledger for ever");
  command->add_flag("--json", args->json, "print the answer as one JSON object");
  command->callback([args, &options] { options.status = apply(options, *args); });
}

struct ShowArgs {
  FactQuery query;
  std::string on, known;
  bool json = false;
};

Status show(const PlumbOptions& options, ShowArgs& args) {
  RETURN_IF_ERROR(need_data(options));
  ASSIGN_OR_RETURN(auto reader, open_sqlite_reader(options.path("ledger.db")));
  ASSIGN_OR_RETURN(RegistryState state, read_registry(*reader));
  if (!args.on.empty()) {
    ASSIGN_OR_RETURN(args.query.on, parse_date(args.on));
  }
  if (!args.known.empty()) {
    ASSIGN_OR_RETURN(Date day, parse_date(args.known));
    ASSIGN_OR_RETURN(args.query.known_by, end_of_day(state, day));
  }
  ASSIGN_OR_RETURN(std::vector<ListedFact> facts, list_facts(state.facts, args.query));
  fmt::print("{}", args.json ? facts_json(facts).text() + "\n" : facts_text(facts));
  if (facts.empty()) fmt::print(stderr, "plumb: no fact matches\n");
  return {};
}

void add_show(CLI::App& registry, PlumbOptions& options) {
  auto args = std::make_shared<ShowArgs>();
  auto* command = registry.add_subcommand("show", "facts, when they are true and since when known");
  command->add_option("--kind", args->query.kind, "only this kind, such as institution");
  command->add_option("--id", args->query.id, "only this fact");
  command->add_option("--on", args->on, "only what is true on this day, such as 2025-12-31");
  command->add_option("--known", args->known,
                      "what was on record at the end of this day, such as 2026-01-20");
  command->add_flag("--history", args->query.history, "also what was replaced or withdrawn later");
  command->add_flag("--json", args->json, "print one JSON object");
  command->callback([args, &options] { options.status = show(options, *args); });
}

}  // namespace

void add_registry_commands(CLI::App& app, PlumbOptions& options) {
  auto* registry = app.add_subcommand("registry",
                                      "divisions, institutions, statuses and other "
                                      "facts of the network");
  registry->require_subcommand(1);
  add_apply(*registry, options);
  add_show(*registry, options);
}

}  // namespace plumbline
