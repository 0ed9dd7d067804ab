// SPDX-License-Identifier: Apache-2.0
#include "programs/plumb_receipt.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "base/file.h"
#include "ledger/receipt.h"

namespace plumbline {
namespace {

constexpr std::size_t kMaxReceiptBytes = 1 << 20;

struct ReceiptArgs {
  std::string file;
  std::string verifier_key;
};

Status verify(const ReceiptArgs& args) {
  ASSIGN_OR_RETURN(Bytes text, read_file(args.file, kMaxReceiptBytes));
  if (text.ends_with('\n')) text.pop_back();
  ASSIGN_OR_RETURN(Receipt receipt, parse_receipt(text));
  if (!args.verifier_key.empty()) {
    ASSIGN_OR_RETURN(VerifierKey wanted, parse_verifier_key(args.verifier_key));
    if (wanted != receipt.key) {
      return Error(Code::kUnauthenticated,
                   fmt::format("the receipt is of {}, not of {}", verifier_key_text(receipt.key),
                               args.verifier_key));
    }
  }
  ASSIGN_OR_RETURN(ReceiptFacts facts, verify_receipt(receipt));
  fmt::print(
      "holds: batch {} of outlet {} ({} events from sequence {}) is entry {}, recorded at {}, "
      "of the {} entries of {}\n",
      facts.header.number.value, facts.header.outlet.text(), facts.header.count,
      facts.header.first.value, receipt.index.value, format_instant(facts.recorded_at),
      facts.checkpoint.size.value, facts.checkpoint.origin);
  if (args.verifier_key.empty()) {
    fmt::print(
        "under the key that the receipt itself names; compare it with one from elsewhere "
        "(--verifier-key): {}\n",
        verifier_key_text(receipt.key));
  }
  return {};
}

}  // namespace

void add_receipt_command(CLI::App& ledger, PlumbOptions& options) {
  auto args = std::make_shared<ReceiptArgs>();
  auto* command = ledger.add_subcommand(
      "verify-receipt", "that a receipt of `plumb-agent proof` holds; needs no data folder");
  command->add_option("FILE", args->file, "the receipt")->required();
  command->add_option("--verifier-key", args->verifier_key,
                      "the ledger's key from elsewhere: plumbline/...+...+...");
  command->callback([args, &options] { options.status = verify(*args); });
}

}  // namespace plumbline
