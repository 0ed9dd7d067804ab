// SPDX-License-Identifier: Apache-2.0
#include "programs/plumb_ingest.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <chrono>
#include <memory>
#include <thread>

#include "base/file.h"
#include "base/limits.h"
#include "collector/control_client.h"
#include "model/wire/batch.h"
#include "model/wire/transport.h"
#include "programs/plumb_progress.h"

namespace plumbline {
namespace {

// A spool that is full, as one file.
constexpr std::size_t kMaxFileBytes = limits::kMaxSpoolBytes + (16 << 20);
// A checkpoint comes within a second; a server that is told to wait longer has trouble.
constexpr int kMaxWaits = 20;

struct Args {
  std::string file, receipt;
  bool dry_run = false;
  bool json = false;
};

// What a file says of itself, read without the ledger.
struct Summary {
  BatchNumber first, last;
  std::uint64_t events = 0;
};

Result<Summary> summarise(const TransportFile& file) {
  Summary summary;
  for (const Bytes& sealed : file.batches) {
    ASSIGN_OR_RETURN(SealedBatch batch, decode_sealed(sealed));
    if (batch.header.stream != file.stream()) {
      return Error(Code::kInvalid, fmt::format("batch {} is not of the stream that the file names",
                                               batch.header.number.value));
    }
    RETURN_IF_ERROR(verify_batch(batch, file.key));
    if (summary.events > 0 && batch.header.number != summary.last.next()) {
      return Error(Code::kInvalid, fmt::format("batch {} stands behind batch {} in the file",
                                               batch.header.number.value, summary.last.value));
    }
    if (summary.events == 0) summary.first = batch.header.number;
    summary.last = batch.header.number;
    summary.events += batch.header.count;
  }
  if (summary.events > 0) return summary;
  return Error(Code::kInvalid, "the file holds no batch");
}

// Asks plumbd and waits where it asks to: every answer but "later".
Result<Message> ask(const PlumbOptions& options, const Json& request) {
  for (int waits = 0;; ++waits) {
    ASSIGN_OR_RETURN(Json answer, control_call(options.path("control.sock"), request));
    ASSIGN_OR_RETURN(std::string text, answer.string_at("frame"));
    ASSIGN_OR_RETURN(Bytes frame, from_base64(text));
    FrameDecoder decoder(limits::kMaxFrameBytes);
    decoder.feed(frame);
    ASSIGN_OR_RETURN(std::optional<Message> message, decoder.next());
    if (!message.has_value()) return Error(Code::kInvalid, "plumbd answered half a frame");
    const auto* refused = std::get_if<Refused>(&*message);
    bool later = refused != nullptr && refused->retry_after_ms.has_value();
    if (!later || waits == kMaxWaits) return *std::move(message);
    std::this_thread::sleep_for(std::chrono::milliseconds(*refused->retry_after_ms));
  }
}

Status send_batches(const PlumbOptions& options, const TransportFile& file, ReceiptFile& receipt) {
  ProgressLine line("ingest", ProgressLine::stderr_is(), system_clock());
  std::uint64_t bytes = 0;
  for (const Bytes& sealed : file.batches) {
    Json request = Json::object();
    request.set("op", "ingest.batch").set("sealed", to_base64(sealed));
    ASSIGN_OR_RETURN(Message answer, ask(options, request));
    if (auto* refused = std::get_if<Refused>(&answer)) {
      receipt.refused = std::move(*refused);
      return {};
    }
    const auto* ack = std::get_if<Ack>(&answer);
    if (ack == nullptr) return Error(Code::kInvalid, "plumbd answered a batch with another frame");
    receipt.acks.push_back(*ack);
    bytes += sealed.size();
    line.tell(receipt.acks.size(), file.batches.size(), bytes);
  }
  return {};
}

// The size that a note states, on its second line; whether it is true is the agent's to check.
Result<LedgerSize> stated_size(std::string_view note) {
  std::size_t begin = note.find('\n') + 1;
  std::uint64_t size = 0;
  auto [end, error] = std::from_chars(note.data() + begin, note.data() + note.size(), size);
  if (begin != 0 && error == std::errc() && end != note.data() + note.size() && *end == '\n') {
    return LedgerSize(size);
  }
  return Error(Code::kInvalid, "plumbd answered a checkpoint that states no size");
}

// Proofs of all that was acknowledged; what no checkpoint covers in time stays without one.
Status fetch_proofs(const PlumbOptions& options, const TransportFile& file, ReceiptFile& receipt) {
  std::size_t proved = 0;
  LedgerSize held = file.held;
  for (int waits = 0; proved < receipt.acks.size() && waits < kMaxWaits;) {
    Json request = Json::object();
    request.set("op", "ingest.proofs").set("stream", receipt.stream.hex());
    request.set("held", held.value).set("first", receipt.acks[proved].number.value);
    request.set("count",
                std::uint64_t{std::min(receipt.acks.size() - proved, limits::kMaxProvedBatches)});
    ASSIGN_OR_RETURN(Message answer, ask(options, request));
    auto* proofs = std::get_if<Proofs>(&answer);
    if (proofs == nullptr) return {};
    if (proofs->batches.empty()) {
      ++waits;
      std::this_thread::sleep_for(std::chrono::milliseconds(500));
      continue;
    }
    proved += proofs->batches.size();
    ASSIGN_OR_RETURN(held, stated_size(proofs->checkpoint));
    receipt.proofs.push_back(std::move(*proofs));
  }
  return {};
}

std::size_t proved_count(const ReceiptFile& receipt) {
  std::size_t count = 0;
  for (const Proofs& proofs : receipt.proofs) count += proofs.batches.size();
  return count;
}

Json result_json(const TransportFile& file, const Summary& summary, const ReceiptFile& receipt) {
  Json json = Json::object();
  json.set("outlet", file.outlet.text()).set("stream", receipt.stream.hex());
  json.set("first", summary.first.value).set("last", summary.last.value);
  json.set("events", summary.events).set("batches", std::uint64_t{file.batches.size()});
  json.set("taken", std::uint64_t{receipt.acks.size()});
  json.set("proved", std::uint64_t{proved_count(receipt)});
  json.set("refused", receipt.refused ? Json(receipt.refused->sentence) : Json(nullptr));
  return json;
}

std::string result_text(const TransportFile& file, const Summary& summary) {
  return fmt::format("outlet {}, packed {}: batches {} to {}, {} events\n", file.outlet.text(),
                     format_instant(file.made), summary.first.value, summary.last.value,
                     summary.events);
}

// A file for another ledger is sent all the same: the ledger knows its streams, and one that was
// continued under another id knows them still.
Result<std::string> ledger_of(const PlumbOptions& options, const TransportFile& file) {
  Json request = Json::object();
  request.set("op", "status");
  ASSIGN_OR_RETURN(Json status, control_call(options.path("control.sock"), request));
  const Json* ledger = status.find("ledger");
  if (ledger == nullptr) return Error(Code::kInvalid, "plumbd's status names no ledger");
  ASSIGN_OR_RETURN(std::string id, ledger->string_at("id"));
  if (id != file.ledger_id) {
    fmt::print(stderr, "plumb: the file is for ledger {}, this one is {}\n", file.ledger_id, id);
  }
  return id;
}

Status ingest(const PlumbOptions& options, const Args& args) {
  ASSIGN_OR_RETURN(Bytes bytes, read_file(args.file, kMaxFileBytes));
  Result<TransportFile> decoded = decode_transport(bytes);
  if (!decoded.ok()) return Error(decoded.error().code(), args.file, decoded.error());
  const TransportFile& file = *decoded;
  Result<Summary> summary = summarise(file);
  if (!summary.ok()) return Error(summary.error().code(), args.file, summary.error());
  ReceiptFile receipt;
  receipt.stream = file.stream();
  ASSIGN_OR_RETURN(receipt.ledger_id, ledger_of(options, file));
  if (!args.json) fmt::print("{}", result_text(file, *summary));
  if (args.dry_run) {
    if (args.json) fmt::print("{}\n", result_json(file, *summary, receipt).text());
    fmt::print(stderr, "plumb: the file is whole and its signatures hold; nothing was sent\n");
    return {};
  }
  RETURN_IF_ERROR(send_batches(options, file, receipt));
  RETURN_IF_ERROR(fetch_proofs(options, file, receipt));
  receipt.made = system_clock().wall();
  const std::string path = args.receipt.empty() ? args.file + ".receipt" : args.receipt;
  RETURN_IF_ERROR(replace_file_durably(path, encode_receipt(receipt), FileMode::kReadable));
  if (args.json) {
    fmt::print("{}\n", result_json(file, *summary, receipt).text());
  } else {
    fmt::print("{} of {} batches are in the ledger, {} proved; receipt: {}\n", receipt.acks.size(),
               file.batches.size(), proved_count(receipt), path);
  }
  if (receipt.refused) {
    return Error(Code::kConflict, fmt::format("batch {} was refused ({}): {}; those behind it were "
                                              "not tried. The receipt says so too",
                                              receipt.refused->number.value, receipt.refused->code,
                                              receipt.refused->sentence));
  }
  if (proved_count(receipt) == receipt.acks.size()) return {};
  return Error(Code::kUnavailable,
               "no checkpoint covers the batches yet: they are in the ledger, but the agent needs "
               "the proofs. Run the same command again");
}

}  // namespace

void add_ingest_command(CLI::App& app, PlumbOptions& options) {
  auto args = std::make_shared<Args>();
  auto* command = app.add_subcommand(
      "ingest",
      "take in the file that an outlet without a connection packed (plumb-agent pack), and\n"
      "write the receipt that goes back to it (plumb-agent receipt). The same file twice adds\n"
      "nothing and makes the receipt anew");
  command->add_option("FILE", args->file, "the packed file")->required();
  command->add_option("--receipt", args->receipt, "where the receipt goes; else FILE.receipt");
  command->add_flag("--dry-run", args->dry_run,
                    "check the file and its signatures, say what is in it, send nothing");
  command->add_flag("--json", args->json, "print one JSON object");
  command->callback([args, &options] { options.status = ingest(options, *args); });
}

}  // namespace plumbline
