// SPDX-License-Identifier: Apache-2.0
#include "programs/plumb_exempt.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "base/json.h"
#include "programs/plumb_ask.h"

namespace plumbline {
namespace {

struct Args {
  std::string outlet, standard, criterion, from, until, owner, document, id, on, reason;
  bool json = false;
};

void set_text(Json& request, std::string_view key, const std::string& text) {
  if (!text.empty()) request.set(std::string(key), text);
}

Status need_reason(const Args& args) {
  if (!args.reason.empty()) return {};
  return Error(Code::kInvalid, "--reason is needed: it stands in the ledger for ever");
}

Status grant(const PlumbOptions& options, const Args& args) {
  RETURN_IF_ERROR(need_reason(args));
  Json request = Json::object().set("op", "exempt.grant");
  request.set("outlet", args.outlet).set("standard", args.standard);
  request.set("criterion", args.criterion).set("until", args.until).set("reason", args.reason);
  set_text(request, "from", args.from);
  set_text(request, "owner", args.owner);
  set_text(request, "document", args.document);
  ASSIGN_OR_RETURN(Json answer, ask_plumbd(options, request));
  fmt::print("{}: {} is exempt from {} of {} from {} to {}, owner {}; ledger entry {}\n",
             text_at(answer, "id"), args.outlet, args.criterion, args.standard,
             text_at(answer, "from"), text_at(answer, "until"), text_at(answer, "owner"),
             text_at(answer, "index"));
  return {};
}

Status end(const PlumbOptions& options, const Args& args) {
  RETURN_IF_ERROR(need_reason(args));
  Json request = Json::object().set("op", "exempt.end");
  request.set("id", args.id).set("reason", args.reason);
  set_text(request, "on", args.on);
  ASSIGN_OR_RETURN(Json answer, ask_plumbd(options, request));
  fmt::print("{}: its last day is {}; ledger entry {}\n", args.id, text_at(answer, "until"),
             text_at(answer, "index"));
  return {};
}

Status list(const PlumbOptions& options, const Args& args) {
  ASSIGN_OR_RETURN(Json answer, ask_plumbd(options, Json::object().set("op", "exempt.list")));
  if (args.json) {
    fmt::print("{}\n", answer.text());
    return {};
  }
  fmt::print("{:<22} {:<8} {:<24} {:<32} {:<10} {:<10} {}\n", "id", "state", "outlet",
             "standard.criterion", "from", "until", "owner: reason");
  for (const Json& item : items_at(answer, "exemptions")) {
    if (!args.outlet.empty() && text_at(item, "outlet") != args.outlet) continue;
    fmt::print("{:<22} {:<8} {:<24} {:<32} {:<10} {:<10} {}: {}\n", text_at(item, "id"),
               text_at(item, "state"), text_at(item, "outlet"),
               text_at(item, "standard") + "." + text_at(item, "criterion"), text_at(item, "from"),
               text_at(item, "until"), text_at(item, "owner"), text_at(item, "reason"));
  }
  return {};
}

void add_grant(CLI::App& exempt, PlumbOptions& options) {
  auto args = std::make_shared<Args>();
  auto* command =
      exempt.add_subcommand("grant", "exempt an outlet from a criterion of a standard for a time");
  command->add_option("outlet", args->outlet, "the outlet's id")->required();
  command->add_option("--standard", args->standard, "id of the standard")->required();
  command->add_option("--criterion", args->criterion, "id of the criterion")->required();
  command->add_option("--from", args->from, "its first day, such as 2025-03-01; today unless said");
  command->add_option("--until", args->until, "its last day, such as 2025-12-31")->required();
  command->add_option("--owner", args->owner, "who answers for it; who runs this unless said");
  command->add_option("--document", args->document, "id of a document of the registry");
  command->add_option("--reason", args->reason, "why; it is shown, and stands in the ledger");
  command->callback([args, &options] { options.status = grant(options, *args); });
}

void add_end(CLI::App& exempt, PlumbOptions& options) {
  auto args = std::make_shared<Args>();
  auto* command = exempt.add_subcommand("end", "end an exemption before its last day");
  command->add_option("id", args->id, "the exemption's id: plumb exempt list")->required();
  command->add_option("--on", args->on, "its last day from now on; today unless said");
  command->add_option("--reason", args->reason, "why; it stands in the ledger");
  command->callback([args, &options] { options.status = end(options, *args); });
}

void add_list(CLI::App& exempt, PlumbOptions& options) {
  auto args = std::make_shared<Args>();
  auto* command = exempt.add_subcommand("list", "exemptions that are to come, hold or are over");
  command->add_option("--outlet", args->outlet, "only those of this outlet");
  command->add_flag("--json", args->json, "print one JSON object");
  command->callback([args, &options] { options.status = list(options, *args); });
}

}  // namespace

void add_exempt_commands(CLI::App& app, PlumbOptions& options) {
  auto* exempt =
      app.add_subcommand("exempt", "exemptions of outlets from criteria, with an expiry");
  exempt->require_subcommand(1);
  add_grant(*exempt, options);
  add_end(*exempt, options);
  add_list(*exempt, options);
}

}  // namespace plumbline
