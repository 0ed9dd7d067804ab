// SPDX-License-Identifier: Apache-2.0
#include "programs/plumb_redact.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>
#include <memory>
#include <optional>

#include "base/json.h"
#include "collector/control_client.h"
#include "evaluator/rebuild.h"
#include "evaluator/row_changes.h"
#include "ledger/entry.h"
#include "model/wire/batch.h"
#include "programs/plumb_options.h"
#include "store/results.h"
#include "store/sqlite/ledger_db.h"
#include "store/sqlite/results_db.h"

namespace plumbline {
namespace {

constexpr std::size_t kConfirmDigits = 12;
constexpr std::size_t kMostRows = 40;

struct Args {
  std::uint64_t index = 0;
  std::string reason;
  std::string second_person;
  std::string confirm;
  bool dry_run = false;
};

// The batch whose content is to go.
struct Target {
  Instant recorded_at;
  BatchHeader header;
  Hash batch_hash;
  std::optional<Content> content;  // nullopt when it has not its form

  std::string confirmation() const { return batch_hash.hex().substr(0, kConfirmDigits); }
};

Result<Target> read_target(LedgerReader& reader, LedgerIndex index) {
  ASSIGN_OR_RETURN(StoredEntry stored, reader.at(index));
  ASSIGN_OR_RETURN(Entry entry, decode_entry(stored.entry));
  if (entry.kind != EntryKind::kBatch) {
    return Error(Code::kInvalid, fmt::format("entry {} is no batch of events: what the office "
                                             "wrote cannot be withdrawn",
                                             index.value));
  }
  ByteReader payload(entry.payload);
  ASSIGN_OR_RETURN(BatchHead head, decode_head(payload));
  Target target;
  target.recorded_at = entry.recorded_at;
  ASSIGN_OR_RETURN(target.header, decode_header(head.header));
  target.batch_hash = batch_hash(head.header);
  if (!stored.content) {
    return Error(Code::kExists,
                 fmt::format("the content of entry {} is withdrawn already", index.value));
  }
  Result<Content> content = decode_content(*stored.content, target.header.count);
  if (content.ok()) target.content = std::move(*content);
  return target;
}

std::string score_of(const std::string& body) {
  Result<Json> json = Json::parse(body);
  if (!json.ok()) return "?";
  for (const char* key : {"score", "value", "verdict"}) {
    const Json* value = json->find(key);
    if (value == nullptr || value->is_null()) continue;
    return value->is_string() ? value->as_string() : value->text();
  }
  return "-";
}

// What is served, and what would be served for the same prefix without the batch.
Status show_scores(const PlumbOptions& options, LedgerReader& reader, LedgerIndex index) {
  auto results = open_sqlite_results_reader(options.path("results.db"));
  if (!results.ok() && results.error().code() == Code::kNotFound) return {};
  if (!results.ok()) return results.error();
  ASSIGN_OR_RETURN(std::optional<ResultsStore::Snapshot> served, (*results)->read({}));
  if (!served || served->header.size.value <= index.value) {
    fmt::print("scores      not evaluated yet\n");
    return {};
  }
  ASSIGN_OR_RETURN(Rebuilt without,
                   rebuild(reader, served->header.size, served->header.as_of, index));
  std::map<std::string, std::string> before;
  auto key = [](const ResultRow& row) {
    return fmt::format("{} {} {} {}", row.standard, row.level, row.unit, row.period);
  };
  for (const ResultRow& row : served->rows) before[key(row)] = score_of(row.body);
  std::vector<ResultRow> changed;
  std::vector<ResultRow> gone;
  compare_rows(served->rows, without.rows, changed, gone);
  fmt::print("scores      {} results of {} would change, as of {}\n", changed.size() + gone.size(),
             served->rows.size(), format_instant(served->header.as_of));
  for (std::size_t i = 0; i < changed.size() && i < kMostRows; ++i) {
    fmt::print("  {}: {} -> {}\n", key(changed[i]), before[key(changed[i])],
               score_of(changed[i].body));
  }
  if (changed.size() > kMostRows) fmt::print("  and {} more\n", changed.size() - kMostRows);
  return {};
}

void show_batch(const Args& args, const Target& target) {
  const BatchHeader& header = target.header;
  fmt::print("entry       {}, recorded {}\n", args.index, format_instant(target.recorded_at));
  fmt::print("outlet      {}\n", header.outlet.text());
  fmt::print("batch       {} of stream {}, events {} to {}\n", header.number.value,
             header.stream.hex(), header.first.value, header.first.value + header.count - 1);
  fmt::print("events      {}\n", header.count);
  if (!target.content) {
    fmt::print("  they have not the form of events, and count in no score\n");
    return;
  }
  for (const EventBlock& block : target.content->blocks) {
    auto [first, last] = std::minmax_element(block.times.begin(), block.times.end());
    fmt::print("  {} {}, {} to {}\n", block.times.size(), block.type, format_instant(*first),
               format_instant(*last));
  }
}

Status redact(const PlumbOptions& options, const Args& args) {
  if (options.data.empty()) {
    return Error(Code::kInvalid, "--data is needed: the folder that plumbd runs on");
  }
  LedgerIndex index(args.index);
  ASSIGN_OR_RETURN(auto reader, open_sqlite_reader(options.path("ledger.db")));
  ASSIGN_OR_RETURN(Target target, read_target(*reader, index));
  if (args.dry_run) {
    show_batch(args, target);
    RETURN_IF_ERROR(show_scores(options, *reader, index));
    fmt::print("nothing was withdrawn; to do it for ever, add: --confirm {}\n",
               target.confirmation());
    return {};
  }
  if (args.confirm != target.confirmation()) {
    return Error(Code::kInvalid,
                 "withdrawing a content cannot be undone: run it with --dry-run first, which tells "
                 "what would go and what --confirm must be");
  }
  reader.reset();  // the bytes are erased at once where no reader holds them
  Json request = Json::object();
  request.set("op", "content.redact").set("index", args.index).set("reason", args.reason);
  request.set("batch_sha256", target.batch_hash.hex());
  request.set("content_sha256", target.header.content_hash.hex());
  request.set("second_person", args.second_person);
  ASSIGN_OR_RETURN(Json answer, control_call(options.path("control.sock"), request));
  ASSIGN_OR_RETURN(std::int64_t record, answer.integer_at("index"));
  fmt::print("the content of entry {} is withdrawn by entry {}: {} events of {}\n", args.index,
             record, target.header.count, target.header.outlet.text());
  fmt::print("Backups, exports and the agent's own folder may still hold it.\n");
  return {};
}

}  // namespace

void add_redact_command(CLI::App& ledger, PlumbOptions& options) {
  auto args = std::make_shared<Args>();
  auto* command = ledger.add_subcommand(
      "redact", "withdraw the content of a batch for ever, by two persons; the entry stays");
  command->add_option("index", args->index, "ledger index of the batch")->required();
  command->add_option("--reason", args->reason, "why; stands in the ledger for ever")->required();
  command
      ->add_option("--second-person", args->second_person,
                   "who else decided it; stands in the ledger for ever")
      ->required();
  auto* dry_run = command->add_flag("--dry-run", args->dry_run,
                                    "tell what would go and which scores would change");
  command
      ->add_option("--confirm", args->confirm,
                   "the first digits of the batch's hash, as --dry-run "
                   "tells them")
      ->excludes(dry_run);
  command->callback([args, &options] { options.status = redact(options, *args); });
}

}  // namespace plumbline
