// SPDX-License-Identifier: Apache-2.0
#include "programs/plumb_ledger.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <optional>
#include <thread>

#include "base/file.h"
#include "evidence/show.h"
#include "evidence/verify.h"
#include "ledger/checkpoint.h"
#include "ledger/signed_note.h"
#include "model/office_record.h"
#include "programs/plumb_continue.h"
#include "programs/plumb_options.h"
#include "programs/plumb_progress.h"
#include "programs/plumb_receipt.h"
#include "programs/plumb_redact.h"
#include "store/folder/folder_ledger.h"
#include "store/sqlite/ledger_db.h"

namespace plumbline {
namespace {

// A ledger to read, in either form, with the checkpoint that lies beside it.
struct OpenLedger {
  std::unique_ptr<LedgerReader> reader;
  std::optional<std::string> checkpoint;
};

Result<OpenLedger> open_ledger(const PlumbOptions& options, const std::string& folder) {
  OpenLedger open;
  if (!folder.empty()) {
    ASSIGN_OR_RETURN(auto reader, open_folder_reader(folder));
    open.checkpoint = reader->checkpoint();
    open.reader = std::move(reader);
    return open;
  }
  if (options.data.empty()) {
    return Error(Code::kInvalid, "--data (a folder of plumbd) or --folder (an export) is needed");
  }
  // The checkpoint first: the ledger may grow between the two reads, and must hold all of it.
  auto text = read_file(options.path("checkpoint"), kMaxNoteBytes);
  if (text.ok()) open.checkpoint = *text;
  if (!text.ok() && text.error().code() != Code::kNotFound) return text.error();
  ASSIGN_OR_RETURN(open.reader, open_sqlite_reader(options.path("ledger.db")));
  return open;
}

struct ShowArgs {
  ShowFilter filter;
  std::uint64_t from = 0;
  std::string kind;
  std::string folder;
  bool events = false;
  bool json = false;
};

Result<std::optional<EntryKind>> parse_kind_filter(const std::string& text) {
  if (text.empty()) return std::optional<EntryKind>();
  for (EntryKind kind : {EntryKind::kGenesis, EntryKind::kBatch, EntryKind::kOffice}) {
    if (text == entry_kind_name(kind)) return std::optional(kind);
  }
  return Error(Code::kInvalid, fmt::format("--kind {}: one of genesis, batch, office", text));
}

Status show(const PlumbOptions& options, ShowArgs& args) {
  ASSIGN_OR_RETURN(args.filter.kind, parse_kind_filter(args.kind));
  args.filter.from = LedgerIndex(args.from);
  ASSIGN_OR_RETURN(OpenLedger ledger, open_ledger(options, args.folder));
  auto detail = args.events ? EventDetail::kShow : EventDetail::kLeaveOut;
  auto print = [&](const Json& entry) {
    fmt::print("{}", args.json ? entry.text() + "\n" : entry_text(entry));
  };
  ASSIGN_OR_RETURN(std::uint64_t shown, show_entries(*ledger.reader, args.filter, detail, print));
  if (shown == 0) fmt::print(stderr, "plumb: no entry matches\n");
  return {};
}

void add_show(CLI::App& ledger, PlumbOptions& options) {
  auto args = std::make_shared<ShowArgs>();
  auto* command = ledger.add_subcommand("show", "entries in readable form");
  command->add_option("--from", args->from, "first ledger index")->capture_default_str();
  command->add_option("--limit", args->filter.limit, "at most this many")->capture_default_str();
  command->add_option("--kind", args->kind, "genesis, batch or office");
  command->add_option("--record", args->filter.record_kind,
                      "office records of this kind, such as outlet.add or rules.activate");
  command->add_option("--outlet", args->filter.outlet, "batches and records about this outlet");
  command->add_flag("--events", args->events, "also the events of batches");
  command->add_flag("--json", args->json, "one JSON object a line");
  command->add_option("--folder", args->folder, "an exported ledger instead of --data");
  command->callback([args, &options] { options.status = show(options, *args); });
}

struct VerifyArgs {
  std::string folder;
  std::string checkpoint_file;
  std::string checkpoint_key;
  std::size_t threads = std::max(1u, std::thread::hardware_concurrency());
  bool json = false;
};

Json report_json(const VerifyReport& report) {
  Json json = Json::object();
  json.set("ok", report.ok()).set("size", report.size.value).set("root", report.root.hex());
  json.set("root_base64", to_base64(report.root.view())).set("events", report.events);
  json.set("bytes", report.bytes);
  json.set("first_bad", report.bad.empty() ? Json(nullptr) : Json(report.bad[0].index.value));
  Json entries = Json::object();
  for (const auto& [kind, count] : report.entries) entries.set(kind, count);
  json.set("entries", std::move(entries));
  Json withdrawn = Json::array();
  for (LedgerIndex index : report.withdrawn) withdrawn.push(index.value);
  json.set("withdrawn", std::move(withdrawn));
  Json bad = Json::array();
  for (const BadEntry& entry : report.bad) {
    Json item = Json::object();
    item.set("index", entry.index.value).set("sentence", entry.sentence);
    bad.push(std::move(item));
  }
  json.set("bad", std::move(bad));
  Json problems = Json::array();
  for (const std::string& problem : report.problems) problems.push(problem);
  json.set("problems", std::move(problems));
  Json continuations = Json::array();
  for (const VerifiedContinuation& one : report.continuations) {
    Json item = Json::object();
    item.set("index", one.index.value).set("ledger_id", one.ledger_id);
    item.set("lost_origin", one.lost.origin).set("lost_size", one.lost.size.value);
    item.set("lost_root", to_base64(one.lost.root.view()));
    continuations.push(std::move(item));
  }
  json.set("continuations", std::move(continuations));
  if (report.checkpoint) {
    Json checkpoint = Json::object();
    checkpoint.set("size", report.checkpoint->size.value);
    checkpoint.set("root", to_base64(report.checkpoint->root.view()));
    json.set("checkpoint", std::move(checkpoint));
  } else {
    json.set("checkpoint", nullptr);
  }
  return json;
}

std::string report_text(const VerifyReport& report) {
  std::string text;
  if (!report.bad.empty()) {
    text =
        fmt::format("FIRST BAD ENTRY {}: {}\n", report.bad[0].index.value, report.bad[0].sentence);
  }
  text += fmt::format("{} entries, {} events\n", report.size.value, report.events);
  for (const auto& [kind, count] : report.entries) {
    text += fmt::format("  {:<16} {}\n", kind, count);
  }
  text += fmt::format("root        {}\n", to_base64(report.root.view()));
  if (report.checkpoint) {
    text += fmt::format("checkpoint  {} entries, {}\n", report.checkpoint->size.value,
                        to_base64(report.checkpoint->root.view()));
  } else {
    text += "checkpoint  none: the entries agree among themselves, no more is proved\n";
  }
  if (!report.withdrawn.empty()) {
    text += fmt::format("withdrawn   {} contents, each by a record of two persons\n",
                        report.withdrawn.size());
  }
  for (const std::string& note : report.notes) text += fmt::format("note: {}\n", note);
  for (const BadEntry& entry : report.bad) {
    text += fmt::format("BAD entry {}: {}\n", entry.index.value, entry.sentence);
  }
  for (const std::string& problem : report.problems) text += fmt::format("BAD: {}\n", problem);
  text += report.ok() ? "verified: nothing was changed, left out or put in between\n"
                      : "NOT verified\n";
  return text;
}

Status verify(const PlumbOptions& options, const VerifyArgs& args) {
  ASSIGN_OR_RETURN(OpenLedger ledger, open_ledger(options, args.folder));
  VerifyOptions wanted;
  wanted.checkpoint = ledger.checkpoint;
  if (!args.checkpoint_file.empty()) {
    ASSIGN_OR_RETURN(wanted.checkpoint, read_file(args.checkpoint_file, kMaxNoteBytes));
  }
  if (!args.checkpoint_key.empty()) {
    ASSIGN_OR_RETURN(Bytes key, from_hex(args.checkpoint_key));
    ASSIGN_OR_RETURN(wanted.checkpoint_key, PublicKey::from(key, "--checkpoint-key"));
  }
  wanted.threads = args.threads;
  std::optional<ProgressLine> line(std::in_place, "verify", ProgressLine::stderr_is(),
                                   system_clock());
  wanted.progress = [&line](const VerifyProgress& progress) {
    line->tell(progress.done.value, progress.of.value, progress.bytes);
  };
  ASSIGN_OR_RETURN(VerifyReport report, verify_ledger(*ledger.reader, wanted));
  line.reset();
  fmt::print("{}", args.json ? report_json(report).text() + "\n" : report_text(report));
  if (!report.ok()) {
    return Error(Code::kCorrupt, fmt::format("the ledger is not what was written: {} bad entries, "
                                             "{} other problems",
                                             report.bad.size(), report.problems.size()));
  }
  return {};
}

void add_verify(CLI::App& ledger, PlumbOptions& options) {
  auto args = std::make_shared<VerifyArgs>();
  auto* command = ledger.add_subcommand(
      "verify", "recompute every hash, signature and chain and compare with the checkpoint");
  command->add_option("--folder", args->folder, "an exported ledger instead of --data");
  command->add_option("--checkpoint", args->checkpoint_file,
                      "a checkpoint held elsewhere, instead of the one beside the ledger");
  command->add_option("--checkpoint-key", args->checkpoint_key,
                      "the checkpoint key known from elsewhere, 64 hex digits");
  command
      ->add_option("--threads", args->threads,
                   "threads that compute hashes and signatures, beside one that reads")
      ->check(CLI::Range(std::size_t{1}, std::size_t{64}))
      ->capture_default_str();
  command->add_flag("--json", args->json, "print one JSON object");
  command->callback([args, &options] { options.status = verify(options, *args); });
}

Result<Checkpoint> published(OpenLedger& ledger) {
  if (!ledger.checkpoint) {
    return Error(Code::kNotFound, "no checkpoint was published yet: start plumbd once");
  }
  ASSIGN_OR_RETURN(StoredEntry first, ledger.reader->at(LedgerIndex(0)));
  ASSIGN_OR_RETURN(Entry entry, decode_entry(first.entry));
  ASSIGN_OR_RETURN(SignedRecord record, decode_record(entry.payload));
  ASSIGN_OR_RETURN(OfficeRecord office, office_record_from_json(record.json));
  const auto* genesis = std::get_if<Genesis>(&office.body);
  if (genesis == nullptr) return Error(Code::kCorrupt, "entry 0 is not a genesis");
  return open_any_checkpoint(*ledger.checkpoint, genesis->checkpoint_key);
}

Status export_ledger(const PlumbOptions& options, const std::string& folder) {
  ASSIGN_OR_RETURN(OpenLedger ledger, open_ledger(options, ""));
  ASSIGN_OR_RETURN(Checkpoint checkpoint, published(ledger));
  RETURN_IF_ERROR(export_folder(*ledger.reader, checkpoint.size, *ledger.checkpoint, folder));
  fmt::print("{} entries exported to {}; check with: plumb ledger verify --folder {}\n",
             checkpoint.size.value, folder, folder);
  return {};
}

void add_export(CLI::App& ledger, PlumbOptions& options) {
  auto folder = std::make_shared<std::string>();
  auto* command = ledger.add_subcommand(
      "export", "write the ledger up to its checkpoint as a folder that anyone can verify");
  command->add_option("folder", *folder, "a folder that does not exist yet")->required();
  command->callback([folder, &options] { options.status = export_ledger(options, *folder); });
}

}  // namespace

void add_ledger_commands(CLI::App& app, PlumbOptions& options) {
  auto* ledger = app.add_subcommand(
      "ledger", "read, verify, export and continue the ledger, withdraw a content");
  ledger->require_subcommand(1);
  add_show(*ledger, options);
  add_receipt_command(*ledger, options);
  add_verify(*ledger, options);
  add_export(*ledger, options);
  add_redact_command(*ledger, options);
  add_continue_command(*ledger, options);
}

}  // namespace plumbline
