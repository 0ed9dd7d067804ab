// SPDX-License-Identifier: Apache-2.0
#include "programs/plumb_period.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "base/json.h"
#include "evaluator/office_trail.h"
#include "evaluator/rebuild.h"
#include "programs/plumb_ask.h"
#include "store/sqlite/ledger_db.h"

namespace plumbline {
namespace {

struct Args {
  std::string period, standard, reason;
  bool dry_run = false;
};

std::string summary_text(const Json& change, std::string_view key) {
  const Json* value = change.find(key);
  if (value == nullptr || !value->is_object()) return "none";
  return fmt::format("{} {} {}", text_at(*value, "verdict"), text_at(*value, "score"),
                     text_at(*value, "grade"));
}

void print_changes(const Json& answer) {
  Json::Array changes = items_at(answer, "changes");
  for (const Json& change : changes) {
    fmt::print("  {:<10} {:<24} {} -> {}\n", text_at(change, "level"), text_at(change, "unit"),
               summary_text(change, "before"), summary_text(change, "after"));
  }
  std::string count = text_at(answer, "change_count");
  if (count != std::to_string(changes.size())) {
    fmt::print("  the first {} of {}\n", changes.size(), count);
  }
}

Status publish(const PlumbOptions& options, const Args& args, bool restate) {
  if (!args.dry_run && args.reason.empty()) {
    return Error(Code::kInvalid, "--reason is needed: it stands in the ledger for ever");
  }
  Json request = Json::object();
  request.set("op", "period.close").set("standard", args.standard).set("period", args.period);
  request.set("restate", restate).set("dry_run", args.dry_run);
  if (!args.dry_run) request.set("reason", args.reason);
  ASSIGN_OR_RETURN(Json answer, ask_plumbd(options, request));
  fmt::print("{} of {}, revision {}: {} results of the first {} entries as of {}\n", args.period,
             args.standard, text_at(answer, "revision"), text_at(answer, "results"),
             text_at(answer, "size"), text_at(answer, "as_of"));
  fmt::print("rules {}\nroot  {}\n", text_at(answer, "rule_sha256"),
             text_at(answer, "root_sha256"));
  fmt::print("{} results {}\n", text_at(answer, "change_count"),
             restate ? "differ from what was published" : "are published for the first time");
  print_changes(answer);
  if (args.dry_run) {
    fmt::print("nothing was {}; leave --dry-run out to do it\n", restate ? "restated" : "closed");
  } else {
    fmt::print("{}, ledger entry {}\n", restate ? "restated" : "closed", text_at(answer, "index"));
  }
  return {};
}

Status list(const PlumbOptions& options, const Args& args) {
  Json request = Json::object();
  request.set("op", "period.list");
  ASSIGN_OR_RETURN(Json answer, ask_plumbd(options, request));
  fmt::print("{:<12} {:<24} {:<9} {:<8} {:<21} {:<8} {}\n", "period", "standard", "revision",
             "entry", "as of", "size", "root");
  for (const Json& item : items_at(answer, "closings")) {
    if (!args.period.empty() && text_at(item, "period") != args.period) continue;
    if (!args.standard.empty() && text_at(item, "standard") != args.standard) continue;
    fmt::print("{:<12} {:<24} {:<9} {:<8} {:<21} {:<8} {}\n", text_at(item, "period"),
               text_at(item, "standard"), text_at(item, "revision"), text_at(item, "index"),
               text_at(item, "as_of"), text_at(item, "size"), text_at(item, "root_sha256"));
    if (!args.period.empty()) {
      fmt::print("  {} by {}: {}\n", text_at(item, "recorded_at"), text_at(item, "actor"),
                 text_at(item, "reason"));
    }
  }
  return {};
}

// Computes every revision from the ledger alone, for anybody who has it.
Status verify(const PlumbOptions& options, const Args& args) {
  if (options.data.empty()) {
    return Error(Code::kInvalid, "--data is needed: the folder that plumbd runs on");
  }
  ASSIGN_OR_RETURN(auto reader, open_sqlite_reader(options.path("ledger.db")));
  ASSIGN_OR_RETURN(LedgerSize size, reader->size());
  OfficeTrail trail;
  ASSIGN_OR_RETURN(auto office, trail.at(*reader, size));
  bool any = false;
  Status first;
  for (const RegistryState::Closing& closing : office->registry.closings) {
    const PeriodClosed& closed = closing.closed;
    if (closed.standard != args.standard || closed.period != args.period) continue;
    any = true;
    auto rows = rows_of_closing(*reader, closed);
    if (rows.ok()) {
      fmt::print("revision {}: the ledger gives these results and root {}\n", closed.revision,
                 closed.root.hex());
    } else {
      fmt::print("revision {}: {}\n", closed.revision, rows.error().text());
      if (first.ok()) first = rows.error();
    }
  }
  if (!any) return Error(Code::kNotFound, args.period + " of " + args.standard + " is not closed");
  return first;
}

// The revisions, and what a restatement would change now.
Status show(const PlumbOptions& options, const Args& args) {
  RETURN_IF_ERROR(list(options, args));
  Json request = Json::object();
  request.set("op", "period.close").set("standard", args.standard).set("period", args.period);
  request.set("restate", true).set("dry_run", true);
  Result<Json> answer = ask_plumbd(options, request);
  if (!answer.ok() && answer.error().code() == Code::kExists) {
    fmt::print("nothing that came since changes a result\n");
    return {};
  }
  if (!answer.ok()) return answer.error();
  fmt::print("{} results would be others by what came since:\n", text_at(*answer, "change_count"));
  print_changes(*answer);
  return {};
}

}  // namespace

void add_period_commands(CLI::App& app, PlumbOptions& options) {
  auto* period = app.add_subcommand("period", "closings: results that are published and stay");
  period->require_subcommand(1);
  auto args = std::make_shared<Args>();
  auto add = [&](const char* name, const char* about, bool one) {
    auto* command = period->add_subcommand(name, about);
    command->add_option("period", args->period, "2025 or 2025-03")->required(one);
    command->add_option("--standard", args->standard, "id of the standard")->required(one);
    return command;
  };
  auto* close = add("close", "publish the results of a period that has ended; once", true);
  auto* restate =
      add("restate", "publish what came since as a new revision; the old one stays", true);
  for (CLI::App* command : {close, restate}) {
    command->add_option("--reason", args->reason, "why; stands in the ledger for ever");
    command->add_flag("--dry-run", args->dry_run, "tell what would be published");
  }
  close->callback([args, &options] { options.status = publish(options, *args, false); });
  restate->callback([args, &options] { options.status = publish(options, *args, true); });
  add("verify", "compute the revisions of a period again from the ledger", true)
      ->callback([args, &options] { options.status = verify(options, *args); });
  add("list", "the closings in the ledger", false)->callback([args, &options] {
    options.status = list(options, *args);
  });
  add("show", "the revisions of a period, and what differs now", true)->callback([args, &options] {
    options.status = show(options, *args);
  });
}

}  // namespace plumbline
