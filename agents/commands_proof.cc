// SPDX-License-Identifier: Apache-2.0
// `plumb-agent proof` and `plumb-agent alarm`.
#include <cstdio>

#include "agents/command_output.h"
#include "agents/commands.h"
#include "agents/spool.h"
#include "ledger/entry.h"
#include "ledger/receipt.h"

namespace plumbline {
namespace {

Result<BatchNumber> wanted_batch(Spool& spool, const ProofCommand& command) {
  if (command.batch) return BatchNumber(*command.batch);
  Sequence sequence(*command.sequence);
  ASSIGN_OR_RETURN(auto number, spool.batch_with(sequence));
  if (number) return *number;
  return Error(Code::kNotFound,
               "no event with sequence " + std::to_string(sequence.value) + " was accepted here");
}

Error no_receipt(const SpoolHead& head, BatchNumber number, const SpoolReport& report) {
  std::string batch = "batch " + std::to_string(number.value);
  if (number > head.last || number.value == 0) {
    return Error(Code::kNotFound, "there is no " + batch + " here; the last one is " +
                                      std::to_string(head.last.value));
  }
  if (number > head.acknowledged) {
    return Error(Code::kNotFound, batch + " is not acknowledged yet; `plumb-agent run` sends it");
  }
  if (number > head.proved) {
    return Error(Code::kNotFound,
                 batch + " is acknowledged and not proved yet" +
                     (report.proof_trouble.empty() ? "" : ": " + report.proof_trouble));
  }
  return Error(Code::kNotFound, "the receipt of " + batch +
                                    " was freed here, or its bytes were before receipts were "
                                    "kept; the server's portal shows the proof of its entry");
}

Result<std::string> receipt_of(const std::string& folder, const ProofCommand& command) {
  ASSIGN_OR_RETURN(Spool spool, Spool::open(folder));
  ASSIGN_OR_RETURN(Enrolment enrolment, spool.enrolment());
  ASSIGN_OR_RETURN(BatchNumber number, wanted_batch(spool, command));
  ASSIGN_OR_RETURN(auto proof, spool.kept_proof(number));
  if (!proof) {
    ASSIGN_OR_RETURN(SpoolHead head, spool.head());
    ASSIGN_OR_RETURN(SpoolReport report, spool.report());
    return no_receipt(head, number, report);
  }
  // The ledger may have been continued under another id since.
  ASSIGN_OR_RETURN(Checkpoint checkpoint,
                   open_any_checkpoint(proof->note, enrolment.checkpoint_key));
  Receipt receipt;
  receipt.index = proof->index;
  receipt.entry = encode_entry({EntryKind::kBatch, proof->recorded_at, proof->head});
  receipt.path = proof->path;
  receipt.checkpoint = proof->note;
  receipt.key = {checkpoint.origin, enrolment.checkpoint_key};
  ASSIGN_OR_RETURN([[maybe_unused]] ReceiptFacts facts, verify_receipt(receipt));
  return receipt_text(receipt);
}

Result<std::optional<std::string>> open_alarm_text(const std::string& folder) {
  ASSIGN_OR_RETURN(Spool spool, Spool::open(folder));
  ASSIGN_OR_RETURN(Enrolment enrolment, spool.enrolment());
  ASSIGN_OR_RETURN(auto alarm, spool.alarm());
  if (!alarm) return std::optional<std::string>();
  return std::optional(alarm_text(*alarm, enrolment.outlet.text(), enrolment.ledger_id));
}

Status clear(const CommandContext& context, const std::string& reason) {
  if (reason.empty()) return Error(Code::kInvalid, "--reason says what was found and done");
  ASSIGN_OR_RETURN(Spool spool, Spool::open(context.folder));
  RETURN_IF_ERROR(spool.clear_alarm(reason, context.clock->wall()));
  return remove_alarm_file(context.folder);
}

}  // namespace

ExitCode command_proof(const CommandContext& context, const ProofCommand& command) {
  if (command.batch.has_value() == command.sequence.has_value()) {
    return fail_with(Error(Code::kInvalid, "either a batch's NUMBER or --sequence"));
  }
  Result<std::string> text = receipt_of(context.folder, command);
  if (text.ok()) {
    std::fputs(text->c_str(), stdout);
    return ExitCode::kDone;
  }
  ExitCode code = fail_with(text.error());
  return text.error().code() == Code::kNotFound ? ExitCode::kNotFinished : code;
}

ExitCode command_alarm_show(const CommandContext& context) {
  Result<std::optional<std::string>> text = open_alarm_text(context.folder);
  if (!text.ok()) return fail_with(text.error());
  print_line(stdout, *text ? **text : say(context, Word::kNoAlarm));
  return *text ? ExitCode::kAlarm : ExitCode::kDone;
}

ExitCode command_alarm_clear(const CommandContext& context, const std::string& reason) {
  Status cleared = clear(context, reason);
  if (!cleared.ok() && cleared.error().code() != Code::kNotFound) {
    return fail_with(cleared.error());
  }
  print_line(stdout, say(context, cleared.ok() ? Word::kAlarmCleared : Word::kNoAlarm));
  return ExitCode::kDone;
}

}  // namespace plumbline
