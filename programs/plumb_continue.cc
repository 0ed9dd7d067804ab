// SPDX-License-Identifier: Apache-2.0
#include "programs/plumb_continue.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "base/file.h"
#include "base/json.h"
#include "collector/control_client.h"
#include "ledger/signed_note.h"
#include "programs/plumb_options.h"

namespace plumbline {
namespace {

struct ContinueArgs {
  std::string reason;
  std::string checkpoint_file;
  bool dry_run = false;
  bool json = false;
};

Status continue_ledger(const PlumbOptions& options, const ContinueArgs& args) {
  if (options.data.empty()) {
    return Error(Code::kInvalid, "--data is needed: the folder that plumbd runs on");
  }
  if (args.reason.empty() && !args.dry_run) {
    return Error(Code::kInvalid, "--reason is needed; it stands in the ledger for ever");
  }
  Json request = Json::object();
  request.set("op", "ledger.continue").set("dry_run", args.dry_run);
  if (!args.reason.empty()) request.set("reason", args.reason);
  if (!args.checkpoint_file.empty()) {
    ASSIGN_OR_RETURN(Bytes note, read_file(args.checkpoint_file, kMaxNoteBytes));
    request.set("checkpoint", note);
  }
  ASSIGN_OR_RETURN(Json answer, control_call(options.path("control.sock"), request));
  if (args.json) {
    fmt::print("{}\n", answer.text());
    return {};
  }
  const Json* lost = answer.find("lost");
  if (lost == nullptr) return Error(Code::kInternal, "plumbd does not say what is lost");
  ASSIGN_OR_RETURN(std::string origin, lost->string_at("origin"));
  ASSIGN_OR_RETURN(std::int64_t size, lost->integer_at("size"));
  ASSIGN_OR_RETURN(std::string root, lost->string_at("root"));
  ASSIGN_OR_RETURN(std::int64_t kept, answer.integer_at("kept"));
  fmt::print("given up   the checkpoint of {} entries of {}, root {}\n", size, origin, root);
  fmt::print("kept       {} entries, as they are\n", kept);
  if (args.dry_run) {
    fmt::print("dry run: nothing was written\n");
    return {};
  }
  ASSIGN_OR_RETURN(std::string id, answer.string_at("ledger_id"));
  fmt::print("continued  as {} from entry {}; checkpoints are signed again\n", id, kept);
  return {};
}

}  // namespace

void add_continue_command(CLI::App& ledger, PlumbOptions& options) {
  auto args = std::make_shared<ContinueArgs>();
  auto* command = ledger.add_subcommand(
      "continue",
      "give up what was published and is lost: while plumbd refuses to sign, and only then");
  command->add_option("--reason", args->reason, "why; stands in the ledger for ever");
  command->add_option("--checkpoint", args->checkpoint_file,
                      "the lost checkpoint, of whoever holds it, where plumbd cannot read its own");
  command->add_flag("--dry-run", args->dry_run, "tell what would be given up, write nothing");
  command->add_flag("--json", args->json, "print the answer as one JSON object");
  command->callback([args, &options] { options.status = continue_ledger(options, *args); });
}

}  // namespace plumbline
